r"""The largest learning rates at which a minimum is linearly stable.

Order k is stable (ma2021, Definition 5 with ‖E w^{⊗k}‖_F) exactly if ρ(T^k) ≤ 1 on Sym^k(R^p). Two facts bound the search for
every k, with λ_1 the largest eigenvalue of H:

- η max_i λ_max(H_i) ≤ 2 is enough: then every ‖A_I‖ ≤ 1;
- η λ_1 ≤ 2 is needed: with s = (η/B) Σ_{i∈I} e·H_i e for the top eigenvector e of H, ⟨e^{⊗k}, T^k e^{⊗k}⟩ = E(1−s)^k and
  E s = ηλ_1. For even k this is at least (1−ηλ_1)^k, which exceeds 1 if ηλ_1 > 2; for odd k the line −1−k(s−2) lies above
  (1−s)^k for all s ≥ 0, so it is at most −1−k(ηλ_1−2) < −1.

So order 1 (gradient descent's 2/λ_1) is necessary for every order and batch size.

For even k the stable learning rates are an interval. T^k maps the cone of moment tensors M = E v^{⊗k} into itself, so its
largest eigenvalue is its radius and is attained in that cone, where ⟨M, T^k M⟩ = E (v·A_I v')^k (v, v' independent) is convex
in η: the radius is a maximum of convex functions, 1 at η = 0. For odd k nothing of this holds: the range between the two bounds
is scanned.

Directions that no gradient sees (p > r) change nothing for even k. For odd k they do: on w = (row part, flat part) the tensor
w^{⊗k} contains T^j-moments of every order j ≤ k, so order k = 3 is then stable only if order 2 is as well.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.lab.stability.combinatorics import sampling_factor
from theorycheck.lab.stability.fitting import MAX_TABLE
from theorycheck.lab.stability.gradients import GradientSet, gradient_set, require_batch, require_order
from theorycheck.lab.stability.operators import moment_operator
from theorycheck.lab.stability.packing import Array, array_module, packed_size
from theorycheck.lab.stability.spectra import LAPACK_SIZE, extremes, largest_eigenvalue

ROUNDING = 1e-14
"""What an eigenvalue near 1 may be too large by; it moves a threshold by as little, relatively."""


@dataclass(frozen=True)
class Threshold:
    """Where stability ends.

    Attributes
    ----------
    order, batch_size : int
        k, B.
    learning_rate : float
        η*: stable for every 0 ≤ η ≤ η* (for odd k: at every η of the scan up to the first crossing), unstable just above.
        Infinite if all gradients vanish.
    stable : tuple of (float, float)
        All intervals of stable learning rates; more than one only for odd k.
    method : str
        "curvature" (k = 1 or B = n), "secular" (k = 2), "lanczos" (k = 2, large), "pencil" (k = 2, Jacobians), "convex"
        (even k), "scan" (odd k).
    """

    order: int
    batch_size: int
    learning_rate: float
    stable: tuple[tuple[float, float], ...]
    method: str


def gradient_descent_threshold(a: Any) -> float:
    """Return 2/λ_max(H), the largest stable learning rate of gradient descent; infinite if H = 0."""
    gradients = gradient_set(a)
    return 2 / float(gradients.eigenvalues[0]) if gradients.rank else math.inf


def sufficient_threshold(a: Any) -> float:
    """Return 2/max_i λ_max(H_i): up to there every order is stable, for every batch size and reading."""
    gradients = gradient_set(a)
    if gradients.rank == 0:
        return math.inf
    xp, c = array_module(gradients.eigenvalues), gradients.coordinates
    if gradients.outputs == 1:
        return 2 / float((c[:, 0, :] ** 2).sum(axis=-1).max())
    return 2 / float(xp.linalg.eigvalsh(c @ c.transpose(0, 2, 1)).max())


def condition_13_threshold(a: Any, batch_size: int) -> float:
    """Return the largest η with λ_max{(Id − ηH)² + η² p_B Σ} ≤ 1, the cited sufficient condition (13) for order 2.

    The matrix is Id − 2ηH + η²[(1−p_B)H² + (p_B/n) Σ_i H_i²], so η = 2/λ_max(H^{-1/2}[…]H^{-1/2}) on the row space.
    """
    gradients = gradient_set(a)
    batch_size = require_batch(batch_size, gradients.samples)
    if gradients.rank == 0:
        return math.inf
    xp, p_b = array_module(gradients.eigenvalues), float(sampling_factor(gradients.samples, batch_size))
    c = gradients.coordinates
    inner = c @ c.transpose(0, 2, 1)  # (n, m, m); Σ H_i² = Σ C_iᵀ (C_i C_iᵀ) C_i
    squares = xp.tensordot(c, inner @ c, axes=([0, 1], [0, 1])) / gradients.samples
    values = gradients.eigenvalues
    matrix = (1 - p_b) * xp.diag(values**2) + p_b * squares
    root = 1 / xp.sqrt(values)
    return 2 / float(xp.linalg.eigvalsh(root[:, None] * matrix * root)[-1])


def learning_rate_threshold(a: Any, batch_size: int, order: int = 2, *, scan: int | None = None) -> Threshold:
    """Return the largest stable learning rate η*_k(B), in float64.

    Parameters
    ----------
    a : GradientSet or gradients, see `gradient_set`
    batch_size : int
        B.
    order : int
        k, from 1 to 6.
    scan : int, optional
        Number of learning rates of the scan for odd k ≥ 3; an interval of instability narrower than its spacing can be missed.
        200 where LAPACK finds the spectrum (N ≤ 400), else 40.

    Raises
    ------
    ClaimError, BudgetError
        As `moment_operator`.

    Examples
    --------
    One parameter, gradients 1 and 2, batches of 1: E(1 − ηa²)² = 1 − 5η + 17η²/2, so η* = 10/17.

    >>> round(learning_rate_threshold([[1.0], [2.0]], 1).learning_rate * 17, 9)
    10.0
    """
    gradients = gradient_set(a)
    order, batch_size = require_order(order), require_batch(batch_size, gradients.samples)
    descent = gradient_descent_threshold(gradients)
    if gradients.rank == 0 or order == 1 or batch_size == gradients.samples:
        return Threshold(order, batch_size, descent, ((0.0, descent),), "curvature")
    if order == 2:
        value, method = _second_order(gradients, batch_size)
        value = min(value, descent)
        return Threshold(2, batch_size, value, ((0.0, value),), method)
    low, high = min(sufficient_threshold(gradients), descent), descent
    excess = _excess(gradients, batch_size, order)
    if order % 2 == 0:
        value = _last_nonpositive(excess, low, high)
        return Threshold(order, batch_size, value, ((0.0, value),), "convex")
    if scan is None:
        scan = 200 if packed_size(gradients.rank, order) <= LAPACK_SIZE else 40
    intervals = _scan(excess, low, high, scan)
    if gradients.flat:
        even = learning_rate_threshold(gradients, batch_size, order - 1).learning_rate
        intervals = [(left, min(right, even)) for left, right in intervals if left <= even]
    return Threshold(order, batch_size, intervals[0][1], tuple(intervals), "scan")


def _second_order(gradients: GradientSet, batch_size: int) -> tuple[float, str]:
    if gradients.outputs > 1:
        return _pencil(gradients, batch_size), "pencil"
    if gradients.samples * gradients.rank**2 > MAX_TABLE:
        return _lanczos_pencil(gradients, batch_size), "lanczos"
    return _secular(gradients, batch_size), "secular"


def _secular(gradients: GradientSet, batch_size: int) -> float:
    r"""η* = 2/μ with μ the largest eigenvalue of C⁻¹D, T² = Id − 2ηC + η²D (ma2021, A4).

    For μ > (1−p)λ_1 let K(μ)_ij = (p/n) Σ_lm ã_il ã_im ã_jl ã_jm / (μ(λ_l+λ_m)/2 − (1−p)λ_lλ_m), ã in the eigenbasis of H.
    There μC − (1−p)H⊗H is positive definite, so μC − D is singular exactly if K(μ), which decreases in μ, has the
    eigenvalue 1.
    """
    xp = array_module(gradients.eigenvalues)
    n, values, a = gradients.samples, gradients.eigenvalues, gradients.coordinates[:, 0, :]
    p_b = float(sampling_factor(n, batch_size))
    sums = (values[:, None] + values[None, :]) / 2
    products = (1 - p_b) * values[:, None] * values[None, :]
    squares = (a**2).sum(axis=1)
    pairs = a[:, :, None] * a[:, None, :]
    few = n <= packed_size(gradients.rank, 2)

    def largest(mu: float) -> float:
        weight = mu * sums - products
        scaled = (pairs / xp.sqrt(weight)).reshape(n, -1)
        gram = scaled @ scaled.T if few else scaled.T @ scaled
        return p_b / n * float(xp.linalg.eigvalsh(gram)[-1])

    if batch_size == 1:  # p = 1: K(μ) = K(1)/μ
        return 2 / largest(1.0)
    low = (1 - p_b) * float(values[0])
    high = low + p_b * float(squares.max())
    return 2 / _root(lambda mu: largest(mu) - 1 if mu > low else math.inf, low, high)


def _root(decreasing: Callable[[float], float], low: float, high: float) -> float:
    """Bisect a decreasing function to rounding; `decreasing(low)` may be infinite and `decreasing(high)` slightly positive."""
    for _ in range(200):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if decreasing(middle) > 0:
            low = middle
        else:
            high = middle
        if high - low <= 2e-16 * high:
            break
    return high


def _lanczos_pencil(gradients: GradientSet, batch_size: int) -> float:
    """η* = 2/λ_max(C^{-1/2} D C^{-1/2}) by Lanczos on r × r matrices, 4nr² flops a product and no table."""
    from scipy.sparse.linalg import LinearOperator, eigsh

    xp, n, rank = array_module(gradients.eigenvalues), gradients.samples, gradients.rank
    values, a = gradients.eigenvalues, gradients.coordinates[:, 0, :]
    p_b = float(sampling_factor(n, batch_size))
    root = 1 / xp.sqrt((values[:, None] + values[None, :]) / 2)
    products = (1 - p_b) * values[:, None] * values[None, :]

    def product(vector: Any) -> Any:
        x = xp.asarray(vector).reshape(rank, rank) * root
        forms = xp.einsum("ij,ij->i", a @ x, a)
        image = (root * (products * x + p_b / n * a.T @ (forms[:, None] * a))).ravel()
        return image if isinstance(image, np.ndarray) else image.get()

    linear = LinearOperator((rank**2, rank**2), matvec=product, dtype=np.float64)
    # D and C^{-1/2} (a Schur product with a positive kernel) keep the cone of positive semidefinite matrices, so the top vector
    # lies in it, and the identity has a part along it
    start = np.eye(rank).ravel()
    return 2 / float(eigsh(linear, k=1, which="LA", v0=start, tol=1e-12)[0][0])


def _pencil(gradients: GradientSet, batch_size: int) -> float:
    """η* = 2/λ_max(C^{-1/2} D C^{-1/2}) on packed coordinates, for H_i of any rank."""
    values, unit = gradients.eigenvalues, 1 / float(gradients.eigenvalues[0])
    xp = array_module(values)
    from theorycheck.lab.stability.operators import moment_matrix
    from theorycheck.lab.stability.packing import index_tuples

    pairs = index_tuples(gradients.rank, 2)
    middle = (values[xp.asarray(pairs[:, 0])] + values[xp.asarray(pairs[:, 1])]) / 2
    matrix = moment_matrix(moment_operator(gradients, unit, batch_size, 2), xp)
    quadratic = (matrix - xp.eye(len(middle)) + 2 * unit * xp.diag(middle)) / unit**2
    root = 1 / xp.sqrt(middle)
    return 2 / float(xp.linalg.eigvalsh(root[:, None] * quadratic * root)[-1])


def moment_coefficients(a: Any, batch_size: int, order: int) -> Array:
    """Return the matrices C_0..C_k, shape (k+1, N, N), with T^k(η) = Σ_j η^j C_j in packed coordinates of the row space.

    They are found from k + 1 operators by interpolation at Chebyshev points of [0, 2/λ_1], where T^k is of moderate size, so
    that one set serves every learning rate of a scan.
    """
    from theorycheck.lab.stability.operators import moment_matrix

    gradients = gradient_set(a)
    order, batch_size = require_order(order), require_batch(batch_size, gradients.samples)
    xp, top = array_module(gradients.eigenvalues), gradient_descent_threshold(gradients)
    nodes = np.array([(1 - math.cos(math.pi * i / order)) / 2 for i in range(order + 1)])
    values = xp.stack(
        [moment_matrix(moment_operator(gradients, float(x) * top, batch_size, order), xp) for x in nodes]
    )
    inverse = xp.asarray(np.linalg.inv(np.vander(nodes, increasing=True)))
    coefficients = xp.tensordot(inverse, values, axes=([1], [0]))
    return coefficients / xp.asarray(top ** np.arange(order + 1))[:, None, None]


def _excess(gradients: GradientSet, batch_size: int, order: int) -> Callable[[float], float]:
    """ρ(T^k(η)) − 1 as a function of η, less what rounding adds."""
    xp = array_module(gradients.eigenvalues)
    size = packed_size(gradients.rank, order)
    if size <= LAPACK_SIZE:
        coefficients = moment_coefficients(gradients, batch_size, order)

        @functools.cache
        def small(eta: float) -> float:
            powers = xp.asarray(eta ** np.arange(order + 1))
            values = xp.linalg.eigvalsh(xp.tensordot(powers, coefficients, axes=([0], [0])))
            return max(float(values[-1]), -float(values[0])) - 1 - ROUNDING

        return small

    previous: dict[str, Array | None] = {"vector": None}

    @functools.cache
    def large(eta: float) -> float:
        operator = moment_operator(gradients, eta, batch_size, order)
        if order % 2:
            return extremes(operator, module=xp).radius - 1 - ROUNDING
        value, previous["vector"] = largest_eigenvalue(operator, previous["vector"], module=xp)
        return value - 1 - ROUNDING

    return large


def _last_nonpositive(excess: Callable[[float], float], low: float, high: float) -> float:
    """The largest η in [low, high] with excess ≤ 0, for an excess that is convex and not positive at `low`.

    For a convex function the chord over the bracket meets zero left of the root, and the secant through the last two points on
    the right meets it right of the root, so both ends close in superlinearly; a round that does not halve the bracket is
    followed by a bisection (with one dominating sample the excess is −1e-8 on one side and 40 on the other).
    """
    if low >= high or excess(high) <= 0:
        return high
    left, right, f_left, f_right = low, high, excess(low), excess(high)
    before: tuple[float, float] | None = None  # the last point on the right and its excess
    for _ in range(100):
        width = right - left
        for guess in ("secant", "chord", "middle"):
            if right - left <= 1e-13 * right:
                return left
            if guess == "secant" and before is not None and before[1] > f_right:
                point = right - f_right * (before[0] - right) / (before[1] - f_right)
            elif guess == "chord" and f_left < 0:
                point = left - f_left * (right - left) / (f_right - f_left)
            elif guess == "middle" and right - left > width / 2:
                point = (left + right) / 2
            else:
                continue
            if not left < point < right:
                continue
            value = excess(point)
            if value <= 0:
                left, f_left = point, value
            else:
                before = (right, f_right)
                right, f_right = point, value
        if right - left == width:
            break
    return left


def _scan(excess: Callable[[float], float], low: float, high: float, count: int) -> list[tuple[float, float]]:
    """All intervals of [0, high] where excess ≤ 0, as far as a grid on [low, high] sees them; [0, low] is stable."""
    grid = [low + (high - low) * i / count for i in range(count + 1)] if high > low else [low]
    # at the ends rounding could decide: `low` is stable by the bound in the module's docstring
    stable = [True] + [excess(x) <= 0 for x in grid[1:]]
    intervals, start = [], 0.0
    for i in range(1, len(grid)):
        if stable[i - 1] and not stable[i]:
            intervals.append((start, _crossing(excess, grid[i - 1], grid[i])))
        elif stable[i] and not stable[i - 1]:
            start = _crossing(excess, grid[i], grid[i - 1])
    if stable[-1]:
        intervals.append((start, grid[-1]))
    return intervals


def _crossing(excess: Callable[[float], float], stable: float, unstable: float) -> float:
    """Bisect between a stable and an unstable learning rate; the result is on the stable side."""
    for _ in range(60):
        middle = (stable + unstable) / 2
        if middle in (stable, unstable):
            break
        if excess(middle) <= 0:
            stable = middle
        else:
            unstable = middle
    return stable
