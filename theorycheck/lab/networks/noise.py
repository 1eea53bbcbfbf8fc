r"""Per-sample gradients and the noise of mini-batch gradients, exactly and for R networks at once.

With g_n = ∇f_n(w) and ∇f = (1/N) Σ g_n (`theorycheck.lab.networks.risk`), for a uniform index n of the N given samples:

    C² = E‖g_n − ∇f‖² = (1/N) Σ ‖g_n‖² − ‖∇f‖²,    Σ = (1/N) Σ (g_n − ∇f)(g_n − ∇f)ᵀ,    C² = tr Σ.

1/N, not 1/(N−1): the N samples are all there is. A batch of B independent indices has noise Σ/B; without replacement the factor
is (N−B)/((N−1)B).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theorycheck.errors import BudgetError, NetworkError
from theorycheck.lab.networks.risk import Risk, backward_pass, chunks, risk_and_gradient, side_by_side
from theorycheck.lab.networks.sample_gradients import transposed

MAX_FLOATS = 2**27
"""Entries of the largest array that a function here makes: 1 GiB of float64."""


def _require_room(count: int, what: str) -> None:
    if count > MAX_FLOATS:
        raise BudgetError(
            f"{what} would have {count} entries, the limit is {MAX_FLOATS}: use fewer samples or networks"
        )


def _shares(risk: Risk, xp: Any, w: Any) -> list[Any]:
    """What all samples' gradients have in common, one array (R, …) a parameter array, or None for each."""
    _, common = risk.common(xp, w)
    if common is None:
        return [None for layer in risk.network.parameter_shapes for _ in layer]
    return [array for layer in risk.network.views(xp, common) for array in layer]


def per_sample_gradients(risk: Risk, xp: Any, w: Any, x: Any, y: Any) -> Any:
    """g_n, shape (R, N, p).

    Raises
    ------
    BudgetError
        If there would be too many numbers; norms, C² and eigenvalues need no g_n.
    """
    _require_room(w.shape[0] * x.shape[1] * w.shape[1], "the per-sample gradients")
    parts = []
    for a, b in chunks(risk, w, x, y):
        _, found = backward_pass(risk, xp, w, a, b)
        rows = w.shape[0] * a.shape[1]
        flat = side_by_side(xp, [xp.reshape(one.each(xp), (rows, -1)) for one in found])
        parts.append(xp.reshape(flat, (w.shape[0], a.shape[1], -1)))
    _, common = risk.common(xp, w)
    gradients = side_by_side(xp, parts)
    return gradients if common is None else gradients + common[:, None, :]


def gradient_power_sums(risk: Risk, xp: Any, w: Any, x: Any, y: Any, order: int = 2) -> Any:
    """‖g_n‖_q^q over all parameters, q = `order` an even number, shape (R, N): squared Euclidean norms for q = 2.

    Dense layers by ‖δaᵀ‖_q = ‖δ‖_q ‖a‖_q, without the gradients.

    Raises
    ------
    NetworkError
        If q is not 2, 4, 6, …
    """
    return _sizes(risk, xp, w, x, y, order, False)[0]


def power_sums_and_input_gradients(
    risk: Risk, xp: Any, w: Any, x: Any, y: Any, order: int = 2
) -> tuple[Any, Any]:
    """`gradient_power_sums` and `theorycheck.lab.networks.risk.input_gradients` from one backward pass."""
    return _sizes(risk, xp, w, x, y, order, True)


def _sizes(risk: Risk, xp: Any, w: Any, x: Any, y: Any, order: int, to_input: bool) -> tuple[Any, Any]:
    if order < 2 or order % 2:
        raise NetworkError(f"norms of gradients are taken in l_q with q = 2, 4, 6, …, not {order}")
    shares = _shares(risk, xp, w)
    sums, inputs = [], []
    for a, b in chunks(risk, w, x, y):
        back, found = backward_pass(risk, xp, w, a, b, to_input)
        sums.append(sum(one.power_sums(xp, order, share) for one, share in zip(found, shares, strict=True)))
        inputs.append(back)
    return side_by_side(xp, sums), side_by_side(xp, inputs) if to_input else None


@dataclass(frozen=True)
class GradientNoise:
    """Each of shape (R,).

    Attributes
    ----------
    variance : array
        C². Its rounding error is about 1e-16 times `mean_square`: of a noise far below the gradient nothing is left.
    mean_square : array
        (1/N) Σ ‖g_n‖².
    square_of_mean : array
        ‖∇f‖².
    """

    variance: Any
    mean_square: Any
    square_of_mean: Any


def gradient_noise(risk: Risk, xp: Any, w: Any, x: Any, y: Any) -> GradientNoise:
    """C² and its two parts, in two backward passes and without per-sample gradients."""
    squares = xp.sum(gradient_power_sums(risk, xp, w, x, y), axis=1) / x.shape[1]
    _, gradient = risk_and_gradient(risk, xp, w, x, y)
    of_mean = xp.sum(gradient**2, axis=1)
    # rounding can make a noise of zero negative
    return GradientNoise(xp.maximum(squares - of_mean, xp.zeros_like(squares)), squares, of_mean)


def noise_eigenvalues(risk: Risk, xp: Any, w: Any, x: Any, y: Any, count: int) -> Any:
    """The `count` largest eigenvalues of Σ, falling, shape (R, count).

    Those of the N × N matrix of the centred inner products ⟨g_m − ∇f, g_n − ∇f⟩/N, which has the same eigenvalues but for
    zeros; inner products ⟨δ_m aᵀ_m, δ_n a_nᵀ⟩ of dense layers come without the gradients. What the samples share drops out.

    Raises
    ------
    NetworkError
        If there are not so many samples.
    BudgetError
        If the matrix would be too large.
    """
    samples = x.shape[1]
    if not 1 <= count <= samples:
        raise NetworkError(f"{count} eigenvalues were asked for; {samples} samples have 1 to {samples}")
    _require_room(w.shape[0] * samples * (samples + risk.network.floats), "the Gram matrix of the gradients")
    _, found = backward_pass(risk, xp, w, x, y)
    gram = sum(one.gram(xp) for one in found)
    rows = xp.sum(gram, axis=-1, keepdims=True) / samples
    whole = xp.sum(rows, axis=-2, keepdims=True) / samples
    centred = (gram - rows - transposed(rows) + whole) / samples
    return xp.flip(xp.linalg.eigvalsh(centred), axis=-1)[:, :count]


def batch_noise_factor(samples: int, batch_size: int, replacement: bool) -> float:
    """The factor c of E‖∇f_S − ∇f‖² = c C²: 1/B with replacement, (N−B)/((N−1)B) without.

    Examples
    --------
    >>> batch_noise_factor(10, 5, True), batch_noise_factor(10, 10, False)
    (0.2, 0.0)
    """
    if batch_size < 1 or (not replacement and batch_size > samples):
        raise NetworkError(f"a batch of {batch_size} does not fit {samples} samples")
    if replacement:
        return 1 / batch_size
    return (samples - batch_size) / ((samples - 1) * batch_size) if samples > 1 else 0.0
