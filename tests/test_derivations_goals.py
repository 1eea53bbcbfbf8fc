"""A derivation must end in what the claim's formula says, and stand on its own feet."""

import pytest
import sympy

from tests.false_claims import A, D, F, P, Q, X, claim, symbols
from theorycheck import Claim, Space, l_smooth, point, real
from theorycheck.algebra import (
    AbstractFunction,
    Integral,
    expectation,
    gaussian,
    index,
    inner,
    norm_squared,
    vector,
)
from theorycheck.algebra.facts import Fact
from theorycheck.derivations import (
    by_expansion,
    chain,
    change_variables,
    consequence,
    derivation,
    differentiate_inside,
    either_order,
    eq,
    ge,
    gt,
    hypothesis,
    le,
    lt,
    smoothing_definition,
)
from theorycheck.derivations.conclusions import check_conclusion
from theorycheck.derivations.goals import own_goals
from theorycheck.errors import ClaimError

WHY = by_expansion("")


def make(sides, relation="<=", **domains):
    """A claim about numbers."""
    domains = domains or {"a": real(0), "b": real(0)}
    return Claim(
        id="test/numbers", statement="a claim", space=Space(**domains), sides=sides, relation=relation
    )


def verified(a_claim, *chains, **more):
    return check_conclusion(a_claim, derivation(*chains, **more)).verified


def test_relations():
    c = make(lambda xp, a, b: (a, a + b))
    s = symbols(c)
    assert verified(c, chain(s.a, le(s.a + s.b, WHY)))
    assert verified(c, chain(s.a, lt(s.a + s.b, WHY)))
    assert verified(c, chain(s.a, eq(s.a + s.b, WHY)))
    assert verified(c, chain(s.a + s.b, ge(s.a, WHY)))
    assert verified(c, chain(s.a + s.b, eq(s.a, WHY)))
    assert verified(c, chain(s.b, le(s.a, WHY))), "0 ≤ b is evident from the signs"


def test_a_derivation_of_something_else_is_noticed():
    c = make(lambda xp, a, b: (2 * a, b))
    s = symbols(c)
    assert verified(c, chain(2 * s.a, le(s.b, WHY)))
    assert not verified(c, chain(s.a, le(s.b, WHY)))
    assert not verified(c, chain(s.b, le(2 * s.a, WHY)))
    assert not verified(c, chain(2 * s.a, ge(s.b, WHY)))
    positive = sympy.Symbol("a", positive=True)
    assert not verified(c, chain(2 * positive, le(s.b, WHY))), "a > 0 is not all of a ≥ 0"
    strict = make(lambda xp, a, b: (2 * a, b), "<")
    s = symbols(strict)
    assert not verified(strict, chain(2 * s.a, le(s.b, WHY)))
    assert verified(strict, chain(2 * s.a, lt(s.b, WHY)))
    greater = make(lambda xp, a, b: (2 * a, b), ">")
    s = symbols(greater)
    assert verified(greater, chain(s.b, lt(2 * s.a, WHY)))
    assert verified(greater, chain(2 * s.a, gt(s.b, WHY)))
    assert not verified(greater, chain(2 * s.a, lt(s.b, WHY)))


def test_absolute_values_and_norms_split():
    c = make(lambda xp, a, b: (abs(2 * a - 3 * b), a / 2))
    s = symbols(c)
    upper, lower = chain(2 * s.a - 3 * s.b, le(s.a / 2, WHY)), chain(3 * s.b - 2 * s.a, le(s.a / 2, WHY))
    assert verified(c, upper, lower)
    assert not verified(c, upper)
    assert not verified(c, lower)
    c = claim(lambda xp, x, y, sigma: (xp.norm(x - y), sigma))
    s = symbols(c)
    assert verified(c, chain(norm_squared(s.x - s.y), le(s.sigma**2, WHY)))
    signed = claim(lambda xp, x, y, sigma: (xp.norm(x - y), sigma), sigma=real())
    s = symbols(signed)
    squares = chain(norm_squared(s.x - s.y), le(s.sigma**2, WHY))
    assert not verified(signed, squares), "‖v‖² ≤ σ² does not give ‖v‖ ≤ σ for σ < 0"
    assert verified(signed, squares, chain(sympy.Integer(0), le(s.sigma, WHY)))


def test_vectors_are_compared_in_a_direction_that_the_claim_does_not_use():
    """⟨v, a⟩ = ⟨w, a⟩ for the claim's own point a does not give v = w: take v = ⟨a,a⟩x, w = ⟨x,a⟩a."""

    def sides(xp, x, a):
        return xp.scale(xp.vecdot(a, a), x), xp.scale(xp.vecdot(x, a), a)

    c = claim(sides, relation="=", a=point())
    s = symbols(c)
    assert s.direction != s.a
    assert not verified(c, chain(inner(s.left, s.a), eq(inner(s.right, s.a), WHY)))


@pytest.mark.parametrize("relation", ["<", "<=", ">", ">="])
def test_vectors_have_no_order(relation):
    """An equality of vectors must not pass for a strict inequality."""
    c = claim(lambda xp, x, y: (x, x), relation=relation)
    with pytest.raises(ClaimError, match="can only be equal"):
        own_goals(c)


def test_evident_equalities():
    c = claim(lambda xp, x, y: (xp.vecdot(x - y, x), xp.vecdot(x, x) - xp.vecdot(x, y)), relation="=")
    assert verified(c, chain(P, eq(P, WHY)))
    wrong = claim(lambda xp, x, y: (xp.vecdot(x - y, x), xp.vecdot(x, x)), relation="=")
    assert not verified(wrong, chain(P, eq(P, WHY)))


# ---- what a derivation says itself ---------------------------------------------------------------------------


def test_a_stated_conclusion_does_not_replace_the_formula():
    """0 = 0 proves no claim that has a formula."""
    c = make(lambda xp, a, b: (2 * a, b))
    zero = sympy.Integer(0)
    assert not verified(c, chain(zero, eq(zero, WHY)), concludes=((zero, "=", zero),))
    s = symbols(c)
    both = (chain(zero, eq(zero, WHY)), chain(2 * s.a, le(s.b, WHY)))
    assert verified(c, *both, concludes=((zero, "=", zero),))
    assert not verified(c, both[1], concludes=((P, "=", zero),))


def test_without_sides_a_conclusion_must_be_stated():
    c = Claim(id="test/bare", statement="a claim", derivation=lambda s: None)
    with pytest.raises(ClaimError, match="must say what it concludes"):
        own_goals(c)
    assert verified(c, chain(P, eq(Q, WHY)), concludes=((P, "=", Q),))


# ---- premises ------------------------------------------------------------------------------------------------


def premise_link(slack, left, right):
    return chain(left, le(right, consequence("", hypothesis(Fact(slack, "premise", "premise")))))


def test_a_premise_is_no_hypothesis():
    """A claim of kind "equivalence" must not be proved by assuming it."""
    c = claim(kind="equivalence")
    s = symbols(c)
    link = premise_link(s.right - s.left, s.left, s.right)
    result = check_conclusion(c, derivation(link))
    assert not result.verified and "say what the derivation concludes" in result.reason
    result = check_conclusion(c, derivation(link, concludes=((s.left, "<=", s.right),)))
    assert not result.verified and "used to conclude" in result.reason
    doubled = premise_link(2 * (s.right - s.left), s.left, s.right)
    assert not verified(c, doubled, concludes=((s.left, "<=", s.right),))


def test_premises_are_named_in_the_conclusion():
    c = claim(kind="equivalence")
    link = premise_link(P - Q, Q, P + 1)
    result = check_conclusion(c, derivation(link, concludes=((Q, "<=", P + 1),)))
    assert result.verified and "from the premises: premise" in result.reason
    assert {ground.kind for ground in result.rests_on} == {"own conclusion"}


# ---- both orders of two numbers ------------------------------------------------------------------------------


def two_orders(sides=lambda xp, sigma, tau: (2 * abs(tau**2 - sigma**2), abs(tau**2 - sigma**2))):
    return make(sides, sigma=real(0), tau=real(0))


def test_both_orders():
    c = two_orders()
    s = symbols(c)

    def build(low, high, excess):
        return chain(2 * excess**2, le(excess**2, WHY))

    chains = either_order(s.sigma, s.tau, build)
    assert verified(c, *chains)
    assert not verified(c, chains[0])
    assert not verified(c, chains[0], chains[0])


def test_the_excess_is_not_a_symbol_of_the_claim():
    """With η in the claim, √(σ² + η²) would tie τ to the learning rate."""
    c = make(
        lambda xp, sigma, tau, eta: (abs(tau**2 - sigma**2), eta**2), sigma=real(0), tau=real(0), eta=real(0)
    )
    s = symbols(c)
    squared = s.eta**2
    chains = either_order(s.sigma, s.tau, lambda low, high, excess: chain(high**2 - low**2, le(squared, WHY)))
    assert all(chain_.case.excess != s.eta for chain_ in chains)
    assert chains[0].start == chains[0].case.excess ** 2, "so the link η'² ≤ η² is left to prove"


# ---- random variables and derivatives across links ---------------------------------------------------------------


def test_a_derivation_declares_each_random_variable_once():
    """E_k f_k = f in one link and = g in another would give f = g."""
    sample, g = AbstractFunction("f_k", depends_on=frozenset({"k"})), AbstractFunction("g")
    first, second = index("k", (sample, F)), index("k", (sample, g))
    c = Claim(id="test/bare", statement="a claim", derivation=lambda s: None)
    chains = (
        chain(F(X), eq(expectation(sample(X), first), WHY)),
        chain(expectation(sample(X), second), eq(g(X), WHY)),
    )
    result = check_conclusion(c, derivation(*chains, concludes=((F(X), "=", F(X)),)))
    assert not result.verified and "two random variables are called k" in result.reason


def test_gaussians_of_a_derivation_have_one_dimension():
    c = Claim(id="test/bare", statement="a claim", derivation=lambda s: None)
    few, many = gaussian("u", D), gaussian("v", 2 * D)
    chains = [chain(expectation(norm_squared(v.vector), v), eq(P, WHY)) for v in (few, many)]
    result = check_conclusion(c, derivation(*chains, concludes=((P, "=", P),)))
    assert not result.verified and "different dimensions" in result.reason


S = sympy.Symbol("sigma", positive=True)
Z, W = vector("z"), vector("w")


def gradient_chains(scale):
    """∇f_σ as an integral; with scale 1 the printed proof, else of a multiple of the integral."""
    kernel = sympy.pi ** (-D / 2) * S ** (-D) * sympy.exp(-norm_squared(Z - X) / S**2)
    in_z = Integral(scale * F(Z) * kernel, Z)
    weight = sympy.pi ** (-D / 2) * sympy.exp(-norm_squared(W))
    in_w = Integral(scale * F(X + W * S) * weight, W)
    derivative = Integral(scale * F(Z) * kernel * 2 * inner(Z - X, A) / S**2, Z)
    left = inner(F.smoothed_gradient(X, S), A)
    first = chain(
        F.smoothed(X, S),
        eq(in_w, smoothing_definition("", D)),
        eq(in_z, change_variables("", {W: (Z - X) / S}, D)),
    )
    second = chain(left, eq(derivative, differentiate_inside("", in_z, point=X, direction=A)))
    return first, second, left, derivative


def test_a_derivative_needs_the_function_that_is_differentiated():
    """⟨∇f_σ(x), a⟩ = ∂ of any integral would prove anything."""
    c = Claim(id="test/bare", statement="a claim", derivation=lambda s: None)
    first, second, left, derivative = gradient_chains(sympy.Integer(1))
    concludes = ((left, "=", derivative),)
    assert verified(c, first, second, concludes=concludes)
    result = check_conclusion(c, derivation(second, concludes=concludes))
    assert not result.verified and "no chain shows" in result.reason
    _, wrong, left, derivative = gradient_chains(sympy.Integer(7))
    assert not verified(c, first, wrong, concludes=((left, "=", derivative),))


def test_an_abbreviation_has_one_meaning():
    c = Claim(id="test/bare", statement="a claim", derivation=lambda s: None)
    change = sympy.Symbol("change")
    kernel = Integral(F(Z) * sympy.exp(-norm_squared(Z - X) / S**2), Z)
    slope = Integral(F(Z) * sympy.exp(-norm_squared(Z - X) / S**2) * 2 * norm_squared(Z - X) / S**3, Z)
    reason = differentiate_inside("", kernel, symbol=S)
    chains = [chain(factor * change, eq(slope, reason)) for factor in (1, 2)]
    result = check_conclusion(c, derivation(*chains, concludes=((change, "=", slope),)))
    assert not result.verified and "two different derivatives" in result.reason


def test_a_hypothesis_is_needed_at_all():
    """The lemma without its hypothesis: the link is refused, whatever the chain ends in."""
    from theorycheck.derivations.links import check_link

    c = claim(lambda xp, f, x, sigma, L, d: (f.smoothed(x, sigma) - f(x), L * d / 4 * sigma**2))
    s = symbols(c)
    u = gaussian("u", s.d)
    fact = s.assume(l_smooth("f", "L")).upper(s.x, s.x + u.vector * s.sigma)
    from theorycheck.derivations import expected

    built = derivation(chain(s.left, le(s.right, consequence("", expected(hypothesis(fact), u)))))
    assert check_conclusion(c, built).verified
    assert not check_link(built.links[0], c).verified
