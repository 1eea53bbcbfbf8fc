"""False links, each dressed up with a declaration, an option or a point that once made it pass."""

import pytest
import sympy

from tests.false_claims import D, F, G, X, Y, bare, checked, claim, symbols
from theorycheck import (
    convex,
    each,
    finite_sum,
    l_smooth,
    lipschitz,
    minimiser_of,
    minimises,
    real,
    requires,
    strongly_convex,
)
from theorycheck.algebra import (
    AbstractFunction,
    Integral,
    directional_derivative,
    expectation,
    gaussian,
    index,
    inner,
    norm_squared,
    uniform,
    vector,
)
from theorycheck.algebra.expectation import RandomScalar
from theorycheck.derivations import (
    along_segment,
    antiderivative,
    by_expansion,
    consequence,
    differentiate_inside,
    expected,
    hypothesis,
    smoothed_mean,
    smoothing_rule,
    square,
)
from theorycheck.derivations import elementary as scalar
from theorycheck.derivations import finite_sum as by_linearity
from theorycheck.derivations.reasons import (
    EveryStep,
    at,
    by_induction,
    by_summation,
    least_member,
    over,
    signs_show,
    summed,
)
from theorycheck.errors import ClaimError

ZERO = sympy.Integer(0)
SIZE = sympy.Symbol("T", integer=True, positive=True)
INDEX = sympy.Symbol("t", integer=True, positive=True)
MEMBER = sympy.IndexedBase("a", real=True)
SAMPLED = {"f": finite_sum((1, 2)), "L": real(0), "m": real()}


def unverified(result, words=""):
    assert result.outcome == "unverified", result
    assert words in result.reason, result.reason


def verified(result):
    assert result.verified, result


# ---- boxes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("box", [(-(10**8), 10**8), (0, 1), (None, 10), (sympy.pi, sympy.oo)])
def test_a_box_must_follow_from_the_claim(box):
    c = claim(z=real())
    z = symbols(c).z
    unverified(checked(z, "<=", z**2 + 10**10, scalar("", box={z: box}), c), "follows neither")


def test_a_box_that_the_space_or_a_hypothesis_implies_is_fine():
    c = claim(z=real(0, 1), w=real(), hypotheses=[requires(lambda w: w <= 3, "$w \\le 3$")])
    s = symbols(c)
    verified(checked(s.z**2, "<=", s.z, scalar("", box={s.z: (0, 1)}), c))
    verified(checked(s.w, "<=", 3, scalar("", box={s.w: (None, 3)}), c))
    unverified(checked(s.w, "<=", 3, scalar("", box={s.w: (0, 3)}), c), "follows neither")


# ---- bound variables ---------------------------------------------------------------------------------------------------

POSITIVE = sympy.Symbol("v", positive=True)


@pytest.mark.parametrize("low, high, value", [(-1, 1, -2), (-1, sympy.oo, 1), (1, -1, 2)])
def test_an_integral_does_not_believe_what_is_declared_of_its_variable(low, high, value):
    integral = sympy.Integral(1 / POSITIVE**2, (POSITIVE, low, high))
    unverified(checked(integral, "=", value, antiderivative("", -1 / POSITIVE)), "continuous")


def test_an_integral_over_a_range_of_one_sign():
    integral = sympy.Integral(1 / POSITIVE**2, (POSITIVE, -2, -1))
    verified(checked(integral, "=", sympy.Rational(1, 2), antiderivative("", -1 / POSITIVE)))
    r = sympy.Symbol("r", real=True)
    verified(
        checked(sympy.Integral(1 / sympy.sqrt(r), (r, 1, 4)), "=", 2, antiderivative("", 2 * sympy.sqrt(r)))
    )
    a = sympy.Symbol("a", real=True)
    unverified(
        checked(
            sympy.Integral(1 / POSITIVE**2, (POSITIVE, a, 1)),
            "=",
            1 / a - 1,
            antiderivative("", -1 / POSITIVE),
        )
    )


def test_an_index_does_not_believe_what_is_declared_of_it():
    total = sympy.Sum(INDEX - 1, (INDEX, 0, SIZE))
    sign = over(signs_show(INDEX - 1, INDEX, 0, SIZE), INDEX, 0, SIZE)
    unverified(checked(0, "<=", total, summed("", sign)), "sign is not certain")
    fact = EveryStep(MEMBER[INDEX], INDEX, 0, sympy.oo, "$a_t \\ge 0$")
    weighted = sympy.Sum((INDEX - 1) * MEMBER[INDEX], (INDEX, 0, SIZE))
    c = bare(hypotheses=[fact], kind="implication")
    unverified(
        checked(0, "<=", weighted, summed("", over(fact.fact, INDEX, 0, SIZE, INDEX - 1)), c), "weight"
    )
    later = sympy.Sum((INDEX - 1) * MEMBER[INDEX], (INDEX, 1, SIZE))
    verified(checked(0, "<=", later, summed("", over(fact.fact, INDEX, 1, SIZE, INDEX - 1)), c))


def test_an_index_inside_a_vector_is_bound_as_well():
    """‖√(t−1) x‖² is −‖x‖² at t = 0."""
    size = norm_squared(X * sympy.sqrt(INDEX - 1))
    total = sympy.Sum(size, (INDEX, 0, SIZE))
    unverified(checked(0, "<=", total, summed("", over(signs_show(size, INDEX, 0, SIZE), INDEX, 0, SIZE))))


def test_a_smoothing_rule_is_about_every_real_number():
    reason = smoothing_rule("", POSITIVE, POSITIVE, sympy.Integer(1))
    unverified(checked(smoothed_mean(POSITIVE, POSITIVE, 1), "=", POSITIVE, reason), "no arbitrary real")


# ---- sums --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [by_linearity(""), by_summation("")])
@pytest.mark.parametrize(
    "low, high, value",
    [
        (3, SIZE, SIZE - 2),
        (1, -SIZE, -SIZE),
        (1, SIZE / 2, SIZE / 2),
        (sympy.Rational(1, 2), SIZE, SIZE + sympy.Rational(1, 2)),
    ],
)
def test_sums_over_ranges_that_may_be_less_than_empty_or_not_of_integers(reason, low, high, value):
    t = sympy.Symbol("t", integer=True)
    unverified(checked(sympy.Sum(sympy.Integer(1), (t, low, high)), "=", value, reason))


def test_linearity_does_not_sum_cases():
    t = sympy.Symbol("t", integer=True)
    one = sympy.Piecewise((1, sympy.Eq(t, 9)), (0, True))
    unverified(checked(sympy.Sum(one, (t, 1, SIZE)), "=", 0, by_linearity("")))


def test_a_smallest_member_needs_finitely_many():
    with pytest.raises(ClaimError, match="no member"):
        least_member("m", MEMBER[INDEX], INDEX, 0, sympy.oo)


def test_induction_does_not_reach_into_values():
    fact = signs_show(sympy.Integer(1), INDEX, 0, sympy.oo)
    total = SIZE * F(X * SIZE)
    unverified(checked(0, "<=", total, by_induction("", SIZE, 1, at(fact, SIZE + 1))), "does not reach it")


# ---- gradients of what may jump ------------------------------------------------------------------------------------------


def exchange(c, f, *, scale=None):
    """E_u⟨∇f(x + σu), a⟩ = ⟨∇f_σ(x), a⟩."""
    s = symbols(c)
    u = gaussian("u", s.d)
    sigma = s.sigma if scale is None else scale
    left = expectation(inner(f.gradient(s.x + u.vector * sigma), s.direction), u)
    return checked(left, "=", inner(f.smoothed_gradient(s.x, sigma), s.direction), by_expansion(""), c)


@pytest.mark.parametrize(
    "known, right", [((), False), ((l_smooth("f", "L"),), False), ((each(l_smooth("f", "L")),), True)]
)
def test_the_gradient_of_a_sample_needs_a_hypothesis_on_every_sample(known, right):
    c = claim(hypotheses=list(known), **SAMPLED)
    result = exchange(c, symbols(c).sample("f"))
    verified(result) if right else unverified(result, "is averaged")


def test_jensens_inequality_hides_the_same_exchange():
    c = claim(**SAMPLED)
    s = symbols(c)
    u, f_k = gaussian("u", s.d), s.sample("f")
    rough, smooth = f_k.gradient(s.x + u.vector * s.sigma), f_k.smoothed_gradient(s.x, s.sigma)
    reason = consequence("", expected(square(rough - smooth), u))
    result = checked(norm_squared(smooth), "<=", expectation(norm_squared(rough), u), reason, c)
    unverified(result, "is averaged")


def test_a_smoothing_by_a_scale_that_may_be_zero_may_jump():
    may_be_zero, positive = claim(tau=real(0)), claim(tau=real(0, open_low=True))
    unverified(exchange(may_be_zero, symbols(may_be_zero).f.smooth(symbols(may_be_zero).tau)), "itself where")
    verified(exchange(positive, symbols(positive).f.smooth(symbols(positive).tau)))


def test_a_function_that_is_no_name_of_the_space_has_no_hypotheses():
    unverified(exchange(claim(hypotheses=[lipschitz("f", "L")]), G), "is averaged")


def test_the_segment_needs_the_gradient_of_that_function():
    c = claim(**SAMPLED)
    s, t = symbols(c), uniform("t")
    f_k, step = s.sample("f"), s.y - s.x
    right = expectation(inner(f_k.gradient(s.x + step * t.scalar), step), t)
    unverified(
        checked(f_k(s.y) - f_k(s.x), "=", right, along_segment("", f_k, s.x, s.y, t), c), "is averaged"
    )


# ---- samples and random numbers --------------------------------------------------------------------------------------------


def test_samples_have_the_mean_that_the_space_says():
    c = claim(hypotheses=[each(convex("f"))], g=finite_sum((1, 2)), **SAMPLED)
    s = symbols(c)
    k = index("k", (s.sample("f"), s.g))
    unverified(
        checked(expectation(s.sample("f")(s.x), k), "=", s.g(s.x), by_expansion(""), c), "does not say"
    )
    verified(checked(expectation(s.sample("f")(s.x), s.index("f")), "=", s.f(s.x), by_expansion(""), c))


def test_a_gaussian_number_is_not_taken_for_one_in_the_unit_interval():
    v = gaussian("v", D)
    unit = RandomScalar("v", True)
    unverified(checked(0, "<=", expectation(unit * F(X), v), by_expansion("")))


# ---- points and denominators -------------------------------------------------------------------------------------------


def test_points_are_real():
    c = claim(
        hypotheses=[minimises("f", "x_star", "tau")],
        **{**SAMPLED, "f": finite_sum((1, 2), tilted=True)},
        x_star=minimiser_of("f"),
        tau=real(0),
    )
    s = symbols(c)
    u = gaussian("u", s.d)
    for factor in (sympy.I, sympy.sqrt(-1 - s.tau), sympy.log(-1 - s.tau)):
        fact = s.assume(minimises("f", "x_star", "tau")).at(s.x + u.vector * (factor * s.tau))
        left = s.f.smooth(s.tau)(s.x_star)
        result = checked(left, "<=", s.f(s.x), consequence("", expected(hypothesis(fact), u)), c)
        assert not result.verified


def test_a_point_that_divides_by_zero_says_nothing():
    """(7b−3)²y ≥ (7b−3)² and L-smoothness do not give (y − 1)L‖v‖² ≥ 0: b = 3/7, y = 0."""
    wide = requires(lambda b, z: (7 * b - 3) ** 2 * z >= (7 * b - 3) ** 2, "$(7b-3)^2z \\ge (7b-3)^2$")
    for known, right in ([wide], False), ([wide, requires(lambda b: b > 1, "$b > 1$")], True):
        c = claim(hypotheses=[*known, l_smooth("f", "L")], b=real(), z=real())
        s = symbols(c)
        smooth, a = s.assume(l_smooth("f", "L")), (7 * s.b - 3) ** 2
        p, zero = s.y * (1 / a), s.y * 0
        facts = (smooth.upper(zero, p), smooth.lower(zero, p))
        terms = [a * hypothesis(s.assume(wide), fact) for fact in facts]
        result = checked((s.z - 1) * s.L * norm_squared(s.y), ">=", 0, consequence("", *terms), c)
        verified(result) if right else unverified(result, "divided by it")


def test_a_hypothesis_gives_the_sign_of_what_is_divided_by():
    moving = requires(lambda xp, f, x: xp.vecdot(f.gradient(x), f.gradient(x)) > 0, "$\\nabla f(x) \\ne 0$")
    weak = requires(lambda xp, f, x: xp.vecdot(f.gradient(x), f.gradient(x)) >= 0, "$0 \\ge 0$")
    for hypothesis_on_x, right in (moving, True), (weak, False):
        c = claim(hypotheses=[convex("f"), hypothesis_on_x])
        s = symbols(c)
        size = norm_squared(s.f.gradient(s.x))
        tangent = s.assume(convex("f")).tangent(s.x, s.y)
        result = checked(0, "<=", tangent.slack / size, consequence("", 1 / size * hypothesis(tangent)), c)
        assert result.verified is right


def test_products_with_norms_and_denominators_that_are_sums_replay():
    apart = requires(lambda mu, L: mu < L, "$\\mu < L$")
    c = claim(hypotheses=[strongly_convex("f", "mu"), l_smooth("f", "L"), apart], mu=real())
    s = symbols(c)
    fact = s.assume(l_smooth("f", "L")).upper(s.x, s.x + s.y * (1 / (s.L - s.mu)))
    norm = norm_squared(s.x - s.y)
    right = norm * fact.slack * (s.L - s.mu)
    verified(checked(0, "<=", right, consequence("", norm * hypothesis(s.assume(apart), fact)), c))


# ---- derivatives under an integral ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate, right", [(1, True), (2, False), (sympy.Rational(1, 2), False)])
def test_the_kernel_under_a_derivative_is_that_of_the_smoothing(rate, right):
    a, z, sigma = vector("a"), vector("z"), sympy.Symbol("sigma", positive=True)
    kernel = sympy.pi ** (-D / 2) * sigma ** (-D) * sympy.exp(-rate * norm_squared(z - X) / sigma**2)
    integral = Integral(F(z) * kernel, z)
    derivative = Integral(F(z) * directional_derivative(kernel, X, a), z)
    reason = differentiate_inside("", integral, point=X, direction=a)
    for f in (F, G):
        result = checked(inner(f.smoothed_gradient(X, sigma), a), "=", derivative, reason)
        verified(result) if right and f == F else unverified(result, "kernel")


def test_the_kernel_of_another_point_or_scale_is_refused():
    a, z, sigma = vector("a"), vector("z"), sympy.Symbol("sigma", positive=True)
    kernel = sympy.pi ** (-D / 2) * sigma ** (-D) * sympy.exp(-norm_squared(z - X) / sigma**2)
    reason = differentiate_inside("", Integral(F(z) * kernel, z), point=X, direction=a)
    derivative = Integral(F(z) * directional_derivative(kernel, X, a), z)
    for left in (inner(F.smoothed_gradient(Y, sigma), a), inner(F.smoothed_gradient(X, 2 * sigma), a)):
        unverified(checked(left, "=", derivative, reason))
    other = AbstractFunction("f", depends_on=frozenset({"k"}))
    unverified(checked(inner(other.smoothed_gradient(X, sigma), a), "=", derivative, reason), "kernel")
