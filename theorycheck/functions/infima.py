"""Infima of quadratics on intervals and of polynomials, with −∞ carried as a flag."""

from __future__ import annotations

from typing import Any

import numpy as np

from theorycheck.functions.extrema import greater, lesser
from theorycheck.functions.minima import approximate_minimum

NEAR = 8.0
"""Bumps and double wells have their features within this distance of 0, however wide the interval is."""
MANY_WELLS = 16.0


def quadratic_infimum(xp: Any, coefficients: tuple[Any, Any, Any], start: Any, end: Any) -> tuple[Any, Any]:
    """Infimum of c_0 + c_1 y + c_2 y² over start ≤ y ≤ end, where c = `coefficients`.

    Parameters
    ----------
    start, end : array or None
        None stands for −∞ (start) or +∞ (end).

    Returns
    -------
    tuple of array
        The infimum where it is finite (anything finite elsewhere), and the boolean array of where it is −∞.
    """
    constant, linear, quadratic = coefficients
    upward = quadratic > 0
    flat = quadratic == 0
    safe = xp.where(upward, quadratic, xp.ones_like(quadratic))
    vertex = -linear / (2 * safe)
    unbounded = upward & ~upward
    if start is None or end is None:
        unbounded = ~(upward | flat)
    if end is None:
        unbounded = unbounded | (flat & (linear < 0))
    if start is None:
        unbounded = unbounded | (flat & (linear > 0))
    inner = vertex
    if end is not None:
        inner = lesser(xp, inner, end)
    if start is not None:
        inner = greater(xp, inner, start)
    if start is None and end is None:
        lowest = xp.where(upward, constant - linear * linear / (4 * safe), constant)
        return lowest, unbounded
    corner = start if start is not None else end
    at_inner = constant + inner * (linear + inner * quadratic)
    lowest = constant + corner * (linear + corner * quadratic)
    if start is not None and end is not None:
        lowest = lesser(xp, lowest, constant + end * (linear + end * quadratic))
    lowest = xp.where(upward, lesser(xp, lowest, at_inner), lowest)
    return lowest, unbounded


def ray_lower_bound(xp: Any, coefficients: Any, direction: int) -> tuple[Any, Any]:
    """A lower bound of a polynomial on the ray direction·y ≥ 0 (direction 1 or −1).

    `coefficients` has shape (…, n+1), lowest degree first. With c the last nonzero coefficient in the ray's
    own variable, of degree k: the infimum is −∞ when c < 0 and k ≥ 1, else with S = Σ_{j<k} |c_j| and R =
    max(1, S/c) the polynomial is nonnegative beyond R (every |c_j| y^j is at most |c_j| y^{k−1}) and at
    least −S R^{k−1} before.

    Returns
    -------
    tuple of array
        A valid lower bound (not the infimum, in general) and the boolean array of where it is −∞, which is
        exact.
    """
    bound = coefficients[..., 0]
    unbounded = xp.zeros_like(bound) > 0
    below = abs(coefficients[..., 0])
    for degree in range(1, coefficients.shape[-1]):
        leading = coefficients[..., degree] * direction**degree
        present = leading != 0
        rising = leading > 0
        ratio = below / xp.where(rising, leading, xp.ones_like(leading))
        radius = greater(xp, xp.ones_like(ratio), ratio)
        here = -below * radius ** (degree - 1)
        bound = xp.where(present, here, bound)
        unbounded = xp.where(present, ~rising, unbounded)
        below = below + abs(leading)
    return bound, unbounded


def horner(coefficients: Any, x: Any) -> Any:
    """Evaluate the polynomial with coefficients of shape (…, n+1), lowest degree first, at x of shape (…)."""
    result = coefficients[..., -1] + 0 * x
    for degree in range(coefficients.shape[-1] - 2, -1, -1):
        result = result * x + coefficients[..., degree]
    return result


def differentiated(xp: Any, coefficients: Any) -> Any:
    """Coefficients of the derivative, shape (…, max(n, 1))."""
    degree = coefficients.shape[-1] - 1
    if degree == 0:
        return xp.zeros_like(coefficients)
    return xp.stack([k * coefficients[..., k] for k in range(1, degree + 1)], axis=-1)


def minimum_of_waves(
    xp: Any, h: Any, centre: Any, radius: Any, wanted: Any, bound: Any, oscillates: bool = False
) -> tuple[Any, Any]:
    """Minima of smooth functions on centre ± radius, entry by entry where `wanted`; elsewhere `bound`.

    Parameters
    ----------
    h : callable
        `h(index)` returns the functions of the entries at `index` (… for all) and their first two derivatives.
    wanted : boolean array
    bound : array
        Valid lower bounds.
    oscillates : bool
        Whether the functions have a well about every 2π, so that a grid may miss the deepest.

    Returns
    -------
    tuple of array
        The minima, and where they are found: not in exact numbers, nor where balls cannot enclose them, nor
        where floats would have to tell many wells apart.
    """
    if not np.any(wanted) or xp.name == "exact":
        return bound, xp.zeros_like(bound) != 0
    if xp.name != "balls":
        low, high = centre - radius, centre + radius
        near = 0 * low + NEAR
        wide = approximate_minimum(xp, h(...)[0], low, high)
        inner = approximate_minimum(
            xp, h(...)[0], xp.minimum(xp.maximum(low, -near), near), xp.minimum(xp.maximum(high, -near), near)
        )
        known = wanted & (radius <= MANY_WELLS) if oscillates else wanted
        return xp.where(known, xp.minimum(wide, inner), bound), known
    import theorycheck.functions.enclosed_minima as enclosed  # scripts quote this function but never see balls

    lowest, known = bound.copy(), np.zeros(bound.shape, dtype=bool)
    for index in np.argwhere(wanted):
        place = tuple(index)
        value, slope, bend = h(place)
        least = enclosed.enclosed_minimum(
            value, slope, bend, centre[place] - radius[place], centre[place] + radius[place]
        )
        if least is not None:
            lowest[place], known[place] = least, True
    return lowest, known


def polynomial_infimum(xp: Any, coefficients: Any, search: bool = True) -> tuple[Any, Any, Any]:
    """The infimum of a polynomial in one variable, or a lower bound where it cannot be found.

    `coefficients` has shape (…, n+1), lowest degree first.

    Returns
    -------
    tuple of array
        The infimum or bound where it is finite; where it is −∞ (exact in any degree); where the first is the
        infimum. In exact numbers, and without `search`, the infimum is known up to degree 2 only.
    """
    count = coefficients.shape[-1]
    right, falls_right = ray_lower_bound(xp, coefficients, 1)
    left, falls_left = ray_lower_bound(xp, coefficients, -1)
    bound, unbounded = lesser(xp, left, right), falls_left | falls_right
    zero = xp.zeros_like(coefficients[..., 0])
    low = [coefficients[..., k] if k < count else zero for k in range(3)]
    exact, below = quadratic_infimum(xp, (low[0], low[1], low[2]), None, None)
    is_low = zero == 0
    for degree in range(3, count):
        is_low = is_low & (coefficients[..., degree] == 0)
    bound, unbounded = xp.where(is_low, exact, bound), xp.where(is_low, below, unbounded)
    slopes = differentiated(xp, coefficients)

    def pieces(index: Any) -> Any:
        parts = (coefficients[index], slopes[index], differentiated(xp, slopes)[index])
        return tuple(lambda y, part=part: horner(part, y) for part in parts)

    wanted = ~is_low & ~unbounded
    if not search:
        return bound, unbounded, is_low | unbounded
    minimum, known = minimum_of_waves(xp, pieces, zero, root_bound(xp, slopes), wanted, bound)
    return minimum, unbounded, is_low | unbounded | known


def root_bound(xp: Any, coefficients: Any) -> Any:
    """Cauchy's bound 1 + max |c_j / c_n| of the real roots, with c_n the last coefficient that is not 0."""
    largest, result = abs(coefficients[..., 0]), xp.ones_like(coefficients[..., 0])
    for degree in range(1, coefficients.shape[-1]):
        leading = abs(coefficients[..., degree])
        present = leading != 0
        safe = xp.where(present, leading, xp.ones_like(leading))
        result = xp.where(present, 1 + largest / safe, result)
        largest = greater(xp, largest, leading)
    return result
