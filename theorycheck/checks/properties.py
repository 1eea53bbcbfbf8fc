"""Functions that check a property of a function.

    check_convex(lambda x: np.cos(x).sum(axis=-1), dimension=2).status        # "refuted", with a witness

A checking function takes a function itself and returns a `PropertyReport` (property, status, reason, witness,
sharpness). Its arguments:

- f: a function with exact constants (see `theorycheck.functions`; built with a leading axis of length 1),
  which is decided exactly: "proved" or "refuted". Or a callable f(x) with x of shape (N, d) that returns
  (N,), in dimension 1 also one of a single number: it is searched for a violation, which is certified in
  ball arithmetic where the callable runs on balls ("refuted", with a witness), and without balls must
  exceed its rounding noise 10⁴ times. A search that finds none gives "supported", which is no proof; one
  that cannot be settled "inconclusive";
- dimension: d of a callable; low, high: it is searched in the box [low, high]^d; seed: draws the starting
  points.

They raise FormulaError if the callable returns NaN or not one value per row, ClaimError for an empty box or a
constant that is no finite number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from theorycheck.checks.reports import PropertyReport


def check_convex(
    f: Any, *, dimension: int = 1, low: float = -10.0, high: float = 10.0, seed: int = 0
) -> PropertyReport:
    """Check that f(tx + (1−t)y) ≤ t f(x) + (1−t) f(y) for all x, y and 0 ≤ t ≤ 1."""
    from theorycheck.checks import gaps
    from theorycheck.checks.deciding import decide
    from theorycheck.checks.reports import Box

    return decide(gaps.CONVEX, f, 0, Box(dimension, low, high, seed))


def check_strongly_convex(
    f: Any, modulus: float, *, dimension: int = 1, low: float = -10.0, high: float = 10.0, seed: int = 0
) -> PropertyReport:
    """Check that f(tx + (1−t)y) ≤ t f(x) + (1−t) f(y) − ½ modulus·t(1−t)|x−y|² for all x, y and 0 ≤ t ≤ 1."""
    from theorycheck.checks import gaps
    from theorycheck.checks.deciding import decide
    from theorycheck.checks.reports import Box

    return decide(gaps.STRONGLY_CONVEX, f, modulus, Box(dimension, low, high, seed))


def check_l_smooth(
    f: Any,
    constant: float,
    *,
    gradient: Callable[[Any], Any] | None = None,
    dimension: int = 1,
    low: float = -10.0,
    high: float = 10.0,
    seed: int = 0,
) -> PropertyReport:
    """Check that |f(y) − f(x) − ⟨∇f(x), y − x⟩| ≤ (constant/2)|y − x|² for all x, y.

    Without a gradient, a callable is checked for what this implies: |f(x+h) − 2f(x) + f(x−h)| ≤
    constant·|h|².
    """
    from theorycheck.checks import gaps
    from theorycheck.checks.callables import has_constants
    from theorycheck.checks.deciding import decide
    from theorycheck.checks.reports import Box

    box = Box(dimension, low, high, seed)
    if gradient is None and not has_constants(f):
        return decide(gaps.SECOND_DIFFERENCE, f, constant, box)
    return decide(gaps.L_SMOOTH, f, constant, box, gradient)


def check_lipschitz(
    f: Any, constant: float, *, dimension: int = 1, low: float = -10.0, high: float = 10.0, seed: int = 0
) -> PropertyReport:
    """Check that |f(x) − f(y)| ≤ constant·|x − y| for all x, y."""
    from theorycheck.checks import gaps
    from theorycheck.checks.deciding import decide
    from theorycheck.checks.reports import Box

    return decide(gaps.LIPSCHITZ, f, constant, Box(dimension, low, high, seed))


def check_bounded_below(
    f: Any, bound: float, *, dimension: int = 1, low: float = -10.0, high: float = 10.0, seed: int = 0
) -> PropertyReport:
    """Check that f(x) ≥ bound for all x."""
    from theorycheck.checks import gaps
    from theorycheck.checks.deciding import decide
    from theorycheck.checks.reports import Box

    return decide(gaps.BOUNDED_BELOW, f, bound, Box(dimension, low, high, seed))


def check_continuous(
    f: Any, *, dimension: int = 1, low: float = -10.0, high: float = 10.0, seed: int = 0
) -> PropertyReport:
    """Check that f is continuous at every point.

    A callable is refuted only by a jump that persists, certified in balls, while the two points close up to
    2**-100 of their first distance.
    """
    from theorycheck.checks import continuity

    return continuity.decide_continuous(f, dimension, low, high, seed)


def check_nonconstant(
    f: Any, *, dimension: int = 1, low: float = -10.0, high: float = 10.0, seed: int = 0
) -> PropertyReport:
    """Check that f takes two different values.

    Two values of a callable that certainly differ settle it ("certified"); equal values everywhere leave it
    open.
    """
    from theorycheck.checks import continuity

    return continuity.decide_nonconstant(f, dimension, low, high, seed)
