"""Random claims whose truth is known by construction.

Every generator draws one claim from a `random.Random` and says whether it holds. A violation that lies at an exact
boundary value (a declared bound, 0, ±1, equal parameters, a choice, an integer of a short range) must be found.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from theorycheck import (
    Claim,
    Space,
    bounded_below,
    choice,
    constant_of,
    convex,
    dimension,
    finite_sum,
    function,
    integer,
    l_smooth,
    matrix,
    point,
    real,
    requires,
    vector,
)


@dataclass(frozen=True)
class Known:
    """A claim and its truth.

    Attributes
    ----------
    claim : Claim
    holds : bool or None
        None: no instance satisfies the hypotheses, or one is no condition, so the claim must be refused.
    at_boundary : bool
        Whether a violation lies where every search must look.
    ordinary : bool
        Whether a refusal would be wrong: the formula is of the documented kind.
    unreached : bool
        Whether the only violations lie at irrational points: then it must not be called supported.
    """

    claim: Claim
    holds: bool | None
    at_boundary: bool = False
    ordinary: bool = True
    unreached: bool = False


Generator = Callable[[Random], Known]


def _claim(name: str, statement: str, sides: Callable[..., Any], relation: str = "<=", **more: Any) -> Claim:
    hypotheses = more.pop("hypotheses", ())
    return Claim(
        id=f"random/{name}",
        statement=statement,
        space=Space(**more),
        sides=sides,
        relation=relation,
        hypotheses=hypotheses,
    )


def _tiny(r: Random) -> Fraction:
    return Fraction(1, 10 ** r.choice((2, 3, 6, 9, 12)))


def _rational(r: Random) -> Fraction:
    return Fraction(r.randint(-12, 12), r.choice((1, 2, 3, 7, 10)))


# ---- polynomials -------------------------------------------------------------------------------------------


def square_and_constant(r: Random) -> Known:
    """a(x - c)² + e against 0, multiplied out or not, on a line or with c inside, at an end, outside."""
    a, c = Fraction(r.randint(1, 9), r.choice((1, 3))), r.choice((Fraction(0), Fraction(1), _rational(r)))
    e = r.choice((Fraction(0), _tiny(r), -_tiny(r)))
    where = r.choice(("line", "end", "inside", "outside", "open end"))
    low, high = {
        "line": (None, None),
        "end": (c, c + 2),
        "open end": (c, c + 2),
        "inside": (c - 1, c + 3),
        "outside": (c + 1, c + 2),
    }[where]
    strict, expanded = r.random() < 0.5, r.random() < 0.5
    least, attained = (a + e, True) if where == "outside" else (e, where != "open end")
    holds = least > 0 or (least == 0 and (not strict or not attained))

    def sides(xp: Any, x: Any) -> Any:
        number = xp.number
        if expanded:
            value = number(a) * x**2 - number(2 * a * c) * x + number(a * c * c + e)
        else:
            value = number(a) * (x - number(c)) ** 2 + number(e)
        return value, 0 * x

    domain = real(low, high, open_low=where == "open end")
    statement = f"{a}(x - {c})² + {e} {'>' if strict else '>='} 0, c at {where}, expanded: {expanded}"
    exact = where == "end" or (where == "line" and c in (0, 1, -1))
    return Known(_claim("square", statement, sides, ">" if strict else ">=", x=domain), holds, exact)


def two_squares(r: Random) -> Known:
    """(x - y)² + b(y - c)² + e: the minimum has equal parameters."""
    b, c, e = r.randint(1, 5), r.choice((0, 1, -1)), r.choice((Fraction(0), _tiny(r), -_tiny(r)))
    strict = r.random() < 0.5
    holds = e > 0 or (e == 0 and not strict)

    def sides(xp: Any, x: Any, y: Any) -> Any:
        return (x - y) ** 2 + b * (y - c) ** 2 + xp.number(e), 0 * x

    statement = f"(x - y)² + {b}(y - {c})² + {e} {'>' if strict else '>='} 0"
    claim = _claim("squares", statement, sides, ">" if strict else ">=", x=real(), y=real())
    return Known(claim, holds, at_boundary=not holds)


def product_of_roots(r: Random) -> Known:
    """A polynomial with known real roots, against 0 between two of them."""
    roots = sorted(Fraction(n, 2) for n in r.sample(range(-6, 7), 3))
    sign = 1 if r.random() < 0.5 else -1
    piece = r.choice((0, 1))  # on (r0, r1) the cubic is positive, on (r1, r2) negative
    low, high = roots[piece], roots[piece + 1]
    strict = r.random() < 0.5
    positive = (piece == 0) == (sign == 1)
    holds = positive and not strict

    def sides(xp: Any, x: Any) -> Any:
        value = sign * x**0
        for root in roots:
            value = value * (x - xp.number(root))
        return value, 0 * x

    statement = (
        f"{sign}·∏(x - {[str(root) for root in roots]}) {'>' if strict else '>='} 0 on [{low}, {high}]"
    )
    claim = _claim("roots", statement, sides, ">" if strict else ">=", x=real(low, high))
    return Known(claim, holds, at_boundary=not holds)


# ---- classical inequalities with a constant that is off by little ------------------------------------------


def classical(r: Random) -> Known:
    """Young, AM-GM, Jensen, Bernoulli, each with the best constant times 1 - ε; equality holds at x = y, or at 0."""
    e = r.choice((Fraction(0), _tiny(r), -_tiny(r)))
    name = r.choice(("young", "am-gm", "jensen", "bernoulli", "weighted young", "exponential"))
    n = r.randint(2, 5)

    def sides(xp: Any, x: Any, y: Any) -> Any:
        factor = xp.number(1 - e)
        if name == "young":
            return x * y, factor * (x**2 + y**2) / 2
        if name == "am-gm":
            return xp.sqrt(x * y), factor * (x + y) / 2
        if name == "jensen":
            return ((x + y) / 2) ** 2, factor * (x**2 + y**2) / 2
        if name == "weighted young":
            return 2 * n * x * y, factor * n * (x**2 + y**2)
        if name == "bernoulli":
            return 1 + n * x, (1 + x) ** n - xp.number(e) + 0 * y
        return 1 + x, xp.exp(x) - xp.number(e) + 0 * y

    domain = real(-1) if name == "bernoulli" else real() if name == "exponential" else real(0)
    claim = _claim("classical", f"{name}, n = {n}, short by {e}", sides, x=domain, y=domain)
    return Known(claim, holds=e <= 0, at_boundary=e > 0)


def scaled_identity(r: Random) -> Known:
    """An identity, or one that is off by a term that vanishes at 0 and 1 alone."""
    e = r.choice((Fraction(0), Fraction(0), _tiny(r)))
    form = r.choice(("difference of squares", "cube", "double angle", "logarithm", "hyperbolic"))

    def sides(xp: Any, x: Any) -> Any:
        off = xp.number(e) * x * (x - 1)
        if form == "difference of squares":
            return (x + 2) * (x - 2), x**2 - 4 + off
        if form == "cube":
            return (x + 1) ** 3, x**3 + 3 * x**2 + 3 * x + 1 + off
        if form == "double angle":
            return xp.sin(2 * x), 2 * xp.sin(x) * xp.cos(x) + off
        if form == "logarithm":
            return xp.log(1 + x**2) - xp.log(xp.number(2)), xp.log((1 + x**2) / 2) + off
        return xp.tanh(2 * x) * (1 + xp.tanh(x) ** 2), 2 * xp.tanh(x) + off

    claim = _claim("identity", f"{form}, off by {e}·x(x-1)", sides, "=", x=real())
    return Known(
        claim, holds=e == 0, at_boundary=e > Fraction(1, 10**4)
    )  # at -1 and 2, and by more than noise


def descent(r: Random) -> Known:
    """The descent lemma with L/2 replaced by L(1 - ε)/2."""
    e = r.choice((Fraction(0), Fraction(1, 10), Fraction(1, 100)))

    def sides(xp: Any, f: Any, x: Any, y: Any, L: Any) -> Any:
        change = y - x
        bound = xp.number((1 - e) / 2) * L * xp.vecdot(change, change)
        return f(y), f(x) + xp.vecdot(f.gradient(x), change) + bound

    claim = _claim(
        "descent",
        f"descent lemma with L(1 - {e})/2",
        sides,
        hypotheses=[l_smooth("f", "L")],
        d=dimension(1),
        f=function(),
        x=point(),
        y=point(),
        L=constant_of("f", "smoothness"),
    )
    return Known(claim, holds=e == 0, at_boundary=e > 0)


# ---- piecewise formulas ------------------------------------------------------------------------------------

Condition = Callable[[Any, Any], Any]  # of the namespace and x; for the truth, of None and a Fraction


def _comparison(r: Random, points: list[Fraction]) -> tuple[str, Condition]:
    c, relation = r.choice(points), r.choice(("==", "!=", "<", "<=", ">", ">="))

    def holds(xp: Any, x: Any) -> Any:
        bound = c if xp is None else xp.number(c)
        if relation == "==":
            return x == bound
        if relation == "!=":
            return x != bound
        if relation == "<":
            return x < bound
        if relation == "<=":
            return x <= bound
        return x > bound if relation == ">" else x >= bound

    return f"x {relation} {c}", holds


def _condition(r: Random, points: list[Fraction], depth: int) -> tuple[str, Condition]:
    if depth == 0 or r.random() < 0.2:
        return _comparison(r, points)
    text, first = _condition(r, points, depth - 1)
    if r.random() < 0.25:
        return f"~({text})", lambda xp, x: not first(xp, x) if xp is None else ~first(xp, x)
    other, second = _condition(r, points, depth - 1)
    if r.random() < 0.6:
        return f"({text}) & ({other})", lambda xp, x: first(xp, x) & second(xp, x)
    return f"({text}) | ({other})", lambda xp, x: first(xp, x) | second(xp, x)


def _representatives(points: Iterable[Fraction], low: Fraction, high: Fraction) -> list[Fraction]:
    """Every critical point of an interval, and one point between each two neighbours."""
    inside = sorted({low, high, *(p for p in points if low < p < high)})
    return sorted([*inside, *((a + b) / 2 for a, b in itertools.pairwise(inside))])


def indicator(r: Random) -> Known:
    """1[condition] ≤ 0 on an interval, for a random condition with isolated points and thin intervals."""
    low, high = r.choice(((0, 1), (-1, 1), (-2, 5)))
    points = [Fraction(0), Fraction(1), Fraction(low), Fraction(high), Fraction(17, 29), Fraction(1, 3)]
    points += [Fraction(1, 3) + Fraction(1, 10**9)]
    text, condition = _condition(r, points, r.choice((1, 2, 2, 3)))
    nested = r.random() < 0.3

    def sides(xp: Any, x: Any) -> Any:
        zero = 0 * x
        value = xp.where(condition(xp, x), 1 + zero, zero)
        if nested:  # the same, with the condition inside the branches of another one
            value = xp.where(x < xp.number(Fraction(1, 3)), value, xp.where(condition(xp, x), 2 + zero, zero))
        return value, zero

    bad = [x for x in _representatives(points, Fraction(low), Fraction(high)) if bool(condition(None, x))]
    exact = any(x in (0, 1, -1, low, high) for x in bad)
    claim = _claim("indicator", f"1[{text}] <= 0 on [{low}, {high}]", sides, x=real(low, high))
    return Known(claim, holds=not bad, at_boundary=exact)


def pieces(r: Random) -> Known:
    """|x - c|, max, min and sign written with where, against the same by name, or short by ε."""
    e, c = r.choice((Fraction(0), Fraction(0), _tiny(r))), r.choice((0, 1, -1))
    form = r.choice(("abs", "max", "min", "sign"))

    def sides(xp: Any, x: Any) -> Any:
        t = x - c
        if form == "abs":
            return xp.where(t >= 0, t, -t), abs(t) - xp.number(e)
        if form == "max":
            return xp.where(t > 1, t, 1 + 0 * t), xp.maximum(t, 1 + 0 * t) - xp.number(e)
        if form == "min":
            return xp.minimum(t, 0 * t), xp.where(t < 0, t, 0 * t) - xp.number(e)
        return t * xp.sign(t), abs(t) - xp.number(e)

    claim = _claim("pieces", f"{form} of x - {c}, short by {e}", sides, x=real())
    return Known(claim, holds=e == 0, at_boundary=e > 0)


def removable_point(r: Random) -> Known:
    """x²/x and its like extended by a value at 0 that is right or not."""
    c, value = r.choice((0, 1, -1)), r.choice((0, 1))

    def sides(xp: Any, x: Any) -> Any:
        t = x - c
        safe = xp.where(t == 0, 1 + 0 * t, t)
        return xp.where(t == 0, value + 0 * t, t**2 / safe), t

    statement = f"(x - {c})²/(x - {c}), extended by {value}, is x - {c}"
    return Known(
        _claim("removable", statement, sides, "=", x=real()), holds=value == 0, at_boundary=value != 0
    )


# ---- integers, choices, sizes ------------------------------------------------------------------------------


def off_by_one(r: Random) -> Known:
    """Bounds of integers that are right or off by one, at an end of the range."""
    low = r.randint(-5, 5)
    high = low + r.choice((3, 10, 60, 5000))
    form = r.choice(("<= high", "< high", ">= low", "> low", "product", "square"))
    shift = r.choice((0, 0, 1))

    def sides(xp: Any, n: Any) -> Any:
        zero = 0 * n
        if form in ("<= high", "< high"):
            return n, high - shift + zero
        if form in (">= low", "> low"):
            return -n, -low - shift + zero
        if form == "product":  # n(n-1) ≥ 0 for integers, n(n-1) ≥ shift is false at 0 and 1
            return shift + zero, n * (n - 1)
        return n, n**2 - shift

    strict = form in ("< high", "> low")
    holds = shift == 0 and not strict
    if form in ("product", "square"):
        worst = min(n * (n - 1) for n in range(low, high + 1))
        holds = worst >= shift
    claim = _claim(
        "off-by-one",
        f"{form} for n in {low} … {high}, shift {shift}",
        sides,
        "<" if strict else "<=",
        n=integer(low, high),
    )
    return Known(claim, holds, at_boundary=not holds)


def remainders(r: Random) -> Known:
    """Remainders and integer parts, Python's: of the sign of the divisor."""
    k, low = r.randint(2, 7), r.choice((0, 1, -20))
    form = r.choice(("remainder", "largest remainder", "division", "below", "even product"))

    def sides(xp: Any, n: Any) -> Any:
        zero = 0 * n
        if form == "remainder":
            return n % k, k - 1 + zero
        if form == "largest remainder":
            return n % k, k - 2 + zero
        if form == "division":
            return n // k * k, n
        if form == "below":
            return n // k * k + 1, n
        return (n * (n + 1)) % 2, zero

    holds = form in ("remainder", "division", "even product")
    claim = _claim("remainders", f"{form}, k = {k}, n in {low} … 40", sides, n=integer(low, 40))
    return Known(claim, holds, at_boundary=not holds, ordinary=False)


def branches(r: Random) -> Known:
    """Python's `if`, `in`, `%`, dictionaries and `or` on a choice or a dimension; false for one value or for none."""
    values = tuple(sorted(r.sample(range(0, 9), 3)))
    bad = r.choice((*values, None, None))
    form = r.choice(("if", "in", "dict", "get", "mod", "truth", "match", "range", "index"))
    pick = bad if bad is not None else 97

    def sides(xp: Any, x: Any, p: Any) -> Any:
        zero = 0 * x
        if form == "if":
            if p == pick:
                return 1 + x**2, zero
            return -(x**2), zero
        if form == "in":
            return (1 + x**2 if p in (pick, 98) else -(x**2)), zero
        if form == "dict":
            return {value: 1 if value == pick else -1 for value in values}[p] + zero, zero
        if form == "get":
            return {pick: 1}.get(p, -1) + zero, zero
        if form == "mod":
            return (1 + x**2 if p % 100 == pick else -(x**2)), zero
        if form == "truth":  # 0 is false, all other values are true
            return ((p - pick) * (p - pick) or -1) * -1 + zero, zero
        if form == "match":
            match p:
                case value if value == pick:
                    return 1 + x**2, zero
                case _:
                    return -(x**2), zero
        if form == "range":
            total = -1
            for i in range(p + 1):
                total = total + (2 if i == pick else 0) - (2 if i == pick + 1 else 0)
            return total + zero, zero
        return [1 if i == pick else -1 for i in range(9)][p] + zero, zero

    statement = f"by {form}: p = {bad} of {values} gives 1 <= 0"
    claim = _claim("branches", statement, sides, x=real(), p=choice(*values))
    return Known(claim, holds=bad is None, at_boundary=bad is not None, ordinary=form in ("if", "in", "mod"))


def whole_number_rates(r: Random) -> Known:
    """Identities of (1 - 1/n)^k and its like, true exactly and not in float64, or off by ε relatively."""
    n, k = r.choice((3, 6, 7, 10, 11, 13)), r.choice((5, 10, 20, 50))
    form = r.choice(("rate", "telescope", "harmonic", "geometric"))
    e = r.choice((Fraction(0), Fraction(0), Fraction(1, 1000)))

    def sides(xp: Any, x: Any, m: Any) -> Any:
        off = x * xp.number(1 + e)
        if form == "rate":
            return off * (1 - 1 / m) ** k * m**k, x * (m - 1) ** k
        if form == "telescope":
            return off * (1 / m - 1 / (m + 1)) * m * (m + 1), x
        if form == "harmonic":
            return off * (1 / m + 1 / (2 * m) + 1 / (3 * m)) * (6 * m), 11 * x
        return off * (1 - (1 / m) ** k) * m**k, x * (m**k - 1)

    relation = r.choice(("=", "<=")) if e == 0 else "="
    claim = _claim(
        "rates",
        f"{form} {relation}, n = {n}, k = {k}, off by {e}",
        sides,
        relation,
        x=real(0),
        m=choice(2, n),
    )
    return Known(claim, holds=e == 0, at_boundary=e > 0)


def in_each_dimension(r: Random) -> Known:
    """|x|² and d: bounds that hold in all dimensions, or fail in one of those listed."""
    bad = r.choice((3, None))

    def sides(xp: Any, x: Any, d: Any) -> Any:
        square = xp.vecdot(x, x)
        if d == bad:
            return square, 0 * square
        return -square, 0 * square

    claim = _claim("dimensions", f"false for d = {bad}", sides, d=dimension(1, 2, 3), x=point())
    return Known(claim, holds=bad is None, at_boundary=bad is not None)


# ---- ranges, ties, literals --------------------------------------------------------------------------------


def ends(r: Random) -> Known:
    """x against the ends of its own range, open or closed, given as numbers or by name."""
    low = r.choice((Fraction(0), Fraction(1, 10), Fraction(1, 3), Fraction(-7, 3), Fraction(10**6)))
    high, strict = low + r.choice((Fraction(1, 10), 1, 3)), r.random() < 0.7
    open_low, open_high, at_high = r.random() < 0.5, r.random() < 0.5, r.random() < 0.5
    by_name = r.random() < 0.4

    def numbers(xp: Any, x: Any) -> Any:
        return (x, xp.number(high) + 0 * x) if at_high else (xp.number(low) + 0 * x, x)

    def names(xp: Any, x: Any, y: Any) -> Any:
        return (x, y)

    if by_name:
        space: dict[str, Any] = {"x": real(low, high), "y": real("x", open_low=open_low)}
        holds = open_low or not strict
        claim = _claim(
            "ends",
            f"x {'<' if strict else '<='} y for y from x on, open: {open_low}",
            names,
            "<" if strict else "<=",
            **space,
        )
        return Known(claim, holds, at_boundary=not holds)
    holds = (open_high if at_high else open_low) or not strict
    domain = real(low, high, open_low=open_low, open_high=open_high)
    statement = f"x {'<' if strict else '<='} {'high' if at_high else 'low (reversed)'} of {domain}"
    return Known(
        _claim("ends", statement, numbers, "<" if strict else "<=", x=domain), holds, at_boundary=not holds
    )


def strict_ties(r: Random) -> Known:
    """Strict inequalities with one exact tie, at 0: inside, at a closed end, at an open end, outside."""
    where = r.choice(("inside", "closed", "open", "outside"))
    low = {"inside": -1, "closed": 0, "open": 0, "outside": Fraction(1, 1000)}[where]
    form = r.choice(("exp", "cos", "log", "sqrt", "square", "tanh", "power"))

    def sides(xp: Any, x: Any) -> Any:
        return {
            "exp": lambda: (1 + x, xp.exp(x)),
            "cos": lambda: (xp.cos(x), 1 + x**2),
            "log": lambda: (xp.log(1 + x**2), x**2),
            "sqrt": lambda: (xp.sqrt(1 + x**2), 1 + x**2),
            "square": lambda: (0 * x, x**2),
            "tanh": lambda: (xp.tanh(x) ** 2, x**2),
            "power": lambda: (2 * x**4, x**2 + x**4 + x**6),
        }[form]()

    holds = where in ("open", "outside")
    claim = _claim(
        "ties", f"{form}, strict, tie {where}", sides, "<", x=real(low, 1, open_low=where == "open")
    )
    return Known(claim, holds, at_boundary=not holds)


def literals(r: Random) -> Known:
    """Decimal literals mean their decimal; great integers and fractions mean themselves."""
    form = r.choice(
        ("0.1", "1e-9", "0.3", "2.5e-7", "great", "great reversed", "fraction", "int power", "bound")
    )

    def sides(xp: Any, x: Any) -> Any:
        return {
            "0.1": lambda: (0.1 * x, x / 10),
            "1e-9": lambda: (1e-9 * x, x / 10**9),
            "0.3": lambda: (10 * (0.3 * x), 3 * x),
            "2.5e-7": lambda: (4 * (2.5e-7 * x), x / 10**6),
            "great": lambda: (2**70 * x, (2**70 + 1) * x),
            "great reversed": lambda: ((2**70 + 1) * x, 2**70 * x),
            "fraction": lambda: (3 * (xp.number(Fraction(1, 3)) * x), x),
            "int power": lambda: (x * 3**45, x * 3**45 + 0 * x),
            "bound": lambda: (x, 0.1 + 0 * x),
        }[form]()

    holds = form != "great reversed"
    relation = "<=" if form in ("great", "great reversed", "bound") else r.choice(("<=", "=", ">="))
    domain = real(0, 0.1) if form == "bound" else real(0)
    return Known(
        _claim("literals", f"{form}, {relation}", sides, relation, x=domain), holds, at_boundary=not holds
    )


def overflowing(r: Random) -> Known:
    """Sums and products of whole numbers beyond 2^63 that int64 would wrap around."""
    form, count = r.choice(("fourth powers", "cumulated", "product", "python")), r.choice((50, 70000))

    def sides(xp: Any, x: Any) -> Any:
        if form == "python":
            return 0 * x, x * sum(k**12 for k in range(1, 60))
        k = xp.arange(1, count + 1)
        if form == "fourth powers":
            return 0 * x, x * (k * k * k * k).sum()
        if form == "cumulated":
            return 0 * x, x * (k**4).cumsum()[-1]
        return 0 * x, x * (k[-1] ** 4 * k[-1] ** 4)

    return Known(_claim("overflow", f"{form} to {count}", sides, x=real(0)), holds=True, ordinary=False)


# ---- vectors, matrices, finite sums, constants of functions ------------------------------------------------


def vectors(r: Random) -> Known:
    """Cauchy-Schwarz, the triangle inequality and bounds by the largest entry, with constants that are off by ε."""
    e = r.choice((Fraction(0), Fraction(0), Fraction(1, 100), Fraction(1, 10**4)))
    form, n = r.choice(("cauchy", "triangle", "box", "sum")), r.choice((1, 2))

    def sides(xp: Any, x: Any, y: Any) -> Any:
        factor = xp.number(1 - e)
        if form == "cauchy":
            return xp.vecdot(x, y) ** 2, factor * xp.vecdot(x, x) * xp.vecdot(y, y)
        if form == "triangle":
            return xp.norm(x + y), factor * (xp.norm(x) + xp.norm(y))
        if form == "box":
            return xp.vecdot(x, x) + 0 * xp.vecdot(y, y), factor * n + 0 * xp.vecdot(y, y)
        return xp.vecdot(x + y, x + y), 2 * factor * (xp.vecdot(x, x) + xp.vecdot(y, y))

    claim = _claim("vectors", f"{form} in R^{n}, short by {e}", sides, x=vector(n, -1, 1), y=vector(n, -1, 1))
    return Known(claim, holds=e == 0, at_boundary=e >= Fraction(1, 100))


def matrices(r: Random) -> Known:
    """|Ax|² ≤ |A|²|x|² with the Frobenius norm, or with a tenth of it; x = A where the matrix has one row."""
    e = r.choice((Fraction(0), Fraction(9, 10)))

    def sides(xp: Any, A: Any, x: Any) -> Any:
        image = xp.sum(A * x[:, None, :], axis=-1)
        return xp.vecdot(image, image), xp.number(1 - e) * xp.sum(
            xp.sum(A * A, axis=-1), axis=-1
        ) * xp.vecdot(x, x)

    claim = _claim("matrices", f"|Ax|² <= {1 - e}|A|²|x|²", sides, A=matrix(1, 2), x=vector(2, -1, 1))
    return Known(claim, holds=e == 0, at_boundary=e > 0, ordinary=False)


def means_of_samples(r: Random) -> Known:
    """Jensen over the samples of a finite sum, in the right and in the wrong direction."""
    wrong = r.random() < 0.5

    def sides(xp: Any, f: Any, x: Any) -> Any:
        squares = xp.sample_mean(f, lambda g: g(x) ** 2)
        return (squares, f(x) ** 2) if wrong else (f(x) ** 2, squares)

    claim = _claim(
        "samples",
        f"E f_k² against f², wrong: {wrong}",
        sides,
        d=dimension(1),
        f=finite_sum((1, 2)),
        x=point(),
    )
    return Known(claim, holds=not wrong, at_boundary=wrong)


def constants(r: Random) -> Known:
    """Constants of functions: lower bounds, Jensen, and what holds for convex functions only."""
    form = r.choice(("lower bound", "named bound", "jensen", "no hypothesis", "above"))

    def sides(xp: Any, f: Any, x: Any, y: Any, m: Any) -> Any:
        if form == "lower bound":
            return f.lower_bound, f(x)
        if form == "named bound":
            return m, f(x)
        if form == "above":
            return f(x), m + 0 * f(x)
        return f((x + y) / 2), (f(x) + f(y)) / 2

    hypotheses = {
        "named bound": [bounded_below("f", "m")],
        "jensen": [convex("f")],
        "above": [bounded_below("f", "m")],
    }
    holds = form not in ("no hypothesis", "above")
    claim = _claim(
        "constants",
        form,
        sides,
        hypotheses=hypotheses.get(form, ()),
        d=dimension(1),
        f=function(),
        x=point(),
        y=point(),
        m=constant_of("f", "lower_bound"),
    )
    return Known(claim, holds, at_boundary=not holds)


# ---- hypotheses --------------------------------------------------------------------------------------------


def refused_hypotheses(r: Random) -> Known:
    """Hypotheses that are no condition, or that contradict each other."""
    form = r.choice(("difference", "number", "contradiction", "never"))
    wanted: dict[str, list[Any]] = {
        "difference": [requires(lambda x, y: y - x, "$y > x$")],
        "number": [requires(lambda x: x, "$x$")],
        "contradiction": [requires(lambda x, y: x > y, "$x > y$"), requires(lambda x, y: y > x, "$y > x$")],
        "never": [requires(lambda x: x**2 < 0, "$x^2 < 0$")],
    }
    claim = _claim("hypotheses", form, lambda xp, x, y: (x, y), hypotheses=wanted[form], x=real(), y=real())
    return Known(claim, holds=None)


def thin_hypotheses(r: Random) -> Known:
    """A hypothesis that holds at one point alone, which a search may well miss: it proves nothing that is false there."""
    c, shift = r.choice((Fraction(0), Fraction(17), Fraction(1, 3), Fraction(1, 10))), r.choice((0, 0, 1))
    form = r.choice(("equal", "square", "between", "distance"))

    def at_the_point(xp: Any, x: Any) -> Any:
        t = x - xp.number(c)
        if form == "equal":
            return t == 0
        if form == "square":
            return t**2 <= 0
        if form == "between":
            return (t <= 0) & (t >= 0)
        return abs(t) <= 0

    def sides(xp: Any, x: Any) -> Any:
        return x + shift, xp.number(c) + 0 * x

    hypothesis = requires(at_the_point, f"$x = {c}$")
    claim = _claim(
        "thin", f"x = {c} ({form}) gives x + {shift} <= {c}", sides, hypotheses=[hypothesis], x=real()
    )
    return Known(claim, holds=shift == 0, ordinary=c == 0)


def conditions(r: Random) -> Known:
    """A hypothesis that gives the conclusion, or one that just fails to: with ≤ for <, or with ≥ for >."""
    strict, shift = r.random() < 0.5, r.choice((0, 0, 1))
    given = requires(
        (lambda x, y: x < y) if strict else (lambda x, y: x <= y), "$x < y$" if strict else r"$x \le y$"
    )
    claimed = "<" if r.random() < 0.5 else "<="
    holds = shift == 0 and (strict or claimed == "<=")

    def sides(xp: Any, x: Any, y: Any) -> Any:
        return 3 * x + shift, 3 * y

    statement = f"x {'<' if strict else '<='} y gives 3x + {shift} {claimed} 3y"
    claim = _claim("conditions", statement, sides, claimed, hypotheses=[given], x=real(), y=real())
    return Known(claim, holds, at_boundary=not holds)


GENERATORS: dict[Generator, int] = {
    square_and_constant: 30,
    two_squares: 8,
    product_of_roots: 8,
    classical: 16,
    scaled_identity: 12,
    descent: 3,
    indicator: 40,
    pieces: 12,
    removable_point: 4,
    off_by_one: 24,
    remainders: 10,
    branches: 24,
    whole_number_rates: 12,
    in_each_dimension: 2,
    ends: 24,
    strict_ties: 14,
    literals: 16,
    overflowing: 4,
    vectors: 10,
    matrices: 2,
    means_of_samples: 2,
    constants: 4,
    refused_hypotheses: 4,
    thin_hypotheses: 8,
    conditions: 8,
}
"""Every generator, and how many of its claims an ordinary run of the tests judges."""
