"""Packed symmetric tensors: an isometry, and its adjoint."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.lab.stability import pack, packed_power, packed_size, symmetrise, tensor_power, unpack
from theorycheck.lab.stability.packing import index_tuples, multiplicities, packed_position

# sums of at most 4^6 products of numbers below 1 in size: rounding stays below 4096 · 2^-53 < 1e-12
ROUNDING = 1e-12
SHAPES = [(p, k) for p in (1, 2, 3, 4) for k in (1, 2, 3, 4, 5, 6) if p**k <= 4096]


@pytest.mark.parametrize(("p", "k"), SHAPES)
def test_round_trip_and_isometry(p, k):
    generator = np.random.default_rng(p * 10 + k)
    x, y = generator.uniform(-1, 1, (2, packed_size(p, k)))
    full_x, full_y = unpack(x, p, k), unpack(y, p, k)
    assert np.allclose(pack(full_x, k), x, atol=ROUNDING, rtol=0)
    assert abs((full_x * full_y).sum() - x @ y) < ROUNDING * 10
    for slots in itertools.permutations(range(k)):
        assert (full_x == full_x.transpose(slots)).all()


@pytest.mark.parametrize(("p", "k"), [(p, k) for p, k in SHAPES if k <= 4])
def test_packing_projects_onto_the_mean_over_permutations(p, k):
    tensor = np.random.default_rng(k).uniform(-1, 1, (p,) * k)
    mean = sum(tensor.transpose(slots) for slots in itertools.permutations(range(k))) / math.factorial(k)
    assert np.allclose(symmetrise(tensor), mean, atol=ROUNDING, rtol=0)
    assert np.allclose(unpack(pack(tensor, k), p, k), mean, atol=ROUNDING, rtol=0)


@settings(deadline=None)
@given(
    st.sampled_from(SHAPES).flatmap(
        lambda shape: st.tuples(
            st.just(shape[1]),
            st.lists(st.floats(-1, 1), min_size=shape[0], max_size=shape[0]),
            st.lists(st.floats(-1, 1), min_size=shape[0], max_size=shape[0]),
        )
    )
)
def test_powers_of_vectors(case):
    k, v, w = case
    v, w = np.array(v), np.array(w)
    left, right = packed_power(v[None], k)[0], packed_power(w[None], k)[0]
    # both sides are at most 4^6, computed with relative error about 1e-15
    assert abs(left @ right - (v @ w) ** k) <= 1e-11
    assert np.allclose(pack(tensor_power(v[None], k).reshape((len(v),) * k), k), left, atol=1e-12, rtol=0)


@pytest.mark.parametrize(("p", "k"), SHAPES)
def test_positions_and_multiplicities_by_listing(p, k):
    listed = {t: i for i, t in enumerate(itertools.combinations_with_replacement(range(p), k))}
    entries = list(itertools.product(range(p), repeat=k))
    positions = packed_position(np.array(entries), p)
    assert [listed[tuple(sorted(e))] for e in entries] == positions.tolist()
    assert np.bincount(positions).tolist() == multiplicities(p, k).tolist()
    assert [tuple(t) for t in index_tuples(p, k)] == list(listed)
