"""Pieces of a printed formula and how tightly they hold together: parentheses stand only where they are needed.

Python's own order of operations, with two rules of print: a big operator (Σ, max over an index) reaches to the right as
far as products do, and a product never looks like the value of a function: `L \\cdot (x + y)`.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from fractions import Fraction

_TALL = (r"\frac", r"\sum", r"\prod", r"\left", r"\begin", r"\sqrt", r"\max_", r"\min_")
_NAME_AT_END = re.compile(
    r"(?:\\[A-Za-z]+|[A-Za-z]|[A-Za-z]'|\\(?:mathrm|hat|bar|tilde)\{[^{}]*\})(?:_\{[^{}]*\})?$"
)
SHOWN_DENOMINATOR = 64
"""Denominators up to this print as fractions; larger ones as decimals where they terminate."""
SHOWN_DIGITS = 24


class Level(enum.IntEnum):
    """How tightly a piece holds together; a looser one stands in parentheses where a tighter one is wanted."""

    QUANTIFIED = 0
    CHOICE = 1
    BOTH = 2
    RELATION = 3
    SUM = 4
    BIG = 5
    PRODUCT = 6
    POWER = 7
    ATOM = 8


@dataclass(frozen=True)
class Piece:
    """TeX of a part of a formula; `minus_of` is what it is the negative of, if it is one."""

    text: str
    level: Level = Level.ATOM
    minus_of: Piece | None = None

    def at(self, level: Level) -> str:
        """The text, in parentheses if it holds together less tightly than `level`."""
        return self.text if self.level >= level else fenced("(", self.text, ")")


def fenced(left: str, text: str, right: str) -> str:
    """The text between delimiters, which grow where the text is tall."""
    if any(command in text for command in _TALL):
        return rf"\left{left} {text} \right{right}"
    space = " " if left.startswith("\\") else ""
    return f"{left}{space}{text}{space}{right}"


def call(name: str, *args: Piece) -> Piece:
    """A function's value."""
    return Piece(name + fenced("(", ", ".join(arg.text for arg in args), ")"))


def number(value: Fraction) -> Piece:
    """An exact number.

    Examples
    --------
    >>> number(Fraction(-3, 4)).text, number(Fraction(999, 1000)).text, number(Fraction(1, 10**8)).text
    ('-\\\\frac{3}{4}', '0.999', '10^{-8}')
    """
    if value < 0:
        return negative(number(-value))
    top, bottom = value.numerator, value.denominator
    if bottom == 1:
        return _integer(top)
    zeros = len(str(bottom)) - 1
    if bottom == 10**zeros and zeros > 2 and top == 1:
        return Piece(f"10^{{-{zeros}}}", Level.POWER)
    if bottom > SHOWN_DENOMINATOR:
        decimal = _decimal(value)
        if decimal:
            return Piece(decimal)
    return Piece(rf"\frac{{{_integer(top).text}}}{{{_integer(bottom).text}}}", Level.PRODUCT)


def _integer(value: int) -> Piece:
    text = str(value)
    if len(text) <= SHOWN_DIGITS:
        zeros = len(text) - len(text.rstrip("0"))
        return Piece(f"10^{{{zeros}}}", Level.POWER) if zeros > 5 and text.rstrip("0") == "1" else Piece(text)
    if value & (value - 1) == 0:
        return Piece(f"2^{{{value.bit_length() - 1}}}", Level.POWER)
    return Piece(rf"\text{{(an integer of {len(text)} digits)}}")


def _decimal(value: Fraction) -> str:
    for digits in range(1, 13):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            whole, part = divmod(int(scaled), 10**digits)
            return f"{whole}.{part:0{digits}d}"
    return ""


def negative(a: Piece) -> Piece:
    if a.text == "0":
        return a
    if a.minus_of is not None:
        return a.minus_of
    return Piece(f"-{a.at(Level.BIG)}", Level.SUM, a)


def plus(a: Piece, b: Piece) -> Piece:
    if "0" in (a.text, b.text):
        return b if a.text == "0" else a
    if b.minus_of is not None:
        return minus(a, b.minus_of)
    if b.text.startswith("-"):
        return Piece(f"{_first(a)} - {b.text[1:]}", Level.SUM)
    return Piece(f"{_first(a)} + {b.at(Level.SUM)}", Level.SUM)


def minus(a: Piece, b: Piece) -> Piece:
    if "0" in (a.text, b.text):
        return a if b.text == "0" else negative(b)
    if b.minus_of is not None:
        return plus(a, b.minus_of)
    return Piece(f"{_first(a)} - {b.at(Level.BIG)}", Level.SUM)


def _first(a: Piece) -> str:
    """The first of several terms: nobody should wonder how far a big operator reaches."""
    return a.at(Level.SUM) if a.level != Level.BIG else fenced("(", a.text, ")")


def times(a: Piece, b: Piece) -> Piece:
    """A product; a minus of the first factor stands before it, factors of one are left out."""
    if "0" in (a.text, b.text):
        return Piece("0")
    if "1" in (a.text, b.text):
        return b if a.text == "1" else a
    if a.minus_of is not None:
        return negative(times(a.minus_of, b))
    left, right = a.at(Level.PRODUCT), b.at(Level.BIG)
    level = Level.BIG if b.level == Level.BIG else Level.PRODUCT
    return Piece(f"{left}{_between(left, right)}{right}", level)


def _between(left: str, right: str) -> str:
    if right[0].isdigit() or (right.startswith(r"\frac") and left[-1].isdigit()):
        return r" \cdot "
    if right.startswith(("(", r"\left(", "[")) and _NAME_AT_END.search(left):
        return r" \cdot "
    return " "


def over(a: Piece, b: Piece) -> Piece:
    if a.minus_of is not None:
        return negative(over(a.minus_of, b))
    return Piece(rf"\frac{{{a.text}}}{{{b.text}}}", Level.PRODUCT)


def power(a: Piece, exponent: Piece | Fraction) -> Piece:
    """a to an exponent, which is a piece or an exact number."""
    if isinstance(exponent, Fraction):
        if exponent == Fraction(1, 2):
            return Piece(rf"\sqrt{{{a.text}}}")
        text = str(exponent)
    else:
        text = exponent.text
    return Piece(f"{a.at(Level.ATOM)}^{{{text}}}", Level.POWER)


def related(a: Piece, sign: str, b: Piece) -> Piece:
    return Piece(f"{a.at(Level.SUM)} {sign} {b.at(Level.SUM)}", Level.RELATION)


def joined(a: Piece, sign: str, b: Piece, level: Level) -> Piece:
    """Two truth values joined by ∧ or ∨, of which several may stand in a row, or by a sign that stands alone."""
    inside = Level.RELATION if level == Level.QUANTIFIED else level
    return Piece(f"{a.at(inside)} {sign} {b.at(inside)}", level)


def big(operator: str, below: str, above: str, body: Piece) -> Piece:
    """Σ, Π, max or min over an index."""
    limits = f"_{{{below}}}" + (f"^{{{above}}}" if above else "")
    return Piece(f"{operator}{limits} {body.at(Level.BIG)}", Level.BIG)
