"""What the forms of T^k need in memory, and the one line that says so when nothing fits."""

from __future__ import annotations

from theorycheck.errors import BudgetError
from theorycheck.lab.stability.combinatorics import integer_partitions
from theorycheck.lab.stability.packing import packed_size

MAX_TABLE = 2**24
"""Entries of the table of a_i ⊗ a_i (128 MiB) above which order 2 works on r × r matrices instead."""
MAX_MEMORY = 4 * 2**30
"""Bytes that one operator may hold."""


def packed_memory(samples: int, rank: int, order: int) -> int:
    """Return the bytes that the packed form holds at once while it is applied to one tensor (order ≤ 4)."""
    q = packed_size(rank, 2)
    entries = {
        1: rank,
        2: min(2 * samples * q, 2 * MAX_TABLE + 2 * samples * rank + 6 * rank**2),
        3: 3 * samples * q + 2 * samples * rank + 5 * q * rank,
        4: 7 * samples * q + samples * rank**2 + samples**2 + 5 * q**2,
    }[order]
    return 8 * entries


def tensor_memory(samples: int, outputs: int, rank: int, order: int) -> int:
    """Return the bytes that full tensors hold at once: the products that terms share, and the tables of a_i^{⊗m}."""
    kept = sum(len(integer_partitions(j)) for j in range(order + 1)) + 2
    tables = sum(int(samples * (outputs * rank) ** m) for m in range(1, order + 1))
    return 8 * (kept * int(rank**order) + tables)


def memory(samples: int, outputs: int, rank: int, order: int) -> int:
    """Return the bytes of the form that `moment_operator` takes."""
    if outputs == 1 and order <= 4:
        return packed_memory(samples, rank, order)
    return tensor_memory(samples, outputs, rank, order)


def require_fits(samples: int, outputs: int, rank: int, order: int) -> None:
    """Refuse an operator that would not fit.

    Raises
    ------
    BudgetError
        With what it would cost and what fits instead.
    """
    needed = memory(samples, outputs, rank, order)
    if needed > MAX_MEMORY:
        raise BudgetError(
            f"T^{order} on a row space of dimension {rank} with {samples} samples needs {amount(needed)}, more than "
            f"{amount(MAX_MEMORY)}; {largest_order_that_fits(samples, outputs, rank, order)}"
        )


def largest_order_that_fits(samples: int, outputs: int, rank: int, order: int) -> str:
    """Say in one clause which lower order fits and what it costs."""
    for lower in range(order - 1, 0, -1):
        needed = memory(samples, outputs, rank, lower)
        if needed <= MAX_MEMORY:
            return f"order {lower} fits in {amount(needed)}"
    return "no order fits: use fewer samples or parameters"


def amount(count: int) -> str:
    """Print a number of bytes."""
    return f"{count / 2**30:.3g} GiB" if count >= 2**30 else f"{count / 2**20:.3g} MiB"
