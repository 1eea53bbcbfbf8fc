"""A term as a Python function over a namespace: compiled once, equal parts computed once.

    run = compiled((left, right))
    run(xp, {"x": x, "sigma": sigma}, count)          # arrays, balls, exact numbers, symbols: what `xp` makes of it

The source that is compiled is also what the stand-alone scripts of counterexamples quote: `source((left, right))`.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.terms import table
from theorycheck.terms.nodes import BATCH, BINDERS, Node, ordered

DEPTH = 24
"""Parentheses in one line, at most: Python's own parser has a limit."""
INDENT = "    "

Run = Callable[[Any, Mapping[str, Any], int], tuple[Any, ...]]


def compiled(roots: Sequence[Node]) -> Run:
    """Return `run(xp, values, count)`, which evaluates the terms in the namespace `xp`.

    `values` are those of the names of the space, `count` is the number of instances.
    """
    key = tuple(map(id, roots))
    found = _COMPILED.get(key)
    if found is None or any(kept() is not root for kept, root in zip(found[0], roots, strict=True)):
        found = ([weakref.ref(root) for root in roots], _compile(roots))
        _COMPILED[key] = found
        if len(_COMPILED) > MOST_COMPILED:
            _COMPILED.pop(next(iter(_COMPILED)))
    return found[1]


FLOATS = ("numpy", "cupy")
"""Namespaces whose numbers are floats."""
MOST_COMPILED = 4096
_COMPILED: dict[tuple[int, ...], tuple[list[weakref.ref[Node]], Run]] = {}


def _compile(roots: Sequence[Node]) -> Run:
    text, constants = source(roots)
    names: dict[str, Any] = dict(BUILT_IN)
    exec(compile(text, "<term>", "exec"), names)  # our own text, written below from nodes
    formula = names["formula"]
    floats: dict[str, Constants] = {}

    def run(xp: Any, values: Mapping[str, Any], count: int) -> tuple[Any, ...]:
        if xp.name not in FLOATS:  # balls are made anew at every precision
            result: tuple[Any, ...] = formula(xp, values, count, Constants(xp, constants))
            return result
        if xp.name not in floats:
            floats[xp.name] = Constants(xp, constants)
        result = formula(xp, values, count, floats[xp.name])
        return result

    return run


class Constants(dict[Any, Any]):
    """The exact numbers of a term, in a namespace, each made once.

    `_c[3]` is a number, `_c["power", 3]` an exponent, `_c["array", 3]` an array.
    """

    def __init__(self, xp: Any, numbers: Sequence[Any]) -> None:
        super().__init__()
        self._xp, self._numbers = xp, numbers

    def __missing__(self, key: Any) -> Any:
        kind, index = key if isinstance(key, tuple) else ("number", key)
        value = self._numbers[index]
        makers: dict[str, Callable[[Any], Any]] = {
            "number": self._number,
            "power": self._power,
            "array": self._array,
        }
        made = makers[kind](value)
        self[key] = made
        return made

    def _number(self, value: Fraction) -> Any:
        return in_namespace(self._xp, value)

    def _power(self, value: Fraction) -> Any:
        """An exponent: an int where it is one, since powers of integers are products."""
        if value.denominator == 1:
            return int(value)
        return float(value) if self._xp.name in FLOATS else value

    def _array(self, value: tuple[tuple[int, ...], Sequence[Fraction]]) -> Any:
        shape, values = value
        numbers = np.empty(len(values), dtype=object)
        numbers[:] = [in_namespace(self._xp, value) for value in values]
        nested = numbers.reshape(shape)
        return self._xp.asarray(nested.astype(float) if self._xp.name in FLOATS else nested)


def in_namespace(xp: Any, value: Fraction) -> Any:
    """An exact number as a scalar of the namespace; one that no float holds is ±∞ there."""
    try:
        return xp.number(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


# ---- truth values: operators differ between arrays, Python's own and symbols --------------------------------


def _equal(xp: Any, a: Any, b: Any) -> Any:
    return xp.equal(a, b) if xp.name == "sympy" else a == b


def _unequal(xp: Any, a: Any, b: Any) -> Any:
    return xp.not_equal(a, b) if xp.name == "sympy" else a != b


def _both(xp: Any, a: Any, b: Any) -> Any:
    return xp.logical_and(a, b) if xp.name == "sympy" else a & b


def _either(xp: Any, a: Any, b: Any) -> Any:
    return xp.logical_or(a, b) if xp.name == "sympy" else a | b


def _one_of(xp: Any, a: Any, b: Any) -> Any:
    return xp.logical_xor(a, b) if xp.name == "sympy" else a ^ b


def _negation(xp: Any, a: Any) -> Any:
    if isinstance(a, (bool, np.bool_)):
        return not a
    return xp.logical_not(a) if xp.name == "sympy" else ~a


BUILT_IN: dict[str, Any] = {
    "_equal": _equal,
    "_unequal": _unequal,
    "_both": _both,
    "_either": _either,
    "_one_of": _one_of,
    "_negation": _negation,
}
_TRUTH = {
    "eq": "_equal",
    "ne": "_unequal",
    "and": "_both",
    "or": "_either",
    "xor": "_one_of",
    "not": "_negation",
}


# ---- writing -----------------------------------------------------------------------------------------------


def source(roots: Sequence[Node]) -> tuple[str, list[Any]]:
    """Return the text of `def formula(xp, _v, N, _c)` and its exact constants: numbers, and arrays as (shape, numbers)."""
    writer = Writer()
    return f"def formula(xp, _v, N, _c):\n{writer.body(roots)}", writer.constants


@dataclass
class Writer:
    """Writes terms as lines of Python; what differs in a stand-alone script is overridden there."""

    lines: list[str] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)
    text: dict[int, str] = field(default_factory=dict)
    depth: dict[int, int] = field(default_factory=dict)
    index: dict[Any, int] = field(default_factory=dict)
    names: int = 0

    def body(self, roots: Sequence[Node]) -> str:
        """The lines of a function that returns the tuple of the roots."""
        results = self.block(roots, frozenset(), 1)
        return "\n".join((*self.lines, f"{INDENT}return ({', '.join(results)},)")) + "\n"

    def block(self, roots: Sequence[Node], bound: frozenset[str], indent: int) -> list[str]:
        """Write what the roots need at this level; return an expression for each."""
        below = ordered(roots)
        here = [item for item in below if id(item) not in self.text and item.free <= bound]
        inside = {id(item) for item in below if not item.free <= bound}
        uses: dict[int, int] = {}
        for item in below:
            for arg in item.args:
                often = 2 if id(item) in inside else 1  # what a body uses is computed outside of it, once
                uses[id(arg)] = uses.get(id(arg), 0) + often
        for root in roots:
            uses[id(root)] = uses.get(id(root), 0) + 1
        for item in here:
            expression = self._expression(item, bound, indent)
            depth = 1 + max((self.depth.get(id(arg), 0) for arg in item.args), default=0)
            if item.op in _LEAVES or (uses[id(item)] == 1 and depth < DEPTH and item.op not in BINDERS):
                self.text[id(item)], self.depth[id(item)] = expression, depth
            else:
                self.names += 1
                name = f"_t{self.names}"
                self.lines.append(f"{INDENT * indent}{name} = {expression}")
                self.text[id(item)], self.depth[id(item)] = name, 0
        return [self.text[id(root)] for root in roots]

    # the words of the namespace: overridden by scripts
    def number(self, value: Fraction) -> str:
        return f"_c[{self._constant(value)}]"

    def exponent(self, value: Fraction) -> str:
        return f"_c['power', {self._constant(value)}]"

    def array(self, shape: tuple[int, ...], values: tuple[Fraction, ...]) -> str:
        return f"_c['array', {self._constant((shape, values))}]"

    def name(self, name: str) -> str:
        return f"_v[{name!r}]"

    def logic(self, op: str, args: list[str]) -> str:
        return f"{_TRUTH[op]}(xp, {', '.join(args)})"

    def _constant(self, value: Any) -> int:
        if value not in self.index:
            self.index[value] = len(self.constants)
            self.constants.append(value)
        return self.index[value]

    def _path(self, path: tuple[Any, ...]) -> str:
        text = self.name(path[0])
        for part in path[1:]:
            text = _bound_name(part) if isinstance(part, str) else f"{text}.samples[{part}]"
        return text

    def _length(self, length: Any) -> str:
        if isinstance(length, str):
            return "N" if length == BATCH else f"int({self.name(length)})"
        return repr(length)

    def _shape(self, shape: tuple[Any, ...]) -> str:
        return "(" + "".join(f"{self._length(length)}, " for length in shape) + ")"

    def _parameter(self, value: Any) -> str:
        if isinstance(value, tuple):
            return "(" + "".join(f"{self._parameter(item)}, " for item in value) + ")"
        return self._length(value) if isinstance(value, str) else repr(value)

    def _expression(self, item: Node, bound: frozenset[str], indent: int) -> str:
        op = item.op
        args = [self.text[id(arg)] for arg in item.args if id(arg) in self.text]
        if op == "constant":
            return self.number(item.params[0])
        if op == "array":
            return self.array(*item.params)
        if op == "truth":
            return repr(item.params[0])
        if op == "infinity":
            return "xp.inf" if item.params[0] > 0 else "(-xp.inf)"
        if op == "pi":
            return "xp.pi"
        if op == "variable":
            return self.name(item.params[0])
        if op == "size":
            return f"xp.number({self.name(item.params[0])})"
        if op == "bound":
            return _bound_name(item.params[0])
        if op == "pow" and item.args[1].op == "constant":
            return f"({args[0]} ** {self.exponent(item.args[1].params[0])})"
        if op in table.ARITHMETIC:
            return f"({args[0]} {table.ARITHMETIC[op]} {args[1]})"
        if op in _TRUTH:
            return self.logic(op, args)
        if op in table.COMPARISONS:
            return f"({args[0]} {table.COMPARISONS[op]} {args[1]})"
        if op == "neg":
            return f"(-{args[0]})"
        if op == "abs":
            return f"abs({args[0]})"
        if op == "function":
            path, method = item.params
            call = "" if method == "value" else f".{method}"
            if method in ("smoothed", "smoothed_gradient"):  # σu and −σu have one law; families take σ ≥ 0
                args[1] = f"abs({args[1]})"
            return f"{self._path(path)}{call}({', '.join(args)})"
        if op == "constant of":
            path, attribute = item.params
            return f"{self._path(path)}.{attribute}"
        if op in BINDERS:
            return self._mean(item, bound, indent)
        return self._call(item, args)

    def _call(self, item: Node, args: list[str]) -> str:
        op = item.op
        if op == "getitem":
            array = (
                args[0] if item.args[0].shape else f"xp.asarray({args[0]})"
            )  # a number of balls has no axes
            return f"{array}[{_written_index(item.params)}]"
        if op == "reshape":
            return f"xp.reshape({args[0]}, {self._shape(item.params)})"
        if op == "full":
            return f"xp.full({self._shape(item.params)}, {args[0]})"
        parameters = dict(item.params)
        if op == "einsum":
            return f"xp.einsum({parameters['subscripts']!r}, {', '.join(args)})"
        named = [f"{key}={self._parameter(value)}" for key, value in parameters.items()]
        if op in ("stack", "concatenate"):
            return f"xp.{op}([{', '.join(args)}], {', '.join(named)})"
        prefix = "xp.linalg." if op in table.LINEAR_ALGEBRA else "xp."
        return f"{prefix}{op}({', '.join((*args, *named))})"

    def _mean(self, item: Node, bound: frozenset[str], indent: int) -> str:
        """The body as a function of what the mean binds, written before the line that uses it."""
        name = item.params[0]
        self.names += 1
        function = f"_g{self.names}"
        outer, known = self.lines, set(self.text)
        self.lines = []
        (result,) = self.block([item.args[0]], bound | {name}, indent + 1)
        inner, self.lines = self.lines, outer
        for key in set(self.text) - known:  # these names end with the function
            del self.text[key]
        head = f"{INDENT * indent}def {function}({_bound_name(name)}):"
        self.lines += [head, *inner, f"{INDENT * (indent + 1)}return {result}"]
        if item.op == "gaussian_mean":
            dimension = item.args[1]
            given = dimension.op == "constant"
            length = repr(int(dimension.params[0])) if given else self.name(dimension.params[0])
            declared, *actual = item.params[1:]
            degree = ", ".join(map(repr, (declared, *actual)))
            return f"xp.gaussian_mean({function}, {length}, {degree})"
        return f"xp.sample_mean({self._path(item.params[1])}, {function})"


_LEAVES = ("constant", "truth", "infinity", "pi", "variable", "size", "bound")


def _bound_name(name: str) -> str:
    return "_" + name.replace(" ", "_")


def _written_index(written: tuple[Any, ...]) -> str:
    parts = []
    for key in written:
        if isinstance(key, tuple) and key[0] == "slice":
            parts.append(":".join("" if part is None else repr(part) for part in key[1:3]))
            if key[3] is not None:
                parts[-1] += f":{key[3]}"
        elif isinstance(key, tuple):
            parts.append(repr(list(key[1:])))
        else:
            parts.append({"new axis": "None", "...": "..."}[key] if isinstance(key, str) else repr(key))
    return ", ".join(parts) + ("," if len(parts) == 1 else "")
