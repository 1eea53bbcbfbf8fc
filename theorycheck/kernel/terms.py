"""Terms: formulas as data, a graph in which equal parts are one object.

A term has a head, arguments that are terms, and for numbers and names a value. Its sort is "real", "vector", "truth" or
"statement".

| head | arguments | value | sort |
| --- | --- | --- | --- |
| number | | Fraction | real |
| variable | | name | real |
| vector | | name | vector |
| pi, dimension | | | real |
| add, mul, max, min | one real or more | | real |
| power | base, exponent | | real |
| a function of `functions.FUNCTIONS` | one real | | real |
| piecewise | condition, value, condition, value … | | real |
| inner | two vectors | | real |
| vector sum | one vector or more | | vector |
| scaled | a real, a vector | | vector |
| member, member vector | one real or more | name | real, vector |
| value, gradient | scale (real), point (vector), reals | name | real, vector |
| sum | low end, high end; body (real) | | real |
| le, lt, eq, ne | two reals | | truth |
| and, or, not, true, false | truths | | truth |
| integer | one real | | statement |
| forall | low end, high end; body (a comparison or statement) | | statement |
| gaussian mean, uniform mean | body (real or vector) | | that of the body |
| index mean | body (real or vector) | name | that of the body |
| gaussian almost, uniform almost | body (a comparison or statement) | | statement |
| index almost | body (a comparison or statement) | name | statement |
| every | body (a comparison or statement) | | statement |
| locally lipschitz | reals, perhaps none | name | statement |
| bound, bound vector | | which binder | real, vector |

**What a term means.** Given real numbers for the variables, vectors of one real inner-product space for the vectors, functions
of real numbers for the names of members, functions of vectors for the names of values (see below), and laws for the names of
indices, a term
has a value or none, and that depends on nothing but the values of its arguments. A power b^e has one if e is an integer, and
b ≠ 0 where e < 0 (0^0 = 1); or b > 0; or b = 0 and e > 0. The logarithm and gamma functions have one at positive numbers, asin
and acos within [−1, 1], tan where the cosine is not 0. `piecewise` has the value of its first case whose condition holds; all
conditions before it must have truth values. Nothing else has a value that has an argument without one.
`member` is the value of the function of its name at its arguments.
A comparison *holds* if both of its sides have values and these compare; where one has none, it does not hold, and what it is
a condition of has no value.

**Binders** (`BINDERS`) bind a variable in their last argument, the body; `bind` makes one from a variable, `opened` puts a term
in its place. A bound variable has no name: `bound` k stands for the variable of the k-th binder outside of it, 0 for the nearest,
so that formulas that differ in the names of bound variables are one object, and what is put in the place of a variable is never
captured. A term is *closed* if all that is bound in it is bound by a binder in it; rules work on closed terms, and nothing but
`substitute`, JSON and the search for variables walks into a body (`outer_parts`).

`sum` has a value if both ends are integers, low ≤ high + 1, and the body has a value at every integer from low to high: the sum
of these, 0 if low = high + 1. (A sum from 3 to 1 has none, since people differ in what it is.)
`integer t` holds if t has a value and it is an integer. `forall` holds if both ends are integers and the body holds at every
integer from low to high, if there is one.

**Vectors and functions.** The space of the vectors has a finite dimension, a positive integer, the value of `dimension`. Every
name of values, with real numbers k, stands for a function f_k from vectors to real numbers. `value` at the scale s is f_k(p) if
s = 0; else it is the mean of f_k(p + su) over the Gaussian vector u below, and has a value if f_k is measurable and this mean
is finite. `gradient` is the gradient at p of the function that `value` is of p, and has a value if that function has values in a
neighbourhood of p and is differentiable at p. `locally lipschitz` holds if f_k is: around every point there is a ball on which
|f_k(p) − f_k(q)| ≤ C ‖p − q‖.

**Laws.** `gaussian` binds a vector u with the density π^(−d/2) e^(−‖u‖²), d the dimension (that is N(0, I/2)); `uniform` binds a
number that is uniform on [0, 1]; `index` binds a number with the law of that name, of which nothing is known but that finitely
many numbers have positive probabilities that add up to 1. `almost` holds if the body holds with probability 1: but on a set of
measure 0, and at all numbers that an index may be. A `mean` has a value if the body has one with probability 1 and is measurable
and absolutely integrable: the integral. `every` binds a vector, and holds if its body does for all vectors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from theorycheck.kernel.functions import FUNCTIONS
from theorycheck.kernel.refusal import Refused

REAL, VECTOR, TRUTH, STATEMENT = "real", "vector", "truth", "statement"
OF_BODY = "that of the body, real or vector"
SIGNATURES: dict[str, tuple[tuple[str, ...], str]] = {
    "number": ((), REAL),
    "variable": ((), REAL),
    "vector": ((), VECTOR),
    "pi": ((), REAL),
    "power": ((REAL, REAL), REAL),
    "dimension": ((), REAL),
    "inner": ((VECTOR, VECTOR), REAL),
    "scaled": ((REAL, VECTOR), VECTOR),
    **{name: ((REAL,), REAL) for name in FUNCTIONS},
    **{name: ((REAL, REAL), TRUTH) for name in ("le", "lt", "eq", "ne")},
    "not": ((TRUTH,), TRUTH),
    "true": ((), TRUTH),
    "false": ((), TRUTH),
    "integer": ((REAL,), STATEMENT),
    "bound": ((), REAL),
    "bound vector": ((), VECTOR),
}
"""The sorts of the arguments, and the sort."""
MANY: dict[str, str] = {
    **{name: REAL for name in ("add", "mul", "max", "min", "member")},
    **{name: TRUTH for name in ("and", "or")},
    "vector sum": VECTOR,
}
"""Heads of one argument or more, all of one sort, which is that of the term."""
INDEXED: dict[str, tuple[tuple[str, ...], str]] = {
    "member vector": ((REAL,), VECTOR),
    "value": ((REAL, VECTOR), REAL),
    "gradient": ((REAL, VECTOR), VECTOR),
    "locally lipschitz": ((), STATEMENT),
}
"""Heads with a name: the sorts of the first arguments, after which real ones may follow, and the sort."""
LAWS: dict[str, str] = {"gaussian": "bound vector", "uniform": "bound", "index": "bound"}
"""What is random, by the first word of the heads of means."""
BINDERS: dict[str, tuple[str, int, str]] = {
    "sum": ("bound", 2, REAL),
    "forall": ("bound", 2, STATEMENT),
    "every": ("bound vector", 0, STATEMENT),
    **{f"{law} mean": (kind, 0, OF_BODY) for law, kind in LAWS.items()},
    **{f"{law} almost": (kind, 0, STATEMENT) for law, kind in LAWS.items()},
}
"""What is bound, the number of real arguments before the body, and the sort of the term. The body of a statement is something
that a theorem may say, of a sum it is real."""
VALUES: dict[str, type] = {
    "number": Fraction,
    "variable": str,
    "vector": str,
    "member": str,
    "index mean": str,
    "index almost": str,
    **{head: str for head in INDEXED},
    "bound": int,
    "bound vector": int,
}
"""The heads that have a value."""
COMPARISONS = ("le", "lt", "eq", "ne")
SAYABLE = (
    *COMPARISONS,
    "integer",
    "forall",
    "every",
    "locally lipschitz",
    *(f"{law} almost" for law in LAWS),
)
"""The heads of what a theorem may say."""
LONGEST_NUMBER = 4_000
"""Characters; Python reads no number of 5,000."""
MOST_TERMS = 200_000
_NOTHING: frozenset[Any] = frozenset()
_RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?", re.ASCII)
_known: WeakValueDictionary[tuple[Any, ...], Term] = WeakValueDictionary()


class Term:
    """A formula; two terms that are the same formula are the same object. Made by `make`."""

    __slots__ = ("__weakref__", "args", "head", "loose", "sort", "value")
    head: str
    args: tuple[Term, ...]
    value: Any
    sort: str
    loose: frozenset[tuple[str, int]]
    """What is bound outside of the term; nothing if it is closed."""

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
    sort = _sort_of(head, args)
    _check_value(head, value)
    loose = _loose(head, args, value)
    if head == "inner" and _place(args[0]) > _place(args[1]):
        return make("inner", args[1], args[0])  # ⟨v, w⟩ = ⟨w, v⟩
    term = object.__new__(Term)
    for name, content in (("head", head), ("args", args), ("value", value), ("sort", sort), ("loose", loose)):
        object.__setattr__(term, name, content)
    _known[key] = term
    return term


def _place(side: Term) -> tuple[str, Any, str]:
    """Which side of an inner product comes first."""
    return side.head, side.value, written(side) if side.args else ""


def _sort_of(head: str, args: tuple[Term, ...]) -> str:
    sorts = tuple(arg.sort for arg in args)
    if head in SIGNATURES:
        wanted, sort = SIGNATURES[head]
        if sorts == wanted:
            return sort
    elif head in MANY:
        if sorts and set(sorts) == {MANY[head]}:
            return MANY[head]
    elif head in BINDERS:
        _, ends, sort = BINDERS[head]
        if len(args) == ends + 1 and set(sorts[:-1]) <= {REAL}:
            if (args[-1].head in SAYABLE) if sort == STATEMENT else sorts[-1] == REAL:
                return REAL if sort == OF_BODY else sort
            if sort == OF_BODY and sorts[-1] == VECTOR:
                return VECTOR
    elif head in INDEXED:
        first, sort = INDEXED[head]
        if sorts[: len(first)] == first and set(sorts[len(first) :]) <= {REAL}:
            return sort
    elif head == "piecewise":
        if sorts and sorts == (TRUTH, REAL) * (len(sorts) // 2):
            return REAL
    else:
        raise Refused(f"there is no term with the head {head!r:.40}")
    raise Refused(f"{head} does not take {', '.join(sorts) or 'no arguments'}")


def _check_value(head: str, value: Any) -> None:
    if type(value) is not VALUES.get(head, type(None)) or value == "" or (type(value) is int and value < 0):
        raise Refused(f"{value!r:.60} is not the value of a {head}")
    if type(value) is Fraction:
        check_length(value)


def check_length(value: Fraction | int) -> None:
    """Refuse a number that `rational` does not read."""
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    if bits > 4 * LONGEST_NUMBER or len(str(value)) > LONGEST_NUMBER:
        raise Refused(f"a number has more than {LONGEST_NUMBER} characters")


def _loose(head: str, args: tuple[Term, ...], value: Any) -> frozenset[tuple[str, int]]:
    if head in ("bound", "bound vector"):
        return frozenset([(head, value)])
    if head not in BINDERS:
        return _NOTHING.union(*(arg.loose for arg in args))
    *ends, body = args
    inside = body.loose - {(BINDERS[head][0], 0)}
    if any(k == 0 for _, k in inside):
        raise Refused(f"a {head} binds a {BINDERS[head][0]}, and nothing else")
    return frozenset((kind, k - 1) for kind, k in inside).union(*(end.loose for end in ends))


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


def member(name: str, *places: Term) -> Term:
    return make("member", *places, value=name)


def vector_sum(*terms: Term) -> Term:
    """The sum of one vector or more; of one the vector itself."""
    return terms[0] if len(terms) == 1 else make("vector sum", *terms)


def scaled(factor: Term, v: Term) -> Term:
    return make("scaled", factor, v)


def integer(term: Term) -> Term:
    return make("integer", term)


# walks ----------------------------------------------------------------------------------------------------------------
Found = TypeVar("Found")


Node = TypeVar("Node", bound=Hashable)


def arguments_of(term: Term) -> Sequence[Term]:
    """All arguments, the body of a binder too, in which variables of other meanings may stand."""
    return term.args


def outer_parts(term: Term) -> Sequence[Term]:
    """The arguments but the body of a binder: those that mean something by themselves if the term does."""
    return term.args[:-1] if term.head in BINDERS else term.args


def ordered(terms: Iterable[Node], parts_of: Callable[[Node], Sequence[Node]] = outer_parts) -> list[Node]:  # type: ignore[assignment]
    """All parts of terms, each once, arguments before what they are arguments of."""
    found: dict[Node, None] = {}
    waiting: list[tuple[Node, bool]] = [(term, False) for term in terms]
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


def fold(
    term: Term,
    value_of: Callable[[Term, Sequence[Found]], Found],
    parts_of: Callable[[Term], Sequence[Term]] = outer_parts,
) -> Found:
    """Compute something of a term from the same of its parts, every part once."""
    values: dict[Term, Found] = {}
    for part in ordered([term], parts_of):
        values[part] = value_of(part, [values[arg] for arg in parts_of(part)])
    return values[term]


def needs_premise(term: Term) -> bool:
    """Whether only a comparison that holds shows that a term has a value, if its arguments have: nothing else tells of a binder,
    a gradient, and a value at a scale that may not be 0."""
    at_scale = term.head == "value" and term.args[0] is not number(0)
    return at_scale or term.head == "gradient" or term.head in BINDERS


def variables_of(*terms: Term) -> set[Term]:
    """The variables and vectors that are free in terms."""
    return {part for part in ordered(terms, arguments_of) if part.head in ("variable", "vector")}


def substitute(term: Term, replacements: Mapping[Term, Term]) -> Term:
    """Put closed terms in the place of closed parts, all at once."""
    (result,) = substituted([term], replacements)
    return result


def substituted(terms: Sequence[Term], replacements: Mapping[Term, Term]) -> list[Term]:
    """As `substitute`, of several terms; what they share is replaced once."""
    for part in (*replacements, *replacements.values()):
        require_closed(part)
    put: dict[Term, Term] = dict(replacements)
    for part in ordered(terms, arguments_of):
        if part not in put:
            args = [put[arg] for arg in part.args]
            put[part] = make(part.head, *args, value=part.value) if args else part
    return [put[term] for term in terms]


# binders --------------------------------------------------------------------------------------------------------------
def require_closed(term: Term) -> None:
    """Refuse a part of a body, which means nothing by itself."""
    if term.loose:
        raise Refused(f"in {term} something is bound that no binder in it binds")


def bind(head: str, name: Term, *args: Term, value: Any = None) -> Term:
    """The binder that binds a variable (or vector) in the last of its arguments; an index has the value, its name.

    Raises
    ------
    Refused
        If there is no such term.
    """
    kind = {"variable": "bound", "vector": "bound vector"}.get(name.head)
    if head not in BINDERS or kind != BINDERS[head][0]:
        raise Refused(f"a {head!r:.40} binds no {name.head}")
    *ends, body = args
    require_closed(body)
    bound = _rebuilt(body, lambda part, depth: make(kind, value=depth) if part is name else None)
    return make(head, *ends, bound, value=value)


def opened(term: Term, place: Term) -> Term:
    """The body of a closed binder at a closed term."""
    require_closed(term)
    require_closed(place)
    kind = BINDERS[term.head][0]
    if place.sort != SIGNATURES[kind][1]:
        raise Refused(f"{place} cannot stand in the place of a {kind}")
    return _rebuilt(
        term.args[-1], lambda part, depth: place if part.head == kind and part.value == depth else None
    )


def _rebuilt(body: Term, put: Callable[[Term, int], Term | None]) -> Term:
    """A body with other leaves; a leaf is shown with the number of binders around it."""
    rebuilt: dict[tuple[Term, int], Term] = {}
    for part, depth in ordered([(body, 0)], _with_depths):
        args = [rebuilt[below] for below in _with_depths((part, depth))]
        own = part if not args else make(part.head, *args, value=part.value)
        found = None if args else put(part, depth)
        rebuilt[part, depth] = own if found is None else found
    return rebuilt[body, 0]


def _with_depths(node: tuple[Term, int]) -> Sequence[tuple[Term, int]]:
    part, depth = node
    inner_depth = depth + (part.head in BINDERS)
    outer = [(arg, depth) for arg in outer_parts(part)]
    return [*outer, *((arg, inner_depth) for arg in part.args[len(outer) :])]


# JSON and print -------------------------------------------------------------------------------------------------------
def terms_to_json(terms: Iterable[Term]) -> tuple[list[list[Any]], dict[Term, int]]:
    """A table of all parts, [head, value, place, place …] (no value where there is none), and the place of every part."""
    parts = ordered(terms, arguments_of)
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
        if head in VALUES:
            if not rest or not isinstance(rest[0], str):
                raise Refused(f"{row!r:.60} has no value")
            value, rest = _read_value(VALUES[head], rest[0]), rest[1:]
        if any(type(place) is not int or not 0 <= place < len(terms) for place in rest):
            raise Refused(f"{row!r:.60} has an argument that does not stand before it")
        terms.append(make(head, *(terms[place] for place in rest), value=value))
    return terms


def _read_value(kind: type, text: str) -> Any:
    if kind is str:
        return text
    value = rational(text)
    return int(value) if kind is int and value.denominator == 1 else value


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
    "vector sum": "+",
    "scaled": "·",
}
LONGEST_TEXT = 2_000


def written(term: Term) -> str:
    """A term as people write it, cut where it gets long."""

    texts: dict[tuple[Term, int], str] = {}
    for part, depth in ordered([(term, 0)], _with_depths):
        shown = _text(part, depth, [texts[below] for below in _with_depths((part, depth))])
        texts[part, depth] = shown if len(shown) <= LONGEST_TEXT else f"{shown[:LONGEST_TEXT]}…"
    return texts[term, 0]


def _text(part: Term, depth: int, args: Sequence[str]) -> str:
    if part.head in ("bound", "bound vector"):
        return f"#{depth - part.value}"  # the binders around it are counted from outside, from 1
    if part.head in BINDERS:
        *ends, body = args
        which = () if part.value is None else (part.value,)
        return f"{part.head}({', '.join((f'#{depth + 1}', *which, *ends))}: {body})"
    if part.head in ("member", "member vector"):
        return f"{part.value}[{', '.join(args)}]"
    if part.head in INDEXED:
        return f"{part.head} {part.value}({', '.join(args)})"
    if part.value is not None:
        return str(part.value)
    if part.head in _SIGNS:
        shown = f" {_SIGNS[part.head]} ".join(args)
        return shown if part.sort == TRUTH else f"({shown})"
    if part.head == "inner":
        return f"⟨{', '.join(args)}⟩"
    return f"{part.head}({', '.join(args)})" if args else part.head
