"""Each reason verifies what is true and refuses what is not, however it is dressed up."""

import json
from fractions import Fraction

import pytest
import sympy

from tests.false_claims import A, D, F, G, N, P, Q, R, T, X, Y, Z, bare, checked, claim, symbols
from theorycheck import (
    bounded_below,
    continuous,
    convex,
    l_smooth,
    lipschitz,
    nonconstant,
    real,
    requires,
)
from theorycheck.algebra import (
    AbstractFunction,
    Integral,
    elementary,
    expectation,
    gaussian,
    index,
    inner,
    norm_squared,
    normal_form,
    standard,
    uniform,
    vector,
)
from theorycheck.algebra.expectation import scaled_gamma
from theorycheck.algebra.facts import ConvexFacts, Fact, SmoothFacts
from theorycheck.derivations import (
    along_segment,
    antiderivative,
    by_definition,
    by_expansion,
    change_variables,
    consequence,
    differentiate_inside,
    expected,
    finite_sum,
    gaussian_normalisation,
    hypothesis,
    nonnegative_part,
    pairwise_identity,
    positive_mean,
    rewriting,
    same_integrand,
    smoothed_mean,
    smoothing_definition,
    smoothing_rule,
    square,
)
from theorycheck.derivations import elementary as scalar
from theorycheck.derivations.reasons import Term
from theorycheck.kernel import from_json
from theorycheck.statement.properties import strictly_above

U = gaussian("u", D)
u = U.vector


def holds(result):
    """Verified, and the kernel makes its theorem again from JSON."""
    assert result.outcome == "verified", result
    assert from_json(json.loads(json.dumps(result.certificate))).sequent == result.theorem.sequent
    return True


def refused(result, *words):
    assert result.outcome == "unverified", result
    for word in words:
        assert word in result.reason, result.reason
    return True


# ---- equalities --------------------------------------------------------------------------------------------


def test_expansion():
    assert holds(
        checked(
            norm_squared(X - Y), "=", norm_squared(X) - 2 * inner(X, Y) + norm_squared(Y), by_expansion("")
        )
    )
    assert holds(checked(sympy.sin(R) ** 2, "=", 1 - sympy.cos(R) ** 2, by_expansion("")))
    assert holds(checked(expectation(F(X + u), U), "<=", F.smoothed(X, 1), by_expansion("")))
    assert refused(checked(norm_squared(X), "<", norm_squared(X), by_expansion("")), "strict")
    assert refused(checked(F(X), "=", F(Y), by_expansion("")))
    assert checked(R, "=", R + 1, by_expansion("")).outcome == "failed"
    assert refused(checked(R, "<=", R + 1, by_expansion("")), "another reason")


def test_floats_prove_nothing():
    """r + 1e-17·r is r in floats."""
    assert refused(checked(R + 1e-17 * R, "=", R, by_expansion("")), "float")
    assert refused(checked(F(X) + 1e-17 * F(X), "=", F(X), by_expansion("")), "float")
    assert refused(checked(inner(X + X * 1e-17, A), "=", inner(X, A), by_expansion("")), "float")
    assert refused(checked(0, "<=", norm_squared(X), consequence("", 1.0 * square(X))), "float")


def test_expansion_with_vectors_that_contain_inner_products():
    """x⟨a,y⟩ and x⟨a,z⟩ once had the same key."""
    left, right = inner(X * inner(A, Y), X), inner(X * inner(A, Z), X)
    assert refused(checked(left, "=", right, by_expansion("")))
    assert refused(checked(F(X * inner(A, Y)), "=", F(X * inner(A, Z)), by_expansion("")))


def test_expansion_does_not_lose_randomness():
    t = uniform("t")
    assert refused(
        checked(expectation(F.smooth(t.scalar)(X), t), "=", F.smooth(t.scalar)(X), by_expansion(""))
    )
    v = scaled_gamma("v", sympy.Integer(1))
    infinite = expectation(sympy.exp(-sympy.Rational(3, 2) * v.scalar), v)
    assert refused(checked(infinite, "<=", sympy.gamma(-sympy.Rational(1, 2)), by_expansion("")))


def test_an_index_declared_twice_proves_nothing():
    sample = AbstractFunction("f_k", depends_on=frozenset({"k"}))
    first, second = index("k", (sample, F)), index("k", (sample, G))
    result = checked(expectation(sample(X), first), "=", expectation(sample(X), second), by_expansion(""))
    assert refused(result, "two random variables are called k")


@pytest.mark.parametrize(
    "dimension", [sympy.Integer(0), sympy.Integer(7), sympy.Symbol("k", integer=True, positive=True)]
)
def test_a_gaussian_has_the_dimension_of_the_points(dimension):
    """With dimension 0 every bound by E‖u‖² would be 0."""
    other = gaussian("u", dimension)
    link = (expectation(norm_squared(other.vector), other), "=", dimension / 2, by_expansion(""))
    assert refused(checked(*link, claim()), "dimension")


def test_without_a_space_dimensions_are_positive_and_agree():
    few, many = gaussian("u", D), gaussian("v", D + 1)
    both = expectation(norm_squared(few.vector), few) + expectation(norm_squared(many.vector), many)
    assert refused(checked(both, "=", D + sympy.Rational(1, 2), by_expansion("")), "different dimensions")
    none = gaussian("u", sympy.Integer(0))
    assert refused(
        checked(expectation(norm_squared(none.vector), none), "=", 0, by_expansion("")), "positive integer"
    )


def test_averaged_gradients_need_a_locally_lipschitz_function():
    """For a step f the gradient is 0 almost everywhere, that of its smoothing is not."""
    s = symbols(claim())
    link = (
        expectation(inner(s.f.gradient(s.x + u * s.sigma), A), U),
        "=",
        inner(s.f.smoothed_gradient(s.x, s.sigma), A),
        by_expansion(""),
    )
    assert refused(checked(*link, claim()), "l_smooth")
    for assumed in (l_smooth("f", "L"), lipschitz("f", "L"), convex("f")):
        assert holds(checked(*link, claim(hypotheses=[assumed])))


def test_a_failed_equality_is_failed_only_where_the_hypotheses_admit_the_point():
    """|x − 1| = 1 − x on [0, 1]; it fails at x = 2, which is no instance."""
    unit = claim(t=real(0, 1))
    s = symbols(unit)
    assert refused(checked(sympy.Abs(s.t - 1), "=", 1 - s.t, by_expansion(""), unit), "hypotheses admit")
    assert checked(sympy.Abs(s.t), "=", -s.t, by_expansion(""), claim(t=real())).outcome == "failed"


def test_along_a_segment():
    t = uniform("t")
    lipschitz_claim = claim(hypotheses=[l_smooth("f", "L")])
    s = symbols(lipschitz_claim)
    step = s.y - s.x
    derivative = expectation(inner(s.f.gradient(s.x + step * t.scalar), step), t)
    reason = along_segment("", s.f, s.x, s.y, t)
    assert holds(checked(s.f(s.y) - s.f(s.x), "=", derivative, reason, lipschitz_claim))
    assert refused(checked(s.f(s.y) - s.f(s.x), "=", 2 * derivative, reason, lipschitz_claim))
    assert refused(checked(s.f(s.y) - s.f(s.x), "<", derivative, reason, lipschitz_claim))
    assert refused(checked(s.f(s.y) - s.f(s.x), "=", derivative, reason, claim()), "l_smooth")


def test_along_a_segment_of_a_function_that_is_lipschitz_alone():
    """|x_1| has no gradient on the line x_1 = 0; its smoothing has."""
    t, c = uniform("t"), claim(hypotheses=[lipschitz("f", "L")])
    s = symbols(c)
    for f, fine in ((s.f, False), (s.f.smooth(s.sigma), False), (s.f.smooth(s.sigma + 1), True)):
        derivative = expectation(inner(f.gradient(s.x + (s.y - s.x) * t.scalar), s.y - s.x), t)
        result = checked(f(s.y) - f(s.x), "=", derivative, along_segment("", f, s.x, s.y, t), c)
        assert holds(result) if fine else refused(result, "l_smooth")


def test_along_a_segment_needs_a_uniform_number():
    v = scaled_gamma("v", sympy.Integer(3))
    derivative = expectation(inner(F.gradient(X + (Y - X) * v.scalar), Y - X), v)
    reason = along_segment("", F, X, Y, v)
    assert refused(checked(F(Y) - F(X), "=", derivative, reason), "uniform")
    t = uniform("t")
    end = Y * t.scalar
    reason = along_segment("", F, X, end, t)
    assert refused(checked(F(end) - F(X), "=", 0, reason), "new")


def test_finite_sums():
    k, n = sympy.symbols("k n", integer=True, positive=True)
    f, g = sympy.Function("f"), sympy.Function("g")
    left = sympy.Sum(f(k) + g(k), (k, 1, n))
    right = sympy.Sum(f(k), (k, 1, n)) + sympy.Sum(g(k), (k, 1, n))
    assert checked(left, "=", right, finite_sum("")).verified
    assert refused(checked(left, "=", right + f(1), finite_sum("")))
    assert refused(checked(left, "<", right, finite_sum("")))


def pairs(n, wrong=0):
    z = [sympy.Symbol(f"z_{i}", real=True) for i in range(n)]
    right = sum((a**2 for a in z), sympy.Integer(0)) + sum(
        (a * b for a in z for b in z if a != b), sympy.Integer(0)
    )
    return sum(z, sympy.Integer(0)) ** 2, right + wrong


def test_pairwise_identity():
    assert holds(checked(*_case(pairs), pairwise_identity("", pairs)))
    for wrong in (
        lambda n: pairs(n, 1),
        lambda n: pairs(n, sympy.Symbol("z_0", real=True) * n * (n - 1) * (n - 2) * (n - 3)),
        lambda n: pairs(n, sympy.Integer(n * (n - 1) * (n - 2))),
    ):
        assert refused(checked(*_case(wrong), pairwise_identity("", wrong)))

    def triples(n):
        product = (
            sympy.Mul(*(sympy.Symbol(f"z_{i}", real=True) for i in range(3))) if n == 3 else sympy.Integer(0)
        )
        return product, product

    assert refused(checked(*_case(triples), pairwise_identity("", triples)), "more than two")
    assert refused(checked(R, "=", R, pairwise_identity("", pairs)), "n = 2")


def _case(sides):
    left, right = sides(2)
    return left, "=", right


# ---- consequences ------------------------------------------------------------------------------------------


def smooth_claim(**more):
    return claim(hypotheses=[l_smooth("f", "L")], **more)


def test_consequence_of_a_hypothesis():
    c = smooth_claim()
    s = symbols(c)
    fact = s.assume(l_smooth("f", "L")).upper(s.x, s.y)
    right = s.f(s.x) + inner(s.f.gradient(s.x), s.y - s.x) + s.L / 2 * norm_squared(s.y - s.x)
    assert holds(checked(s.f(s.y), "<=", right, consequence("", hypothesis(fact)), c))
    assert refused(
        checked(s.f(s.y), "<=", right - norm_squared(s.y - s.x), consequence("", hypothesis(fact)), c),
        "leaves",
    )
    assert refused(checked(s.f(s.y), "<", right, consequence("", hypothesis(fact)), c), "strictly")
    assert refused(checked(s.f(s.y), "=", right, consequence("", hypothesis(fact)), c), "equality")
    assert refused(
        checked(s.f(s.y), "<=", right, consequence("", hypothesis(fact)), claim()), "does not assume"
    )


def test_consequence_of_squares_and_signs():
    assert holds(
        checked(2 * inner(X, Y), "<=", norm_squared(X) + norm_squared(Y), consequence("", square(X - Y)))
    )
    assert holds(
        checked(2 * P * Q, "<", P**2 + Q**2 + P, consequence("", square(P - Q), nonnegative_part(P)))
    )
    unit = claim(t=real(0, 1))
    s = symbols(unit)
    reason = consequence("", nonnegative_part(s.t * (1 - s.t) * norm_squared(s.x - s.y)))
    assert holds(checked(s.t**2 * norm_squared(s.x - s.y), "<=", s.t * norm_squared(s.x - s.y), reason, unit))


@pytest.mark.parametrize("factor", [sympy.Integer(-1), R, 1 / N, R - 1, 1 / R**2, sympy.log(P)])
def test_multipliers_are_certainly_nonnegative_and_defined(factor):
    """At n = 0 a multiplier 1/n says nothing, so it proves nothing there."""
    term = factor * square(X)
    result = checked(0, "<=", factor * norm_squared(X), consequence("", term))
    assert refused(result) and ("multiplier" in result.reason or "not certain, " in result.reason)


@pytest.mark.parametrize(
    "thing", [sympy.I, sympy.sqrt(R), sympy.log(R), sympy.sqrt(-P), 1 / R, R ** sympy.Symbol("s", real=True)]
)
def test_squares_of_what_may_be_imaginary_are_refused(thing):
    """(√r)² = r is no nonnegative number."""
    for link in (
        checked(0, "<=", thing**2, consequence("", square(thing))),
        checked(0, "<=", norm_squared(X * thing), consequence("", square(X * thing))),
    ):
        assert refused(link) and ("real" in link.reason or "not certain, " in link.reason)


def test_squares_of_roots_of_positive_numbers_are_fine():
    assert holds(
        checked(2 * sympy.sqrt(P * Q), "<=", P + Q, consequence("", square(sympy.sqrt(P) - sympy.sqrt(Q))))
    )


def test_terms_that_were_made_by_hand_are_refused():
    minus = Term("hypothesis", sympy.Integer(-1), "made up")
    assert refused(checked(1, "<=", 0, consequence("", minus)), "not made by")
    assert refused(
        checked(1, "<=", 0, consequence("", Term("square", sympy.Integer(-1), "made up"))), "not made by"
    )
    wrong = Term("square", sympy.Integer(-1), "made up", squared=sympy.Integer(1))
    assert refused(checked(1, "<=", 0, consequence("", wrong)), "not made by")


def test_facts_that_were_made_by_hand_are_refused():
    c = smooth_claim(uses=["test/other"], d_=real())
    s = symbols(c)
    assumed = l_smooth("f", "L")
    for source in (assumed, "test/other", (assumed, "test/other"), "premise", "exp(w) >= 1 + w"):
        wrong = Fact(sympy.Integer(-1), "made up", source)
        assert refused(checked(1, "<=", 0, consequence("", hypothesis(wrong)), c))
    facts = SmoothFacts(s.f, s.L / 2, assumed, "half the constant")
    link = (
        s.f(s.y),
        "<=",
        s.f(s.y) + facts.upper(s.x, s.y).slack,
        consequence("", hypothesis(facts.upper(s.x, s.y))),
    )
    assert refused(checked(*link, c), "these constants")
    for function in (G, s.f.smooth(s.sigma), AbstractFunction("f", depends_on=frozenset({"k"}))):
        other = SmoothFacts(function, s.L, assumed, "another function").upper(s.x, s.y)
        assert refused(checked(0, "<=", other.slack, consequence("", hypothesis(other)), c))


def test_conditions_of_facts_are_checked():
    """Convexity speaks of t in [0, 1] only."""
    c = claim(hypotheses=[convex("f")], t=real(), s=real(0, 1))
    s = symbols(c)
    for t, fine in (
        (s.t, False),
        (s.s, True),
        (sympy.Integer(2), False),
        (sympy.Rational(1, 2), True),
        (s.s**2, True),
    ):
        fact = s.assume(convex("f")).between(s.x, s.y, t)
        result = checked(0, "<=", fact.slack, consequence("", hypothesis(fact)), c)
        assert holds(result) if fine else refused(result, "not certified")
    fact = s.assume(convex("f")).between(s.x, s.y, s.s)
    relaxed = Fact(
        fact.slack, fact.label, fact.source, (), made_by=fact.made_by, made_from=("between", s.x, s.y, s.t)
    )
    assert refused(
        checked(0, "<=", relaxed.slack, consequence("", hypothesis(relaxed)), c), "not the inequality"
    )


def test_products_of_facts():
    c = claim(hypotheses=[bounded_below("f", "m")])
    s = symbols(c)
    low = s.assume(bounded_below("f", "m"))
    product = low.at(s.x).slack * low.at(s.y).slack
    assert holds(checked(0, "<=", product, consequence("", hypothesis(low.at(s.x), low.at(s.y))), c))
    assert refused(checked(0, "<=", -product, consequence("", hypothesis(low.at(s.x), low.at(s.y))), c))


def test_expectations_of_terms():
    c = smooth_claim()
    s = symbols(c)
    moved = s.x + u * s.sigma
    fact = s.assume(l_smooth("f", "L")).upper(s.x, moved)
    right = s.f(s.x) + s.L * s.d / 4 * s.sigma**2
    assert holds(
        checked(s.f.smoothed(s.x, s.sigma), "<=", right, consequence("", expected(hypothesis(fact), U)), c)
    )
    reason = consequence("", expected(hypothesis(fact), gaussian("u", sympy.Integer(0))))
    assert refused(checked(s.f.smoothed(s.x, s.sigma), "<=", s.f(s.x), reason, c), "dimension")


def test_random_multipliers_have_a_sign_too():
    wrong = expected(inner(u, A) * square(X), U)
    assert refused(checked(0, "<=", 0, consequence("", wrong), bare()), "multiplier")


def test_requirements_are_facts():
    condition = requires(lambda sigma, L: sigma * L <= 1, r"\sigma L \le 1")
    c = claim(hypotheses=[condition])
    s = symbols(c)
    fact = s.assume(condition)
    assert holds(checked(s.sigma * s.L, "<=", 1, consequence("", hypothesis(fact)), c))
    altered = Fact(fact.slack - 1, fact.label, fact.source)
    assert refused(
        checked(s.sigma * s.L, "<=", 0, consequence("", hypothesis(altered)), c), "not the inequality"
    )


def test_elementary_facts():
    fact = elementary("exp(w) >= 1 + w", R)
    assert holds(checked(1 + R, "<=", sympy.exp(R), consequence("", hypothesis(fact))))
    for w in (sympy.I * sympy.pi, sympy.log(R)):
        wrong = elementary("exp(w) >= 1 + w", w)
        assert refused(checked(1 + w, "<=", sympy.exp(w), consequence("", hypothesis(wrong))), "real")
    tangent = elementary("log(w) <= w - 1", R)
    assert refused(checked(sympy.log(R), "<=", R - 1, consequence("", hypothesis(tangent))), "not certified")
    cauchy = elementary("Cauchy-Schwarz", X * sympy.sqrt(R), Y)
    assert refused(checked(0, "<=", cauchy.slack, consequence("", hypothesis(cauchy))), "real")
    altered = Fact(fact.slack - 1, "altered", fact.source, made_by=fact.made_by, made_from=fact.made_from)
    assert refused(
        checked(2 + R, "<=", sympy.exp(R), consequence("", hypothesis(altered))), "not the inequality"
    )


# ---- strict means ------------------------------------------------------------------------------------------


def strict_claim(*more, **domains):
    return claim(hypotheses=[bounded_below("f", "m"), *more], **domains)


GROUNDS = (continuous("f"), nonconstant("f"))


def strict_link(c, reason_of):
    s = symbols(c)
    moved = s.x + u * s.sigma
    return checked(
        expectation(s.f(moved), U), ">", s.m, reason_of(s, s.assume(bounded_below("f", "m")).at(moved)), c
    )


def test_positive_mean():
    positive = strict_claim(*GROUNDS, sigma=real(0, open_low=True))

    def reason(s, bound):
        return positive_mean("", bound, U, not_identically_zero=GROUNDS)

    assert holds(strict_link(positive, reason))
    assert refused(strict_link(strict_claim(*GROUNDS), reason), "positive")
    assert refused(strict_link(strict_claim(sigma=real(0, open_low=True)), reason), "does not assume")


def test_the_scale_is_read_from_the_fact():
    """scale=1 does not make σ ≥ 0 positive."""
    c = strict_claim(*GROUNDS)
    result = strict_link(
        c, lambda s, b: positive_mean("", b, U, not_identically_zero=GROUNDS, scale=sympy.Integer(1))
    )
    assert refused(result, "positive")


def test_grounds_must_be_about_the_function_of_the_fact():
    other = (continuous("g"), nonconstant("g"))
    from theorycheck import function

    c = strict_claim(*other, g=function(), sigma=real(0, open_low=True))
    result = strict_link(c, lambda s, b: positive_mean("", b, U, not_identically_zero=other))
    assert refused(result, "function of the fact")


def test_a_slack_that_may_vanish_identically_is_refused():
    """Jensen is not strict for an affine function, which is continuous and not constant."""
    c = claim(hypotheses=[convex("f"), *GROUNDS], sigma=real(0, open_low=True))
    s = symbols(c)
    fact = s.assume(convex("f")).between(s.x + u * s.sigma, s.x - u * s.sigma, sympy.Rational(1, 2))
    reason = positive_mean("", fact, U, not_identically_zero=GROUNDS)
    assert refused(checked(s.f.smoothed(s.x, s.sigma), ">", s.f(s.x), reason, c), "strict fact")


def test_strict_facts():
    c = claim(hypotheses=[strictly_above("f", "m")])
    s = symbols(c)
    above = s.assume(strictly_above("f", "m")).at(s.x + u * s.sigma)
    assert holds(checked(s.f.smoothed(s.x, s.sigma), ">", s.m, positive_mean("", above, U), c))
    assert refused(checked(s.f.smoothed(s.x, s.sigma), ">=", s.m, positive_mean("", above, U), c), "strict")
    assert refused(checked(s.f.smoothed(s.x, s.sigma), ">", s.m + 1, positive_mean("", above, U), c))
    weak = claim(hypotheses=[bounded_below("f", "m")])
    assert refused(
        checked(s.f.smoothed(s.x, s.sigma), ">", s.m, positive_mean("", above, U), weak), "does not assume"
    )


# ---- scalar inequalities -----------------------------------------------------------------------------------


def test_scalar_inequalities():
    assert holds(checked(1 + R, "<=", sympy.exp(R), scalar("")))
    assert holds(checked(P, ">", 0, scalar("")))
    assert checked(P, ">=", 1, scalar("")).outcome == "failed"
    assert refused(checked(2, "=", 1, scalar("")), "equality")
    assert refused(checked(norm_squared(X), ">=", 1, scalar("")))


def test_a_failed_inequality_is_failed_only_where_the_hypotheses_admit_the_point():
    """Dropped conditions must not make a link "certainly wrong"."""
    ordered = requires(
        lambda a, b: (a >= 0) & (b >= a), "0 ≤ a ≤ b"
    )  # a conjunction has no form as one inequality
    c = claim(hypotheses=[ordered], a=real(), b=real())
    s = symbols(c)
    assert refused(checked(s.a, "<=", s.b, scalar(""), c), "hypotheses admit")
    above = claim(hypotheses=[requires(lambda t: t >= 2, r"t \ge 2")], t=real())
    own = sympy.Symbol("t", positive=True)  # the derivation's own t, of which the condition does not speak
    assert refused(checked(own, ">=", 1, scalar(""), above))


# ---- integrals ---------------------------------------------------------------------------------------------

S = sympy.Symbol("sigma", positive=True)
W = vector("w")


def weight(v, dimension=D):
    return sympy.pi ** (-dimension / 2) * sympy.exp(-norm_squared(v))


def test_change_of_variables():
    before, after = Integral(F(X + W * S) * weight(W), W), Integral(F(Z) * weight((Z - X) / S) * S ** (-D), Z)
    reason = change_variables("", {W: (Z - X) / S}, D)
    assert holds(checked(before, "=", after, reason))
    assert refused(checked(before, "=", 2 * after, reason), "differ")
    assert refused(checked(before, "<", after, reason))
    assert refused(checked(before, "=", Integral(F(Z) * weight((Z - X) / S), Z), reason), "differ")


def test_change_of_variables_does_not_capture():
    """∫ f(x + w) dw is not ∫ f(2x) dx, and ⟨w,a⟩ outside an integral over w is not inside it."""
    reason = change_variables("", {W: X}, D)
    assert refused(checked(Integral(F(X + W), W), "=", Integral(F(X * 2), X), reason), "already occurs")
    outside, inside = inner(W, A) * Integral(F(W), W), Integral(inner(Z, A) * F(Z), Z)
    assert refused(
        checked(outside, "=", inside, change_variables("", {W: Z}, D)), "multiples of one integral"
    )
    outside = inner(Z, A) * Integral(F(W), W)
    assert refused(checked(outside, "=", inside, change_variables("", {W: Z}, D)))


@pytest.mark.parametrize("scale", [N, R, S - 1])
def test_a_change_of_variables_may_not_be_singular(scale):
    reason = change_variables("", {W: Z * scale}, D)
    left, right = Integral(F(W), W), Integral(F(Z * scale) * sympy.Abs(scale) ** D, Z)
    assert refused(checked(left, "=", right, reason), "differ from 0")


def test_dimension_of_integrals():
    """In d dimensions the weight is π^(−d/2) e^(−|w|²); another exponent would change every value."""
    c = claim(sigma=real(0, open_low=True))
    s = symbols(c)
    right = Integral(s.f(s.x + W * s.sigma) * sympy.exp(-norm_squared(W)), W)
    wrong = smoothing_definition("", sympy.Integer(0))
    assert refused(checked(s.f.smoothed(s.x, s.sigma), "=", right, wrong, c), "dimension")


def test_same_integrand():
    left = Integral((F(W) + F(W)) * weight(W), W)
    assert holds(checked(left, "=", 2 * Integral(F(W) * weight(W), W), same_integrand("")))
    assert refused(checked(left, "=", Integral(F(W) * weight(W), W), same_integrand("")), "differ")
    assert refused(
        checked(inner(W, A) * Integral(F(W), W), "=", Integral(inner(W, A) * F(W), W), same_integrand(""))
    )
    assert refused(
        checked(left, "=", Integral(2 * F(Z) * weight(Z), Z), same_integrand("")), "same variables"
    )


def test_normalisation():
    both = Integral(F(Z) * weight(Z) * weight(W), Z, W)
    assert holds(checked(both, "=", Integral(F(Z) * weight(Z), Z), gaussian_normalisation("", W, D)))
    coupled = Integral(F(Z + W) * weight(Z) * weight(W), Z, W)
    left_over = Integral(F(Z + W) * weight(Z), Z)
    assert refused(checked(coupled, "=", left_over, gaussian_normalisation("", W, D)), "left on the right")
    narrow = Integral(F(Z) * weight(Z) * weight(W * 2), Z, W)
    assert refused(
        checked(narrow, "=", Integral(F(Z) * weight(Z), Z), gaussian_normalisation("", W, D)), "differ"
    )


def test_definition_of_smoothing():
    good = Integral(F(X + W * S) * weight(W), W)
    assert holds(checked(F.smoothed(X, S), "=", good, smoothing_definition("", D)))
    assert holds(checked(good, "=", F.smoothed(X, S), smoothing_definition("", D)))
    for wrong in (
        2 * good,
        Integral(F(X + W * S) * weight(W) * inner(W, A), W),
        Integral(F(X + W * 2 * S) * weight(W), W),
        Integral(F(X + W * S) * weight(W * 2), W),
        Integral(G(X + W * S) * weight(W), W),
        Integral(F(X + W * sympy.I * S) * weight(W), W),
    ):
        assert refused(checked(F.smoothed(X, S), "=", wrong, smoothing_definition("", D)))
    captured = Integral(F(W + W * S) * weight(W), W)
    assert refused(checked(F.smoothed(W, S), "=", captured, smoothing_definition("", D)))
    assert refused(checked(F.smoothed(X, S), "<", good, smoothing_definition("", D)))


def kernel_integral():
    return Integral(F(Z) * sympy.exp(-norm_squared(Z - X) / S**2), Z)


def test_differentiation_under_the_integral():
    density = sympy.pi ** (-D / 2) * S ** (-D)
    source = density * kernel_integral()
    slope = F(Z) * sympy.exp(-norm_squared(Z - X) / S**2) * 2 * inner(Z - X, A) / S**2
    derivative = density * Integral(slope, Z)
    reason = differentiate_inside("", source, point=X, direction=A)
    left = inner(F.smoothed_gradient(X, S), A)
    assert holds(checked(left, "=", derivative, reason))
    unnormalised = differentiate_inside("", kernel_integral(), point=X, direction=A)
    assert refused(checked(left, "=", Integral(slope, Z), unnormalised), "kernel")
    assert refused(checked(left, "=", 2 * derivative, reason), "differ")
    assert refused(checked(7 * left, "=", derivative, reason), "differ")
    assert refused(checked(F(Y), "=", derivative, reason), "no derivative")
    assert refused(checked(left, "<", derivative, reason))
    other = inner(F.smoothed_gradient(Y, S), A)
    assert refused(checked(other, "=", derivative, reason), "not the derivative at that point")
    assert refused(
        checked(inner(F.smoothed_gradient(X, S), Y), "=", derivative, reason), "not the derivative"
    )


def test_a_derivative_under_the_integral_needs_a_gaussian_weight():
    change = sympy.Symbol("change")
    for weight_ in (
        sympy.exp(norm_squared(Z) * S),
        sympy.exp(-inner(Z, X) * S),
        1 / (1 + S * norm_squared(Z)),
        S,
    ):
        source = Integral(F(Z) * weight_, Z)
        right = Integral(F(Z) * sympy.diff(normal_form(weight_), S), Z)
        reason = differentiate_inside("", source, symbol=S)
        assert refused(checked(change, "=", right, reason), "no Gaussian weight")
    twice_ = Integral(F(Z) * sympy.exp(-S * norm_squared(Z) - norm_squared(W)), Z, W)
    right = Integral(-norm_squared(Z) * F(Z) * sympy.exp(-S * norm_squared(Z) - norm_squared(W)), Z, W)
    assert refused(checked(change, "=", right, differentiate_inside("", twice_, symbol=S)), "one variable")


def test_what_trusts_a_standard_theorem_says_so():
    c = claim(hypotheses=[l_smooth("f", "L"), convex("f"), bounded_below("f", "m")])
    s = symbols(c)
    t, other = uniform("t"), gaussian("w", s.d)
    shift, both = s.x + u * s.sigma, s.x + u * s.sigma + other.vector * s.sigma
    along = expectation(inner(s.f.gradient(s.x + (s.y - s.x) * t.scalar), s.y - s.x), t)
    tangent, low = s.assume(convex("f")).tangent(s.x, shift), s.assume(bounded_below("f", "m")).at(both)
    cauchy = elementary("Cauchy-Schwarz", s.x, s.y)
    source, slope = (
        kernel_integral(),
        Integral(F(Z) * sympy.exp(-norm_squared(Z - X) / S**2) * 2 * norm_squared(Z - X) / S**3, Z),
    )
    cases = [
        (expectation(norm_squared(u), U), "=", D / 2, by_expansion(""), None, {standard.MOMENTS}),
        (expectation(s.f(shift), U), "=", s.f.smooth(s.sigma)(s.x), by_definition(""), c, {standard.SUM}),
        (expectation(s.f(both), U, other), "=", s.f.smooth(sympy.sqrt(2) * s.sigma)(s.x), by_definition(""), c,
         {standard.SUM, standard.FUBINI}),
        (expectation(s.f(shift) * inner(u, s.y), U), "=", s.sigma / 2 * inner(s.f.smoothed_gradient(s.x, s.sigma), s.y),
         by_expansion(""), c, {standard.PARTS}),
        (expectation(inner(s.f.gradient(shift), s.y), U), "=", inner(s.f.smoothed_gradient(s.x, s.sigma), s.y),
         by_expansion(""), c, {standard.EXCHANGE, standard.SUM}),
        (expectation(t.scalar**2, t), "=", sympy.Rational(1, 3), by_expansion(""), None, {standard.UNIFORM}),
        (s.f(s.y) - s.f(s.x), "=", along, along_segment("", s.f, s.x, s.y, t), c, {standard.SEGMENT}),
        (s.m, "<=", expectation(s.f(both), U, other), consequence("", expected(hypothesis(low), U, other)), c,
         {standard.SUM, standard.FUBINI}),
        (s.f(s.x), "<=", s.f.smooth(s.sigma)(s.x), consequence("", expected(hypothesis(tangent), U)), c,
         {standard.TANGENT, standard.SUM, standard.MOMENTS}),
        (0, "<=", cauchy.slack, consequence("", hypothesis(cauchy)), c, set()),
        (sympy.Symbol("change"), "=", slope, differentiate_inside("", source, symbol=S), None, {standard.INSIDE}),
        (s.L, "<=", s.L + 1, scalar(""), c, set()),
    ]  # fmt: skip
    for left, relation, right, reason, of, names in cases:
        result = (
            checked(left, relation, right, reason, of)
            if of is not None
            else checked(left, relation, right, reason)
        )
        assert result.verified, result
        assert {g.kind for g in result.rests_on} <= {"standard theorem"}
        assert {g.text for g in result.rests_on} - {standard.MEAN} == names, result.rests_on
        assert not any(g.weakens for g in result.rests_on)
        means = {standard.MOMENTS, standard.SUM, standard.PARTS, standard.UNIFORM, standard.SEGMENT}
        averaged = names & means
        assert (standard.MEAN in {g.text for g in result.rests_on}) == bool(averaged)


def test_derivatives_of_values_are_not_zero():
    """∂_x ∫ g(x + w) e^{-|w|²} dw is not 0 because SymPy sees no x in g(x + w)."""
    source = Integral(F(X + W) * weight(W), W)
    reason = differentiate_inside("", source, point=X, direction=A)
    assert refused(checked(inner(F.smoothed_gradient(X, 1), A), "=", 0 * S + Integral(0 * S, W), reason))
    in_sigma = differentiate_inside("", Integral(F(X + W * S) * weight(W), W), symbol=S)
    change = sympy.Symbol("change")
    assert refused(checked(change, "=", Integral(sympy.Integer(0), W), in_sigma), "not known")


def test_an_abbreviated_derivative_is_a_symbol_of_its_own():
    source = kernel_integral()
    slope = Integral(F(Z) * sympy.exp(-norm_squared(Z - X) / S**2) * 2 * norm_squared(Z - X) / S**3, Z)
    reason = differentiate_inside("", source, symbol=S)
    change = sympy.Symbol("change")
    assert holds(checked(change * S / 2, "=", slope, reason))  # the left side as a whole is the derivative
    assert refused(checked(change * S, "=", S * slope, reason), "differ")
    nonnegative = sympy.Symbol("k", nonnegative=True)
    assert refused(checked(change * nonnegative, "=", slope, reason))
    assert refused(checked(S, "=", slope, reason), "no derivative")
    assert refused(checked(sympy.Symbol("L", real=True), "=", slope, reason, claim()), "claim itself speaks")


# ---- one variable ------------------------------------------------------------------------------------------

V = sympy.Symbol("v", real=True)


def test_antiderivative():
    integral = sympy.Integral(V * sympy.exp(-(V**2)), (V, 0, sympy.oo))
    primitive = -sympy.exp(-(V**2)) / 2
    assert holds(checked(integral, "=", sympy.Rational(1, 2), antiderivative("", primitive)))
    assert checked(integral, "=", 1, antiderivative("", primitive)).outcome != "verified"
    assert refused(
        checked(integral, "=", sympy.Rational(1, 2), antiderivative("", 2 * primitive)), "differentiate"
    )
    assert refused(checked(integral, "<", sympy.Rational(1, 2), antiderivative("", primitive)))
    kinked = sympy.Integral(sympy.Abs(V), (V, -1, 1))
    assert checked(kinked, "=", 1, antiderivative("", V * sympy.Abs(V) / 2)).outcome != "failed"


@pytest.mark.parametrize(
    "integrand, primitive, low, high",
    [
        (1 / (1 + V**2), -sympy.atan(1 / V), -1, 1),  # jumps by π at 0
        (1 / V**2, -1 / V, -1, 1),  # a pole
        (sympy.Integer(0), sympy.sign(V), -1, 1),
        (sympy.Integer(0), sympy.Heaviside(V), -1, 1),
        (sympy.Integer(1), sympy.floor(V) + V, 0, 2),
        (1 / sympy.cos(V) ** 2, sympy.tan(V), 0, 3),
        (1 / V, sympy.log(sympy.Abs(V)), -1, 2),
        (1 / (2 * sympy.sqrt(V)), sympy.sqrt(V), -1, 1),
    ],
)
def test_antiderivatives_that_jump_are_refused(integrand, primitive, low, high):
    integral = sympy.Integral(integrand, (V, low, high))
    value = primitive.subs(V, high) - primitive.subs(V, low)
    result = checked(integral, "=", value, antiderivative("", primitive))
    assert refused(result)
    reasons = ("not certainly continuous", "not known to be real", "is not certain, ")
    assert any(reason in result.reason for reason in reasons)


def test_limits_are_looked_at_in_numbers(monkeypatch):
    integral = sympy.Integral(sympy.exp(-V), (V, 0, sympy.oo))
    assert holds(checked(integral, "=", 1, antiderivative("", -sympy.exp(-V))))
    monkeypatch.setattr(sympy, "limit", lambda *arguments: sympy.Integer(3))
    assert refused(checked(integral, "=", 4, antiderivative("", -sympy.exp(-V))), "not confirmed")


def test_smoothing_rules():
    good = sympy.exp(-(S**2) / 4) * sympy.cos(V)
    mean = smoothed_mean(sympy.cos(V), V, S)
    assert holds(checked(mean, "=", good, smoothing_rule("", sympy.cos(V), V, S)))
    assert refused(checked(mean, "=", 2 * good, smoothing_rule("", sympy.cos(V), V, S)))
    assert refused(
        checked(2 * mean, "=", 2 * good, smoothing_rule("", sympy.cos(V), V, S)), "mean of the named"
    )
    assert refused(checked(mean, "<=", good, smoothing_rule("", sympy.cos(V), V, S)))


def test_smoothing_rules_need_a_nonnegative_scale():
    """The closed form of relu for σ > 0 is wrong for σ < 0."""
    signed = sympy.Symbol("sigma", real=True, nonzero=True)
    relu = sympy.Max(0, V)
    closed = V / 2 * (1 + sympy.erf(V / signed)) + signed / (2 * sympy.sqrt(sympy.pi)) * sympy.exp(
        -((V / signed) ** 2)
    )
    link = (smoothed_mean(relu, V, signed), "=", closed, smoothing_rule("", relu, V, signed))
    assert refused(checked(*link), "nonnegative")


def test_smoothed_means_do_not_capture_u():
    from theorycheck.errors import ClaimError

    with pytest.raises(ClaimError, match="another name"):
        smoothed_mean(sympy.Symbol("u", real=True) * V, V, S)


def test_rewriting():
    integral = sympy.Integral(sympy.exp(-V), (V, 0, sympy.oo))
    value = (integral, sympy.Integer(1), antiderivative("", -sympy.exp(-V)))
    assert holds(checked(2 * integral, "=", 2, rewriting("", value)))
    assert checked(2 * integral, "=", 3, rewriting("", value)).outcome == "unverified"
    assert refused(checked(2 * integral, "<", 2, rewriting("", value)), "strict")
    assert refused(checked(P, "=", Q, rewriting("", (P, Q, by_expansion("")))), "no integral")
    wrong = (integral, sympy.Integer(2), antiderivative("", -sympy.exp(-V)))
    assert checked(integral, "=", 2, rewriting("", wrong)).outcome == "unverified"


def test_exact_rationals_in_conditions():
    """A Fraction bound enters the known signs exactly."""
    c = claim(t=real(Fraction(1, 3)))
    s = symbols(c)
    assert holds(checked(sympy.Rational(1, 3), "<=", s.t, scalar(""), c))
    assert ConvexFacts(F, 0, "source", "f").between(X, Y, T).conditions == (T, 1 - T)
