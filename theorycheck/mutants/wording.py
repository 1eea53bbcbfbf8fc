"""Terms in words, for the names of mutants: "L * d / 4 * sigma ** 2"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from theorycheck.terms import table
from theorycheck.terms.nodes import BINDERS, Node, ordered

LONGEST = 48
"""Characters of a part, and of the expression around it."""
LARGEST = 200
"""Nodes of a term that is written out."""
_SIGNS = {**table.ARITHMETIC, **table.COMPARISONS, **table.LOGIC}
_BINDING = {"+": 4, "-": 4, "*": 5, "/": 5, "//": 5, "%": 5, "**": 7}
_COMPARISON, _NEGATION, _ATOM = 3, 6, 9


def shown(item: Node) -> str:
    """A part, cut where it is long."""
    text = _text(item)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def context(around: Iterable[Node]) -> str:
    """ " in …": the largest expression around a place that is still short; `around` has the innermost first."""
    short = ""
    for item in around:
        text = _text(item)
        if len(text) > LONGEST:
            break  # what is around it is longer
        short = f" in {text}"
    return short


def _text(item: Node) -> str:
    if len(ordered([item])) > LARGEST:
        return f"{item.op}(…)" + " " * LONGEST
    return _written(item)[0]


def _written(item: Node) -> tuple[str, int]:
    """The text and how tightly its outermost sign binds."""
    op, params = item.op, item.params
    if op == "constant":
        value: Fraction = params[0]
        if value < 0:
            return f"-{abs(value)}", _NEGATION
        return (
            (str(value), _ATOM) if value.denominator == 1 else (f"{value.numerator} / {value.denominator}", 5)
        )
    if op in ("variable", "size", "bound"):
        return str(params[0]).removeprefix("bound "), _ATOM
    if op in _SIGNS:
        return _infix(_SIGNS[op], item)
    if op == "neg":
        text, binding = _written(item.args[0])
        return f"-{_wrapped(text, binding < _NEGATION)}", _NEGATION
    if op == "function":
        path, method = params
        return f"{_path(path)}{'' if method == 'value' else '.' + method}({_listed(item.args)})", _ATOM
    if op == "constant of":
        return f"{_path(params[0])}.{params[1]}", _ATOM
    if op == "getitem":
        text, binding = _written(item.args[0])
        return f"{_wrapped(text, binding < _ATOM)}[{', '.join(map(_index, params))}]", _ATOM
    if op in BINDERS:
        return f"{op}({params[0].removeprefix('bound ')}: {_written(item.args[0])[0]})", _ATOM
    if not item.args:
        return {"pi": "pi", "infinity": "inf"}.get(op, op), _ATOM
    return f"{op}({_listed(item.args)})", _ATOM


def _infix(sign: str, item: Node) -> tuple[str, int]:
    own = _BINDING.get(sign, _COMPARISON)
    (left, l_binding), (right, r_binding) = map(_written, item.args)
    # a ** b ** c is a ** (b ** c), every other sign joins to the left
    wraps_left = l_binding <= own if sign == "**" else l_binding < own
    wraps_right = r_binding < own if sign == "**" else r_binding <= own
    return f"{_wrapped(left, wraps_left)} {sign} {_wrapped(right, wraps_right)}", own


def _wrapped(text: str, wrap: bool) -> str:
    return f"({text})" if wrap else text


def _listed(args: Sequence[Node]) -> str:
    return ", ".join(_written(arg)[0] for arg in args)


def _path(path: tuple[object, ...]) -> str:
    parts = [str(path[0]), *(str(part).removeprefix("bound ") for part in path[1:])]
    return "_".join(parts)


def _index(key: object) -> str:
    if isinstance(key, tuple):
        if key[0] == "slice":
            bounds = ["" if part is None else str(part) for part in key[1:]]
            return ":".join(bounds[: 3 if bounds[2] else 2])
        return str(list(key[1:]))
    return "None" if key == "new axis" else str(key)
