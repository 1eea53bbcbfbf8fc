"""A reader of the TeX of arithmetic, written by the rules of print and nothing else: it evaluates what stands there."""

import re
from collections.abc import Mapping
from fractions import Fraction

_TOKEN = re.compile(r"\\left|\\right|\\[A-Za-z]+|\d+(?:\.\d+)?|[A-Za-z]|[-+^_{}(),]")


class Reader:
    """Evaluates sums, products written side by side, fractions, powers and maxima of names and numbers."""

    def __init__(self, text: str, values: Mapping[str, Fraction]) -> None:
        self.tokens = [token for token in _TOKEN.findall(text) if token not in (r"\left", r"\right")]
        self.place, self.values = 0, values

    def read(self) -> Fraction:
        value = self.sum()
        assert self.place == len(self.tokens), self.tokens[self.place :]
        return value

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        assert token and (not wanted or token == wanted), (token, wanted)
        self.place += 1
        return token

    def sum(self) -> Fraction:
        sign = -1 if self.peek() == "-" else 1
        if sign < 0:
            self.take()
        value = sign * self.product()
        while self.peek() in ("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> Fraction:
        value = self.power()
        while self.peek() not in ("", "+", "-", ")", "}", ","):
            if self.peek() == r"\cdot":
                self.take()
            value *= self.power()
        return value

    def power(self) -> Fraction:
        value = self.atom()
        if self.peek() != "^":
            return value
        self.take()
        exponent = self.group()
        assert self.peek() != "^", "a double superscript is no TeX"
        return value ** int(exponent)

    def group(self, opening: str = "{", closing: str = "}") -> Fraction:
        self.take(opening)
        value = self.sum()
        self.take(closing)
        return value

    def atom(self) -> Fraction:
        if self.peek() == "(":
            return self.group("(", ")")
        token = self.take()
        if token == r"\frac":
            return self.group() / self.group()
        if token in (r"\max", r"\min"):
            self.take("(")
            values = [self.sum()]
            while self.peek() == ",":
                self.take()
                values.append(self.sum())
            self.take(")")
            return max(values) if token == r"\max" else min(values)
        return self.values[token] if token.isalpha() else Fraction(token)
