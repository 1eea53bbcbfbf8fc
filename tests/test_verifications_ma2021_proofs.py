"""The reasons and the exact decisions that the proofs of ma2021 rest on: what they state is true, and they refuse what is not."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck import Claim, Space, choice, real, requires
from theorycheck.derivations import chain, ge, in_cases, le, nonnegative_part
from theorycheck.derivations.links import Link, check_link, derivation
from theorycheck.derivations.symbols import symbols_of
from theorycheck.errors import ClaimError
from theorycheck.terms.exact import ExactArrays
from theorycheck.terms.namespaces import numpy_namespace
from verifications.ma2021 import batches, lemma_2, reasons

XP = numpy_namespace()
SIZES = st.fractions(min_value=0, max_value=10, max_denominator=20)
X, Y = sympy.symbols("x y", nonnegative=True)
Z = sympy.Symbol("z", real=True)
K = sympy.Symbol("k", positive=True, integer=True)


def claim_about(**more):
    more.setdefault("space", Space(x=real(0), y=real(0), z=real(), k=choice(1, 2, 3)))
    return Claim(id="mine/about", statement="", sides=lambda xp, x: (x, x), relation="=", **more)


def outcome(left, relation, right, reason, claim=None):
    return check_link(Link("1", left, relation, right, reason), claim or claim_about()).outcome


# ---- the inequalities ------------------------------------------------------------------------------------------------


@given(y=SIZES, x=SIZES, k=st.integers(1, 7))
def test_the_power_lies_above_its_tangent(y, x, k):
    assert reasons.power_above_tangent(y, x, k).slack >= 0


@given(x=SIZES, more=SIZES, k=st.integers(0, 7))
def test_powers_increase(x, more, k):
    assert reasons.power_increases(x + more, x, k).slack >= 0


@given(y=st.fractions(max_denominator=20, min_value=-5, max_value=5), k=st.integers(0, 7))
def test_a_power_is_at_least_minus_its_size(y, k):
    assert reasons.power_of_either_sign(y, k).slack >= 0


# ---- what is accepted, what is refused -----------------------------------------------------------------------------------


def test_a_true_combination_is_verified():
    reason = reasons.follows("Bernoulli", reasons.power_above_tangent(1 + X, 1, K))
    assert outcome((1 + X) ** K, ">=", 1 + K * X, reason) == "verified"


def test_a_combination_that_does_not_add_up_is_refused():
    reason = reasons.follows("too strong", reasons.power_above_tangent(1 + X, 1, K))
    assert outcome((1 + X) ** K, ">=", 1 + 2 * K * X, reason) == "unverified"


def test_the_condition_of_a_term_must_be_certain():
    """y^k is not convex on the whole line for odd k."""
    reason = reasons.follows("z may be negative", reasons.power_above_tangent(Z, 1, K))
    assert outcome(Z**K, ">=", 1 + K * (Z - 1), reason) == "unverified"


def test_powers_do_not_increase_against_the_order():
    reason = reasons.follows("x need not be above y", reasons.power_increases(X, Y, K))
    assert outcome(X**K, ">=", Y**K, reason) == "unverified"


def test_a_negative_factor_is_refused():
    term = (X - 1) * reasons.power_above_tangent(1 + X, 1, K)
    right = 0 * X
    left = (X - 1) * ((1 + X) ** K - 1 - K * X)
    assert outcome(left, ">=", right, reasons.follows("x − 1 may be negative", term)) == "unverified"


def test_a_strict_link_is_refused():
    reason = reasons.follows("equality at x = 0", reasons.power_above_tangent(1 + X, 1, K))
    assert outcome((1 + X) ** K, ">", 1 + K * X, reason) == "unverified"


def test_a_claim_that_is_applied_must_be_listed():
    reason = reasons.follows("Lemma 2", reasons.applied(lemma_2.absolute, t=X, k=K))
    left, right = abs(1 - X) ** K, X**K / 2 ** (K - 1) - 1
    assert outcome(left, ">=", right, reason) == "unverified"
    assert outcome(left, ">=", right, reason, claim_about(uses=["ma2021/lemma-2@a"])) == "verified"


def test_a_claim_is_applied_inside_its_space_only():
    uses = claim_about(uses=["ma2021/lemma-2@a"])
    left, right = abs(1 - Z) ** K, Z**K / 2 ** (K - 1) - 1
    assert (
        outcome(
            left, ">=", right, reasons.follows("t < 0", reasons.applied(lemma_2.absolute, t=Z, k=K)), uses
        )
        == "unverified"
    )
    half = reasons.applied(lemma_2.absolute, t=X, k=sympy.Rational(1, 2))
    assert outcome(half.slack, ">=", sympy.Integer(0), reasons.follows("k = 1/2", half), uses) == "unverified"


def test_a_claim_whose_hypothesis_has_no_symbols_cannot_be_applied():
    hidden = requires(lambda x: (x > 2) | (x < 1), "hidden")
    with pytest.raises(ClaimError, match="no symbolic form"):
        reasons.applied(claim_about(hypotheses=[hidden]), x=X)


def concluding_claim(**more):
    """It concludes x ≤ y from a granted step."""

    def prove(s):
        step = reasons.granted_step(s.y - s.x, "x is at most y")
        return reasons.concluding(chain(s.x, le(s.y, reasons.follows("granted", step))))

    return claim_about(derivation=prove, **more)


def test_a_granted_step_is_named_in_the_reason():
    claim = concluding_claim()
    (link,) = claim.derivation(symbols_of(claim)).links
    result = check_link(link, claim)
    assert result.verified and "granted: x is at most y" in result.reason


def test_a_conclusion_is_used_where_its_hypotheses_are_assumed():
    """x ≤ y of a claim that assumes z < 1 gives 2x ≤ 2y to one that lists it and assumes that too, or says what it grants."""
    bounded = requires(lambda z: z < 1, "z < 1")
    claim = concluding_claim(hypotheses=[bounded])
    uses = {"uses": [claim.id]}
    given, granting = reasons.concluded(claim), reasons.concluded(claim, "z is small")

    def twice(term, about):
        return outcome(2 * X, "<=", 2 * Y, reasons.follows("", 2 * term), about)

    assert twice(given, claim_about(hypotheses=[bounded], **uses)) == "verified"
    assert twice(given, claim_about(hypotheses=[bounded])) == "unverified"
    assert twice(given, claim_about(**uses)) == "unverified"
    assert twice(granting, claim_about(hypotheses=[bounded], **uses)) == "verified"
    assert outcome(X, "<=", 2 * Y, reasons.follows("", given), claim_about(hypotheses=[bounded], **uses)) == (
        "unverified"
    )


def test_a_claim_that_says_no_conclusion_gives_none():
    with pytest.raises(ClaimError, match="says what it concludes"):
        reasons.conclusion(claim_about())


def test_both_cases_are_checked():
    """max(x, 1) ≥ x² holds below 1 alone."""
    steps = (ge(X**2, reasons.follows("$x \\ge x^2$", X * reasons.power_increases(1, X, 1))),)
    larger = 1 + X**2
    enough = (ge(X**2, reasons.follows("$1 \\ge 0$", nonnegative_part(sympy.Integer(1)))),)
    both = in_cases("x ≤ 1 or x ≥ 1", X - 1, below=enough, above=enough)
    assert outcome(larger, ">=", X**2, both) == "verified"
    wrong = in_cases("x ≤ 1 or x ≥ 1", X - 1, below=steps, above=steps)
    assert outcome(X, ">=", X**2, wrong) == "unverified"


def test_a_case_that_ends_elsewhere_is_refused():
    early = (ge(X**2 - 1, reasons.follows("", nonnegative_part(sympy.Integer(2)))),)
    reason = in_cases("x ≤ 1 or x ≥ 1", X - 1, below=early, above=early)
    assert outcome(1 + X**2, ">=", X**2, reason) == "unverified"


def test_a_case_knows_its_condition_and_no_other():
    reason = in_cases(
        "x ≤ 1 or x ≥ 1",
        X - 1,
        below=(ge(X**2, reasons.follows("x ≥ x² below 1", X * reasons.power_increases(1, X, 1))),),
        above=(ge(X**2, reasons.follows("not above 1", X * reasons.power_increases(1, X, 1))),),
    )
    result = check_link(Link("1", X, ">=", X**2, reason), claim_about())
    assert result.outcome == "unverified"
    assert r"\ge 0" in result.reason


def test_conclusions_of_descending_chains_are_turned_round():
    one = chain((1 + X) ** K, ge(1 + K * X, reasons.follows("", reasons.power_above_tangent(1 + X, 1, K))))
    assert reasons.concluding(one).concludes == ((1 + K * X, "<=", (1 + X) ** K),)
    assert derivation(one).links[0].relation == ">="


# ---- batches -------------------------------------------------------------------------------------------------------------


def enumerated_operator(a, eta, B, k):
    """The matrix of T^k on all tensors, by Kronecker products."""
    n, p = a.shape
    total = 0
    subsets = list(itertools.combinations(range(n), B))
    for batch in subsets:
        step = np.eye(p) - eta / B * a[list(batch)].T @ a[list(batch)]
        power = np.eye(1)
        for _ in range(k):
            power = np.kron(power, step)
        total = total + power
    return total / len(subsets)


def largest_on_symmetric(a, eta, B, k):
    p = a.shape[1]
    axes = list(itertools.permutations(range(k)))
    symmetriser = sum(
        np.eye(p**k).reshape([p] * k + [p**k]).transpose([*axis, k]).reshape(p**k, p**k) for axis in axes
    ) / len(axes)
    operator = symmetriser @ enumerated_operator(a, eta, B, k) @ symmetriser
    return np.abs(np.linalg.eigvalsh((operator + operator.T) / 2)).max()


@settings(max_examples=60, deadline=None)
@given(
    entries=st.lists(st.integers(-3, 3), min_size=6, max_size=6),
    rate=st.fractions(min_value=0, max_value=1, max_denominator=12),
    B=st.integers(1, 3),
    k=st.integers(1, 3),
)
def test_contraction_is_decided_in_floats_and_in_rationals(entries, rate, B, k):
    a = np.array(entries, dtype=float).reshape(3, 2)
    largest = largest_on_symmetric(a, float(rate), B, k)
    found = bool(batches.is_contraction(XP, a[None], np.array([float(rate)]), B, k)[0])
    exact = bool(batches.is_contraction(RATIONAL, _rational(a), RATIONAL.asarray([rate]), B, k))
    if abs(largest - 1) > 1e-9:  # the enumerated spectrum, of size about 1, is rounded by less
        assert found == exact == (largest < 1)


RATIONAL = ExactArrays()


def _rational(a):
    return RATIONAL.asarray([[[Fraction(int(x)) for x in row] for row in a]])


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_tie_is_decided_in_rationals(order):
    """One sample a = (1, 1): with η = 1 its step has the eigenvalues 1 and −1 and T^k nothing beyond; with more it has."""
    a = _rational(np.array([[1, 1]]))
    assert bool(batches.is_contraction(RATIONAL, a, RATIONAL.asarray([Fraction(1)]), 1, order))
    assert not bool(
        batches.is_contraction(RATIONAL, a, RATIONAL.asarray([Fraction(10**9 + 1, 10**9)]), 1, order)
    )


@settings(deadline=None)
@given(
    entries=st.lists(st.floats(-3, 3), min_size=4, max_size=4),
    eta=st.floats(0, 2),
    B=st.integers(1, 4),
    k=st.integers(1, 4),
)
def test_batch_mean_against_all_ordered_batches(entries, eta, B, k):
    """The mean over ordered batches without repetition is the mean over subsets."""
    a = np.array(entries)
    loads = [eta / B * (a[list(order)] ** 2).sum() for order in itertools.permutations(range(4), B)]
    for power in (batches.POWER, batches.ABSOLUTE, batches.FORWARD, batches.BACKWARD):
        found = batches.batch_mean(a[None], np.array([eta]), B, k, power)[0]
        expected = np.mean([power.of(t, k) for t in loads])
        # rounding of at most 24 terms, each at most (1 + 18)^4
        assert found == pytest.approx(expected, rel=1e-10, abs=1e-9)
