"""False claims, each with a derivation in which one step is an ordinary mistake."""

import sympy

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
)
from theorycheck.algebra import expectation, gaussian, inner, uniform
from theorycheck.derivations import (
    along_segment,
    by_definition,
    by_expansion,
    chain,
    consequence,
    derivation,
    elementary,
    eq,
    expected,
    hypothesis,
    le,
    square,
)


def claim(label, statement, sides, proof, relation="<=", hypotheses=(), **space):
    return Claim(
        id=f"derivations/{label}",
        statement=statement,
        space=Space(**space),
        sides=sides,
        relation=relation,
        hypotheses=hypotheses,
        derivation=proof,
    )


ORDER = requires(lambda a, b: a <= b, r"$a \le b$")
FUNCTION = {"d": dimension(1, 2), "f": function(), "x": point(), "y": point()}


def one(s, *terms):
    """The whole claim as one consequence of the terms."""
    return derivation(chain(s.left, le(s.right, consequence("of the hypotheses", *terms))))


def multiplied_by_any_number(s):
    return one(s, s.c * hypothesis(s.assume(ORDER)))


def divided_by_any_number(s):
    return one(s, 1 / s.c * hypothesis(s.assume(ORDER)))


def imaginary_square(s):
    return one(s, square(s.x * sympy.I))


def negative_square(s):
    return one(s, -1 * square(s.x))


def hypothesis_that_is_not_there(s):
    return one(s, hypothesis(s.assume(convex("f")).tangent(s.x, s.y)))


def too_far_between(s):
    return one(s, 2 * hypothesis(s.assume(convex("f")).between(s.x, s.y, 2)))


def weight_of_any_size(s):
    return one(s, hypothesis(s.assume(convex("f")).between(s.x, s.y, s.t)))


def segment_of_a_jump(s):
    t, step = uniform("t"), s.y - s.x
    mean = expectation(inner(s.f.gradient(s.x + step * t.scalar), step), t)
    return derivation(
        chain(
            s.left,
            eq(mean, along_segment("fundamental theorem", s.f, s.x, s.y, t)),
            eq(s.right, by_expansion("0")),
        )
    )


def one_variable_for_two(s):
    u = gaussian("u", s.d)
    left = expectation(inner(u.vector, s.x) * inner(u.vector, s.x), u)
    middle = expectation(inner(u.vector, s.x), u) * expectation(inner(u.vector, s.x), u)
    return derivation(
        chain(
            s.left,
            eq(left, by_expansion("variance")),
            eq(middle, by_expansion("independence")),
            eq(s.right, by_expansion("mean 0")),
        )
    )


def jensen_backwards(s):
    u = gaussian("u", s.d)
    fact = s.assume(convex("f")).tangent(s.x + u.vector * s.sigma, s.x)
    return derivation(
        chain(
            s.left,
            eq(expectation(s.f(s.x + u.vector * s.sigma), u), by_definition("smoothing")),
            le(s.right, consequence("tangents", expected(hypothesis(fact), u))),
        )
    )


def lower_for_upper(s):
    return one(s, hypothesis(s.assume(l_smooth("f", "L")).lower(s.x, s.y)))


def bound_at_its_best(s):
    return one(s, hypothesis(s.assume(bounded_below("f", "m")).at(s.x)))


def square_root_of_a_square(s):
    return derivation(chain(s.left, eq(s.right, by_expansion("the root of a square"))))


def signs_of_symbols(s):
    return derivation(chain(s.left, le(s.right, elementary("signs"))))


def descent(xp, f, x, y, L):
    change = y - x
    return f(y), f(x) + xp.vecdot(f.gradient(x), change) - L / 2 * xp.vecdot(change, change)


def tangent(xp, f, x, y):
    return f(x) + xp.vecdot(f.gradient(x), y - x), f(y)


def convex_combination(xp, f, x, y, t):
    point_between = x + xp.scale(t, y - x)
    return f(point_between), (1 - t) * f(x) + t * f(y)


A_B_C = {"a": real(), "b": real(), "c": real()}
claims = [
    claim(
        "multiplier",
        r"$a \le b \Rightarrow ca \le cb$.",
        lambda xp, a, b, c: (c * a, c * b),
        multiplied_by_any_number,
        hypotheses=[ORDER],
        **A_B_C,
    ),
    claim(
        "divisor",
        r"$a \le b \Rightarrow a/c \le b/c$.",
        lambda xp, a, b, c: (a / c, b / c),
        divided_by_any_number,
        hypotheses=[ORDER],
        **A_B_C,
    ),
    claim(
        "imaginary",
        r"$\|x\|^2 \le 0$.",
        lambda xp, x: (xp.vecdot(x, x), 0 * xp.vecdot(x, x)),
        imaginary_square,
        d=dimension(1, 2),
        x=point(),
    ),
    claim(
        "negative",
        r"$\|x\|^2 \le 0$.",
        lambda xp, x: (xp.vecdot(x, x), 0 * xp.vecdot(x, x)),
        negative_square,
        d=dimension(1, 2),
        x=point(),
    ),
    claim(
        "unlisted",
        r"Tangents lie below, convexity forgotten.",
        tangent,
        hypothesis_that_is_not_there,
        **FUNCTION,
    ),
    claim(
        "extrapolated",
        r"$f$ convex: $f(2y-x) \le 2f(y)-f(x)$.",
        lambda xp, f, x, y: (f(2 * y - x), 2 * f(y) - f(x)),
        too_far_between,
        hypotheses=[convex("f")],
        **FUNCTION,
    ),
    claim(
        "weight",
        r"$f$ convex, $t$ real: $f((1-t)x+ty) \le (1-t)f(x)+tf(y)$.",
        convex_combination,
        weight_of_any_size,
        hypotheses=[convex("f")],
        t=real(),
        **FUNCTION,
    ),
    claim(
        "jump",
        r"$f(y) - f(x) = 0$.",
        lambda xp, f, x, y: (f(y) - f(x), 0 * f(x)),
        segment_of_a_jump,
        "=",
        **FUNCTION,
    ),
    claim(
        "variance",
        r"$\|x\|^2/2 = 0$, by independence of $u$ from itself.",
        lambda xp, x: (xp.vecdot(x, x) / 2, 0 * xp.vecdot(x, x)),
        one_variable_for_two,
        "=",
        d=dimension(1, 2),
        x=point(),
    ),
    claim(
        "jensen",
        r"$f$ convex: $f_\sigma \le f$.",
        lambda xp, f, x, sigma: (f.smoothed(x, sigma), f(x)),
        jensen_backwards,
        hypotheses=[convex("f")],
        sigma=real(0),
        **FUNCTION,
    ),
    claim(
        "lower",
        r"$L$-smooth: $f(y) \le f(x)+\langle\nabla f(x),y-x\rangle-\frac L2\|y-x\|^2$.",
        descent,
        lower_for_upper,
        hypotheses=[l_smooth("f", "L")],
        **FUNCTION,
        L=constant_of("f", "smoothness"),
    ),
    claim(
        "bound",
        r"$f(x) \le m$ for a lower bound $m$.",
        lambda xp, f, x, m: (f(x), m),
        bound_at_its_best,
        hypotheses=[bounded_below("f", "m")],
        **FUNCTION,
        m=constant_of("f", "lower_bound"),
    ),
    claim(
        "root", r"$\sqrt{a^2} = a$.", lambda xp, a: (xp.sqrt(a**2), a), square_root_of_a_square, "=", a=real()
    ),
    claim(
        "signs",
        r"$a \le a^2$ for integers from $-3$ on and reals.",
        lambda xp, a, n: (a * n, a * a * n * n),
        signs_of_symbols,
        a=real(0),
        n=integer(0, 9),
    ),
    claim(
        "sizes",
        r"$x \le px$ for $p \ge 0$.",
        lambda xp, a, p: (a, p * a),
        signs_of_symbols,
        a=real(0),
        p=choice(0, 1, 2),
    ),
]
