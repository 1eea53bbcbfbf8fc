"""Evaluating the shipped formulas through terms, against calling the author's function on the same arrays.

    python benchmarks/formulas.py [--paper ma2021] [--rows 256] [--repeats 5]

Both contestants get the same decoded instances and run interleaved in one process; of each the fastest time counts. A
formula that the author's function cannot compute on plain arrays is left out, and counted.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from theorycheck.statement.claims import Claim
from theorycheck.statement.loading import shipped_claims
from theorycheck.terms.namespaces import numpy_namespace


def seconds(function: Callable[[], Any]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def leaves(claims: tuple[Claim, ...]) -> list[Claim]:
    """The claims themselves and their readings and parts, as far as they have formulas."""
    found = []
    for claim in claims:
        found += leaves(claim.members) if claim.members else [claim]
    return [claim for claim in found if claim.sides is not None and claim.space is not None]


def measure(claim: Claim, rows: int, repeats: int) -> tuple[float, float] | None:
    """Least seconds of both, by the author's function and through terms; None where the former fails."""
    assert claim.space is not None and claim.sides is not None
    xp, strata = numpy_namespace(), claim.space.strata()
    stratum = strata[len(strata) // 2]
    width = claim.space.width(stratum)
    cube = np.random.default_rng(0).random((max(1, min(rows, 2**20 // max(width, 1))), width))
    values = claim.space.decode(stratum, cube, xp)
    wanted = {name: values[name] for name in claim.formula.names}
    sides = claim.sides

    def direct() -> Any:
        return sides(xp, **wanted) if claim.formula.pass_xp else sides(**wanted)

    def terms() -> Any:
        return claim.evaluate(xp, values)

    terms()  # traced and compiled
    try:
        direct()
    except Exception:  # what the function asks for beyond NumPy's arrays
        return None
    pairs = [(seconds(direct), seconds(terms)) for _ in range(repeats)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--paper", default="")
    parser.add_argument("--rows", type=int, default=256)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    totals: dict[str, list[float]] = {"with functions": [], "without": []}
    slowest, failed = [], 0
    with np.errstate(all="ignore"):
        for claim in leaves(shipped_claims(options.paper)):
            assert claim.space is not None
            found = measure(claim, options.rows, options.repeats)
            if found is None:
                failed += 1
                continue
            functions = any(kind.role == "function" for kind in claim.space.kinds.values())
            totals["with functions" if functions else "without"] += [*found]
            slowest.append((found[1] / found[0], *found, claim.id))
    for name, times in totals.items():
        direct, terms = sum(times[::2]), sum(times[1::2])
        if times:
            print(
                f"{len(times) // 2:4} formulas {name:15} directly {direct * 1e3:8.1f} ms, through terms "
                f"{terms * 1e3:8.1f} ms, ratio {direct / terms:5.2f}"
            )
    print(f"{failed:4} formulas cannot be called on plain arrays")
    for ratio, direct, terms, name in sorted(slowest, reverse=True)[:8]:
        print(f"     slowest: {name:60} {direct * 1e6:8.0f} us, {terms * 1e6:8.0f} us, {ratio:5.2f} times")


if __name__ == "__main__":
    main()
