"""The bounds of sections 4 and 5 on explicit networks f(x, W) = ⟨v, tanh(W_1 x)⟩ at exact interpolation, y_i := f(x_i, W*).

A look at the modelling: the derivations speak of norms through what is known of them; here every quantity is computed from a network, with the
learning rate at the largest stable value of order k. Each function is the `run` of an experiment and looks for the largest ratio of the two sides.
d = 1 where volumes, coverings and population losses are needed, so that they are exact but for quadrature.
"""

from itertools import pairwise

import numpy as np

from theorycheck import Experiment, Observation
from theorycheck.lab.stability import induced_norm, learning_rate_threshold

ROUNDING = 1e-9
"""Room for the rounding of float64 in sums of a few dozen terms, powers and roots; thresholds are lowered by a thousandth."""


class Network:
    """⟨v, tanh(W_1 x)⟩ with data at which it interpolates; W_1 of shape (m, d), x of shape (n, d)."""

    def __init__(self, generator, dimension, samples):
        self.first = generator.normal(size=(3, dimension)) * np.exp(generator.normal())
        self.second = generator.normal(size=3) * np.exp(generator.normal())
        self.x = generator.normal(size=(samples, dimension)) + np.sign(generator.normal(size=(samples, 1)))

    def value(self, x):
        return np.tanh(x @ self.first.T) @ self.second

    def input_gradients(self, x):
        return (self.second / np.cosh(x @ self.first.T) ** 2) @ self.first

    def parameter_gradients(self, x, first=None):
        """∇_W f at every x, shape (n, p), with another first layer (one for each x) if given."""
        pre = x @ self.first.T if first is None else np.einsum("nmd,nd->nm", first, x)
        inner = (self.second / np.cosh(pre) ** 2)[:, :, None] * x[:, None, :]
        return np.concatenate([inner.reshape(len(x), -1), np.tanh(pre)], axis=1)

    def moved_first(self, x, targets):
        """W̃_1 with W̃_1 x = W_1 x̃, the least move, one for each pair."""
        change = (targets - x) @ self.first.T
        return self.first + change[:, :, None] * (x / (x**2).sum(1, keepdims=True))[:, None, :]


def size(vectors, q):
    return (np.abs(vectors) ** q).sum(-1) ** (1 / q)


def constants(network, order, batch_size):
    """ω_k / min‖x_i‖ = Ω_k, Γ_k at the largest stable learning rate, and a_i."""
    gradients = network.parameter_gradients(network.x)
    learning_rate = 0.999 * learning_rate_threshold(gradients, batch_size, order).learning_rate
    parameters = gradients.shape[1]
    gamma = np.sqrt(2 / learning_rate) * (parameters * batch_size ** (order - 1)) ** (1 / (2 * order))
    omega = induced_norm(network.first.T, 2 * order).upper / size(network.x, 2 * order).min()
    return omega, gamma, gradients


def networks(generator, effort, dimension):
    """Networks with their order and batch size."""
    for index in range(60 * min(effort, 10)):
        samples = int(generator.integers(1, 5))
        yield Network(generator, dimension, samples), 1 + index % 2, int(generator.integers(1, samples + 1))


def observation(ratios, what):
    worst = float(np.max(ratios))
    counts, edges = np.histogram(ratios, bins=np.linspace(0, max(1.0, worst), 21))
    details = {
        "ratios": {"bins": [float(edge) for edge in edges], "counts": [int(count) for count in counts]}
    }
    outcome = "agrees" if worst <= 1 + ROUNDING else "disagrees"
    return Observation(outcome, f"largest ratio of {what} over {len(ratios)} cases: {worst:.4f}", details)


def proposition_2(xp, generator, effort):
    ratios = []
    for index in range(100 * effort):
        network = Network(generator, 1 + index % 3, 1)
        for order in (1, 2, 3):
            left = size(network.input_gradients(network.x), 2 * order)
            bound = induced_norm(network.first.T, 2 * order, starts=2).upper / size(network.x, 2 * order)
            ratios.append((left / (bound * size(network.parameter_gradients(network.x), 2 * order))).max())
    return observation(ratios, "(20)")


def theorem_3(xp, generator, effort):
    ratios = []
    for network, order, batch_size in networks(generator, effort, 2):
        omega, gamma, _ = constants(network, order, batch_size)
        left = (size(network.input_gradients(network.x), 2 * order) ** (2 * order)).mean() ** (
            1 / (2 * order)
        )
        ratios.append(left / (omega * gamma))
    return observation(ratios, "(22)")


def neighbourhood(network, order, radius):
    """Δ and C: points of all balls, and the largest growth of ‖∇_W f‖ under the moves of W_1 that they need."""
    delta = radius * size(network.x, 2).min() / np.linalg.norm(network.first, 2)
    steps = np.linspace(-1, 1, 401) * delta
    centres = np.repeat(network.x, len(steps), axis=0)
    points = centres + np.tile(steps, len(network.x))[:, None]
    moved = network.parameter_gradients(centres, network.moved_first(centres, points))
    growth = size(moved, 2 * order) / size(network.parameter_gradients(centres), 2 * order)
    return delta, points, float(growth.max())


def theorem_4(xp, generator, effort):
    """|f|_{1,2k} on the union of intervals by the trapezoid rule on each part where the number of covering balls is constant."""
    ratios = []
    for network, order, batch_size in networks(generator, effort, 1):
        omega, gamma, _ = constants(network, order, batch_size)
        delta, _, growth = neighbourhood(network, order, 0.3)
        centres = np.sort(network.x[:, 0])
        ends = np.unique(np.concatenate([centres - delta, centres + delta]))
        integral, volume, overlap = 0.0, 0.0, 0
        for low, high in pairwise(ends):
            covering = int((np.abs((low + high) / 2 - centres) < delta).sum())
            if covering:
                points = np.linspace(low, high, 401)
                integral += np.trapezoid(
                    np.abs(network.input_gradients(points[:, None])[:, 0]) ** (2 * order), points
                )
                volume, overlap = volume + high - low, max(overlap, covering)
        bound = (overlap * volume) ** (1 / (2 * order)) * growth * omega * gamma
        ratios.append(integral ** (1 / (2 * order)) / bound)
    return observation(ratios, "(24)")


def theorem_5(xp, generator, effort):
    ratios = []
    for network, order, batch_size in networks(generator, effort, 1):
        omega, gamma, _ = constants(network, order, batch_size)
        _, points, growth = neighbourhood(network, order, 0.3)
        largest = size(network.input_gradients(points), 2 * order).max()
        ratios.append(largest / (growth * omega * len(network.x) ** (1 / (2 * order)) * gamma))
    return observation(ratios, "(25)")


def theorem_6(xp, generator, effort):
    """μ uniform on an interval around the data, f* = f + a polynomial that vanishes at the data; the loss by the trapezoid rule."""
    ratios = []
    for network, order, batch_size in networks(generator, effort, 1):
        omega, gamma, _ = constants(network, order, batch_size)
        epsilon, _, growth = neighbourhood(network, order, 0.3)
        data = network.x[:, 0]
        x = np.linspace(data.min() - 2 * epsilon, data.max() + 2 * epsilon, 20001)
        bump = np.prod(x[:, None] - data, axis=1)
        scale = generator.uniform(0, 2) / np.abs(bump).max()
        model, target = network.value(x[:, None]), network.value(x[:, None]) + scale * bump
        slope = np.abs(np.gradient(target, x)).max()
        distance = np.abs(x[:, None] - data).min(axis=1)
        uncovered = (distance > epsilon).mean()
        largest = max(np.abs(model).max(), np.abs(target).max())
        steepest = growth * omega * len(data) ** (1 / (2 * order)) * gamma
        bound = epsilon**2 * (steepest + slope) ** 2 + 4 * largest**2 * uncovered
        ratios.append(((model - target) ** 2).mean() / bound)
    return observation(ratios, "(26)")


def theorem_7(xp, generator, effort):
    ratios = []
    for network, order, batch_size in networks(generator, effort, 1):
        omega, gamma, _ = constants(network, order, batch_size)
        delta, points, growth = neighbourhood(network, order, 0.3)
        change = np.abs(network.value(points) - np.repeat(network.value(network.x), 401))
        ratios.append(change.max() / (delta * growth * omega * len(network.x) ** (1 / (2 * order)) * gamma))
    return observation(ratios, "(27)")


def on_networks(run):
    """The experiment that looks at a bound on explicit networks."""
    return Experiment(
        "explicit networks",
        "tanh networks of 3 units with 1 to 4 data, at exact interpolation, k = 1, 2, every quantity computed: no ratio above 1 + 1e-9",
        run,
    )
