"""Evaluating a claim on many instances, against a plain Python loop and against torch batched.

    python benchmarks/hunting.py [--instances 20000] [--repeats 7]

The claim is |f_τ(x) − f_σ(x)| ≤ (Ld/4)(τ² − σ²) for f(x) = a cos(w·x + c). All contestants get the same
instances, already drawn; they run interleaved in one process, and medians and their ratios are printed.
Drawing is timed by itself.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from theorycheck.hunting.evaluation import compare, evaluate, two_sides
from theorycheck.spaces import Space, dimension, point, real
from theorycheck.statement.claims import Claim
from theorycheck.terms.namespaces import numpy_namespace


def sides(xp: Any, *, x: Any, w: Any, a: Any, c: Any, sigma: Any, tau: Any, d: int) -> Any:
    square = xp.vecdot(w, w)
    value = a * xp.cos(xp.vecdot(w, x) + c)
    left = abs(value * (xp.exp(-tau * tau * square / 4) - xp.exp(-sigma * sigma * square / 4)))
    return left, abs(a) * square * d / 4 * (tau * tau - sigma * sigma)


def looped(values: dict[str, Any], d: int) -> int:
    """The plain Python loop; returns the number of violations beyond rounding."""
    columns = [values[name].tolist() for name in ("x", "w", "a", "c", "sigma", "tau")]
    found = 0
    for x, w, a, c, sigma, tau in zip(*columns, strict=True):
        square = sum(number * number for number in w)
        value = a * math.cos(sum(p * q for p, q in zip(w, x, strict=True)) + c)
        left = abs(value * (math.exp(-tau * tau * square / 4) - math.exp(-sigma * sigma * square / 4)))
        found += left > abs(a) * square * d / 4 * (tau * tau - sigma * sigma) * (1 + 1e-9)
    return found


def with_torch(values: dict[str, Any], d: int) -> Callable[[], Any] | None:
    """The same in torch, float64, batched; None where torch is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    x, w, a, c, sigma, tau = (torch.from_numpy(values[n]) for n in ("x", "w", "a", "c", "sigma", "tau"))

    def run() -> Any:
        square = (w * w).sum(dim=-1)
        value = a * torch.cos((w * x).sum(dim=-1) + c)
        left = (value * (torch.exp(-tau * tau * square / 4) - torch.exp(-sigma * sigma * square / 4))).abs()
        right = a.abs() * square * d / 4 * (tau * tau - sigma * sigma)
        gap, scale = right - left, left.abs() + right.abs()
        return torch.where(scale > 0, gap / torch.where(scale > 0, scale, torch.ones_like(scale)), scale)

    return run


def seconds(function: Callable[[], Any]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def measure(d: int, instances: int, repeats: int) -> None:
    space = Space(
        d=dimension(d),
        x=point(),
        w=point(),
        a=real(),
        c=real(),
        sigma=real(0),
        tau=real("sigma", open_low=True),
    )
    claim = Claim(id="benchmark/smoothing-distance", statement="", space=space, sides=sides)
    stratum, xp = space.strata()[0], numpy_namespace()
    random = np.random.default_rng(0)
    cube = random.random((instances, space.width(stratum)))
    values = space.decode(stratum, cube, xp)
    everywhere = np.ones(instances, dtype=bool)

    def ours() -> Any:
        return compare("<=", *two_sides(claim, xp, values), everywhere, everywhere[None]).normalised

    runs: dict[str, Callable[[], Any]] = {
        "evaluation": ours,
        "draw, decode, evaluate": lambda: evaluate(claim, stratum, random.random(cube.shape), xp).normalised,
        "Python loop": lambda: looped(values, d),
    }
    torch_run = with_torch(values, d)
    if torch_run is not None:
        runs["torch, batched"] = torch_run
    times: dict[str, list[float]] = {name: [] for name in runs}
    with np.errstate(all="ignore"):
        for _ in range(repeats):
            for name, run in runs.items():
                times[name].append(seconds(run))
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        ratio = median / medians["evaluation"]
        print(f"d={d:<4} {name:24} {instances / median:14,.0f} instances/s   time / ours: {ratio:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--instances", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    for d in (1, 2, 4, 50):
        measure(d, options.instances, options.repeats)
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return
    for pool in threadpool_info():
        name, version = pool.get("internal_api"), pool.get("version")
        print(f"{pool['user_api']}: {name} {version}, {pool['num_threads']} threads")


if __name__ == "__main__":
    main()
