r"""Hessians and Gauss-Newton matrices of the risk, as products with vectors, and the largest eigenvalue.

f = (1/N) Σ f_n as in `theorycheck.lab.networks.risk`, H = ∇²f and G = (1/N) Σ J_nᵀ (∂²ℓ/∂o²) J_n with the Jacobian J_n of the
outputs. Where an activation has a kink, its second derivative is taken as 0, as everyone does: H is that of the piece on which
w lies. Products are exact but for rounding: derivatives in a direction travel in the imaginary part of the backward pass
(`theorycheck.lab.networks.tangents`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.layers import backward_through
from theorycheck.lab.networks.risk import Risk, chunks, risk_and_gradient, totals
from theorycheck.lab.networks.tangents import tangent_of, with_tangent
from theorycheck.terms.namespaces import to_numpy

Product = Callable[[Any], Any]
"""A symmetric matrix a network, as v ↦ Av for v of shape (R, p)."""


def hessian_product(risk: Risk, xp: Any, w: Any, v: Any, x: Any, y: Any) -> Any:
    """∇²f(w) v, shape (R, p), regularisers and L2 included; v of shape (R, p), of about unit size."""
    return tangent_of(xp, risk_and_gradient(risk, xp, with_tangent(xp, w, v), x, y)[1])


def gauss_newton_product(risk: Risk, xp: Any, w: Any, v: Any, x: Any, y: Any) -> Any:
    """G v, shape (R, p): of the loss alone, without regularisers and L2; v of shape (R, p), of about unit size.

    At an interpolating minimum of a squared error it is the Hessian of the loss.
    """
    network, count = risk.network, x.shape[1]
    weights, first = [0] * len(network.layers), network.first_with_parameters
    product: Any = None
    for a, b in chunks(risk, w, x, y):
        moved = network.outputs(xp, with_tangent(xp, w, v), a, risk.sigma)
        # the gradient ∂ℓ/∂o at outputs that carry Jv carries (∂²ℓ/∂o²)Jv
        back = tangent_of(xp, risk.loss.values_and_gradients(xp, moved, b)[1]) / count
        done = risk.forward(xp, w, a, b)
        _, found = backward_through(done, back, weights, False, first)
        part = xp.empty_like(w)
        totals(risk, xp, found, part)
        product = part if product is None else product + part
    return product


def directional_derivative(risk: Risk, xp: Any, w: Any, v: Any, x: Any) -> Any:
    """J_n v of the outputs, shape (R, N, …)."""
    return tangent_of(xp, risk.network.outputs(xp, with_tangent(xp, w, v), x, risk.sigma))


@dataclass(frozen=True)
class TopEigenvalue:
    """The largest eigenvalue of every network's matrix, by Lanczos.

    Attributes
    ----------
    value : NumPy array (R,)
        vᵀAv of the unit vector v: never above the largest eigenvalue (but for rounding).
    residual : NumPy array (R,)
        ‖Av − value·v‖, measured: an eigenvalue lies within this of `value`. That it is the largest is not proved; a start
        without any part along the top eigenvector would miss it.
    vector : array (R, p)
    products : int
    """

    value: Any
    residual: Any
    vector: Any
    products: int


def top_eigenvalue(
    xp: Any, product: Product, start: Any, tolerance: float = 1e-6, most_steps: int = 100
) -> TopEigenvalue:
    """Lanczos with full reorthogonalisation for R symmetric matrices at once.

    Parameters
    ----------
    product : callable
        v ↦ Av for v of shape (R, p).
    start : array (R, p)
        Random, in practice.
    tolerance : float
        Ends when every network's residual estimate is below `tolerance` · |value|.
    most_steps : int
        Ends there anyway; the residual says how far it came.

    Raises
    ------
    NetworkError
        If a start is zero.
    """
    norms = _norms(xp, start)
    if not bool(xp.all(norms > 0)):
        raise NetworkError("Lanczos needs a start that is not zero; draw it at random")
    networks, size = start.shape
    basis = [start / norms[:, None]]
    diagonal: list[Any] = []
    beside: list[Any] = []
    alive = np.ones(networks, dtype=bool)
    for step in range(1, min(most_steps, size) + 1):
        image = product(basis[-1])
        diagonal.append(np.where(alive, to_numpy(_dots(xp, basis[-1], image)), -np.inf))
        for _ in range(2):  # once leaves what rounding brought back in
            for vector in basis:
                image = image - _dots(xp, vector, image)[:, None] * vector
        length = to_numpy(_norms(xp, image))
        values, coefficients = _ritz(diagonal, beside)
        scale = (
            np.abs(diagonal[0]) + np.max(np.abs(beside), axis=0, initial=0.0)
            if beside
            else np.abs(diagonal[0]) + length
        )
        alive = alive & (length > 1e-13 * scale)
        estimate = np.where(alive, length * np.abs(coefficients[:, -1]), 0.0)
        if np.all(estimate <= tolerance * np.abs(values)) or step == min(most_steps, size):
            break
        length = np.where(alive, length, 0.0)
        beside.append(length)
        inverse = xp.asarray(np.where(alive, 1 / np.where(alive, length, 1.0), 0.0))
        basis.append(image * inverse[:, None])
    vector = sum(xp.asarray(coefficients[:, k])[:, None] * part for k, part in enumerate(basis))
    vector = vector / _norms(xp, vector)[:, None]
    image = product(vector)
    value = _dots(xp, vector, image)
    residual = _norms(xp, image - value[:, None] * vector)
    return TopEigenvalue(to_numpy(value), to_numpy(residual), vector, step + 1)


def _ritz(diagonal: list[Any], beside: list[Any]) -> tuple[Any, Any]:
    """The largest eigenvalue of every tridiagonal matrix, and its eigenvector (R, steps).

    A network whose space was exhausted has −∞ from there on: its matrix ends before.
    """
    networks, steps = len(diagonal[0]), len(diagonal)
    values, vectors = np.empty(networks), np.zeros((networks, steps))
    for r in range(networks):
        kept = sum(1 for entry in diagonal if entry[r] > -np.inf)
        matrix = np.diag([float(diagonal[k][r]) for k in range(kept)])
        for k in range(kept - 1):
            matrix[k, k + 1] = matrix[k + 1, k] = beside[k][r]
        own, columns = np.linalg.eigh(matrix)
        values[r], vectors[r, :kept] = own[-1], columns[:, -1]
    return values, vectors


def _dots(xp: Any, a: Any, b: Any) -> Any:
    return xp.sum(a * b, axis=-1)


def _norms(xp: Any, a: Any) -> Any:
    return xp.sqrt(_dots(xp, a, a))


def top_hessian_eigenvalue(
    risk: Risk, xp: Any, w: Any, x: Any, y: Any, start: Any, tolerance: float = 1e-6, most_steps: int = 100
) -> TopEigenvalue:
    """λ_max(∇²f(w)) of every network, see `top_eigenvalue`."""
    return top_eigenvalue(xp, lambda v: hessian_product(risk, xp, w, v, x, y), start, tolerance, most_steps)
