"""Convex functions whose gradient is piecewise linear with several slopes.

    f(x) = constant + Σ_i [ ½ λ_i y_i² + b_i y_i + a_i g(ω_i y_i + c_i) ],   y = H x,   λ, a ≥ 0

where g'' takes the levels u_0, …, u_m of [0, 1] on the bands that are cut off at 0 and at the following gaps. A gradient
that is steep, flat and steep again is where momentum methods, tuned on quadratics, go wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theorycheck.functions.extrema import greater, largest, or_infinite, smallest
from theorycheck.functions.kinked_profiles import ReluSquared
from theorycheck.functions.profiles import Profile
from theorycheck.functions.separable import ConvexSeparable


class Slopes(Profile):
    """g(t) = ½ u_0 t² + ½ Σ_j (u_j − u_{j−1}) max(t − t_j, 0)², with cuts t_1 = 0 < t_2 < … of each batch member."""

    def __init__(self, xp: Any, levels: Any, gaps: Any) -> None:
        self.levels = [levels[:, j : j + 1] for j in range(levels.shape[-1])]
        self.cuts = [xp.zeros_like(self.levels[0])]
        for j in range(gaps.shape[-1]):
            self.cuts.append(self.cuts[-1] + gaps[:, j : j + 1])
        self.jumps = [
            (after - before) / 2 for before, after in zip(self.levels[:-1], self.levels[1:], strict=True)
        ]

    @property
    def pieces(self) -> Any:
        """One a band, as of every profile, with a number for each member of the batch."""
        p0 = p1 = 0 * self.levels[0]
        p2 = self.levels[0] / 2
        found = [(None, self.cuts[0], (p0, p1, p2))]
        ends = [*self.cuts[1:], None]
        for jump, cut, end in zip(self.jumps, self.cuts, ends, strict=True):
            p0, p1, p2 = p0 + jump * cut * cut, p1 - 2 * jump * cut, p2 + jump
            found.append((cut, end, (p0, p1, p2)))
        return tuple(found)

    def rise(self) -> Any:
        """How much the slope rises between the first cut and the last."""
        total = 0 * self.levels[0]
        for level, low, high in zip(self.levels[1:-1], self.cuts[:-1], self.cuts[1:], strict=True):
            total = total + level * (high - low)
        return total

    def _sum(self, first: Any, term: Any) -> Any:
        total = self.levels[0] * first
        for jump, cut in zip(self.jumps, self.cuts, strict=True):
            total = total + jump * term(cut)
        return total

    def value(self, xp: Any, t: Any) -> Any:
        return self._sum(t * t / 2, lambda cut: ReluSquared().value(xp, t - cut))

    def derivative(self, xp: Any, t: Any) -> Any:
        return self._sum(t, lambda cut: ReluSquared().derivative(xp, t - cut))

    def positively_smoothed(self, xp: Any, t: Any, s: Any) -> Any:
        first = (t * t + s * s / 2) / 2
        return self._sum(first, lambda cut: ReluSquared().positively_smoothed(xp, t - cut, s))

    def positively_smoothed_derivative(self, xp: Any, t: Any, s: Any) -> Any:
        return self._sum(t, lambda cut: ReluSquared().positively_smoothed_derivative(xp, t - cut, s))


class ConvexSlopes(ConvexSeparable):
    """The functions above; `parameters` holds, beside those of `ConvexSeparable`, levels (N, m+1) in [0, 1] and positive
    gaps (N, m−1).
    """

    def __init__(self, xp: Any, dimension: int, parameters: Mapping[str, Any]) -> None:
        given = {**parameters, "quadratic": parameters["excess"], "amplitude": abs(parameters["amplitude"])}
        self.slopes = self.profile = Slopes(xp, parameters["levels"], parameters["gaps"])
        super(ConvexSeparable, self).__init__(xp, dimension, given)
        self.parameters = parameters

    def curvature_from(self, quadratic: Any) -> Any:
        levels = self.xp.concatenate(self.slopes.levels, axis=-1)
        lowest = smallest(self.xp, levels)[:, None]
        highest = largest(self.xp, levels)[:, None]
        self.curvature_low = quadratic + self.curvature_factor * lowest
        self.curvature_high = quadratic + self.curvature_factor * highest
        never = self.xp.zeros_like(self.curvature_low) != 0
        self.curvature_falls, self.curvature_rises = never, never
        return quadratic

    @property
    def curved(self) -> Any:
        some = self.slopes.levels[0] != 0
        for level in self.slopes.levels[1:]:
            some = some | (level != 0)
        return (self.amplitude != 0) & (self.frequency != 0) & some

    def _lipschitz(self) -> Any:
        """Finite where the gradient is constant outside of the cuts."""
        xp, profile = self.xp, self.slopes
        outer = (profile.levels[0] != 0) | (profile.levels[-1] != 0)
        infinite = ((self.quadratic != 0) | ((self.curvature_factor != 0) & outer)).any(axis=-1)
        last = self.linear + self.amplitude * self.frequency * profile.rise()
        steepest = greater(xp, abs(self.linear), abs(last))
        finite = xp.sqrt(self.spread(steepest * steepest).sum(axis=-1))
        return or_infinite(xp, infinite, xp.inf, finite)
