"""`linear_stability`: is this minimum linearly stable for SGD with this learning rate and batch size?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from theorycheck.errors import BudgetError
from theorycheck.lab.stability.gradients import (
    GradientSet,
    gradient_set,
    require_batch,
    require_learning_rate,
    require_order,
)
from theorycheck.lab.stability.operators import moment_operator
from theorycheck.lab.stability.packing import array_module
from theorycheck.lab.stability.spectra import Extremes, extremes
from theorycheck.lab.stability.thresholds import (
    Threshold,
    condition_13_threshold,
    gradient_descent_threshold,
    learning_rate_threshold,
    sufficient_threshold,
)


@dataclass(frozen=True)
class LinearStability:
    """What is known about a minimum, a learning rate and a batch size at one order.

    Attributes
    ----------
    order, learning_rate, batch_size, samples, parameters, rank
        k, η, B, n, p and the dimension r of the row space of the gradients.
    stable : Mapping[str, bool or None]
        By the quantity that Definition 5 of ma2021 is read to bound: "a" E‖w‖_2^k, "b" E‖w‖_k^k, "c" ‖E w^{⊗k}‖_F. For even k
        the three are equivalent. None: not decided, either because floats cannot tell (the radius is 1 within `error`), or
        because odd absolute moments have no finite closed dynamics and the neighbouring even orders do not decide.
    spectral_radius : float
        ρ(T^k) on Sym^k of the row space.
    growth_per_step : float
        ρ^{1/k}: beyond transients the k-th root of the k-th moment is multiplied by this in each step.
    eigenvalues : tuple of float
        The smallest and the largest eigenvalue of T^k on the row space.
    error : float
        Accuracy of the eigenvalues.
    thresholds : Mapping[str, float]
        Largest stable learning rates: "order k" (reading c), "gradient descent" (2/λ_max(H), needed at every order),
        "condition (13)" (sufficient for order 2), "corollary 3" (order 2 exactly), "every order" (2/max λ_max(H_i), sufficient
        for all).
    threshold : Threshold
        The same for order k, with all intervals of stable learning rates.
    form : str
        How T^k was applied, and how its spectrum was found.
    """

    order: int
    learning_rate: float
    batch_size: int
    samples: int
    parameters: int
    rank: int
    stable: Mapping[str, bool | None]
    spectral_radius: float
    growth_per_step: float
    eigenvalues: tuple[float, float]
    error: float
    thresholds: Mapping[str, float]
    threshold: Threshold
    form: str


def linear_stability(
    a: Any,
    learning_rate: float,
    batch_size: int,
    order: int = 2,
    *,
    residuals: Any = None,
    interpolation_tolerance: float = 1e-6,
) -> LinearStability:
    """Judge the k-th order linear stability of a minimum for SGD.

    Parameters
    ----------
    a : array (n, p) or (n, m, p), or sequence of Jacobians (m_i, p)
        Gradients of the model at every sample at the minimum, a_i = ∇_W f(x_i, W*); NumPy or CuPy. The loss is
        (1/2n) Σ (f(x_i, W) − y_i)²; for a loss without the ½ double the learning rate.
    learning_rate : float
        η.
    batch_size : int
        B; batches are uniform subsets without repetition.
    order : int
        k, from 1 to 6.
    residuals : array, optional
        f(x_i, W*) − y_i, to be checked against `interpolation_tolerance`.
    interpolation_tolerance : float

    Returns
    -------
    LinearStability

    Raises
    ------
    ClaimError
        B = 0, B > n, k out of range, NaN gradients, residuals that do not vanish.
    BudgetError
        If no form of T^k fits in memory.

    Examples
    --------
    >>> found = linear_stability([[1.0], [2.0]], learning_rate=0.6, batch_size=1)
    >>> found.stable["c"], round(found.spectral_radius, 9)
    (False, 1.06)
    """
    gradients = gradient_set(a, residuals=residuals, interpolation_tolerance=interpolation_tolerance)
    order, batch_size = require_order(order), require_batch(batch_size, gradients.samples)
    eta = require_learning_rate(learning_rate)
    module = array_module(gradients.eigenvalues)
    operator = moment_operator(gradients, eta, batch_size, order)
    ends = extremes(operator, module=module)
    threshold = learning_rate_threshold(gradients, batch_size, order)
    second = (threshold if order == 2 else learning_rate_threshold(gradients, batch_size, 2)).learning_rate
    return LinearStability(
        order=order,
        learning_rate=eta,
        batch_size=batch_size,
        samples=gradients.samples,
        parameters=gradients.parameters,
        rank=gradients.rank,
        stable=_readings(gradients, eta, batch_size, order, ends, module),
        spectral_radius=ends.radius,
        growth_per_step=ends.radius ** (1 / order),
        eigenvalues=(ends.smallest, ends.largest),
        error=ends.error,
        thresholds={
            f"order {order}": threshold.learning_rate,
            "gradient descent": gradient_descent_threshold(gradients),
            "condition (13)": condition_13_threshold(gradients, batch_size),
            "corollary 3": second,
            "every order": sufficient_threshold(gradients),
        },
        threshold=threshold,
        form=f"{operator.form}, {ends.method}",
    )


def _at_most_one(ends: Extremes) -> bool | None:
    """Whether the spectral radius is at most 1; None where the error does not tell."""
    if ends.radius <= 1 - ends.error:
        return True
    return False if ends.radius > 1 + ends.error else None


def _readings(
    gradients: GradientSet, eta: float, batch_size: int, order: int, ends: Extremes, module: Any
) -> dict[str, bool | None]:
    """Decide each reading by the rules of `thresholds` and, for odd absolute moments, by the neighbouring even orders."""
    if gradients.rank == 0 or eta * _steepest(gradients) <= 2 * (1 - 1e-12):
        return {"a": True, "b": True, "c": True}  # every ‖A_I‖ ≤ 1
    here = _at_most_one(ends)
    if order % 2 == 0:
        return {"a": here, "b": here, "c": here}

    def even(k: int) -> bool | None:
        if k == 0:
            return True
        try:
            operator = moment_operator(gradients, eta, batch_size, k)
        except BudgetError:  # the order that was asked for fits, its neighbour does not
            return None
        return _at_most_one(extremes(operator, module=module))

    below = even(order - 1)
    moment: bool | None = here
    if gradients.flat:  # moments of lower order appear as well; the highest even one implies the others
        moment = False if False in (here, below) else None if None in (here, below) else True
    absolute: bool | None
    if here is False or below is False:
        absolute = False  # ‖E w^{⊗k}‖ ≤ E‖w‖^k, and (E‖w‖^{k−1})^{k/(k−1)} ≤ E‖w‖^k
    elif gradients.rank == 1 and gradients.outputs == 1:
        absolute = _scalar_absolute_moment(gradients, eta, batch_size, order)
    else:
        absolute = True if even(order + 1) else None  # E‖w‖^k ≤ (E‖w‖^{k+1})^{k/(k+1)} from every fixed start
    return {"a": absolute, "b": absolute, "c": moment}


def _steepest(gradients: GradientSet) -> float:
    limit = sufficient_threshold(gradients)
    return 2 / limit if limit < math.inf else 0.0


def _scalar_absolute_moment(gradients: GradientSet, eta: float, batch_size: int, order: int) -> bool | None:
    """One direction: E|w_t|^k = (E_I|1 − t_I|^k)^t E|w_0|^k, enumerated where that is feasible."""
    import itertools

    import numpy as np

    n = gradients.samples
    if math.comb(n, batch_size) > 200_000:
        return None
    h = [float(x) for x in gradients.coordinates[:, 0, 0] ** 2]
    sums = np.array([sum(batch) for batch in itertools.combinations(h, batch_size)])
    mean = float((abs(1 - eta / batch_size * sums) ** order).mean())
    error = 1e-12 * max(1.0, mean)
    return True if mean <= 1 - error else False if mean > 1 + error else None
