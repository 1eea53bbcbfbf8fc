"""Closed forms for sums of ridges f(x) = Σ_j a_j φ(w_j·x + b_j), exact in any dimension.

Under a Gaussian kernel w_j·(x + σu) is Gaussian, so each summand is a one-dimensional smoothing of φ, which
the profiles of `theorycheck.functions` know: relu, cosine, powers, steps, bumps, …
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError
from theorycheck.lab.expectation.laws import gaussian_variance, law_name


def smooth_ridges(
    profile: Any,
    points: Any,
    sigma: Any,
    *,
    weights: Any,
    offsets: Any,
    amplitudes: Any,
    kernel: Any = "starnes",
    xp: Any = None,
) -> Any:
    """Return E f(x + σu) at every point, up to rounding.

    Parameters
    ----------
    profile : Profile
        φ, of `theorycheck.functions.profiles` or `kinked_profiles`.
    points : array (N, d)
    sigma : float or array (N,)
        ≥ 0.
    weights, offsets, amplitudes : arrays (m, d), (m,), (m,)
        w_j, b_j, a_j.
    kernel : str or Kernel
        A Gaussian law; "starnes" is N(0, I/2).
    xp : namespace, optional
        Where the arrays live; NumPy by default.

    Returns
    -------
    array (N,)

    Raises
    ------
    ClaimError
        If the kernel is not Gaussian.
    """
    if xp is None:
        from theorycheck.terms.namespaces import numpy_namespace

        xp = numpy_namespace()
    variance = gaussian_variance(kernel, points.shape[1])
    if variance is None:
        raise ClaimError(f"ridges have a closed form under Gaussian kernels; {law_name(kernel)} is not one")
    # the profiles are smoothed with N(0, 1/2)
    scales = math.sqrt(2 * variance) * xp.sqrt(xp.sum(weights * weights, axis=1))
    scales = sigma[:, None] * scales if np.ndim(sigma) else sigma * scales
    arguments = points @ weights.T + offsets
    smoothed = profile.positively_smoothed if bool(xp.all(scales > 0)) else profile.smoothed
    return smoothed(xp, arguments, scales) @ amplitudes
