"""Sums of any length and proofs about runs, against sums written out in numbers and runs that are computed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Sum

from theorycheck import (
    Claim,
    Space,
    bounded_below,
    constant_of,
    dimension,
    finite_sum,
    l_smooth,
    point,
    real,
    requires,
)
from theorycheck.algebra import expectation, norm_squared, vector
from theorycheck.derivations import (
    EveryStep,
    Run,
    at,
    at_states,
    at_steps,
    at_the_start,
    by_expansion,
    by_induction,
    by_summation,
    chain,
    consequence,
    derivation,
    either_order,
    elementary,
    eq,
    expected,
    ge,
    hypothesis,
    le,
    least_member,
    nonnegative_part,
    over,
    signs_show,
    square,
    summed,
)
from theorycheck.derivations.conclusions import check_conclusion
from theorycheck.derivations.links import Link, check_link
from theorycheck.derivations.reasons.sums import is_at_least_zero
from theorycheck.derivations.sum_theorems import equality_of_sums
from theorycheck.derivations.symbols import symbols_of
from theorycheck.errors import ClaimError
from theorycheck.kernel import Refused, from_json, to_json

T = sympy.Symbol("T", integer=True, positive=True)
N = sympy.Symbol("N", integer=True, nonnegative=True)
t, i = sympy.symbols("t i", integer=True)
c = sympy.Symbol("c", real=True)
beta = sympy.Symbol("beta", nonnegative=True)
a, b, w = (sympy.IndexedBase(name, real=True) for name in "abw")

# ---- identities ------------------------------------------------------------------------------------------------------

TRUE = {
    "telescoping": Sum(a[t] - a[t - 1], (t, 1, T)) - a[T] + a[0],
    "telescoping from 0 terms": Sum(a[t] - a[t - 1], (t, 1, N)) - a[N] + a[0],
    "shifted index": Sum(c * a[t + 1], (t, 0, T - 1)) - c * Sum(a[i], (i, 1, T)),
    "constant": Sum(c, (t, 1, T)) - c * T,
    "arithmetic": Sum(t, (t, 1, T)) - T * (T + 1) / 2,
    "geometric": Sum(beta ** (T - t), (t, 1, T)) * (1 - beta) - (1 - beta**T),
    "exchanged order": Sum(beta ** (t - i) * a[i], (i, 1, t), (t, 1, T))
    - Sum(a[i] * Sum(beta ** (t - i), (t, i, T)), (i, 1, T)),
    "double geometric": Sum(Sum(beta ** (t - i) * a[i], (i, 1, t)), (t, 1, T)) * (1 - beta)
    - Sum(a[i] * (1 - beta ** (T - i + 1)), (i, 1, T)),
    "summation by parts": Sum(w[t] * (a[t] - a[t - 1]), (t, 1, T))
    - (w[T] * a[T] - w[1] * a[0] - Sum((w[t + 1] - w[t]) * a[t], (t, 1, T - 1))),
    "split": Sum(a[t], (t, 1, T)) - a[1] - Sum(a[t], (t, 2, T)),
    "products": Sum(a[t] ** 2 * b[t - 1], (t, 2, T + 1)) - Sum(a[i + 2] ** 2 * b[i + 1], (i, 0, T - 1)),
}
FALSE = {
    "another end": Sum(a[t] - a[t - 1], (t, 1, T)) - a[T] + a[1],
    "one term more": Sum(a[t], (t, 1, T)) - Sum(a[t], (t, 1, T + 1)),
    "another power": Sum(beta ** (T - t), (t, 1, T)) * (1 - beta) - (1 - beta ** (T + 1)),
    "another shift": Sum(a[t] * b[t], (t, 1, T)) - Sum(a[t] * b[t - 1], (t, 1, T)),
    "true for T = 1 and 2 only": Sum(t, (t, 1, T)) - (2 * T - 1),
}


def refusal(difference: sympy.Expr) -> str:
    """Why the kernel does not say that something is 0, or "" if it does."""
    try:
        theorem = equality_of_sums(difference, sympy.Integer(0))
    except Refused as error:
        return str(error)
    assert all(h.head in ("integer", "le", "lt") for h in theorem.hypotheses)
    assert from_json(to_json(theorem)).sequent == theorem.sequent
    return ""


@pytest.mark.parametrize("name", TRUE)
def test_true_identity(name: str) -> None:
    assert refusal(TRUE[name]) == ""


@pytest.mark.parametrize("name", FALSE)
def test_false_identity(name: str) -> None:
    assert refusal(FALSE[name]) != ""


@pytest.mark.parametrize("name", TRUE)
@pytest.mark.parametrize("length", [1, 2, 5])
def test_identities_hold_in_numbers(name: str, length: int) -> None:
    """Python's own sums, with values that follow no pattern."""
    assert _value(TRUE[name].subs({T: length, N: length - 1}), {}) == 0


def _value(expression: sympy.Expr, bound: dict[sympy.Symbol, int]) -> Fraction:
    """The number that an expression stands for, by Python's arithmetic on fractions."""
    if isinstance(expression, Sum):
        *inner, (index, low, high) = expression.limits
        body = Sum(expression.function, *inner) if inner else expression.function
        ends = range(int(_value(low, bound)), int(_value(high, bound)) + 1)
        return sum((_value(body, {**bound, index: j}) for j in ends), Fraction(0))
    if isinstance(expression, sympy.Indexed):
        place = int(_value(expression.indices[0], bound))
        return Fraction(
            (place * place * 7 + 3 * place + len(str(expression.base)) + 11 * ord(str(expression.base)[0]))
            % 23,
            5,
        )
    if expression.is_Symbol:
        return Fraction(bound[expression]) if expression in bound else Fraction(3, 7)
    if expression.is_Rational:
        return Fraction(int(expression.p), int(expression.q))
    parts = [_value(part, bound) for part in expression.args]
    if expression.is_Add:
        return sum(parts, Fraction(0))
    if expression.is_Mul:
        product = Fraction(1)
        for part in parts:
            product *= part
        return product
    assert expression.is_Pow
    assert parts[1].denominator == 1
    return parts[0] ** int(parts[1])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    shift=st.integers(-3, 3),
    extra=st.integers(-1, 3),
    first=st.integers(-2, 2),
    wrong=st.integers(-2, 2),
)
def test_ends_and_shifts(shift: int, extra: int, first: int, wrong: int) -> None:
    """Σ_{t=first}^{T+extra} a[t+shift] against single terms around Σ_{t=1}^T a[t]; `wrong` spoils it unless it is 0."""
    low, high = first + shift, extra + shift
    around = sum((a[j] for j in range(low, 1)), sympy.Integer(0)) - sum(
        (a[j] for j in range(1, low)), sympy.Integer(0)
    )
    around += sum((a[T + j] for j in range(1, high + 1)), sympy.Integer(0))
    around -= sum((a[T + j] for j in range(high + 1, 1)), sympy.Integer(0))
    problem = refusal(Sum(a[t + shift], (t, first, T + extra)) - Sum(a[t], (t, 1, T)) - around + wrong * a[0])
    assert (problem == "") == (wrong == 0 and 1 + extra - first + 1 >= 0)


def test_too_short_a_sum_is_refused() -> None:
    assert "is not found" in refusal(Sum(a[t], (t, 3, T)) - Sum(a[t], (t, 3, T)).subs(a, b))
    assert "is not found" in refusal(Sum(Sum(a[i], (i, t + 2, T)), (t, 1, T)))
    assert refusal(Sum(a[t] - a[t], (t, 2, T)) + Sum(a[t], (t, 2, T)) - Sum(a[t], (t, 2, T))) == ""


def test_a_base_that_may_vanish_needs_exponents_that_do_not_fall_below_0() -> None:
    assert refusal(Sum(beta ** (T - t - 1), (t, 1, T)) * beta - Sum(beta ** (T - t), (t, 1, T)))
    positive = sympy.Symbol("beta", positive=True)
    shorter = Sum(positive ** (T - t - 1), (t, 1, T)) * positive - Sum(positive ** (T - t), (t, 1, T))
    assert refusal(shorter) == ""
    assert refusal(Sum(c**t, (t, 1, T)) * (1 - c) - c * (1 - c**T)) == ""
    assert refusal(Sum(a[t] ** T, (t, 1, T)) - Sum(a[t] ** T, (t, 1, T)) + a[1] ** T)


def test_a_base_may_be_an_expression() -> None:
    """Σ (1 − c)^{T−t} = (1 − (1 − c)^T)/c: the base and what it is made of occur side by side."""
    geometric = Sum((1 - c) ** (T - t), (t, 1, T))
    assert refusal(c * geometric - (1 - (1 - c) ** T)) == ""
    assert refusal(c * geometric - (1 - (1 - c) ** (T + 1))) != ""
    assert refusal((1 - 1 / T) ** T - (1 - 1 / T) ** T * T / T + Sum((1 - c / T) ** t, (t, 1, T)))
    assert refusal(2 * c * geometric - (1 - (1 - c) ** T)) != ""


@pytest.mark.parametrize(
    ("difference", "ranges", "answer"),
    [
        (T - 1, (), True),
        (T - 2, (), False),
        (N, (), True),
        (N - 1, (), False),
        (T - t, ((t, 1, T),), True),
        (T - t - 1, ((t, 1, T),), False),
        (t - i, ((t, 1, T), (i, 1, t)), True),
        (i - t, ((t, 1, T), (i, 1, t)), False),
        (c, (), False),
    ],
)
def test_integer_comparisons(difference: sympy.Expr, ranges: tuple[object, ...], answer: bool) -> None:
    assert is_at_least_zero(difference, ranges) is answer


# ---- facts of steps --------------------------------------------------------------------------------------------------

SMOOTH, BELOW = l_smooth("f", "L"), bounded_below("f", "m")
KEPT = "starnes2023/lemma-2.1a-l-smooth"


def _claim(*hypotheses: object) -> Claim:
    return Claim(
        id="test/run",
        statement="a run",
        space=Space(
            d=dimension(1, 2),
            f=finite_sum((1, 2)),
            x_0=point(),
            eta=real(0, open_low=True),
            L=constant_of("f", "smoothness"),
            m=constant_of("f", "lower_bound"),
        ),
        hypotheses=[SMOOTH, BELOW, *hypotheses],
        sides=lambda xp, f, x_0, m: (m, f(x_0)),
        uses=[KEPT],
    )


CLAIM = _claim()
S = symbols_of(CLAIM)
X = vector("x")
TAU, SIGMA = sympy.symbols("tau sigma", nonnegative=True)
K = S.index("f")
G = S.f.smoothed_gradient(X, SIGMA)
SAMPLED = S.sample("f").smoothed_gradient(X, SIGMA)
MOVED = X - SAMPLED * S.eta
PHI = at_states("phi", S.f.smoothed(X, TAU))
PSI = at_steps("psi", S.f.smoothed(X, SIGMA))
SIZE = at_steps("G", norm_squared(G))
MOMENT = at_steps("E", norm_squared(SAMPLED))
SCALE = at_states("sigma", TAU)
RUN = Run(t, {X: MOVED, TAU: SIGMA}, (PHI, PSI, SIZE, MOMENT, SCALE), draws=(K,), last=T)


def _descent() -> object:
    f_sigma = S.f.smooth(SIGMA)
    smooth = S.lemma(KEPT, f=S.f, sigma=SIGMA, L=S.L).upper(X, MOVED)
    after = f_sigma(X) - S.eta * norm_squared(G) + S.L * S.eta**2 / 2 * expectation(norm_squared(SAMPLED), K)
    return chain(
        expectation(f_sigma(MOVED), K), le(after, consequence("smoothness", expected(hypothesis(smooth), K)))
    )


SLACK = PSI[t] - S.eta * SIZE[t] + S.L * S.eta**2 / 2 * MOMENT[t] - PHI[t]


def _outcome(left: object, relation: str, right: object, reason: object, claim: Claim = CLAIM) -> str:
    return check_link(Link("link", left, relation, right, reason), claim).outcome


def test_a_step_becomes_a_fact_of_every_step() -> None:
    fact = RUN.step_fact(_descent(), SLACK)
    assert fact.problem(CLAIM) == ""
    left = S.eta * Sum(SIZE[t], (t, 1, T))
    right = Sum(PSI[t] - PHI[t] + S.L * S.eta**2 / 2 * MOMENT[t], (t, 1, T))
    assert _outcome(left, "<=", right, summed("add up", over(fact, t, 1, T))) == "verified"
    assert _outcome(left / 2, "<=", right, summed("add up", over(fact, t, 1, T))) == "unverified"
    assert _outcome(left, "<=", right, summed("add up", over(fact, t, 0, T))) == "unverified"
    assert _outcome(left, "<=", right, summed("add up", over(fact, t, 1, T + 1))) == "unverified"
    assert _outcome(-left, "<=", -right, summed("add up", -1 * over(fact, t, 1, T))) == "unverified"


@pytest.mark.parametrize(
    ("slack", "problem"),
    [
        (SLACK + PSI[t], "differ"),
        (SLACK - PSI[t] + PHI[t - 1], "differ"),
        (SLACK.subs(t, t + 1), "other members"),
        (PHI[t] ** 2 - PHI[t] ** 2 + SLACK * PHI[t], "not linear"),
        (SLACK + SIGMA * (PHI[t] - PHI[t]) + SIGMA, "changes along the run"),
        (SLACK * t, "other members"),
    ],
)
def test_a_fact_must_say_what_its_chain_shows(slack: sympy.Expr, problem: str) -> None:
    assert problem in RUN.step_fact(_descent(), slack).problem(CLAIM)


def test_a_chain_that_is_not_verified_gives_no_fact() -> None:
    f_sigma = S.f.smooth(SIGMA)
    wrong = chain(
        expectation(f_sigma(MOVED), K), le(f_sigma(X) - S.eta * norm_squared(G), consequence("nothing"))
    )
    assert "leaves" in RUN.step_fact(wrong, PSI[t] - S.eta * SIZE[t] - PHI[t]).problem(CLAIM)


def test_a_chain_that_speaks_of_one_sample_gives_no_fact() -> None:
    f_sigma = S.f.smooth(SIGMA)
    smooth = S.lemma(KEPT, f=S.f, sigma=SIGMA, L=S.L).upper(X, MOVED)
    bound = f_sigma(X) + S.L / 2 * norm_squared(MOVED - X)
    from theorycheck.algebra import inner

    one = chain(f_sigma(MOVED), le(bound + inner(G, MOVED - X), consequence("smooth", hypothesis(smooth))))
    assert "random" in RUN.step_fact(one, SLACK).problem(CLAIM)


def test_means_of_products_are_not_products_of_means() -> None:
    """E f(x)² ≥ 0 says nothing of the kind (E f(x))·(E g(x)) ≥ 0."""
    square_of_value = chain(
        sympy.Integer(0),
        le(S.f.smoothed(X, SIGMA) ** 2, consequence("a square", square(S.f.smoothed(X, SIGMA)))),
    )
    assert "not linear" in RUN.step_fact(square_of_value, PSI[t] ** 2).problem(CLAIM)


def test_numbers_of_the_schedule_may_be_multiplied() -> None:
    shown = chain(
        sympy.Integer(0), le(SIGMA**2 * norm_squared(G), consequence("nonnegative", SIGMA**2 * square(G)))
    )
    assert RUN.step_fact(shown, SCALE[t] ** 2 * SIZE[t]).problem(CLAIM) == ""
    assert RUN.step_fact(shown, SCALE[t - 1] ** 2 * SIZE[t]).problem(CLAIM) != ""


def test_a_random_number_of_the_state_is_not_multiplied() -> None:
    """v ↦ v + ‖∇f_k(x)‖² is a state that is drawn: E v² ≥ 0 is not (E v)² ≥ 0 …"""
    v = sympy.Symbol("v", nonnegative=True)
    V = at_states("v", v)
    run = Run(t, {X: MOVED, v: v + norm_squared(SAMPLED)}, (V,), draws=(K,))
    shown = chain(sympy.Integer(0), le(v**2, elementary("a square")))
    assert "not linear" in run.step_fact(shown, V[t - 1] ** 2).problem(CLAIM)


def test_facts_of_states_hold_from_the_start_on() -> None:
    floor = chain(S.m, le(S.f(X), consequence("bounded", hypothesis(S.assume(BELOW).at(X)))))
    plain = at_states("f", S.f(X))
    run = Run(t, {X: MOVED}, (plain,), draws=(K,))
    fact = run.state_fact(floor, plain[t] - S.m)
    assert fact.problem(CLAIM) == ""
    assert _outcome(S.m, "<=", plain[0], summed("start", at(fact, 0))) == "verified"
    assert _outcome(S.m, "<=", plain[T], summed("end", at(fact, T))) == "verified"
    assert _outcome(S.m, "<=", plain[-1], summed("before the start", at(fact, -1))) == "unverified"
    assert _outcome(plain[0], "=", S.f(S.x_0), at_the_start("start", run, {X: S.x_0})) == "verified"
    assert _outcome(plain[1], "=", S.f(S.x_0), at_the_start("start", run, {X: S.x_0})) == "unverified"
    assert _outcome(plain[0], "=", S.f(S.x_0), at_the_start("start", run, {})) == "unverified"
    assert _outcome(plain[0], "=", S.f(MOVED), at_the_start("start", run, {X: MOVED})) == "unverified"


def test_a_condition_on_one_point_says_nothing_of_the_run() -> None:
    claim = Claim(
        id="test/condition",
        statement="a condition on x",
        space=Space(d=dimension(1), f=finite_sum(1), x=point(), eta=real(0, open_low=True)),
        hypotheses=[requires(lambda xp, x, eta: xp.vecdot(x, x) <= eta, r"$\|x\|^2 \le \eta$")],
        sides=lambda xp, x, eta: (xp.vecdot(x, x), eta),
    )
    s = symbols_of(claim)
    size = at_states("D", norm_squared(s.x))
    run = Run(t, {s.x: s.x * 2}, (size,))
    small = hypothesis(s.assume(claim.hypotheses[0]))
    shown = chain(norm_squared(s.x), le(s.eta, consequence("assumed", small)))
    assert "one point" in run.state_fact(shown, s.eta - size[t]).problem(claim)


def test_the_next_state_must_fit_the_signs_of_the_symbols() -> None:
    positive = sympy.Symbol("p", positive=True)
    number = at_states("p", positive)
    shown = chain(sympy.Integer(0), le(positive, elementary("positive")))
    assert Run(t, {positive: 2 * positive}, (number,)).state_fact(shown, number[t]).problem(CLAIM) == ""
    assert "sign" in Run(t, {positive: positive - 1}, (number,)).state_fact(shown, number[t]).problem(CLAIM)


def test_both_orders_of_two_numbers() -> None:
    def build(low: object, high: object, excess: object) -> object:
        rises = low == TAU
        after, before = (high, low) if rises else (low, high)
        bound = before**2 + sympy.Abs(after**2 - before**2)
        slack = nonnegative_part(sympy.Integer(0) if rises else 2 * excess**2)
        return chain(after**2, le(bound, consequence("triangle inequality", slack)))

    both = either_order(TAU, SIGMA, build)
    slack = SCALE[t - 1] ** 2 + sympy.Abs(SCALE[t] ** 2 - SCALE[t - 1] ** 2) - SCALE[t] ** 2
    assert RUN.step_fact(both, slack).problem(CLAIM) == ""
    assert "one case" in RUN.step_fact(both[:1], slack).problem(CLAIM)


def test_hypotheses_on_sequences() -> None:
    falls = EveryStep(a[t - 1] - a[t], t, 1, sympy.oo, "$a_t$ does not increase")
    claim = _claim(falls)
    total = Sum(a[t - 1] - a[t], (t, 1, T))
    assert (
        _outcome(sympy.Integer(0), "<=", a[0] - a[T], summed("add up", over(falls.fact, t, 1, T)), claim)
        == "verified"
    )
    assert _outcome(a[0] - a[T], "=", total, by_summation("telescopes"), claim) == "verified"
    assert (
        _outcome(sympy.Integer(0), "<=", a[0] - a[T], summed("add up", over(falls.fact, t, 1, T)))
        == "unverified"
    )
    other = replace(falls.fact, slack=a[t] - a[t - 1])
    assert (
        _outcome(a[0] - a[T], "<=", sympy.Integer(0), summed("add up", over(other, t, 1, T)), claim)
        == "unverified"
    )


def test_what_is_no_fact_of_every_step_is_refused_in_words() -> None:
    falls = EveryStep(a[t - 1] - a[t], t, 1, sympy.oo, "$a_t$ does not increase")
    for name, use in (("at", lambda fact: at(fact, 1)), ("over", lambda fact: over(fact, t, 1, T))):
        with pytest.raises(
            ClaimError, match=rf"{name}\(…\) takes the fact of the hypothesis .* write \.fact"
        ):
            use(falls)
        with pytest.raises(ClaimError, match=rf"{name}\(…\) takes a fact of every step, not"):
            use(a[t])
    for term in (falls, falls.fact, a[t] ** 2):
        with pytest.raises(ClaimError, match="a sum is made of over"):
            summed("add up", term)
        with pytest.raises(ClaimError, match="a sum is made of over"):
            by_induction("carry on", N, 1, term)


def test_a_minimum_is_at_most_every_weighted_average() -> None:
    weights = sympy.IndexedBase("w", real=True, nonnegative=True)
    least, fact = least_member("m", a[t], t, 1, T)
    left, right = least * Sum(weights[t], (t, 1, T)), Sum(weights[t] * a[t], (t, 1, T))
    assert _outcome(left, "<=", right, summed("minimum", over(fact, t, 1, T, weights[t]))) == "verified"
    assert _outcome(left, "<=", right, summed("minimum", over(fact, t, 1, T, weights[t] - 1))) == "unverified"
    lie = replace(fact, slack=a[t] - 2 * least)
    assert _outcome(2 * left, "<=", right, summed("minimum", over(lie, t, 1, T, weights[t]))) == "unverified"
    assert least != least_member("m", b[t], t, 1, T)[0]
    with pytest.raises(ClaimError, match="no member"):
        least_member("m", a[t], t, 1, N)


def test_recursions_unroll_by_induction() -> None:
    alpha = sympy.Symbol("alpha", nonnegative=True)
    recursion = EveryStep(alpha * a[t - 1] + b[t] - a[t], t, 1, sympy.oo, "recursion")
    claim = _claim(recursion)
    unrolled = alpha**N * a[0] + Sum(alpha ** (N - i) * b[i], (i, 1, N))
    step = by_induction("unroll", N, alpha, at(recursion.fact, N + 1))
    assert _outcome(a[N], "<=", unrolled, step, claim) == "verified"
    assert _outcome(a[N], "<=", alpha * unrolled, step, claim) == "unverified"
    assert _outcome(a[N], "<=", unrolled, by_induction("unroll", N, alpha), claim) == "unverified"
    assert _outcome(a[N], "<=", unrolled - 1, step, claim) == "unverified"
    assert (
        _outcome(a[N], "<=", unrolled, by_induction("unroll", N, -alpha, at(recursion.fact, N + 1)), claim)
        == "unverified"
    )
    assert _outcome(a[c], "<=", unrolled, by_induction("unroll", c, alpha), claim) == "unverified"


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    alpha=st.fractions(0, 2),
    start=st.fractions(-3, 3),
    rest=st.lists(st.tuples(st.fractions(-3, 3), st.fractions(0, 2)), max_size=6),
)
def test_the_unrolled_bound_holds_in_numbers(
    alpha: Fraction, start: Fraction, rest: list[tuple[Fraction, Fraction]]
) -> None:
    """The bound that the induction proves, on sequences that satisfy the recursion with gaps."""
    value, n = start, len(rest)
    for added, gap in rest:
        value = alpha * value + added - gap
    assert value <= alpha**n * start + sum(alpha ** (n - j) * added for j, (added, _) in enumerate(rest, 1))


def test_signs_of_sequences() -> None:
    delta = sympy.Abs(SCALE[t] ** 2 - SCALE[t - 1] ** 2)
    triangle = signs_show(SCALE[t] ** 2 + SCALE[t - 1] ** 2 - delta, t, 2, T)
    assert triangle.problem(CLAIM) == ""
    assert signs_show(SCALE[t] ** 2 - delta, t, 2, T).problem(CLAIM) != ""
    assert signs_show(T - t, t, 1, T).problem(CLAIM) == ""
    assert signs_show(T - t - 1, t, 1, T).problem(CLAIM) != ""
    assert signs_show(a[t], t, 1, T).problem(CLAIM) != ""


def test_strict_inequalities_are_not_shown() -> None:
    fact = signs_show(SCALE[t], t, 1, T)
    total = Sum(SCALE[t], (t, 1, T))
    assert _outcome(sympy.Integer(0), "<", total, summed("signs", over(fact, t, 1, T))) == "unverified"
    assert _outcome(total, "<", total, by_summation("the same")) == "unverified"
    assert _outcome(total, "=", total, summed("signs")) == "unverified"


def test_one_name_for_two_runs_is_noticed() -> None:
    """φ of a run with the step η and of one with 2η are different sequences."""
    gradient = S.f.gradient(X)
    size = at_states("g", norm_squared(gradient))
    positive = chain(sympy.Integer(0), le(norm_squared(gradient), consequence("a square", square(gradient))))
    facts = [Run(t, {X: X - gradient * (n * S.eta)}, (size,)).state_fact(positive, size[t]) for n in (1, 2)]
    chains = [chain(sympy.Integer(0), le(size[0], summed("nonnegative", at(fact, 0)))) for fact in facts]
    goal = ((sympy.Integer(0), "<=", size[0]),)
    assert "runs" not in check_conclusion(CLAIM, derivation(chains[0], concludes=goal)).reason
    both = derivation(chain(sympy.Integer(0), *chains[0].steps, *chains[1].steps), concludes=goal)
    mixed = derivation(
        chains[0], chain(size[0], ge(sympy.Integer(0), summed("", at(facts[1], 0)))), concludes=goal
    )
    for derived in (both, mixed):
        assert "two different runs" in check_conclusion(CLAIM, derived).reason


def test_sequences_of_one_name_and_different_meaning_differ() -> None:
    assert at_states("phi", S.f(X))[t] != at_states("phi", S.f.smoothed(X, TAU))[t]
    assert at_states("phi", S.f(X))[t] == at_states("phi", S.f(X))[t]
    assert sympy.latex(at_states("phi", S.f(X))[t]) == r"{\phi}_{t}"


def test_gradient_descent_on_a_quadratic_by_hand() -> None:
    """Σ η‖∇f(x_{t−1})‖² ≤ f(x_0) − f(x_T) + … of the derivation, on a run that is computed: f = x²/2, η = 1/2."""
    x, eta, total = Fraction(3), Fraction(1, 2), Fraction(0)
    start = x**2 / 2
    for _ in range(6):
        gradient = x
        x, total = x - eta * gradient, total + eta * gradient**2 - eta**2 / 2 * gradient**2
    assert total == start - x**2 / 2  # equality for a quadratic, whose descent inequality is one


def test_equal_sides_of_a_chain() -> None:
    both = chain(norm_squared(X * 2), eq(4 * norm_squared(X), by_expansion("expand")))
    size = at_states("D", norm_squared(X))
    run = Run(t, {X: X * 2}, (size,))
    assert run.step_fact(both, 4 * size[t - 1] - size[t]).problem(CLAIM) == ""
    assert run.step_fact(both, size[t] - 4 * size[t - 1]).problem(CLAIM) == ""
    assert run.step_fact(both, size[t] - 3 * size[t - 1]).problem(CLAIM) != ""
