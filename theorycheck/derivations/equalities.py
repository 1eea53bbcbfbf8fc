"""Equality of two scalar expressions: reduced to 0 by SymPy AND seen to agree in balls at random points.

Either alone could be wrong (SymPy has bugs, points prove nothing), so both are asked. The points come first:
they are cheap and expose a wrong equality with a counterexample.
"""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import sympy

from theorycheck.derivations.derivatives import symbols_of
from theorycheck.derivations.given import Given
from theorycheck.derivations.jumps import (
    BORDER_LINES,
    JUMPING,
    are_met,
    at,
    borders,
    has_jumps,
    points_on_borders,
)
from theorycheck.derivations.problems import Point, contains, draw, point_to_json
from theorycheck.derivations.ranges import REAL
from theorycheck.derivations.readings import Reading, read
from theorycheck.derivations.replay import agree, same_fraction
from theorycheck.derivations.results import LinkResult
from theorycheck.derivations.trees import Tree, compile_tree, to_tree
from theorycheck.errors import BudgetError, ClaimError, NotExactError, UndecidedError
from theorycheck.terms.balls import precision, to_arb

BITS = (128, 512, 2048)
LARGEST_FOR_SIMPLIFY = 150
MOST_OPEN_SIGNS = 3
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
        The certificate has the type "equality".
    """
    try:
        reading = read([left, right])
        trees = to_tree(reading.expressions[0]), to_tree(reading.expressions[1])
        compared, different = _compare(reading, trees, points, seed)
        if different is None:
            different = _differs_on_a_border(reading, seed)
    except (NotExactError, ClaimError, BudgetError) as error:
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
    if len(compared) < wanted:
        return LinkResult(
            "unverified", METHOD, f"only {len(compared)} of {points} points could be evaluated in balls"
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
    certificate = {
        "type": "equality",
        "left": trees[0],
        "right": trees[1],
        "points": compared,
        "algebraic": False,
    }
    with contextlib.suppress(BudgetError):
        certificate["algebraic"] = same_fraction(*trees)
    return LinkResult(
        "verified",
        f"{route} and balls",
        f"the difference reduces to 0; balls agree at {len(compared)} points",
        certificate,
        given=Given(equalities=(trees,)),
    )


# at points ----------------------------------------------------------------------------------------
def _compare(
    reading: Reading, trees: tuple[Tree, Tree], points: int, seed: int
) -> tuple[list[Any], Point | None]:
    """Return the points at which the sides agree, and a point at which they certainly differ (or None)."""
    f, g = (compile_tree(tree) for tree in trees)
    names = sorted(symbols_of(trees[0]) | symbols_of(trees[1]))
    compared: list[Any] = []
    for point in _points(reading, names, points, seed):
        for bits in BITS:
            with precision(bits):
                values = {name: to_arb(value) for name, value in point.items()}
                try:
                    a, b = f(values), g(values)
                except UndecidedError:
                    continue
                if not (a.is_finite() and b.is_finite()):
                    break  # undefined or not real here
                if a != b:
                    return compared, point
                if agree(a, b):
                    compared.append({"values": point_to_json(point), "bits": bits})
                    break
        if len(compared) == points:
            break
    return compared, None


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
    f, g = compile_tree(to_tree(a)), compile_tree(to_tree(b))
    for bits in BITS:
        with precision(bits), contextlib.suppress(UndecidedError):
            x, y = f({}), g({})
            if not (x.is_finite() and y.is_finite()):
                return False  # undefined or not real here
            if x != y or agree(x, y):
                return bool(x != y)
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
