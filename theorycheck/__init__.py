"""theorycheck: is the lemma true as printed, and if not, where does it fail?"""

__version__ = "0.1.0"
