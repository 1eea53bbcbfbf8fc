"""T^k without enumeration against what one would write first.

    python benchmarks/stability_operators.py [--repeats 7]

Every row runs both sides interleaved in one process and prints the ratio of medians (the peer's time ÷ ours) beside its target.
Both answers are compared first. To compare on one core, set OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import itertools
import math
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.lab.stability import gradient_set, moment_operator, pack, unpack
from theorycheck.lab.stability.combinatorics import operator_terms

LEARNING_RATE = 0.05
SAMPLE = 9  # einsum's index of the sample; 0..k−1 are the slots


@dataclass(frozen=True)
class Row:
    """One comparison; both sides return packed coordinates, or None where they cannot be compared."""

    name: str
    peer: Callable[[], Any]
    ours: Callable[[], Any]
    must: float
    ambitious: float


def seconds(function: Callable[[], Any], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        function()
    return (time.perf_counter() - start) / calls


def enumeration(a: Any, batch_size: int, matrix: Any) -> Any:
    """E A_I M A_I, one batch after the other."""
    identity, total, count = np.eye(a.shape[1]), 0.0, 0
    for batch in itertools.combinations(range(len(a)), batch_size):
        rows = a[list(batch)]
        step = identity - LEARNING_RATE / batch_size * (rows.T @ rows)
        total, count = total + step @ matrix @ step, count + 1
    return total / count


def enumeration_in_one_array(a: Any, batch_size: int) -> Callable[[Any], Any]:
    """The same with all A_I formed beforehand (not timed) and one batched product."""
    batches = np.array(list(itertools.combinations(range(len(a)), batch_size)))
    chosen = a[batches]
    steps = np.eye(a.shape[1]) - LEARNING_RATE / batch_size * (chosen.transpose(0, 2, 1) @ chosen)
    return lambda matrix: (steps @ matrix @ steps).mean(axis=0)


def second_order_rows(generator: np.random.Generator) -> list[Row]:
    rows = []
    for n, batch_size, p in ((15, 3, 10), (20, 3, 20), (22, 3, 20), (64, 2, 40)):
        gradients = gradient_set(generator.standard_normal((n, p)))
        a, operator = gradients.coordinates[:, 0, :], moment_operator(gradients, LEARNING_RATE, batch_size, 2)
        vector = generator.standard_normal(operator.size)
        matrix, count = unpack(vector, gradients.rank, 2), math.comb(n, batch_size)
        rows.append(
            Row(
                f"k=2, n={n}, B={batch_size}, p={p}: {count} batches, loop",
                lambda a=a, b=batch_size, m=matrix: pack(enumeration(a, b, m), 2),
                lambda o=operator, v=vector: o.apply(v),
                500,
                3000,
            )
        )
        one_array = enumeration_in_one_array(a, batch_size)
        rows.append(
            Row(
                f"k=2, n={n}, B={batch_size}, p={p}: {count} batches, all A_I ready",
                lambda f=one_array, m=matrix: pack(f(m), 2),
                lambda o=operator, v=vector: o.apply(v),
                0,
                0,
            )
        )
    n, batch_size, p = 100, 10, 60
    gradients = gradient_set(generator.standard_normal((n, p)))
    a, operator = gradients.coordinates[:, 0, :], moment_operator(gradients, LEARNING_RATE, batch_size, 2)
    # E A_I ⊗ A_I in closed form, as one would write it with np.kron
    p_b = (n - batch_size) / (batch_size * (n - 1))
    step = np.eye(p) - LEARNING_RATE * a.T @ a / n
    squares = np.einsum("ni,nj->nij", a, a).reshape(n, p * p)
    # in (squares.T @ squares) the slots are grouped (a a)(a a), which for four equal vectors is the Kronecker product as well
    noise = squares.T @ squares / n - np.kron(a.T @ a / n, a.T @ a / n)
    kronecker = np.kron(step, step) + LEARNING_RATE**2 * p_b * noise
    vector = generator.standard_normal(operator.size)
    flat = unpack(vector, p, 2).ravel()
    rows.append(
        Row(
            "k=2, p=60, n=100: dense p² × p² Kronecker matrix",
            lambda: pack((kronecker @ flat).reshape(p, p), 2),
            lambda: operator.apply(vector),
            30,
            100,
        )
    )
    return rows


def generic_contraction(a: Any, batch_size: int, order: int, tensor: Any) -> Any:
    """Algorithm A1 as it stands with np.einsum over the samples, nothing shared."""
    total: Any = 0.0
    for j, sizes, coefficient in operator_terms(len(a), batch_size, order):
        product = tensor
        for start, size in zip(np.cumsum((0, *sizes)), sizes, strict=False):
            block = range(int(start), int(start) + size)
            vectors = list(itertools.chain(*((a, [SAMPLE, s]) for s in block)))
            rest = [SAMPLE, *(s for s in range(order) if s not in block)]
            contracted = np.einsum(product, list(range(order)), *vectors, rest, optimize=True)
            product = np.einsum(contracted, rest, *vectors, list(range(order)), optimize=True)
        total = total + float(coefficient) * LEARNING_RATE**j * product
    return total


def fourth_order_rows(generator: np.random.Generator) -> list[Row]:
    rows = []
    for p, n in ((10, 50), (20, 100)):
        gradients = gradient_set(generator.standard_normal((n, p)))
        a, operator = gradients.coordinates[:, 0, :], moment_operator(gradients, LEARNING_RATE, 10, 4)
        vector = generator.standard_normal(operator.size)
        tensor = unpack(vector, p, 4)
        rows.append(
            Row(
                f"k=4, p={p}, n={n}: generic contraction",
                lambda a=a, t=tensor: pack(generic_contraction(a, 10, 4, t), 4),
                lambda o=operator, v=vector: o.apply(v),
                7,
                30,
            )
        )
    return rows


def report_memory(generator: np.random.Generator) -> None:
    """Peak of allocated arrays for order 4 at p = 30, n = 100."""
    gradients = gradient_set(generator.standard_normal((100, 30)))
    tracemalloc.start()
    operator = moment_operator(gradients, LEARNING_RATE, 10, 4)
    vector = np.ones(operator.size)
    operator.apply(vector)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    once = seconds(lambda: operator.apply(vector), 5)
    print(f"k=4, p=30, n=100: peak {peak / 2**20:.1f} MiB, one application {once * 1e3:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description="T^k against enumeration and generic code.")
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    generator = np.random.default_rng(0)
    print(f"NumPy {np.__version__}")
    print(f"{'row':64} {'peer':>11} {'ours':>11} {'ratio':>8}  must / ambitious")
    for row in [*second_order_rows(generator), *fourth_order_rows(generator)]:
        difference = np.abs(row.peer() - row.ours()).max()
        if not difference <= 1e-9:
            raise SystemExit(f"{row.name}: the answers differ by {difference:.3g}; no ratio means anything")
        calls = max(1, min(200, int(0.02 / seconds(row.ours, 3))))
        peer, ours = [], []
        for _ in range(repeats):
            peer.append(seconds(row.peer, 1))
            ours.append(seconds(row.ours, calls))
        ratio = statistics.median(peer) / statistics.median(ours)
        verdict = "ambitious" if ratio >= row.ambitious else "must" if ratio >= row.must else "MISSED"
        target = f"{row.must:g} / {row.ambitious:g}: {verdict}" if row.must else "for comparison"
        times = f"{statistics.median(peer) * 1e3:9.2f}ms {statistics.median(ours) * 1e3:9.4f}ms {ratio:8.1f}"
        print(f"{row.name:64} {times}  {target}", flush=True)
    report_memory(generator)


if __name__ == "__main__":
    main()
