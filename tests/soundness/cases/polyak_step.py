"""Polyak's step never moves away from a minimiser; true, and its proof divides by |∇f(x)|², which a hypothesis keeps from 0."""

from theorycheck import Claim, Space, convex, dimension, finite_sum, minimiser_of, minimises, point, requires
from theorycheck.algebra import norm_squared
from theorycheck.derivations import chain, consequence, derivation, hypothesis, le

MOVING = requires(lambda xp, f, x: xp.vecdot(f.gradient(x), f.gradient(x)) > 0, r"$\nabla f(x) \ne 0$")


def sides(xp, f, x, x_star):
    g = f.gradient(x)
    excess, size = f(x) - f(x_star), xp.vecdot(g, g)
    after = x - xp.scale(excess / size, g) - x_star
    return xp.vecdot(after, after), xp.vecdot(x - x_star, x - x_star) - excess**2 / size


def prove(s):
    g = s.f.gradient(s.x)
    tangent = s.assume(convex("f")).tangent(s.x, s.x_star)
    least = s.assume(minimises("f", "x_star")).at(s.x)
    term = 2 / norm_squared(g) * hypothesis(least, tangent)
    return derivation(chain(s.left, le(s.right, consequence("the tangent at x, times the step", term))))


claim = Claim(
    id="lemmas/polyak-step",
    statement=(
        r"$f$ convex, $x^+ = x-\frac{f(x)-f_*}{\|\nabla f(x)\|^2}\nabla f(x)$ $\Rightarrow "
        r"\|x^+-x_*\|^2 \le \|x-x_*\|^2 - \frac{(f(x)-f_*)^2}{\|\nabla f(x)\|^2}$."
    ),
    space=Space(d=dimension(1, 2), f=finite_sum((1,), tilted=True), x_star=minimiser_of("f"), x=point()),
    hypotheses=[convex("f"), minimises("f", "x_star"), MOVING],
    sides=sides,
    derivation=prove,
)
