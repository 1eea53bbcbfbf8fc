"""Smoothing f_σ(x) = E f(x + σu), u ~ N(0, I/2), against what one would write with torch.

    python benchmarks/smoothing.py [--repeats 5]

Every row runs both sides interleaved in one process and prints the ratio of medians (torch's time ÷ ours)
beside its target. Accuracy is checked first; a row whose answer is wrong stops the script. To compare on one
core, set OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from theorycheck.functions.kinked_profiles import Relu
from theorycheck.functions.profiles import Cosine, Quartic
from theorycheck.lab.expectation import Analytic, Kinks, smooth, smooth_ridges
from theorycheck.lab.expectation.cosine import cosine

POINTS = 100
RIDGES = 32
SIGMA = 0.7
FREQUENCY = 2.0


@dataclass(frozen=True)
class Row:
    """One comparison; `peer` does the part `peer_share` of its work, because it is slow."""

    name: str
    peer: Callable[[], Any]
    ours: Callable[[], Any]
    must: float
    ambitious: float
    peer_share: float = 1.0


def median_ratio(row: Row, repeats: int) -> tuple[float, float, float]:
    """Return the medians of both sides in seconds, interleaved, and their ratio."""
    calls = max(1, min(50, int(0.02 / seconds(row.ours, 1))))
    peer, ours = [], []
    for _ in range(repeats):
        peer.append(seconds(row.peer, 1) / row.peer_share)
        ours.append(seconds(row.ours, calls))
    return statistics.median(peer), statistics.median(ours), statistics.median(peer) / statistics.median(ours)


def seconds(function: Callable[[], Any], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        function()
    return (time.perf_counter() - start) / calls


def require(name: str, error: float, limit: float) -> None:
    if not error <= limit:
        raise SystemExit(f"{name}: the error {error:.3g} is above {limit:.3g}; no ratio means anything")


# closed forms of the ridge sums f(x) = Σ a_j φ(w_j·x + b_j)
def ridges(dimension: int, rng: np.random.Generator) -> tuple[Any, Any, Any]:
    weights = rng.standard_normal((RIDGES, dimension)) / math.sqrt(dimension)
    return weights, rng.standard_normal(RIDGES), rng.standard_normal(RIDGES) / math.sqrt(RIDGES)


def closed_form(profile: Any, parameters: tuple[Any, Any, Any], x: Any) -> Any:
    weights, offsets, amplitudes = parameters
    return smooth_ridges(profile, x, SIGMA, weights=weights, offsets=offsets, amplitudes=amplitudes)


def torch_batched(activation: Callable[[Any], Any], parameters: tuple[Any, Any, Any], x: Any, n: int) -> Any:
    """Draw n samples for every point in one batch; shape (points, n)."""
    weights, offsets, amplitudes = (torch.from_numpy(p) for p in parameters)
    points = torch.from_numpy(x)
    u = torch.randn((len(points), n, points.shape[1]), dtype=torch.float64) * (SIGMA / math.sqrt(2))
    return activation((points[:, None, :] + u) @ weights.T + offsets) @ amplitudes


ACTIVATIONS = {
    "relu": (Relu(), torch.relu, lambda t: np.maximum(t, 0)),
    "cosine": (Cosine(), torch.cos, cosine),
    "quartic": (Quartic(), lambda t: t**4, lambda t: t**4),
}


def closed_form_rows(rng: np.random.Generator) -> list[Row]:
    rows = []
    for dimension, must, ambitious in ((2, 150, 190), (100, 3000, 6000), (300, 3000, 6000)):
        parameters, x = ridges(dimension, rng), rng.standard_normal((POINTS, dimension))
        for name, (profile, activation, _) in ACTIVATIONS.items():
            samples = torch_batched(activation, parameters, x[:4], 20_000).numpy()
            error = np.abs(closed_form(profile, parameters, x[:4]) - samples.mean(axis=1))
            require(
                name, float((error / samples.std(axis=1)).max()), 6 / math.sqrt(20_000)
            )  # 6 standard errors
            rows.append(
                Row(
                    f"closed form, {RIDGES} {name} ridges, d={dimension}",
                    lambda a=activation, p=parameters, x=x: torch_batched(a, p, x[:20], 1000).mean(dim=1),
                    lambda f=profile, p=parameters, x=x: closed_form(f, p, x),
                    must,
                    ambitious,
                    peer_share=20 / POINTS,
                )
            )
    return rows


# smooth f in few dimensions, to 1e-6 with a rigorous bar, against Monte Carlo to 1e-3 for 95 % of its errors
def smooth_rows(rng: np.random.Generator) -> list[Row]:
    rows = []
    for dimension in (1, 2, 3):
        w = rng.standard_normal(dimension)
        w *= FREQUENCY / np.linalg.norm(w)
        x = rng.standard_normal((POINTS, dimension))
        exact = math.exp(-((SIGMA * FREQUENCY) ** 2) / 4) * np.cos(x @ w)
        declared = Analytic(1.0, FREQUENCY)

        def ours(x: Any = x, w: Any = w, declared: Analytic = declared) -> Any:
            return smooth(lambda z: cosine(z @ w), x, SIGMA, smoothness=declared, accuracy=1e-6)

        found = ours()
        require(f"smooth f, r={dimension}", float(np.abs(found.value - exact).max()), 1e-6)
        spread = float(np.sqrt(0.5 * (1 - math.exp(-((SIGMA * FREQUENCY) ** 2) / 2)) ** 2))
        n = math.ceil((1.96 * spread / 1e-3) ** 2)  # 95 % of the errors below 1e-3
        weights = torch.from_numpy(w)

        def peer(x: Any = x, weights: Any = weights, n: int = n, d: int = dimension) -> None:
            for point in torch.from_numpy(x[:5]):
                u = torch.randn((n, d), dtype=torch.float64) * (SIGMA / math.sqrt(2))
                float(torch.cos((point + u) @ weights).mean())

        rows.append(
            Row(
                f"smooth f, r={dimension}: 1e-6 with bar / torch MC to 1e-3",
                peer,
                ours,
                5000,
                10000,
                5 / POINTS,
            )
        )
    return rows


# randomised quasi Monte Carlo with a 95 % bar, against torch's Sobol' engine without a bar
def torch_sobol(
    activation: Callable[[Any], Any], parameters: tuple[Any, Any, Any], x: Any, n: int, seed: int
) -> Any:
    weights, offsets, amplitudes = (torch.from_numpy(p) for p in parameters)
    engine = torch.quasirandom.SobolEngine(weights.shape[1], scramble=True, seed=seed)
    cube = engine.draw(n, dtype=torch.float64).clamp(1e-12, 1 - 1e-12)
    u = torch.erfinv(2 * cube - 1) * SIGMA  # √2 erfinv gives N(0, 1); u has variance 1/2
    return torch.stack(
        [(activation((p + u) @ weights.T + offsets) @ amplitudes).mean() for p in torch.from_numpy(x)]
    )


def points_needed(
    activation: Callable[[Any], Any], parameters: tuple[Any, Any, Any], x: Any, exact: Any
) -> int:
    """Return the smallest 2^k at which 95 % of torch's errors (points × 16 seeds) are ≤ 1e-3."""
    for power in range(7, 20):
        errors = [
            np.abs(torch_sobol(activation, parameters, x, 2**power, s).numpy() - exact) for s in range(16)
        ]
        if np.quantile(errors, 0.95) <= 1e-3:
            return 2**power
    raise SystemExit("torch's Sobol' engine did not reach 1e-3 with 2^19 points")


def quasi_rows(rng: np.random.Generator) -> list[Row]:
    rows = []
    cases = ((10, 1, 1, 2), (10, 8, 1, 2), (100, 1, 5, 13), (100, 8, 5, 13), (1000, 1, 5, 13))
    for dimension, count, must, ambitious in cases:
        parameters, x = ridges(dimension, rng), rng.standard_normal((count, dimension))
        for name in ("cosine", "relu"):
            profile, activation, ours_activation = ACTIVATIONS[name]
            exact = closed_form(profile, parameters, x)
            n = points_needed(activation, parameters, x, exact)

            def ours(f: Any = ours_activation, p: Any = parameters, x: Any = x, d: int = dimension) -> Any:
                w, b, a = p
                if d < RIDGES:
                    f_of_x = lambda z: f(z @ w.T + b) @ a  # noqa: E731  the integrand in place
                    return smooth(f_of_x, x, SIGMA, smoothness=Kinks(), accuracy=1e-3, error_probability=0.05)
                return smooth(
                    lambda z: f(z) @ a,
                    x,
                    SIGMA,
                    weights=w,
                    offset=b,
                    smoothness=Kinks(),
                    accuracy=1e-3,
                    error_probability=0.05,
                )

            found = ours()
            require(
                f"quasi Monte Carlo, {name}, d={dimension}", float(np.abs(found.value - exact).max()), 2e-3
            )
            counts = f"{count} points (n={found.evaluations}; torch {n})"
            rows.append(
                Row(
                    f"QMC to 1e-3 with bar, {name}, d={dimension}, {counts}",
                    lambda a=activation, p=parameters, x=x, n=n: torch_sobol(a, p, x, n, 1),
                    ours,
                    must,
                    ambitious,
                )
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Smoothing against torch.")
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    torch.set_num_threads(1)
    print_environment()
    rng = np.random.default_rng(0)
    print(f"{'row':74} {'torch':>11} {'ours':>10} {'ratio':>8}  must / ambitious")
    for row in [*smooth_rows(rng), *closed_form_rows(rng), *quasi_rows(rng)]:
        peer, ours, ratio = median_ratio(row, repeats)
        verdict = "ambitious" if ratio >= row.ambitious else "must" if ratio >= row.must else "MISSED"
        times = f"{peer * 1e3:9.2f}ms {ours * 1e3:8.3f}ms {ratio:8.1f}"
        print(f"{row.name:74} {times}  {row.must:g} / {row.ambitious:g}: {verdict}", flush=True)


def print_environment() -> None:
    print(f"NumPy {np.__version__}, torch {torch.__version__}, torch threads {torch.get_num_threads()}")
    try:
        import threadpoolctl
    except ImportError:
        print("threadpoolctl is not installed: thread pools unknown")
        return
    for pool in threadpoolctl.threadpool_info():
        keys = ("user_api", "internal_api", "version", "num_threads", "architecture")
        print("  " + ", ".join(f"{key}={pool.get(key)}" for key in keys))


if __name__ == "__main__":
    main()
