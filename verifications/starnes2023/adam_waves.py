"""Runs of Algorithm 2 on waves in one dimension, all index paths, with both sides of (C.3).

f_k(x) = a_k sin(x + φ_k): smoothing multiplies a wave by e^{−σ²/4}; f is a wave of amplitude A, so that L = A, f* = −A, both exact.
max |a_k| bounds all sampled gradients, smoothed or not; for one sample λ = a² satisfies every reading of the gradient hypothesis.
"""

import itertools


def sample_gradient(xp, a, phase, k, x, sigma):
    return xp.exp(-(sigma**2) / 4) * a[:, k] * xp.cos(x + phase[:, k])


def average(values):
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total / len(values)


def amplitude(xp, a, phase):
    """A, the amplitude of the mean of the waves."""
    samples = range(a.shape[-1])
    even = average([a[:, k] * xp.cos(phase[:, k]) for k in samples])
    odd = average([a[:, k] * xp.sin(phase[:, k]) for k in samples])
    return xp.sqrt(even**2 + odd**2)


def smoothed_mean(xp, a, phase, x, sigma):
    samples = range(a.shape[-1])
    return average([xp.exp(-(sigma**2) / 4) * a[:, k] * xp.sin(x + phase[:, k]) for k in samples])


def weighted_gradients(xp, a, phase, x, etas, beta, thetas, sigmas, epsilon):
    """Σ_{t=1}^T η_{t+1} E‖G_t‖² and E f_{σ_1}(x_1), over all index paths from x_0 = x.

    The lists hold η_1 … η_{T+1}, θ_1 … θ_T and σ_1 … σ_{T+1}.
    """
    samples, total, start = range(a.shape[-1]), 0 * x, None
    states = [(x, 0 * x, 0 * x)]  # (x_t, m_t, v_t), t = 0
    for t, theta in enumerate(thetas):  # the step t + 1
        after = []
        for position, m, v in states:
            for k in samples:
                g = sample_gradient(xp, a, phase, k, position, sigmas[t])
                moment = beta * m + (1 - beta) * g
                square = theta * v + (1 - theta) * g**2
                after.append((position - etas[t] * moment / xp.sqrt(square + epsilon), moment, square))
        states = after
        if start is None:
            start = average([smoothed_mean(xp, a, phase, y, sigmas[0]) for y, _, _ in states])
        gradients = [
            average([sample_gradient(xp, a, phase, k, y, sigmas[t + 1]) for k in samples])
            for y, _, _ in states
        ]
        total = total + etas[t + 1] * average([gradient**2 for gradient in gradients])
    return total, start


def differences(sigmas):
    """δ_2, …, δ_{T+1}."""
    return [abs(after**2 - before**2) for before, after in itertools.pairwise(sigmas)]
