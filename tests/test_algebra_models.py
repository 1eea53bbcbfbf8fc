"""The models must accept every rule of the algebra and reject what is not an identity."""

import pytest
import sympy

from theorycheck.algebra import (
    AbstractFunction,
    expectation,
    gaussian,
    index,
    inner,
    norm_squared,
    uniform,
    vector,
)
from theorycheck.algebra.expectation import mean
from theorycheck.algebra.models import agree

D = sympy.Symbol("d", integer=True, positive=True)
SIGMA, TAU = sympy.Symbol("sigma", positive=True), sympy.Symbol("tau", positive=True)
F, X, A, B = AbstractFunction("f"), vector("x"), vector("a"), vector("b")
U, V = gaussian("u", D), gaussian("v", D)
MOVED = X + U.vector * SIGMA
SAMPLE = AbstractFunction("f_k", depends_on=frozenset({"k"}))
K = index("k", (SAMPLE, F))
T = uniform("t")

TRUE = {
    "E uuᵀ = I/2": (expectation(inner(A, U.vector) * inner(B, U.vector), U), inner(A, B) / 2),
    "E |u|⁴ = d(d+2)/4": (expectation(norm_squared(U.vector) ** 2, U), D * (D + 2) / 4),
    "definition of smoothing": (expectation(F(MOVED), U), F.smoothed(X, SIGMA)),
    "gradient of smoothing": (
        expectation(inner(F.gradient(MOVED), A), U),
        inner(F.smoothed_gradient(X, SIGMA), A),
    ),
    "integration by parts": (
        2 / SIGMA * expectation(F(MOVED) * inner(U.vector, A), U),
        inner(F.smoothed_gradient(X, SIGMA), A),
    ),
    "semigroup": (expectation(F.smoothed(MOVED, TAU), U), F.smoothed(X, sympy.sqrt(SIGMA**2 + TAU**2))),
    "mean of samples": (expectation(SAMPLE(X), K), F(X)),
    "gradient of the mean": (expectation(inner(SAMPLE.gradient(X), A), K), inner(F.gradient(X), A)),
    "E t² = 1/3": (expectation(T.scalar**2, T), sympy.Rational(1, 3)),
    "mean of a vector": (
        inner(mean(U.vector * F(MOVED), U), A),
        SIGMA / 2 * inner(F.smoothed_gradient(X, SIGMA), A),
    ),
}
FALSE = {
    "covariance I": (expectation(norm_squared(U.vector), U), D),
    "scales add": (expectation(F.smoothed(MOVED, TAU), U), F.smoothed(X, SIGMA + TAU)),
    "Jensen as an equality": (
        expectation(norm_squared(F.gradient(MOVED)), U),
        norm_squared(F.smoothed_gradient(X, SIGMA)),
    ),
    "factor 1 in integration by parts": (
        1 / SIGMA * expectation(F(MOVED) * inner(U.vector, A), U),
        inner(F.smoothed_gradient(X, SIGMA), A),
    ),
    "mean of squares of samples": (expectation(SAMPLE(X) ** 2, K), F(X) ** 2),
    "smoothing does nothing": (F.smoothed(X, SIGMA), F(X)),
    "E t² = 1/2": (expectation(T.scalar**2, T), sympy.Rational(1, 2)),
}


@pytest.mark.parametrize("name", TRUE)
def test_rules_agree_on_models(name: str) -> None:
    assert agree(*TRUE[name]) is True


@pytest.mark.parametrize("name", FALSE)
def test_false_identities_are_seen(name: str) -> None:
    assert agree(*FALSE[name]) is False


def test_known_signs_restrict_the_symbols() -> None:
    difference = sympy.sqrt(TAU**2 - SIGMA**2)
    assert agree(difference**2, TAU**2 - SIGMA**2, known=(TAU - SIGMA,)) is True


def test_what_has_no_model_is_not_judged() -> None:
    assert agree(sympy.erf(SIGMA), sympy.erf(SIGMA)) is None
