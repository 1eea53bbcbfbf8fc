"""Numbers c_0 + c_1 t + c_2 t² up to t²: derivatives of a formula at t = 0 by arithmetic, in floats and in balls.

The formula of a network is evaluated once with an entry of W or x moved by t; c_1 and 2c_2 are its first two derivatives. That is
how the claims about gradients and Hessians are confronted with networks whose derivatives nobody wrote down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Truncated:
    """A polynomial in t, cut off after t²; its coefficients are arrays of one shape."""

    __array_ufunc__ = None  # array * polynomial is our product, not NumPy's

    c_0: Any
    c_1: Any = 0
    c_2: Any = 0

    def __add__(self, other: Any) -> Truncated:
        other = lifted(other)
        return Truncated(self.c_0 + other.c_0, self.c_1 + other.c_1, self.c_2 + other.c_2)

    def __mul__(self, other: Any) -> Truncated:
        other = lifted(other)
        return Truncated(
            self.c_0 * other.c_0,
            self.c_0 * other.c_1 + self.c_1 * other.c_0,
            self.c_0 * other.c_2 + self.c_1 * other.c_1 + self.c_2 * other.c_0,
        )

    __radd__, __rmul__ = __add__, __mul__

    @property
    def slope(self) -> Any:
        """The first derivative at t = 0."""
        return self.c_1

    @property
    def curvature(self) -> Any:
        """The second derivative at t = 0."""
        return 2 * self.c_2


def lifted(value: Any) -> Truncated:
    """A constant as a polynomial in t."""
    return value if isinstance(value, Truncated) else Truncated(value)


def sine(xp: Any, z: Any) -> Truncated:
    """sin z by its Taylor polynomial at c_0."""
    z = lifted(z)
    return Truncated(
        xp.sin(z.c_0),
        xp.cos(z.c_0) * z.c_1,
        xp.cos(z.c_0) * z.c_2 - xp.sin(z.c_0) * z.c_1 * z.c_1 / 2,
    )


def derivatives(function: Any, arguments: list[Any]) -> list[Truncated]:
    """The function with each argument moved by t, one at a time."""
    return [
        function(
            [Truncated(value, 1) if i == moved else Truncated(value) for i, value in enumerate(arguments)]
        )
        for moved in range(len(arguments))
    ]
