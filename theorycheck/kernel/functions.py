"""The mathematics of the elementary functions of one real number: domain, values, monotonicity, exact values, ball.

Derivatives stand in `derivatives`, inequalities between functions in `rules.elementary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

EVERYWHERE, POSITIVE, WITHIN_ONE, COSINE_NOT_ZERO = "everywhere", "positive", "within one", "cosine not zero"


@dataclass(frozen=True)
class Function:
    """A function f of one real number.

    Attributes
    ----------
    name : str
        The head of its terms.
    ball : str
        The method of `flint.arb` that encloses it; "" where `balls` knows it by itself.
    domain : str
        Where it has values: `EVERYWHERE`, `POSITIVE` (t > 0), `WITHIN_ONE` (−1 ≤ t ≤ 1) or `COSINE_NOT_ZERO`.
    low, high : Fraction or None
        low < f < high, or low ≤ f, f ≤ high where `attains`; None: not bounded.
    attains : bool
        Whether the bounds may be values.
    increasing : bool
        Whether u ≤ v implies f(u) ≤ f(v), and u < v implies f(u) < f(v).
    exact : Mapping
        Values at integers that are known exactly.
    """

    name: str
    ball: str
    domain: str = EVERYWHERE
    low: Fraction | None = None
    high: Fraction | None = None
    attains: bool = False
    increasing: bool = False
    exact: Mapping[int, int] = field(default_factory=dict)


_ONE, _ZERO = Fraction(1), Fraction(0)
FUNCTIONS: Mapping[str, Function] = {
    function.name: function
    for function in (
        Function("exp", "exp", low=_ZERO, increasing=True, exact={0: 1}),
        Function("log", "log", POSITIVE, increasing=True, exact={1: 0}),
        Function("sin", "sin", low=-_ONE, high=_ONE, attains=True, exact={0: 0}),
        Function("cos", "cos", low=-_ONE, high=_ONE, attains=True, exact={0: 1}),
        Function("tan", "tan", COSINE_NOT_ZERO, exact={0: 0}),
        Function("sinh", "sinh", increasing=True, exact={0: 0}),
        Function("cosh", "cosh", low=_ONE, attains=True, exact={0: 1}),
        Function("tanh", "tanh", low=-_ONE, high=_ONE, increasing=True, exact={0: 0}),
        Function(
            "asin", "asin", WITHIN_ONE, Fraction(-11, 7), Fraction(11, 7), increasing=True, exact={0: 0}
        ),
        Function("acos", "acos", WITHIN_ONE, _ZERO, Fraction(22, 7), attains=True, exact={1: 0}),
        Function("atan", "atan", low=Fraction(-11, 7), high=Fraction(11, 7), increasing=True, exact={0: 0}),
        Function("erf", "erf", low=-_ONE, high=_ONE, increasing=True, exact={0: 0}),
        Function("erfc", "erfc", low=_ZERO, high=Fraction(2), exact={0: 1}),
        Function("gamma", "gamma", POSITIVE, low=_ZERO, exact={1: 1, 2: 1}),
        Function("loggamma", "lgamma", POSITIVE, exact={1: 0, 2: 0}),
        Function("abs", "", low=_ZERO, attains=True, exact={0: 0}),
        Function("sign", "", low=-_ONE, high=_ONE, attains=True, exact={-1: -1, 0: 0, 1: 1}),
    )
}
"""By name. 11/7 > π/2, 22/7 > π. gamma and loggamma are used for t > 0 alone."""
