"""Hunting for counterexamples: batches of instances, an adversarial optimiser, certification in balls, shrinking."""

from theorycheck.hunting.certify import Certification, certify
from theorycheck.hunting.hunt import HuntResult, hunt
from theorycheck.hunting.script import script

__all__ = ["Certification", "HuntResult", "certify", "hunt", "script"]
