r"""Operator norms induced by ℓ_q, and norms of per-sample gradients without forming the gradients.

Source: ma2021, algorithms A6 and A7.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError
from theorycheck.lab.stability.packing import Array, array_module


@dataclass(frozen=True, eq=False)
class NormBounds:
    """An induced norm between two bounds.

    Attributes
    ----------
    lower, upper : float
        ‖Ax‖_q/‖x‖_q at `maximiser`, and a bound above; both up to rounding.
    exact : bool
        Whether the two are one number but for rounding.
    maximiser : array
        A vector x at which the lower bound is attained.
    """

    lower: float
    upper: float
    exact: bool
    maximiser: Array


def induced_norm(matrix: Any, q: float, *, starts: int = 20, seed: int = 0) -> NormBounds:
    r"""Bound ‖A‖_q = max ‖Ax‖_q / ‖x‖_q.

    Exact for q = 1, 2, ∞, for one row or column, and for entrywise positive A (by Schur's test at Boyd's fixed point). Else the
    lower bound is Boyd's nonlinear power method from several starts (each a local maximum); the upper bound is
    ‖A‖_1^{1/q} ‖A‖_∞^{1−1/q} (Riesz and Thorin), the same between ℓ_2 and ℓ_1 or ℓ_∞, or a comparison with ℓ_2, whichever is
    smallest.

    Parameters
    ----------
    matrix : array (rows, columns)
    q : float
        At least 1; `math.inf` is allowed.
    starts : int
        Random starts besides the columns' signs and the top singular vector.
    seed : int

    Raises
    ------
    ClaimError
        If q < 1, or the matrix is empty, not finite or not two-dimensional.

    Examples
    --------
    >>> bounds = induced_norm([[1.0, 2.0]], 4)
    >>> round(bounds.lower, 12) == round((1 + 2 ** (4 / 3)) ** (3 / 4), 12), bounds.exact
    (True, True)
    """
    a = np.asarray(matrix, dtype=np.float64)
    if a.ndim != 2 or 0 in a.shape or not np.isfinite(a).all():
        raise ClaimError(
            f"an induced norm needs a finite matrix with rows and columns; shape {a.shape} was given"
        )
    if not q >= 1:
        raise ClaimError(f"‖·‖_q is a norm for q ≥ 1 only; {q} was given")
    if not a.any():
        return NormBounds(0.0, 0.0, True, np.eye(a.shape[1])[0])
    if q in (1, 2, math.inf):
        return _exact_norm(a, q)
    conjugate = q / (q - 1)
    if a.shape[0] == 1 or a.shape[1] == 1:
        # one row: Hölder, with equality at |x| = |a|^{q'−1}; one column: the norm of the column
        x = _dual(a[0], conjugate) if a.shape[0] == 1 else np.ones(1)
        value = _ratio(a, x, q)
        return NormBounds(value, value, True, x)
    best, vector = 0.0, np.zeros(a.shape[1])
    generator = np.random.default_rng(seed)
    candidates = [np.ones(a.shape[1]), np.linalg.svd(a)[2][0], *np.eye(a.shape[1])[: 4 * starts]]
    candidates += [np.sign(row) + (row == 0) for row in a[:starts]]
    candidates += list(generator.standard_normal((starts, a.shape[1])))
    for start in candidates:
        value, x = _power_method(a, start, q)
        if value > best:
            best, vector = value, x
    upper = _upper_bound(a, q)
    if (a > 0).all() or (a < 0).all():
        x = _perron_vector(abs(a), q)
        value, certificate = _ratio(abs(a), x, q), _positive_certificate(abs(a), x, q)
        upper = max(value, min(upper, certificate))
        return NormBounds(value, upper, upper <= value * (1 + 1e-9), x)
    return NormBounds(best, max(best, upper), upper <= best * (1 + 1e-12), vector)


def _exact_norm(a: Any, q: float) -> NormBounds:
    if q == 2:
        _, values, right = np.linalg.svd(a)
        return NormBounds(float(values[0]), float(values[0]), True, right[0])
    if q == 1:
        column = int(abs(a).sum(axis=0).argmax())
        value = float(abs(a[:, column]).sum())
        return NormBounds(value, value, True, np.eye(a.shape[1])[column])
    row = a[int(abs(a).sum(axis=1).argmax())]
    value = float(abs(row).sum())
    return NormBounds(value, value, True, np.where(row < 0, -1.0, 1.0))


def _dual(y: Any, q: float) -> Any:
    """The direction x with ⟨x, y⟩ = ‖x‖_{q'} ‖y‖_q, scaled to the largest entry 1: sgn(y) |y|^{q−1}."""
    top = abs(y).max()
    return np.sign(y) * (abs(y) / top) ** (q - 1) if top > 0 else y


def _norm(x: Any, q: float) -> float:
    top = float(abs(x).max())
    return top * math.pow(float(((abs(x) / top) ** q).sum()), 1 / q) if top > 0 else 0.0


def _ratio(a: Any, x: Any, q: float) -> float:
    return _norm(a @ x, q) / _norm(x, q)


def _power_method(a: Any, start: Any, q: float, steps: int = 500) -> tuple[float, Any]:
    """Boyd's iteration x ← dual of Aᵀ(dual of Ax); the ratio ‖Ax‖_q/‖x‖_q never falls."""
    x, value = start, _ratio(a, start, q)
    for _ in range(steps):
        gradient = a.T @ _dual(a @ x, q)
        if not gradient.any():
            break
        new = _dual(gradient, q / (q - 1))
        raised = _ratio(a, new, q)
        if raised <= value * (1 + 1e-15):
            break
        x, value = new, raised
    return value, x


def _perron_vector(a: Any, q: float) -> Any:
    """The positive fixed point of Boyd's iteration for a positive matrix; it is the maximiser."""
    x = np.ones(a.shape[1])
    for _ in range(10_000):
        new = _dual(a.T @ _dual(a @ x, q), q / (q - 1))
        if abs(new - x).max() <= 1e-15:
            break
        x = new
    return x


def _positive_certificate(a: Any, x: Any, q: float) -> float:
    """For A > 0 and x > 0: ‖A‖_q^q ≤ max_j (Aᵀ(Ax)^{q−1})_j / x_j^{q−1} (Schur's test), equal to the norm at the fixed point."""
    x = abs(x)
    if not (x > 0).all():
        return math.inf
    ratios = (a.T @ (a @ x) ** (q - 1)) / x ** (q - 1)
    return math.pow(float(ratios.max()), 1 / q)


def _upper_bound(a: Any, q: float) -> float:
    one, infinite = float(abs(a).sum(axis=0).max()), float(abs(a).sum(axis=1).max())
    two = float(np.linalg.svd(a, compute_uv=False)[0])
    riesz = math.pow(one, 1 / q) * math.pow(infinite, 1 - 1 / q)
    # the same theorem between ℓ_2 and the nearer end: 1/q = (1−t)/2 + t/end
    t = 1 - 2 / q if q >= 2 else 2 / q - 1
    through_two = math.pow(two, 1 - t) * math.pow(infinite if q >= 2 else one, t)
    # and by comparison of norms: ‖Ax‖_q against ‖Ax‖_2, ‖x‖_2 against ‖x‖_q
    dimension = a.shape[1] if q >= 2 else a.shape[0]
    compared = two * math.pow(dimension, abs(0.5 - 1 / q))
    return min(riesz, through_two, compared)


def dense_gradient_norms(layers: Sequence[tuple[Any, Any]], q: float = 2.0, *, biases: bool = True) -> Array:
    r"""Return Σ_layers ‖∇_{W_l} f(x_i)‖_q^q (entrywise norms) for fully connected layers, shape (n,).

    ∇_{W_l} f = β h^T, so its q-norm to the power q is ‖β‖_q^q ‖h‖_q^q, and that of the bias is ‖β‖_q^q: no gradient is formed.

    Parameters
    ----------
    layers : sequence of (h, β)
        For every layer its input h, shape (n, inputs), and the back-propagated derivative of f by its output before the
        activation, β, shape (n, outputs).
    q : float
        ‖v‖_q^q = Σ|v_j|^q.
    biases : bool
        Whether the layers have biases.

    Examples
    --------
    >>> h, beta = np.array([[1.0, 2.0]]), np.array([[3.0]])
    >>> dense_gradient_norms([(h, beta)])
    array([54.])
    """
    total: Any = 0.0
    for h, beta in layers:
        total = total + (abs(beta) ** q).sum(axis=-1) * ((abs(h) ** q).sum(axis=-1) + int(biases))
    return total


def convolution_gradient_norms(patches: Any, beta: Any, q: float = 2.0, *, biases: bool = True) -> Array:
    r"""Return ‖∇_W f(x_i)‖_q^q for a convolution, shape (n,): the gradient is Σ_pos β_pos h_posᵀ, formed for each sample.

    Parameters
    ----------
    patches : array (n, positions, kernel)
        The input under the kernel at every output position, flattened.
    beta : array (n, positions, channels)
        Derivative of f by the output before the activation.
    q : float
    biases : bool
        Whether every channel has a bias, whose gradient is Σ_pos β_pos.
    """
    xp = array_module(beta)
    gradient = xp.matmul(beta.transpose(0, 2, 1), patches)
    total = (abs(gradient) ** q).sum(axis=(1, 2))
    return total + (abs(beta.sum(axis=1)) ** q).sum(axis=-1) if biases else total


def mean_gradient_norm(gradients: Any, q: float) -> float:
    """Return ((1/n) Σ_i ‖v_i‖_q^q)^{1/q} for rows v_i: g_W and g_x of ma2021, (5) for q = 2 and (45) for q = 2k."""
    return math.pow(float((abs(gradients) ** q).sum(axis=-1).mean()), 1 / q)
