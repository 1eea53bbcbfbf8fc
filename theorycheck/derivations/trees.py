"""Formulas as JSON: expression trees that a reader without SymPy can evaluate in balls.

A tree is a prefix list: ["add", t, …], ["mul", t, …], ["pow", base, exponent], ["rational", "p/q"],
["symbol", name], ["pi"], ["E"], a function of one argument (["exp", t], ["erf", t], …), ["max", t, …],
["min", t, …], ["heaviside", t, value_at_zero] and ["piecewise", [condition, t], …] with conditions ["<", t,
t], ["and", c, …], ["true"].

`to_tree` is the only function here that knows of SymPy. The others are plain recursions over the list: no
text is ever evaluated, and anything unknown raises `ReplayError`.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import flint

from theorycheck.errors import ClaimError, NotExactError, ReplayError, UndecidedError
from theorycheck.terms.balls import Ball

Tree = list[Any]
Evaluator = Callable[[Mapping[str, Any]], Any]

FUNCTIONS: dict[str, str] = {
    "exp": "exp",
    "log": "log",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "atan": "atan",
    "erf": "erf",
    "erfc": "erfc",
    "gamma": "gamma",
    "loggamma": "lgamma",
}
"""Functions of one argument: their names in a tree, and the names of `flint.arb`'s methods."""

RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
LARGEST_EXPONENT = 4096
LONGEST_NUMBER = 5000
DEEPEST_TREE = 200
_RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?", re.ASCII)


def number(value: int | Fraction) -> Tree:
    return ["rational", str(Fraction(value))]


def key(tree: Tree) -> str:
    """Return the text that identifies a tree: a symbol's own name, else its JSON."""
    return str(tree[1]) if tree[0] == "symbol" else json.dumps(tree, separators=(",", ":"))


def parse_rational(text: Any) -> Fraction:
    """Read "p/q".

    Raises
    ------
    ReplayError
        If `text` is not an exact rational written that way.
    """
    if not isinstance(text, str) or len(text) > LONGEST_NUMBER or not _RATIONAL.fullmatch(text):
        raise ReplayError(f"{text!r:.60} is not an exact rational 'p/q'")
    numerator, _, denominator = text.partition("/")
    if denominator and int(denominator) == 0:
        raise ReplayError(f"the rational {text!r:.60} has the denominator 0")
    return Fraction(int(numerator), int(denominator or 1))


# SymPy → tree -------------------------------------------------------------------------------------
def to_tree(expression: Any) -> Tree:
    """Write a SymPy expression as a tree; an opaque atom (f(x), an inner product) becomes a symbol with its
    text as name.

    Raises
    ------
    NotExactError
        If the expression has a part that no real ball encloses: a float, I, infinity, an unknown function.
    ClaimError
        If two different symbols of the expression have one name.
    """
    names: dict[str, Any] = {}
    return _to_tree(expression, names)


def _to_tree(e: Any, names: dict[str, Any]) -> Tree:
    import sympy

    if e.is_Rational:
        return ["rational", str(e)] if e.is_finite else _refuse(e)
    if e is sympy.pi:
        return ["pi"]
    if e is sympy.E:
        return ["E"]
    if is_opaque(e) or e.is_Symbol:
        name = str(e)
        if names.setdefault(name, e) != e:
            raise ClaimError(f"two different symbols are called {name}; give one of them another name")
        return ["symbol", name]
    if e.is_Add or e.is_Mul or isinstance(e, (sympy.Max, sympy.Min)):
        head = "add" if e.is_Add else "mul" if e.is_Mul else "max" if isinstance(e, sympy.Max) else "min"
        return [head, *sorted((_to_tree(a, names) for a in e.args), key=key)]
    if e.is_Pow:
        return ["pow", _to_tree(e.base, names), _to_tree(e.exp, names)]
    if isinstance(e, sympy.Piecewise):
        return ["piecewise", *([_condition(c, names), _to_tree(v, names)] for v, c in e.args)]
    if isinstance(e, (sympy.factorial, sympy.binomial)):
        return _to_tree(e.rewrite(sympy.gamma), names)
    simple = {sympy.Abs: "abs", sympy.sign: "sign", sympy.Heaviside: "heaviside"}
    head = simple.get(e.func) or (e.func.__name__ if e.func.__module__.startswith("sympy.") else "")
    if head in FUNCTIONS or head in simple.values():
        if head == "log" and len(e.args) != 1:
            return _refuse(e)
        return [head, *(_to_tree(a, names) for a in e.args)]
    return _refuse(e)


def is_opaque(e: Any) -> bool:
    """Whether the expression is an atom of its own: f(x) of an undefined f, or an instance of a custom atom
    class.
    """
    import sympy
    from sympy.core.function import AppliedUndef

    custom = isinstance(e, sympy.core.expr.AtomicExpr) and not type(e).__module__.startswith("sympy.")
    return isinstance(e, AppliedUndef) or (custom and type(e) is not sympy.Symbol)


def _condition(c: Any, names: dict[str, Any]) -> Tree:
    import sympy

    if c in (sympy.true, sympy.false):
        return ["true"] if c == sympy.true else ["false"]
    if isinstance(c, (sympy.And, sympy.Or, sympy.Not)):
        head = {sympy.And: "and", sympy.Or: "or", sympy.Not: "not"}[c.func]
        return [head, *sorted((_condition(a, names) for a in c.args), key=json.dumps)]
    if getattr(c, "rel_op", None) in RELATIONS:
        return [c.rel_op, _to_tree(c.lhs, names), _to_tree(c.rhs, names)]
    return _refuse(c)


def _refuse(e: Any) -> Tree:
    raise NotExactError(
        f"{e!s:.80} has no enclosure in real balls; write it with rationals and known functions"
    )


# tree → balls -------------------------------------------------------------------------------------
def compile_tree(
    tree: Tree, *, hull: bool = False, is_nonnegative: Callable[[Tree], bool] = lambda tree: False
) -> Evaluator:
    """Turn a tree into a function from {name: flint.arb} to flint.arb, to be called many times.

    Parameters
    ----------
    tree : list
    hull : bool
        Where a sign or condition is not certain return the hull of all possible values instead of raising.
    is_nonnegative : callable
        Says of a subtree that it is known to be ≥ 0; the negative part of its ball, a rounding artefact, is
        then cut off before a root is taken.
    """
    return _Compiler(hull, is_nonnegative).compile(tree, 0)


class _Compiler:
    def __init__(self, hull: bool, is_nonnegative: Callable[[Tree], bool]) -> None:
        self.hull = hull
        self.is_nonnegative = is_nonnegative

    def compile(self, tree: Any, depth: int) -> Evaluator:
        head, arguments = self._head(tree, depth)
        if head == "rational":
            value = parse_rational(_only(tree, 2)[1])
            fraction = flint.fmpq(value.numerator, value.denominator)
            return lambda v: flint.arb(fraction)
        if head == "symbol":
            return _reader(_only(tree, 2)[1])
        if head in ("pi", "E"):
            _only(tree, 1)
            return (lambda v: flint.arb.pi()) if head == "pi" else (lambda v: flint.arb.const_e())
        if head == "piecewise":
            return self._piecewise(arguments, depth)
        if head == "pow":
            return self._power(_only(tree, 3), depth)
        parts = [self.compile(a, depth + 1) for a in arguments]
        if head in ("add", "mul", "max", "min"):
            if not parts:
                raise ReplayError(f"a tree has an empty {head!r}")
            return _fold({"add": operator.add, "mul": operator.mul, "max": _max, "min": _min}[head], parts)
        if head in FUNCTIONS:
            method, part = FUNCTIONS[head], _single(head, parts)
            return lambda v: getattr(part(v), method)()
        if head == "abs":
            part = _single(head, parts)
            return lambda v: abs(part(v))
        if head == "sqrt":
            return self.compile(
                ["pow", arguments[0] if len(arguments) == 1 else None, number(Fraction(1, 2))], depth
            )
        if head == "sign":
            part = _single(head, parts)
            return lambda v: self._step(part(v), flint.arb(-1), flint.arb(0), flint.arb(1))
        if head == "heaviside":
            _only(tree, 3)
            part, at_zero = parts
            return lambda v: self._step(part(v), flint.arb(0), at_zero(v), flint.arb(1))
        raise ReplayError(f"a tree uses the unknown function {head!r:.40}")

    @staticmethod
    def _head(tree: Any, depth: int) -> tuple[str, list[Any]]:
        if not isinstance(tree, list) or not tree or not isinstance(tree[0], str):
            raise ReplayError(f"{tree!r:.60} is not an expression tree")
        if depth > DEEPEST_TREE:
            raise ReplayError(f"an expression tree is nested more than {DEEPEST_TREE} deep")
        return tree[0], tree[1:]

    def _power(self, tree: Tree, depth: int) -> Evaluator:
        base = self.compile(tree[1], depth + 1)
        head, _ = self._head(tree[2], depth)
        if head != "rational":
            exponent = self.compile(tree[2], depth + 1)
            return lambda v: _symbolic_power(base(v), exponent(v))
        power = parse_rational(_only(tree[2], 2)[1])
        p, q = power.numerator, power.denominator
        if abs(p) > LARGEST_EXPONENT or q > LARGEST_EXPONENT:
            raise ReplayError(f"the exponent {power!s:.40} is larger than {LARGEST_EXPONENT}")
        if q == 1:
            return lambda v: (Ball(base(v)) ** p).arb
        clip = self.is_nonnegative(tree[1])
        return lambda v: (Ball(_root(base(v), q, clip)) ** p).arb

    def _step(self, x: Any, negative: Any, zero: Any, positive: Any) -> Any:
        if x > 0:
            return positive
        if x < 0:
            return negative
        if x == 0:
            return zero
        if self.hull and not x.is_nan():
            return negative.union(positive).union(zero)
        raise UndecidedError(f"balls cannot decide the sign of {x}")

    def _piecewise(self, cases: list[Any], depth: int) -> Evaluator:
        compiled = []
        for case in cases:
            if not isinstance(case, list) or len(case) != 2:
                raise ReplayError(f"{case!r:.60} is not a case [condition, tree]")
            compiled.append((self._condition(case[0], depth + 1), self.compile(case[1], depth + 1)))

        def evaluate(v: Mapping[str, Any]) -> Any:
            possible = []
            for holds, value in compiled:
                try:
                    if not holds(v):
                        continue
                except UndecidedError:
                    if not self.hull:
                        raise
                    possible.append(value(v))
                    continue
                possible.append(value(v))
                break
            else:
                raise UndecidedError("no case of a piecewise expression certainly holds")
            result = possible[0]
            for other in possible[1:]:
                result = result.union(other)
            return result

        return evaluate

    def _condition(self, tree: Any, depth: int) -> Callable[[Mapping[str, Any]], bool]:
        head, arguments = self._head(tree, depth)
        if head in ("true", "false"):
            return lambda v: head == "true"
        if head in RELATIONS:
            left, right = (self.compile(a, depth + 1) for a in _only(tree, 3)[1:])
            relation = RELATIONS[head]
            return lambda v: bool(relation(Ball(left(v)), Ball(right(v))))
        parts = [self._condition(a, depth + 1) for a in arguments]
        if head == "and":
            return lambda v: all([part(v) for part in parts])
        if head == "or":
            return lambda v: any([part(v) for part in parts])
        if head == "not" and len(parts) == 1:
            return lambda v: not parts[0](v)
        raise ReplayError(f"{head!r:.40} is not a condition")


def _only(tree: Any, length: int) -> Tree:
    if not isinstance(tree, list) or len(tree) != length:
        raise ReplayError(f"{tree!r:.60} should have {length - 1} arguments")
    return tree


def _single(head: str, parts: list[Evaluator]) -> Evaluator:
    if len(parts) != 1:
        raise ReplayError(f"{head} takes one argument, not {len(parts)}")
    return parts[0]


def _reader(name: Any) -> Evaluator:
    if not isinstance(name, str) or name.startswith("["):  # so begin the keys of other trees
        raise ReplayError(f"{name!r:.60} is not a symbol's name")
    if name.startswith("["):
        raise ReplayError(f"a symbol is named like a tree: {name:.60}")  # `key` could not tell them apart

    def read(values: Mapping[str, Any]) -> Any:
        try:
            return values[name]
        except KeyError:
            raise ReplayError(f"the symbol {name} has no value") from None

    return read


def _fold(operation: Callable[[Any, Any], Any], parts: list[Evaluator]) -> Evaluator:
    def evaluate(values: Mapping[str, Any]) -> Any:
        result = parts[0](values)
        for part in parts[1:]:
            result = operation(result, part(values))
        return result

    return evaluate


def _max(a: Any, b: Any) -> Any:
    return a.max(b)


def _min(a: Any, b: Any) -> Any:
    return a.min(b)


def _symbolic_power(base: Any, exponent: Any) -> Any:
    if exponent.is_exact() and abs(exponent) > LARGEST_EXPONENT:
        return base**exponent  # not as a product of that many factors
    return (Ball(base) ** Ball(exponent)).arb


def _root(x: Any, degree: int, clip: bool) -> Any:
    if clip and x.lower() < 0:
        return flint.arb(0).union(abs(x.upper()).root(degree))
    return x.root(degree)
