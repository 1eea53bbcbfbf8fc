"""T^k against its definition: all batches, in exact arithmetic and in floats."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import stability_enumeration as slow
from theorycheck.errors import BudgetError, ClaimError
from theorycheck.lab.stability import (
    apply_moment_operator,
    eigenvalues,
    enumerate_moment_operator,
    extremes,
    gradient_set,
    moment_coefficients,
    moment_matrix,
    moment_operator,
    pack,
    packed_power,
    packed_size,
    spectral_radius,
    symmetrise,
)
from theorycheck.lab.stability.combinatorics import block_coefficient, sampling_factor
from theorycheck.lab.stability.fitting import packed_memory
from theorycheck.terms.balls import ball_array

# eigenvalues of matrices of norm below 1e3 and size below 100: LAPACK's error is about size · 1e-16 · norm
EIGENVALUE = 1e-10


def fractions(generator, shape):
    numbers = generator.integers(-6, 7, shape)
    exact = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        exact[index] = Fraction(int(numbers[index]), 4)
    return exact


SMALL = [(n, p, k) for n, p, k in itertools.product((1, 2, 3, 4), (1, 2, 3), range(1, 7)) if p**k <= 243]


@pytest.mark.parametrize(("n", "p", "k"), SMALL)
def test_no_enumeration_equals_enumeration_exactly(n, p, k):
    generator = np.random.default_rng(100 * n + 10 * p + k)
    a, tensor = fractions(generator, (n, p)), symmetrise(fractions(generator, (p,) * k))
    for batch in range(1, n + 1):
        fast = apply_moment_operator(a, Fraction(2, 3), batch, tensor)
        slowly = enumerate_moment_operator(a, Fraction(2, 3), batch, tensor)
        assert (fast == slowly).all()


def test_enumeration_is_the_mean_of_kronecker_powers():
    generator = np.random.default_rng(1)
    a, tensor = generator.standard_normal((4, 2)), symmetrise(generator.standard_normal((2, 2, 2)))
    expected = slow.moment_matrix(a, 0.7, 2, 3) @ tensor.ravel()
    found = enumerate_moment_operator(a, 0.7, 2, tensor)
    assert np.allclose(found.ravel(), expected, rtol=1e-12, atol=1e-12)  # sums of 6 · 8 products


def test_symbols_and_balls():
    n, p, k, batch = 3, 2, 3, 2
    a = np.array(sympy.symbols("a:6", real=True), dtype=object).reshape(n, p)
    m = np.array(sympy.symbols("m:8", real=True), dtype=object).reshape((p,) * k)
    eta = sympy.Symbol("eta", positive=True)
    difference = apply_moment_operator(a, eta, batch, m) - enumerate_moment_operator(
        a, eta, batch, symmetrise(m)
    )
    assert all(sympy.expand(x) == 0 for x in difference.ravel())

    generator = np.random.default_rng(2)
    exact, tensor = fractions(generator, (n, p)), symmetrise(fractions(generator, (p,) * k))
    balls = apply_moment_operator(ball_array(exact), Fraction(1, 2), batch, ball_array(tensor))
    truth = enumerate_moment_operator(exact, Fraction(1, 2), batch, tensor)
    assert all(ball.lower <= x <= ball.upper for ball, x in zip(balls.ravel(), truth.ravel(), strict=True))


FLOATS = [(n, p, k) for n, p, k in itertools.product((1, 3, 5), (1, 2, 3), range(1, 7)) if p**k <= 256]


@pytest.mark.parametrize(("n", "p", "k"), FLOATS)
def test_spectrum_on_packed_coordinates(n, p, k):
    """Gradients of full rank, or fewer: then the full space has the eigenvalues of all lower orders as well."""
    a = np.random.default_rng(n + p + k).standard_normal((n, p))
    rank = min(n, p)
    for batch in range(1, n + 1):
        ours = [eigenvalues(moment_operator(a, 0.3, batch, k))]
        if rank < p:  # Sym^k(R^p) = ⊕ Sym^j(rows) ⊗ Sym^{k−j}(rest)
            copies = {j: packed_size(p - rank, k - j) for j in range(k + 1)}
            ours = [np.ones(copies[0])] + [
                np.repeat(eigenvalues(moment_operator(a, 0.3, batch, j)), copies[j]) for j in range(1, k + 1)
            ]
        expected = slow.symmetric_spectrum(a, 0.3, batch, k)
        scale = max(1.0, abs(expected).max())
        assert np.allclose(np.sort(np.concatenate(ours)), expected, rtol=0, atol=EIGENVALUE * scale)


@pytest.mark.parametrize(("outputs", "k"), list(itertools.product((2, 3), range(1, 5))))
def test_jacobians_of_any_rank(outputs, k):
    generator = np.random.default_rng(outputs + k)
    a = generator.standard_normal((4, outputs, 3)) / 2
    ragged = [a[0], a[1][:1], a[2], a[3]]
    padded = a.copy()
    padded[1, 1:] = 0
    for batch in (1, 2, 4):
        expected = slow.symmetric_spectrum(padded, 0.4, batch, k)
        scale = max(1.0, abs(expected).max())
        found = eigenvalues(moment_operator(ragged, 0.4, batch, k))
        assert np.allclose(found, expected, rtol=0, atol=EIGENVALUE * scale)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_centred_form(k):
    """Algorithm A2, its operators written as Kronecker products."""
    n, p, eta = 5, 2, 0.6
    a = np.random.default_rng(k).standard_normal((n, p))
    hessians = np.einsum("ni,nj->nij", a, a)
    mean = hessians.mean(axis=0)
    centred, projection = hessians - mean, slow.symmetric_projection(p, k)

    def kron(*factors):
        product = np.eye(1)
        for factor in factors:
            product = np.kron(product, factor)
        return product

    def averaged(copies, before=()):
        return sum(kron(*before, *[h] * copies) for h in centred) / n

    for batch in range(1, n + 1):
        bar, p_b = np.eye(p) - eta * mean, float(sampling_factor(n, batch))
        c = (n - batch) * (n - 2 * batch) / (batch**2 * (n - 1) * (n - 2))
        single, double = (float(block_coefficient(n, batch, sizes)) for sizes in ((4,), (2, 2)))
        formula = {
            2: lambda bar=bar, p_b=p_b: kron(bar, bar) + eta**2 * p_b * averaged(2),
            3: lambda bar=bar, p_b=p_b, c=c: (
                kron(bar, bar, bar) + 3 * eta**2 * p_b * averaged(2, (bar,)) - eta**3 * c * averaged(3)
            ),
            4: lambda bar=bar, p_b=p_b, c=c, single=single, double=double, batch=batch: (
                kron(*[bar] * 4)
                + 6 * eta**2 * p_b * averaged(2, (bar, bar))
                - 4 * eta**3 * c * averaged(3, (bar,))
                + eta**4
                / batch**4
                * (n * single * averaged(4) + 3 * n**2 * double * np.kron(averaged(2), averaged(2)))
            ),
        }[k]()
        expected = slow.moment_matrix(a, eta, batch, k) @ projection
        assert np.allclose(projection @ formula @ projection, expected, rtol=0, atol=1e-10)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 4), st.integers(1, 5), st.integers(2, 7), st.data())
def test_symmetric_and_consistent_with_the_full_tensor(k, p, n, data):
    batch, seed = data.draw(st.integers(1, n)), data.draw(st.integers(0, 2**20))
    generator = np.random.default_rng(seed)
    gradients = gradient_set(generator.standard_normal((n, p)))
    operator = moment_operator(gradients, 0.2, batch, k)
    x, y = generator.standard_normal((2, operator.size))
    one, two = operator.apply(x) @ y, operator.apply(y) @ x
    scale = 1 + np.linalg.norm(x) * np.linalg.norm(y) * spectral_radius(operator)
    assert abs(one - two) <= 1e-11 * scale
    assert np.allclose(
        operator.apply(np.stack([x, y])), [operator.apply(x), operator.apply(y)], rtol=1e-10, atol=1e-10
    )


def test_lanczos_agrees_with_lapack():
    a = np.random.default_rng(3).standard_normal((12, 6))
    for k in (2, 3, 4):
        operator = moment_operator(a, 0.25, 3, k)
        dense, krylov = extremes(operator, method="lapack"), extremes(operator, method="lanczos")
        assert abs(dense.largest - krylov.largest) <= krylov.error + dense.error
        assert abs(dense.smallest - krylov.smallest) <= krylov.error + dense.error


def test_second_order_without_a_table(monkeypatch):
    a = np.random.default_rng(7).standard_normal((6, 3))
    with_table = moment_matrix(moment_operator(a, 0.3, 2, 2))
    monkeypatch.setattr("theorycheck.lab.stability.low_orders.MAX_TABLE", 1)
    assert np.allclose(moment_matrix(moment_operator(a, 0.3, 2, 2)), with_table, rtol=0, atol=1e-13)


def test_second_order_at_five_hundred_parameters():
    a = np.random.default_rng(8).standard_normal((500, 500))
    operator = moment_operator(a, 1e-4, 10, 2)
    v = np.random.default_rng(9).standard_normal(500)
    # ⟨v ⊗ v, T² v ⊗ v⟩ = E (v·A_I v)²: the variance of a batch mean of x_i = (a_i·v)² is p_B times that of one of them
    gradients = gradient_set(a)
    x, y = (a @ v) ** 2, v @ v
    p_b = 490 / (10 * 499)
    expected = (y - 1e-4 * x.mean()) ** 2 + 1e-8 * p_b * x.var()
    power = packed_power((gradients.basis.T @ v)[None], 2)[0]
    assert abs(power @ operator.apply(power) / expected - 1) < 1e-10


def test_coefficients_of_eta():
    a = np.random.default_rng(4).standard_normal((5, 2))
    for k in (1, 2, 3, 4, 5):
        coefficients = moment_coefficients(a, 2, k)
        for eta in (0.0, 0.05, 0.3):
            combined = sum(eta**j * c for j, c in enumerate(coefficients))
            # interpolation at k + 1 nodes loses a few digits at order 5
            assert np.allclose(combined, moment_matrix(moment_operator(a, eta, 2, k)), rtol=0, atol=1e-10)


def test_order_four_at_thirty_parameters_is_small():
    assert packed_memory(100, 30, 4) < 2**30
    a = np.random.default_rng(5).standard_normal((100, 30))
    operator = moment_operator(a, 0.01, 10, 4)
    assert operator.size == packed_size(30, 4) == 40920
    # a power of a vector: T^4 v^{⊗4} at v^{⊗4} is E (v·A_I v)^4, at η = 0.01 close to (1 − η v·Hv)^4 for a unit v
    v = gradient_set(a).basis.T @ np.eye(30)[0]
    power = pack(np.einsum("i,j,k,l->ijkl", v, v, v, v), 4)
    value = power @ operator.apply(power)
    generator = np.random.default_rng(6)
    batches = np.array([generator.permutation(100)[:10] for _ in range(20_000)])
    samples = (1 - 0.001 * (a[batches, 0] ** 2).sum(axis=1)) ** 4
    assert abs(value - samples.mean()) < 7 * samples.std() / np.sqrt(len(samples))  # 7 standard errors: 3e-12


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.ones((3, 2)), 0.1, 4, 2), "batch size 4 exceeds the number of samples 3"),
        ((np.ones((3, 2)), 0.1, 0, 2), "at least 1; 0 was given"),
        ((np.ones((3, 2)), 0.1, 1.5, 2), "whole number"),
        ((np.ones((3, 2)), 0.1, 2, 0), "from 1 to 6; 0 was given"),
        ((np.ones((3, 2)), 0.1, 2, 7), "from 1 to 6; 7 was given"),
        ((np.ones((3, 2)), -0.1, 2, 2), "learning rate"),
        ((np.array([[1.0, 2.0], [np.nan, 1.0]]), 0.1, 1, 2), "sample 1 has a NaN"),
        ((np.ones(3), 0.1, 1, 2), r"reshape one gradient a to a\[None, :\]"),
        ((np.ones((0, 3)), 0.1, 1, 2), "shape"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ClaimError, match=message):
        moment_operator(*arguments)


def test_too_large_says_what_fits():
    with pytest.raises(BudgetError, match=r"order 3 fits in .* MiB"):
        moment_operator(np.random.default_rng(0).standard_normal((300, 200)), 0.1, 5, 4)
    with pytest.raises(BudgetError, match=r"moment_operator\(…\) fits: .* on the row space"):
        apply_moment_operator(np.ones((10, 300)), 0.1, 5, np.broadcast_to(0.0, (300,) * 4))
    with pytest.raises(BudgetError, match="more than 1000000; use apply_moment_operator"):
        enumerate_moment_operator(np.ones((40, 2)), 0.1, 20, np.eye(2))
    big = moment_operator(np.random.default_rng(0).standard_normal((60, 25)), 0.1, 5, 4)
    with pytest.raises(BudgetError, match="matrix-free"):
        moment_matrix(big)


def test_wrong_tensor():
    with pytest.raises(ClaimError, match=r"shape \(3, 3\)"):
        apply_moment_operator(np.ones((2, 2)), 0.1, 1, np.eye(3))


def test_vanishing_gradients():
    operator = moment_operator(np.zeros((3, 2)), 0.1, 1, 3)
    assert operator.size == 0
    assert spectral_radius(operator) == 0.0
