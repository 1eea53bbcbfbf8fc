"""Basins of attraction of GSmoothSGD: Definition B.1 of Starnes and Webster (arXiv 2311.00531).

A start x belongs to the basin B(σ) if *one* schedule σ_t ≥ σ, σ_t → σ, takes the runs of *all* realisations (k_t),

    x_t = x_{t−1} − η ∇f_{k_t, σ_{t+1}}(x_{t−1}),    x_0 = x,

to the minimiser of f_σ. Schedules are written here without σ_1, which no step uses: the first number is the scale of
the first step. f_σ(x) = E f(x + σu) with u ~ N(0, I/2).

`check_basin` certifies whole intervals of starts on the line, for all realisations and infinitely many steps, in balls.
`enumerate_basin` runs all realisations of finitely many steps in any dimension, for several schedules at once, and
`adversarial_run` one realisation of many steps that keeps away from the minimiser.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from theorycheck.errors import ClaimError, UndecidedError
from theorycheck.terms.namespaces import ball_namespace

Formula = Callable[[Any, Any, Any], Any]
"""`formula(xp, x, sigma)`: f_{k,σ}' or f_{k,σ}'' at an array x, with `xp.` functions and arithmetic only."""

Intervals = list[tuple[float, float]]

ESCAPED = 1e9
LARGEST_TRAP, SMALLEST_TRAP = 2.0**20, 2.0**-40


@dataclass(frozen=True)
class BasinCheck:
    """What `check_basin` found about an interval of starts and one schedule.

    Attributes
    ----------
    outcome : {"inside", "outside", "undecided"}
        "inside": from every start, every realisation converges to the minimiser, so the starts lie in B(σ).
        "outside": from every start, the runs of one constant realisation stay away from the minimiser with this schedule.
    reason : str
    steps : int
        How many steps were followed.
    trap : float
        Radius around the minimiser inside which every step of every sample contracts; 0 where none was certified.
    rate : float
        The factor by which it contracts.
    """

    outcome: str
    reason: str
    steps: int
    trap: float
    rate: float


@dataclass(frozen=True)
class _Steps:
    """The maps x ↦ x − η f_{k,σ}'(x) on intervals."""

    gradients: tuple[Formula, ...]
    second_derivatives: tuple[Formula, ...]
    learning_rate: Any

    def images(self, intervals: Intervals, sigma: Any, samples: Sequence[int]) -> Intervals:
        """Enclose the images under the samples; by the mean value form, which is tight for short intervals."""
        xp = ball_namespace()
        eta, scale = xp.number(self.learning_rate), xp.number(sigma)
        boxes, middles = _boxes(intervals), xp.asarray([(low + high) / 2 for low, high in intervals])
        found: Intervals = []
        for k in samples:
            slope = 1 - eta * self.second_derivatives[k](xp, boxes, scale)
            moved = middles - eta * self.gradients[k](xp, middles, scale) + slope * (boxes - middles)
            found += [(ball.lower, ball.upper) for ball in moved]
        return found

    def rate(self, low: float, high: float, sigma: Any) -> float:
        """The largest |1 − η f_{k,σ}''| over [low, high] and all samples, rounded up."""
        xp = ball_namespace()
        eta, scale, boxes = xp.number(self.learning_rate), xp.number(sigma), _boxes(_split([(low, high)], 32))
        slopes = [abs(1 - eta * second(xp, boxes, scale)) for second in self.second_derivatives]
        return float(max(ball.upper for slope in slopes for ball in slope))

    def rests_in(self, low: Any, high: Any, sigma: Any) -> bool:
        """Whether all gradients certainly vanish at one point of [low, high].

        For low = high the gradients have to be exactly 0 there. Otherwise a change of sign locates a zero, but says nothing
        of a common one, so that serves one sample only.
        """
        xp = ball_namespace()
        ends = xp.asarray([xp.number(low), xp.number(high)])
        try:
            values = [gradient(xp, ends, xp.number(sigma)) for gradient in self.gradients]
            if low == high:
                return all(bool((value == 0).all()) for value in values)
            return len(values) == 1 and bool(values[0][0] < 0) and bool(values[0][1] > 0)
        except UndecidedError:
            return False


def check_basin(
    gradients: Sequence[Formula],
    second_derivatives: Sequence[Formula],
    starts: tuple[float, float],
    minimiser: Any | tuple[Any, Any],
    schedule: Sequence[Any],
    sigma: Any,
    learning_rate: Any,
    *,
    pieces: int = 128,
    steps: int = 200,
) -> BasinCheck:
    """Certify that an interval of starts lies in the basin B(σ), or that it does not by this schedule.

    The set of all points that any realisation can have reached is followed in interval arithmetic, until it lies in a
    neighbourhood of the minimiser in which all steps contract.

    Parameters
    ----------
    gradients, second_derivatives : sequence of callable
        f_{k,σ}' and f_{k,σ}'' for k = 1, …, K, as `formula(xp, x, sigma)`.
    starts : (float, float)
        The closed interval of starts.
    minimiser : exact number, or a pair of them
        x*_σ, where the gradients of all samples f_{k,σ} have to vanish, or no constant realisation converges to it. For
        one sample also (low, high): the gradient is negative at low and positive at high, and x*_σ is its zero there.
        That x*_σ minimises f_σ is not checked.
    schedule : sequence of exact numbers
        The scales of the first steps, each at least σ; every later step has σ itself.
    sigma : exact number
        σ ≥ 0.
    learning_rate : exact number
        η > 0.
    pieces : int
        Into how many pieces the set is cut.
    steps : int
        How many steps with σ to follow.

    Raises
    ------
    ClaimError
        If a scale lies below σ or is negative, η is not positive, the interval is empty, or the numbers of formulas differ.
    """
    _require(gradients, second_derivatives, starts, schedule, sigma, learning_rate)
    maps = _Steps(tuple(gradients), tuple(second_derivatives), learning_rate)
    low, high = minimiser if isinstance(minimiser, tuple) else (minimiser, minimiser)
    if not maps.rests_in(low, high, sigma):
        return BasinCheck("undecided", "the gradients are not certainly 0 at the minimiser", 0, 0.0, 1.0)
    place = _outwards(low, high)
    trap, rate = _trap(maps, place, sigma)
    everything = range(len(maps.gradients))
    reached = _split([(float(starts[0]), float(starts[1]))], pieces)
    for number, scale in enumerate((*schedule, *(sigma,) * steps)):
        if number >= len(schedule) and trap and _within(reached, place, trap):
            reason = (
                f"all realisations are within {trap:.3g} of the minimiser, where steps contract by {rate:.6g}"
            )
            return BasinCheck("inside", reason, number, trap, rate)
        if not _bounded(reached):
            break
        reached = _split(maps.images(reached, scale, everything), pieces)
    for k in everything:
        away = _stays_away(maps, k, starts, place, schedule, sigma, pieces, steps)
        if away:
            reason = f"with k_t = {k + 1} for all t the runs end up in [{away[0]:.6g}, {away[1]:.6g}], which no step leaves"
            return BasinCheck("outside", reason, len(schedule) + steps, trap, rate)
    reason = (
        "no neighbourhood of the minimiser contracts" if not trap else "the enclosures did not reach the trap"
    )
    return BasinCheck("undecided", reason, len(schedule) + steps, trap, rate)


def _require(
    gradients: Sequence[Formula],
    second_derivatives: Sequence[Formula],
    starts: tuple[float, float],
    schedule: Sequence[Any],
    sigma: Any,
    learning_rate: Any,
) -> None:
    if not gradients or len(gradients) != len(second_derivatives):
        raise ClaimError(
            f"check_basin: {len(gradients)} gradients and {len(second_derivatives)} second derivatives; give one of each a sample"
        )
    if not starts[0] <= starts[1]:
        raise ClaimError(
            f"check_basin: the interval of starts [{starts[0]}, {starts[1]}] is empty; give low <= high"
        )
    if not sigma >= 0:
        raise ClaimError(f"check_basin: sigma = {sigma} is negative; give a scale σ ≥ 0")
    if not learning_rate > 0:
        raise ClaimError(f"check_basin: the learning rate {learning_rate} is not positive")
    below = [scale for scale in schedule if not scale >= sigma]
    if below:
        raise ClaimError(
            f"check_basin: the schedule has {below[0]} < sigma = {sigma}; B(σ) admits σ_t ≥ σ only"
        )


def _outwards(low: Any, high: Any) -> tuple[float, float]:
    """Floats around the numbers."""
    from theorycheck.terms.balls import Ball

    return Ball(low).lower, Ball(high).upper


def _trap(maps: _Steps, place: tuple[float, float], sigma: Any) -> tuple[float, float]:
    """The largest certified power of two r such that all steps contract within r, and the factor; (0, 1) if none is.

    A point within r of the place is within r plus its width of the minimiser, and no step takes it farther away.
    """
    radius = LARGEST_TRAP
    while radius > SMALLEST_TRAP:
        margin = 2 * (radius + place[1] - place[0])
        rate = maps.rate(place[0] - margin, place[1] + margin, sigma)
        if rate < 1:
            return radius, rate
        radius /= 2
    return 0.0, 1.0


def _within(intervals: Intervals, place: tuple[float, float], radius: float) -> bool:
    return all(place[0] - radius <= low and high <= place[1] + radius for low, high in intervals)


def _bounded(intervals: Intervals) -> bool:
    return all(low > -ESCAPED and high < ESCAPED for low, high in intervals)


def _stays_away(
    maps: _Steps,
    k: int,
    starts: tuple[float, float],
    place: tuple[float, float],
    schedule: Sequence[Any],
    sigma: Any,
    pieces: int,
    steps: int,
) -> tuple[float, float] | None:
    """An interval without the minimiser that the constant realisation enters from all starts and never leaves."""
    hull = (float(starts[0]), float(starts[1]))
    for number, scale in enumerate((*schedule, *(sigma,) * steps)):
        image = _hull(maps.images(_split([hull], pieces), scale, (k,)))
        if not _bounded([image]):
            return None
        invariant = number >= len(schedule) and hull[0] <= image[0] and image[1] <= hull[1]
        if invariant and (hull[1] < place[0] or place[1] < hull[0]):
            return hull
        hull = image
    return None


def _boxes(intervals: Intervals) -> Any:
    import numpy as np

    from theorycheck.terms.balls import interval

    boxes = np.empty(len(intervals), dtype=object)
    for number, (low, high) in enumerate(intervals):
        boxes[number] = interval(low, high)
    return boxes


def _hull(intervals: Intervals) -> tuple[float, float]:
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def _split(intervals: Intervals, pieces: int) -> Intervals:
    """The union of intervals, cut into at most about `pieces` of them, none longer than the total length / pieces."""
    merged: Intervals = []
    for low, high in sorted(intervals):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    longest = sum(high - low for low, high in merged) / pieces
    cut: Intervals = []
    for low, high in merged:
        count = 1 if longest <= 0 else max(1, round((high - low) / longest))
        edges = [low + (high - low) * number / count for number in range(count)] + [high]
        cut += list(itertools.pairwise(edges))
    return cut


# ---- finitely many steps, any dimension --------------------------------------------------------------------------------


@dataclass(frozen=True)
class BasinTable:
    """Distances to the minimiser after the last step.

    Attributes
    ----------
    distances : array (schedules, realisations, starts)
        ‖x_T − x*_σ‖ for every schedule, every realisation k_1, …, k_T and every start.
    """

    distances: Any

    def inside(self, radius: float) -> Any:
        """Boolean array (starts,): *one* schedule takes *every* realisation to within `radius`, as B(σ) asks."""
        return (self.distances <= radius).all(axis=1).any(axis=0)

    def inside_for_each_realisation(self, radius: float) -> Any:
        """Boolean array (starts,): for *every* realisation *some* schedule does; the larger set, with the order exchanged."""
        return (self.distances <= radius).any(axis=0).all(axis=0)


def enumerate_basin(
    xp: Any,
    samples: Sequence[Any],
    starts: Any,
    minimiser: Any,
    schedules: Sequence[Sequence[Any]],
    learning_rate: Any,
) -> BasinTable:
    """Run all K^T realisations of T steps from all starts, for several schedules.

    Parameters
    ----------
    xp : namespace
    samples : sequence of Function
        f_1, …, f_K, as in `theorycheck.functions` (`f.samples` of a finite sum, or `(f,)`).
    starts : array (N, d)
    minimiser : array (d,) or (N, d)
        x*_σ.
    schedules : sequence of sequences
        The scales of the T steps, σ_2, …, σ_{T+1} of Definition B.1; all of one length.
    learning_rate : number or array (N,)

    Raises
    ------
    ClaimError
        If there are no schedules, their lengths differ, a scale is negative or the learning rate is not positive.
    BudgetError
        If there are too many realisations.
    """
    from theorycheck.lab.optimizers import expand, gsmooth_sgd, sequence, start_sgd

    lengths = {len(schedule) for schedule in schedules}
    if len(lengths) != 1:
        raise ClaimError(
            f"enumerate_basin: schedules of {sorted(lengths)} steps; give schedules of one length"
        )
    (steps,) = lengths
    tables = []
    for schedule in schedules:
        step = gsmooth_sgd(xp, samples, learning_rate, sequence(schedule))
        for state in expand(xp, step, start_sgd(starts), len(samples), steps):
            last = state.x
        tables.append(xp.norm(last - minimiser))
    return BasinTable(xp.stack(tables))


@dataclass(frozen=True)
class AdversarialRun:
    """The realisations that `adversarial_run` chose.

    Attributes
    ----------
    indices : array (T, starts)
        k_t − 1 for every step and start.
    distances : array (starts,)
        ‖x_T − x*_σ‖.
    """

    indices: Any
    distances: Any


def adversarial_run(
    xp: Any, samples: Sequence[Any], starts: Any, minimiser: Any, schedule: Sequence[Any], learning_rate: Any
) -> AdversarialRun:
    """Choose k_t at every step so that x_t is as far from the minimiser as one step allows; any number of steps.

    A run that stays away shows that the start is not in the basin by this schedule, as far as a finite run can show that. A
    run that comes near shows nothing about other realisations.

    Parameters
    ----------
    xp, samples, starts, minimiser, learning_rate
        As in `enumerate_basin`.
    schedule : sequence
        The scales of the T steps.

    Raises
    ------
    ClaimError
        If there are no samples, a scale is negative or the learning rate is not positive.
    """
    from theorycheck.lab.optimizers import gsmooth_sgd, sequence, start_sgd

    if not samples:
        raise ClaimError("adversarial_run: there are no samples; give at least one function")
    step = gsmooth_sgd(xp, samples, learning_rate, sequence(schedule))
    x, chosen = starts, []
    for t in range(1, len(schedule) + 1):
        reached = xp.stack([step(t, k, start_sgd(x)).x for k in range(len(samples))])
        farthest = xp.argmax(xp.norm(reached - minimiser), axis=0)
        x = xp.take_along_axis(reached, farthest[None, :, None], axis=0)[0]
        chosen.append(farthest)
    return AdversarialRun(xp.stack(chosen) if chosen else xp.zeros((0, len(starts))), xp.norm(x - minimiser))
