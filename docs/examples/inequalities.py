"""Reasons for inequalities: facts, squares, expectations, elementary inequalities."""

import sympy

from theorycheck import (
    Claim,
    Space,
    bounded_below,
    constant_of,
    continuous,
    convex,
    dimension,
    function,
    l_smooth,
    nonconstant,
    point,
    real,
    strongly_convex,
)
from theorycheck.algebra import elementary as by_name
from theorycheck.algebra import expectation, gaussian, inner, norm_squared
from theorycheck.derivations import (
    by_definition,
    by_expansion,
    chain,
    consequence,
    derivation,
    either_order,
    elementary,
    eq,
    expected,
    gt,
    hypothesis,
    le,
    lt,
    nonnegative_part,
    square,
)
from theorycheck.derivations.reasons import positive_mean

DIMENSIONS = dimension(1, 2, 5)

# ---- a fact, applied -----------------------------------------------------------------------------


def midpoint(xp, f, x, y, gamma):
    middle = (x + y) / 2
    return f(middle), (f(x) + f(y)) / 2 - gamma / 8 * xp.vecdot(x - y, x - y)


def prove_midpoint(s):
    strong = s.assume(strongly_convex("f", "gamma"))
    half = hypothesis(strong.between(s.x, s.y, sympy.Rational(1, 2)))
    return derivation(chain(s.left, le(s.right, consequence("strong convexity at $t = 1/2$", half))))


fact_applied = Claim(
    id="examples/midpoint",
    statement=r"$f$ $\gamma$-strongly convex $\Rightarrow f(\frac{x+y}2) \le \frac{f(x)+f(y)}2 - "
    r"\frac\gamma8\|x-y\|^2$.",
    space=Space(d=DIMENSIONS, f=function(), x=point(), y=point(), gamma=constant_of("f", "strong_convexity")),
    hypotheses=[strongly_convex("f", "gamma")],
    sides=midpoint,
    derivation=prove_midpoint,
    expected="proved",
)

# ---- facts with multipliers, and a square --------------------------------------------------------


def peter_paul(xp, x, y, c):
    return 2 * xp.vecdot(x, y), c * xp.vecdot(x, x) + xp.vecdot(y, y) / c


def prove_peter_paul(s):
    rest = (1 / s.c) * square(s.x * s.c - s.y)
    return derivation(chain(s.left, le(s.right, consequence(r"the rest is $\frac1c\|cx-y\|^2$", rest))))


weighted_square = Claim(
    id="examples/peter-paul",
    statement=r"$2\langle x,y\rangle \le c\|x\|^2 + \frac1c\|y\|^2$ for $c > 0$.",
    space=Space(d=DIMENSIONS, x=point(), y=point(), c=real(0, open_low=True)),
    sides=peter_paul,
    derivation=prove_peter_paul,
    expected="proved",
)

# ---- expectations: Jensen, and a variance --------------------------------------------------------


def smoothed_gradient_size(xp, f, x, sigma, L, d):
    difference = f.smoothed_gradient(x, sigma) - f.gradient(x)
    return xp.vecdot(difference, difference), L**2 * sigma**2 * d / 2


def prove_gradient_size(s):
    u = gaussian("u", s.d)
    moved = s.x + u.vector * s.sigma
    change = s.f.gradient(moved) - s.f.gradient(s.x)
    average = s.f.smoothed_gradient(s.x, s.sigma) - s.f.gradient(s.x)
    lipschitz = s.lemma("starnes2023/remark-l-smooth", f=s.f, x=moved, y=s.x, L=s.L)
    return derivation(
        chain(
            s.left,
            le(
                expectation(norm_squared(change), u),
                consequence(
                    r"Jensen: $\mathbb E\|V-\mathbb EV\|^2 \ge 0$", expected(square(change - average), u)
                ),
            ),
            le(
                expectation(s.L**2 * norm_squared(u.vector * s.sigma), u),
                consequence(r"$\nabla f$ is $L$-Lipschitz", expected(hypothesis(lipschitz), u)),
            ),
            eq(s.right, by_expansion(r"$\mathbb E\|u\|^2 = d/2$")),
        )
    )


jensen = Claim(
    id="examples/smoothed-gradient",
    statement=r"$f$ $L$-smooth $\Rightarrow \|\nabla f_\sigma(x)-\nabla f(x)\|^2 \le \frac{L^2\sigma^2d}2$.",
    space=Space(d=DIMENSIONS, f=function(), x=point(), sigma=real(0), L=constant_of("f", "smoothness")),
    hypotheses=[l_smooth("f", "L")],
    sides=smoothed_gradient_size,
    derivation=prove_gradient_size,
    uses=["starnes2023/remark-l-smooth"],  # the two forms of L-smoothness
    expected="conditional",
)

# ---- a cited claim -------------------------------------------------------------------------------


def twice_smoothed(xp, f, x, sigma, tau):
    return f.smoothed(x, sigma), f.smoothed(x, xp.sqrt(sigma**2 + tau**2))


def prove_twice(s):
    u = gaussian("u", s.d)
    shift = u.vector * s.tau
    g = s.f.smooth(s.sigma)  # f_σ, an arbitrary function like any other
    convexity = s.lemma("examples/smoothing-keeps-convexity", f=s.f, sigma=s.sigma)
    middle = hypothesis(convexity.between(s.x + shift, s.x - shift, sympy.Rational(1, 2)))
    return derivation(
        chain(
            s.left,
            le(
                expectation((g(s.x + shift) + g(s.x - shift)) / 2, u),
                consequence(
                    r"$f_\sigma$ is convex, and $x$ is the midpoint of $x \pm \tau u$", expected(middle, u)
                ),
            ),
            eq(
                s.right,
                by_definition(r"$(f_\sigma)_\tau = f_{\sqrt{\sigma^2+\tau^2}}$; $u$ and $-u$ have one law"),
            ),
        )
    )


cited = Claim(
    id="examples/more-smoothing-raises",
    statement=r"$f$ convex $\Rightarrow f_\sigma(x) \le f_{\sqrt{\sigma^2+\tau^2}}(x)$.",
    space=Space(d=DIMENSIONS, f=function(), x=point(), sigma=real(0), tau=real(0)),
    hypotheses=[convex("f")],
    sides=twice_smoothed,
    derivation=prove_twice,
    uses=["examples/smoothing-keeps-convexity"],
    expected="proved",
)


def smoothed_chord(xp, f, x, y, t, sigma):
    between = xp.scale(t, x) + xp.scale(1 - t, y)
    return f.smoothed(between, sigma), t * f.smoothed(x, sigma) + (1 - t) * f.smoothed(y, sigma)


def prove_convexity(s):
    u = gaussian("u", s.d)
    shift = u.vector * s.sigma
    fact = s.assume(convex("f")).between(s.x + shift, s.y + shift, s.t)
    return derivation(
        chain(
            s.left,
            le(
                s.right,
                consequence(r"convexity at $x+\sigma u$ and $y+\sigma u$", expected(hypothesis(fact), u)),
            ),
        )
    )


convexity = Claim(
    id="examples/smoothing-keeps-convexity",
    statement=r"$f$ convex $\Rightarrow f_\sigma$ convex.",
    space=Space(d=DIMENSIONS, f=function(), x=point(), y=point(), t=real(0, 1), sigma=real(0)),
    hypotheses=[convex("f")],
    sides=smoothed_chord,
    derivation=prove_convexity,
    expected="proved",
)

# ---- strict inequalities of means ----------------------------------------------------------------


def bound_and_mean(xp, f, x, m, sigma):
    return f.smoothed(x, sigma), m


def prove_strict(s):
    u = gaussian("u", s.d)
    bound = s.assume(bounded_below("f", "m")).at(s.x + u.vector * s.sigma)
    why = positive_mean(
        "$f - m$ is continuous, nonnegative and not identically 0",
        bound,
        u,
        not_identically_zero=(continuous("f"), nonconstant("f")),
        scale=s.sigma,
    )
    return derivation(
        chain(
            s.left,
            eq(expectation(s.f(s.x + u.vector * s.sigma), u), by_definition(r"definition of $f_\sigma$")),
            gt(s.right, why),
        )
    )


strict_mean = Claim(
    id="examples/above-the-bound",
    statement=r"$f$ continuous, not constant, $f \ge m$ $\Rightarrow f_\sigma(x) > m$ for $\sigma > 0$.",
    space=Space(
        d=DIMENSIONS, f=function(), x=point(), m=constant_of("f", "lower_bound"), sigma=real(0, open_low=True)
    ),
    hypotheses=[bounded_below("f", "m"), continuous("f"), nonconstant("f")],
    sides=bound_and_mean,
    relation=">",
    derivation=prove_strict,
    expected="proved",
)

# ---- numbers alone -------------------------------------------------------------------------------


def damping(xp, sigma):
    return xp.exp(-(sigma**2) / 4), 1


def prove_damping(s):
    return derivation(chain(s.left, lt(s.right, elementary(r"$e^{-w} < 1$ for $w > 0$"))))


numbers = Claim(
    id="examples/damping",
    statement=r"$e^{-\sigma^2/4} < 1$ for $\sigma > 0$.",
    space=Space(sigma=real(0, open_low=True)),
    sides=damping,
    relation="<",
    derivation=prove_damping,
    expected="proved",
)


def logarithm(xp, x):
    return xp.log(1 + x), x + x**2


def prove_logarithm(s):
    tangent = hypothesis(by_name("log(w) <= w - 1", 1 + s.x))
    square_of_x = nonnegative_part(s.x**2)
    return derivation(
        chain(s.left, le(s.right, consequence("the tangent at 1, and $x^2$", tangent, square_of_x)))
    )


named = Claim(
    id="examples/logarithm",
    statement=r"$\log(1+x) \le x + x^2$ for $x \ge 0$.",
    space=Space(x=real(0)),
    sides=logarithm,
    derivation=prove_logarithm,
    expected="proved",
)


def cauchy_schwarz(xp, x, y):
    return xp.vecdot(x, y) ** 2, xp.vecdot(x, x) * xp.vecdot(y, y)


def prove_cauchy_schwarz(s):
    fact = hypothesis(by_name("Cauchy-Schwarz", s.x, s.y))
    return derivation(chain(s.left, le(s.right, consequence("Cauchy and Schwarz", fact))))


by_its_name = Claim(
    id="examples/cauchy-schwarz",
    statement=r"$\langle x,y\rangle^2 \le \|x\|^2\|y\|^2$.",
    space=Space(d=DIMENSIONS, x=point(), y=point()),
    sides=cauchy_schwarz,
    derivation=prove_cauchy_schwarz,
    expected="proved",
)


# ---- both sides of an absolute value, in either order of two numbers -----------------------------


def smoothness(xp, f, x, y, sigma, L):
    linear = f.smoothed(x, sigma) + xp.vecdot(f.smoothed_gradient(x, sigma), y - x)
    return abs(f.smoothed(y, sigma) - linear), L / 2 * xp.vecdot(y - x, y - x)


def prove_smoothness(s):
    u = gaussian("u", s.d)
    x, y = s.x + u.vector * s.sigma, s.y + u.vector * s.sigma
    smooth = s.assume(l_smooth("f", "L"))
    f = s.f.smooth(s.sigma)
    deviation = f(s.y) - f(s.x) - inner(f.gradient(s.x), s.y - s.x)

    def one_side(sign, fact):
        why = consequence(r"$L$-smoothness at $x+\sigma u$ and $y+\sigma u$", expected(hypothesis(fact), u))
        return chain(sign * deviation, le(s.right, why))

    return derivation(one_side(1, smooth.upper(x, y)), one_side(-1, smooth.lower(x, y)))


absolute_value = Claim(
    id="examples/smoothing-keeps-smoothness",
    statement=r"$f$ $L$-smooth $\Rightarrow f_\sigma$ $L$-smooth.",
    space=Space(
        d=DIMENSIONS, f=function(), x=point(), y=point(), sigma=real(0), L=constant_of("f", "smoothness")
    ),
    hypotheses=[l_smooth("f", "L")],
    sides=smoothness,
    derivation=prove_smoothness,
    expected="proved",
)


def distance(xp, f, x, sigma, tau, L, d):
    return f.smoothed(x, tau) - f.smoothed(x, sigma), L * d / 4 * abs(tau**2 - sigma**2)


def prove_distance(s):
    u = gaussian("u", s.d)

    def difference(low, high, eta):
        """high = √(low² + η²): start from the less smoothed function, whichever it is."""
        less, shift = s.f.smooth(low), u.vector * eta
        smooth = s.lemma("examples/smoothing-keeps-smoothness", f=s.f, sigma=low, L=s.L)
        sign = 1 if low == s.sigma else -1
        bound = smooth.upper(s.x, s.x + shift) if sign == 1 else smooth.lower(s.x, s.x + shift)
        quadratic = s.L / 2 * eta**2 * norm_squared(u.vector)
        return chain(
            sign * (s.f.smoothed(s.x, high) - less(s.x)),
            le(
                expectation(sign * inner(less.gradient(s.x), shift) + quadratic, u),
                consequence("the less smoothed function is $L$-smooth", expected(hypothesis(bound), u)),
            ),
            eq(s.L * s.d / 4 * eta**2, by_expansion("the moments of $u$")),
        )

    return derivation(*either_order(s.sigma, s.tau, difference))


either = Claim(
    id="examples/distance-of-smoothings",
    statement=r"$f$ $L$-smooth $\Rightarrow f_\tau(x) - f_\sigma(x) \le \frac{Ld}4|\tau^2-\sigma^2|$ for all "
    r"$\sigma, \tau \ge 0$.",
    space=Space(
        d=DIMENSIONS, f=function(), x=point(), sigma=real(0), tau=real(0), L=constant_of("f", "smoothness")
    ),
    hypotheses=[l_smooth("f", "L")],
    sides=distance,
    derivation=prove_distance,
    uses=["examples/smoothing-keeps-smoothness"],
    expected="proved",
)
