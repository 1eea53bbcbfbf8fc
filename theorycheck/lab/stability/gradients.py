r"""The gradients at an interpolating minimum, checked once and brought to the coordinates in which everything is small.

H_i = a_i a_iᵀ with a_i = ∇_W f(x_i, W*), H = (1/n) Σ H_i. For models with several outputs H_i = J_iᵀ J_i with the Jacobian J_i,
whose rows are the gradients of the outputs. One thin SVD reduces R^p to the row space of all gradients, dimension r, in the
eigenbasis of H; on its complement every step of linearised SGD is the identity. Source: ma2021, conventions and A1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError
from theorycheck.lab.stability.packing import Array, array_module


@dataclass(frozen=True, eq=False)  # arrays have no single truth value to compare by
class GradientSet:
    """Gradients in the eigenbasis of H on their row space.

    Attributes
    ----------
    coordinates : array (n, m, r)
        The gradients of the m outputs at every sample; m = 1 for a scalar model. H_i = coordinates[i]ᵀ coordinates[i].
    eigenvalues : array (r,)
        The nonzero eigenvalues of H, from the largest down.
    basis : array (p, r)
        Orthonormal columns: a_i = basis @ coordinates[i, 0].
    parameters : int
        p.
    """

    coordinates: Array
    eigenvalues: Array
    basis: Array
    parameters: int

    @property
    def samples(self) -> int:
        return int(self.coordinates.shape[0])

    @property
    def outputs(self) -> int:
        return int(self.coordinates.shape[1])

    @property
    def rank(self) -> int:
        return int(self.coordinates.shape[2])

    @property
    def flat(self) -> bool:
        """Whether there are directions that no gradient sees (p > r)."""
        return self.parameters > self.rank


def gradient_set(a: Any, *, residuals: Any = None, interpolation_tolerance: float = 1e-6) -> GradientSet:
    """Check gradients and reduce them to their row space.

    Parameters
    ----------
    a : GradientSet, array (n, p) or (n, m, p), or sequence of n arrays (m_i, p)
        One gradient for each sample, or one Jacobian. NumPy or CuPy. Torch tensors on the CPU work without gradient tracking.
    residuals : array, optional
        f(x_i, W*) − y_i. If given, they must vanish: only there is the Hessian of the loss H.
    interpolation_tolerance : float
        Largest |residual| that counts as 0.

    Raises
    ------
    ClaimError
        If an entry is NaN or infinite, the shape is none of those above, or a residual does not vanish.
    """
    if isinstance(a, GradientSet):
        return a
    factors = gradient_array(a)
    xp = array_module(factors)
    factors = factors.astype(xp.float64)
    bad = ~xp.isfinite(factors).all(axis=(1, 2))
    if bool(bad.any()):
        index = int(xp.argmax(bad))
        raise ClaimError(
            f"the gradient of sample {index} has a NaN or infinite entry: look at the loss there, or leave it out"
        )
    _require_interpolation(residuals, interpolation_tolerance)
    samples, outputs, parameters = factors.shape
    stacked = factors.reshape(samples * outputs, parameters)
    scale = float(xp.abs(stacked).max()) or 1.0
    left, values, right = xp.linalg.svd(stacked / scale, full_matrices=False)
    # the rank that NumPy's matrix_rank finds: singular values above rounding
    rounding = max(stacked.shape) * float(np.finfo(np.float64).eps) * float(values[0])
    rank = int((values > rounding).sum())
    values = values[:rank] * scale
    coordinates = (left[:, :rank] * values).reshape(samples, outputs, rank)
    return GradientSet(coordinates, values**2 / samples, right[:rank].T, parameters)


def gradient_array(a: Any) -> Array:
    """Bring gradients to one array (n, m, p); Jacobians with fewer rows are filled up with zeros.

    Entries that are no floats (Fraction, Ball, SymPy) stay as they are, in an object array; integers in it become Fractions.

    Raises
    ------
    ClaimError
        If the shape is neither (n, p) nor (n, m, p), or something is empty.
    """
    array = _stacked(a)
    if array.ndim == 2:
        array = array[:, None, :]
    if array.ndim != 3 or 0 in array.shape:
        raise ClaimError(
            f"gradients have shape (n, p), or (n, m, p) for m outputs; {tuple(array.shape)} was given"
            + ("; reshape one gradient a to a[None, :]" if array.ndim == 1 else "")
        )
    return array


def _stacked(a: Any) -> Array:
    if isinstance(a, Sequence) and len(a) > 0 and all(getattr(item, "ndim", 0) == 2 for item in a):
        xp = array_module(a[0])
        rows = max(item.shape[0] for item in a)
        if len({item.shape[1] for item in a}) != 1:
            raise ClaimError("the Jacobians have different numbers of parameters (columns)")
        stacked = xp.zeros((len(a), rows, a[0].shape[1]))
        for index, item in enumerate(a):
            stacked[index, : item.shape[0]] = item
        return stacked
    if array_module(a) is not np:
        return a
    array = np.asarray(a)
    if array.dtype != object:
        return array.astype(np.float64)
    from fractions import Fraction

    exact = np.empty(array.shape, dtype=object)
    for place in np.ndindex(array.shape):
        value = array[place]
        exact[place] = Fraction(int(value)) if isinstance(value, (int, np.integer)) else value
    return exact


def _require_interpolation(residuals: Any, tolerance: float) -> None:
    if residuals is None:
        return
    worst = (
        float(abs(residuals).max()) if hasattr(residuals, "max") else max(abs(float(x)) for x in residuals)
    )
    if not worst <= tolerance:  # NaN does not interpolate either
        raise ClaimError(
            f"the minimum does not interpolate: the largest residual is {worst:.3g}, above {tolerance:g}; "
            "linear stability in terms of gradients holds only where the residuals vanish"
        )


def require_batch(batch_size: Any, samples: int) -> int:
    """Return the batch size as an int.

    Raises
    ------
    ClaimError
        If it is no whole number from 1 to n.
    """
    if isinstance(batch_size, (bool, np.bool_)) or batch_size != int(batch_size) or batch_size < 1:
        raise ClaimError(f"the batch size must be a whole number of at least 1; {batch_size!r} was given")
    if batch_size > samples:
        raise ClaimError(
            f"the batch size {batch_size} exceeds the number of samples {samples}; "
            f"batches are drawn without repetition, so use at most {samples}"
        )
    return int(batch_size)


MAX_ORDER = 6


def require_order(order: Any) -> int:
    """Return the order k as an int.

    Raises
    ------
    ClaimError
        If it is no whole number from 1 to 6.
    """
    if isinstance(order, (bool, np.bool_)) or order != int(order) or not 1 <= order <= MAX_ORDER:
        raise ClaimError(f"the order k must be a whole number from 1 to {MAX_ORDER}; {order!r} was given")
    return int(order)


def require_learning_rate(learning_rate: Any) -> float:
    """Return the learning rate as a float.

    Raises
    ------
    ClaimError
        If it is negative, NaN or infinite.
    """
    value = float(learning_rate)
    if not 0 <= value < np.inf:
        raise ClaimError(f"the learning rate must be finite and at least 0; {learning_rate!r} was given")
    return value
