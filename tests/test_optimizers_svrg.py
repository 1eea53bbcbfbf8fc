"""The law of SVRG's anchors: against loops over all paths and all output times, in exact fractions."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.optimizer_samples import XP, Quartic, cosines
from theorycheck.errors import ClaimError
from theorycheck.lab.optimizers import fixed_anchor, next_anchor, times_before_steps, times_of_line_9
from theorycheck.terms.namespaces import ball_namespace

FRACTIONS = st.fractions(min_value=-1, max_value=1, max_denominator=4)


def outputs(samples, anchor, eta, sigma, tau, times):
    """All (x_t, probability) of one outer iteration, one path at a time."""
    count = len(samples)
    full = sum(f.slope(anchor, tau) for f in samples) / Fraction(count)
    for t in times:
        for path in itertools.product(range(count), repeat=t):
            x = anchor
            for k in path:
                x = x - eta * (samples[k].slope(x, sigma) - samples[k].slope(anchor, tau) + full)
            yield x, Fraction(1, len(times) * count**t)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(FRACTIONS, FRACTIONS, FRACTIONS), min_size=1, max_size=2),
    st.sampled_from([(0, 1), (1, 2), (0,), (2,), (1, 1, 0)]),
    st.sampled_from(
        [(Fraction(1), Fraction(0)), (Fraction(1, 2), Fraction(1, 2)), (Fraction(0), Fraction(0))]
    ),
)
def test_two_outer_iterations_against_a_loop(coefficients, times, scales):
    samples = [Quartic(*c) for c in coefficients]
    eta, (sigma, tau) = Fraction(1, 4), scales
    brute = sum(
        first * second * y**2
        for x, first in outputs(samples, Fraction(1, 2), eta, sigma, tau, times)
        for y, second in outputs(samples, x, eta, sigma, tau, times)
    )
    balls = ball_namespace()

    class Enclosed(Quartic):
        def smoothed_gradient(self, x, scale):
            scale = balls.asarray(scale)[..., None]
            return self.a * (x**3 + Fraction(3, 2) * scale * scale * x) + self.b * x + self.c

    enclosed = [Enclosed(*c) for c in coefficients]
    law = fixed_anchor(balls, balls.asarray([[Fraction(1, 2)]]))
    for _ in range(2):
        law = next_anchor(balls, enclosed, law, times=times, learning_rate=eta, sigma=sigma, tau=tau)
    found = law.expectation(law.points[..., 0] ** 2)[0]
    assert found.arb.contains(balls.number(brute).arb)
    assert found.upper - found.lower < 1e-10
    assert law.weights.sum().arb.contains(1)


def test_expectations_of_points_and_values():
    samples = [cosines(3, 2, seed) for seed in range(2)]
    x = np.random.default_rng(0).standard_normal((3, 2))
    law = next_anchor(
        XP, samples, fixed_anchor(XP, x), times=times_before_steps(3), learning_rate=0.25, sigma=0.5
    )
    assert law.points.shape == (1 + 2 + 4, 3, 2)
    assert law.expectation(law.points).shape == (3, 2)
    by_hand = sum(w * p for w, p in zip(law.weights, law.points, strict=True))
    assert np.allclose(law.expectation(law.points), by_hand, rtol=0, atol=1e-15)
    assert abs(law.weights.sum() - 1) < 1e-15


def test_output_times():
    assert times_before_steps(3) == (0, 1, 2)
    assert times_of_line_9(2, 3) == (1, 2)
    with pytest.raises(ClaimError, match="at least one inner step; m = 0"):
        times_before_steps(0)
    with pytest.raises(ClaimError, match="at least one inner step; m = 0"):
        times_of_line_9(2, 0)
    with pytest.raises(ClaimError, match="K = 4, but the inner loop ends at x_m with m = 3: take m ≥ K"):
        times_of_line_9(4, 3)
    law = fixed_anchor(XP, np.zeros((1, 1)))
    for times in ((), (-1, 0)):
        with pytest.raises(ClaimError, match="needs times t ≥ 0"):
            next_anchor(XP, [Quartic(0, 1, 0)], law, times=times, learning_rate=0.1, sigma=0)
