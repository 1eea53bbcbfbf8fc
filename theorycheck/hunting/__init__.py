"""Hunting for counterexamples: batches of instances, an adversarial search, certification, shrinking."""

from theorycheck.hunting.admissible import certified_admissible, counterexample_at
from theorycheck.hunting.certify import Certification, certify
from theorycheck.hunting.demonstrate import demonstrate
from theorycheck.hunting.drawing import brief
from theorycheck.hunting.hunt import (
    Found,
    HuntResult,
    Progress,
    hunt,
    nothing_so_far,
    stopped_at,
    stopped_hunt,
)
from theorycheck.hunting.script import script

__all__ = [
    "Certification",
    "Found",
    "HuntResult",
    "Progress",
    "brief",
    "certified_admissible",
    "certify",
    "counterexample_at",
    "demonstrate",
    "hunt",
    "nothing_so_far",
    "script",
    "stopped_at",
    "stopped_hunt",
]
