"""Exact moments of SGD and SVRG on quadratic samples, without enumeration: f_k(x) = ½ xᵀA_k x − b_kᵀx.

A step is an affine map with a random index, so the second moments of y = (x, 1) follow the recursion
E yyᵀ ← Σ_k p_k M_k (E yyᵀ) M_kᵀ, which costs O(K d³). Gaussian smoothing adds a constant to a quadratic and leaves its
gradient alone: the same recursions hold for GSmoothSGD and GSmoothSVRG with every σ and τ.

Arrays are NumPy or CuPy floats, balls, or object arrays of fractions, which stay exact. Matrices may have leading axes
for a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from theorycheck.errors import ClaimError
from theorycheck.lab.optimizers.paths import require_probabilities
from theorycheck.lab.optimizers.schedules import divided, require_value


def sgd_maps(xp: Any, hessians: Sequence[Any], linear: Sequence[Any], learning_rate: Any) -> list[Any]:
    """The matrices M_k of (x, 1) ↦ ((I − ηA_k)x + ηb_k, 1), each of shape (…, d+1, d+1).

    Parameters
    ----------
    xp : namespace
    hessians, linear : sequence of K arrays
        A_k of shape (…, d, d), symmetric, and b_k of shape (…, d).
    learning_rate : number
        η > 0.
    """
    _require_samples(hessians, linear)
    eta = _learning_rate(learning_rate)
    maps = []
    for a, b in zip(hessians, linear, strict=True):
        one = _identity(xp, a)
        maps.append(_blocks(xp, [[one - eta * a, eta * b[..., None]], [_zero_row(a), _corner(xp, a)]]))
    return maps


def svrg_maps(xp: Any, hessians: Sequence[Any], linear: Sequence[Any], learning_rate: Any) -> list[Any]:
    """The matrices M_k of (x, x̃, 1) ↦ (x − η(A_k x − A_k x̃ + Āx̃ − b̄), x̃, 1), each of shape (…, 2d+1, 2d+1)."""
    _require_samples(hessians, linear)
    eta = _learning_rate(learning_rate)
    count = len(hessians)
    mean_hessian = divided(sum(hessians[1:], hessians[0]), count)
    mean_linear = divided(sum(linear[1:], linear[0]), count)
    maps = []
    for a in hessians:
        one = _identity(xp, a)
        row, corner = _zero_row(a), _corner(xp, a)
        column = 0 * mean_linear[..., None]
        maps.append(
            _blocks(
                xp,
                [
                    [one - eta * a, eta * (a - mean_hessian), eta * mean_linear[..., None]],
                    [0 * a, one, column],
                    [row, row, corner],
                ],
            )
        )
    return maps


def moments_at(xp: Any, *points: Any) -> Any:
    """E yyᵀ for y = (x, 1) or (x, x̃, 1) at given points of shape (…, d)."""
    first = points[0]
    one = first[..., :1] * 0 + 1
    y = xp.concatenate([*points, one], axis=-1)
    return y[..., :, None] * y[..., None, :]


def next_moments(maps: Sequence[Any], moments: Any, probabilities: Sequence[Any] | None = None) -> Any:
    """Σ_k p_k M_k Y M_kᵀ, one step of the recursion; uniform unless probabilities are given."""
    terms = [m @ moments @ m.swapaxes(-1, -2) for m in maps]
    if probabilities is None:
        return divided(sum(terms[1:], terms[0]), len(terms))
    weights = require_probabilities(probabilities, len(terms))
    exact = moments.dtype == object
    weighted = [(w if exact else float(w)) * term for w, term in zip(weights, terms, strict=True)]
    return sum(weighted[1:], weighted[0])


def next_anchor_moments(maps: Sequence[Any], moments: Any, times: Sequence[int]) -> Any:
    """E yyᵀ for y = (x̃_s, x̃_s, 1), from that of y = (x̃_{s−1}, x̃_{s−1}, 1): one outer iteration of SVRG.

    `times` holds the equally likely t with x̃_s = x_t, as in `theorycheck.lab.optimizers.next_anchor`.
    """
    if not times or min(times) < 0:
        raise ClaimError(f"the output x_t needs times t ≥ 0; {tuple(times)!r} was given")
    total: Any = 0
    for t in range(max(times) + 1):
        if t:
            moments = next_moments(maps, moments)
        total = total + list(times).count(t) * moments
    d = moments.shape[-1] // 2
    kept = [*range(d), *range(d), 2 * d]
    return divided(total, len(times))[..., kept, :][..., :, kept]


def mean_and_second_moment(moments: Any, dimension: int) -> tuple[Any, Any]:
    """E x of shape (…, d) and E xxᵀ of shape (…, d, d)."""
    return moments[..., :dimension, -1], moments[..., :dimension, :dimension]


def expected_quadratic(moments: Any, hessian: Any, linear: Any) -> Any:
    """E[½ xᵀAx − bᵀx], of shape (…)."""
    mean, second = mean_and_second_moment(moments, hessian.shape[-1])
    return divided((hessian * second).sum(axis=(-1, -2)), 2) - (linear * mean).sum(axis=-1)


def _learning_rate(value: Any) -> Any:
    require_value(value, 1, "the learning rate", lambda v: v > 0, "positive")
    return value


def _identity(xp: Any, like: Any) -> Any:
    d = like.shape[-1]
    if like.dtype != object:
        return xp.eye(d) + 0 * like
    result = 0 * like
    for i in range(d):
        result[..., i, i] = result[..., i, i] + 1
    return result


def _zero_row(like: Any) -> Any:
    return 0 * like[..., :1, :]


def _corner(xp: Any, like: Any) -> Any:
    return 0 * like[..., :1, :1] + 1


def _blocks(xp: Any, rows: Sequence[Sequence[Any]]) -> Any:
    return xp.concatenate([xp.concatenate(list(row), axis=-1) for row in rows], axis=-2)


def _require_samples(hessians: Sequence[Any], linear: Sequence[Any]) -> None:
    if not hessians or len(hessians) != len(linear):
        raise ClaimError(
            f"{len(hessians)} Hessians and {len(linear)} linear parts do not make samples: give one of each"
        )
