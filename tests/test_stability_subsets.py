"""Random batches: always B distinct indices, every batch equally likely, whichever algorithm draws them."""

import itertools
import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import ClaimError
from theorycheck.lab.stability import draw_masks, draw_subsets, subsets

FALSE_ALARM = 1e-9
"""For each test of uniformity; seeds are fixed, so a pass stays a pass."""


def uniform_over_batches(masks, batch):
    """p-value of the counts of all C(n, B) batches."""
    n, replicas = masks.shape
    codes = (2.0 ** np.arange(n)) @ masks
    values = [sum(2.0**i for i in chosen) for chosen in itertools.combinations(range(n), batch)]
    counts = np.array([(codes == v).sum() for v in values])
    assert counts.sum() == replicas
    expected = replicas / len(values)
    statistic = ((counts - expected) ** 2 / expected).sum()
    return scipy.stats.chi2.sf(statistic, max(1, len(values) - 1))


def as_masks(picks, n):
    masks = np.zeros((n, picks.shape[1]), dtype=bool)
    masks[picks.astype(int), np.arange(picks.shape[1])] = True
    return masks


@pytest.mark.parametrize(("n", "batch"), [(1, 1), (2, 1), (5, 2), (5, 4), (6, 3), (7, 1), (7, 7)])
def test_every_batch_is_equally_likely(n, batch):
    generator = np.random.default_rng(n * 10 + batch)
    picks = draw_subsets(generator, n, batch, 60_000)
    assert picks.shape == (batch, 60_000)
    assert uniform_over_batches(as_masks(picks, n), batch) > FALSE_ALARM
    assert uniform_over_batches(draw_masks(generator, n, batch, 60_000), batch) > FALSE_ALARM


@pytest.mark.parametrize("algorithm", ["comparison", "table", "selection"])
@pytest.mark.parametrize(("n", "batch"), [(4, 2), (6, 2), (7, 3)])
def test_each_algorithm_is_uniform(algorithm, n, batch):
    generator, replicas = np.random.default_rng(7), 60_000
    masks = {
        "comparison": lambda: as_masks(subsets._floyd_by_comparison(generator, n, batch, replicas, np), n),
        "table": lambda: subsets._floyd_by_table(generator, n, batch, replicas, np)[0],
        "selection": lambda: subsets._selection(generator, n, batch, replicas, np),
    }[algorithm]()
    assert (masks.sum(axis=0) == batch).all()
    assert uniform_over_batches(masks, batch) > FALSE_ALARM


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 700).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))), st.integers(1, 19))
def test_distinct_indices_at_every_size(sizes, replicas):
    n, batch = sizes
    picks = draw_subsets(np.random.default_rng(n + batch), n, batch, replicas)
    assert picks.shape == (batch, replicas)
    assert int(picks.max()) < n
    assert all(len(set(column)) == batch for column in picks.T.tolist())
    masks = draw_masks(np.random.default_rng(n + batch), n, batch, replicas)
    assert masks.shape == (n, replicas)
    assert (masks.sum(axis=0) == batch).all()


@pytest.mark.parametrize(("n", "batch"), [(300, 20), (300, 80), (300, 70), (300, 200), (70_000, 3)])
def test_inclusion_in_large_problems(n, batch):
    """Each index is in a share B/n of the batches, each pair of neighbours in B(B−1)/n(n−1)."""
    replicas = 2000
    picks = draw_subsets(np.random.default_rng(1), n, batch, replicas)
    counts = np.bincount(picks.ravel().astype(int), minlength=n)
    chance = batch / n
    # a union bound over n two-sided binomial tails
    tail = FALSE_ALARM / (2 * n)
    assert counts.max() <= scipy.stats.binom.isf(tail, replicas, chance)
    assert counts.min() >= scipy.stats.binom.ppf(tail, replicas, chance)
    if n < 1000:
        masks = as_masks(picks, n)
        pairs = (masks[:-1] & masks[1:]).sum()
        mean = replicas * (n - 1) * batch * (batch - 1) / (n * (n - 1))
        # pairs of one replica number at most B, so Hoeffding's bound holds with range B
        assert abs(pairs - mean) <= batch * math.sqrt(replicas * math.log(2 / FALSE_ALARM) / 2)


def test_replicas_are_independent_of_each_other():
    picks = draw_subsets(np.random.default_rng(2), 4, 1, 100_000)[0].astype(int)
    table = np.zeros((4, 4))
    np.add.at(table, (picks[:-1:2], picks[1::2]), 1)
    assert scipy.stats.chi2_contingency(table).pvalue > FALSE_ALARM


def test_bad_sizes():
    generator = np.random.default_rng(0)
    for draw in (draw_subsets, draw_masks):
        with pytest.raises(ClaimError, match="exceeds the number of samples 3"):
            draw(generator, 3, 4, 5)
        with pytest.raises(ClaimError, match="at least 1"):
            draw(generator, 3, 0, 5)
