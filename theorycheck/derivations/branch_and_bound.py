"""A tree on a compact box: bisection, every part decided by an enclosure in balls.

On a part the natural enclosure is tried first; then every variable in which the function is certainly
monotone is moved to the end where it is smallest; then the mean-value form f(m) + Σ ∂ᵢf(box)·(xᵢ − mᵢ) around
the midpoint m.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from theorycheck.derivations.derivatives import differentiate, symbols_of
from theorycheck.derivations.ranges import Range, range_of
from theorycheck.derivations.trees import Evaluator, Tree, compile_tree
from theorycheck.errors import ReplayError, UndecidedError
from theorycheck.terms.balls import precision, to_arb

BITS = 96
DEEPEST_BISECTION = 24  # a variable
MOST_STORED_PARTS = 20_000
Box = dict[str, tuple[Fraction, Fraction]]


@dataclass(frozen=True)
class Cover:
    """How branch and bound ended.

    Attributes
    ----------
    complete : bool
        Every part of the box was decided.
    count : int
        Parts examined.
    splits : tuple of int
        The bisections in preorder: −1 a decided part, else the index (in sorted order of the names) of the
        halved variable.
    """

    complete: bool
    count: int
    splits: tuple[int, ...]


class Enclosure:
    """A tree prepared for enclosures over boxes: its evaluator and those of its partial derivatives."""

    def __init__(self, tree: Tree, domains: Mapping[str, Range], strict: bool) -> None:
        def is_nonnegative(part: Tree) -> bool:
            found = range_of(part, domains)
            return found is not None and found.nonnegative

        self.strict = strict
        self.names = sorted(symbols_of(tree))
        self.value = compile_tree(tree, hull=True, is_nonnegative=is_nonnegative)
        slopes = {name: differentiate(tree, name) for name in self.names}
        self.slopes: dict[str, Evaluator] = {
            name: compile_tree(slope, hull=True, is_nonnegative=is_nonnegative)
            for name, slope in slopes.items()
            if slope is not None
        }

    def decides(self, box: Box) -> tuple[bool, dict[str, float]]:
        """Return whether the inequality certainly holds on the box, and how much each variable contributes if
        not.
        """
        whole = {name: _ball(*box[name]) for name in self.names}
        if self._good(_evaluate(self.value, whole)):
            return True, {}
        slopes = {name: _evaluate(f, whole) for name, f in self.slopes.items()}
        usable = {name: s for name, s in slopes.items() if s is not None and s.is_finite()}
        narrow, moved = dict(whole), False
        for name, slope in usable.items():
            if slope >= 0 or slope <= 0:
                narrow[name] = to_arb(box[name][0] if slope >= 0 else box[name][1])
                moved = True
        if moved and self._good(_evaluate(self.value, narrow)):
            return True, {}
        if set(usable) == set(self.names):
            middle = _middle(box)
            value = _evaluate(self.value, middle)
            if value is not None:
                for name, slope in usable.items():
                    value = value + slope * (whole[name] - middle[name])
                if self._good(value):
                    return True, {}
        influence: dict[str, float] = {}
        for name in self.names:
            low, high = box[name]
            size = float(abs(usable[name]).upper()) if name in usable else 1.0
            influence[name] = float(high - low) * size
        return False, influence

    def lower_in_the_middle(self, box: Box, other: Box) -> bool:
        """Whether the function is smaller in the middle of `box` than of `other`: where a search fails, it
        fails early.
        """
        first, second = (_evaluate(self.value, _middle(b)) for b in (box, other))
        return first is not None and second is not None and bool(first.mid() < second.mid())

    def _good(self, value: Any) -> bool:
        if value is None or value.is_nan():
            return False
        return bool(value > 0) if self.strict else bool(value >= 0)


def _middle(box: Box) -> dict[str, Any]:
    return {name: to_arb((low + high) / 2) for name, (low, high) in box.items()}


def _ball(low: Fraction, high: Fraction) -> Any:
    return to_arb(low).union(to_arb(high))


def _evaluate(f: Evaluator, values: Mapping[str, Any]) -> Any:
    try:
        return f(values)
    except UndecidedError:
        return None


def halves(box: Box, name: str) -> tuple[Box, Box]:
    low, high = box[name]
    middle = (low + high) / 2
    return {**box, name: (low, middle)}, {**box, name: (middle, high)}


def cover(tree: Tree, domains: Mapping[str, Range], *, strict: bool, max_boxes: int) -> Cover:
    """Bisect the box of `domains` until the inequality is decided on every part or `max_boxes` parts were
    examined.

    Every symbol of the tree needs a finite range; open ends are treated as closed.
    """
    enclosure = Enclosure(tree, domains, strict)
    stack: list[tuple[Box, int]] = [(root_box(enclosure.names, domains), 0)]
    splits: list[int] = []
    count, deepest = 0, DEEPEST_BISECTION * len(enclosure.names)
    with precision(BITS):
        while stack:
            box, depth = stack.pop()
            count += 1
            good, influence = enclosure.decides(box)
            if good:
                splits.append(-1)
                continue
            if not influence or depth >= deepest or count >= max_boxes:
                return Cover(False, count, ())
            name = max(influence, key=lambda n: (influence[n], n))
            low, high = halves(box, name)
            high_first = enclosure.lower_in_the_middle(high, low)
            splits.append(enclosure.names.index(name) + (len(enclosure.names) if high_first else 0))
            stack += [(part, depth + 1) for part in ((low, high) if high_first else (high, low))]
    return Cover(True, count, tuple(splits))


def root_box(names: Iterable[str], domains: Mapping[str, Range]) -> Box:
    """Return the box of the domains.

    Raises
    ------
    ReplayError
        If a symbol has no finite range.
    """
    box = {}
    for name in names:
        found = domains.get(name)
        if found is None or found.low is None or found.high is None:
            raise ReplayError(f"the symbol {name} has no finite range to cover")
        box[name] = (found.low, found.high)
    return box


def check_splits(tree: Tree, domains: Mapping[str, Range], splits: Iterable[int], *, strict: bool) -> None:
    """Follow stored bisections and decide every part again.

    Raises
    ------
    ReplayError
        If the bisections do not cover the box or a part is not decided.
    """
    enclosure = Enclosure(tree, domains, strict)
    stack = [root_box(enclosure.names, domains)]
    with precision(BITS):
        for step in splits:
            if not stack:
                raise ReplayError("the stored bisections go on after the box is covered")
            box = stack.pop()
            if step == -1:
                if not enclosure.decides(box)[0]:
                    shown = ", ".join(f"{n} in [{low}, {high}]" for n, (low, high) in box.items())
                    raise ReplayError(f"the inequality is not decided on the stored part {shown:.200}")
                continue
            if type(step) is not int or not 0 <= step < 2 * len(enclosure.names):
                raise ReplayError(f"{step!r:.40} is not the number of a variable to halve")
            low, high = halves(box, enclosure.names[step % len(enclosure.names)])
            stack += [low, high] if step >= len(enclosure.names) else [high, low]
    if stack:
        raise ReplayError("the stored bisections do not cover the box")
