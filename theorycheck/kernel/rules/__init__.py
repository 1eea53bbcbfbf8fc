"""The rules of the kernel, a closed table: a theorem is what one of them makes.

A rule takes the sequents of its premises and its arguments, and returns the sequent that follows, or raises `Refused`. That
sequent holds wherever those of the premises do. Every file opens with its rules in mathematics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from theorycheck.kernel.rules import (
    combinations,
    covers,
    elementary,
    gaussians,
    identities,
    integers,
    means,
    powers,
    quantifiers,
    ranges,
    roots,
    samples,
    structural,
    sums,
    vectors,
)
from theorycheck.kernel.sequents import Sequent

Rule = Callable[..., Sequent]
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        **structural.RULES,
        **combinations.RULES,
        **vectors.RULES,
        **ranges.RULES,
        **roots.RULES,
        **covers.RULES,
        **elementary.RULES,
        **powers.RULES,
        **identities.RULES,
        **integers.RULES,
        **quantifiers.RULES,
        **sums.RULES,
        **means.RULES,
        **gaussians.RULES,
        **samples.RULES,
    }
)
