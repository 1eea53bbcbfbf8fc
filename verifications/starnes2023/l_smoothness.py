"""Section 2: the two forms of L-smoothness are equivalent, with the same constant, in the Euclidean norm."""

import sympy

from theorycheck import Claim, Space, constant_of, dimension, function, l_smooth, point
from theorycheck.algebra import expectation, inner, norm_squared, uniform
from theorycheck.algebra.facts import Fact, SmoothFacts
from theorycheck.derivations import (
    along_segment,
    chain,
    consequence,
    derivation,
    eq,
    expected,
    hypothesis,
    le,
    square,
)


def gradients_and_points(xp, f, x, y, L):
    return xp.norm(f.gradient(x) - f.gradient(y)), L * xp.norm(x - y)


def prove_equivalence(s):
    L = sympy.Symbol("L", positive=True)
    return derivation(
        *_to_two_sided_bound(s, L), _to_lipschitz_gradient(s, L), concludes=_both_directions(s, L)
    )


def _deviation(s):
    """f(y) − f(x) − ⟨∇f(x), y−x⟩."""
    return s.f(s.y) - s.f(s.x) - inner(s.f.gradient(s.x), s.y - s.x)


def _both_directions(s, L):
    bound = L / 2 * norm_squared(s.y - s.x)
    gradients = norm_squared(s.f.gradient(s.x) - s.f.gradient(s.y))
    return (
        (_deviation(s), "<=", bound),
        (-_deviation(s), "<=", bound),
        (gradients, "<=", L**2 * norm_squared(s.x - s.y)),
    )


def _to_two_sided_bound(s, L):
    """From the Lipschitz gradient: the deviation is the mean of ⟨∇f(x+t(y−x)) − ∇f(x), y−x⟩ over t in [0, 1]."""
    f, x, step = s.f, s.x, s.y - s.x
    t = uniform("t")
    change = f.gradient(x + step * t.scalar) - f.gradient(x)
    lipschitz = Fact(
        L**2 * t.scalar**2 * norm_squared(step) - norm_squared(change),
        "the gradient is $L$-Lipschitz",
        "premise",
    )
    return tuple(
        chain(
            sign * _deviation(s),
            eq(
                sign * expectation(inner(change, step), t),
                along_segment("integrate the gradient along the segment", f, x, s.y, t),
            ),
            le(
                L / 2 * norm_squared(step),
                consequence(
                    "$\\pm 2\\langle a,b\\rangle \\le \\frac1{Lt}\\|a\\|^2 + Lt\\|b\\|^2$",
                    expected((1 / (2 * L * t.scalar)) * hypothesis(lipschitz), t),
                    expected((1 / (2 * L * t.scalar)) * square(change - step * (sign * L * t.scalar)), t),
                ),
            ),
        )
        for sign in (1, -1)
    )


def _to_lipschitz_gradient(s, L):
    """From the two-sided bound, applied four times at the points (x+y)/2 ± (∇f(y)−∇f(x))/(2L)."""
    f, x, y = s.f, s.x, s.y
    difference = f.gradient(x) - f.gradient(y)
    shift = difference / (-2 * L)
    plus, minus = (x + y) / 2 + shift, (x + y) / 2 - shift
    bound = SmoothFacts(f, L, "premise", "the two-sided bound")
    uses = (bound.upper(x, plus), bound.lower(y, plus), bound.lower(x, minus), bound.upper(y, minus))
    return chain(
        norm_squared(difference),
        le(
            L**2 * norm_squared(x - y),
            consequence(
                "the two-sided bound at $\\frac{x+y}2 \\pm \\frac1{2L}(\\nabla f(y)-\\nabla f(x))$",
                *((2 * L) * hypothesis(use) for use in uses),
            ),
        ),
    )


two_forms = Claim(
    id="starnes2023/remark-l-smooth",
    printed="Section 2",
    kind="equivalence",
    statement=r"$\nabla f$ is $L$-Lipschitz if and only if $|f(y)-f(x)-\langle\nabla f(x),y-x\rangle| \le \frac L2\|y-x\|^2$ for all "
    r"$x, y$.",
    space=Space(
        d=dimension(1, 2, 3, 10), f=function(), x=point(), y=point(), L=constant_of("f", "smoothness")
    ),
    hypotheses=[l_smooth("f", "L")],
    sides=gradients_and_points,
    derivation=prove_equivalence,
    uses=["starnes2023/definition-a.1c"],
    expected="conditional",
    note="The derivation has $L > 0$; $L = 0$ follows by letting $L \\to 0$, since each form with $L$ gives it with every larger "
    "constant. The hunt tests the direction from the two-sided bound to the Lipschitz gradient.",
)
