"""Quoting the source of a formula with everything that it refers to, as a stand-alone piece of Python."""

from __future__ import annotations

import ast
import dis
import inspect
import linecache
import sys
import textwrap
import types
from fractions import Fraction
from typing import Any

import numpy as np


class UnquotableError(Exception):
    """A formula refers to something whose source or value cannot be written into a script."""


class Quotation:
    """Collects definitions in the order in which they must be executed.

    Attributes
    ----------
    imports : list of str
        Import statements of modules and names outside of what is quoted.
    definitions : list of str
        Sources of functions and classes, and assignments of numbers.
    """

    def __init__(self) -> None:
        self.imports: list[str] = []
        self.definitions: list[str] = []
        self._named: dict[str, Any] = {}
        self._under_way: set[int] = set()

    def text(self) -> str:
        return "\n".join(self.imports) + "\n\n\n" + "\n\n\n".join(self.definitions)

    def name_of(self, value: Any, wanted: str) -> None:
        """Make `wanted` the name of `value` in the script: import it, quote its source, or assign it.

        Raises
        ------
        UnquotableError
            If that is impossible, or the name stands for something else already.
        """
        if wanted in self._named:
            known = self._named[wanted]
            if known is value or (isinstance(value, (int, float, Fraction, str)) and known == value):
                return
            raise UnquotableError(f"two different things are called {wanted}")
        self._named[wanted] = value
        if isinstance(value, types.ModuleType):
            self._import_module(value, wanted)
        elif isinstance(value, (types.FunctionType, type)):
            self._definition(value, wanted)
        else:
            self.definitions.append(f"{wanted} = {self._literal(value, wanted)}")

    def _import_module(self, module: types.ModuleType, wanted: str) -> None:
        top = module.__name__.split(".")[0]
        if top != "numpy" and top not in sys.stdlib_module_names:
            raise UnquotableError(f"it uses the module {module.__name__}; scripts have NumPy alone")
        statement = f"import {module.__name__}" + ("" if module.__name__ == wanted else f" as {wanted}")
        self.imports.append(statement)

    def _definition(self, value: Any, wanted: str) -> None:
        top = (value.__module__ or "").split(".")[0]
        if top in sys.stdlib_module_names - {"__main__", "builtins"}:
            alias = "" if value.__name__ == wanted else f" as {wanted}"
            self.imports.append(f"from {value.__module__} import {value.__name__}{alias}")
            return
        if top == "numpy":
            raise UnquotableError(
                f"it uses {value.__name__} of NumPy by that name alone; write np.{value.__name__}"
            )
        source = _source(value)
        tree = ast.parse(source)
        node = tree.body[0]
        source, inner = _without_inner_imports(source, value)
        for name, thing in inner.items():
            self.name_of(thing, name)
        closure = _closure(value)
        for name in _global_names(source):
            if name in closure or name in inner:
                continue
            found, thing = _lookup(value, name)
            if found and thing is not value:
                self.name_of(thing, name)
        defined = node.name if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else wanted
        if isinstance(node, ast.Expr):
            source = f"{wanted} = {source}"
        if closure:
            source = self._in_a_factory(source, defined, closure, value)
        elif defined != wanted:
            source += f"\n\n\n{wanted} = {defined}"
        if closure and defined != wanted:
            source += f"\n{wanted} = {defined}"
        self.definitions.append(source)

    def _in_a_factory(self, source: str, name: str, closure: dict[str, Any], value: Any) -> str:
        """Keep the values of a closure apart from those of others: def _make_name(c): … return name."""
        names = [key for key, thing in closure.items() if thing is not value]
        arguments = []
        for key in names:
            thing = closure[key]
            if isinstance(thing, (types.FunctionType, type, types.ModuleType)):
                self.name_of(thing, key)
                arguments.append(key)
            else:
                arguments.append(self._literal(thing, key))
        body = textwrap.indent(source, "    ")
        return (
            f"def _make_{name}({', '.join(names)}):\n{body}\n\n    return {name}\n\n\n"
            f"{name} = _make_{name}({', '.join(arguments)})"
        )

    def _literal(self, value: Any, name: str) -> str:
        if value is None or isinstance(value, (bool, int, str)):
            return repr(value)
        if isinstance(value, float):
            return repr(value) if np.isfinite(value) else f'float("{value}")'
        if isinstance(value, Fraction):
            return f'Fraction("{value}")'
        if isinstance(value, (tuple, list)):
            items = [self._literal(item, name) for item in value]
            comma = "," if isinstance(value, tuple) and len(items) == 1 else ""
            return f"({', '.join(items)}{comma})" if isinstance(value, tuple) else f"[{', '.join(items)}]"
        if isinstance(value, dict):
            return (
                "{"
                + ", ".join(f"{self._literal(k, name)}: {self._literal(v, name)}" for k, v in value.items())
                + "}"
            )
        if isinstance(value, (np.integer, np.floating)):
            return self._literal(value.item(), name)
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
            return f"np.array({value.tolist()!r})"
        if isinstance(value, (types.FunctionType, type)):
            label = value.__name__ if value.__name__.isidentifier() else f"_{name}"
            self.name_of(value, label)
            return label
        raise UnquotableError(f"{name} is of type {type(value).__name__}, which no script can quote")


def _closure(value: Any) -> dict[str, Any]:
    if not isinstance(value, types.FunctionType) or not value.__closure__:
        return {}
    result = {}
    for name, cell in zip(value.__code__.co_freevars, value.__closure__, strict=True):
        try:
            result[name] = cell.cell_contents
        except ValueError:
            raise UnquotableError(f"{name} has no value yet") from None
    return result


def _lookup(value: Any, name: str) -> tuple[bool, Any]:
    """Find a global name of the module in which a function or class was defined; builtins need no quoting."""
    module = getattr(value, "__globals__", None) or vars(
        sys.modules.get(value.__module__, types.ModuleType(""))
    )
    if name.startswith("__"):
        return False, None
    if name in module:
        return True, module[name]
    if name in vars(__import__("builtins")):
        return False, None
    raise UnquotableError(f"{getattr(value, '__name__', value)} uses {name}, which is not found")


def _global_names(source: str) -> list[str]:
    """Names that a definition looks up outside of itself, annotations left out."""
    names: dict[str, None] = {}

    def visit(code: types.CodeType, top: bool) -> None:
        stored: set[str] = set()
        for instruction in dis.get_instructions(code):
            if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME") and instruction.argval not in stored:
                names[instruction.argval] = None
            elif instruction.opname == "STORE_NAME":
                stored.add(instruction.argval)
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                visit(constant, False)

    visit(compile(source, "<quoted>", "exec", flags=annotations.compiler_flag, dont_inherit=True), True)
    return list(names)


def _source(value: Any) -> str:
    try:
        if isinstance(value, types.FunctionType) and value.__name__ == "<lambda>":
            return _lambda_source(value)
        return textwrap.dedent(inspect.getsource(value)).rstrip()
    except (OSError, TypeError, SyntaxError) as error:
        raise UnquotableError(
            f"the source of {getattr(value, '__name__', value)} is not at hand ({error})"
        ) from error


def _lambda_source(function: types.FunctionType) -> str:
    """Find a lambda in its file by the positions of its instructions."""
    filename = inspect.getsourcefile(function) or function.__code__.co_filename
    text = "".join(linecache.getlines(filename, function.__globals__))
    if not text:
        raise OSError("no source file")
    places = [p for p in function.__code__.co_positions() if None not in p and p[3] != 0]
    best: tuple[int, str] | None = None
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Lambda) or node.lineno != function.__code__.co_firstlineno:
            continue
        body = node.body
        start, end = (body.lineno, body.col_offset), (body.end_lineno or 0, body.end_col_offset or 0)
        inside = all(
            start <= (p[0], p[2]) and (p[1], p[3]) <= end for p in places if p[0] and p[2] is not None
        )
        segment = ast.get_source_segment(text, node)
        if inside and segment is not None and (best is None or len(segment) < best[0]):
            best = (len(segment), segment)
    if best is None:
        raise OSError("the lambda is not found in its file")
    return f"({best[1]})" if "\n" in best[1] else best[1]


def _without_inner_imports(source: str, value: Any) -> tuple[str, dict[str, Any]]:
    """Take imports of theorycheck's own names out of a body, and return what they imported."""
    import importlib

    lines = source.split("\n")
    found: dict[str, Any] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (
            node.level or (node.module or "").split(".")[0] in ("theorycheck", "verifications")
        ):
            package = value.__module__.rpartition(".")[0]
            module = importlib.import_module("." * node.level + (node.module or ""), package or None)
            for alias in node.names:
                found[alias.asname or alias.name] = getattr(module, alias.name)
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                indent = len(lines[number]) - len(lines[number].lstrip())
                lines[number] = " " * indent + "pass" if number == node.lineno - 1 else ""
    return "\n".join(lines), found
