"""Terms: formulas as data, a graph in which equal parts are one object.

A term has a head, arguments that are terms, and for numbers and names a value. Its sort is "real", "vector" or "truth".

| head | arguments | value | sort |
| --- | --- | --- | --- |
| number | | Fraction | real |
| variable | | name | real |
| vector | | name | vector |
| pi | | | real |
| add, mul, max, min | one real or more | | real |
| power | base, exponent | | real |
| a function of `functions.FUNCTIONS` | one real | | real |
| piecewise | condition, value, condition, value … | | real |
| inner | two vectors | | real |
| le, lt, eq, ne | two reals | | truth |
| and, or, not, true, false | truths | | truth |

**What a term means.** Given real numbers for the variables and vectors of one real inner-product space for the vectors, a term
has a value or none, and that depends on nothing but the values of its arguments. A power b^e has one if e is an integer, and
b ≠ 0 where e < 0 (0^0 = 1); or b > 0; or b = 0 and e > 0. The logarithm and gamma functions have one at positive numbers, asin
and acos within [−1, 1], tan where the cosine is not 0. `piecewise` has the value of its first case whose condition holds; all
conditions before it must have truth values. Nothing else has a value that has an argument without one.
A comparison *holds* if both of its sides have values and these compare; where one has none, it does not hold, and what it is
a condition of has no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from theorycheck.kernel.functions import FUNCTIONS
from theorycheck.kernel.refusal import Refused

REAL, VECTOR, TRUTH = "real", "vector", "truth"
SIGNATURES: dict[str, tuple[tuple[str, ...], str]] = {
    "number": ((), REAL),
    "variable": ((), REAL),
    "vector": ((), VECTOR),
    "pi": ((), REAL),
    "power": ((REAL, REAL), REAL),
    "inner": ((VECTOR, VECTOR), REAL),
    **{name: ((REAL,), REAL) for name in FUNCTIONS},
    **{name: ((REAL, REAL), TRUTH) for name in ("le", "lt", "eq", "ne")},
    "not": ((TRUTH,), TRUTH),
    "true": ((), TRUTH),
    "false": ((), TRUTH),
}
"""The sorts of the arguments, and the sort."""
MANY: dict[str, str] = {"add": REAL, "mul": REAL, "max": REAL, "min": REAL, "and": TRUTH, "or": TRUTH}
"""Heads of one argument or more, all of one sort, which is that of the term."""
COMPARISONS = ("le", "lt", "eq", "ne")
"""The heads of what a theorem may say."""
LONGEST_NUMBER = 4_000
"""Characters; Python reads no number of 5,000."""
MOST_TERMS = 200_000
_RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?", re.ASCII)
_known: WeakValueDictionary[tuple[Any, ...], Term] = WeakValueDictionary()


class Term:
    """A formula; two terms that are the same formula are the same object. Made by `make`."""

    __slots__ = ("__weakref__", "args", "head", "sort", "value")
    head: str
    args: tuple[Term, ...]
    value: Any
    sort: str

    def __new__(cls, *_: Any) -> Term:
        raise Refused("a term is made by `make`")

    def __setattr__(self, name: str, value: Any) -> None:
        raise Refused("a term does not change")

    def __delattr__(self, name: str) -> None:
        raise Refused("a term does not change")

    def __reduce__(self) -> Any:
        raise Refused("a term is stored as JSON")

    def __repr__(self) -> str:
        return written(self)


def make(head: str, *args: Term, value: Any = None) -> Term:
    """Return the term of this head, arguments and value.

    Raises
    ------
    Refused
        If there is no such term.
    """
    if type(head) is not str or not all(type(arg) is Term for arg in args):
        raise Refused(f"{head!r:.40} is no head, or its arguments are not terms")
    key = (head, value, *args)
    found = _known.get(key)
    if found is not None:
        return found
    sort = _sort_of(head, tuple(arg.sort for arg in args))
    _check_value(head, value)
    if head == "inner" and (args[0].head, args[0].value) > (args[1].head, args[1].value):
        return make("inner", args[1], args[0])  # ⟨v, w⟩ = ⟨w, v⟩
    term = object.__new__(Term)
    for name, content in (("head", head), ("args", args), ("value", value), ("sort", sort)):
        object.__setattr__(term, name, content)
    _known[key] = term
    return term


def _sort_of(head: str, sorts: tuple[str, ...]) -> str:
    if head in SIGNATURES:
        wanted, sort = SIGNATURES[head]
        if sorts == wanted:
            return sort
    elif head in MANY:
        if sorts and set(sorts) == {MANY[head]}:
            return MANY[head]
    elif head == "piecewise":
        if sorts and sorts == (TRUTH, REAL) * (len(sorts) // 2):
            return REAL
    else:
        raise Refused(f"there is no term with the head {head!r:.40}")
    raise Refused(f"{head} does not take {', '.join(sorts) or 'no arguments'}")


def _check_value(head: str, value: Any) -> None:
    kind: Any = {"number": Fraction, "variable": str, "vector": str}.get(head, type(None))
    if type(value) is not kind or value == "":
        raise Refused(f"{value!r:.60} is not the value of a {head}")
    if kind is Fraction:
        check_length(value)


def check_length(value: Fraction | int) -> None:
    """Refuse a number that `rational` does not read."""
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    if bits > 4 * LONGEST_NUMBER or len(str(value)) > LONGEST_NUMBER:
        raise Refused(f"a number has more than {LONGEST_NUMBER} characters")


# the usual ones -------------------------------------------------------------------------------------------------------
def number(value: int | Fraction) -> Term:
    return make("number", value=Fraction(value))


def variable(name: str) -> Term:
    return make("variable", value=name)


def vector(name: str) -> Term:
    return make("vector", value=name)


def inner(v: Term, w: Term) -> Term:
    return make("inner", v, w)


def add(*terms: Term) -> Term:
    """The sum; 0 of nothing, the term itself of one."""
    return number(0) if not terms else terms[0] if len(terms) == 1 else make("add", *terms)


def mul(*factors: Term) -> Term:
    """The product; 1 of nothing, the factor itself of one."""
    return number(1) if not factors else factors[0] if len(factors) == 1 else make("mul", *factors)


def power(base: Term, exponent: Term | int | Fraction) -> Term:
    return make("power", base, exponent if isinstance(exponent, Term) else number(exponent))


def minus(term: Term) -> Term:
    return mul(number(-1), term)


def le(a: Term, b: Term) -> Term:
    return make("le", a, b)


def lt(a: Term, b: Term) -> Term:
    return make("lt", a, b)


def eq(a: Term, b: Term) -> Term:
    return make("eq", a, b)


def defined(term: Term) -> Term:
    """The formula that says that a term has a value: t = t."""
    return eq(term, term)


# walks ----------------------------------------------------------------------------------------------------------------
Found = TypeVar("Found")


def arguments_of(term: Term) -> Sequence[Term]:
    return term.args


def ordered(terms: Iterable[Term], parts_of: Callable[[Term], Sequence[Term]] = arguments_of) -> list[Term]:
    """All parts of terms, each once, arguments before what they are arguments of."""
    found: dict[Term, None] = {}
    waiting: list[tuple[Term, bool]] = [(term, False) for term in terms]
    waiting.reverse()
    while waiting:
        term, entered = waiting.pop()
        if term in found:
            continue
        if entered:
            found[term] = None
        else:
            waiting.append((term, True))
            waiting += [(part, False) for part in reversed(parts_of(term))]
    return list(found)


def fold(term: Term, value_of: Callable[[Term, Sequence[Found]], Found]) -> Found:
    """Compute something of a term from the same of its arguments, every part once."""
    values: dict[Term, Found] = {}
    for part in ordered([term]):
        values[part] = value_of(part, [values[arg] for arg in part.args])
    return values[term]


def variables_of(*terms: Term) -> set[Term]:
    """The variables and vectors in terms."""
    return {part for part in ordered(terms) if part.head in ("variable", "vector")}


def substitute(term: Term, replacements: Mapping[Term, Term]) -> Term:
    """Put terms in the place of variables and vectors, all at once."""

    def put(part: Term, args: Sequence[Term]) -> Term:
        if part in replacements:
            return replacements[part]
        return make(part.head, *args, value=part.value) if args else part

    return fold(term, put)


# JSON and print -------------------------------------------------------------------------------------------------------
def terms_to_json(terms: Iterable[Term]) -> tuple[list[list[Any]], dict[Term, int]]:
    """A table of all parts, [head, value, place, place …] (no value where there is none), and the place of every part."""
    parts = ordered(terms)
    place = {part: number for number, part in enumerate(parts)}
    return [_row(part, place) for part in parts], place


def _row(part: Term, place: Mapping[Term, int]) -> list[Any]:
    value = [] if part.value is None else [str(part.value)]
    return [part.head, *value, *(place[arg] for arg in part.args)]


def terms_from_json(table: Any) -> list[Term]:
    """Read the terms of a table.

    Raises
    ------
    Refused
        If it is no such table.
    """
    if not isinstance(table, list) or len(table) > MOST_TERMS:
        raise Refused("there is no table of terms, or it is too long")
    terms: list[Term] = []
    for row in table:
        if not isinstance(row, list) or not row or not isinstance(row[0], str):
            raise Refused(f"{row!r:.60} is not a term [head, …]")
        head, rest = row[0], row[1:]
        value: Any = None
        if head in ("number", "variable", "vector"):
            if len(rest) != 1 or not isinstance(rest[0], str):
                raise Refused(f"{row!r:.60} has no value")
            value = rational(rest[0]) if head == "number" else rest[0]
            rest = []
        if any(type(place) is not int or not 0 <= place < len(terms) for place in rest):
            raise Refused(f"{row!r:.60} has an argument that does not stand before it")
        terms.append(make(head, *(terms[place] for place in rest), value=value))
    return terms


def rational(text: Any) -> Fraction:
    """Read "p/q".

    Raises
    ------
    Refused
        If `text` is not an exact rational that is written so.
    """
    if not isinstance(text, str) or len(text) > LONGEST_NUMBER or not _RATIONAL.fullmatch(text):
        raise Refused(f"{text!r:.60} is not an exact rational 'p/q'")
    top, _, bottom = text.partition("/")
    if bottom and int(bottom) == 0:
        raise Refused(f"{text!r:.60} has the denominator 0")
    return Fraction(int(top), int(bottom or 1))


_SIGNS = {
    "le": "≤",
    "lt": "<",
    "eq": "=",
    "ne": "≠",
    "add": "+",
    "mul": "·",
    "power": "^",
    "and": "∧",
    "or": "∨",
}
LONGEST_TEXT = 2_000


def written(term: Term) -> str:
    """A term as people write it, cut where it gets long."""

    def text(part: Term, args: Sequence[str]) -> str:
        if part.value is not None:
            shown = str(part.value)
        elif part.head in _SIGNS:
            shown = f" {_SIGNS[part.head]} ".join(args)
            shown = shown if part.sort == TRUTH else f"({shown})"
        elif part.head == "inner":
            shown = f"⟨{', '.join(args)}⟩"
        else:
            shown = f"{part.head}({', '.join(args)})" if args else part.head
        return shown if len(shown) <= LONGEST_TEXT else f"{shown[:LONGEST_TEXT]}…"

    return fold(term, text)
