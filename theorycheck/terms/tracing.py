"""Reading a formula: the author's function is run once, on proxies, and leaves the graph of what it computes.

    kinds = {"x": Kind("array", (BATCH, "d")), "d": Kind("size")}
    left, right = trace(lambda xp, x, d: (xp.vecdot(x, x), d + 0 * x[:, 0]), kinds, {"d": 2})

Proxies are `Proxy` for numbers and arrays, `Size` for a dimension or choice whose value is given (an int whose quotients
are exact), `FunctionProxy` for functions of the space. What a formula may not do raises `TraceError` with the line of
the formula: ask for the truth or the value of a number that is not fixed (`if`, `float`, `in`, …), change its arguments,
bring in rounded numbers. A dimension or choice whose value is not given is a node too; a formula that asks for it raises
`ValueDemandedError`, and is then read value by value.
"""

from __future__ import annotations

import contextlib
import contextvars
import itertools
import operator
import random
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from theorycheck.errors import TRACE_ERRORS, TheorycheckError, TraceError
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
    variable,
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


@dataclass(frozen=True)
class Kind:
    """What a name of the space is for a formula.

    Attributes
    ----------
    role : str
        "array" (of `shape`), "size" (an int, or an exact number, that every instance of a stratum shares), "word" (a
        string, likewise) or "function".
    shape : tuple
        Of an array; the lengths may be names of sizes.
    dimension : int or str
        Of a function: the length of its points.
    samples : bool
        Of a function: whether it is a finite sum.
    axes : callable or None
        Of an array whose lengths are computed: `axes(sizes)` returns them, `sizes` the values of the sizes by name.
    """

    role: str
    shape: Shape = (BATCH,)
    dimension: Length = 1
    samples: bool = False
    axes: Callable[[Mapping[str, Any]], tuple[int, ...]] | None = None


@dataclass
class _Reading:
    """One reading of a formula: how far it may go."""

    deadline: float
    bound: Iterator[int]
    nodes: int = 0

    def count(self) -> None:
        self.nodes += 1
        if self.nodes > LARGEST:
            raise TraceError(f"the formula has more than {LARGEST:,} parts; make its sizes smaller")
        if self.nodes % 512 == 0 and time.monotonic() > self.deadline:
            raise TraceError(f"reading the formula takes more than {SECONDS:.0f} s; make its sizes smaller")


_READING: contextvars.ContextVar[_Reading] = contextvars.ContextVar("reading")


@contextlib.contextmanager
def building() -> Iterator[None]:
    """Let terms be built with proxies outside of a formula."""
    token = _READING.set(_Reading(time.monotonic() + SECONDS, itertools.count(1)))
    try:
        yield
    finally:
        _READING.reset(token)


def trace(
    function: Callable[..., Any], kinds: Mapping[str, Kind], given: Mapping[str, Any], *, pass_xp: bool = True
) -> Any:
    """Run `function(xp, **names)` on proxies and return what it returns, proxies unwrapped.

    Parameters
    ----------
    function : callable
        Its parameters are names of `kinds`, after `xp` if `pass_xp`.
    kinds : Mapping[str, Kind]
        Of the names that are handed to it.
    given : Mapping[str, Any]
        Values of sizes and words; for a function with samples their number. A size that is missing is not fixed.

    Returns
    -------
    Node, or a tuple of nodes

    Raises
    ------
    ValueDemandedError
        If it needs the value of a size that is not given.
    TraceError
        If it does anything else that no term stands for.
    """
    reading = _Reading(time.monotonic() + SECONDS, itertools.count(1))
    token = _READING.set(reading)
    met: list[TraceError] = []
    kept = TRACE_ERRORS.set(met)
    drawn = random.getstate()
    try:
        values = {name: proxy_of(name, kind, given) for name, kind in kinds.items()}
        result = _unwrapped(function(XP, **values) if pass_xp else function(**values))
        if met:  # an error that the formula itself has caught
            raise met[0]
        if random.getstate() != drawn:
            raise TraceError("the formula draws random numbers; declare them as names of the space")
        return result
    except TraceError as error:
        place = _place(error, function)
        raise type(error)(f"{place}{error}") if place and place not in str(error) else error from None
    except TheorycheckError:
        raise
    except (SystemExit, GeneratorExit) as error:
        raise TraceError(f"the formula ends the program ({error!r}); it must return both sides") from error
    except RecursionError as error:
        raise TraceError("the formula calls itself too deeply to be read") from error
    finally:
        _READING.reset(token)
        TRACE_ERRORS.reset(kept)


def _unwrapped(result: Any) -> Any:
    if isinstance(result, tuple):
        return tuple(_unwrapped(item) for item in result)
    return lift(result)


def _place(error: BaseException, function: Callable[..., Any]) -> str:
    """The line of the formula's own file where an error arose."""
    code = getattr(function, "__code__", None)
    if code is None:
        return ""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == code.co_filename]
    line = frames[-1].lineno if frames else code.co_firstlineno  # what it returns is read after it has ended
    return f"{code.co_filename}:{line}: "


def proxy_of(name: str, kind: Kind, given: Mapping[str, Any]) -> Any:
    """What stands for a name of the space while a formula is read."""
    if kind.role == "function":
        dimension = _length(kind.dimension, given)
        return FunctionProxy((name,), dimension, given.get(name) if kind.samples else None, kind.samples)
    if kind.role == "array" and kind.axes is not None:
        try:
            return Proxy(variable(name, (BATCH, *map(int, kind.axes(given)))))
        except KeyError as error:
            raise ValueDemandedError(
                f"the shape of {name} asks for {error}, which has no value yet"
            ) from error
    if kind.role == "array":
        return Proxy(variable(name, tuple(_length(length, given) for length in kind.shape)))
    if name not in given:
        return Proxy(size(name)) if kind.role == "size" else UnknownWord(name)
    value = given[name]
    if kind.role == "word":
        return value
    return Size(value) if isinstance(value, int) else Proxy(constant(exact(value)))


def _length(length: Length, given: Mapping[str, Any]) -> Length:
    return int(given[length]) if isinstance(length, str) and length in given else length


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
        _READING.get().count()
        self.node = item

    def __repr__(self) -> str:
        return f"<{self.node!r:.60}>"

    def __str__(self) -> str:
        raise self._demanded("the text", "a formula computes with numbers")

    def __format__(self, specification: str) -> str:
        return self.__str__()

    # arithmetic
    def __add__(self, other: Any) -> Any:
        return _binary("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return _binary("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return _binary("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _binary("sub", other, self)

    def __mul__(self, other: Any) -> Any:
        return _binary("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return _binary("mul", other, self)

    def __truediv__(self, other: Any) -> Any:
        return _binary("div", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _binary("div", other, self)

    def __pow__(self, other: Any) -> Any:
        return _binary("pow", self, other)

    def __rpow__(self, other: Any) -> Any:
        return _binary("pow", other, self)

    def __mod__(self, other: Any) -> Any:
        return _binary("mod", self, other)

    def __rmod__(self, other: Any) -> Any:
        return _binary("mod", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return _binary("floordiv", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return _binary("floordiv", other, self)

    def __matmul__(self, other: Any) -> Any:
        return _arranged("matmul", (self, other))

    def __rmatmul__(self, other: Any) -> Any:
        return _arranged("matmul", (other, self))

    def __neg__(self) -> Proxy:
        return _unary("neg", self)

    def __pos__(self) -> Proxy:
        return self

    def __abs__(self) -> Proxy:
        return _unary("abs", self)

    # in place: a name of the space would be changed for the rest of the formula too
    def _in_place(self, op: str, other: Any) -> Any:
        if self.node.op == "variable":
            name, sign = self.node.params[0], table.ARITHMETIC[op]
            raise TraceError(
                f"{name} is changed in place by {sign}=, and every later use of {name} with it; "
                f"write m = m {sign} … with a name of its own"
            )
        return _binary(op, self, other)

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
        return _compared("lt", self, other)

    def __le__(self, other: Any) -> Any:
        return _compared("le", self, other)

    def __gt__(self, other: Any) -> Any:
        return _compared("gt", self, other)

    def __ge__(self, other: Any) -> Any:
        return _compared("ge", self, other)

    def __eq__(self, other: object) -> Any:
        return _compared("eq", self, other)

    def __ne__(self, other: object) -> Any:
        return _compared("ne", self, other)

    def __and__(self, other: Any) -> Any:
        return _logic("and", self, other)

    __rand__ = __and__

    def __or__(self, other: Any) -> Any:
        return _logic("or", self, other)

    __ror__ = __or__

    def __xor__(self, other: Any) -> Any:
        return _logic("xor", self, other)

    __rxor__ = __xor__

    def __invert__(self) -> Proxy:
        return _not(self)

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
        return tuple(_shown_length(length) for length in self.node.shape)

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
        return _arranged("transpose", (self,))

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
        return _reduced("sum", self, axis, keepdims)

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return _reduced("mean", self, axis, keepdims)

    def prod(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return _reduced("prod", self, axis, keepdims)

    def max(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return _reduced("max", self, axis, keepdims)

    def min(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return _reduced("min", self, axis, keepdims)

    def all(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return _reduced("all", self, axis, keepdims)

    def any(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return _reduced("any", self, axis, keepdims)

    def reshape(self, *shape: Any) -> Any:
        return XP.reshape(
            self, shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        )

    def transpose(self, *axes: Any) -> Any:
        return _arranged("transpose", (self,), axes=axes) if axes else self.T

    def swapaxes(self, first: int, second: int) -> Any:
        return _arranged("swapaxes", (self,), axis1=first, axis2=second)

    def cumsum(self, axis: int | None = None) -> Any:
        return _arranged("cumsum", (self,), axis=axis)

    def astype(self, dtype: Any, **_: Any) -> Any:
        _refuse_rounding(dtype)
        return Proxy(_as_number(self.node))

    def copy(self) -> Any:
        return self

    # functions of NumPy that are called on a proxy
    def __array_ufunc__(self, ufunc: Any, method: str, *args: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs:
            raise TraceError(f"np.{ufunc.__name__}.{method} has no term; use the functions of xp")
        return getattr(XP, ufunc.__name__)(*args)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        namespace = XP.linalg if func.__module__ == "numpy.linalg" else XP
        return getattr(namespace, func.__name__)(*args, **kwargs)


def _refuse_rounding(dtype: Any) -> None:
    if dtype is not None and np.dtype(dtype).kind != "f":
        raise TraceError(f"a conversion to {np.dtype(dtype).name} rounds; use xp.floor, or a comparison")


def _refuse_parameters(name: str, parameters: Mapping[str, Any]) -> None:
    """Refuse what a term has no place for: `where=`, `initial=`, `out=` … would change the meaning unseen."""
    _refuse_rounding(parameters.get("dtype"))
    for key, value in parameters.items():
        if key not in _WITHOUT_MEANING and value is not None:
            raise TraceError(f"xp.{name} has no parameter {key} in a formula")


_WITHOUT_MEANING = ("dtype", "copy", "device", "optimize")
"""Parameters that change no value of a real number."""


def _leaves(item: Node) -> list[Node]:
    return [part for part in ordered([item]) if not part.args]


def _shown_length(length: Length) -> Any:
    if isinstance(length, int):
        return Size(length)
    return _BATCH if length == BATCH else Proxy(size(length))


def _key(keys: tuple[Any, ...]) -> tuple[Any, ...]:
    """An index as exact data."""
    found: list[Any] = []
    for key in keys:
        if isinstance(key, slice):
            parts = (key.start, key.stop, key.step)
            found.append(("slice", *(None if part is None else _whole(part) for part in parts)))
        elif key is None:
            found.append("new axis")
        elif key is Ellipsis:
            found.append("...")
        elif isinstance(key, (list, tuple, np.ndarray)):
            items = key.tolist() if isinstance(key, np.ndarray) else key
            if any(isinstance(item, bool) for item in items):
                raise TraceError("an array is indexed by something else than a list of integers")
            found.append(("list", *map(_whole, items)))
        elif isinstance(key, Proxy) and key.node.truth:
            raise TraceError("an array is indexed by a condition; use xp.where(condition, a, b)")
        elif isinstance(key, bool):
            raise TraceError("an array is indexed by a truth value; use xp.where(condition, a, b)")
        else:
            found.append(_whole(key))
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
        made = _binary(op, *pair)
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
        return _compared("eq", other, int(self)) if isinstance(other, Proxy) else int(self) == other

    def __ne__(self, other: object) -> Any:
        return _compared("ne", other, int(self)) if isinstance(other, Proxy) else int(self) != other


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
        return _stacked([lift(item) for item in value])
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return _infinity(1 if value > 0 else -1)
    return constant(exact(value))


def _infinity(sign: int) -> Node:
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


def _stacked(parts: Sequence[Node]) -> Node:
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
    return node("stack", tuple(_as_number(part) for part in parts), (("axis", 0),), (len(parts), *shape))


def _as_number(item: Node) -> Node:
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
        raise TraceError(f"the power of {float(a):.6g} with the exponent {b} is too large a number")
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


def _binary(op: str, left: Any, right: Any) -> Any:
    if _foreign(left) or _foreign(right):
        return NotImplemented
    a, b = _as_number(lift(left)), _as_number(lift(right))
    if a.op == b.op == "constant":
        folded = _FOLDED[op](a.params[0], b.params[0])
        if folded is not None:
            return Proxy(constant(folded))
    return Proxy(node(op, (a, b), (), broadcast(a.shape, b.shape)))


def _compared(op: str, left: Any, right: Any) -> Any:
    if isinstance(right, (str, type(None))) or isinstance(left, (str, type(None))):
        raise TraceError(f"a number is compared with {right!r}")
    if _foreign(left) or _foreign(right):
        return NotImplemented
    a, b = lift(left), lift(right)
    if a.truth and b.truth and op in ("eq", "ne"):
        both = Proxy(node("xor", (a, b), (), broadcast(a.shape, b.shape), truth=True))
        return both if op == "ne" else _not(both)
    a, b = _as_number(a), _as_number(b)
    if a.op == b.op == "constant":
        return Proxy(truth_value(_DECIDED[op](a.params[0], b.params[0])))
    return Proxy(node(op, (a, b), (), broadcast(a.shape, b.shape), truth=True))


def _truth(value: Any, what: str) -> Node:
    item = lift(value)
    if not item.truth:
        raise TraceError(f"{what} joins truth values; compare the number with something first")
    return item


def _logic(op: str, left: Any, right: Any) -> Proxy:
    a, b = _truth(left, table.LOGIC[op]), _truth(right, table.LOGIC[op])
    if a.op == b.op == "truth":
        x, y = a.params[0], b.params[0]
        return Proxy(truth_value({"and": x and y, "or": x or y, "xor": x != y}[op]))
    return Proxy(node(op, (a, b), (), broadcast(a.shape, b.shape), truth=True))


def _not(value: Any) -> Proxy:
    a = _truth(value, "~")
    if a.op == "truth":
        return Proxy(truth_value(not a.params[0]))
    return Proxy(node("not", (a,), (), a.shape, truth=True))


def _unary(op: str, value: Any) -> Proxy:
    a = _as_number(lift(value))
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
        return Proxy(_infinity(-a.params[0]))
    entry = table.FUNCTIONS.get(op)
    return Proxy(node(op, (a,), (), a.shape, truth=entry is not None and entry.truth))


def _reduced(op: str, value: Any, axis: Any, keepdims: bool = False) -> Proxy:
    a = lift(value)
    a = _truth(value, op) if op in ("any", "all") else _as_number(a)
    if axis is None and not a.shape:
        return Proxy(a)
    axes = tuple(range(len(a.shape))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(map(_whole, axes))
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


def _arranged(op: str, values: tuple[Any, ...], **parameters: Any) -> Proxy:
    """An operation on axes, with NumPy's parameters."""
    args = tuple(_as_number(lift(value)) for value in values)
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
    return _whole(value)


def _whole(value: Any) -> int:
    """An axis, an index, a length, a degree: what Python and NumPy take for an integer, nothing that is rounded to one."""
    if isinstance(value, Proxy):
        return int(value)
    try:
        return operator.index(value)
    except TypeError as error:
        raise TraceError(f"{value!r:.40} stands where an integer is needed") from error


def _shape_of(shape: Any) -> Shape:
    lengths = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    return tuple(_parameter(length) for length in lengths)


# ---- what a formula calls xp -------------------------------------------------------------------------------


class _LinearAlgebra:
    def norm(self, a: Any, ord: Any = None, axis: Any = None, **parameters: Any) -> Proxy:
        _refuse_parameters("linalg.norm", parameters)
        if axis != -1 or ord not in (None, 2):
            raise TraceError(
                "xp.linalg.norm is the Euclidean norm over axis=-1; for matrices use xp.linalg.svdvals"
            )
        found: Proxy = XP.norm(a)
        return found

    def eigvalsh(self, a: Any) -> Proxy:
        return _arranged("eigvalsh", (a,))

    def svdvals(self, a: Any) -> Proxy:
        return _arranged("svdvals", (a,))

    def det(self, a: Any) -> Proxy:
        return _arranged("det", (a,))

    def inv(self, a: Any) -> Proxy:
        return _arranged("inv", (a,))

    def __getattr__(self, name: str) -> Any:
        raise TraceError(f"xp.linalg.{name} has no term; there are norm, eigvalsh, svdvals, det and inv")


_POSITIONAL = {
    "moveaxis": ("source", "destination"),
    "swapaxes": ("axis1", "axis2"),
    "broadcast_to": ("shape",),
    "transpose": ("axes",),
    "repeat": ("repeats", "axis"),
    "roll": ("shift", "axis"),
    "tile": ("reps",),
    "take": ("indices", "axis"),
    "diff": ("n", "axis"),
    "diagonal": ("offset", "axis1", "axis2"),
    "trace": ("offset", "axis1", "axis2"),
    "triu": ("k",),
    "tril": ("k",),
    "tensordot": ("axes",),
}


class TracingNamespace:
    """The namespace `xp` of a formula that is being read."""

    name = "terms"
    newaxis = None
    float64 = float
    linalg = _LinearAlgebra()

    @property
    def pi(self) -> Proxy:
        return Proxy(node("pi"))

    @property
    def e(self) -> Proxy:
        return _unary("exp", 1)

    @property
    def inf(self) -> Proxy:
        return Proxy(_infinity(1))

    def __getattr__(self, name: str) -> Any:
        op = table.ALIASES.get(name, name)
        if op != name and hasattr(type(self), op):
            return getattr(self, op)
        if op in table.FUNCTIONS:
            return _entrywise(table.FUNCTIONS[op])
        if op in table.ARITHMETIC:
            return lambda a, b: _binary(op, a, b)
        if op in table.COMPARISONS:
            return lambda a, b: _compared(op, a, b)
        if op in table.LOGIC:
            return lambda a, b: _logic(op, a, b)
        if op in table.REDUCTIONS:
            return _reducing(op)
        if op in table.REARRANGEMENTS:
            return _rearranging(op)
        if op == "not":
            return _not
        if op == "neg":
            return lambda a: _unary("neg", a)
        raise TraceError(f"xp.{name} has no term; theorycheck.terms.table lists what a formula may call")

    def number(self, value: Any) -> Proxy:
        """An exact number: an int, a Fraction, or a string such as "0.3"."""
        return Proxy(constant(exact(value)) if not isinstance(value, Proxy) else value.node)

    def where(self, condition: Any, a: Any, b: Any) -> Proxy:
        test = _truth(condition, "xp.where")
        first, second = lift(a), lift(b)
        if not (first.truth and second.truth):
            first, second = _as_number(first), _as_number(second)
        if test.op == "truth":
            chosen = first if test.params[0] else second
            shape = broadcast(first.shape, second.shape)
            if chosen.shape == shape:
                return Proxy(chosen)
        shape = broadcast(test.shape, first.shape, second.shape)
        return Proxy(node("where", (test, first, second), (), shape, truth=first.truth))

    def clip(self, a: Any, low: Any = None, high: Any = None, **parameters: Any) -> Any:
        low = parameters.pop("min", parameters.pop("a_min", low))
        high = parameters.pop("max", parameters.pop("a_max", high))
        _refuse_parameters("clip", parameters)
        if low is not None:
            a = self.maximum(a, low)
        return a if high is None else self.minimum(a, high)

    def hypot(self, a: Any, b: Any) -> Proxy:
        return self.sqrt(a * a + b * b)  # type: ignore[no-any-return]

    def vecdot(self, a: Any, b: Any, axis: int = -1) -> Proxy:
        if axis != -1:
            raise TraceError("xp.vecdot is the inner product over the last axis")
        x, y = _as_number(lift(a)), _as_number(lift(b))
        shape = broadcast(_vector(x, "xp.vecdot"), _vector(y, "xp.vecdot"))
        if x.shape[-1] != y.shape[-1]:
            raise TraceError(f"xp.vecdot of vectors of the lengths {x.shape[-1]} and {y.shape[-1]}")
        return Proxy(node("vecdot", (x, y), (), shape[:-1]))

    def dot(self, a: Any, b: Any) -> Proxy:
        raise TraceError("xp.dot has no term; use xp.vecdot for inner products, xp.matmul for matrices")

    def norm(self, a: Any) -> Proxy:
        x = _as_number(lift(a))
        return Proxy(node("norm", (x,), (), _vector(x, "xp.norm")[:-1]))

    def scale(self, factor: Any, x: Any) -> Proxy:
        t, point = _as_number(lift(factor)), _as_number(lift(x))
        return Proxy(node("scale", (t, point), (), broadcast((*t.shape, 1), point.shape)))

    def semidefinite(self, matrix: Any) -> Proxy:
        """Whether symmetric matrices of shape (N, k, k) are positive semidefinite."""
        item = _as_number(lift(matrix))
        if len(item.shape) < 2 or item.shape[-1] != item.shape[-2]:
            raise TraceError(
                f"xp.semidefinite needs square matrices, not the shape {shown_shape(item.shape)}"
            )
        return Proxy(node("semidefinite", (item,), (), item.shape[:-2], truth=True))

    def asarray(self, value: Any, dtype: Any = None, **parameters: Any) -> Proxy:
        _refuse_parameters("asarray", {"dtype": dtype, **parameters})
        return value if isinstance(value, Proxy) else Proxy(lift(value))

    array = asarray
    ascontiguousarray = asarray
    float = asarray

    def stack(self, arrays: Any, axis: int = 0, **parameters: Any) -> Proxy:
        _refuse_parameters("stack", parameters)
        parts = [_as_number(lift(item)) for item in arrays]
        if axis == 0:
            return Proxy(_stacked(parts))
        return _arranged("stack", tuple(Proxy(part) for part in parts), axis=axis)

    def concatenate(self, arrays: Any, axis: int = 0, **parameters: Any) -> Proxy:
        _refuse_parameters("concatenate", parameters)
        return _arranged("concatenate", tuple(arrays), axis=axis)

    def reshape(self, a: Any, shape: Any, **parameters: Any) -> Proxy:
        _refuse_parameters("reshape", parameters)
        x, target = lift(a), _shape_of(shape)
        found = inferred(array_function("reshape"), (x.shape,), {"shape": target})
        return Proxy(node("reshape", (x,), target, found, x.truth))

    def full(self, shape: Any, value: Any, dtype: Any = None, **parameters: Any) -> Proxy:
        _refuse_parameters("full", {"dtype": dtype, **parameters})
        lengths = _shape_of(shape)
        filling = lift(value)
        if filling.op == "constant" and all(isinstance(length, int) for length in lengths):
            count = 1
            for length in lengths:
                count *= int(length)
            return Proxy(array_constant(tuple(map(int, lengths)), (filling.params[0],) * count))
        if broadcast(filling.shape, lengths) != lengths:
            raise TraceError(f"the shape {shown_shape(filling.shape)} does not fill {shown_shape(lengths)}")
        return Proxy(node("full", (filling,), lengths, lengths, filling.truth))

    def zeros(self, shape: Any, dtype: Any = None, **parameters: Any) -> Proxy:
        return self.full(shape, 0, dtype, **parameters)

    def ones(self, shape: Any, dtype: Any = None, **parameters: Any) -> Proxy:
        return self.full(shape, 1, dtype, **parameters)

    def full_like(self, a: Any, value: Any, **parameters: Any) -> Proxy:
        return self.ones_like(a, **parameters) * value  # type: ignore[no-any-return]

    def arange(self, *bounds: Any, **parameters: Any) -> Proxy:
        _refuse_parameters("arange", {**parameters, "dtype": None})
        numbers = [exact(_plain(bound)) for bound in bounds]
        start, stop, step = (
            (Fraction(0), numbers[0], Fraction(1))
            if len(numbers) == 1
            else (*numbers, Fraction(1))
            if len(numbers) == 2
            else numbers
        )
        count = max(0, -((start - stop) // step))
        if not 0 < count <= LARGEST:
            raise TraceError(f"xp.arange makes {count} numbers")
        return Proxy(array_constant((int(count),), tuple(start + step * k for k in range(int(count)))))

    def linspace(self, start: Any, stop: Any, num: int = 50, **parameters: Any) -> Proxy:
        _refuse_parameters("linspace", parameters)
        low, high, count = exact(_plain(start)), exact(_plain(stop)), _whole(num)
        step = (high - low) / max(count - 1, 1)
        return Proxy(array_constant((count,), tuple(low + step * k for k in range(count))))

    def eye(self, count: Any, **parameters: Any) -> Proxy:
        _refuse_parameters("eye", {**parameters, "dtype": None})
        n = _whole(count)
        return Proxy(array_constant((n, n), tuple(Fraction(int(i == j)) for i in range(n) for j in range(n))))

    identity = eye

    def broadcast_arrays(self, *arrays: Any) -> list[Proxy]:
        parts = [_as_number(lift(item)) for item in arrays]
        shape = broadcast(*(part.shape for part in parts))
        return [Proxy(node("broadcast_to", (part,), (("shape", shape),), shape)) for part in parts]

    def einsum(self, subscripts: str, *arrays: Any, **parameters: Any) -> Proxy:
        _refuse_parameters("einsum", parameters)
        return _arranged("einsum", arrays, subscripts=subscripts)

    def shape(self, a: Any) -> Any:
        return Proxy(lift(a)).shape

    def ndim(self, a: Any) -> int:
        return len(lift(a).shape)

    def gaussian_mean(self, integrand: Callable[[Any], Any], dimension: Any, degree: int) -> Proxy:
        """E integrand(u), u ~ N(0, I/2), for a polynomial of at most that degree."""
        count = Proxy(size(dimension.node.params[0])) if _is_open_size(dimension) else _whole(dimension)
        length = dimension.node.params[0] if _is_open_size(dimension) else _whole(dimension)
        name = f"bound u{next(_READING.get().bound)}"
        point = node("bound", (), (name,), (1, length))
        body = _as_number(lift(integrand(Proxy(point))))
        args = (body, lift(count))
        return Proxy(node("gaussian_mean", args, (name, _whole(degree)), body.shape))

    def sample_mean(self, f: Any, integrand: Callable[[Any], Any]) -> Proxy:
        """E_k integrand(f_k) over the samples of a finite sum."""
        if not isinstance(f, FunctionProxy) or not f.has_samples:
            raise TraceError("xp.sample_mean is a mean over the samples of a finite_sum(…)")
        name = f"bound k{next(_READING.get().bound)}"
        body = _as_number(lift(integrand(FunctionProxy((*f.path, name), f.length, None, False))))
        shape = body.shape if BATCH in body.shape else broadcast((BATCH,), body.shape)
        return Proxy(node("sample_mean", (body,), (name, f.path), shape))


def _vector(item: Node, what: str) -> Shape:
    """The shape of vectors: their last axis is no batch."""
    if not item.shape or item.shape[-1] == BATCH:
        raise TraceError(f"{what} needs vectors: arrays of shape (N, d), not {shown_shape(item.shape)}")
    return item.shape


def _plain(value: Any) -> Any:
    if isinstance(value, Proxy):
        return value.node.params[0] if value.node.op == "constant" else int(value)
    return int(value) if isinstance(value, int) else value


def _is_open_size(value: Any) -> bool:
    return isinstance(value, Proxy) and value.node.op == "size"


def _entrywise(entry: table.Function) -> Callable[..., Proxy]:
    def of_one(a: Any, **parameters: Any) -> Proxy:
        _refuse_parameters(entry.name, parameters)
        return _unary(entry.name, a)

    def of_two(a: Any, b: Any, **parameters: Any) -> Proxy:
        _refuse_parameters(entry.name, parameters)
        x, y = _as_number(lift(a)), _as_number(lift(b))
        if x.op == y.op == "constant":
            pick = max if entry.name == "maximum" else min
            return Proxy(constant(pick(x.params[0], y.params[0])))
        return Proxy(node(entry.name, (x, y), (), broadcast(x.shape, y.shape)))

    return of_one if entry.arity == 1 else of_two


def _reducing(op: str) -> Callable[..., Proxy]:
    def call(a: Any, axis: Any = None, *, keepdims: bool = False, **parameters: Any) -> Proxy:
        _refuse_parameters(op, parameters)
        return _reduced(op, a, axis, keepdims)

    return call


def _rearranging(op: str) -> Callable[..., Proxy]:
    arrays = {"matmul": 2, "outer": 2, "tensordot": 2}.get(op, 1)

    def call(*args: Any, **parameters: Any) -> Proxy:
        names = _POSITIONAL.get(op, ("axis",))
        if not arrays <= len(args) <= arrays + len(names):
            raise TraceError(f"xp.{op} has another number of arguments")
        wanted = {**dict(zip(names, args[arrays:], strict=False)), **parameters}
        _refuse_parameters(op, {key: wanted.pop(key) for key in ("dtype", "out") if key in wanted})
        return _arranged(op, args[:arrays], **wanted)

    return call


XP: Any = TracingNamespace()


# ---- functions of the space --------------------------------------------------------------------------------

NUMBERS_OF_A_FUNCTION = (
    "smoothness",
    "lipschitz",
    "strong_convexity",
    "lower_bound",
    "each_smoothness",
    "each_lipschitz",
    "each_strong_convexity",
    "second_moment",
)
TRUTHS_OF_A_FUNCTION = ("continuous", "differentiable", "nonconstant")


class FunctionProxy:
    """A function of the space, or a sample of one, in a formula that is being read."""

    def __init__(self, path: tuple[Any, ...], length: Length, samples: int | None, has_samples: bool) -> None:
        self.path, self.length, self.has_samples = path, length, has_samples
        self._samples = samples

    def _call(self, method: str, *values: Any) -> Proxy:
        args = tuple(_as_number(lift(value)) for value in values)
        point = args[0]
        if not point.shape:
            raise TraceError(
                f"{self.path[0]} takes a point of shape (N, d), not a number; in dimension 1 write x[:, None]"
            )
        if self.length != point.shape[-1]:
            raise TraceError(
                f"{self.path[0]} takes points of shape (N, {self.length}), not {shown_shape(point.shape)}"
            )
        batch = broadcast((BATCH,), point.shape[:-1], *(arg.shape for arg in args[1:]))
        shape = (*batch, self.length) if method.endswith("gradient") else batch
        return Proxy(node("function", args, (self.path, method), shape))

    def __call__(self, x: Any) -> Proxy:
        return self._call("value", x)

    def gradient(self, x: Any) -> Proxy:
        return self._call("gradient", x)

    def smoothed(self, x: Any, sigma: Any) -> Proxy:
        return self._call("smoothed", x, sigma)

    def smoothed_gradient(self, x: Any, sigma: Any) -> Proxy:
        return self._call("smoothed_gradient", x, sigma)

    @property
    def dimension(self) -> Any:
        return _shown_length(self.length)

    @property
    def minimiser(self) -> Proxy:
        return Proxy(node("constant of", (), (self.path, "minimiser"), (BATCH, self.length)))

    @property
    def samples(self) -> tuple[FunctionProxy, ...]:
        if not self.has_samples:
            raise TraceError(f"{self.path[0]} has no samples; declare {self.path[0]}=finite_sum(…)")
        if self._samples is None:
            raise ValueDemandedError(f"the number of samples of {self.path[0]} has no value yet")
        return tuple(
            FunctionProxy((*self.path, index), self.length, None, False) for index in range(self._samples)
        )

    def __getattr__(self, name: str) -> Any:
        if name in NUMBERS_OF_A_FUNCTION or name in TRUTHS_OF_A_FUNCTION:
            truth = name in TRUTHS_OF_A_FUNCTION
            return Proxy(node("constant of", (), (self.path, name), (BATCH,), truth=truth))
        if name.startswith("_"):
            raise AttributeError(name)
        known = ", ".join((*NUMBERS_OF_A_FUNCTION[:4], *TRUTHS_OF_A_FUNCTION))
        raise TraceError(
            f"a function has no {name} in a formula; it has values, gradients, smoothings and {known}"
        )
