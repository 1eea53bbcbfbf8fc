"""E f(x + σu) in two to four variables by nested Gauss-Legendre panels, cut at kinks with affine switches.

The outer variables come first; at each level the interval is cut where a switch becomes zero that does not
depend on the
variables still to come. A switch that does is smoothed by the inner integrals, so the outer integrand is
regular.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy

from theorycheck.lab.smoothing.kernels import Ball, Density, Gaussian, Kernel, Sphere
from theorycheck.lab.smoothing.pieces import KINKED, _switches

Expr = Any
Array = np.ndarray[Any, np.dtype[Any]]
PANELS, NODES = 9, 14
REACH = 9.0  # standard deviations: e^{-40.5} of the Gaussian mass lies beyond


def tensor_mean(
    f: Expr, places: Sequence[Expr], numbers: Sequence[Expr], sigma: Expr, kernel: Kernel
) -> tuple[float, float]:
    """Return the mean and an estimate of its error (two resolutions are compared)."""
    noise = [sympy.Dummy(f"u{j}", real=True) for j in range(len(places))]
    shifted = f.xreplace({p: x + sigma * u for p, x, u in zip(places, numbers, noise, strict=True)})
    function = sympy.lambdify(noise, shifted, ["scipy", "numpy"])
    if isinstance(kernel, Ball | Sphere):
        coarse, fine = (_radial(function, len(places), kernel, n) for n in (120, 200))
        return fine, 4 * abs(fine - coarse)
    switches = _affine_switches(shifted, noise)
    weight = _coordinate_density(kernel, len(places))
    coarse, fine = (_nested(function, weight, switches, len(places), n) for n in (NODES - 4, NODES))
    return fine, 4 * abs(fine - coarse)


def _coordinate_density(kernel: Kernel, dimension: int) -> tuple[Callable[[Array], Array], float, float]:
    if isinstance(kernel, Gaussian):
        c = float(kernel.scale(dimension))
        reach = REACH * c**0.5
        return lambda u: np.exp(-u * u / (2 * c)) / np.sqrt(2 * np.pi * c), -reach, reach
    if isinstance(kernel, Density):
        p = sympy.lambdify(kernel.variable, kernel.expression, ["scipy", "numpy"])
        ends = [
            float(e) if not e.is_infinite else (60.0 if e > 0 else -60.0) for e in (kernel.low, kernel.high)
        ]
        return lambda u: p(u) + 0 * u, ends[0], ends[1]
    return lambda u: np.full_like(u, 0.5), -1.0, 1.0


def _affine_switches(expression: Expr, noise: Sequence[Expr]) -> list[tuple[list[float], float]]:
    found = []
    for kink in expression.atoms(*KINKED):
        for switch in _switches(kink):
            if switch.is_polynomial(*noise) and sympy.Poly(switch, *noise).total_degree() == 1:
                w = [float(sympy.diff(switch, u)) for u in noise]
                found.append((w, float(switch.subs(dict.fromkeys(noise, 0)))))
    return found


def _nested(
    function: Callable[..., Any],
    weight: tuple[Callable[[Array], Array], float, float],
    switches: list[tuple[list[float], float]],
    size: int,
    nodes: int,
) -> float:
    density, low, high = weight
    points, weights = np.polynomial.legendre.leggauss(nodes)

    def rule(outer: tuple[float, ...]) -> tuple[Array, Array]:
        level = len(outer)
        ends = set(np.linspace(low, high, PANELS + 1))
        for w, b in switches:
            if w[level] == 0:
                continue
            # a switch that needs later variables leaves a kink only where it meets a corner of their box
            here = b + sum(c * u for c, u in zip(w, outer, strict=False))
            for corner in itertools.product(*[(c * low, c * high) if c else (0.0,) for c in w[level + 1 :]]):
                cut = -(here + sum(corner)) / w[level]
                if low < cut < high:
                    ends.add(cut)
        if low < 0 < high:
            ends.add(0.0)  # densities may have their own kink there
        edges = np.array(sorted(ends))
        half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
        u = (middle[:, None] + half[:, None] * points).ravel()
        return u, (half[:, None] * weights).ravel() * density(u)

    def mean(outer: tuple[float, ...]) -> float:
        u, w = rule(outer)
        if len(outer) == size - 1:
            return float(np.sum(w * (function(*outer, u) + 0 * u)))
        return float(sum(weight * mean((*outer, float(v))) for v, weight in zip(u, w, strict=True)))

    return mean(())


def _radial(function: Callable[..., Any], size: int, kernel: Ball | Sphere, nodes: int) -> float:
    """Polar or spherical coordinates in two and three variables."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    r, wr = (np.ones(1), np.ones(1))
    if isinstance(kernel, Ball):
        r = (points + 1) / 2
        wr = weights / 2 * size * r ** (size - 1)
    angle = 2 * np.pi * np.arange(2 * nodes) / (2 * nodes)
    if size == 2:
        radius, a = np.meshgrid(r, angle, indexing="ij")
        values = function(radius * np.cos(a), radius * np.sin(a)) + 0 * a
        return float(np.sum(wr[:, None] * values) / len(angle))
    radii, heights, angles = np.meshgrid(r, points, angle, indexing="ij")
    across = radii * np.sqrt(1 - heights**2)
    values = function(across * np.cos(angles), across * np.sin(angles), radii * heights) + 0 * angles
    return float(np.sum(wr[:, None, None] * (weights / 2)[None, :, None] * values) / len(angle))
