"""Domains of integers, choices and the dimension."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from theorycheck.errors import SpaceError
from theorycheck.spaces.domains import Scope
from theorycheck.spaces.numbers import exact_number, within_floats
from theorycheck.terms.tracing import Kind


@dataclass(frozen=True)
class Integer:
    """Integers low … high; made by `integer`. Their arrays are float64."""

    is_number: ClassVar[bool] = True
    low: int
    high: int
    name: str = ""

    def width(self, scope: Scope) -> int:
        return 1

    def decode(self, cube: Any, xp: Any, scope: Scope, jitter: Any) -> Any:
        count = self.high - self.low + 1
        unit = cube[:, 0]
        if count > 64:  # half of the draws over orders of magnitude, half uniform
            logarithmic = 2.0 ** (2 * unit * math.log2(count + 1)) - 1
            offset = xp.where(unit < 0.5, logarithmic, (2 * unit - 1) * count)
        else:
            offset = unit * count
        return xp.minimum(self.low + xp.floor(offset), xp.full_like(unit, float(self.high)))

    def exact(self, cube: Any, decoded: Any, scope: Scope) -> int:
        return min(max(int(decoded[0]), self.low), self.high)  # beyond 2**53 floats round past the bounds

    def lift(self, value: Any, xp: Any, scope: Scope) -> Any:
        return xp.asarray([xp.number(value)])

    def admits(self, value: Any, scope: Scope) -> bool:
        return type(value) is int and self.low <= value <= self.high

    def strategy(self, scope: Scope) -> Any:
        from hypothesis import strategies as st

        return st.integers(self.low, self.high)

    def kind(self) -> Kind:
        return Kind("array")

    def symbol(self, name: str) -> Any:
        import sympy

        sign = {"positive": True} if self.low > 0 else {"nonnegative": True} if self.low == 0 else {}
        return sympy.Symbol(name, integer=True, **sign)


def integer(low: int, high: int) -> Integer:
    """Integers from `low` to `high`, both included; arrays of them are float64.

    A size that a formula needs as a Python int (a number of steps or of samples) is a `choice`.

    Raises
    ------
    SpaceError
        If low > high, or one of them is no whole number.
    """
    for bound in (low, high):
        try:
            whole = within_floats(exact_number(bound)).denominator == 1
        except (TypeError, ValueError, OverflowError) as error:
            raise SpaceError(f"integer: the bound {bound!r:.40} is no whole number: {error}") from error
        if not whole:
            raise SpaceError(f"integer: the bound {bound!r:.40} is no whole number")
    if low > high:
        raise SpaceError(
            f"integer({low}, {high}) holds no number: the first bound must not exceed the second"
        )
    return Integer(int(low), int(high))


@dataclass(frozen=True)
class Choice:
    """A few values, each a stratum of its own; made by `choice`. A formula gets the value, not an array."""

    values: tuple[Any, ...]
    name: str = ""

    def width(self, scope: Scope) -> int:
        return 0

    def decode(self, cube: Any, xp: Any, scope: Scope, jitter: Any) -> Any:
        return self.lift(scope.sizes[self.name], xp, scope)

    def exact(self, cube: Any, decoded: Any, scope: Scope) -> Any:
        return scope.sizes[self.name]

    def lift(self, value: Any, xp: Any, scope: Scope) -> Any:
        return value  # exact: formulas turn it into a number of their namespace

    def admits(self, value: Any, scope: Scope) -> bool:
        return any(type(value) is type(known) and value == known for known in self.values)

    def strategy(self, scope: Scope) -> Any:
        from hypothesis import strategies as st

        return st.just(scope.sizes[self.name])

    def kind(self) -> Kind:
        return Kind("word" if any(isinstance(value, str) for value in self.values) else "size")

    def symbol(self, name: str) -> Any:
        import sympy

        numbers = [value for value in self.values if not isinstance(value, str)]
        if len(numbers) < len(self.values):
            raise SpaceError(f"{name} chooses among words, which no symbol stands for")
        assumptions: dict[str, bool] = (
            {"integer": True} if all(n == int(n) for n in numbers) else {"real": True}
        )
        if all(n > 0 for n in numbers):
            assumptions["positive"] = True
        return sympy.Symbol(name, **assumptions)


def choice(*values: int | float | Fraction | str) -> Choice:
    """One of `values`: integers (given to the formula as Python ints), rationals or words.

    Raises
    ------
    SpaceError
        If there is no value.
    """
    if not values:
        raise SpaceError("choice() holds no value; write choice(1, 2, …)")
    try:
        exact = tuple(v if isinstance(v, (int, str)) else exact_number(v) for v in values)
    except (TypeError, ValueError, OverflowError) as error:
        raise SpaceError(f"choice: a value is neither a number nor a word: {error}") from error
    return Choice(tuple(dict.fromkeys(exact)))


@dataclass(frozen=True)
class Dimension:
    """The dimension d of a space: each value a stratum of its own; made by `dimension`."""

    values: tuple[int, ...]
    name: str = ""

    def width(self, scope: Scope) -> int:
        return 0

    def decode(self, cube: Any, xp: Any, scope: Scope, jitter: Any) -> Any:
        return scope.dimension

    def exact(self, cube: Any, decoded: Any, scope: Scope) -> int:
        return scope.dimension

    def lift(self, value: Any, xp: Any, scope: Scope) -> Any:
        return value

    def admits(self, value: Any, scope: Scope) -> bool:
        return type(value) is int and value in self.values

    def strategy(self, scope: Scope) -> Any:
        from hypothesis import strategies as st

        return st.just(scope.dimension)

    def kind(self) -> Kind:
        return Kind("size")

    def symbol(self, name: str) -> Any:
        import sympy

        return sympy.Symbol(name, integer=True, positive=True)


def dimension(*values: int) -> Dimension:
    """The dimension of points and functions of the space, given to a formula as a Python int.

    Raises
    ------
    SpaceError
        If there is no value, or one is not a positive integer.
    """
    if not values or any(value != int(value) or value < 1 for value in values):
        raise SpaceError(
            f"dimension({', '.join(map(str, values))}): write positive integers, like dimension(1, 2, 5)"
        )
    return Dimension(tuple(sorted({int(value) for value in values})))
