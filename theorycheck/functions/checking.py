"""Whether a family is what it says: its gradients, smoothings and constants against measurements."""

from __future__ import annotations

from typing import Any

import numpy as np

from theorycheck.errors import ClaimError
from theorycheck.functions.best import raw_function
from theorycheck.functions.domains import FunctionDomain
from theorycheck.functions.protocol import Family
from theorycheck.spaces import Space
from theorycheck.spaces import dimension as dimensions

MEMBERS = 24
ROUNDING = 1e-10
"""Allowed error relative to the largest value met: some hundred roundings, and the cancellation of
differences.
"""
TRUNCATION = 6.5
"""Quadrature cuts N(0, 1/2) off here: the mass outside is below 1e-18."""


def check_family(family: Family, dimension: int = 1, seed: int = 0) -> None:
    """Compare what the members of `family` assert of themselves with what can be measured.

    Compared are: the smoothing at σ = 0 with f, gradients with differences, smoothings with quadrature,
    constants with sampled segments, continuity with bisection, and float64 values with ball arithmetic.
    Sampling exposes a constant that is too good to be true; one that is not the best possible goes
    unnoticed.

    Parameters
    ----------
    dimension : int
        1 or 2 (the quadrature is a grid); a family that has no members there is checked in its only
        dimension.
    seed : int
        Draws members and points.

    Raises
    ------
    ClaimError
        If something disagrees; the message names it, the two values and the member.
    """
    from theorycheck.streams import generator
    from theorycheck.terms.namespaces import numpy_namespace

    dimension = dimension if family.only_dimension is None else family.only_dimension
    if dimension not in (1, 2) or not family.allows(dimension):
        raise ClaimError(f"family {family.name}: check_family checks dimensions 1 and 2, not {dimension}")
    random = generator(seed, family.name, "check_family", dimension)
    space, stratum = _space(family, dimension)
    # the middle of the cube decodes to moderate numbers, whose differences rounding does not swamp
    cube = random.uniform(0.25, 0.75, size=(MEMBERS, space.width(stratum)))
    f = raw_function(space.decode(stratum, cube, numpy_namespace())["f"])  # with the valid constants too
    x = random.normal(size=(MEMBERS, dimension)) * 2
    _check_shapes(family, f, x)
    _check_zero_smoothing(family, f, x)
    _check_smoothing(family, f, x, random)
    _check_gradients(family, f, x, random)
    _check_constants(family, f, random)
    _check_flags(family, f, random)
    _check_balls(family, space, stratum, cube[:3], x[:3])


def _space(family: Family, dimension: int) -> tuple[Any, Any]:
    space = Space(d=dimensions(dimension), f=FunctionDomain((family,)))
    return space, space.strata()[0]


def _disagree(family: Family, wrong: Any, what: str, said: Any, measured: Any) -> None:
    """Raise if `wrong` (…, N) is anywhere True, with the two values there."""
    wrong = np.asarray(wrong)
    if wrong.any():
        where = tuple(np.argwhere(wrong)[0])
        given, found = (np.broadcast_to(value, wrong.shape)[where] for value in (said, measured))
        raise ClaimError(
            f"family {family.name}: {what} of member {where[-1]} is given as {given:.12g} "
            f"but measured as {found:.12g}"
        )


def _check_shapes(family: Family, f: Any, x: Any) -> None:
    sigma = np.ones(len(x))
    shapes = {
        "f(x)": (f(x), x.shape[:1]),
        "gradient(x)": (f.gradient(x), x.shape),
        "smoothed(x, sigma)": (f.smoothed(x, sigma), x.shape[:1]),
        "smoothed_gradient(x, sigma)": (f.smoothed_gradient(x, sigma), x.shape),
    }
    for name in ("smoothness", "strong_convexity", "lipschitz", "lower_bound", "continuous", "nonconstant"):
        shapes[name] = (getattr(f, name), x.shape[:1])
    for name, (value, shape) in shapes.items():
        if np.shape(value) != shape:
            raise ClaimError(f"family {family.name}: {name} has shape {np.shape(value)}, expected {shape}")
        if np.isnan(np.asarray(value, dtype=float)).any():
            raise ClaimError(f"family {family.name}: {name} is NaN for a member")


def _check_zero_smoothing(family: Family, f: Any, x: Any) -> None:
    values, zero = f(x), np.zeros(len(x))
    smoothed = f.smoothed(x, zero)
    bad = abs(smoothed - values) > ROUNDING * (1 + abs(values))
    _disagree(family, bad, "smoothed(x, 0)", smoothed, values)
    gradient, smoothed_gradient = f.gradient(x), f.smoothed_gradient(x, zero)
    bad = abs(smoothed_gradient - gradient) > ROUNDING * (1 + abs(gradient))
    _disagree(family, bad.any(axis=-1), "smoothed_gradient(x, 0)", smoothed_gradient[:, 0], gradient[:, 0])


def _check_smoothing(family: Family, f: Any, x: Any, random: np.random.Generator) -> None:
    """Randomly shifted trapezoid rules: unbiased for every f, so that their spread is an error bar."""
    dimension, shifts = x.shape[-1], 12
    nodes = 2000 if dimension == 1 else 80
    step = 2 * TRUNCATION / nodes
    for sigma in (0.25, 1.5):
        estimates, scale = [], np.zeros(len(x))
        lowest, highest = f(x), f(x)
        for _ in range(shifts):
            axes = [-TRUNCATION + step * (np.arange(nodes) + random.random()) for _ in range(dimension)]
            grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 1, dimension)
            weights = np.exp(-(grid * grid).sum(axis=-1)) * (step / np.sqrt(np.pi)) ** dimension
            values = f(x + sigma * grid)
            lowest, highest = np.minimum(lowest, values.min(axis=0)), np.maximum(highest, values.max(axis=0))
            scale = np.maximum(scale, abs(values * weights).sum(axis=0))
            estimates.append((values * weights).sum(axis=0))
        mean = np.mean(estimates, axis=0)
        # eight standard errors of twelve shifts, and rounding; a jump may fall on the same node
        # in all of them
        missed = np.where(f.continuous, 0, 2 * step * (highest - lowest))
        error = missed + 8 * np.std(estimates, axis=0, ddof=1) / np.sqrt(shifts) + ROUNDING * (1 + scale)
        smoothed = f.smoothed(x, np.full(len(x), sigma))
        _disagree(family, abs(smoothed - mean) > error, f"smoothed(x, {sigma})", smoothed, mean)


def _check_gradients(family: Family, f: Any, x: Any, random: np.random.Generator) -> None:
    """The mean of the gradient over a short segment is the difference of the values at its ends."""
    step = 1e-2
    direction = random.normal(size=x.shape)
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    nodes, weights = np.polynomial.legendre.leggauss(60)
    points = x + step * nodes[:, None, None] * direction
    sigma = np.full(len(x), 0.7)
    ends = (x + step * direction, x - step * direction)
    smooth = (f.smoothed(ends[0], sigma) - f.smoothed(ends[1], sigma)) / (2 * step)
    plain = (f(ends[0]) - f(ends[1])) / (2 * step)
    slopes = (f.gradient(points) * direction).sum(axis=-1)
    smooth_slopes = (f.smoothed_gradient(points, sigma) * direction).sum(axis=-1)
    for what, difference, along, applies in (
        ("smoothed_gradient(x, 0.7)", smooth, smooth_slopes, np.ones(len(x), dtype=bool)),
        ("gradient(x)", plain, slopes, f.continuous),
    ):
        mean = (along * weights[:, None]).sum(axis=0) / 2
        # a jump of the slope between two nodes costs at most a node's weight times that jump, a
        # kink of it less
        spread = along.max(axis=0) - along.min(axis=0)
        values = abs(f(x)) + abs(f.smoothed(x, sigma)) + abs(difference)
        error = np.where(f.differentiable, 2e-3, 0.06) * spread + ROUNDING * (1 + values) / step
        _disagree(family, applies & (abs(difference - mean) > error), what, mean, difference)


def _check_constants(family: Family, f: Any, random: np.random.Generator) -> None:
    shape = (400, MEMBERS, f.dimension)
    x = random.normal(size=shape) * 4.0 ** random.integers(-2, 3, size=(400, 1, 1))
    y = x + random.normal(size=shape) * 4.0 ** random.integers(-3, 3, size=(400, 1, 1))
    t = random.random((400, 1))
    at_x, at_y, between = f(x), f(y), f(t[..., None] * x + (1 - t[..., None]) * y)
    square = ((x - y) ** 2).sum(axis=-1)
    slack = ROUNDING * (1 + abs(at_x) + abs(at_y) + abs(between))
    gamma = np.where(np.isfinite(f.strong_convexity), f.strong_convexity, 0.0)
    chord = t * at_x + (1 - t) * at_y
    bad = np.isfinite(f.strong_convexity) & (
        between > chord - gamma * t * (1 - t) / 2 * square + slack + ROUNDING * abs(gamma) * square
    )
    sampled = 2 * (chord - between) / (t * (1 - t) * square)
    _disagree(family, bad, "strong_convexity", f.strong_convexity, sampled)
    with np.errstate(invalid="ignore"):
        remainder = abs(at_y - at_x - (f.gradient(x) * (y - x)).sum(axis=-1))
        large = f.smoothness / 2 * square
    slack = slack + ROUNDING * abs(f.gradient(x) * (y - x)).sum(axis=-1)
    _disagree(family, remainder > large + slack, "smoothness", f.smoothness, 2 * remainder / square)
    bad = abs(at_x - at_y) > f.lipschitz * np.sqrt(square) * (1 + ROUNDING) + slack
    _disagree(family, bad, "lipschitz", f.lipschitz, abs(at_x - at_y) / np.sqrt(square))
    _disagree(family, at_x < f.lower_bound - slack, "lower_bound", f.lower_bound, at_x)
    if not hasattr(f, "samples"):  # whose mean may be constant or not
        moved = ~f.nonconstant & (abs(at_x - at_y) > slack)
        _disagree(family, moved, "nonconstant", f.nonconstant, at_x - at_y)


def _check_flags(family: Family, f: Any, random: np.random.Generator) -> None:
    """Bisection towards the larger difference: at a continuity point of every kind it vanishes, at a jump
    it stays.
    """
    low = random.normal(size=(40, MEMBERS, f.dimension)) * 3
    high = low + random.normal(size=low.shape)
    at_low, at_high = f(low), f(high)
    first = abs(at_high - at_low)
    scale = 1 + abs(at_low) + abs(at_high)
    for _ in range(45):
        middle = (low + high) / 2
        at_middle = f(middle)
        right = abs(at_high - at_middle) > abs(at_middle - at_low)
        low, at_low = np.where(right[..., None], middle, low), np.where(right, at_middle, at_low)
        high, at_high = np.where(right[..., None], high, middle), np.where(right, at_high, at_middle)
    jump = abs(at_high - at_low)
    # a jump of f keeps a fair part of the first difference; a continuous f of this size is below 1e-6 of it
    bad = np.asarray(f.continuous) & (jump > 1e-3 * first) & (jump > 1e-6 * scale)
    _disagree(family, bad, "the jump", 0.0, jump)


def _check_balls(family: Family, space: Any, stratum: Any, cube: Any, x: Any) -> None:
    from theorycheck.terms.balls import ball_array, precision
    from theorycheck.terms.namespaces import ball_namespace, numpy_namespace

    balls, floats = ball_namespace(), numpy_namespace()
    for row, point in zip(cube, x, strict=True):
        instance = space.instance(stratum, row)
        with precision(200):
            exact, rounded = space.lift(instance, balls)["f"], space.lift(instance, floats)["f"]
            for what in ("f(x)", "smoothed(x, 0.5)"):
                if what == "f(x)":
                    enclosed, value = exact(ball_array([list(point)]))[0], rounded(point[None])[0]
                else:
                    half = ball_array([0.5])
                    enclosed = exact.smoothed(ball_array([list(point)]), half)[0]
                    value = rounded.smoothed(point[None], np.array([0.5]))[0]
                bad = abs(enclosed.midpoint - value) > ROUNDING * 100 * (1 + abs(value))
                _disagree(family, np.array([bad]), f"{what} in float64", value, enclosed.midpoint)
