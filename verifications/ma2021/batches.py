r"""Batches, and k-th order linear stability decided exactly where that is elementary.

A batch I is a uniform subset of B of the n samples; t_I = (η/B) Σ_{i∈I} a_i² for one parameter, A_I = Id − (η/B) Σ_{i∈I} a_i a_iᵀ.

For one parameter w_t is a product of independent factors 1 − t_I, so E|w_t|^k = (E_I|1−t_I|^k)^t E|w_0|^k: stable in the readings
@a and @b exactly if E_I|1−t_I|^k ≤ 1, in the reading @c exactly if |E_I(1−t_I)^k| ≤ 1. For several parameters reading @c (and each
reading for even k) says that T^k has no eigenvalue outside [−1, 1] (Theorem 1, corrected), which is decided here for two
parameters: I ± T^k are positive semidefinite, by elimination in exact arithmetic.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from theorycheck import requires
from theorycheck.algebra.expectation import expectation, index
from verifications.ma2021.reasons import Random

STABILITY = {
    "sa": r"$\mathbb E\|w_t\|_2^k \le C\,\mathbb E\|w_0\|_2^k$",
    "sb": r"$\mathbb E\|w_t\|_k^k \le C\,\mathbb E\|w_0\|_k^k$",
    "sc": r"$\|\mathbb E w_t^{\otimes k}\|_F \le C\,\|\mathbb E w_0^{\otimes k}\|_F$",
}


def fits(xp: Any, n: Any, B: Any) -> Any:
    return B <= n


BATCH_FITS = requires(fits, r"B \le n")
BATCH = index("I")
LOAD = Random("t_{I,j}", "I", "j", nonnegative=True)


@dataclass(frozen=True)
class Power:
    """A k-th power of the random number t_I: a formula, and the name that it has on symbols."""

    of: Callable[[Any, Any], Any]
    symbol: Random

    def named(self, k: Any) -> dict[Any, Any]:
        """The formula at t_{I,j}, and the name that abbreviates it."""
        return {self.of(LOAD, k): self.symbol}


SAMPLE_POWER = Random("a_{i,j}^{2k}", "i", "I", "j", nonnegative=True)
"""Of a sample i drawn from the batch I: drawn so, i is uniform on 1 … n."""
SAMPLE = index("i")
MEAN_OF_SAMPLES = expectation(SAMPLE_POWER, SAMPLE, BATCH)
"""What derivations write for (1/n) Σ_i a_{i,j}^{2k}, which the formulas compute."""
EXCESS = Random("e_I", "I", "j", nonnegative=True)
"""(Σ_{i∈I} a_{i,j}²)^k − Σ_{i∈I} a_{i,j}^{2k} ≥ 0, by (35)."""
POWER = Power(lambda t, k: t**k, Random("t_{I,j}^k", "I", "j", nonnegative=True))


def absolute_power(t: Any, k: Any) -> Any:
    """|1 − t|^k."""
    return abs(1 - t) ** k


ABSOLUTE = Power(absolute_power, Random("|1-t_{I,j}|^k", "I", "j", nonnegative=True))
FORWARD = Power(lambda t, k: (1 - t) ** k, Random("(1-t_{I,j})^k", "I", "j"))
BACKWARD = Power(lambda t, k: (t - 1) ** k, Random("(t_{I,j}-1)^k", "I", "j"))


def batches(n: int, B: int) -> list[tuple[int, ...]]:
    """All batches; for B > n one that no hypothesis admits, so that formulas stay defined."""
    return list(itertools.combinations(range(n), min(B, n)))


def batch_mean(a: Any, eta: Any, B: int, k: Any, power: Power) -> Any:
    """E_I of a power of t_I for one parameter, by going through all batches: a has shape (N, n)."""
    found = batches(a.shape[-1], B)
    total: Any = 0
    for batch in found:
        load = eta / B * sum((a[:, i] ** 2 for i in batch[1:]), a[:, batch[0]] ** 2)
        total = total + power.of(load, k)
    return total / len(found)


def step_matrices(a: Any, eta: Any, B: int) -> list[list[list[Any]]]:
    """The matrices A_I for a of shape (N, n, p), as nested lists of arrays (N,)."""
    p = a.shape[-1]
    return [
        [
            [int(r == c) - eta / B * sum(a[:, i, r] * a[:, i, c] for i in batch) for c in range(p)]
            for r in range(p)
        ]
        for batch in batches(a.shape[-2], B)
    ]


def is_contraction(xp: Any, a: Any, eta: Any, B: int, k: int) -> Any:
    """Whether ‖T^k M‖_F ≤ ‖M‖_F for all symmetric M, two parameters: a has shape (N, n, 2).

    A symmetric tensor of order k is a form of degree k in two variables, and T^k is the mean of the substitutions A_I. In the
    scaled monomials (their squared norms are 1/C(k, j)) its matrix is symmetric.
    """
    steps = step_matrices(a, eta, B)
    images = [[_substituted(step, k, j) for j in range(k + 1)] for step in steps]
    matrix = [
        [sum(image[j][i] for image in images) / len(steps) / math.comb(k, i) for j in range(k + 1)]
        for i in range(k + 1)
    ]
    norms = [xp.number(1) / math.comb(k, i) for i in range(k + 1)]
    entries = [
        [[(norms[i] if i == j else 0) + sign * matrix[i][j] for j in range(k + 1)] for i in range(k + 1)]
        for sign in (1, -1)
    ]
    return xp.semidefinite(_stacked(xp, entries[0])) & xp.semidefinite(_stacked(xp, entries[1]))


def _stacked(xp: Any, rows: list[list[Any]]) -> Any:
    return xp.stack([xp.stack(row, axis=-1) for row in rows], axis=-2)


def _substituted(step: list[list[Any]], k: int, j: int) -> list[Any]:
    """Coefficients of (A_11 x + A_12 y)^{k−j} (A_21 x + A_22 y)^j at x^{k−i} y^i."""
    product: list[Any] = [1]
    for row in [step[0]] * (k - j) + [step[1]] * j:
        longer: list[Any] = [0] * (len(product) + 1)
        for i, coefficient in enumerate(product):
            longer[i] = longer[i] + coefficient * row[0]
            longer[i + 1] = longer[i + 1] + coefficient * row[1]
        product = longer
    return product
