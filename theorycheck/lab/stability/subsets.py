"""Uniform subsets of {0..n−1} with B elements, one for each of R replicas, drawn together.

Layout: the replica is the last axis, so that every step of an algorithm is one array operation over all replicas. Three
algorithms, chosen by (n, B):

- Floyd with comparisons, B ≤ 64: B steps; step c takes t uniform on {0..j}, j = n−B+c, or j itself if t is taken already;
- Floyd with a table of what is taken, for larger B;
- selection, for large B/n: element i is taken with probability (still needed)/(still to come).

For B > n/2 the complement is drawn. Random integers below m come from 32 random bits each, so that a probability is off by at
most 2^−32 a draw.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theorycheck.lab.stability.gradients import require_batch
from theorycheck.lab.stability.packing import Array

COMPARISONS_UP_TO = 64
SELECTION_FROM = 0.25
"""B/n from which selection beats the table (measured, see docs/performance.md)."""


def draw_subsets(generator: Any, samples: int, batch_size: int, replicas: int) -> Array:
    """Draw one batch for each replica.

    Parameters
    ----------
    generator : numpy.random.Generator or cupy.random.Generator
        Where the randomness comes from decides where the result lives.
    samples, batch_size, replicas : int
        n, B, R.

    Returns
    -------
    array (B, R) of unsigned integers
        Column r holds the B distinct indices of replica r, in no particular order.

    Raises
    ------
    ClaimError
        If B is not between 1 and n.
    """
    batch_size = require_batch(batch_size, samples)
    xp = _module(generator)
    if batch_size == samples:
        return xp.repeat(xp.arange(samples, dtype=_index_type(samples))[:, None], replicas, axis=1)
    if batch_size <= COMPARISONS_UP_TO:
        return _floyd_by_comparison(generator, samples, batch_size, replicas, xp)
    if 2 * batch_size <= samples:
        return _floyd_by_table(generator, samples, batch_size, replicas, xp)[1]
    mask = draw_masks(generator, samples, batch_size, replicas)
    # in each column the B places that are set, in increasing order
    _, places = xp.nonzero(mask.T)
    return xp.ascontiguousarray(places.reshape(replicas, batch_size).T).astype(_index_type(samples))


def draw_masks(generator: Any, samples: int, batch_size: int, replicas: int) -> Array:
    """Draw one batch for each replica as a mask: boolean (n, R), B entries set in each column. Parameters as `draw_subsets`."""
    batch_size = require_batch(batch_size, samples)
    xp = _module(generator)
    if 2 * batch_size > samples:
        if batch_size == samples:
            return xp.ones((samples, replicas), dtype=bool)
        return ~draw_masks(generator, samples, samples - batch_size, replicas)
    if batch_size <= COMPARISONS_UP_TO:
        picks = _floyd_by_comparison(generator, samples, batch_size, replicas, xp)
        mask = xp.zeros(samples * replicas, dtype=bool)
        mask[picks.astype(xp.intp) * replicas + xp.arange(replicas)] = True
        return mask.reshape(samples, replicas)
    if batch_size >= SELECTION_FROM * samples:
        return _selection(generator, samples, batch_size, replicas, xp)
    return _floyd_by_table(generator, samples, batch_size, replicas, xp)[0]


def _module(generator: Any) -> Any:
    if type(generator).__module__.partition(".")[0] == "cupy":
        import cupy

        return cupy
    return np


def _index_type(samples: int) -> Any:
    return np.uint8 if samples <= 2**8 else np.uint16 if samples <= 2**16 else np.uint32


def _bits(generator: Any, shape: tuple[int, ...], xp: Any) -> Array:
    """Return uniform 32-bit integers."""
    if xp is not np:
        return generator.integers(0, 2**32 - 1, size=shape, dtype=xp.uint32, endpoint=True)
    count = int(np.prod(shape))
    words = generator.integers(0, 2**64 - 1, size=(count + 1) // 2, dtype=np.uint64, endpoint=True)
    return words.view(np.uint32)[:count].reshape(shape)


def _below(generator: Any, bounds: Any, replicas: int, kind: Any, xp: Any) -> Array:
    """Return integers uniform on {0..m−1} for every m in `bounds`, shape (len(bounds), R)."""
    bits = _bits(generator, (len(bounds), replicas), xp)
    picks = xp.empty((len(bounds), replicas), dtype=kind)
    scaled = xp.empty(replicas)
    for row, bound in enumerate(bounds):  # row by row, so that no large array of floats is written
        xp.multiply(bits[row], float(bound) * 2.0**-32, out=scaled)
        picks[row] = scaled  # an exact product of 32 and at most 21 bits, rounded down
    return picks


def _floyd_by_comparison(generator: Any, samples: int, batch_size: int, replicas: int, xp: Any) -> Array:
    kind = _index_type(samples)
    padded = -(-replicas // 8) * 8  # so that eight truth values are one word
    last = np.arange(samples - batch_size, samples)
    picks = _below(generator, last + 1, padded, kind, xp)
    taken = xp.empty((batch_size, padded), dtype=bool)
    for c in range(1, batch_size):
        pick, before = picks[c], taken[:c]
        xp.equal(picks[:c], pick, out=before)
        hit = xp.bitwise_or.reduce(before.view(np.uint64), axis=0) if xp is np else before.any(axis=0)
        # j exceeds everything drawn so far, so a maximum puts it where the draw was taken
        xp.maximum(pick, hit.view(np.uint8) * kind(last[c]), out=pick)
    return picks[:, :replicas]


def _floyd_by_table(
    generator: Any, samples: int, batch_size: int, replicas: int, xp: Any
) -> tuple[Array, Array]:
    """Return the mask (n, R) and the indices (B, R)."""
    last = np.arange(samples - batch_size, samples)
    columns = xp.arange(replicas)
    picks = _below(generator, last + 1, replicas, np.int64, xp)
    taken = xp.zeros(samples * replicas, dtype=bool)
    for c in range(batch_size):
        hit = taken[picks[c] * replicas + columns]
        picks[c] = xp.where(hit, int(last[c]), picks[c])
        taken[picks[c] * replicas + columns] = True
    return taken.reshape(samples, replicas), picks.astype(_index_type(samples))


def _selection(generator: Any, samples: int, batch_size: int, replicas: int, xp: Any) -> Array:
    draws = _bits(generator, (samples, replicas), xp) * 2.0**-32
    needed = xp.full(replicas, float(batch_size))
    mask = xp.empty((samples, replicas), dtype=bool)
    for i in range(samples):
        xp.less(draws[i] * (samples - i), needed, out=mask[i])
        needed -= mask[i]
    return mask
