"""Deliberately wrong variants of true claims: is the checker able to say no?

`mutants_of(claim)` makes them by named operators, `judge_mutant` hunts for a counterexample and, failing
that, tries to prove the variant, `run_mutants` does both for many claims, and `markdown_table` writes down
what came out.
"""

from theorycheck.mutants.judging import MutantVerdict, judge_mutant
from theorycheck.mutants.operators import Mutant, Skipped, mutants_of, mutate
from theorycheck.mutants.running import run_mutants
from theorycheck.mutants.table import markdown_table, summary

__all__ = [
    "Mutant",
    "MutantVerdict",
    "Skipped",
    "judge_mutant",
    "markdown_table",
    "mutants_of",
    "mutate",
    "run_mutants",
    "summary",
]
