"""Symbolic smoothing by rules against what a user would write: sympy.integrate, then simplify.

Run `python benchmarks/symbolic.py`. Each side starts with an empty SymPy cache, in turns; the ratio is of
medians. The peer runs in a child process and is stopped after `PEER_SECONDS`; its ratio is then a lower
bound, marked ≥ ("fails" if SymPy returned the integral unevaluated). Targets for the
median ratio: 40 (must), 100 (ambitious).
"""

from __future__ import annotations

import multiprocessing
import platform
import queue
import statistics
import time
from collections.abc import Callable
from typing import Any

import sympy
from sympy.core.cache import clear_cache

from theorycheck.lab.smoothing import smooth, verify_smoothing

MUST, AMBITIOUS = 40, 100
ROUNDS = 3
PEER_SECONDS = 60.0

x, u = sympy.symbols("x u", real=True)
sigma, a = sympy.symbols("sigma a", positive=True)
omega = sympy.Symbol("omega", positive=True)
RELU = sympy.Max(0, x)

TABLE: dict[str, Any] = {
    "x^4": x**4,
    "polynomial of degree 8": sum((k + 1) * x**k for k in range(9)),
    "cos(ωx)": sympy.cos(omega * x),
    "x² sin(ωx)": x**2 * sympy.sin(omega * x),
    "sin(x)² cos(2x)": sympy.sin(x) ** 2 * sympy.cos(2 * x),
    "exp(-a x²)": sympy.exp(-a * x**2),
    "x² exp(-a x² + x)": x**2 * sympy.exp(-a * x**2 + x),
    "x exp(a x)": x * sympy.exp(a * x),
    "relu": RELU,
    "relu²": RELU**2,
    "|x|": sympy.Abs(x),
    "Huber": sympy.Piecewise((x**2 / 2, sympy.Abs(x) < 1), (sympy.Abs(x) - sympy.Rational(1, 2), True)),
    "erf(x)": sympy.erf(x),
}


def peer(expression: Any) -> Any:
    """The definition, integrated by SymPy and simplified."""
    shifted = expression.subs(x, x + sigma * u).rewrite(sympy.Piecewise)
    integrand = shifted * sympy.exp(-(u**2)) / sympy.sqrt(sympy.pi)
    return sympy.simplify(sympy.integrate(integrand, (u, -sympy.oo, sympy.oo)))


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    clear_cache()
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def _peer_in_child(name: str, answers: Any) -> None:
    seconds, answer = timed(lambda: peer(TABLE[name]))
    answers.put((seconds, "fails" if answer.has(sympy.Integral) else ""))


def timed_peer(name: str) -> tuple[float, str]:
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_peer_in_child, args=(name, answers))
    child.start()
    try:
        return answers.get(timeout=PEER_SECONDS)  # type: ignore[no-any-return]  # what the child put there
    except queue.Empty:
        return PEER_SECONDS, "stopped"
    finally:
        child.kill()
        child.join()


def row(name: str, expression: Any) -> float:
    ours: list[float] = []
    theirs: list[float] = []
    note, result = "", None
    for _ in range(ROUNDS):
        seconds, result = timed(lambda: smooth(expression, x, sigma))
        ours.append(seconds)
        if not theirs or theirs[-1] < PEER_SECONDS / 10:
            seconds, note = timed_peer(name)
            theirs.append(seconds)
    assert verify_smoothing(expression, x, sigma, result).agrees, name
    mine, peers = statistics.median(ours), statistics.median(theirs)
    sign = "≥" if note == "stopped" else " "
    print(f"{name:24s} {1e3 * mine:9.1f} ms {peers:9.2f} s {sign}{peers / mine:8.0f}x {note}", flush=True)
    return peers / mine


def main() -> None:
    print(f"SymPy {sympy.__version__}, Python {platform.python_version()}, {platform.machine()}")
    print(f"{'function':24s} {'rules':>12s} {'integrate':>11s} {'ratio':>10s}")
    ratios = [row(name, expression) for name, expression in TABLE.items()]
    print(
        f"median ratio {statistics.median(ratios):.0f}x (must {MUST}x, ambitious {AMBITIOUS}x); "
        f"smallest {min(ratios):.0f}x, {sum(r >= MUST for r in ratios)}/{len(ratios)} reach {MUST}x"
    )


if __name__ == "__main__":
    main()
