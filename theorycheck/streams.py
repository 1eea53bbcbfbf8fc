"""Random streams: one independent NumPy generator for every (seed, claim, check, block).

A stream is a function of its keys alone, so results do not depend on the order or the number of workers.
"""

import hashlib

import numpy as np


def generator(seed: int, *keys: str | int) -> np.random.Generator:
    """Return the generator that belongs to `seed` and `keys`.

    Examples
    --------
    >>> generator(0, "starnes2023/lemma-2.1d", "hunt", 3).integers(10) == generator(
    ...     0, "starnes2023/lemma-2.1d", "hunt", 3).integers(10)
    np.True_
    """
    digest = hashlib.blake2b(repr(keys).encode(), digest_size=16).digest()
    words = np.frombuffer(digest, dtype=np.uint32)
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *(int(w) for w in words)])))
