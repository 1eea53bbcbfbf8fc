r"""How often given samples are in a batch together, and what that does to tensor powers of a batch sum.

A batch I is a uniform subset of {1..n} with B elements. For matrices H_1..H_n

    E_I (Σ_{i∈I} H_i)^{⊗j} = Σ_σ c_σ Π_{b∈σ} P_{|b|}        over the set partitions σ of the j slots,

with P_m = Σ_i H_i^{⊗m} on the slots of the block b. The coefficient c_σ depends on the sizes of the blocks alone.
Everything here is exact (`fractions.Fraction`). Source: ma2021, algorithm A1.
"""

from __future__ import annotations

import functools
import math
from fractions import Fraction


@functools.cache
def inclusion_probability(samples: int, batch_size: int, count: int) -> Fraction:
    """Return q_r: the chance that r given samples are all in the batch, B(B−1)…(B−r+1) / n(n−1)…(n−r+1)."""
    if count > batch_size:
        return Fraction(0)
    return Fraction(math.perm(batch_size, count), math.perm(samples, count))


@functools.cache
def _block_polynomial(size: int) -> tuple[int, ...]:
    """Coefficients of h_m(z) = Σ_r S(m, r) (−1)^{r−1} (r−1)! z^r, from the constant up (S: Stirling, second kind)."""
    stirling = [1] + [0] * size  # S(0, ·), then row by row
    for _ in range(size):
        stirling = [0] + [stirling[r - 1] + r * stirling[r] for r in range(1, size + 1)]
    return (0, *((-1) ** (r - 1) * math.factorial(r - 1) * stirling[r] for r in range(1, size + 1)))


@functools.cache
def block_terms(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the integers x_r with c_σ = Σ_r x_r q_r for a partition with blocks of these sizes, from r = 0 up.

    Indices of different blocks may coincide in Π P, which must not count as two samples: Möbius inversion over the
    partition lattice, block by block, corrects for that: x_r = [z^r] Π_b h_{|b|}(z).

    Examples
    --------
    >>> block_terms((4,))
    (0, 1, -7, 12, -6)
    """
    product = [1]
    for size in sizes:
        factor = _block_polynomial(size)
        new = [0] * (len(product) + len(factor) - 1)
        for i, x in enumerate(product):
            for j, y in enumerate(factor):
                new[i + j] += x * y
        product = new
    return tuple(product)


@functools.cache
def block_coefficient(samples: int, batch_size: int, sizes: tuple[int, ...]) -> Fraction:
    """Return c_σ for a partition with blocks of these sizes.

    Examples
    --------
    >>> block_coefficient(5, 2, (1,)), block_coefficient(5, 2, (1, 1)), block_coefficient(5, 2, (2,))
    (Fraction(2, 5), Fraction(1, 10), Fraction(3, 10))
    """
    terms = enumerate(block_terms(sizes))
    return sum((x * inclusion_probability(samples, batch_size, r) for r, x in terms if x), Fraction(0))


@functools.cache
def integer_partitions(total: int, largest: int | None = None) -> tuple[tuple[int, ...], ...]:
    """Return the partitions of `total` into decreasing parts; () for 0."""
    if total == 0:
        return ((),)
    top = total if largest is None else min(total, largest)
    return tuple((m, *rest) for m in range(top, 0, -1) for rest in integer_partitions(total - m, m))


def set_partition_count(sizes: tuple[int, ...]) -> int:
    """Return how many set partitions of Σ sizes slots have blocks of these sizes."""
    count = math.factorial(sum(sizes))
    for size in sizes:
        count //= math.factorial(size)
    for size in set(sizes):
        count //= math.factorial(sizes.count(size))
    return count


def sampling_factor(samples: int, batch_size: int) -> Fraction:
    """Return p_B = (n−B)/(B(n−1)), and 0 for B = n: the variance of a batch mean against that of one sample."""
    if batch_size == samples:
        return Fraction(0)
    return Fraction(samples - batch_size, batch_size * (samples - 1))


def operator_terms(
    samples: int, batch_size: int, order: int
) -> tuple[tuple[int, tuple[int, ...], Fraction], ...]:
    """Return (j, λ, coefficient) with T^k = Sym Σ coefficient · η^j · Π_{m∈λ} P_m, λ a partition of j ≤ k.

    The coefficient is C(k, j) (−1/B)^j N_λ c_λ; terms whose coefficient is 0 are left out.
    """
    terms = []
    for j in range(order + 1):
        for sizes in integer_partitions(j):
            c = block_coefficient(samples, batch_size, sizes)
            c *= math.comb(order, j) * set_partition_count(sizes) * Fraction(-1, batch_size) ** j
            if c:
                terms.append((j, sizes, c))
    return tuple(terms)
