"""Simulated runs of GSmoothAdam for the limits of Theorems 4.1 and C.2.

In the plane f(x) = −cos x_1 − cos x_2 and f_k = f + s_k sin(2x_1+x_2), s_k = ±1, ±3: every f_k is smooth and has gradients of norm at
most 1 + 1 + 3·3, so all readings of the gradient hypothesis hold. Smoothing multiplies cos x_i by e^{−σ²/4} and sin(2x_1+x_2) by
e^{−5σ²/4}. Schedules: η_t = c t^{−p}, 1 − θ_t = (t+1)^{−q} with p + q > 1, and σ_t² = c² t^{1−2p}/(2p−1), so that
δ_{t+1} ≤ c² t^{−2p} = η_t²; β = 9/10.
"""

from theorycheck import Observation

STEPS, EARLY = 10_000, 200
SCHEDULES = {"slow": (0.6, 0.5, 0.5), "fast": (1.0, 0.5, 4.0), "forgetful": (0.9, 0.2, 1.0)}
"""p, q and c."""


def runs(xp, generator, count, p, q, c):
    """Yield t, η_t, σ_{t+1}² and the positions x_t of `count` runs, t = 1, 2, …"""
    x = xp.asarray(generator.uniform(-2, 2, (count, 2)))
    m, v = xp.zeros_like(x), xp.zeros_like(x)
    direction, weights = xp.asarray([2.0, 1.0]), xp.asarray([1.0, -1.0, 3.0, -3.0])
    beta, epsilon = 0.9, 0.01
    for t in range(1, STEPS + 1):
        eta, fresh, variance = c * t**-p, (t + 1.0) ** -q, c**2 * t ** (1 - 2 * p) / (2 * p - 1)
        noise = weights[xp.asarray(generator.integers(0, 4, count))] * xp.cos((x * direction).sum(axis=-1))
        noise = noise * xp.exp(xp.asarray(-1.25 * variance))
        g = xp.exp(xp.asarray(-variance / 4)) * xp.sin(x) + noise[:, None] * direction
        m = beta * m + (1 - beta) * g
        v = (1 - fresh) * v + fresh * g * g
        x = x - eta * m / xp.sqrt(v + epsilon)
        yield t, eta, c**2 * (t + 1.0) ** (1 - 2 * p) / (2 * p - 1), x


def simulated(schedule, *, rate):
    """The experiment for a schedule: the size of the gradients, or of min ‖G_t‖² Σ η_t."""

    def run(xp, generator, effort):
        count, total, smallest, early = 64 * effort, 0.0, None, None
        for t, eta, variance, x in runs(xp, generator, count, *SCHEDULES[schedule]):
            total += eta
            if not rate and t not in (EARLY, STEPS):
                continue
            squares = (xp.sin(x) ** 2).sum(axis=-1)
            if rate:
                squares = squares * xp.exp(xp.asarray(-variance / 2))
                smallest = squares if smallest is None else xp.minimum(smallest, squares)
            if t == EARLY:
                early = float(smallest.mean()) * total if rate else float(squares.mean())
        if rate:
            late = float(smallest.mean()) * total
            good = late < early / 3
            summary = f"mean of min ‖G‖² Σ η: {early:.2e} after {EARLY} steps, {late:.2e} after {STEPS}"
        else:
            late, largest = float(squares.mean()), float(squares.max())
            good = late < 0.02 and largest < 0.2 and late < early / 3
            summary = f"mean ‖∇f‖²: {early:.2e} after {EARLY} steps, {late:.2e} (at most {largest:.2e}) after {STEPS}"
        return Observation(
            "agrees" if good else "undecided", summary, {"runs": count, "early": early, "late": late}
        )

    return run
