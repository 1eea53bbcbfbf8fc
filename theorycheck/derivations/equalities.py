"""Equality of two scalar expressions: reduced to 0 by SymPy AND seen to agree in balls at random points.

Either alone could be wrong (SymPy has bugs, points prove nothing), so both are asked. The points come first:
they are cheap and expose a wrong equality with a counterexample.
"""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import sympy

from theorycheck.derivations.jumps import (
    BORDER_LINES,
    JUMPING,
    are_met,
    at,
    borders,
    has_jumps,
    points_on_borders,
)
from theorycheck.derivations.kernel_terms import to_term
from theorycheck.derivations.problems import REAL, Point, Problem, contains, draw, point_to_json
from theorycheck.derivations.readings import Reading, read
from theorycheck.derivations.results import LinkResult, said
from theorycheck.errors import BudgetError, ClaimError, NotExactError
from theorycheck.kernel import Refused, Term, Theorem, add, eq, infer, variable
from theorycheck.kernel.balls import evaluate
from theorycheck.kernel.terms import variables_of
from theorycheck.search.gammas import equal_by_recursion
from theorycheck.search.values import defined_or_assumed
from theorycheck.terms.balls import precision, to_arb

BITS = (128, 512, 2048)
LARGEST_FOR_SIMPLIFY = 150
MOST_OPEN_SIGNS = 3
RELATIVE_RADIUS = 1e-10
ABSOLUTE_RADIUS = 1e-30
METHOD = "reduction and balls"
UNDEFINED = (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo, sympy.I)


def equal(left: Any, right: Any, *, points: int = 24, seed: int = 0) -> LinkResult:
    """Decide whether two SymPy expressions are equal for all admissible real values of their symbols.

    Parameters
    ----------
    left, right : SymPy expressions
        Symbols mean what their assumptions say. An atom that SymPy does not know (f(x) of an undefined f, a
        custom `AtomicExpr`) counts as an independent real symbol.
    points : int
        Random rational points at which both sides are enclosed, to a relative radius below 1e-10.
    seed : int
        Of the points.

    Returns
    -------
    LinkResult
        "verified" if SymPy reduces the difference to exactly 0 and the enclosures overlap at every point, where
        there are cases also on and between their borders;
        "failed" with the point if they certainly differ at one (and no atom was opaque); else "unverified".
        The theorem is the kernel's, where it knows the equality as well.
    """
    try:
        reading = read([left, right])
        sides = to_term(reading.expressions[0]), to_term(reading.expressions[1])
        compared, different = _compare(reading, sides, points, seed)
        if different is None:
            different = _differs_on_a_border(reading, seed)
    except (NotExactError, ClaimError, BudgetError, Refused) as error:
        return LinkResult("unverified", METHOD, str(error))
    if different is not None:
        shown = point_to_json(different)
        where = ", ".join(f"{name} = {value}" for name, value in shown.items()) or "the numbers themselves"
        if reading.opaque:
            return LinkResult(
                "unverified", METHOD, f"the sides differ at {where}, if the atoms can take these values"
            )
        return LinkResult("failed", METHOD, f"the sides certainly differ at {where}", counterexample=shown)
    wanted = min(points, 1) if not reading.symbols else points
    if compared < wanted:
        return LinkResult(
            "unverified", METHOD, f"only {compared} of {points} points could be evaluated in balls"
        )
    difference = reading.expressions[0] - reading.expressions[1]
    if has_jumps(difference) and not are_met(difference):
        route = _vanishes_by_parts(difference)
    else:
        route = _vanishes(difference)
    if route is None:
        return LinkResult(
            "unverified", METHOD, "the sides agree in balls, but SymPy does not reduce the difference to 0"
        )
    return LinkResult(
        "verified",
        f"{route} and balls",
        f"the difference reduces to 0; balls agree at {compared} points",
        _theorem(sides, reading),
    )


def _theorem(sides: tuple[Term, Term], reading: Reading) -> Theorem | None:
    """The kernel's own proof of the equality, wherever both sides have values; None if it knows none."""
    problem = Problem(add(*sides), reading.domains())
    for route in (_by_combination, equal_by_recursion):
        with contextlib.suppress(Refused):
            values = defined_or_assumed(sides, problem.context)
            return said(route(eq(*sides), values), eq(*sides), problem.hypotheses)
    return None


def _by_combination(equality: Term, values: Sequence[Theorem]) -> Theorem:
    return infer("combination", *values, conclusion=equality)


# at points ----------------------------------------------------------------------------------------
def _compare(reading: Reading, sides: tuple[Term, Term], points: int, seed: int) -> tuple[int, Point | None]:
    """Return the number of points at which the sides agree, and a point at which they certainly differ (or None)."""
    names = sorted(v.value for v in variables_of(*sides))
    compared = 0
    for point in _points(reading, names, points, seed):
        for bits in BITS:
            with precision(bits):
                a, b = evaluate(sides, {variable(name): to_arb(value) for name, value in point.items()})
            if not (a.is_finite() and b.is_finite()):
                continue  # undefined or not real here, or more bits are needed
            if a != b:
                return compared, point
            if agree(a, b):
                compared += 1
                break
        if compared == points:
            break
    return compared, None


def agree(left: Any, right: Any) -> bool:
    """Whether two balls overlap and are so small that this means something."""
    difference = left - right
    if not difference.is_finite() or not difference.contains(0):
        return False
    size = max(float(abs(left).upper()), float(abs(right).upper()))
    return float(difference.rad()) <= max(RELATIVE_RADIUS * size, ABSOLUTE_RADIUS)


def _differs_on_a_border(reading: Reading, seed: int) -> Point | None:
    """A point on (or between) the borders of cases where the sides certainly differ, or None.

    Raises
    ------
    NotExactError
        If the sides could not be compared at such a point.
    """
    left, right = reading.expressions
    both = sympy.Tuple(left, right)
    if not borders(both):
        return None
    names = sorted(s.name for s in both.free_symbols)
    drawn = list(itertools.islice(_points(reading, names, BORDER_LINES, seed), BORDER_LINES))
    domains = reading.domains()
    for point in points_on_borders(both, drawn):
        inside = all(contains(domains.get(name, REAL), value) for name, value in point.items())
        if not inside or not reading.permits(point):
            continue
        a, b = at(left, point), at(right, point)
        if a == b or a.has(*UNDEFINED) or b.has(*UNDEFINED):
            continue
        if _numbers_differ(a, b):
            return point
    return None


def _numbers_differ(a: Any, b: Any) -> bool:
    for bits in BITS:
        with precision(bits):
            x, y = evaluate([to_term(a), to_term(b)], {})
        if x.is_finite() and y.is_finite() and (x != y or agree(x, y)):
            return bool(x != y)
    if not (x.is_finite() and y.is_finite()):
        return False  # undefined or not real here
    raise NotExactError(f"balls do not tell whether {a} is {b}, where a case changes")


def _points(reading: Reading, names: list[str], count: int, seed: int) -> Iterator[Point]:
    rng = random.Random(seed)
    domains, integers = reading.domains(), reading.integers()
    if not names:
        yield {}
        return
    for special in (0, 1, -1):  # where steps, roots and logarithms misbehave
        point = {name: Fraction(special) for name in names}
        if all(contains(domains.get(name, REAL), value) for name, value in point.items()) and reading.permits(
            point
        ):
            yield point
    for _ in range(20 * count):
        point = {name: draw(rng, domains.get(name, REAL), name in integers) for name in names}
        if reading.permits(point):
            yield point


# by SymPy -----------------------------------------------------------------------------------------
def _piecewise(e: Any) -> Any:
    folded = sympy.piecewise_fold(e.rewrite(sympy.Piecewise))
    if not isinstance(folded, sympy.Piecewise):
        return folded
    return sympy.Piecewise(*((sympy.expand(value), condition) for value, condition in folded.args))


def _to_error_function(e: Any) -> Any:
    return sympy.expand(e.replace(sympy.erfc, lambda t: 1 - sympy.erf(t)))


ROUTES: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("expansion", sympy.expand),
    ("common denominator", lambda e: sympy.expand(sympy.fraction(sympy.together(e))[0])),
    ("powers", lambda e: sympy.expand(sympy.powdenest(sympy.powsimp(sympy.expand(e))))),
    (
        "common denominator of powers",
        lambda e: sympy.powsimp(sympy.expand(sympy.fraction(sympy.together(e))[0])),
    ),
    ("error functions", _to_error_function),
    ("logarithms", lambda e: sympy.expand(sympy.expand_log(e))),
    ("combined logarithms", lambda e: sympy.expand(sympy.logcombine(sympy.expand_log(e)))),
    ("angle sums", lambda e: sympy.expand(sympy.expand_trig(e))),
    ("exponentials", lambda e: sympy.powsimp(sympy.expand(e.rewrite(sympy.exp)))),
    (
        "fractions of exponentials",
        lambda e: sympy.powsimp(sympy.expand(sympy.fraction(sympy.together(e.rewrite(sympy.exp)))[0])),
    ),
    ("gamma functions", lambda e: sympy.expand(sympy.expand_func(e.rewrite(sympy.gamma)))),
    ("gamma simplification", lambda e: sympy.expand(sympy.gammasimp(e.rewrite(sympy.gamma)))),
    ("cancellation", sympy.cancel),
    ("factoring", sympy.factor),
    ("cases", _piecewise),
    ("Fu's rules", lambda e: sympy.expand(sympy.fu(e))),
    ("simplification", lambda e: sympy.simplify(e) if sympy.count_ops(e) <= LARGEST_FOR_SIMPLIFY else e),
)
"""Ways to reduce a difference to 0, cheap ones first."""

_NEEDS: dict[str, tuple[Any, ...]] = {
    "error functions": (sympy.erf, sympy.erfc),
    "logarithms": (sympy.log,),
    "combined logarithms": (sympy.log,),
    "angle sums": (sympy.core.function.Function,),
    "exponentials": (sympy.core.function.Function,),
    "fractions of exponentials": (sympy.core.function.Function,),
    "gamma functions": (sympy.gamma, sympy.loggamma, sympy.factorial, sympy.binomial),
    "gamma simplification": (sympy.gamma, sympy.loggamma, sympy.factorial, sympy.binomial),
    "cases": (sympy.Piecewise, sympy.Abs, sympy.Max, sympy.Min, sympy.Heaviside, sympy.sign),
    "Fu's rules": (sympy.core.function.Function,),
}


def _vanishes(difference: Any) -> str | None:
    """Return the name of the route by which SymPy reduces an expression to exactly 0, or None."""
    if difference == 0:
        return "identity"
    return _by_routes(difference, ROUTES) or _by_signs(difference)


def _vanishes_by_parts(difference: Any) -> str | None:
    """As `_vanishes`, but with every case distinction as one number, of which SymPy knows nothing."""
    parts = sorted((part for part in difference.atoms(*JUMPING)), key=sympy.count_ops, reverse=True)
    for part in parts:
        difference = difference.xreplace({part: sympy.Dummy(real=True)})
    return _by_routes(difference, ROUTES[:3]) if difference != 0 else "identity"


def _by_routes(difference: Any, routes: tuple[tuple[str, Callable[[Any], Any]], ...]) -> str | None:
    for name, route in routes:
        if name in _NEEDS and not difference.has(*_NEEDS[name]):
            continue
        try:
            reduced = route(difference)
            if reduced == 0 or sympy.expand(reduced) == 0:
                return name
        except (
            NotImplementedError,
            ValueError,
            TypeError,
            AttributeError,
            RecursionError,
            sympy.PolynomialError,
        ):
            continue  # a route that SymPy cannot go says nothing about the equality
    return None


def _by_signs(difference: Any) -> str | None:
    """Distinguish the signs of the symbols: |x|, steps and cases then disappear."""
    if not difference.has(*_NEEDS["cases"], sympy.log):
        return None
    open_signs = [
        s for s in sorted(difference.free_symbols, key=str) if s.is_real and s.is_nonnegative is None
    ]
    if not 0 < len(open_signs) <= MOST_OPEN_SIGNS or any(
        s.is_nonpositive or s.is_zero is False for s in open_signs
    ):
        return None
    for signs in itertools.product((1, 0, -1), repeat=len(open_signs)):
        case = {}
        for s, sign in zip(open_signs, signs, strict=True):
            size = sympy.Dummy(s.name, positive=True, integer=s.is_integer)
            case[s] = sign * size
        found = difference.subs(case, simultaneous=True)
        if found.has(sympy.nan, sympy.zoo, sympy.oo) or (
            found != 0 and _by_routes(found, ROUTES[:7]) is None
        ):
            return None
    return "cases of signs"
