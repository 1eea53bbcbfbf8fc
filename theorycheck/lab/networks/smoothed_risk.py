r"""The smoothed risk f_σ(w) = E f(w + σu), u ~ N(0, I/2) over all parameters, by plain Monte Carlo.

Not the smoothed layers of starnes2023, which smooth the problem with the layers' equations as penalties: this is the function
whose gradient GSmoothSGD follows, and which graduated optimisation starts from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import NetworkError
from theorycheck.lab.networks.risk import Risk, risk_value


@dataclass(frozen=True)
class SmoothedRisk:
    """Each of shape (R,).

    Attributes
    ----------
    value : array
        The mean over the draws.
    standard_error : array
        Of that mean; where f grows fast along σu, few draws hide the tail and it is too small.
    """

    value: Any
    standard_error: Any


def smoothed_risk(
    risk: Risk, xp: Any, w: Any, x: Any, y: Any, *, sigma: Any, generator: np.random.Generator, draws: int
) -> SmoothedRisk:
    """E f(w + σu) of every network from antithetic pairs ±u.

    Parameters
    ----------
    sigma : number or array (R,)
        σ ≥ 0; u ~ N(0, I/2), so every weight moves by N(0, σ²/2).
    draws : int
        Pairs, at least 2; every network has its own.

    Raises
    ------
    NetworkError
        If there are fewer than two pairs.
    """
    if draws < 2:
        raise NetworkError(f"an error bar needs at least 2 draws, not {draws}")
    scale = xp.reshape(xp.asarray(sigma, dtype=w.dtype), (-1, 1))
    values = []
    for _ in range(draws):
        u = xp.asarray(generator.standard_normal(tuple(w.shape)) / 2**0.5, dtype=w.dtype)
        pair = [risk_value(risk, xp, w + sign * scale * u, x, y) for sign in (1, -1)]
        values.append((pair[0] + pair[1]) / 2)
    stacked = xp.stack(values)
    mean = xp.sum(stacked, axis=0) / draws
    variance = xp.sum((stacked - mean) ** 2, axis=0) / (draws - 1)
    return SmoothedRisk(mean, xp.sqrt(variance / draws))
