"""Random claims of known truth that hang by a thread: one irrational point, one excluded point, a huge or a tiny constant."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

from tests.soundness.claims_of_known_truth import Generator, Known
from theorycheck import (
    Claim,
    Space,
    bounded_below,
    choice,
    constant_of,
    convex,
    dimension,
    function,
    integer,
    l_smooth,
    point,
    real,
    requires,
    vector,
)

Function = Callable[[Any, Any], Any]


def _claim(name: str, statement: str, sides: Callable[..., Any], relation: str, **more: Any) -> Claim:
    hypotheses = more.pop("hypotheses", ())
    return Claim(
        id=f"random/{name}",
        statement=statement,
        space=Space(**more),
        sides=sides,
        relation=relation,
        hypotheses=hypotheses,
    )


def _either_way(r: Random, sides: Callable[..., Any], relation: str) -> tuple[Callable[..., Any], str]:
    """The same statement, perhaps with its sides exchanged."""
    if r.random() < 0.5 or relation == "=":
        return sides, relation

    def exchanged(xp: Any, x: Any) -> Any:
        left, right = sides(xp, x)
        return right, left

    return exchanged, {"<": ">", ">": "<", "<=": ">=", ">=": "<="}[relation]


ROOTS: list[tuple[str, Function, float]] = [
    # increasing functions on [1/4, 3] with an irrational root
    ("x² - 2", lambda xp, x: x**2 - 2, math.sqrt(2)),
    ("x² - 3", lambda xp, x: x**2 - 3, math.sqrt(3)),
    ("x³ - 5", lambda xp, x: x**3 - 5, 5 ** (1 / 3)),
    ("x² - x - 1", lambda xp, x: x**2 - x - 1, (1 + math.sqrt(5)) / 2),
    ("exp(x) - 3", lambda xp, x: xp.exp(x) - 3, math.log(3)),
    ("x exp(x) - 1", lambda xp, x: x * xp.exp(x) - 1, 0.567143290409784),
    ("x - cos(x)", lambda xp, x: x - xp.cos(x), 0.739085133215161),
    ("log(x) - 1/2", lambda xp, x: xp.log(x) - Fraction(1, 2), math.exp(0.5)),
    ("x + tanh(x) - 2", lambda xp, x: x + xp.tanh(x) - 2, 1.0803544346),
]


def irrational_tie(r: Random) -> Known:
    """h(x)² + e or |h(x)| + e above 0, for an h with one irrational root: in the range, outside of it, or excluded."""
    name, h, root = r.choice(ROOTS)
    form = r.choice(("square", "absolute value", "fourth power"))
    e = r.choice((Fraction(0), Fraction(0), Fraction(1, 1000), Fraction(1, 10**9), -Fraction(1, 10**6)))
    where = r.choice(("inside", "inside", "below", "above", "excluded"))
    scale = r.choice((1, 1, 7, Fraction(1, 10**12), 10**12))
    strict = r.random() < 0.7
    gap = Fraction(1, 8)
    middle = Fraction(root).limit_denominator(10**6)
    low, high = {"below": (middle + gap, 4), "above": (Fraction(1, 8), middle - gap)}.get(
        where, (Fraction(1, 8), 4)
    )

    def sides(xp: Any, x: Any) -> Any:
        value = h(xp, x)
        power = abs(value) if form == "absolute value" else value**2 if form == "square" else value**4
        return scale * power + scale * xp.number(e), 0 * x

    excluding = [requires(lambda x: abs(x - middle) >= gap, "away from the root")]
    at_root = where == "inside"
    # away from the root every h is larger than 1/10, its fourth power larger than 1e-4
    holds = e > 0 or not at_root or (e == 0 and not strict)
    written, relation = _either_way(r, sides, ">" if strict else ">=")
    claim = _claim(
        "irrational",
        f"{scale} ({form} of {name} + {e}) {'>' if strict else '>='} 0, root {where}",
        written,
        relation,
        x=real(low, high),
        hypotheses=excluding if where == "excluded" else [],
    )
    return Known(claim, holds, unreached=not holds and e == 0 and form != "fourth power")


def irrational_ties_of_two(r: Random) -> Known:
    """Sums of squares of two functions, each with an irrational root, and curves on which a square vanishes."""
    (first, h, root), (second, g, _) = r.choice(ROOTS[:5]), r.choice(ROOTS[:5])
    form, strict = r.choice(("point", "curve", "far")), r.random() < 0.7
    e = r.choice((Fraction(0), Fraction(0), Fraction(1, 10**6)))
    low = Fraction(root).limit_denominator(10**6) + Fraction(1, 4) if form == "far" else Fraction(1, 4)

    def sides(xp: Any, x: Any, y: Any) -> Any:
        if form == "curve":
            return (h(xp, x) - g(xp, y)) ** 2 + xp.number(e), 0 * x
        return h(xp, x) ** 2 + g(xp, y) ** 2 + xp.number(e), 0 * x

    holds = form == "far" or e > 0 or not strict
    claim = _claim(
        "two",
        f"{first}, {second}: {form}, {e}",
        sides,
        ">" if strict else ">=",
        x=real(low, 4),
        y=real(Fraction(1, 4), 4),
    )
    return Known(claim, holds, unreached=not holds)


def isolated_values(r: Random) -> Known:
    """1 at a single point, rational or not, inside nested cases; with or without a hypothesis that excludes it."""
    square = r.choice((2, 3, 4, Fraction(9, 4), 5, Fraction(1, 4)))
    relation, depth = r.choice(("<=", "=")), r.choice((0, 1, 2))
    excluded, reached = r.random() < 0.3, r.random() < 0.8
    high = 3 if reached else Fraction(1, 3)

    def sides(xp: Any, x: Any) -> Any:
        zero = 0 * x
        value = xp.where(x * x == xp.number(square), 1 + zero, zero)
        for level in range(depth):
            value = xp.where(x > -1 - level, value, 2 + zero)
        return value, zero

    holds = excluded or not reached
    claim = _claim(
        "isolated",
        f"1[x² = {square}] {relation} 0 on [0, {high}], excluded: {excluded}",
        sides,
        relation,
        x=real(0, high),
        hypotheses=[requires(lambda x: x * x != square, "x² ≠ c")] if excluded else [],
    )
    rational = math.isqrt(Fraction(square).numerator) ** 2 == Fraction(square).numerator
    return Known(claim, holds, unreached=not holds and not rational)


def whole_numbers(r: Random) -> Known:
    """(n² - c)² above 0 for whole numbers: true unless c is the square of one in the range."""
    c = r.choice((2, 3, 5, 7, 9, 16, 25, 4489, 10**8))
    low = r.choice((0, -3, 1))
    high = low + r.choice((3, 10, 100, 20000))
    strict = r.random() < 0.8

    def sides(xp: Any, n: Any) -> Any:
        return (n * n - c) ** 2, 0 * n

    holds = not strict or all(n * n != c for n in range(low, high + 1))
    claim = _claim(
        "whole",
        f"(n² - {c})² {'>' if strict else '>='} 0, n in {low} … {high}",
        sides,
        ">" if strict else ">=",
        n=integer(low, high),
    )
    return Known(claim, holds)


def spheres(r: Random) -> Known:
    """(|v|² - c)² above 0 in one to four dimensions: false where the box meets the sphere."""
    n, c, strict = r.randint(1, 4), r.choice((1, 2, 3, 5)), r.random() < 0.8
    size = r.choice((Fraction(1, 2), 1, 2))

    def sides(xp: Any, v: Any) -> Any:
        return (xp.vecdot(v, v) - c) ** 2, 0 * xp.vecdot(v, v)

    holds = not strict or n * size * size < c
    claim = _claim(
        "sphere",
        f"(|v|² - {c})² {'>' if strict else '>='} 0, |v_i| <= {size} in R^{n}",
        sides,
        ">" if strict else ">=",
        v=vector(n, -size, size),
    )
    return Known(claim, holds, unreached=not holds)


def powers_by_choice(r: Random) -> Known:
    """(x^n - 2)² above 0 for listed n: false where the root lies in the range."""
    exponents = tuple(sorted(r.sample(range(1, 7), 2)))
    high = r.choice((Fraction(11, 10), Fraction(5, 4), 3))
    strict = r.random() < 0.8

    def sides(xp: Any, x: Any, n: Any) -> Any:
        return (x**n - 2) ** 2, 0 * x

    holds = not strict or all(high**n < 2 for n in exponents)
    claim = _claim(
        "choice",
        f"(xⁿ - 2)² {'>' if strict else '>='} 0 for n in {exponents}, x <= {high}",
        sides,
        ">" if strict else ">=",
        x=real(0, high),
        n=choice(*exponents),
    )
    return Known(claim, holds, unreached=not holds)


def excluded_violation(r: Random) -> Known:
    """(x - c)² > 0 where a hypothesis excludes c, or just fails to."""
    c = r.choice((Fraction(0), Fraction(1), Fraction(1, 3), Fraction(17, 29)))
    tiny = Fraction(1, 10 ** r.choice((2, 6, 9)))
    form = r.choice(("not equal", "above", "at least", "away", "square", "too weak", "either"))

    def given(x: Any) -> Any:
        t = x - c
        return {
            "not equal": lambda: t != 0,
            "above": lambda: t > 0,
            "at least": lambda: t >= tiny,
            "away": lambda: abs(t) >= tiny,
            "square": lambda: t * t > 0,
            "too weak": lambda: t >= 0,
            "either": lambda: (t > tiny) | (t < 0),
        }[form]()

    def sides(xp: Any, x: Any) -> Any:
        return (x - xp.number(c)) ** 2, 0 * x

    written, relation = _either_way(r, sides, ">")
    claim = _claim(
        "excluded",
        f"(x - {c})² > 0 by {form}, {tiny}",
        written,
        relation,
        x=real(-3, 3),
        hypotheses=[requires(given, form)],
    )
    return Known(claim, holds=form != "too weak", at_boundary=form == "too weak")


def contradictions(r: Random) -> Known:
    """Hypotheses that no instance satisfies: whatever follows from them, the claim is refused and never judged true."""
    form = r.choice(("order", "bounds", "square", "equal", "integer"))
    given = {
        "order": lambda x, y: (x > y) & (y > x),
        "bounds": lambda x: x > 5,
        "square": lambda x: x * x < 0,
        "equal": lambda x: (x == 0) & (x == 1),
        "integer": lambda x: abs(x) + 1 <= 0,
    }[form]
    claim = _claim(
        "contradiction",
        form,
        lambda xp, x, y: (x, y),
        r.choice(("<=", "<", "=")),
        x=real(-1, 1),
        y=real(-1, 1),
        hypotheses=[requires(given, form)],
    )
    return Known(claim, holds=None)


def sizes(r: Random) -> Known:
    """Huge and tiny factors, also those that no float holds: they change nothing of a sign."""
    factor = r.choice(
        (10**20, 10**200, 10**400, Fraction(1, 10**20), Fraction(1, 10**200), Fraction(1, 10**400))
    )
    c, e = r.choice((Fraction(1, 3), Fraction(2), Fraction(1))), r.choice((0, 0, 1, -1))
    strict = r.random() < 0.5

    def sides(xp: Any, x: Any) -> Any:
        number = xp.number
        return number(factor) * (x - number(c)) ** 2, number(factor) * number(Fraction(-e, 100)) + 0 * x

    holds = e > 0 or (e == 0 and not strict)
    written, relation = _either_way(r, sides, ">" if strict else ">=")
    claim = _claim(
        "sizes", f"{float(factor.numerator > 1)}: {e}, strict: {strict}", written, relation, x=real(0, 3)
    )
    return Known(claim, holds)


def ends_of_ranges(r: Random) -> Known:
    """A monotone function against its value at an end of its range, which belongs to the range or not."""
    form = r.choice(("exp", "cube", "root", "log", "tanh"))
    low, high = r.choice(((1, 4), (Fraction(1, 4), 1), (Fraction(9, 4), 9)))
    at_high, strict = r.random() < 0.5, r.random() < 0.7
    open_low, open_high = r.random() < 0.5, r.random() < 0.5

    def sides(xp: Any, x: Any) -> Any:
        f = {"exp": xp.exp, "root": xp.sqrt, "log": xp.log, "tanh": xp.tanh, "cube": lambda t: t**3}[form]
        end = f(xp.number(high if at_high else low) + 0 * x)
        return (f(x), end) if at_high else (end, f(x))

    holds = not strict or (open_high if at_high else open_low)
    claim = _claim(
        "ends",
        f"{form} against its value at the {'upper' if at_high else 'lower'} end, strict: {strict}",
        sides,
        "<" if strict else "<=",
        x=real(low, high, open_low=open_low, open_high=open_high),
    )
    return Known(claim, holds, at_boundary=not holds and form in ("cube", "root"))  # exact at both ends


def families(r: Random) -> Known:
    """What convexity and smoothness give, strictly or not, with the right constant or a smaller one."""
    form = r.choice(("jensen", "tangent", "monotone", "gradient", "cocoercive"))
    strict, e = r.random() < 0.3, r.choice((Fraction(0), Fraction(0), Fraction(1, 10)))

    def sides(xp: Any, f: Any, x: Any, y: Any, L: Any, m: Any) -> Any:
        change, g, h = y - x, f.gradient(x), f.gradient(y)
        factor = xp.number(1 - e)
        if form == "jensen":
            return f((x + y) / 2), (f(x) + f(y)) / 2
        if form == "tangent":
            return f(x) + xp.vecdot(g, change), f(y)
        if form == "monotone":
            return 0 * f(x), xp.vecdot(h - g, change)
        if form == "gradient":
            return xp.vecdot(g, g), 2 * factor * L * (f(x) - m)
        return xp.vecdot(h - g, h - g), factor * L * xp.vecdot(h - g, change)

    constant = form in ("gradient", "cocoercive")
    holds = not strict and (e == 0 or not constant)
    given: list[Any] = [l_smooth("f", "L"), bounded_below("f", "m")]
    given += [convex("f")] if form != "gradient" else []
    claim = _claim(
        "families",
        f"{form}, strict: {strict}, short by {e}",
        sides,
        "<" if strict else "<=",
        d=dimension(*r.choice(((1,), (1, 2)))),
        f=function(),
        x=point(),
        y=point(),
        L=constant_of("f", "smoothness"),
        m=constant_of("f", "lower_bound"),
        hypotheses=given,
    )
    return Known(claim, holds, at_boundary=strict)


THIN: dict[Generator, int] = {
    irrational_tie: 16,
    irrational_ties_of_two: 4,
    isolated_values: 12,
    whole_numbers: 8,
    spheres: 8,
    powers_by_choice: 6,
    excluded_violation: 14,
    contradictions: 5,
    sizes: 10,
    ends_of_ranges: 14,
    families: 2,
}
"""Every generator, and how many of its claims an ordinary run of the tests judges."""
