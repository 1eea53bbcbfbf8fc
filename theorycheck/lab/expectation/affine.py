"""The dimension that matters: the rank of the first affine map."""

from __future__ import annotations

from typing import Any

import numpy as np


def reduce_affine(weights: Any, xp: Any = np) -> Any:
    """Return F (m, r), r = rank W, with Wu and Fv of the same law for u ~ N(0, cI_d), v ~ N(0, cI_r).

    Wu is Gaussian with covariance c WWᵀ, and FFᵀ = WWᵀ: F = U S from the singular value decomposition of W
    (after a QR decomposition of Wᵀ, which shrinks it to m × m). Columns come with falling norms, which quasi
    Monte Carlo likes.

    Parameters
    ----------
    weights : array (m, d)
        W of f(x) = g(Wx + b).
    xp : namespace
        NumPy or CuPy.

    Examples
    --------
    >>> reduce_affine(np.ones((2, 1000))).shape
    (2, 1)
    """
    square = weights if weights.shape[0] >= weights.shape[1] else xp.linalg.qr(weights.T)[1].T
    left, singular, _ = xp.linalg.svd(square, full_matrices=False)
    eps = float(xp.finfo(weights.dtype).eps)
    rank = int(xp.sum(singular > singular[0] * eps * max(weights.shape))) if singular.shape[0] else 0
    return left[:, :rank] * singular[:rank]
