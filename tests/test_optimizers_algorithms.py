"""Algorithms: every run equals the printed recursion, written out for one number at a time in exact fractions."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.optimizer_samples import XP, Quartic, cosines, exact
from theorycheck.errors import ClaimError
from theorycheck.functions.families import Hubers
from theorycheck.lab.optimizers import (
    adam,
    follow,
    geometric,
    gsmooth_adam,
    gsmooth_sgd,
    gsmooth_svrg,
    nshb,
    sequence,
    sgd,
    shb,
    start_adam,
    start_momentum,
    start_sgd,
    start_svrg,
    svrg,
)
from theorycheck.terms.namespaces import ball_namespace

FRACTIONS = st.fractions(min_value=-3, max_value=3, max_denominator=8)


COEFFICIENTS = st.tuples(FRACTIONS, FRACTIONS, FRACTIONS)
RUNS = st.tuples(
    st.lists(COEFFICIENTS, min_size=1, max_size=3),
    FRACTIONS,
    st.fractions(min_value=Fraction(1, 8), max_value=1, max_denominator=8),
    st.lists(st.fractions(min_value=0, max_value=2, max_denominator=4), min_size=3, max_size=3),
    st.lists(st.integers(0, 2), min_size=3, max_size=3),
)


@settings(max_examples=50, deadline=None)
@given(RUNS)
def test_gsmooth_sgd_is_algorithm_1(run):
    coefficients, start, eta, sigmas, path = run
    samples = [Quartic(*c) for c in coefficients]
    path = [k % len(samples) for k in path]
    step = gsmooth_sgd(XP, samples, exact(eta), sequence([exact(s) for s in sigmas]))
    states = list(follow(XP, step, start_sgd(exact(start)[:, None]), np.array(path)))
    x = start
    for t, (k, sigma) in enumerate(zip(path, sigmas, strict=True), start=1):
        x = x - eta * samples[k].slope(x, sigma)
        assert states[t].x[0, 0] == x
    assert len(states) == len(path) + 1


@settings(max_examples=50, deadline=None)
@given(RUNS)
def test_gsmooth_svrg_is_the_inner_loop_of_algorithm_3(run):
    coefficients, start, eta, (sigma, tau, _), path = run
    samples = [Quartic(*c) for c in coefficients]
    path = [k % len(samples) for k in path]
    step = gsmooth_svrg(XP, samples, exact(eta), exact(sigma), exact(tau))
    state = start_svrg(XP, samples, exact(start)[:, None], exact(tau))
    states = list(follow(XP, step, state, np.array(path)))
    x, full = start, sum(f.slope(start, tau) for f in samples) / Fraction(len(samples))
    for t, k in enumerate(path, start=1):
        x = x - eta * (samples[k].slope(x, sigma) - samples[k].slope(start, tau) + full)
        assert states[t].x[0, 0] == x
        assert states[t].anchor[0, 0] == start


@pytest.mark.parametrize("place", ["inside", "outside"])
@settings(max_examples=30, deadline=None)
@given(run=RUNS, beta=st.floats(0, 0.9), theta=st.floats(0.1, 0.9), epsilon=st.floats(0.01, 1))
def test_gsmooth_adam_is_algorithm_2(place, run, beta, theta, epsilon):
    coefficients, start, eta, sigmas, path = run
    samples = [Quartic(*(float(c) for c in triple)) for triple in coefficients]
    path = [k % len(samples) for k in path]
    betas, thetas = [beta, beta / 2, beta / 4], [theta, 0.5, theta]
    step = gsmooth_adam(
        XP,
        samples,
        float(eta),
        sequence([float(s) for s in sigmas]),
        beta=sequence(betas),
        theta=sequence(thetas),
        epsilon=epsilon,
        largest_beta=beta,
        epsilon_place=place,
    )
    states = list(follow(XP, step, start_adam(XP, np.array([[float(start)]])), np.array(path)))
    with mpmath.workdps(50):
        x, m, v = mpmath.mpf(float(start)), mpmath.mpf(0), mpmath.mpf(0)
        for t, k in enumerate(path):
            sigma = mpmath.mpf(float(sigmas[t]))
            f = samples[k]
            g = f.a * (x**3 + mpmath.mpf(3) / 2 * sigma**2 * x) + f.b * x + f.c
            m = betas[t] * m + (1 - mpmath.mpf(betas[t])) * g
            v = thetas[t] * v + (1 - mpmath.mpf(thetas[t])) * g**2
            size = mpmath.sqrt(v + epsilon) if place == "inside" else mpmath.sqrt(v) + epsilon
            x = x - float(eta) * m / size
            # three steps whose slopes are below 600 and, where they amplify rounding, do so by less than 1e4 each
            assert abs(states[t + 1].x[0, 0] - x) <= 1e-6 * (1 + abs(x))


def test_zero_smoothing_gives_the_plain_algorithms():
    samples = [cosines(20, 3, seed) for seed in range(3)]
    x = np.random.default_rng(9).standard_normal((20, 3))
    path = np.array([0, 2, 1, 1])
    averaging = {"beta": 0.5, "theta": 0.25, "epsilon": 0.125}
    pairs = [
        (sgd(XP, samples, 0.25), gsmooth_sgd(XP, samples, 0.25, 0), start_sgd(x)),
        (
            adam(XP, samples, 0.25, **averaging),
            gsmooth_adam(XP, samples, 0.25, 0, **averaging),
            start_adam(XP, x),
        ),
        (svrg(XP, samples, 0.25), gsmooth_svrg(XP, samples, 0.25, 0), start_svrg(XP, samples, x)),
    ]
    for plain, smoothed, start in pairs:
        for a, b in zip(follow(XP, plain, start, path), follow(XP, smoothed, start, path), strict=True):
            # at σ = 0 both gradients are the same formula up to factors e⁰ = 1: a few roundings a step
            assert np.allclose(a.x, b.x, rtol=0, atol=1e-13)


def test_equal_scales_give_svrg_on_the_smoothed_samples():
    class Smoothed:
        def __init__(self, f):
            self.f = f

        def gradient(self, x):
            return self.f.smoothed_gradient(x, 0.7)

        def smoothed_gradient(self, x, sigma):
            return self.gradient(x)

    samples = [cosines(5, 2, seed) for seed in range(2)]
    x = np.random.default_rng(3).standard_normal((5, 2))
    wrapped = [Smoothed(f) for f in samples]
    left = follow(
        XP, gsmooth_svrg(XP, samples, 0.25, 0.7), start_svrg(XP, samples, x, 0.7), np.array([1, 0, 1])
    )
    right = follow(XP, svrg(XP, wrapped, 0.25), start_svrg(XP, wrapped, x), np.array([1, 0, 1]))
    for a, b in zip(left, right, strict=True):
        assert np.array_equal(a.x, b.x)


def test_replicas_and_instances_do_not_touch_each_other():
    samples = [cosines(4, 2, seed, kind=Hubers) for seed in range(3)]
    single = [
        [Hubers(XP, 2, {name: value[i : i + 1] for name, value in f.parameters.items()}) for f in samples]
        for i in range(4)
    ]
    x = np.random.default_rng(1).standard_normal((4, 2))
    eta, sigma = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.0, 0.5, 1.0, 2.0])
    step = gsmooth_sgd(XP, samples, eta, geometric(sigma, Fraction(1, 2)))
    shared = np.random.default_rng(2).integers(3, size=(5, 6))
    own = np.random.default_rng(2).integers(3, size=(5, 6, 4))
    *_, with_shared = follow(XP, step, start_sgd(x), shared)
    *_, with_own = follow(XP, step, start_sgd(x), own)
    assert with_shared.x.shape == with_own.x.shape == (6, 4, 2)
    assert with_shared.x.dtype == float
    for i in range(4):
        alone = gsmooth_sgd(XP, single[i], eta[i], geometric(sigma[i], Fraction(1, 2)))
        for p in range(6):
            *_, one = follow(XP, alone, start_sgd(x[i : i + 1]), shared[:, p])
            *_, other = follow(XP, alone, start_sgd(x[i : i + 1]), own[:, p, i])
            # the same operations on the same numbers; vectorised functions may differ in the last bits
            assert np.allclose(one.x[0], with_shared.x[p, i], rtol=0, atol=1e-13)
            assert np.allclose(other.x[0], with_own.x[p, i], rtol=0, atol=1e-13)


def test_balls_enclose_the_run():
    balls = ball_namespace()
    floats, enclosures = ([cosines(1, 2, seed, xp) for seed in range(2)] for xp in (XP, balls))
    start = [[Fraction(1, 2), Fraction(-3, 4)]]
    path = np.array([0, 1, 1, 0])
    averaging = {"beta": Fraction(1, 2), "theta": Fraction(1, 4), "epsilon": Fraction(1, 8)}
    steps = [
        gsmooth_adam(xp, samples, Fraction(1, 4), geometric(1, Fraction(1, 2)), **averaging)
        for xp, samples in ((XP, floats), (balls, enclosures))
    ]
    *_, a = follow(XP, steps[0], start_adam(XP, np.array(start, dtype=float)), path)
    *_, b = follow(balls, steps[1], start_adam(balls, balls.asarray(start)), path)
    assert a.x.dtype == float
    for value, ball in zip(a.x.ravel(), b.x.ravel(), strict=True):
        assert ball.upper - ball.lower < 1e-11  # so the enclosure says something
        assert ball.lower - 1e-13 <= value <= ball.upper + 1e-13  # the float run has roundings of its own
    paths = np.array([[0, 1], [1, 1]])
    *_, c = follow(balls, gsmooth_sgd(balls, enclosures, 1, 1), start_sgd(balls.asarray(start)), paths)
    assert c.x.shape == (2, 1, 2)


X = np.zeros((1, 1))
SAMPLES = [Quartic(1.0, 1.0, 0.0), Quartic(0.0, 1.0, 1.0)]
AVERAGING = {"beta": 0.5, "theta": 0.5, "epsilon": 0.5}


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: sgd(XP, SAMPLES, 0), "learning rate must be positive; at step 1 it is 0"),
        (lambda: sgd(XP, SAMPLES, float("nan")), "learning rate must be positive"),
        (lambda: gsmooth_sgd(XP, SAMPLES, 0.1, [1, -1]), "sigma must be nonnegative; at step 2 it is -1"),
        (lambda: gsmooth_sgd(XP, SAMPLES, 0.1, [1]), "has 1 values and step 2 was asked for"),
        (lambda: gsmooth_adam(XP, SAMPLES, 0.1, 0, **{**AVERAGING, "theta": 1}), "theta must be strictly"),
        (lambda: gsmooth_adam(XP, SAMPLES, 0.1, 0, **{**AVERAGING, "theta": 0}), "theta must be strictly"),
        (lambda: gsmooth_adam(XP, SAMPLES, 0.1, 0, **{**AVERAGING, "beta": 1}), "beta must be at least 0"),
        (lambda: gsmooth_adam(XP, SAMPLES, 0.1, 0, **{**AVERAGING, "beta": -0.1}), "beta must be at least 0"),
        (lambda: gsmooth_adam(XP, SAMPLES, 0.1, 0, **AVERAGING, largest_beta=0.25), "at most the bound 0.25"),
    ],
)
def test_bad_parameters(build, message):
    step = build()
    start = start_sgd(X) if "sgd" in step.__qualname__ else start_adam(XP, X)
    with pytest.raises(ClaimError, match=message):
        list(follow(XP, step, start, np.array([0, 1])))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"largest_beta": 1}, r"must lie in \[0, 1\)"),
        ({"epsilon": 0}, "epsilon must be positive"),
        ({"epsilon_place": "under"}, "epsilon_place must be one of inside, outside"),
    ],
)
def test_parameters_that_are_refused_at_once(changes, message):
    with pytest.raises(ClaimError, match=message):
        gsmooth_adam(XP, SAMPLES, 0.1, 0, **{**AVERAGING, **changes})


def test_bad_scales_of_svrg():
    with pytest.raises(ClaimError, match="sigma must be nonnegative"):
        gsmooth_svrg(XP, SAMPLES, 0.1, -1)
    with pytest.raises(ClaimError, match="tau must be nonnegative"):
        gsmooth_svrg(XP, SAMPLES, 0.1, 1, -1)
    with pytest.raises(ClaimError, match="tau of the anchor must be nonnegative"):
        start_svrg(XP, SAMPLES, X, -1)


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (np.array([0, 2]), "go from 0 to 1; one of 2 was given"),
        (np.array([0, -1]), "go from 0 to 1; one of -1 was given"),
        (np.array([[0.0, 1.0]]), "must be integers"),
        (np.zeros((2, 1, 3), dtype=int), "do not fit points of shape"),
        (np.zeros((2, 1, 1, 1), dtype=int), r"paths are of shape \(T,\)"),
    ],
)
def test_bad_paths(paths, message):
    with pytest.raises(ClaimError, match=message):
        list(follow(XP, sgd(XP, SAMPLES, 0.1), start_sgd(X), paths))


def test_instances_that_hypotheses_exclude_are_not_refused():
    """A batch holds them as well; the claim's hypotheses decide, not the algorithm."""
    x = np.zeros((2, 1))
    *_, state = follow(
        XP, gsmooth_sgd(XP, SAMPLES, np.array([0.1, -1.0]), np.array([0.0, 1.0])), start_sgd(x), np.array([1])
    )
    assert state.x[:, 0].tolist() == [-0.1, 1.0]


@settings(max_examples=30, deadline=None)
@given(run=RUNS, beta=st.fractions(min_value=0, max_value=Fraction(7, 8), max_denominator=8))
def test_heavy_balls_are_their_recursions(run, beta):
    coefficients, start, eta, _, path = run
    samples = [Quartic(*c) for c in coefficients]
    path = [k % len(samples) for k in path]
    for algorithm, share in ((shb, 1), (nshb, 1 - beta)):
        step = algorithm(XP, samples, exact(eta), exact(beta))
        states = list(follow(XP, step, start_momentum(XP, exact(start)[:, None]), np.array(path)))
        x, m = start, Fraction(0)
        for t, k in enumerate(path, start=1):
            m = share * samples[k].slope(x, 0) + beta * m
            x = x - eta * m
            assert states[t].x[0, 0] == x
            assert states[t].m[0, 0] == m


def test_a_momentum_of_one_is_refused():
    step = shb(XP, [Quartic(Fraction(1), Fraction(0), Fraction(0))], 0.1, 1)
    with pytest.raises(ClaimError, match="momentum beta"):
        step(1, 0, start_momentum(XP, np.zeros((1, 1))))
