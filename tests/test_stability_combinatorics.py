"""Coefficients of T^k against counting, and as polynomials in the inclusion probabilities."""

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theorycheck.lab.stability.combinatorics import (
    block_coefficient,
    block_terms,
    inclusion_probability,
    integer_partitions,
    operator_terms,
    sampling_factor,
    set_partition_count,
)

SIZES = [(n, batch) for n in range(1, 6) for batch in range(1, n + 1)]


def set_partitions(elements):
    """All partitions of a list into blocks."""
    if not elements:
        yield []
        return
    first, rest = elements[0], elements[1:]
    for partition in set_partitions(rest):
        yield [[first], *partition]
        for i, block in enumerate(partition):
            yield [*partition[:i], [first, *block], *partition[i + 1 :]]


@pytest.mark.parametrize(("n", "batch"), SIZES)
def test_inclusion_by_counting_batches(n, batch):
    batches = list(itertools.combinations(range(n), batch))
    for r in range(n + 2):
        inside = sum(set(range(r)) <= set(chosen) for chosen in batches)
        assert inclusion_probability(n, batch, r) == Fraction(inside, len(batches))


@pytest.mark.parametrize("j", range(7))
def test_set_partitions_of_each_type_are_counted(j):
    types = [tuple(sorted(map(len, p), reverse=True)) for p in set_partitions(list(range(j)))]
    for sizes in integer_partitions(j):
        assert set_partition_count(sizes) == types.count(sizes)
    assert sum(map(set_partition_count, integer_partitions(j))) == len(types)


@pytest.mark.parametrize(("n", "batch"), SIZES)
@pytest.mark.parametrize("j", range(1, 5))
def test_moments_of_a_batch_sum_of_numbers(n, batch, j):
    """E (Σ_{i∈I} x_i)^j = Σ_σ c_σ Π p_{|b|}(x) for x_i = 2, −1, 3, … (algebraically independent enough: five points each)."""
    for shift in range(5):
        x = [Fraction((3 * i + shift) ** 2 - 7, 2 + i) for i in range(n)]
        batches = list(itertools.combinations(x, batch))
        mean = sum(sum(chosen) ** j for chosen in batches) / Fraction(len(batches))
        formula = sum(
            set_partition_count(sizes)
            * block_coefficient(n, batch, sizes)
            * math.prod(sum(v**m for v in x) for m in sizes)
            for sizes in integer_partitions(j)
        )
        assert formula == mean


def test_coefficients_invert_the_lattice_of_partitions():
    """Σ over σ finer than π of c_σ is q_{|π|}: with this A1 holds for every n and B; here by listing all partitions."""
    for j in range(1, 6):
        for coarse in set_partitions(list(range(j))):
            total = [0] * (j + 1)
            for inner in itertools.product(*(list(set_partitions(block)) for block in coarse)):
                sizes = tuple(sorted((len(b) for blocks in inner for b in blocks), reverse=True))
                for r, x in enumerate(block_terms(sizes)):
                    total[r] += x
            assert total == [int(r == len(coarse)) for r in range(j + 1)]


def test_numbers_of_terms():
    counts = [len({sizes for _, sizes, _ in operator_terms(20, 7, k)}) for k in range(7)]
    assert counts == [1, 2, 4, 7, 12, 19, 30]


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))))
def test_variance_factor_of_a_batch_mean(sizes):
    n, batch = sizes
    # the variance of the mean of B draws without repetition from x = (1, 0, …, 0), over that of a single draw
    single = Fraction(1, n) - Fraction(1, n**2)
    variance = Fraction(batch, n) / batch**2 - Fraction(1, n**2)
    assert sampling_factor(n, batch) * single == variance
