"""Infima of quadratics on intervals and of polynomials, with −∞ carried as a flag."""

from __future__ import annotations

from typing import Any

from theorycheck.functions.extrema import greater, lesser


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


def polynomial_infimum(xp: Any, coefficients: Any) -> tuple[Any, Any, Any]:
    """The infimum of a polynomial in one variable where its degree is at most 2, else a lower bound.

    `coefficients` has shape (…, n+1), lowest degree first.

    Returns
    -------
    tuple of array
        The bound where it is finite; where it is −∞ (exact in any degree); where the bound is the infimum.
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
    return xp.where(is_low, exact, bound), xp.where(is_low, below, unbounded), is_low | unbounded
