"""Exact expectations over all K^T index paths, against what one would write with torch, one path after the other.

    python benchmarks/enumeration.py [--repeats 5]

Both sides are GSmoothSGD with closed-form smoothed gradients of sums of cosines and quadratics. Every row runs both
interleaved in one process and prints the ratio of medians (torch's time ÷ ours) beside its target, and our time beside its limit.
The mean over all paths is checked first against torch on the paths that it runs; a row whose answer is wrong stops the
script. To compare on one core, set OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from theorycheck.functions.families import Cosines
from theorycheck.lab.optimizers import expand, expected_over_paths, geometric, gsmooth_sgd, start_sgd
from theorycheck.lab.optimizers.quadratic_moments import (
    mean_and_second_moment,
    moments_at,
    next_moments,
    sgd_maps,
)
from theorycheck.terms.namespaces import numpy_namespace

XP = numpy_namespace()
RATE, SIGMA, RATIO = 0.125, 1.0, 0.5
NAMES = ("quadratic", "linear", "amplitude", "frequency", "phase", "reflection")


@dataclass(frozen=True)
class Row:
    """One comparison; `peer` runs `peer_paths` of all `paths`."""

    name: str
    peer: Callable[[], Any]
    ours: Callable[[], Any]
    paths: int
    peer_paths: int
    limit: float
    must: float
    ambitious: float


def samples(instances: int, dimension: int, count: int, seed: int) -> list[dict[str, Any]]:
    """Parameters of each sample: λy²/2 + by + a cos(ωy + c) along every coordinate of y, the reflected x."""
    generator = np.random.default_rng(seed)
    shape = (instances, min(dimension, 8))
    return [{name: generator.uniform(-1, 1, shape) for name in NAMES} for _ in range(count)]


def as_function(parameters: dict[str, Any], dimension: int) -> Cosines:
    return Cosines(XP, dimension, {**parameters, "constant": np.zeros(len(parameters["linear"]))})


def torch_run(parameters: list[dict[str, Any]], x: Any, path: tuple[int, ...]) -> Any:
    """The last iterate along one path, for all instances at once."""
    x = torch.from_numpy(x)
    for t, k in enumerate(path):
        p = {name: torch.from_numpy(value) for name, value in parameters[k].items()}
        sigma, v = SIGMA * RATIO**t, p["reflection"]
        factor = 2 / (v * v).sum(dim=-1, keepdim=True)
        y = x - factor * (v * x).sum(dim=-1, keepdim=True) * v
        damped = torch.exp(-((sigma * p["frequency"]) ** 2) / 4)
        wave = -p["amplitude"] * p["frequency"] * damped * torch.sin(p["frequency"] * y + p["phase"])
        slope = wave + p["linear"] + p["quadratic"] * y
        x = x - RATE * (slope - factor * (v * slope).sum(dim=-1, keepdim=True) * v)
    return x


def enumeration_row(
    instances: int, dimension: int, count: int, steps: int, *, limit: float, must: float, ambitious: float
) -> Row:
    parameters = samples(instances, dimension, count, seed=steps)
    functions = [as_function(p, dimension) for p in parameters]
    x = np.random.default_rng(0).standard_normal((instances, dimension))
    step = gsmooth_sgd(XP, functions, RATE, geometric(SIGMA, RATIO))
    paths = list(itertools.islice(itertools.product(range(count), repeat=steps), 64))

    def ours() -> Any:
        *_, last = expand(XP, step, start_sgd(x), count, steps)
        return last.x, expected_over_paths(XP, last.x, count)

    found = ours()[0][: len(paths)]
    error = max(
        float(np.abs(torch_run(parameters, x, path).numpy() - found[p]).max()) for p, path in enumerate(paths)
    )
    if not error <= 1e-12:
        raise SystemExit(
            f"{count}^{steps} paths: the iterates differ by {error:.3g}; no ratio means anything"
        )
    return Row(
        f"{count}^{steps} = {count**steps} paths, {instances} instances, d={dimension}",
        lambda: [torch_run(parameters, x, path) for path in paths],
        ours,
        count**steps,
        len(paths),
        limit,
        must,
        ambitious,
    )


def moments_row(dimension: int, steps: int) -> Row:
    """Second moments of SGD on quadratics, against the million runs that estimate them to three digits."""
    generator = np.random.default_rng(1)
    a = generator.standard_normal((2, dimension, dimension)) / dimension
    hessians = list(a @ a.swapaxes(-1, -2) + np.eye(dimension))
    linear = list(generator.standard_normal((2, dimension)))
    maps, start = sgd_maps(XP, hessians, linear, RATE), moments_at(XP, np.zeros(dimension))

    def ours() -> Any:
        moments = start
        for _ in range(steps):
            moments = next_moments(maps, moments)
        return mean_and_second_moment(moments, dimension)

    tensors = [torch.from_numpy(np.asarray(h)) for h in hessians], [torch.from_numpy(v) for v in linear]

    def one_path() -> Any:
        x = torch.zeros(dimension, dtype=torch.float64)
        for t in range(steps):
            x = x - RATE * (tensors[0][t % 2] @ x - tensors[1][t % 2])
        return x

    return Row(
        f"moments after {steps} steps, d={dimension} / 10^6 runs", one_path, ours, 10**6, 1, 1.0, 100, 1000
    )


def seconds(function: Callable[[], Any]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description="Exact expectations over index paths, against torch.")
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    torch.set_num_threads(1)
    print(f"NumPy {np.__version__}, torch {torch.__version__}, torch threads {torch.get_num_threads()}")
    rows = [
        enumeration_row(1, 1, 2, 16, limit=1.0, must=100, ambitious=1000),
        enumeration_row(1, 1, 4, 8, limit=1.0, must=100, ambitious=1000),
        enumeration_row(10_000, 1, 2, 6, limit=1.0, must=1, ambitious=2),
        enumeration_row(10_000, 2, 4, 3, limit=1.0, must=1, ambitious=2),
        moments_row(30, 200),
    ]
    print(f"{'row':58} {'torch':>12} {'ours':>10} {'ratio':>9}  must / ambitious")
    for row in rows:
        peer, ours = [], []
        for _ in range(repeats):
            peer.append(seconds(row.peer) * row.paths / row.peer_paths)
            ours.append(seconds(row.ours))
        theirs, mine = statistics.median(peer), statistics.median(ours)
        ratio = theirs / mine
        verdict = "ambitious" if ratio >= row.ambitious else "must" if ratio >= row.must else "MISSED"
        if mine > row.limit:
            verdict += f", over the limit of {row.limit:g} s"
        print(
            f"{row.name:58} {theirs * 1e3:10.1f}ms {mine * 1e3:8.2f}ms {ratio:9.1f}  {row.must:g} / {row.ambitious:g}: "
            f"{verdict}",
            flush=True,
        )


if __name__ == "__main__":
    main()
