"""The formula of a claim as a syntax tree: the places that state the bound, the formula with one changed."""

from __future__ import annotations

import ast
import copy
import hashlib
import inspect
import linecache
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

INCREASING = {
    "sqrt",
    "exp",
    "log",
    "erf",
    "number",
    "scale",
    "sum",
    "maximum",
    "minimum",
    "gammaln",
    "norm",
    "abs",
}
"""Functions through which a larger argument is taken to give a larger bound."""
ONE_FORMULA_ARGUMENT = {"gaussian_mean"}
"""Functions whose later arguments are technical (a dimension, a degree), no part of the formula."""


class UnreadableError(Exception):
    """A formula whose source is not at hand, or that does not end in `return left, right`."""


@dataclass(frozen=True)
class Place:
    """One node of the tree that states the bound.

    Attributes
    ----------
    node : ast.expr
    ancestors : tuple of ast.expr
        The expressions around it, the innermost last.
    direction : int
        1: a larger value there gives a larger side, if all quantities are positive; −1: a smaller one; 0:
        unknown.
    divides : bool
        Whether it stands in a denominator, so that doubling it halves a factor.
    """

    node: ast.expr
    ancestors: tuple[ast.expr, ...]
    direction: int
    divides: bool

    @property
    def parent(self) -> ast.expr | None:
        return self.ancestors[-1] if self.ancestors else None


@dataclass(frozen=True, eq=False)
class Formula:
    """The syntax tree of `sides`; `outside` are the values of its closure and module, by name."""

    function: types.FunctionType
    tree: ast.FunctionDef
    left: tuple[ast.expr, ...]
    right: tuple[ast.expr, ...]
    outside: Mapping[str, Any]

    def bound_places(self) -> tuple[Place, ...]:
        """The places of the right side; what also flows into the left one is left out."""
        left = {id(place.node) for place in self.left_places()}
        return tuple(place for place in _places(self, self.right) if id(place.node) not in left)

    def left_places(self) -> tuple[Place, ...]:
        return tuple(_places(self, self.left))

    def right_places(self) -> tuple[Place, ...]:
        return tuple(_places(self, self.right))

    def outside_number(self, node: ast.expr) -> bool:
        """Whether a node names a number of the closure or the module."""
        if not isinstance(node, ast.Name) or node.id not in self.outside:
            return False
        value = self.outside[node.id]
        return hasattr(value, "numerator") and not isinstance(value, bool)


def read_formula(function: Callable[..., Any]) -> Formula:
    """Read the source of `sides`.

    Raises
    ------
    UnreadableError
    """
    if not isinstance(function, types.FunctionType) or function.__name__ == "<lambda>":
        raise UnreadableError("its formula is no function made by def")
    try:
        source = textwrap.dedent(inspect.getsource(function))
        module = ast.parse(source)
    except (OSError, TypeError, SyntaxError) as error:
        raise UnreadableError(f"the source of its formula is not at hand ({error})") from error
    tree = module.body[0]
    if not isinstance(tree, ast.FunctionDef) or tree.decorator_list:
        raise UnreadableError("its formula is no plain function made by def")
    pairs = [pair for statement in _returns(tree.body) for pair in _pairs(statement.value)]
    if not pairs:
        raise UnreadableError("its formula does not end in return left, right")
    left, right = zip(*pairs, strict=True)
    return Formula(function, tree, left, right, _outside(function))


def _outside(function: types.FunctionType) -> dict[str, Any]:
    closure = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            closure[name] = cell.cell_contents
        except ValueError as error:
            raise UnreadableError(f"{name} has no value yet") from error
    return {**function.__globals__, **closure}


def _returns(body: Sequence[ast.stmt]) -> Iterator[ast.Return]:
    for statement in _statements(body):
        if isinstance(statement, ast.Return):
            yield statement


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements, those of blocks included, those of nested functions not."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            continue
        for block in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, block, []))


def _pairs(value: ast.expr | None) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(value, ast.IfExp):
        yield from _pairs(value.body)
        yield from _pairs(value.orelse)
    elif isinstance(value, ast.Tuple) and len(value.elts) == 2:
        yield value.elts[0], value.elts[1]


# ---- the places of one side --------------------------------------------------------------------------------


Definitions = dict[str, list[ast.expr | ast.FunctionDef]]


def _definitions(body: Sequence[ast.stmt]) -> Definitions:
    """What the local names stand for; a tuple is taken apart where its value is one."""
    found: Definitions = {}

    def assign(target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple):
            parts = (
                value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else None
            )
            for position, item in enumerate(target.elts):
                assign(item, value if parts is None else parts[position])
        elif isinstance(target, ast.Name):
            found.setdefault(target.id, []).append(value)

    for statement in _statements(body):
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                assign(target, statement.value)
        elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)) and statement.value is not None:
            assign(statement.target, statement.value)
        elif isinstance(statement, ast.FunctionDef):
            found.setdefault(statement.name, []).append(statement)
    return found


def _places(formula: Formula, roots: Sequence[ast.expr]) -> Iterator[Place]:
    seen: set[int] = set()
    for root in roots:
        yield from _visit(Place(root, (), 1, False), _definitions(formula.tree.body), seen)


def _visit(place: Place, local: Definitions, seen: set[int]) -> Iterator[Place]:
    """Go through an expression and through what its names stand for, each node once."""
    node = place.node
    if id(node) in seen:
        return
    seen.add(id(node))
    yield place
    if isinstance(node, ast.Name):
        for definition in local.get(node.id, ()):
            if isinstance(definition, ast.FunctionDef):
                yield from _visit_function(definition, place, local, seen)
            else:
                yield from _visit(replace(place, node=definition, ancestors=()), local, seen)
        return
    for child, sign in _children(node):
        below = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and child is node.right
        inner = Place(child, (*place.ancestors, node), place.direction * sign, place.divides != below)
        yield from _visit(inner, local, seen)


def _visit_function(
    function: ast.FunctionDef, place: Place, local: Definitions, seen: set[int]
) -> Iterator[Place]:
    if id(function) in seen:
        return
    seen.add(id(function))
    inner = {**local, **_definitions(function.body)}
    for statement in _returns(function.body):
        if statement.value is not None:
            yield from _visit(replace(place, node=statement.value, ancestors=()), inner, seen)


def _children(node: ast.expr) -> Iterator[tuple[ast.expr, int]]:
    """The parts of an expression that are formula, with the direction in which they act."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            yield left, 1
            yield right, -1 if isinstance(op, (ast.Sub, ast.Div)) else 1
        case ast.UnaryOp(op=op, operand=operand):
            yield operand, -1 if isinstance(op, ast.USub) else 1
        case ast.IfExp(body=body, orelse=orelse):
            yield body, 1
            yield orelse, 1
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            yield from ((part, 1) for part in parts)
        case ast.Lambda(body=body):
            yield body, 1
        case ast.GeneratorExp(elt=element) | ast.ListComp(elt=element):
            yield element, 1
        case ast.Subscript(value=value):
            yield value, 1
        case ast.Call():
            yield from _arguments(node)


def _arguments(call: ast.Call) -> Iterator[tuple[ast.expr, int]]:
    name = called(call)
    sign = 1 if name in INCREASING else 0
    if isinstance(call.func, ast.Attribute) and not isinstance(call.func.value, ast.Name):
        yield call.func.value, sign
    if isinstance(call.func, ast.Name):
        yield call.func, 0
    if name == "where":
        yield from ((argument, 1) for argument in call.args[1:])
    elif name in ONE_FORMULA_ARGUMENT:
        yield from ((argument, 1) for argument in call.args[:1])
    elif name != "range":
        yield from ((argument, sign) for argument in call.args)


def called(node: ast.expr) -> str:
    """The name of what a call calls: "sqrt" for `xp.sqrt(…)`; empty for other nodes."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


# ---- the changed formula -----------------------------------------------------------------------------------


def changed(formula: Formula, replacements: Mapping[ast.expr, ast.expr], label: str) -> Callable[..., Any]:
    """Compile the formula with some of its nodes replaced; `label` names its source in tracebacks.

    A replacement may contain the node that it replaces. Globals and closure keep their values.
    """
    memo: dict[int, Any] = {}
    tree = copy.deepcopy(formula.tree, memo)
    new = {id(memo[id(node)]): copy.deepcopy(other) for node, other in replacements.items()}
    for other in new.values():
        ast.fix_missing_locations(other)
    tree = _Replace(new).visit(tree)
    return _compiled(formula, ast.unparse(ast.fix_missing_locations(tree)), label)


class _Replace(ast.NodeTransformer):
    def __init__(self, new: Mapping[int, ast.expr]) -> None:
        self.new = new

    def visit(self, node: ast.AST) -> Any:
        other = self.new.get(id(node))
        return self.generic_visit(node) if other is None else other


def _compiled(formula: Formula, source: str, label: str) -> Callable[..., Any]:
    """Execute the source in a factory, which gives the function its closure back."""
    original = formula.function
    free = original.__code__.co_freevars
    body = textwrap.indent(f"{source}\nreturn {original.__name__}", "    ")
    text = f"def _factory({', '.join(free)}):\n{body}\n"
    digest = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
    filename = f"<{label} {digest}>"  # one name, one source: linecache keeps them by name
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace = dict(original.__globals__)
    exec(compile(text, filename, "exec"), namespace)
    made: types.FunctionType = namespace["_factory"](*(formula.outside[name] for name in free))
    made.__defaults__, made.__kwdefaults__ = original.__defaults__, original.__kwdefaults__
    return made
