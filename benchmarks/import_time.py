"""`import theorycheck` against `import numpy`, each in fresh interpreters, interleaved.

    python benchmarks/import_time.py [--repeats 15]

Prints the ratio of medians of the time that the import statement takes, and of the whole process. Target for
the imports: at most 1.5, better 1.2. What `import theorycheck` puts off is paid at the first check.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

PROGRAM = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def measure(module: str) -> tuple[float, float]:
    """Return the seconds of the import statement and of the whole process."""
    start = time.perf_counter()
    command = [sys.executable, "-c", PROGRAM.format(module)]
    command = [sys.executable, "-c", PROGRAM.format(module)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(run.stdout), time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description="Import time against NumPy's.")
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    measure("numpy"), measure("theorycheck")  # bytecode is written, files are in the cache
    pairs = [(measure("numpy"), measure("theorycheck")) for _ in range(repeats)]
    for index, what in ((0, "import statement"), (1, "whole process")):
        numpy = statistics.median(pair[0][index] for pair in pairs)
        ours = statistics.median(pair[1][index] for pair in pairs)
        ratio = ours / numpy
        word = "ambitious" if ratio <= 1.2 else "must" if ratio <= 1.5 else "MISSED"
        word = "ambitious" if ratio <= 1.2 else "must" if ratio <= 1.5 else "MISSED"
        target = "" if index else f" (must 1.5, ambitious 1.2: {word})"
        times = f"numpy {numpy * 1e3:6.1f} ms, theorycheck {ours * 1e3:6.1f} ms"
        print(f"{what:17} {times}, ratio {ratio:.2f}{target}")


if __name__ == "__main__":
    main()
