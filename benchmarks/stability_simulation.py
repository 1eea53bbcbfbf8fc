"""Random batches and replica steps against torch.rand().topk and a mask.

    python benchmarks/stability_simulation.py [--repeats 7]

Every row runs both sides interleaved in one process, both in float64 on one thread, and prints the ratio of medians (torch's
time ÷ ours) beside its target.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from theorycheck.lab.stability import draw_subsets, gradient_set
from theorycheck.lab.stability.simulation import linearised_step


@dataclass(frozen=True)
class Row:
    name: str
    peer: Callable[[], Any]
    ours: Callable[[], Any]
    must: float
    ambitious: float


def seconds(function: Callable[[], Any]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def torch_subsets(n: int, batch_size: int, replicas: int) -> Any:
    return torch.rand(replicas, n).topk(batch_size, dim=1).indices


def torch_step(a: Any, state: Any, rate: float, batch_size: int) -> Any:
    """state (R, p): topk, a mask, and two products over all samples."""
    chosen = torch_subsets(len(a), batch_size, len(state))
    mask = torch.zeros((len(state), len(a)), dtype=torch.float64).scatter_(1, chosen, 1.0)
    return state - rate * ((state @ a.T) * mask) @ a


def rows(generator: np.random.Generator) -> list[Row]:
    table = []
    for n, batch_size in ((100, 1), (100, 10), (100, 32), (300, 32), (1000, 10), (1000, 32)):
        for replicas in (2048, 8192):
            table.append(
                Row(
                    f"subsets, n={n}, B={batch_size}, R={replicas}",
                    lambda n=n, b=batch_size, r=replicas: torch_subsets(n, b, r),
                    lambda n=n, b=batch_size, r=replicas: draw_subsets(generator, n, b, r),
                    25,
                    100,
                )
            )
    for n, batch_size, p, must, ambitious in (
        (100, 4, 20, 4, 10),
        (100, 4, 50, 4, 10),
        (100, 10, 20, 4, 10),
        (100, 10, 50, 4, 10),
        (1000, 10, 50, 20, 30),
    ):
        gradients = gradient_set(generator.standard_normal((n, p)))
        state = generator.standard_normal((2048, gradients.rank))
        a, start = torch.from_numpy(gradients.coordinates[:, 0, :].copy()), torch.from_numpy(state.copy())
        table.append(
            Row(
                f"step, n={n}, B={batch_size}, p={p}, R=2048",
                lambda a=a, s=start, b=batch_size: torch_step(a, s, 0.01 / b, b),
                lambda g=gradients, s=state, b=batch_size: linearised_step(g, s, 0.01, b, generator),
                must,
                ambitious,
            )
        )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description="Batches and replica steps against torch.")
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    torch.set_num_threads(1)
    print(f"NumPy {np.__version__}, torch {torch.__version__}")
    print(f"{'row':44} {'torch':>11} {'ours':>10} {'ratio':>8}  must / ambitious")
    for row in rows(np.random.Generator(np.random.SFC64(0))):
        row.ours(), row.peer()
        peer, ours = [], []
        for _ in range(repeats):
            peer.append(seconds(row.peer))
            ours.append(statistics.median(seconds(row.ours) for _ in range(3)))
        ratio = statistics.median(peer) / statistics.median(ours)
        verdict = "ambitious" if ratio >= row.ambitious else "must" if ratio >= row.must else "MISSED"
        times = f"{statistics.median(peer) * 1e3:9.2f}ms {statistics.median(ours) * 1e3:8.3f}ms {ratio:8.1f}"
        print(f"{row.name:44} {times}  {row.must:g} / {row.ambitious:g}: {verdict}", flush=True)


if __name__ == "__main__":
    main()
