"""What stands for numbers and arrays while a formula is read: each operation on a proxy leaves a node.

`Proxy` stands for numbers and arrays, `Size` for a dimension or choice whose value is given (an int whose quotients are
exact), `UnknownWord` for a word that is not. What no term stands for raises `TraceError`: the truth or the value of a
number that is not fixed (`if`, `float`, `in`, …), arguments that are changed, numbers that are rounded.
"""

from __future__ import annotations

import contextvars
import itertools
import operator
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import TraceError
from theorycheck.terms import table
from theorycheck.terms.nodes import (
    BATCH,
    Length,
    Node,
    Shape,
    constant,
    node,
    ordered,
    size,
    truth_value,
)
from theorycheck.terms.numbers import exact
from theorycheck.terms.shapes import JOINED, array_function, broadcast, inferred, shown_shape

LARGEST = 200_000
"""Nodes of one formula."""
SECONDS = 30.0
"""Time for reading one formula."""
LARGEST_POWER = 400_000
"""Bits of a power of two constants that is computed at once."""


class ValueDemandedError(TraceError):
    """A formula asks for the value of a dimension or choice that is not given."""


@dataclass
class Reading:
    """One reading of a formula: how far it may go."""

    namespace: Any
    """What its functions are called on: `xp`."""
    deadline: float = field(default_factory=lambda: time.monotonic() + SECONDS)
    bound: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    nodes: int = 0

    def count(self) -> None:
        self.nodes += 1
        if self.nodes > LARGEST:
            raise TraceError(f"the formula has more than {LARGEST:,} parts; make its sizes smaller")
        if self.nodes % 512 == 0 and time.monotonic() > self.deadline:
            raise TraceError(f"reading the formula takes more than {SECONDS:.0f} s; make its sizes smaller")


READING: contextvars.ContextVar[Reading] = contextvars.ContextVar("reading")

# ---- what stands for a number or an array ------------------------------------------------------------------


class BatchLength:
    """The length of the batch axis: it may stand in a shape and is no number."""

    def __repr__(self) -> str:
        return "N"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, BatchLength):
            return True
        if isinstance(other, int):
            raise TraceError("the number of instances in a batch is no part of the formula")
        return False

    def __hash__(self) -> int:
        return hash(BATCH)

    def __index__(self) -> int:
        raise TraceError("the number of instances in a batch is no part of the formula")


_BATCH = BatchLength()


class Proxy:
    """A number or an array of a formula that is being read."""

    __slots__ = ("node",)
    __array_priority__ = 1e6

    def __init__(self, item: Node) -> None:
        READING.get().count()
        self.node = item

    def __repr__(self) -> str:
        return f"<{self.node!r:.60}>"

    def __str__(self) -> str:
        raise self._demanded("the text", "a formula computes with numbers")

    def __format__(self, specification: str) -> str:
        return self.__str__()

    # arithmetic
    def __add__(self, other: Any) -> Any:
        return of_two("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return of_two("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return of_two("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return of_two("sub", other, self)

    def __mul__(self, other: Any) -> Any:
        return of_two("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return of_two("mul", other, self)

    def __truediv__(self, other: Any) -> Any:
        return of_two("div", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return of_two("div", other, self)

    def __pow__(self, other: Any) -> Any:
        return of_two("pow", self, other)

    def __rpow__(self, other: Any) -> Any:
        return of_two("pow", other, self)

    def __mod__(self, other: Any) -> Any:
        return of_two("mod", self, other)

    def __rmod__(self, other: Any) -> Any:
        return of_two("mod", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return of_two("floordiv", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return of_two("floordiv", other, self)

    def __matmul__(self, other: Any) -> Any:
        return arranged("matmul", (self, other))

    def __rmatmul__(self, other: Any) -> Any:
        return arranged("matmul", (other, self))

    def __neg__(self) -> Proxy:
        return of_one("neg", self)

    def __pos__(self) -> Proxy:
        return self

    def __abs__(self) -> Proxy:
        return of_one("abs", self)

    # in place: a name of the space would be changed for the rest of the formula too
    def _in_place(self, op: str, other: Any) -> Any:
        if self.node.op == "variable":
            name, sign = self.node.params[0], table.ARITHMETIC[op]
            raise TraceError(
                f"{name} is changed in place by {sign}=, and every later use of {name} with it; "
                f"write m = m {sign} … with a name of its own"
            )
        return of_two(op, self, other)

    def __iadd__(self, other: Any) -> Any:
        return self._in_place("add", other)

    def __isub__(self, other: Any) -> Any:
        return self._in_place("sub", other)

    def __imul__(self, other: Any) -> Any:
        return self._in_place("mul", other)

    def __itruediv__(self, other: Any) -> Any:
        return self._in_place("div", other)

    def __ipow__(self, other: Any) -> Any:
        return self._in_place("pow", other)

    # truth
    def __lt__(self, other: Any) -> Any:
        return compared("lt", self, other)

    def __le__(self, other: Any) -> Any:
        return compared("le", self, other)

    def __gt__(self, other: Any) -> Any:
        return compared("gt", self, other)

    def __ge__(self, other: Any) -> Any:
        return compared("ge", self, other)

    def __eq__(self, other: object) -> Any:
        return compared("eq", self, other)

    def __ne__(self, other: object) -> Any:
        return compared("ne", self, other)

    def __and__(self, other: Any) -> Any:
        return connected("and", self, other)

    __rand__ = __and__

    def __or__(self, other: Any) -> Any:
        return connected("or", self, other)

    __ror__ = __or__

    def __xor__(self, other: Any) -> Any:
        return connected("xor", self, other)

    __rxor__ = __xor__

    def __invert__(self) -> Proxy:
        return negated(self)

    # what demands a value
    def _demanded(self, what: str, mend: str) -> TraceError:
        leaves = {item.op for item in _leaves(self.node)}
        if "size" in leaves <= {"size", "constant"}:
            return ValueDemandedError(f"{what} of {self.node!r:.40}, which has no value yet")
        return TraceError(f"{what} of a number that is not fixed; {mend}")

    def __bool__(self) -> bool:
        if self.node.op == "truth":
            return bool(self.node.params[0])
        if self.node.op == "constant":
            return bool(self.node.params[0])
        raise self._demanded(
            "the truth", "use xp.where(condition, a, b), with &, | and ~ for and, or and not"
        )

    def __int__(self) -> int:
        if self.node.op == "constant" and self.node.params[0].denominator == 1:
            return int(self.node.params[0])
        raise self._demanded("the integer value", "make it a choice(…)")

    def __index__(self) -> int:
        return self.__int__()

    def __float__(self) -> float:
        raise self._demanded(
            "the float value", "functions of math and float() know no formulas: use those of xp"
        )

    def __complex__(self) -> complex:
        raise self._demanded("the complex value", "formulas are real")

    def __round__(self, digits: int | None = None) -> Any:
        raise self._demanded("the rounded value", "use xp.floor(x + Fraction(1, 2))")

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise self._demanded("the NumPy array", "use the functions of xp, not of np")

    def __hash__(self) -> int:
        raise self._demanded("the hash", "a dictionary, a set and a cache need fixed keys: use xp.where")

    def __setitem__(self, key: Any, value: Any) -> None:
        raise TraceError("an array is assigned to; build it with xp.stack, xp.concatenate or xp.where")

    def __contains__(self, item: Any) -> bool:
        raise self._demanded("the members", "compare with ==")

    # the surface of an array
    @property
    def shape(self) -> tuple[Any, ...]:
        return tuple(shown_length(length) for length in self.node.shape)

    @property
    def ndim(self) -> int:
        return len(self.node.shape)

    @property
    def size(self) -> int:
        if BATCH in self.node.shape:
            raise TraceError("the size of a batch is no part of the formula")
        total = 1
        for length in self.shape:
            total *= int(length)
        return total

    @property
    def dtype(self) -> Any:
        return np.dtype(bool) if self.node.truth else np.dtype(float)

    @property
    def T(self) -> Any:  # noqa: N802 - the name that NumPy gives it
        return arranged("transpose", (self,))

    def __len__(self) -> int:
        if not self.node.shape:
            raise TraceError("a number has no length")
        length = self.node.shape[0]
        if isinstance(length, int):
            return length
        raise self._length_demanded(length)

    def _length_demanded(self, length: Length) -> TraceError:
        if length == BATCH:
            return TraceError(
                "the instances of the batch are counted or iterated over; the first axis is the batch: "
                "index the axes after it, x[:, 0]"
            )
        return ValueDemandedError(f"the length {length} has no value yet")

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        written = _key(key if isinstance(key, tuple) else (key,))
        _refuse_open_slices(written, self.node.shape)
        shape = inferred(array_function("getitem"), (self.node.shape,), {"key": index_of(written)})
        return Proxy(node("getitem", (self.node,), written, shape, self.node.truth))

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return reduced("sum", self, axis, keepdims)

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return reduced("mean", self, axis, keepdims)

    def prod(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return reduced("prod", self, axis, keepdims)

    def max(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return reduced("max", self, axis, keepdims)

    def min(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return reduced("min", self, axis, keepdims)

    def all(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return reduced("all", self, axis, keepdims)

    def any(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return reduced("any", self, axis, keepdims)

    def reshape(self, *shape: Any) -> Any:
        return READING.get().namespace.reshape(
            self, shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        )

    def transpose(self, *axes: Any) -> Any:
        return arranged("transpose", (self,), axes=axes) if axes else self.T

    def swapaxes(self, first: int, second: int) -> Any:
        return arranged("swapaxes", (self,), axis1=first, axis2=second)

    def cumsum(self, axis: int | None = None) -> Any:
        return arranged("cumsum", (self,), axis=axis)

    def astype(self, dtype: Any, **_: Any) -> Any:
        _refuse_rounding(dtype)
        return Proxy(as_number(self.node))

    def copy(self) -> Any:
        return self

    # functions of NumPy that are called on a proxy
    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs:
            raise TraceError(f"np.{ufunc.__name__}.{method} has no term; use the functions of xp")
        return getattr(READING.get().namespace, ufunc.__name__)(*args)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        namespace = READING.get().namespace
        owner = namespace.linalg if func.__module__ == "numpy.linalg" else namespace
        return getattr(owner, func.__name__)(*args, **kwargs)


def _refuse_rounding(dtype: Any) -> None:
    if dtype is not None and np.dtype(dtype).kind != "f":
        raise TraceError(f"a conversion to {np.dtype(dtype).name} rounds; use xp.floor, or a comparison")


def refuse_parameters(name: str, parameters: Mapping[str, Any]) -> None:
    """Refuse what a term has no place for: `where=`, `initial=`, `out=` … would change the meaning unseen."""
    _refuse_rounding(parameters.get("dtype"))
    for key, value in parameters.items():
        if key not in _WITHOUT_MEANING and value is not None:
            raise TraceError(f"xp.{name} has no parameter {key} in a formula")


_WITHOUT_MEANING = ("dtype", "copy", "device", "optimize")
"""Parameters that change no value of a real number."""


def _leaves(item: Node) -> list[Node]:
    return [part for part in ordered([item]) if not part.args]


def shown_length(length: Length) -> Any:
    if isinstance(length, int):
        return Size(length)
    return _BATCH if length == BATCH else Proxy(size(length))


def _key(keys: tuple[Any, ...]) -> tuple[Any, ...]:
    """An index as exact data."""
    found: list[Any] = []
    for key in keys:
        if isinstance(key, slice):
            parts = (key.start, key.stop, key.step)
            found.append(("slice", *(None if part is None else whole(part) for part in parts)))
        elif key is None:
            found.append("new axis")
        elif key is Ellipsis:
            found.append("...")
        elif isinstance(key, (list, tuple, np.ndarray)):
            items = key.tolist() if isinstance(key, np.ndarray) else key
            if any(isinstance(item, bool) for item in items):
                raise TraceError("an array is indexed by something else than a list of integers")
            found.append(("list", *map(whole, items)))
        elif isinstance(key, Proxy) and key.node.truth:
            raise TraceError("an array is indexed by a condition; use xp.where(condition, a, b)")
        elif isinstance(key, bool):
            raise TraceError("an array is indexed by a truth value; use xp.where(condition, a, b)")
        else:
            found.append(whole(key))
    return tuple(found)


def _refuse_open_slices(written: tuple[Any, ...], shape: Shape) -> None:
    """A slice of an axis whose length is not fixed may be all of it, or not: it needs the length."""
    taken = sum(1 for key in written if key not in ("new axis", "..."))
    if "..." not in written:
        written = (*written, "...")
    axis = 0
    for key in written:
        if key == "...":
            axis += len(shape) - taken
        elif key != "new axis":
            length = shape[axis] if axis < len(shape) else 0
            axis += 1
            if isinstance(key, tuple) and key[0] == "slice" and isinstance(length, str):
                if length == BATCH and key != ("slice", None, None, None):
                    raise TraceError(JOINED)
                if key[1:] not in ((None, None, None), (None, 1, None), (0, 1, None), (-1, None, None)):
                    raise ValueDemandedError(f"a slice needs the length {length}, which has no value yet")


def index_of(written: tuple[Any, ...]) -> tuple[Any, ...]:
    """The index that exact data stand for."""
    made: list[Any] = []
    for key in written:
        if isinstance(key, tuple):
            made.append(slice(*key[1:]) if key[0] == "slice" else list(key[1:]))
        else:
            made.append({"new axis": None, "...": Ellipsis}[key] if isinstance(key, str) else key)
    return tuple(made)


class Size(int):
    """A dimension or a choice whose value is given: an int whose quotients and powers are exact."""

    def _with(self, op: str, other: Any, reverse: bool = False) -> Any:
        if not isinstance(other, (int, float, Fraction)) or type(other).__module__ == "numpy":
            return NotImplemented
        pair = (other, int(self)) if reverse else (int(self), other)
        made = of_two(op, *pair)
        value = made.node.params[0] if made.node.op == "constant" else None
        if isinstance(other, int) and value is not None and value.denominator == 1:
            return Size(int(value))
        return made

    def __add__(self, other: Any) -> Any:
        return self._with("add", other)

    def __radd__(self, other: Any) -> Any:
        return self._with("add", other, True)

    def __sub__(self, other: Any) -> Any:
        return self._with("sub", other)

    def __rsub__(self, other: Any) -> Any:
        return self._with("sub", other, True)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, (list, tuple, str)):
            return NotImplemented
        return self._with("mul", other)

    def __rmul__(self, other: Any) -> Any:
        if isinstance(other, (list, tuple, str)):
            return other * int(self)
        return self._with("mul", other, True)

    def __truediv__(self, other: Any) -> Any:
        return self._with("div", other)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with("div", other, True)

    def __floordiv__(self, other: Any) -> Any:
        return self._with("floordiv", other)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._with("floordiv", other, True)

    def __mod__(self, other: Any) -> Any:
        return self._with("mod", other)

    def __rmod__(self, other: Any) -> Any:
        return self._with("mod", other, True)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        return self._with("pow", other) if modulus is None else pow(int(self), other, modulus)

    def __rpow__(self, other: Any, modulus: Any = None) -> Any:
        return self._with("pow", other, True)

    def __neg__(self) -> Any:
        return Size(-int(self))

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return Size(abs(int(self)))

    def __hash__(self) -> int:
        return int.__hash__(self)

    def __eq__(self, other: object) -> Any:
        return compared("eq", other, int(self)) if isinstance(other, Proxy) else int(self) == other

    def __ne__(self, other: object) -> Any:
        return compared("ne", other, int(self)) if isinstance(other, Proxy) else int(self) != other


class UnknownWord:
    """A choice among words whose value is not given."""

    def __init__(self, name: str) -> None:
        self._name = name

    def _demanded(self, *_: Any) -> Any:
        raise ValueDemandedError(f"the word {self._name} has no value yet")

    __eq__ = __ne__ = __bool__ = __str__ = __getitem__ = __iter__ = __contains__ = _demanded

    def __hash__(self) -> int:
        raise ValueDemandedError(f"the word {self._name} has no value yet")

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise ValueDemandedError(f"the word {self._name} has no value yet")


# ---- making nodes ------------------------------------------------------------------------------------------


def lift(value: Any) -> Node:
    """The node of a proxy, or of a number or nested numbers that the author wrote.

    Raises
    ------
    TraceError
    """
    if isinstance(value, Proxy):
        return value.node
    if isinstance(value, bool):
        return truth_value(value)
    if isinstance(value, (list, tuple)):
        return stacked([lift(item) for item in value])
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return infinity(1 if value > 0 else -1)
    return constant(exact(value))


def infinity(sign: int) -> Node:
    return node("infinity", (), (sign,))


def _array(value: np.ndarray[Any, Any]) -> Node:
    if value.dtype == object:
        return lift(value.tolist())
    if value.dtype.kind not in "biu":
        raise TraceError(
            "a NumPy array of floats enters the formula, already rounded; use xp.asarray([…]) with exact numbers"
        )
    return array_constant(value.shape, tuple(Fraction(int(item)) for item in value.ravel().tolist()))


def array_constant(shape: tuple[int, ...], values: tuple[Fraction, ...]) -> Node:
    """An array of exact numbers."""
    return constant(values[0]) if not shape else node("array", (), (shape, values), shape)


def stacked(parts: Sequence[Node]) -> Node:
    if not parts:
        raise TraceError("an empty list is no array")
    if all(part.op == "constant" for part in parts):
        return array_constant((len(parts),), tuple(part.params[0] for part in parts))
    if all(part.op == "array" and part.shape == parts[0].shape for part in parts):
        values = tuple(itertools.chain.from_iterable(part.params[1] for part in parts))
        return array_constant((len(parts), *parts[0].params[0]), values)
    shape = broadcast(*(part.shape for part in parts))
    if any(part.shape != shape for part in parts):
        raise TraceError(
            f"values of the shapes {', '.join(shown_shape(p.shape) for p in parts)} are stacked; make them alike, 0 * x + 1"
        )
    return node("stack", tuple(as_number(part) for part in parts), (("axis", 0),), (len(parts), *shape))


def as_number(item: Node) -> Node:
    """A truth value where a number is wanted: 1 or 0."""
    if not item.truth:
        return item
    if item.op == "truth":
        return constant(int(item.params[0]))
    return node("where", (item, constant(1), constant(0)), (), item.shape)


def _power(a: Fraction, b: Fraction) -> Fraction | None:
    if b.denominator != 1 or (not a and b < 0):
        return None
    bits = (a.numerator.bit_length() + a.denominator.bit_length()) * abs(int(b))
    if bits > LARGEST_POWER and abs(a) not in (0, 1):
        base = f"{a}" if abs(a) < 10**12 else "a large number"
        raise TraceError(f"the power of {base} with the exponent {b} is too large a number")
    return a ** int(b)


_FOLDED: dict[str, Callable[[Fraction, Fraction], Fraction | None]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b if b else None,
    "pow": _power,
    "mod": lambda a, b: a % b if b else None,
    "floordiv": lambda a, b: Fraction(a // b) if b else None,
}
_DECIDED: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
}


def _foreign(value: Any) -> bool:
    """Whether a value is of a number type of the author's own, which may know what to do with a proxy."""
    return not isinstance(
        value, (Proxy, int, float, Fraction, str, list, tuple, np.ndarray, np.generic, type(None))
    )


def of_two(op: str, left: Any, right: Any) -> Any:
    if _foreign(left) or _foreign(right):
        return NotImplemented
    a, b = as_number(lift(left)), as_number(lift(right))
    if a.op == b.op == "constant":
        folded = _FOLDED[op](a.params[0], b.params[0])
        if folded is not None:
            return Proxy(constant(folded))
    return Proxy(node(op, (a, b), (), broadcast(a.shape, b.shape)))


def compared(op: str, left: Any, right: Any) -> Any:
    if isinstance(right, (str, type(None))) or isinstance(left, (str, type(None))):
        raise TraceError(f"a number is compared with {right!r}")
    if _foreign(left) or _foreign(right):
        return NotImplemented
    a, b = lift(left), lift(right)
    if a.truth and b.truth and op in ("eq", "ne"):
        both = Proxy(node("xor", (a, b), (), broadcast(a.shape, b.shape), truth=True))
        return both if op == "ne" else negated(both)
    a, b = as_number(a), as_number(b)
    if a.op == b.op == "constant":
        return Proxy(truth_value(_DECIDED[op](a.params[0], b.params[0])))
    return Proxy(node(op, (a, b), (), broadcast(a.shape, b.shape), truth=True))


def truth_of(value: Any, what: str) -> Node:
    item = lift(value)
    if not item.truth:
        raise TraceError(f"{what} joins truth values; compare the number with something first")
    return item


def connected(op: str, left: Any, right: Any) -> Proxy:
    a, b = truth_of(left, table.LOGIC[op]), truth_of(right, table.LOGIC[op])
    if a.op == b.op == "truth":
        x, y = a.params[0], b.params[0]
        return Proxy(truth_value({"and": x and y, "or": x or y, "xor": x != y}[op]))
    return Proxy(node(op, (a, b), (), broadcast(a.shape, b.shape), truth=True))


def negated(value: Any) -> Proxy:
    a = truth_of(value, "~")
    if a.op == "truth":
        return Proxy(truth_value(not a.params[0]))
    return Proxy(node("not", (a,), (), a.shape, truth=True))


def of_one(op: str, value: Any) -> Proxy:
    a = as_number(lift(value))
    if a.op == "constant":
        q = a.params[0]
        exact_at = {
            "neg": -q,
            "abs": abs(q),
            "square": q * q,
            "sign": Fraction((q > 0) - (q < 0)),
            "floor": Fraction(q.__floor__()),
            "ceil": Fraction(q.__ceil__()),
        }.get(op)
        if exact_at is not None:
            return Proxy(constant(exact_at))
    if a.op == "infinity" and op == "neg":
        return Proxy(infinity(-a.params[0]))
    entry = table.FUNCTIONS.get(op)
    return Proxy(node(op, (a,), (), a.shape, truth=entry is not None and entry.truth))


def reduced(op: str, value: Any, axis: Any, keepdims: bool = False) -> Proxy:
    a = lift(value)
    a = truth_of(value, op) if op in ("any", "all") else as_number(a)
    if axis is None and not a.shape:
        return Proxy(a)
    axes = tuple(range(len(a.shape))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(map(whole, axes))
    if not axes or any(not -len(a.shape) <= one < len(a.shape) for one in axes):
        raise TraceError(f"{op} over the axis {axis} of an array of shape {shown_shape(a.shape)}")
    axes = tuple(one % len(a.shape) for one in axes)
    if any(a.shape[one] == BATCH for one in axes):
        raise TraceError(f"{op} over the instances of the batch; give the axis: {op}(…, axis=-1)")
    parameters: dict[str, Any] = {"axis": axes if len(axes) > 1 else axes[0]}
    if keepdims:
        parameters["keepdims"] = True
    shape = inferred(array_function(op), (a.shape,), parameters)
    return Proxy(node(op, (a,), tuple(sorted(parameters.items())), shape, truth=op in ("any", "all")))


def arranged(op: str, values: tuple[Any, ...], **parameters: Any) -> Proxy:
    """An operation on axes, with NumPy's parameters."""
    args = tuple(as_number(lift(value)) for value in values)
    if op == "squeeze" and parameters.get("axis") is None:  # at run time any axis may happen to have length 1
        parameters = {"axis": tuple(axis for axis, length in enumerate(args[0].shape) if length == 1)}
    exact_parameters = {key: _parameter(value) for key, value in parameters.items()}
    if (
        "axis" in exact_parameters
        and exact_parameters["axis"] is None
        and any(BATCH in a.shape for a in args)
    ):
        raise TraceError(f"{op} over the instances of the batch; give the axis: {op}(…, axis=-1)")
    shape = inferred(array_function(op), tuple(a.shape for a in args), exact_parameters)
    return Proxy(node(op, args, tuple(sorted(exact_parameters.items())), shape))


def _parameter(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return tuple(_parameter(item) for item in value)
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, BatchLength):
        return BATCH
    if isinstance(value, Proxy) and value.node.op == "size":
        return value.node.params[0]
    return whole(value)


def whole(value: Any) -> int:
    """An axis, an index, a length, a degree: what Python and NumPy take for an integer, nothing that is rounded to one."""
    if isinstance(value, Proxy):
        return int(value)
    try:
        return operator.index(value)
    except TypeError as error:
        raise TraceError(f"{value!r:.40} stands where an integer is needed") from error


def shape_of(shape: Any) -> Shape:
    lengths = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    return tuple(_parameter(length) for length in lengths)
