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
import random
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from theorycheck.errors import TRACE_ERRORS, TheorycheckError, TraceError
from theorycheck.terms.nodes import BATCH, Length, Shape, constant, size, variable
from theorycheck.terms.numbers import exact
from theorycheck.terms.proxies import READING, Proxy, Reading, Size, UnknownWord, ValueDemandedError, lift
from theorycheck.terms.tracing_namespace import XP, FunctionProxy


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


@contextlib.contextmanager
def building() -> Iterator[None]:
    """Let terms be built with proxies outside of a formula."""
    token = READING.set(Reading(XP))
    try:
        yield
    finally:
        READING.reset(token)


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
    token = READING.set(Reading(XP))
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
        READING.reset(token)
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
