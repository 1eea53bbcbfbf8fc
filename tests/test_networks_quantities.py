"""Noise, curvature, sharpness and smoothed risks against loops, explicit matrices and closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import BudgetError, NetworkError
from theorycheck.lab.networks import noise
from theorycheck.lab.networks.activations import Activation
from theorycheck.lab.networks.convolution import Convolution
from theorycheck.lab.networks.curvature import (
    directional_derivative,
    gauss_newton_product,
    hessian_product,
    top_eigenvalue,
    top_hessian_eigenvalue,
)
from theorycheck.lab.networks.dense import Dense
from theorycheck.lab.networks.flatten import Flatten
from theorycheck.lab.networks.losses import CrossEntropy, LinearForm, SquaredError, one_hot
from theorycheck.lab.networks.network import Network
from theorycheck.lab.networks.noise import (
    batch_noise_factor,
    gradient_noise,
    gradient_power_sums,
    noise_eigenvalues,
    per_sample_gradients,
)
from theorycheck.lab.networks.normalisation import LayerNorm
from theorycheck.lab.networks.pooling import MaxPool
from theorycheck.lab.networks.residual import Residual
from theorycheck.lab.networks.risk import Risk, input_gradients, risk_and_gradient, risk_value
from theorycheck.lab.networks.sharpness import mean_batch_sharpness, worst_case_sharpness
from theorycheck.lab.networks.smoothed_risk import smoothed_risk
from theorycheck.terms.namespaces import numpy_namespace

XP = numpy_namespace()
RISKS = {
    "dense": (Network([Dense(4), Activation("tanh"), Dense(3)], (3,)), {}),
    "relu, cross-entropy": (
        Network([Dense(5), Activation("relu"), Dense(3)], (3,)),
        {"loss": CrossEntropy(0.1)},
    ),
    "convolutions": (
        Network(
            [
                Convolution(2, 2),
                Activation("gelu"),
                Convolution(2, 2, 1, 1),
                MaxPool(2, 1),
                Flatten(),
                Dense(3),
            ],
            (1, 4, 4),
        ),
        {"loss": CrossEntropy(), "l2": 0.2},
    ),
    "layer norm, residual": (
        Network([Dense(4), LayerNorm(), Residual([Dense(4), Activation("sigmoid")]), Dense(3)], (3,)),
        {"l2": 0.1},
    ),
    "smoothed": (
        Network(
            [Convolution(2, 2), Activation("relu"), Convolution(2, 2, 1, 1), Flatten(), Dense(3)], (1, 3, 3)
        ),
        {"sigma": np.array([0.5, 1.1]), "penalties": [0.1, 0.2, 0.3, 0.4, 0.5], "l2": 0.1},
    ),
}


def problem(name, samples=6):
    network, options = RISKS[name]
    rng = np.random.default_rng(7)
    risk = Risk(network, **{"loss": SquaredError("half"), **options})
    w = network.initial(rng, 2) + 0.2 * rng.normal(size=(2, network.size))
    x = rng.normal(size=(2, samples, *network.shape))
    y = one_hot(np, rng.integers(3, size=(2, samples)), 3)
    return risk, w, x, y


def looped(risk, w, x, y):
    """g_n of every network, one sample after another: the mean over one sample."""
    columns = [risk_and_gradient(risk, XP, w, x[:, [n]], y[:, [n]])[1] for n in range(x.shape[1])]
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("name", RISKS)
def test_per_sample_gradients_their_norms_and_their_noise_are_those_of_a_loop(name):
    risk, w, x, y = problem(name)
    g = looped(risk, w, x, y)
    close = {"rtol": 1e-9, "atol": 1e-12}  # orders of summation
    np.testing.assert_allclose(per_sample_gradients(risk, XP, w, x, y), g, **close)
    for order in (2, 4, 6):
        np.testing.assert_allclose(
            gradient_power_sums(risk, XP, w, x, y, order), (g**order).sum(axis=-1), **close
        )
    found = gradient_noise(risk, XP, w, x, y)
    centred = g - g.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(found.variance, (centred**2).sum(axis=(1, 2)) / 6, **close)
    np.testing.assert_allclose(found.mean_square, (g**2).sum(axis=(1, 2)) / 6, **close)
    covariances = [part.T @ part / 6 for part in centred]
    expected = [np.linalg.eigvalsh(matrix)[::-1][:4] for matrix in covariances]
    eigenvalues = noise_eigenvalues(risk, XP, w, x, y, 6)
    np.testing.assert_allclose(eigenvalues[:, :4], expected, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(eigenvalues.sum(axis=1), found.variance, **close)  # tr Σ = C²


@given(
    samples=st.integers(2, 6),
    batch_size=st.integers(1, 6),
    replacement=st.booleans(),
    seed=st.integers(0, 99),
)
def test_batch_noise_factor_is_that_of_all_batches(samples, batch_size, replacement, seed):
    import itertools

    if batch_size > samples and not replacement:
        with pytest.raises(NetworkError, match="does not fit"):
            batch_noise_factor(samples, batch_size, replacement)
        return
    if samples**batch_size > 5000:
        return
    g = np.random.default_rng(seed).normal(size=(samples, 2))
    g -= g.mean(axis=0)
    batches = (
        itertools.product(range(samples), repeat=batch_size)
        if replacement
        else itertools.combinations(range(samples), batch_size)
    )
    noises = [(g[list(batch)].mean(axis=0) ** 2).sum() for batch in batches]
    variance = (g**2).sum() / samples
    factor = batch_noise_factor(samples, batch_size, replacement)
    assert np.mean(noises) == pytest.approx(factor * variance, rel=1e-9, abs=1e-12)


def explicit_hessian(risk, w, x, y, step=1e-5):
    """By central differences of gradients, a column a parameter."""
    columns = []
    for e in np.eye(w.shape[1]):
        above, below = (risk_and_gradient(risk, XP, w + s * step * e, x, y)[1] for s in (1, -1))
        columns.append((above - below) / (2 * step))
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("name", RISKS)
def test_hessian_products_and_the_top_eigenvalue_are_those_of_the_explicit_matrix(name):
    risk, w, x, y = problem(name)
    hessian = explicit_hessian(risk, w, x, y)
    rng = np.random.default_rng(0)
    v = rng.normal(size=w.shape)
    # central differences of gradients: step² = 1e-10 times fourth derivatives, rounding 1e-16/step
    np.testing.assert_allclose(
        hessian_product(risk, XP, w, v, x, y), np.einsum("rij,rj->ri", hessian, v), rtol=1e-6, atol=1e-7
    )
    found = top_hessian_eigenvalue(risk, XP, w, x, y, rng.normal(size=w.shape), 1e-9)
    np.testing.assert_allclose(found.value, np.linalg.eigvalsh(hessian)[:, -1], rtol=1e-6)
    assert (found.residual < 1e-6 * np.abs(found.value)).all()


@pytest.mark.parametrize("name", RISKS)
def test_gauss_newton_products_are_those_of_explicit_jacobians(name):
    risk, w, x, y = problem(name)
    step, p = 1e-6, w.shape[1]
    outputs = [
        (
            risk.network.outputs(XP, w + step * e, x, risk.sigma)
            - risk.network.outputs(XP, w - step * e, x, risk.sigma)
        )
        / (2 * step)
        for e in np.eye(p)
    ]
    jacobian = np.stack(outputs, axis=-1)  # (R, N, K, p)
    o = risk.network.outputs(XP, w, x, risk.sigma)
    if isinstance(risk.loss, CrossEntropy):
        q = np.exp(o) / np.exp(o).sum(axis=-1, keepdims=True)
        curvature = q[..., None] * np.eye(3) - q[..., :, None] * q[..., None, :]
    else:
        curvature = np.broadcast_to(np.eye(3), (*o.shape, 3))  # ½‖o − y‖²
    matrix = np.einsum("rnki,rnkl,rnlj->rij", jacobian, curvature, jacobian) / x.shape[1]
    v = np.random.default_rng(1).normal(size=w.shape)
    ours = gauss_newton_product(risk, XP, w, v, x, y)
    np.testing.assert_allclose(ours, np.einsum("rij,rj->ri", matrix, v), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(
        directional_derivative(risk, XP, w, v, x),
        np.einsum("rnki,ri->rnk", jacobian, v),
        rtol=1e-6,
        atol=1e-7,
    )


def test_a_linear_network_has_its_closed_forms():
    """f = 1/(2N) ‖XW − Y‖²: H = XᵀX/N, per-sample gradients x_i(w·x_i − y_i), input gradients w."""
    rng = np.random.default_rng(2)
    net = Network([Dense(1)], (4,))
    x, y, w = rng.normal(size=(1, 9, 4)), rng.normal(size=(1, 9, 1)), rng.normal(size=(1, 5))
    augmented = np.concatenate([x[0], np.ones((9, 1))], axis=1)
    residual = augmented @ w[0] - y[0, :, 0]
    risk = Risk(net, SquaredError("half"))
    gradients = augmented * residual[:, None]
    close = {"rtol": 1e-12, "atol": 1e-14}  # sums of 9 terms
    np.testing.assert_allclose(per_sample_gradients(risk, XP, w, x, y)[0], gradients, **close)
    np.testing.assert_allclose(risk_and_gradient(risk, XP, w, x, y)[1][0], gradients.mean(axis=0), **close)
    hessian = augmented.T @ augmented / 9
    v = rng.normal(size=(1, 5))
    for product in (hessian_product, gauss_newton_product):
        np.testing.assert_allclose(product(risk, XP, w, v, x, y)[0], hessian @ v[0], **close)
    top = top_hessian_eigenvalue(risk, XP, w, x, y, v)
    assert top.value[0] == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-10)
    found = input_gradients(Risk(net, LinearForm()), XP, w, x, np.ones((1, 9, 1)))
    np.testing.assert_allclose(found[0], np.broadcast_to(w[0, :4], (9, 4)), **close)
    # with LinearForm a gradient is that of the network: (x_i, 1)
    sums = gradient_power_sums(Risk(net, LinearForm()), XP, w, x, np.ones((1, 9, 1)), 4)
    np.testing.assert_allclose(sums[0], (augmented**4).sum(axis=1), **close)
    # the smoothed risk of a quadratic: f(w) + σ²/4 tr H, u ~ N(0, I/2)
    sigma = 0.3
    smoothed = smoothed_risk(risk, XP, w, x, y, sigma=sigma, generator=np.random.default_rng(3), draws=2000)
    exact = risk_value(risk, XP, w, x, y)[0] + sigma**2 / 4 * np.trace(hessian)
    assert abs(smoothed.value[0] - exact) < 5 * smoothed.standard_error[0]
    assert smoothed.standard_error[0] < 0.05 * (exact - risk_value(risk, XP, w, x, y)[0])
    # ±u cancels everything odd: the sharpness of a quadratic at its minimum, ρ²/2 λ_max in l2
    best = np.linalg.solve(hessian, augmented.T @ y[0, :, 0] / 9)[None]
    sharp = worst_case_sharpness(
        risk, XP, best, x, y, radius=0.1, norm="2", adaptive=False, generator=rng, steps=60
    )
    exact = 0.01 / 2 * np.linalg.eigvalsh(hessian)[-1]
    assert 0.99 * exact <= sharp.value[0] <= exact * (1 + 1e-9)


@settings(max_examples=25, deadline=None)
@given(size=st.integers(1, 6), rank=st.integers(0, 6), sign=st.sampled_from([-1, 1]), seed=st.integers(0, 99))
def test_lanczos_finds_the_largest_eigenvalue_also_of_deficient_and_negative_matrices(size, rank, sign, seed):
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(3, size, min(rank, size)))
    matrices = sign * factor @ np.swapaxes(factor, 1, 2)
    matrices[1] = sign * 2.5 * np.eye(size)  # exhausted after one step
    start = rng.normal(size=(3, size))
    found = top_eigenvalue(np, lambda v: np.einsum("rij,rj->ri", matrices, v), start, 1e-12)
    expected = np.linalg.eigvalsh(matrices)[:, -1]
    np.testing.assert_allclose(found.value, expected, rtol=1e-8, atol=1e-8)
    assert (found.residual < 1e-6).all()
    assert (found.value <= expected + 1e-9).all()


def test_a_residual_bounds_the_distance_to_an_eigenvalue_when_lanczos_stops_early():
    rng = np.random.default_rng(4)
    factor = rng.normal(size=(2, 40, 40))
    matrices = factor @ np.swapaxes(factor, 1, 2)
    found = top_eigenvalue(
        np, lambda v: np.einsum("rij,rj->ri", matrices, v), rng.normal(size=(2, 40)), 1e-12, 3
    )
    eigenvalues = np.linalg.eigvalsh(matrices)
    assert found.products == 4
    assert (found.residual > 1).all()  # far from the end
    assert (np.abs(eigenvalues - found.value[:, None]).min(axis=1) <= found.residual).all()
    assert (found.value <= eigenvalues[:, -1]).all()


def test_lanczos_needs_a_start():
    with pytest.raises(NetworkError, match="not zero"):
        top_eigenvalue(np, lambda v: v, np.zeros((1, 3)))


@pytest.mark.parametrize("norm", ["inf", "2"])
@pytest.mark.parametrize("adaptive", [False, True])
def test_sharpness_is_reached_inside_the_ball_and_beats_random_points(norm, adaptive):
    risk, w, x, y = problem("dense")
    radius = 0.05
    found = worst_case_sharpness(
        risk, XP, w, x, y, radius=radius, norm=norm, adaptive=adaptive, generator=np.random.default_rng(0)
    )
    scale = np.abs(w) if adaptive else np.ones_like(w)
    scaled = found.perturbation / scale
    sizes = np.abs(scaled).max(axis=1) if norm == "inf" else np.linalg.norm(scaled, axis=1)
    assert (sizes <= radius * (1 + 1e-12)).all()
    base = risk_value(risk, XP, w, x, y)
    np.testing.assert_allclose(
        risk_value(risk, XP, w + found.perturbation, x, y) - base, found.value, atol=1e-12
    )
    rng = np.random.default_rng(1)
    for _ in range(200):
        z = rng.normal(size=w.shape)
        z *= radius / (np.abs(z).max(axis=1) if norm == "inf" else np.linalg.norm(z, axis=1))[:, None]
        assert (risk_value(risk, XP, w + scale * z, x, y) - base <= found.value).all()


def test_sharpness_of_a_linear_function_is_the_dual_norm():
    risk, w, x, _ = problem("dense")
    risk = Risk(Network([Dense(1)], (3,)), LinearForm())
    w, y = np.random.default_rng(2).normal(size=(2, 4)), np.ones((2, 6, 1))
    _, gradient = risk_and_gradient(risk, XP, w, x, y)
    for norm, dual in (("inf", np.abs(gradient).sum(axis=1)), ("2", np.linalg.norm(gradient, axis=1))):
        found = worst_case_sharpness(
            risk, XP, w, x, y, radius=0.5, norm=norm, adaptive=False, generator=np.random.default_rng(0)
        )
        np.testing.assert_allclose(found.value, 0.5 * dual, rtol=1e-6)
    adaptive = worst_case_sharpness(
        risk, XP, w, x, y, radius=0.5, norm="inf", adaptive=True, generator=np.random.default_rng(0)
    )
    np.testing.assert_allclose(adaptive.value, 0.5 * np.abs(w * gradient).sum(axis=1), rtol=1e-6)


def test_sharpness_of_batches_is_the_mean_of_their_own_maxima():
    """Of a linear function: the mean of the dual norms of the batches' gradients."""
    _, _, x, _ = problem("dense")
    risk = Risk(Network([Dense(1)], (3,)), LinearForm())
    w, y = np.random.default_rng(2).normal(size=(2, 4)), np.ones((2, 6, 1))
    settings = {"radius": 0.5, "norm": "inf", "adaptive": False}
    found = mean_batch_sharpness(
        risk, XP, w, x, y, batch_size=2, generator=np.random.default_rng(0), **settings
    )
    duals = [
        np.abs(risk_and_gradient(risk, XP, w, x[:, k : k + 2], y[:, k : k + 2])[1]).sum(axis=1)
        for k in (0, 2, 4)
    ]
    np.testing.assert_allclose(found, 0.5 * np.mean(duals, axis=0), rtol=1e-6)
    whole = worst_case_sharpness(risk, XP, w, x, y, generator=np.random.default_rng(0), **settings).value
    assert (found >= whole * (1 - 1e-9)).all()
    with pytest.raises(NetworkError, match="do not divide 6 samples"):
        mean_batch_sharpness(risk, XP, w, x, y, batch_size=4, generator=np.random.default_rng(0), **settings)


def test_what_is_asked_for_wrongly_is_refused(monkeypatch):
    risk, w, x, y = problem("dense")
    with pytest.raises(NetworkError, match="q = 2, 4, 6"):
        gradient_power_sums(risk, XP, w, x, y, 3)
    with pytest.raises(NetworkError, match="6 samples have 1 to 6"):
        noise_eigenvalues(risk, XP, w, x, y, 7)
    with pytest.raises(NetworkError, match="at least 2 draws"):
        smoothed_risk(risk, XP, w, x, y, sigma=0.1, generator=np.random.default_rng(0), draws=1)
    for radius, norm in ((0.0, "2"), (0.1, "1")):
        with pytest.raises(NetworkError, match=r"positive|norms inf and 2"):
            worst_case_sharpness(
                risk,
                XP,
                w,
                x,
                y,
                radius=radius,
                norm=norm,
                adaptive=False,
                generator=np.random.default_rng(0),
            )
    monkeypatch.setattr(noise, "MAX_FLOATS", 10)
    with pytest.raises(BudgetError, match="limit is 10"):
        per_sample_gradients(risk, XP, w, x, y)
    with pytest.raises(BudgetError, match="limit is 10"):
        noise_eigenvalues(risk, XP, w, x, y, 1)
