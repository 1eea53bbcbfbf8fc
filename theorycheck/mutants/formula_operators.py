"""Operators on the formula: constants, exponents, squares, dimensions, signs, and the other Gaussian."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from theorycheck.functions import ConstantOf
from theorycheck.mutants.changes import Change
from theorycheck.mutants.places import Place, places
from theorycheck.mutants.wording import context, shown
from theorycheck.spaces import Dimension, Real
from theorycheck.statement.claims import Claim, Sides
from theorycheck.terms.changed import Changed
from theorycheck.terms.nodes import Node, constant, node, ordered, substituted

ARITHMETIC = {"add", "sub", "mul", "div", "pow", "neg", "sqrt", "exp", "log", "abs", "erf", "square"}
SMOOTHINGS = {"smoothed", "smoothed_gradient"}
LOWEST_EXPONENT = 2
"""Smaller ones are not lowered: the power 0 would drop the quantity."""
MOST_OF_AN_OPERATOR = 8
"""Places of one operator in a formula that is read size by size: there, loops are written out."""

Proposed = tuple[str, str, Node]
"""Operator, what is changed, and what stands at the place instead."""


def changes_of_formula(claim: Claim, terms: Sequence[Node], unrolled: bool) -> Iterator[Change]:
    """Every change of the side that states the bound, and the other Gaussian on either side.

    Parameters
    ----------
    claim : Claim
    terms : sequence of Node
        Its two sides: for all sizes, or those of one size.
    unrolled : bool
        Whether they are those of one size. The same change is then made in the reading of every size that has the part.
    """
    _, right = terms
    found = places(right)
    operators: tuple[Callable[[Claim, Place], Iterator[Proposed]], ...] = (
        _constants,
        _exponents,
        _squares,
        _dimensions,
        _signs,
        _terms,
        _extremes,
    )
    for operator in operators:
        proposed = [(place, change) for place in found for change in operator(claim, place)]
        for place, (name, text, new) in proposed[: MOST_OF_AN_OPERATOR if unrolled else None]:
            yield Change(name, text, {"sides": _replaced(claim, place, new)})
    yield from _swaps(claim, right)
    yield from _convention(claim, terms)


def _replaced(claim: Claim, place: Place, new: Node) -> Sides:
    old, made = place.replacement(new)
    return _changed(claim, lambda left, right: (left, *substituted([right], {old: made})))


def _changed(claim: Claim, change: Callable[[Node, Node], tuple[Node, ...]]) -> Sides:
    assert claim.sides is not None
    return Changed(claim.sides, change)


def _entrywise(op: str, *args: Node) -> Node:
    """An operation on numbers of the shape of the first."""
    return node(op, args, (), args[0].shape)


def _constants(claim: Claim, place: Place) -> Iterator[Proposed]:
    """Halve or double a constant, as makes an inequality say more; both where that is unknown or for "="."""
    item = place.item
    if item.op != "constant" or item.params[0] == 0 or _is_exponent(place):
        return
    wanted = {"<=": -1, "<": -1, ">=": 1, ">": 1, "=": 0}[claim.relation]
    value = item.params[0]
    for new in (value / 2, 2 * value):
        sign = 1 if new > value else -1
        if place.direction * wanted in (0, sign):
            halved = (abs(new) < abs(value)) != place.divides
            yield "constant ×½" if halved else "constant ×2", _described(place, constant(new)), constant(new)


def _is_exponent(place: Place) -> bool:
    return place.parent is not None and place.parent.op == "pow" and place.position == 1


def _exponents(claim: Claim, place: Place) -> Iterator[Proposed]:
    power = place.item
    if power.op == "square":
        power = _entrywise("pow", power.args[0], constant(2))
    if power.op != "pow" or power.args[1].op != "constant" or power.args[1].params[0].denominator != 1:
        return
    base, exponent = power.args[0], int(power.args[1].params[0])
    for step in (-1, 1):
        value = exponent + step
        if (step < 0 and exponent < LOWEST_EXPONENT) or value == 0:
            continue
        new = base if value == 1 else node("pow", (base, constant(value)), (), power.shape)
        name = "exponent −1" if step < 0 else "exponent +1"
        if value == 1 and _is_scalar(claim, base):
            name = "σ for σ²"
        yield name, f"{shown(power)} → {shown(new)}{context(place.around())}", new


def _squares(claim: Claim, place: Place) -> Iterator[Proposed]:
    """σ² for σ, where σ stands as a factor, not as an argument of a function that was drawn."""
    if _is_scalar(claim, place.item) and _in_arithmetic(place) and not _is_base(place):
        new = _entrywise("pow", place.item, constant(2))
        yield "σ² for σ", _described(place, new), new


def _is_base(place: Place) -> bool:
    return place.parent is not None and place.parent.op in ("pow", "square")


def _dimensions(claim: Claim, place: Place) -> Iterator[Proposed]:
    item = place.item
    if _is_dimension(claim, item) and _in_arithmetic(place):
        new = _entrywise("sqrt", item)
        yield "√d for d", _described(place, new), new
    if item.op == "sqrt" and any(_is_dimension(claim, part) for part in ordered(item.args)):
        yield "d for √d", _described(place, item.args[0]), item.args[0]


def _signs(claim: Claim, place: Place) -> Iterator[Proposed]:
    item = place.item
    if item.op in ("add", "sub"):
        old, other, new = ("+", "sub", "−") if item.op == "add" else ("−", "add", "+")
        term = shown(item.args[1])
        text = f"{old} {term} → {new} {term}{context((item, *place.around()))}"
        yield "sign", text, node(other, item.args, (), item.shape)
    elif item.op == "neg":
        yield "sign", _described(place, item.args[0]), item.args[0]


def _terms(claim: Claim, place: Place) -> Iterator[Proposed]:
    """A sum without its last term."""
    item = place.item
    if item.op in ("add", "sub") and item.args[0].shape == item.shape and item.args[0].op != "constant":
        yield "term dropped", _described(place, item.args[0]), item.args[0]


def _extremes(claim: Claim, place: Place) -> Iterator[Proposed]:
    other = {"maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max"}.get(place.item.op)
    if other is not None:
        new = node(other, place.item.args, place.item.params, place.item.shape)
        yield "min for max" if other.startswith("min") else "max for min", _described(place, new), new


def _swaps(claim: Claim, right: Node) -> Iterator[Change]:
    """τ for σ and σ for τ, two numbers that stand next to each other in the alphabet, everywhere on the right."""
    assert claim.space is not None
    found = sorted(
        {part for part in ordered([right]) if _is_scalar(claim, part)}, key=lambda n: str(n.params[0])
    )
    found = [part for part in found if isinstance(claim.space.domains[part.params[0]], Real)]
    for first, second in itertools.pairwise(found):
        yield _swapped(claim, first, second)


def _swapped(claim: Claim, first: Node, second: Node) -> Change:
    exchange = {first: second, second: first}
    sides = _changed(claim, lambda left, right: (left, *substituted([right], exchange)))
    return Change("exchanged", f"{shown(first)} ↔ {shown(second)} on the right", {"sides": sides})


def _is_scalar(claim: Claim, item: Node) -> bool:
    assert claim.space is not None
    return item.op == "variable" and isinstance(claim.space.domains.get(item.params[0]), (Real, ConstantOf))


def _is_dimension(claim: Claim, item: Node) -> bool:
    assert claim.space is not None
    return item.op == "size" and isinstance(claim.space.domains.get(item.params[0]), Dimension)


def _in_arithmetic(place: Place) -> bool:
    return place.parent is None or place.parent.op in ARITHMETIC


def _described(place: Place, new: Node) -> str:
    """ "4 → 8 in L * d / 4"."""
    return f"{shown(place.item)} → {shown(new)}{context(place.around())}"


# ---- the other Gaussian ------------------------------------------------------------------------------------

ROOT = node("sqrt", (constant(2),))


def _convention(claim: Claim, terms: Sequence[Node]) -> Iterator[Change]:
    """u ~ N(0, I) in the place of N(0, I/2) on one side: √2·σ in every smoothing, √2·u in every mean.

    Where all scales may be multiplied by √2, σ/√2 for every other σ says the same after a change of variables, and is
    what a proof may use; without any other σ the claim is the same.
    """
    for index, name in enumerate(("left", "right")):
        noisy = [
            item for item in ordered([terms[index]]) if _is_smoothing(item) or item.op == "gaussian_mean"
        ]
        if not noisy:
            continue
        equal = None
        if _can_be_rescaled(claim, noisy):
            scales = {item.args[1] for item in noisy}
            rescaled = _rescaling(scales, index)
            if rescaled(*terms) == tuple(terms):
                continue
            equal = {"sides": _changed(claim, rescaled)}
        shown_change = "√2·σ for σ" if any(_is_smoothing(item) for item in noisy) else "√2·u for u"
        fields = {"sides": _changed(claim, _other_gaussian(index))}
        yield Change("convention I for I/2", f"{shown_change} on the {name}", fields, equal)


def _is_smoothing(item: Node) -> bool:
    return item.op == "function" and item.params[1] in SMOOTHINGS


def _other_gaussian(index: int) -> Callable[[Node, Node], tuple[Node, ...]]:
    def scaled(item: Node) -> Node:
        if _is_smoothing(item):
            point, scale = item.args
            wider = node("mul", (ROOT, scale), (), scale.shape)
            return node("function", (point, wider), item.params, item.shape)
        if item.op == "gaussian_mean":
            body, *more = item.args
            bound = [
                part for part in ordered([body]) if part.op == "bound" and part.params[0] == item.params[0]
            ]
            wider_points = {point: node("mul", (ROOT, point), (), point.shape) for point in bound}
            (new,) = substituted([body], wider_points)
            return node("gaussian_mean", (new, *more), item.params, item.shape)
        return item

    def change(left: Node, right: Node) -> tuple[Node, ...]:
        return (rebuilt(left, scaled), right) if index == 0 else (left, rebuilt(right, scaled))

    return change


def rebuilt(root: Node, change: Callable[[Node], Node]) -> Node:
    """Apply `change` to every part, the inner ones first."""
    made: dict[int, Node] = {}
    for item in ordered([root]):
        args = tuple(made[id(arg)] for arg in item.args)
        same = all(new is old for new, old in zip(args, item.args, strict=True))
        made[id(item)] = change(item if same else node(item.op, args, item.params, item.shape, item.truth))
    return made[id(root)]


def _rescaling(scales: set[Node], index: int) -> Callable[[Node, Node], tuple[Node, ...]]:
    """σ/√2 for every σ but the scales of the smoothings on one side."""
    divided = {scale: node("div", (scale, ROOT), (), scale.shape) for scale in scales}
    back = {new: scale for scale, new in divided.items()}

    def kept(item: Node) -> Node:
        if _is_smoothing(item) and item.args[1] in back:
            return node("function", (item.args[0], back[item.args[1]]), item.params, item.shape)
        return item

    def change(left: Node, right: Node) -> tuple[Node, ...]:
        sides = substituted([left, right], divided)
        sides[index] = rebuilt(sides[index], kept)
        return tuple(sides)

    return change


def _can_be_rescaled(claim: Claim, noisy: Sequence[Node]) -> bool:
    """Whether the scales of these smoothings range over a cone of which no hypothesis speaks."""
    assert claim.space is not None
    if not all(_is_smoothing(item) and item.args[1].op == "variable" for item in noisy):
        return False
    scales = {str(item.args[1].params[0]) for item in noisy}
    domains = claim.space.domains
    free = not any(set(hypothesis.names()) & scales for hypothesis in claim.hypotheses)
    bound = any(
        scales & set(getattr(domain, "references", tuple)())
        for name, domain in domains.items()
        if name not in scales
    )
    return free and not bound and all(_is_cone(domains.get(name), scales) for name in scales)


def _is_cone(domain: Any, scales: set[str]) -> bool:
    """[0, ∞), (0, ∞) or above another of the scales: unchanged when all of them are multiplied by √2."""
    return isinstance(domain, Real) and (domain.low == 0 or domain.low in scales) and domain.high is None
