"""Links with means: the theorem says the link, and holds in concrete spaces."""

from __future__ import annotations

import pytest
import sympy

from tests.kernel_worlds import World
from theorycheck.algebra.expectation import (
    expectation,
    gaussian,
    index,
    mean,
    normal_form,
    scaled_gamma,
    uniform,
)
from theorycheck.algebra.functions import AbstractFunction
from theorycheck.algebra.vectors import inner, norm_squared, vector
from theorycheck.derivations.links import Link
from theorycheck.derivations.mean_links import (
    Averaged,
    equality_of_means,
    inequality_of_means,
    segment_theorem,
)
from theorycheck.derivations.mean_terms import MeanNames
from theorycheck.derivations.reasons import by_definition, consequence, expected, square
from theorycheck.kernel import Refused, from_json, to_json
from theorycheck.kernel.terms import arguments_of, ordered

D = sympy.Symbol("d", integer=True, positive=True)
SIGMA, C = sympy.Symbol("sigma", positive=True), sympy.Symbol("c", real=True)
U, V, T = gaussian("u", D), gaussian("v", D), uniform("t")
F, SAMPLE, MEAN = (
    AbstractFunction("f"),
    AbstractFunction("sample", depends_on=frozenset({"k"})),
    AbstractFunction("mean"),
)
K = index("k", (SAMPLE, MEAN))
X, Y, A = vector("x"), vector("y"), vector("a")
AT_K = vector("a_k", depends_on=frozenset({"k"}))
u, v, t = U.vector, V.vector, T.scalar
WORLDS = [World(0), World(1)]

EXPRESSIONS = {
    "a square": expectation(norm_squared(X + u * SIGMA), U),
    "a fourth moment": expectation(inner(A, u) ** 2 * norm_squared(u) * C, U),
    "an odd moment": expectation(inner(A, u) * norm_squared(u), U),
    "a polynomial": expectation((inner(A, u) + C) ** 2 / SIGMA + norm_squared(u) ** 2, U),
    "smoothing": expectation(F(X + u * SIGMA) - F(X), U),
    "smoothing twice": expectation(F.smooth(SIGMA)(X + u * SIGMA), U),
    "smoothing backwards": expectation(F(X - u * SIGMA), U),
    "a gradient": expectation(inner(F.gradient(X + u * SIGMA), Y - X), U),
    "the gradient of a smoothing": expectation(inner(F.smooth(SIGMA).gradient(X + u * 2), Y), U),
    "integration by parts": expectation(F(X + u * SIGMA) * inner(u, A) / SIGMA, U),
    "an opaque mean": expectation(norm_squared(F.gradient(X + u * SIGMA)) + C, U),
    "two vectors": expectation(inner(u, v) ** 2 + inner(u, A), U, V),
    "a mean vector": inner(mean(u * inner(F.gradient(X), u), U), A),
    "a norm of a mean vector": norm_squared(mean(F.gradient(X + u * SIGMA), U)),
    "a uniform number": expectation((C * t + 1) ** 3, T),
    "an index": expectation(inner(AT_K, X) ** 2 + C * inner(AT_K, X) + 1, K),
    "a sample": expectation(SAMPLE(X) - inner(SAMPLE.gradient(X), Y), K),
    "a smoothed sample": expectation(SAMPLE(X + u * SIGMA), U, K),
    "a power of a mean": expectation(inner(A, u) ** 2, U) ** 2 + expectation(inner(A, u) ** 2, U),
    "a root of a mean": sympy.sqrt(1 + expectation(inner(A, u) ** 2, U)),
    "what is not random": expectation(expectation(inner(A, u) ** 2, U), K),
}


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_an_expression_is_equal_to_its_normal_form(expression):
    form = normal_form(expression)
    theorem = equality_of_means(expression, form)
    names = MeanNames([U, V, T, K])
    assert theorem.conclusion.args == (names.term(expression), names.term(form))
    assert from_json(to_json(theorem)).sequent == theorem.sequent
    for world in WORLDS:
        assert world.holds(theorem.conclusion)


def test_what_is_not_equal_is_refused():
    for name, expression in EXPRESSIONS.items():
        with pytest.raises(Refused):
            equality_of_means(expression, normal_form(expression) + norm_squared(X)), name


def test_what_is_assumed_of_a_function_is_said():
    """A gradient is exchanged with smoothing for what is locally Lipschitz; what is smoothed already needs no such thing."""
    assumed = {
        name: {
            h.head for h in equality_of_means(EXPRESSIONS[name], normal_form(EXPRESSIONS[name])).hypotheses
        }
        for name in ("a gradient", "the gradient of a smoothing", "a sample")
    }
    assert "locally lipschitz" in assumed["a gradient"]
    assert "locally lipschitz" not in assumed["the gradient of a smoothing"]
    assert "every" in assumed["a sample"]


def test_what_is_assumed_of_all_values_is_almost_sure():
    """f(x + σu) ≤ c for almost every u, hence f_σ(x) ≤ c."""
    fact = Averaged(sympy.Integer(2), C - F(X + u * SIGMA), ((C - F(X + u * SIGMA), "<="),), over=(U,))
    theorem = inequality_of_means(2 * F.smooth(SIGMA)(X), 2 * C, [fact], ())
    assert [h.head for h in theorem.hypotheses if h.head != "eq"].count("gaussian almost") == 1
    assert not any(
        h.head == "le" and h.args[0] is not h.args[1] and "random" in repr(h) for h in theorem.hypotheses
    )
    strict = Averaged(sympy.Integer(1), C - F(X + u * SIGMA), ((C - F(X + u * SIGMA), "<"),), over=(U,))
    assert inequality_of_means(F.smooth(SIGMA)(X), C, [strict], (), "<").conclusion.head == "lt"
    with pytest.raises(Refused):
        inequality_of_means(F.smooth(SIGMA)(X), C, [fact], (), "<")


def test_squares_are_averaged():
    """E ‖a_k − E a_k‖² ≥ 0, so ‖E a_k‖² ≤ E ‖a_k‖²."""
    average = mean(AT_K, K)
    term = Averaged(sympy.Integer(1), norm_squared(AT_K - average), squared=AT_K - average, over=(K,))
    theorem = inequality_of_means(norm_squared(average), expectation(norm_squared(AT_K), K), [term], ())
    for world in WORLDS:
        assert world.holds(theorem.conclusion)


def test_what_a_combination_must_not_show():
    fact = Averaged(sympy.Integer(1), C - F(X + u * SIGMA), ((C - F(X + u * SIGMA), "<="),), over=(U,))
    larger = C + 1
    refused = {
        "something is left over": (F.smooth(SIGMA)(X), larger, [fact]),
        "the other direction": (C, F.smooth(SIGMA)(X), [fact]),
        "no sign": (C * F.smooth(SIGMA)(X), C**2, [Averaged(C, fact.slack, fact.facts, over=(U,))]),
        "no square": (C, C + C**3, [Averaged(sympy.Integer(1), C**3, squared=C)]),
        "no mean over it": (F.smooth(SIGMA)(X), C, [Averaged(sympy.Integer(1), fact.slack, fact.facts)]),
    }
    for name, (left, right, products) in refused.items():
        with pytest.raises(Refused):
            inequality_of_means(left, right, products, ()), name


def test_a_uniform_number_is_nonnegative():
    term = Averaged(C**2 * t, sympy.Integer(1), over=(T,))
    theorem = inequality_of_means(sympy.Integer(0), C**2 / 2, [term], ())
    assert not theorem.hypotheses or all(h.head == "eq" for h in theorem.hypotheses)


def test_a_segment():
    step = Y - X
    slope = expectation(inner(F.gradient(X + step * t), step), T)
    theorem = segment_theorem(F(Y) - F(X), slope, sympy.Integer(1), slope, F, (X, Y))
    assert "locally lipschitz" in {h.head for h in theorem.hypotheses}
    for world in WORLDS:
        assert world.holds(theorem.conclusion)
    with pytest.raises(Refused):
        segment_theorem(F(X) - F(Y), slope, sympy.Integer(1), slope, F, (X, Y))


def test_a_link_says_what_its_theorem_says():
    link = Link("1", expectation(F(X + u * SIGMA), U), "=", F.smooth(SIGMA)(X), by_definition("definition"))
    result = link.reason.check(link, None)
    heads = {part.head for part in ordered([result.theorem.conclusion], arguments_of)}
    assert result.verified and "gaussian mean" in heads and "as they are evaluated" not in result.reason


def test_a_law_that_the_kernel_does_not_know_is_said():
    w = scaled_gamma("w", D)
    value = sympy.exp(w.scalar)
    link = Link("1", expectation(value, w), "=", normal_form(expectation(value, w)), by_definition("E exp v"))
    result = link.reason.check(link, None)
    assert result.verified and "does not know that law" in result.reason
    terms = (expected(square(w.scalar), w),)
    reason = consequence("a square", *terms)
    link = Link("2", sympy.Integer(0), "<=", expectation(w.scalar**2, w), reason)
    result = reason.check(link, None)
    assert result.verified and "as they are evaluated" in result.reason
