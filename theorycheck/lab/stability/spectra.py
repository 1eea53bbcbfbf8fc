r"""The spectrum of T^k: by LAPACK on the packed matrix, or by Lanczos on the matrix-free form.

T^k is symmetric, so its spectral radius is the largest |eigenvalue|. For even k it is also the largest eigenvalue: T^k maps
the cone of moment tensors into itself, and a symmetric map that leaves such a cone invariant has its radius as an eigenvalue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError
from theorycheck.lab.stability.operators import MomentOperator, moment_matrix
from theorycheck.lab.stability.packing import Array

LAPACK_SIZE = 400
"""Largest N for which the whole spectrum is computed unless asked otherwise; above, Lanczos is faster."""


@dataclass(frozen=True)
class Extremes:
    """The two ends of the spectrum of T^k on the row space.

    Attributes
    ----------
    smallest, largest : float
        Eigenvalues.
    error : float
        An eigenvalue of T^k lies within this distance of each of them. For "lapack" it is the rounding error, and they are
        the ends; for "lanczos" it is the residual norm, and an end that Lanczos missed would lie further out.
    method : str
        "lapack", "lanczos", or "empty" for gradients that are all zero.
    """

    smallest: float
    largest: float
    error: float
    method: str

    @property
    def radius(self) -> float:
        """The largest |eigenvalue|; 0 on the empty space."""
        return max(abs(self.smallest), abs(self.largest))


def eigenvalues(operator: MomentOperator, module: Any = np) -> Array:
    """Return all N eigenvalues of T^k, in increasing order, by LAPACK.

    Raises
    ------
    BudgetError
        If N is too large for a dense matrix.
    """
    return module.linalg.eigvalsh(moment_matrix(operator, module))


def extremes(operator: MomentOperator, *, method: str = "auto", module: Any = np) -> Extremes:
    """Return the smallest and the largest eigenvalue of T^k.

    Parameters
    ----------
    operator : MomentOperator
    method : {"auto", "lapack", "lanczos"}
        "auto" takes LAPACK up to N = 400.
    module : numpy or cupy
        Where the operator's arrays live. Lanczos itself runs on the CPU.

    Raises
    ------
    ClaimError
        If the method is unknown.
    BudgetError
        If LAPACK is asked for and N is too large.
    """
    if method not in ("auto", "lapack", "lanczos"):
        raise ClaimError(f"unknown method {method!r}: use auto, lapack or lanczos")
    if operator.size == 0:
        return Extremes(0.0, 0.0, 0.0, "empty")
    if method == "lapack" or operator.size < 8 or (method == "auto" and operator.size <= LAPACK_SIZE):
        values = eigenvalues(operator, module)
        low, high = float(values[0]), float(values[-1])
        rounding = 8 * operator.size * float(np.finfo(float).eps) * max(1.0, abs(low), abs(high))
        return Extremes(low, high, rounding, "lapack")
    return _lanczos(operator, module)


def _lanczos(operator: MomentOperator, module: Any) -> Extremes:
    ends = [_lanczos_end(operator, which, None, module) for which in ("SA", "LA")]
    (low, _, low_error), (high, _, high_error) = ends
    rounding = 64 * float(np.finfo(float).eps) * max(1.0, abs(low), abs(high))
    return Extremes(low, high, max(low_error, high_error) + rounding, "lanczos")


def largest_eigenvalue(
    operator: MomentOperator, start: Array | None = None, *, module: Any = np
) -> tuple[float, Array]:
    """Return the largest eigenvalue (for even k: the spectral radius) and its vector by Lanczos, from `start`."""
    if operator.size < 8:
        values, vectors = module.linalg.eigh(moment_matrix(operator, module))
        return float(values[-1]), vectors[:, -1]
    value, vector, _ = _lanczos_end(operator, "LA", start, module)
    return value, vector


def _lanczos_end(
    operator: MomentOperator, which: str, start: Array | None, module: Any
) -> tuple[float, Array, float]:
    """Return an end of the spectrum, its vector (NumPy) and the norm of the residual."""
    from scipy.sparse.linalg import LinearOperator, eigsh

    def product(vector: Any) -> Any:
        image = operator.apply(module.asarray(vector.ravel()))
        return image if module is np else image.get()

    linear = LinearOperator((operator.size, operator.size), matvec=product, dtype=np.float64)
    # a start with a part along every eigenvector, almost surely; fixed, so that runs repeat
    noise = np.random.default_rng(0).standard_normal(operator.size)
    first = noise if start is None else start + 1e-3 * noise / np.linalg.norm(noise)
    values, vectors = eigsh(linear, k=1, which=which, v0=first, tol=1e-12, ncv=min(operator.size, 40))
    vector = vectors[:, 0]
    residual = float(np.linalg.norm(product(vector) - values[0] * vector))
    return float(values[0]), vector, residual


def spectral_radius(operator: MomentOperator, *, method: str = "auto", module: Any = np) -> float:
    """Return the spectral radius of T^k on Sym^k of the row space; parameters as `extremes`."""
    return extremes(operator, method=method, module=module).radius
