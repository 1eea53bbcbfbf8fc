"""Proofs as chains of links, each verified by an exact procedure."""

from theorycheck.derivations.links import Chain, Derivation, Link, Step, chain, derivation, eq, ge, gt, le, lt
from theorycheck.derivations.reasons import (
    by_definition,
    by_expansion,
    change_variables,
    consequence,
    differentiate_inside,
    elementary,
    expected,
    gaussian_normalisation,
    hypothesis,
    nonnegative_part,
    square,
)
from theorycheck.derivations.results import LinkResult

__all__ = [
    "Chain",
    "Derivation",
    "Link",
    "LinkResult",
    "Step",
    "by_definition",
    "by_expansion",
    "chain",
    "change_variables",
    "consequence",
    "derivation",
    "differentiate_inside",
    "elementary",
    "eq",
    "expected",
    "gaussian_normalisation",
    "ge",
    "gt",
    "hypothesis",
    "le",
    "lt",
    "nonnegative_part",
    "square",
]
