"""Operators on the formula: constants, exponents, squares, dimensions, signs, and the other Gaussian."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from theorycheck.functions import ConstantOf
from theorycheck.mutants.changes import Change
from theorycheck.mutants.formula import Formula, Place, called, changed
from theorycheck.spaces import Dimension, Real
from theorycheck.statement.claims import Claim, Sides

ARITHMETIC = {"sqrt", "exp", "log", "abs", "erf"}
GAUSSIAN = {"smoothed", "smoothed_gradient"}
LOWEST_EXPONENT = 2
"""Smaller ones are not lowered: the power 0 would drop the quantity."""


def changes_of_formula(claim: Claim, formula: Formula) -> Iterator[Change]:
    """Every change of the side that states the bound, and the other Gaussian on either side."""
    places = formula.bound_places()
    operators: tuple[Callable[[Claim, Formula, Place], Iterator[tuple[str, str, ast.expr]]], ...] = (
        _constants,
        _exponents,
        _squares,
        _dimensions,
        _signs,
    )
    for operator in operators:
        for place in places:
            for name, text, node in operator(claim, formula, place):
                yield Change(name, text, {"sides": _changed(claim, formula, {place.node: node})})
    yield from _convention(claim, formula)


def _changed(claim: Claim, formula: Formula, nodes: Mapping[ast.expr, ast.expr]) -> Sides:
    return changed(formula, nodes, f"mutant of {claim.id}")


def _constants(claim: Claim, formula: Formula, place: Place) -> Iterator[tuple[str, str, ast.expr]]:
    """Halve or double a constant, as makes an inequality say more; both where that is unknown or for "="."""
    node = place.node
    if called(node) == "number":
        assert isinstance(node, ast.Call)
        (value,) = node.args
    elif called(place.parent or node) == "number":
        return
    else:
        value = node
    if not _is_number(value) and not formula.outside_number(value):
        return
    if (
        isinstance(place.parent, ast.BinOp)
        and isinstance(place.parent.op, ast.Pow)
        and place.parent.right is node
    ):
        return  # the operators on exponents
    wanted = {"<=": -1, "<": -1, ">=": 1, ">": 1, "=": 0}[claim.relation]
    for new, sign in ((_half(value), -1), (_twice(value), 1)):
        if place.direction * wanted in (0, sign):
            halved = (sign < 0) != place.divides
            yield "constant ×½" if halved else "constant ×2", _described(place, node, new), new


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value != 0


def _number(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _half(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value % 2 == 0:
        return ast.Constant(node.value // 2)
    return _number(f"xp.number({ast.unparse(node)}) / 2")


def _twice(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Constant):
        return ast.Constant(2 * node.value) if isinstance(node.value, (int, float)) else node
    return _number(f"2 * xp.number({ast.unparse(node)})")


def _exponents(claim: Claim, formula: Formula, place: Place) -> Iterator[tuple[str, str, ast.expr]]:
    power = place.node
    if not (isinstance(power, ast.BinOp) and isinstance(power.op, ast.Pow)):
        return
    exponent = power.right
    if not (isinstance(exponent, ast.Constant) and type(exponent.value) is int):
        return
    for step in (-1, 1):
        if step < 0 and exponent.value < LOWEST_EXPONENT:
            continue
        value = exponent.value + step
        new = power.left if value == 1 else ast.BinOp(power.left, ast.Pow(), ast.Constant(value))
        name = "exponent −1" if step < 0 else "exponent +1"
        if value == 1 and _is_scalar(claim, power.left):
            name = "σ for σ²"
        yield name, _described(place, power, new), new


def _squares(claim: Claim, formula: Formula, place: Place) -> Iterator[tuple[str, str, ast.expr]]:
    """σ² for σ, where σ stands as a factor, not as an argument of a function that was drawn."""
    if not _is_scalar(claim, place.node) or not _in_arithmetic(place):
        return
    if isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, ast.Pow):
        return
    new = ast.BinOp(place.node, ast.Pow(), ast.Constant(2))
    yield "σ² for σ", _described(place, place.node, new), new


def _dimensions(claim: Claim, formula: Formula, place: Place) -> Iterator[tuple[str, str, ast.expr]]:
    node = place.node
    if _is_dimension(claim, node) and _in_arithmetic(place):
        new = _number(f"xp.sqrt(xp.number(1) * {ast.unparse(node)})")
        yield "√d for d", _described(place, node, new), new
    if called(node) == "sqrt" and isinstance(node, ast.Call):
        argument = node.args[0]
        if any(_is_dimension(claim, part) for part in ast.walk(argument)):
            yield "d for √d", _described(place, node, argument), argument


def _signs(claim: Claim, formula: Formula, place: Place) -> Iterator[tuple[str, str, ast.expr]]:
    node = place.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        term = _shown(node.right)
        old, op, new = ("+", ast.Sub(), "−") if isinstance(node.op, ast.Add) else ("−", ast.Add(), "+")
        text = f"{old} {term} → {new} {term}{_context((*place.ancestors, node))}"
        yield "sign", text, ast.BinOp(node.left, op, node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", _described(place, node, node.operand), node.operand


def _is_scalar(claim: Claim, node: ast.AST) -> bool:
    assert claim.space is not None
    return isinstance(node, ast.Name) and isinstance(claim.space.domains.get(node.id), (Real, ConstantOf))


def _is_dimension(claim: Claim, node: ast.AST) -> bool:
    assert claim.space is not None
    return isinstance(node, ast.Name) and isinstance(claim.space.domains.get(node.id), Dimension)


def _in_arithmetic(place: Place) -> bool:
    return (
        place.parent is None
        or isinstance(place.parent, (ast.BinOp, ast.UnaryOp))
        or called(place.parent) in ARITHMETIC
    )


LONGEST_CONTEXT = 48


def _described(place: Place, old: ast.expr, new: ast.expr) -> str:
    """ "4 → 8 in L * d / 4"."""
    return f"{_shown(old)} → {_shown(new)}{_context(place.ancestors)}"


def _context(ancestors: Sequence[ast.expr]) -> str:
    """The largest expression around a place that is still short."""
    around = [ast.unparse(node).replace("xp.", "") for node in reversed(ancestors)]
    short = [text for text in around if len(text) <= LONGEST_CONTEXT]
    return f" in {short[-1]}" if short else ""


def _shown(node: ast.expr) -> str:
    text = ast.unparse(ast.fix_missing_locations(node))
    text = re.sub(r"xp\.number\(([\w.]+)\)", r"\1", text).replace("1 * ", "").replace("xp.", "")
    return text if len(text) <= LONGEST_CONTEXT else text[: LONGEST_CONTEXT - 1] + "…"


# ---- the other Gaussian ------------------------------------------------------------------------------------


def _convention(claim: Claim, formula: Formula) -> Iterator[Change]:
    """u ~ N(0, I) in the place of N(0, I/2) on one side: √2·σ in every smoothing, √2·u in every mean.

    Where all scales may be multiplied by √2 and stand in no other smoothing, σ/√2 for every other σ says the
    same after a change of variables, and is what a proof may use; without any other σ the claim is the same.
    """
    for name, places in (("left", formula.left_places()), ("right", formula.right_places())):
        nodes = {place.node: new for place in places if (new := _with_other_gaussian(place.node)) is not None}
        if not nodes:
            continue
        equal = None
        if _can_be_rescaled(claim, nodes):
            others = _other_scales(formula, nodes)
            if not others:
                continue
            if all(_in_arithmetic(place) for place in others):
                divided = {p.node: _number(f"({ast.unparse(p.node)} / {ROOT})") for p in others}
                equal = {"sides": _changed(claim, formula, divided)}
        shown = "√2·σ for σ" if any(called(node) in GAUSSIAN for node in nodes) else "√2·u for u"
        fields = {"sides": _changed(claim, formula, nodes)}
        yield Change("convention I for I/2", f"{shown} on the {name}", fields, equal)


ROOT = "xp.sqrt(xp.number(1) * 2)"


def _with_other_gaussian(node: ast.expr) -> ast.expr | None:
    name = called(node)
    if not isinstance(node, ast.Call):
        return None
    if name in GAUSSIAN and isinstance(node.func, ast.Attribute) and len(node.args) >= 2:
        scaled = _number(f"{ROOT} * ({ast.unparse(node.args[-1])})")
        return ast.Call(node.func, [*node.args[:-1], scaled], node.keywords)
    if name == "gaussian_mean":
        integrand = ast.unparse(node.args[0])
        scaled = _number(f"lambda standard: ({integrand})(xp.scale({ROOT}, standard))")
        return ast.Call(node.func, [scaled, *node.args[1:]], node.keywords)
    return None


def _can_be_rescaled(claim: Claim, nodes: Mapping[ast.expr, ast.expr]) -> bool:
    """Whether the scales of these smoothings range over a cone of which no hypothesis speaks."""
    assert claim.space is not None
    if any(called(node) not in GAUSSIAN for node in nodes):
        return False
    scales = _scales(nodes)
    domains = claim.space.domains
    free = not any(set(hypothesis.names()) & scales for hypothesis in claim.hypotheses)
    bound = any(
        scales & set(getattr(domain, "references", tuple)())
        for name, domain in domains.items()
        if name not in scales
    )
    return free and not bound and all(_is_cone(domains.get(name), scales) for name in scales)


def _scales(nodes: Mapping[ast.expr, ast.expr]) -> set[str]:
    return {ast.unparse(node.args[-1]) for node in nodes if isinstance(node, ast.Call)}


def _other_scales(formula: Formula, nodes: Mapping[ast.expr, ast.expr]) -> list[Place]:
    """Where the scales of these smoothings stand outside of them, on both sides."""
    scales = _scales(nodes)
    inside = {id(part) for node in nodes for part in ast.walk(node)}
    everywhere = {id(p.node): p for p in (*formula.left_places(), *formula.right_places())}
    names = [p for p in everywhere.values() if isinstance(p.node, ast.Name) and p.node.id in scales]
    return [place for place in names if id(place.node) not in inside]


def _is_cone(domain: Any, scales: set[str]) -> bool:
    """[0, ∞), (0, ∞) or above another of the scales: unchanged when all of them are multiplied by √2."""
    return isinstance(domain, Real) and (domain.low == 0 or domain.low in scales) and domain.high is None
