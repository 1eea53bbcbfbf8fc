"""The laws of u that can be integrated and sampled, named as in `theorycheck.lab.smoothing.kernels`.

| name            | law of u in R^d               | E u_i²   |
| --------------- | ----------------------------- | -------- |
| `starnes`       | N(0, I/2)                     | 1/2      |
| `nesterov`      | N(0, I)                       | 1        |
| `per_dimension` | N(0, I/d)                     | 1/d      |
| `uniform`       | uniform on the cube [-1, 1]^d | 1/3      |
| `ball`          | uniform on the unit ball      | 1/(d+2)  |
| `sphere`        | uniform on the unit sphere    | 1/d      |
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from theorycheck.errors import ClaimError

GAUSSIAN = ("starnes", "nesterov", "per_dimension")
LAWS = (*GAUSSIAN, "uniform", "ball", "sphere")


def law_name(kernel: Any) -> str:
    """Return the name of a law, given the name or a `theorycheck.lab.smoothing.kernels.Kernel`.

    Raises
    ------
    ClaimError
        If no law has that name.
    """
    name = kernel if isinstance(kernel, str) else getattr(kernel, "name", None)
    if name not in LAWS:
        raise ClaimError(f"unknown kernel {kernel!r}: use one of {', '.join(LAWS)}")
    return str(name)


def gaussian_variance(kernel: Any, dimension: int) -> Fraction | None:
    """Return E u_i² of a Gaussian law in R^dimension, exactly, and None for the uniform laws."""
    name = law_name(kernel)
    if name not in GAUSSIAN:
        return None
    return {"starnes": Fraction(1, 2), "nesterov": Fraction(1), "per_dimension": Fraction(1, dimension)}[name]


def cube_width(kernel: Any, dimension: int) -> int:
    """Return how many uniform numbers `from_cube` turns into one u of R^dimension."""
    return dimension + 1 if law_name(kernel) == "ball" else dimension


def from_cube(kernel: Any, cube: Any, xp: Any, inverse_normal: Any) -> Any:
    """Turn uniform points of (0, 1)^m into points u of the law.

    Parameters
    ----------
    kernel : str or Kernel
        The law.
    cube : array (n, cube_width(kernel, d))
        Points in the open unit cube.
    xp : namespace
        Where the array lives.
    inverse_normal : callable
        The quantile function of N(0, 1) on arrays of `xp`.

    Returns
    -------
    array (n, d)
    """
    name = law_name(kernel)
    if name == "uniform":
        return 2.0 * cube - 1.0
    dimension = cube.shape[1] - (name == "ball")
    return from_normals(name, inverse_normal(cube[:, :dimension]), cube[:, dimension:], xp)


def from_normals(kernel: Any, normals: Any, uniforms: Any, xp: Any) -> Any:
    """Turn standard normals (n, d), and for the ball uniforms (n, 1), into points u (n, d) of the law."""
    name = law_name(kernel)
    dimension = normals.shape[1]
    variance = gaussian_variance(name, dimension)
    if variance is not None:
        return normals if variance == 1 else math.sqrt(variance) * normals
    directions = normals / xp.sqrt(xp.sum(normals * normals, axis=1))[:, None]
    return directions if name == "sphere" else directions * uniforms ** (1.0 / dimension)
