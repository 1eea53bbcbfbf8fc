"""One entry to all methods: the library chooses, names its choice, and says what the error bar is worth."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import BudgetError, FormulaError
from theorycheck.lab.expectation.gauss_hermite import (
    MAX_TENSOR_AXES,
    hermite_error_bound,
    tensor,
)
from theorycheck.lab.expectation.laws import GAUSSIAN, gaussian_variance, law_name
from theorycheck.lab.expectation.monte_carlo import bounded_monte_carlo
from theorycheck.lab.expectation.piecewise import piecewise_rule
from theorycheck.lab.expectation.product_rules import rule_for
from theorycheck.lab.expectation.quasi_monte_carlo import MAX_DIMENSION, quasi_monte_carlo
from theorycheck.lab.expectation.smoothness import Analytic, Bounded, Kinks, Polynomial, Smoothness
from theorycheck.lab.expectation.trapezoid import smallest_trapezoid, trapezoid
from theorycheck.terms.gauss_hermite import MAX_NODES_PER_AXIS, gauss_hermite
from theorycheck.terms.namespaces import namespace, to_numpy

GUARANTEES: dict[str, str] = {
    "exact": "the rule has no error for what was declared; the bar bounds the rounding of the sum",
    "rigorous": "a theorem bounds the error for what was declared (if it samples, but for error_probability)",
    "asymptotic": "a t-interval over independent randomisations, valid as their means become Gaussian",
    "estimate": "the bar is derived from the change between orders of the rule; nothing is guaranteed",
}
"""What a bar may be worth. Bars of quadrature include the rounding of the sum, not of the integrand."""

_NODE_ROWS = 2**13
# odd and even alternate: a kink at 0 makes their errors opposite, which the changes then show
_ESTIMATE_ORDERS = (5, 8, 11, 16, 21, 30, 41, 58, 81, 114, 161)
# errors ∝ 1/n (a kink) fall by 1/√2 from order to order, and their tail sums to 2.5 changes
_TAIL_FACTOR = 3.0


@dataclass(frozen=True)
class Expectation:
    """An expectation with its error bar.

    Attributes
    ----------
    value, error : float or array (k,)
        |E f(u) − value| ≤ error, in the sense of `guarantee`; each column by itself.
    guarantee : str
        A key of `GUARANTEES`.
    method : str
        What was done.
    evaluations : int
        Points at which the integrand was evaluated.
    error_probability : float
        With which the bar may fail; 0 if nothing was sampled.
    """

    value: Any
    error: Any
    guarantee: str
    method: str
    evaluations: int
    error_probability: float = 0.0


@dataclass(frozen=True)
class _Task:
    """What `expectation` was asked for, in the words of its docstring."""

    integrand: Callable[[Any], Any]
    dimension: int
    law: str
    accuracy: float
    error_probability: float
    seed: int
    max_evaluations: int
    xp: Any


def expectation(
    integrand: Callable[[Any], Any],
    dimension: int,
    *,
    kernel: Any = "starnes",
    smoothness: Smoothness = None,
    accuracy: float = 1e-6,
    error_probability: float = 1e-3,
    backend: str = "numpy",
    seed: int = 0,
    max_evaluations: int = 2**22,
) -> Expectation:
    r"""Return E f(u) for u of a Gaussian or uniform law in R^dimension.

    | declared                    | method                                                  | guarantee  |
    | --------------------------- | ------------------------------------------------------- | ---------- |
    | `Polynomial(p)`             | a rule of degree p                                      | exact      |
    | `Analytic(…)`, Gaussian     | Gauss-Hermite or the trapezoid rule, whichever is smaller | rigorous |
    | `Kinks(positions)`, d = 1   | Gauss-Legendre between the kinks                        | estimate   |
    | `Bounded(low, high)`        | Monte Carlo until an anytime-valid interval is narrow   | rigorous   |
    | nothing, d ≤ 5              | rules of rising order until two changes are small       | estimate   |
    | nothing or `Kinks`, d = 1   | panels that are halved until two changes are small      | estimate   |
    | anything else               | randomised quasi Monte Carlo                            | asymptotic |

    Where a rule would be too large, the last line is used.

    Parameters
    ----------
    integrand : callable
        Takes points (n, dimension), returns (n,) or (n, k), in float64 on the backend.
    dimension : int
        At least 1.
    kernel : str or Kernel
        A name of `theorycheck.lab.expectation.laws`. Mind the convention: "starnes" is N(0, I/2), "nesterov" N(0,
        I).
    smoothness : Polynomial, Analytic, Kinks, Bounded or None
        What is known of the integrand; asserted by the caller.
    accuracy : float
        Absolute; the largest error bar over the columns.
    error_probability : float
        For methods that sample. Bounded: over all columns together.
    backend : str
        "numpy" or "cupy".
    seed : int
        Of the randomisations.
    max_evaluations : int
        Limit on the number of points.

    Raises
    ------
    BudgetError
        If the accuracy is out of reach within `max_evaluations`.
    FormulaError
        If the integrand returns NaN, infinity or a wrong shape.

    Examples
    --------
    >>> round(expectation(lambda u: u[:, 0] ** 2, 3, smoothness=Polynomial(2)).value, 12)
    0.5
    """
    xp = namespace(backend)
    task = _Task(
        _checked(integrand),
        dimension,
        law_name(kernel),
        accuracy,
        error_probability,
        seed,
        max_evaluations,
        xp,
    )
    if isinstance(smoothness, Bounded):
        return _bounded(task, smoothness)
    if dimension == 1 and task.law == "sphere":
        return _by_rule(task, rule_for("sphere", 1, 1, xp), 0.0, "exact", "mean over the two points ±1")
    return _by_quadrature(task, smoothness) or _sampled(task)


def _by_quadrature(task: _Task, smoothness: Smoothness) -> Expectation | None:
    """Try the deterministic rules that the declaration allows."""
    if isinstance(smoothness, Polynomial):
        return _polynomial(task, smoothness.degree)
    if isinstance(smoothness, Analytic):
        return _analytic(task, smoothness) if task.law in GAUSSIAN else _rising_orders(task)
    result = None
    if isinstance(smoothness, Kinks):
        if task.dimension == 1 and smoothness.positions:
            result = _piecewise(task, smoothness)
    else:
        result = _rising_orders(task)
    if result is None and task.dimension == 1:
        result = _narrowing_panels(task)
    return result


def _checked(integrand: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def checked(points: Any) -> Any:
        values = integrand(points)
        shape = tuple(getattr(values, "shape", ()))
        if len(shape) not in (1, 2) or shape[:1] != tuple(points.shape[:1]):
            raise FormulaError(
                f"the integrand returned shape {shape} for {points.shape[0]} points: return (n,) or (n, k)"
            )
        return values

    return checked


def _by_rule(task: _Task, rule: tuple[Any, Any], error: float, guarantee: str, method: str) -> Expectation:
    """Apply a rule; the bar is `error` plus a bound on the rounding of the sum, (n + 16) ε Σ w|f|."""
    value, rounding = _apply(task, rule)
    return Expectation(_plain(value), _plain(error + rounding), guarantee, method, int(rule[0].shape[0]))


def _apply(task: _Task, rule: tuple[Any, Any]) -> tuple[Any, Any]:
    xp, (nodes, weights) = task.xp, rule
    value: Any = 0.0
    size: Any = 0.0
    for start in range(0, nodes.shape[0], _NODE_ROWS):
        w = weights[start : start + _NODE_ROWS]
        f = task.integrand(nodes[start : start + _NODE_ROWS])
        value = value + xp.matmul(w, f)
        size = size + xp.matmul(w, xp.abs(f))
    value = to_numpy(value)
    if not np.all(np.isfinite(value)):  # weights are positive: a NaN or infinity at any node is still there
        raise FormulaError(
            "the integrand returned NaN or infinity at a node: give it finite values everywhere"
        )
    return value, (nodes.shape[0] + 16) * 2.0**-52 * to_numpy(size)


def _plain(value: Any) -> Any:
    array = np.asarray(value, dtype=float)
    return float(array) if array.ndim == 0 else array


def _polynomial(task: _Task, degree: int) -> Expectation | None:
    n = degree // 2 + 1
    if n > MAX_NODES_PER_AXIS or task.dimension > MAX_TENSOR_AXES or n**task.dimension > task.max_evaluations:
        return None
    try:
        rule = rule_for(task.law, n, task.dimension, task.xp, limit=task.max_evaluations)
    except BudgetError:
        return None
    name = "Gauss-Hermite" if task.law in GAUSSIAN else "Gauss product"
    return _by_rule(task, rule, 0.0, "exact", f"{name} rule of degree {2 * n - 1}")


def _analytic(task: _Task, strip: Analytic) -> Expectation | None:
    d, accuracy = task.dimension, task.accuracy
    if d > MAX_TENSOR_AXES:
        return None
    variance = gaussian_variance(task.law, d)
    assert variance is not None
    scale = math.sqrt(2 * variance)  # u = scale · s with s ~ N(0, I/2)
    scaled = Analytic(strip.bound, strip.growth * scale, strip.half_width / scale)
    n, line = _smallest_rules(accuracy, scaled, d)
    size = min(n or 10**9, 2 * line[0] + 1 if line else 10**9)
    if size**d > task.max_evaluations:
        return None
    if n == size:
        error, one = _hermite_bound(n, scaled, d), gauss_hermite(n, task.xp)
        method = f"Gauss-Hermite rule, {n} nodes an axis"
    else:
        assert line is not None
        half, step, error = line
        one = trapezoid(half, step, task.xp)
        method = f"trapezoid rule, {2 * half + 1} nodes an axis, step {step:g}"
    return _by_rule(task, tensor(scale * one[0], one[1], d, task.xp), error, "rigorous", method)


@functools.lru_cache(maxsize=256)
def _smallest_rules(
    accuracy: float, strip: Analytic, dimension: int
) -> tuple[int | None, tuple[int, float, float] | None]:
    """Return the order of Gauss-Hermite, and (half, step, bound) of the trapezoid rule, or None for each."""
    orders = range(1, MAX_NODES_PER_AXIS + 1) if strip.half_width == math.inf else ()
    line = smallest_trapezoid(
        accuracy, bound=strip.bound, growth=strip.growth, half_width=strip.half_width, dimension=dimension
    )
    return next((n for n in orders if _hermite_bound(n, strip, dimension) <= accuracy), None), line


def _hermite_bound(n: int, strip: Analytic, dimension: int) -> float:
    return hermite_error_bound(n, bound=strip.bound, growth=strip.growth, dimension=dimension)


def _piecewise(task: _Task, kinks: Kinks) -> Expectation | None:
    rules = [piecewise_rule(task.law, kinks.positions, order, task.xp) for order in (10, 16)]
    (coarse, _), (fine, rounding) = (_apply(task, rule) for rule in rules)
    error = np.abs(fine - coarse) + rounding
    if np.max(error) > task.accuracy:
        return None
    count = sum(int(nodes.shape[0]) for nodes, _ in rules)
    return Expectation(_plain(fine), _plain(error), "estimate", "Gauss-Legendre between the kinks", count)


def _narrowing_panels(task: _Task) -> Expectation | None:
    """One dimension, kinks anywhere: halve the panels until two changes are small."""
    # a break off the dyadic numbers: kinks at round places do not sit on panel ends and look harmless
    rules = (piecewise_rule(task.law, (0.1234567,), 4, task.xp, panel=2.0**-power) for power in range(1, 18))
    return _until_two_changes_are_small(task, rules, "Gauss-Legendre on narrowing panels")


def _rising_orders(task: _Task) -> Expectation | None:
    d = task.dimension
    if d > MAX_TENSOR_AXES:
        return None
    rules = (
        rule_for(task.law, n, d, task.xp, limit=task.max_evaluations)
        for n in _ESTIMATE_ORDERS
        if n**d <= task.max_evaluations
    )
    return _until_two_changes_are_small(task, rules, "Gauss rules of rising order")


def _until_two_changes_are_small(
    task: _Task, rules: Iterator[tuple[Any, Any]], method: str
) -> Expectation | None:
    """Apply rule after rule; None if they, or a quarter of the budget, end before two small changes."""
    previous: Any = None
    change: Any = math.inf
    spent = 0
    try:
        for rule in rules:
            n = int(rule[0].shape[0])
            spent += n
            if 4 * spent > task.max_evaluations:
                return None
            value, rounding = _apply(task, rule)
            if previous is not None:
                last, change = change, np.abs(value - previous)
                error = _TAIL_FACTOR * np.maximum(last, change) + rounding
                if np.max(error) <= task.accuracy:
                    return Expectation(
                        _plain(value), _plain(error), "estimate", f"{method}, {n} nodes", spent
                    )
            previous = value
    except BudgetError:
        return None  # the next rule would be too large
    return None


def _bounded(task: _Task, bounds: Bounded) -> Expectation:
    found = bounded_monte_carlo(
        task.integrand,
        task.dimension,
        low=bounds.low,
        high=bounds.high,
        accuracy=task.accuracy,
        alpha=task.error_probability,
        kernel=task.law,
        seed=task.seed,
        xp=task.xp,
        max_samples=task.max_evaluations,
    )
    low, high = np.asarray(found.low), np.asarray(found.high)
    method = "Monte Carlo with an empirical Bernstein confidence sequence"
    value, error = _plain((low + high) / 2), _plain((high - low) / 2)
    return Expectation(value, error, "rigorous", method, found.samples, task.error_probability)


def _sampled(task: _Task) -> Expectation:
    if task.dimension > MAX_DIMENSION:
        raise BudgetError(
            f"dimension {task.dimension} is beyond Sobol' points ({MAX_DIMENSION}): give smooth the first"
            " affine map (weights=), declare Bounded(low, high), or call monte_carlo"
        )
    found = quasi_monte_carlo(
        task.integrand,
        task.dimension,
        accuracy=task.accuracy,
        kernel=task.law,
        seed=task.seed,
        alpha=task.error_probability,
        xp=task.xp,
        max_evaluations=task.max_evaluations,
    )
    method = (
        f"randomised quasi Monte Carlo, {found.randomisations} randomisations of {found.points} Sobol' points"
    )
    value, error = _plain(found.value), _plain(found.error)
    return Expectation(value, error, "asymptotic", method, found.evaluations, task.error_probability)
