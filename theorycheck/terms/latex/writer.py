"""From terms to TeX: a walk over the graph that prints an entry of an array, or an array as a whole.

`write(item, at)` prints the entry of `item` at the indices `at`, one an axis; `WHOLE` leaves an axis whole. What is linear
in a vector prints as vectors do (x − η ∇f(x)), inner products and norms too; everything else prints entry by entry, with
running letters: (x_i y_i)_{i ≤ d}. So no reader needs to know how arrays broadcast.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from theorycheck.terms import table
from theorycheck.terms.latex import pieces
from theorycheck.terms.latex.indices import (
    WHOLE,
    At,
    Index,
    aligned,
    before_slicing,
    length_latex,
    own_axes,
    position,
    reshaped,
    running,
)
from theorycheck.terms.latex.names import name_latex
from theorycheck.terms.latex.parts import Plan
from theorycheck.terms.latex.pieces import Level, Piece
from theorycheck.terms.nodes import BATCH, BINDERS, Length, Node, Shape, ordered

LONGEST = 900
"""Characters of one piece; a longer one is only counted."""
EXPANDED = 8
"""Terms of a sum over parts that no running letter names, at most."""
LISTED = 16
"""Entries of an array that are printed one by one where no running letter names them, at most."""
MOST_ENTRIES = 36
"""Numbers of an array that is printed."""
_HOLE = "\0"
_INDEX_LETTERS = "ijlmnpqrst"
_MEAN_LETTERS = {"gaussian_mean": "uvwz", "sample_mean": "klmn"}
_COMPARISONS = {"lt": "<", "le": r"\le", "gt": ">", "ge": r"\ge", "eq": "=", "ne": r"\ne"}
_NEGATED = {"eq": "ne", "ne": "eq"}
_LOGIC = {
    "and": (r"\wedge", Level.BOTH),
    "or": (r"\vee", Level.CHOICE),
    "xor": (r"\oplus", Level.QUANTIFIED),
}
_CONSTANTS = {
    "smoothness": r"\mathrm{Lip}(\nabla %s)",
    "lipschitz": r"\mathrm{Lip}(%s)",
    "strong_convexity": r"\mathrm{convexity}(%s)",
    "lower_bound": r"\inf %s",
    "each_smoothness": r"\max_k \mathrm{Lip}(\nabla %s_k)",
    "each_lipschitz": r"\max_k \mathrm{Lip}(%s_k)",
    "each_strong_convexity": r"\min_k \mathrm{convexity}(%s_k)",
    "second_moment": r"\sup \mathbb{E}_k \lVert \nabla %s_k \rVert^{2}",
    "minimiser": r"\mathrm{argmin}\, %s",
}
_LINEAR = {"add": 2, "sub": 2, "mul": 1, "div": 1, "scale": 1, "neg": 1}
"""Operations that act on vectors as on numbers, and how many of their operands are vectors then."""
_BIG = {"sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min"}
_SHAPED = ("broadcast_to", "zeros_like", "ones_like", "full")


class Writer:
    """Prints the parts of one statement; equal parts are printed once."""

    def __init__(self, roots: Sequence[Node], taken: Iterable[str], plan: Plan) -> None:
        self._plan = plan
        self._done: dict[tuple[Node, tuple[At, ...]], tuple[Piece, int]] = {}
        self._opaque = 0  # how often an entry was printed as an entry of a whole array
        self.referenced: set[str] = set()
        taken = {*taken, *plan.names.values()}
        self._letters = _binder_letters(roots, taken)
        self._taken = taken | set(self._letters.values())

    def letter_of(self, name: str) -> str:
        """The letter of what a mean binds."""
        return self._letters[name]

    def top(self, item: Node) -> Piece:
        """The whole of a term."""
        return self.write(item, _all_of(item.shape))

    def defined(self, item: Node, *, short: bool) -> Piece:
        """What a named part is; in short, how large it is."""
        if short:
            return _counted(item)
        return self._limited(item, self._content(item, self._scalars(item, _all_of(item.shape))))

    def entries(self, shape: Shape) -> tuple[tuple[At, ...], str]:
        """Running indices for all own axes of a shape, and "i ≤ d" for them."""
        at: list[At] = [WHOLE if length != BATCH else BATCH for length in shape]
        return self._run(tuple(at), shape)

    # ---- the walk ------------------------------------------------------------------------------------------
    def write(self, item: Node, at: tuple[At, ...]) -> Piece:
        """The entry of a term at the indices `at`."""
        at = self._scalars(item, at)
        name = self._plan.names.get(item)
        if name is not None:
            self.referenced.add(name)
            return _subscripted(name, item.shape, at)
        if item in self._plan.counted:
            return _counted(item)
        key = (item, at)
        found = self._done.get(key)
        if found is None:
            before = self._opaque
            piece = self._limited(item, self._content(item, at))
            found = self._done[key] = piece, self._opaque - before
        else:
            self._opaque += found[1]
        return found[0]

    def _short(self, item: Node) -> bool:
        """Whether a part prints as a name or as a count."""
        return item in self._plan.names or item in self._plan.counted

    def _limited(self, item: Node, piece: Piece) -> Piece:
        return piece if len(piece.text) <= LONGEST else _counted(item)

    def _scalars(self, item: Node, at: tuple[At, ...]) -> tuple[At, ...]:
        """An axis of length 1 has one entry."""
        return tuple(
            Index(0) if index == WHOLE and length == 1 else index
            for index, length in zip(at, item.shape, strict=True)
        )

    def _content(self, item: Node, at: tuple[At, ...]) -> Piece:
        op = item.op
        method = getattr(self, f"_{op.replace(' ', '_')}", None)
        if method is not None:
            found: Piece = method(item, at)
            return found
        if op in _LINEAR:
            return self._arithmetic(item, at)
        if op in table.FUNCTIONS or op in table.ARITHMETIC or op in _COMPARISONS or op in _LOGIC:
            return self._family(item, at) if WHOLE in at else self._entrywise(item, at)
        if op in table.REDUCTIONS:
            return self._family(item, at) if WHOLE in at else self._reduction(item, at)
        return self._other(item, at)

    def _operands(self, item: Node, at: tuple[At, ...]) -> list[Piece]:
        return [self.write(arg, aligned(at, item.shape, arg.shape)) for arg in item.args]

    # ---- leaves --------------------------------------------------------------------------------------------
    def _constant(self, item: Node, at: tuple[At, ...]) -> Piece:
        return pieces.number(item.params[0])

    def _truth(self, item: Node, at: tuple[At, ...]) -> Piece:
        return Piece(r"\text{true}" if item.params[0] else r"\text{false}")

    def _infinity(self, item: Node, at: tuple[At, ...]) -> Piece:
        return Piece(r"\infty") if item.params[0] > 0 else pieces.negative(Piece(r"\infty"))

    def _pi(self, item: Node, at: tuple[At, ...]) -> Piece:
        return Piece(r"\pi")

    def _size(self, item: Node, at: tuple[At, ...]) -> Piece:
        return Piece(name_latex(item.params[0]))

    def _variable(self, item: Node, at: tuple[At, ...]) -> Piece:
        return _subscripted(name_latex(item.params[0]), item.shape, at)

    def _bound(self, item: Node, at: tuple[At, ...]) -> Piece:
        return _subscripted(self._letters[item.params[0]], (BATCH, *item.shape[1:]), (BATCH, *at[1:]))

    def _array(self, item: Node, at: tuple[At, ...]) -> Piece:
        shape, values = item.params
        while at and isinstance(at[0], Index) and at[0].fixed:
            step = len(values) // shape[0]
            values = values[at[0].constant * step : (at[0].constant + 1) * step]
            shape, at = shape[1:], at[1:]
        if not shape:
            return pieces.number(values[0])
        if len(values) > MOST_ENTRIES:
            shown = r" \times ".join(map(str, shape))
            return self._entry_of(Piece(rf"\text{{(an array of }}{shown}\text{{ numbers)}}"), at)
        return self._entry_of(Piece(_nested([pieces.number(value).text for value in values], shape)), at)

    # ---- arithmetic ----------------------------------------------------------------------------------------
    def _arithmetic(self, item: Node, at: tuple[At, ...]) -> Piece:
        """Numbers, or vectors as a whole where the operation is linear in them."""
        if WHOLE in at and self._vectors(item, at) != _LINEAR[item.op]:
            return self._family(item, at)
        if item.op == "mul" and item.args[0] is item.args[1]:
            return pieces.power(self._operands(item, at)[0], Fraction(2))
        args = self._linear_operands(item, at)
        if item.op == "neg":
            return pieces.negative(args[0])
        made = {
            "add": pieces.plus,
            "sub": pieces.minus,
            "mul": pieces.times,
            "scale": pieces.times,
            "div": pieces.over,
        }
        return made[item.op](*args)

    def _linear_operands(self, item: Node, at: tuple[At, ...]) -> list[Piece]:
        if item.op != "scale":
            return self._operands(item, at)
        factor, point = item.args
        return [
            self.write(factor, aligned(at[:-1], item.shape[:-1], factor.shape)),
            self.write(point, aligned(at, item.shape, point.shape)),
        ]

    def _vectors(self, item: Node, at: tuple[At, ...]) -> int:
        """How many operands have all the axes that stay whole; −1 if one has some of them or a divisor has any."""
        count = 0
        for place, arg in enumerate(item.args):
            scalar = item.op == "scale" and place == 0
            inner = (
                aligned(at[:-1], item.shape[:-1], arg.shape) if scalar else aligned(at, item.shape, arg.shape)
            )
            whole = inner.count(WHOLE)
            if whole and (whole != at.count(WHOLE) or scalar or (item.op == "div" and place == 1)):
                return -1
            count += bool(whole)
        return count

    def _pow(self, item: Node, at: tuple[At, ...]) -> Piece:
        if WHOLE in at:
            return self._family(item, at)
        base, exponent = self._operands(item, at)
        if item.args[1].op == "constant":
            return pieces.power(base, item.args[1].params[0])
        return pieces.power(base, exponent)

    def _entrywise(self, item: Node, at: tuple[At, ...]) -> Piece:
        op = item.op
        args = self._operands(item, at)
        if op in _COMPARISONS:
            return pieces.related(args[0], _COMPARISONS[op], args[1])
        if op in _LOGIC:
            sign, level = _LOGIC[op]
            return pieces.joined(args[0], sign, args[1], level)
        if op == "mod":
            return Piece(rf"{args[0].at(Level.POWER)} \bmod {args[1].at(Level.POWER)}", Level.RELATION)
        if op == "floordiv":
            return Piece(rf"\left\lfloor {pieces.over(*args).text} \right\rfloor")
        if op == "square":
            return pieces.power(args[0], Fraction(2))
        if op == "log1p":
            return pieces.call(r"\log", pieces.plus(Piece("1"), args[0]))
        if op == "expm1":
            return pieces.minus(pieces.call(r"\exp", args[0]), Piece("1"))
        if op == "isfinite":
            return Piece(rf"{args[0].at(Level.SUM)} \in \mathbb{{R}}", Level.RELATION)
        if op in ("maximum", "minimum"):
            return self._extremum(item, at)
        left, right = table.FUNCTIONS[op].latex.format(_HOLE).split(_HOLE)
        if left.endswith("{"):
            return Piece(left + args[0].text + right)
        if left.endswith("("):
            return pieces.call(left[:-1], *args)
        return Piece(pieces.fenced(left.strip(), args[0].text, right.strip()))

    def _extremum(self, item: Node, at: tuple[At, ...]) -> Piece:
        """The larger or smaller of several: max(max(a, b), c) is max(a, b, c)."""
        parts: list[Piece] = []
        stack = [(item, at)]
        while stack:
            part, place = stack.pop()
            if part is item or (part.op == item.op and not self._short(part)):
                stack += [(arg, aligned(place, part.shape, arg.shape)) for arg in reversed(part.args)]
            else:
                parts.append(self.write(part, place))
        return pieces.call(r"\max" if item.op == "maximum" else r"\min", *parts)

    def _not(self, item: Node, at: tuple[At, ...]) -> Piece:
        if WHOLE in at:
            return self._family(item, at)
        inner = item.args[0]
        if inner.op in _NEGATED and not self._short(inner):
            args = self._operands(inner, at)
            return pieces.related(args[0], _COMPARISONS[_NEGATED[inner.op]], args[1])
        if inner.op == "xor" and not self._short(inner):
            return pieces.joined(*_spread(self._operands(inner, at), r"\Leftrightarrow"), Level.QUANTIFIED)
        (arg,) = self._operands(item, at)
        return Piece(rf"\neg {pieces.fenced('(', arg.text, ')')}", Level.RELATION)

    def _where(self, item: Node, at: tuple[At, ...]) -> Piece:
        first, second = item.args[1:]
        places = [aligned(at, item.shape, arg.shape) for arg in item.args]
        if WHOLE in places[0] or {place.count(WHOLE) for place in places[1:]} != {at.count(WHOLE)}:
            return self._family(item, at)
        condition, a, b = self._operands(item, at)
        if first.op == second.op == "constant" and (first.params[0], second.params[0]) == (1, 0):
            return Piece(r"\mathbf{1}" + pieces.fenced("[", condition.text, "]"))
        return Piece(
            rf"\begin{{cases}} {a.text} & \text{{if }} {condition.text} \\ {b.text} & \text{{otherwise}} \end{{cases}}",
            Level.BIG,
        )

    # ---- vectors -------------------------------------------------------------------------------------------
    def _vecdot(self, item: Node, at: tuple[At, ...]) -> Piece:
        if WHOLE in at:
            return self._family(item, at)
        a, b = item.args
        if len(a.shape) != len(b.shape) or a.shape[-1:] != b.shape[-1:]:
            return self._other(item, at)
        left, right = (self.write(arg, (*aligned(at, item.shape, arg.shape[:-1]), WHOLE)) for arg in (a, b))
        if a is b:
            return pieces.power(_norm(left), Fraction(2))
        return Piece(pieces.fenced(r"\langle", f"{left.text}, {right.text}", r"\rangle"))

    def _norm(self, item: Node, at: tuple[At, ...]) -> Piece:
        if WHOLE in at:
            return self._family(item, at)
        return _norm(self.write(item.args[0], (*at, WHOLE)))

    def _function(self, item: Node, at: tuple[At, ...]) -> Piece:
        path, method = item.params
        gradient = method.endswith("gradient")
        outer, shape = (at[:-1], item.shape[:-1]) if gradient else (at, item.shape)
        if WHOLE in outer:
            return self._family(item, at)
        point = self.write(item.args[0], (*aligned(outer, shape, item.args[0].shape[:-1]), WHOLE))
        sigma = [self.write(arg, aligned(outer, shape, arg.shape)).text for arg in item.args[1:]]
        value = pieces.call(self.function_name(path, sigma), point)
        if not gradient:
            return value
        component = at[-1]
        if component == WHOLE or item.shape[-1] == 1:
            return Piece(rf"\nabla {value.text}", Level.PRODUCT)
        assert isinstance(component, Index)
        return Piece(rf"\partial_{{{component.text}}} {value.text}", Level.PRODUCT)

    def function_name(self, path: tuple[Any, ...], sigma: Sequence[str] = ()) -> str:
        """f, f_k, f_σ, f_{k,σ}."""
        indices = [self._letters[part] if isinstance(part, str) else str(part + 1) for part in path[1:]]
        subscripts = ", ".join((*indices, *sigma))
        name = name_latex(path[0])
        if not subscripts:
            return name
        return f"({name})_{{{subscripts}}}" if "_" in name else f"{name}_{{{subscripts}}}"

    def _constant_of(self, item: Node, at: tuple[At, ...]) -> Piece:
        path, attribute = item.params
        name = self.function_name(path)
        shown = _CONSTANTS.get(attribute)
        if shown is None:
            return Piece(rf"{name}\text{{ is {attribute}}}", Level.RELATION)
        return _subscripted(shown % name, item.shape, at, Level.PRODUCT)

    # ---- rearrangements ------------------------------------------------------------------------------------
    def _getitem(self, item: Node, at: tuple[At, ...]) -> Piece:
        (array,) = item.args
        found = before_slicing(item.params, array.shape, at)
        if found is None:
            return self._family(item, at) if WHOLE in at else self._other(item, at)
        return self.write(array, found)

    def _stack(self, item: Node, at: tuple[At, ...]) -> Piece:
        axis = dict(item.params)["axis"] % len(item.shape)
        chosen, rest = at[axis], (*at[:axis], *at[axis + 1 :])
        if isinstance(chosen, Index) and chosen.fixed:
            return self.write(item.args[chosen.constant], rest)
        if len(item.args) > MOST_ENTRIES:
            return _counted(item)
        inside = ", ".join(self.write(arg, rest).text for arg in item.args)
        whole = Piece(pieces.fenced("(", inside, ")"))
        return whole if chosen == WHOLE else self._entry_of(whole, (chosen,))

    def _concatenate(self, item: Node, at: tuple[At, ...]) -> Piece:
        axis = dict(item.params)["axis"]
        chosen = None if axis is None else at[axis % len(item.shape)]
        if isinstance(chosen, Index) and chosen.fixed:
            passed = chosen.constant
            for arg in item.args:
                length = arg.shape[axis]
                if not isinstance(length, int):
                    break
                if passed < length:
                    return self.write(
                        arg,
                        tuple(Index(passed) if n == axis % len(at) else index for n, index in enumerate(at)),
                    )
                passed -= length
        return self._other(item, at)

    def _reshape(self, item: Node, at: tuple[At, ...]) -> Piece:
        (array,) = item.args
        long = [(length, index) for length, index in zip(item.shape, at, strict=True) if length != 1]
        if [length for length, _ in long] == [length for length in array.shape if length != 1]:
            rest = iter(index for _, index in long)
            return self.write(array, tuple(Index(0) if length == 1 else next(rest) for length in array.shape))
        found = reshaped(item.shape, array.shape, at)
        if found is not None:
            return self.write(array, found)
        return self._family(item, at) if WHOLE in at else self._other(item, at)

    def _expand_dims(self, item: Node, at: tuple[At, ...]) -> Piece:
        axis = dict(item.params).get("axis")
        if not isinstance(axis, int):
            return self._other(item, at)
        axis %= len(item.shape)
        return self.write(item.args[0], (*at[:axis], *at[axis + 1 :]))

    def _shaped(self, item: Node, at: tuple[At, ...]) -> Piece:
        """Equal entries."""
        if item.op == "zeros_like":
            return Piece("0")
        if item.op == "ones_like":
            return Piece(r"\mathbf{1}" if WHOLE in at else "1")
        (filling,) = item.args
        place = aligned(at, item.shape, filling.shape)
        if WHOLE in at and place.count(WHOLE) != at.count(WHOLE):
            return self._family(item, at)
        return self.write(filling, place)

    _broadcast_to = _zeros_like = _ones_like = _full = _shaped

    def _transpose(self, item: Node, at: tuple[At, ...]) -> Piece:
        axes = dict(item.params).get("axes")
        order = tuple(reversed(range(len(item.shape)))) if axes is None else tuple(axes)
        return self._permuted(item, at, [axis % len(order) for axis in order])

    def _swapaxes(self, item: Node, at: tuple[At, ...]) -> Piece:
        parameters = dict(item.params)
        order = list(range(len(item.shape)))
        first, second = parameters["axis1"], parameters["axis2"]
        order[first], order[second] = order[second], order[first]
        return self._permuted(item, at, order)

    def _moveaxis(self, item: Node, at: tuple[At, ...]) -> Piece:
        parameters = dict(item.params)
        count = len(item.shape)
        sources, targets = (
            [axis % count for axis in (value if isinstance(value, tuple) else (value,))]
            for value in (parameters["source"], parameters["destination"])
        )
        rest = iter(axis for axis in range(count) if axis not in sources)
        moved = dict(zip(targets, sources, strict=True))
        return self._permuted(item, at, [moved[n] if n in moved else next(rest) for n in range(count)])

    def _permuted(self, item: Node, at: tuple[At, ...], order: Sequence[int]) -> Piece:
        """Axis n of the item is axis order[n] of its argument."""
        inner: list[At] = [BATCH] * len(order)
        for index, axis in zip(at, order, strict=True):
            inner[axis] = index
        piece = self.write(item.args[0], tuple(inner))
        whole = [axis for index, axis in zip(at, order, strict=True) if index == WHOLE]
        if whole == sorted(whole):
            return piece
        return (
            Piece(rf"{piece.at(Level.ATOM)}^{{\top}}", Level.POWER)
            if len(whole) == 2
            else self._other(item, at)
        )

    def _matmul(self, item: Node, at: tuple[At, ...]) -> Piece:
        a, b = item.args
        if len(a.shape) < 2 or len(b.shape) < 2 or WHOLE in at[:-2]:
            return self._other(item, at)
        row, column = at[-2:]
        outer = item.shape[:-2]
        left, right = aligned(at[:-2], outer, a.shape[:-2]), aligned(at[:-2], outer, b.shape[:-2])
        if WHOLE in (row, column) or a.shape[-1] == 1:
            return pieces.times(self.write(a, (*left, row, WHOLE)), self.write(b, (*right, WHOLE, column)))
        letter = self._fresh(at)
        inner = running(letter)
        body = pieces.times(self.write(a, (*left, row, inner)), self.write(b, (*right, inner, column)))
        return pieces.big(r"\sum", f"{letter}=1", length_latex(a.shape[-1]), body)

    def _einsum(self, item: Node, at: tuple[At, ...]) -> Piece:
        subscripts = dict(item.params)["subscripts"].replace(" ", "")
        inputs, arrow, output = subscripts.partition("->")
        if not arrow or "." in subscripts:
            return self._other(item, at)
        if WHOLE in at:
            return self._family(item, at)
        places: dict[str, At] = dict(zip(output, at, strict=True))
        operands = inputs.split(",")
        lengths: dict[str, Length] = {}
        for letters, arg in zip(operands, item.args, strict=True):
            for letter, length in zip(letters, arg.shape, strict=True):
                if lengths.get(letter, 1) == 1:
                    lengths[letter] = length
        running_letters: list[tuple[str, Length]] = []
        for letter, length in lengths.items():
            if letter not in places:
                fresh = self._fresh((*at, *places.values()))
                places[letter] = running(fresh)
                running_letters.append((fresh, length))
        parts = [
            self.write(
                arg,
                tuple(Index(0) if n == 1 else places[one] for one, n in zip(letters, arg.shape, strict=True)),
            )
            for letters, arg in zip(operands, item.args, strict=True)
        ]
        body = parts[0]
        for part in parts[1:]:
            body = pieces.times(body, part)
        for fresh, length in reversed(running_letters):
            body = pieces.big(r"\sum", f"{fresh}=1", length_latex(length), body)
        return body

    def _trace(self, item: Node, at: tuple[At, ...]) -> Piece:
        parameters = dict(item.params)
        axes = [parameters.get(key) for key in ("axis1", "axis2")]
        (array,) = item.args
        count = len(array.shape)
        if parameters.get("offset") or None in axes or WHOLE in at:
            return self._other(item, at)
        wanted = {int(axis) % count for axis in axes if axis is not None}
        rest = iter(at)
        inside = tuple(WHOLE if axis in wanted else next(rest) for axis in range(count))
        return pieces.call(r"\mathrm{tr}", self.write(array, inside))

    def _cumsum(self, item: Node, at: tuple[At, ...]) -> Piece:
        axis = dict(item.params).get("axis")
        if axis is None:
            return self._other(item, at)
        if WHOLE in at:
            return self._family(item, at)
        axis %= len(at)
        last = at[axis]
        assert isinstance(last, Index)
        letter = self._fresh(at)
        body = self.write(item.args[0], (*at[:axis], running(letter), *at[axis + 1 :]))
        operator = r"\sum" if item.op == "cumsum" else r"\prod"
        return pieces.big(operator, f"{letter}=1", last.text, body)

    _cumprod = _cumsum

    def _flip(self, item: Node, at: tuple[At, ...]) -> Piece:
        axis = dict(item.params).get("axis")
        if not isinstance(axis, int):
            return self._other(item, at)
        axis %= len(at)
        index = at[axis]
        if index == WHOLE:
            return self._family(item, at)
        assert isinstance(index, Index)
        back = index.moved(-1, position(-1, item.shape[axis]))
        return self.write(item.args[0], (*at[:axis], back, *at[axis + 1 :]))

    # ---- over an axis --------------------------------------------------------------------------------------
    def _reduction(self, item: Node, at: tuple[At, ...]) -> Piece:
        (array,) = item.args
        parameters = dict(item.params)
        axes = parameters["axis"] if isinstance(parameters["axis"], tuple) else (parameters["axis"],)
        count = len(array.shape)
        over = sorted(axis % count for axis in axes)
        rest = iter(at)
        kept: list[At] = []
        for axis in range(count):
            if axis in over:
                if parameters.get("keepdims"):
                    next(rest)
                kept.append(WHOLE)
            else:
                kept.append(next(rest))
        over = [axis for axis in over if array.shape[axis] != 1]
        if not over:
            return self.write(array, tuple(kept))
        lengths = [array.shape[axis] for axis in over]
        before = self._opaque
        letters = self._several(at, len(over))
        body = self._inside(array, kept, over, [running(letter) for letter in letters])
        if self._opaque > before and all(isinstance(length, int) for length in lengths):
            combinations = list(itertools.product(*(range(int(length)) for length in lengths)))
            if len(combinations) <= EXPANDED:
                parts = [self._inside(array, kept, over, [Index(n) for n in one]) for one in combinations]
                return self._expanded(item.op, parts)
        return _reduced(item.op, letters, lengths, body)

    def _inside(
        self, array: Node, kept: Sequence[At], over: Sequence[int], indices: Sequence[Index]
    ) -> Piece:
        place = list(kept)
        for axis, index in zip(over, indices, strict=True):
            place[axis] = index
        return self.write(array, tuple(place))

    def _expanded(self, op: str, parts: Sequence[Piece]) -> Piece:
        if op in ("max", "min"):
            return pieces.call(rf"\{op}", *parts)
        body = parts[0]
        for part in parts[1:]:
            if op in ("sum", "mean"):
                body = pieces.plus(body, part)
            elif op == "prod":
                body = pieces.times(body, part)
            else:
                sign, level = _LOGIC["and" if op == "all" else "or"]
                body = pieces.joined(body, sign, part, level)
        return pieces.over(body, Piece(str(len(parts)))) if op == "mean" else body

    # ---- means ---------------------------------------------------------------------------------------------
    def _gaussian_mean(self, item: Node, at: tuple[At, ...]) -> Piece:
        body, dimension = item.args
        letter = self._letters[item.params[0]]
        size = self.write(dimension, ())
        law = r"\frac{1}{2}" if size.text == "1" else rf"\frac{{1}}{{2}} I_{{{size.text}}}"
        inside = self.write(body, at)
        return Piece(
            rf"\mathbb{{E}}_{{{letter} \sim N(0, {law})}}" + pieces.fenced("[", inside.text, "]"),
            Level.PRODUCT,
        )

    def _sample_mean(self, item: Node, at: tuple[At, ...]) -> Piece:
        (body,) = item.args
        inside = self.write(body, aligned(at, item.shape, body.shape))
        letter = self._letters[item.params[0]]
        return Piece(rf"\mathbb{{E}}_{{{letter}}}" + pieces.fenced("[", inside.text, "]"), Level.PRODUCT)

    # ---- what has no print of its own ----------------------------------------------------------------------
    def _semidefinite(self, item: Node, at: tuple[At, ...]) -> Piece:
        if WHOLE in at:
            return self._family(item, at)
        matrix = self.write(item.args[0], (*at, WHOLE, WHOLE))
        return Piece(rf"{matrix.at(Level.SUM)} \succeq 0", Level.RELATION)

    def _det(self, item: Node, at: tuple[At, ...]) -> Piece:
        if WHOLE in at:
            return self._family(item, at)
        return pieces.call(r"\det", self.write(item.args[0], (*at, WHOLE, WHOLE)))

    def _other(self, item: Node, at: tuple[At, ...]) -> Piece:
        """The operation by its name, of whole arrays; an entry of it has the indices as subscripts."""
        named = {"eigvalsh": r"\lambda", "svdvals": "s"}
        name = named.get(item.op) or rf"\mathrm{{{item.op}}}".replace("_", r"\_")
        args = [self.top(arg) for arg in item.args]
        if item.op in ("reshape", "getitem"):
            settings = [_setting(item.params)]
        else:
            settings = [
                rf"\mathrm{{{key}}} = {_setting(value)}" for key, value in item.params if value is not None
            ]
        return self._entry_of(pieces.call(name, *args, *map(Piece, settings)), at)

    def _entry_of(self, whole: Piece, at: tuple[At, ...]) -> Piece:
        indices = [index for index in at if index != BATCH]
        if all(index == WHOLE for index in indices):
            return whole
        if any(isinstance(index, Index) and not index.fixed for index in indices):
            self._opaque += 1
        shown = ", ".join(index.text if isinstance(index, Index) else r"\cdot" for index in indices)
        return Piece(f"{whole.at(Level.ATOM)}_{{{shown}}}")

    def _family(self, item: Node, at: tuple[At, ...]) -> Piece:
        """All entries: (x_i y_i)_{i ≤ d}, or one by one where no running letter names them."""
        inner, below = self._run(at, item.shape)
        before = self._opaque
        entry = self.write(item, inner)
        whole = [axis for axis, index in enumerate(at) if index == WHOLE and item.shape[axis] != 1]
        lengths = [length for length in (item.shape[axis] for axis in whole) if isinstance(length, int)]
        if self._opaque > before and len(lengths) == len(whole) and math.prod(lengths) <= LISTED:
            places = itertools.product(*(range(length) for length in lengths))
            entries = [self._inside(item, at, whole, [Index(n) for n in place]).text for place in places]
            return Piece(_nested(entries, lengths))
        return Piece(pieces.fenced("(", entry.text, ")") + f"_{{{below}}}")

    def _run(self, at: tuple[At, ...], shape: Shape) -> tuple[tuple[At, ...], str]:
        inner: list[At] = []
        ranges: list[str] = []
        for index, length in zip(at, shape, strict=True):
            if index != WHOLE or length == 1:
                inner.append(Index(0) if index == WHOLE else index)
                continue
            letter = self._fresh((*at, *inner))
            inner.append(running(letter))
            ranges.append(rf"{letter} \le {length_latex(length)}")
        return tuple(inner), r",\, ".join(ranges)

    def _fresh(self, at: Iterable[At]) -> str:
        used = {letter for index in at if isinstance(index, Index) for letter, _ in index.letters}
        return next(letter for letter in _candidates(_INDEX_LETTERS) if letter not in used | self._taken)

    def _several(self, at: tuple[At, ...], count: int) -> list[str]:
        found: list[str] = []
        for _ in range(count):
            found.append(self._fresh((*at, *map(running, found))))
        return found


def _candidates(letters: str) -> Iterator[str]:
    yield from letters
    for number in itertools.count(1):
        yield f"{letters[0]}_{{{number}}}"


def _binder_letters(roots: Sequence[Node], taken: Iterable[str]) -> dict[str, str]:
    """A letter for everything that a mean binds; a mean inside another one has another letter."""
    letters: dict[str, str] = {}
    inside: dict[Node, frozenset[str]] = {}
    blocked = set(taken)
    for item in ordered(roots):
        below = frozenset[str]().union(*(inside[arg] for arg in item.args))
        if item.op in BINDERS:
            pool = _candidates(_MEAN_LETTERS[item.op])
            letter = next(one for one in pool if one not in below and one not in blocked)
            letters[item.params[0]] = letter
            below |= {letter}
        inside[item] = below
    return letters


def _all_of(shape: Shape) -> tuple[At, ...]:
    return tuple(BATCH if length == BATCH else WHOLE for length in shape)


def _spread(args: Sequence[Piece], sign: str) -> tuple[Piece, str, Piece]:
    return args[0], sign, args[1]


def _norm(inside: Piece) -> Piece:
    return Piece(pieces.fenced(r"\lVert", inside.text, r"\rVert"))


def _subscripted(name: str, shape: Shape, at: tuple[At, ...], level: Level = Level.ATOM) -> Piece:
    """The entry of something that has a name; an axis of length 1 needs no index where it is the only one."""
    own = [at[axis] for axis in own_axes(shape)]
    if all(shape[axis] == 1 for axis in own_axes(shape)) or all(index == WHOLE for index in own):
        return Piece(name, level)
    shown = ", ".join(index.text if isinstance(index, Index) else r"\cdot" for index in own)
    base = name if level == Level.ATOM else f"({name})"
    return Piece(f"({base})_{{{shown}}}" if "_" in base else f"{base}_{{{shown}}}")


def _counted(item: Node) -> Piece:
    return Piece(rf"\ldots\text{{ ({len(ordered([item])):,} parts)}}", Level.ATOM)


def _nested(texts: Sequence[str], shape: Sequence[int]) -> str:
    if len(shape) <= 1:
        return pieces.fenced("(", ", ".join(texts), ")")
    step = len(texts) // shape[0]
    rows = (_nested(texts[n * step : (n + 1) * step], shape[1:]) for n in range(shape[0]))
    return pieces.fenced("(", ", ".join(rows), ")")


def _setting(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_setting, value))})"
    return rf"\text{{{value}}}" if isinstance(value, str) else str(value)


def _reduced(op: str, letters: Sequence[str], lengths: Sequence[Length], body: Piece) -> Piece:
    ends = [length_latex(length) for length in lengths]
    ranges = r",\, ".join(rf"{letter} \le {end}" for letter, end in zip(letters, ends, strict=True))
    if op in ("any", "all"):
        sign = r"\exists" if op == "any" else r"\forall"
        return Piece(rf"{sign}\, {ranges} : {body.at(Level.CHOICE)}", Level.QUANTIFIED)
    if op in ("max", "min"):
        return pieces.big(_BIG[op], ranges, "", body)
    for letter, end in zip(reversed(letters), reversed(ends), strict=True):
        body = pieces.big(_BIG["prod" if op == "prod" else "sum"], f"{letter}=1", end, body)
    if op != "mean":
        return body
    count = Piece("1")
    for end in ends:
        count = pieces.times(count, Piece(end)) if count.text != "1" else Piece(end, Level.PRODUCT)
    return pieces.times(pieces.over(Piece("1"), count), body)
