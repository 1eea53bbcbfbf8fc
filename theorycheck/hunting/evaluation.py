"""Both sides of a claim on a batch of instances, and the gap between them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from theorycheck.errors import ClaimError, FormulaError
from theorycheck.hunting import ties
from theorycheck.statement.claims import Claim
from theorycheck.terms.namespaces import to_numpy

NOISE_EVALUATIONS = 2
"""Evaluations at perturbed values that estimate rounding noise."""
NOISE_FACTOR = 4.0
"""A suspicion is ranked by its gap plus this many times the noise seen; ranking only, balls decide."""


@dataclass(frozen=True)
class Batch:
    """Sides and gaps of N instances, in NumPy.

    Attributes
    ----------
    left, right : ndarray of shape (N,)
        The sides; of vector sides the component that differs most.
    gap : ndarray of shape (N,)
        Right minus left for "<=" and "<", left minus right for ">=" and ">", −|left − right| for "=".
    scale : ndarray of shape (N,)
        |left| + |right| (of vector sides the largest component's).
    admissible : ndarray of shape (N,), bool
        Where all hypotheses hold and no domain is empty.
    hypotheses : ndarray of shape (number of hypotheses, N), bool
        Where each hypothesis holds.
    """

    left: np.ndarray[Any, np.dtype[np.float64]]
    right: np.ndarray[Any, np.dtype[np.float64]]
    gap: np.ndarray[Any, np.dtype[np.float64]]
    scale: np.ndarray[Any, np.dtype[np.float64]]
    admissible: np.ndarray[Any, np.dtype[np.bool_]]
    hypotheses: np.ndarray[Any, np.dtype[np.bool_]]

    @functools.cached_property
    def normalised(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Gap over scale, in [−1, 1]; +inf where inadmissible or not a number."""
        with np.errstate(all="ignore"):
            ratio = np.where(self.scale == 0, 0.0, self.gap / np.where(self.scale == 0, 1.0, self.scale))
        ratio = np.where(self.gap == np.inf, 1.0, ratio)
        return np.where(self.admissible & np.isfinite(ratio), ratio, np.inf)

    @property
    def judged(self) -> int:
        """In how many admissible instances the gap is a number."""
        return int(np.isfinite(self.normalised).sum())


def two_sides(claim: Claim, xp: Any, values: Mapping[str, Any]) -> tuple[Any, Any]:
    """Call the claim's formula.

    Raises
    ------
    FormulaError
        If it does not return a pair.
    """
    result = claim.evaluate(xp, values)
    if not isinstance(result, tuple) or len(result) != 2:
        kind = f"a tuple of {len(result)}" if isinstance(result, tuple) else type(result).__name__
        raise FormulaError(f"{claim.id}: sides must return the pair (left, right), not {kind}")
    return result


def evaluate(
    claim: Claim, stratum: Any, cube: Any, xp: Any, jitter: np.random.Generator | None = None
) -> Batch:
    """Decode the rows of `cube` (shape (N, width), see `hunting.ties`) and evaluate hypotheses and sides, all N at once.

    Raises
    ------
    FormulaError
        If a side has another shape than (N,), or (N, …) for "=".
    """
    assert claim.space is not None
    count = cube.shape[0]
    with np.errstate(all="ignore"):
        values = ties.decode(claim.space, stratum, cube, xp, jitter)
        holding = [_mask(claim, h.latex, claim.holds(h, xp, values), count) for h in claim.hypotheses]
        valid = to_numpy(claim.space.valid(values, xp, count))
        left, right = (
            _column(claim, side, name, count)
            for name, side in zip(("left", "right"), two_sides(claim, xp, values), strict=True)
        )
        hypotheses = np.stack(holding) if holding else np.ones((0, count), dtype=bool)
        return compare(claim.relation, left, right, valid & hypotheses.all(axis=0), hypotheses)


def compare(relation: str, left: Any, right: Any, admissible: Any, hypotheses: Any) -> Batch:
    """Build the batch from sides of shape (N,), or (N, k) where the relation is "="."""
    if left.ndim > 1 or right.ndim > 1:
        left, right = np.broadcast_arrays(
            left[:, None] if left.ndim == 1 else left, right[:, None] if right.ndim == 1 else right
        )
        difference = np.abs(left - right)
        worst = np.argmax(np.where(np.isnan(difference), np.inf, difference), axis=1)
        scale = (np.abs(left) + np.abs(right)).max(axis=1)
        rows = np.arange(len(worst))
        left, right = left[rows, worst], right[rows, worst]
    else:
        scale = np.abs(left) + np.abs(right)
    gap = (
        right - left
        if relation in ("<=", "<")
        else left - right
        if relation in (">=", ">")
        else -np.abs(left - right)
    )
    return Batch(left, right, gap, scale, admissible, hypotheses)


def selected(batch: Batch, index: Any) -> Batch:
    """The rows of a batch at `index`."""
    return Batch(
        batch.left[index],
        batch.right[index],
        batch.gap[index],
        batch.scale[index],
        batch.admissible[index],
        batch.hypotheses[:, index],
    )


def chosen(where: Any, first: Batch, second: Batch) -> Batch:
    """The rows of `first` where that is wanted, those of `second` elsewhere."""
    names = ("left", "right", "gap", "scale", "admissible", "hypotheses")
    return Batch(*(np.where(where, getattr(first, name), getattr(second, name)) for name in names))


def no_comparison(claim: str, what: str) -> str:
    """The message about a hypothesis that gives something else than truth values."""
    return (
        f"{claim}: the hypothesis {what} gives no truth values; a hypothesis must be a comparison, "
        "like tau > sigma"
    )


def _mask(claim: Claim, what: str, holds: Any, count: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    mask = to_numpy(holds)
    if mask.dtype.kind != "b":
        raise ClaimError(no_comparison(claim.id, what))
    if mask.shape not in ((), (1,), (count,)):
        raise FormulaError(
            f"{claim.id}: the hypothesis {what} gives an array of shape {mask.shape} for {count} instances; "
            f"make it ({count},), one truth value an instance"
        )
    return np.broadcast_to(mask, (count,))


def _column(claim: Claim, side: Any, name: str, count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    array = to_numpy(side)
    if array.dtype.kind not in "fiub":
        raise FormulaError(f"{claim.id}: the {name} side is of type {array.dtype}; make it real numbers")
    array = array.astype(float)
    if array.ndim == 0:
        return np.broadcast_to(array, (count,))
    if array.shape[0] == count and (array.ndim == 1 or claim.relation == "="):
        return array if array.ndim == 1 else array.reshape(count, -1)
    allowed = f"({count},)" + (f" or ({count}, …)" if claim.relation == "=" else "")
    raise FormulaError(
        f"{claim.id}: the {name} side has the shape {array.shape} for {count} instances; make it {allowed} "
        "(reduce over the last axis with xp.vecdot, xp.norm or xp.sum(…, axis=-1))"
    )


def noise(
    claim: Claim, stratum: Any, cube: Any, xp: Any, *, batch: Batch, jitter: np.random.Generator
) -> Any:
    """Estimate the rounding noise of the gap: its change when every value moves by a relative 2**-49."""
    largest = np.zeros(len(batch.gap))
    for _ in range(NOISE_EVALUATIONS):
        moved = evaluate(claim, stratum, cube, xp, jitter)
        with np.errstate(all="ignore"):
            change = np.abs(moved.gap - batch.gap)
        largest = np.maximum(largest, np.where(np.isfinite(change), change, 0.0))
    return largest


def ranking(claim: Claim, batch: Batch, noise_level: Any) -> Any:
    """Normalised gap after allowing for the noise; the smaller, the more promising.

    Where both sides are 0 there is nothing to find, unless the relation is strict.
    """
    allowed = NOISE_FACTOR * noise_level / np.where(batch.scale > 0, batch.scale, 1.0)
    found = batch.normalised + np.where(np.isfinite(allowed), allowed, 0.0)
    nothing = (batch.scale == 0) & np.isfinite(found) & (claim.relation not in ("<", ">"))
    return np.where(nothing, 1.0, found)
