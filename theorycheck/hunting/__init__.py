"""Hunting for counterexamples: batches of instances, an adversarial search, certification, shrinking."""

from theorycheck.hunting.admissible import certified_admissible, counterexample_at
from theorycheck.hunting.certify import Certification, certify
from theorycheck.hunting.demonstrate import demonstrate
from theorycheck.hunting.hunt import HuntResult, hunt
from theorycheck.hunting.script import script

__all__ = [
    "Certification",
    "HuntResult",
    "certified_admissible",
    "certify",
    "counterexample_at",
    "demonstrate",
    "hunt",
    "script",
]
