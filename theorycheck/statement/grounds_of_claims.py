"""What the parts of a claim rest on: granted steps, letters, and classes that its own file defines."""

from __future__ import annotations

import dataclasses
import functools
import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any

from theorycheck.statement.claims import Claim, Granted
from theorycheck.statement.grounds import RestsOn, distinct
from theorycheck.terms.latex.names import name_latex

_LIBRARIES = (
    "theorycheck",
    "builtins",
    "sympy",
    "fractions",
    "numpy",
    "collections",
    "functools",
    "types",
    "flint",
    "mpmath",
)


def grounds_of_hypotheses(claim: Claim) -> tuple[RestsOn, ...]:
    """What the claim assumes of which only its own file says what it gives: granted steps, hypotheses of its own kind."""
    assumed = [ground for hypothesis in claim.hypotheses for ground in grounds_of_hypothesis(hypothesis)]
    return (*assumed, *grounds_of_letters(claim))


def grounds_of_letters(claim: Claim) -> tuple[RestsOn, ...]:
    """The letters of the space that stand for something: that they do is granted."""
    domains = {} if claim.space is None else claim.space.domains
    meanings = {name: getattr(domain, "stands_for", "") for name, domain in domains.items()}
    told = [f"{name_latex(name)} = {meaning}" for name, meaning in meanings.items() if meaning]
    return (RestsOn("letter", ", ".join(f"${equation}$" for equation in told)),) if told else ()


def grounds_of_hypothesis(hypothesis: Any) -> tuple[RestsOn, ...]:
    """As `grounds_of_hypotheses`, of one."""
    if is_granted(hypothesis):
        return (RestsOn("granted", hypothesis.latex),)
    if is_own_class(type(hypothesis)):
        return (RestsOn("own reason", f"{type(hypothesis).__name__}: {hypothesis.latex}"),)
    return ()


def is_granted(hypothesis: Any) -> bool:
    """Whether a hypothesis is on letters that stand for something else, so that no instance puts it to a test."""
    return isinstance(hypothesis, Granted) or type(hypothesis).__module__.startswith(
        "theorycheck.derivations."
    )


def grounds_of_instance(claim: Claim, instance: Mapping[str, Any]) -> tuple[RestsOn, ...]:
    """What a certified instance (in its JSON form) needs: granted steps that it satisfies, values of one's own making.

    A hypothesis of the claim's own kind is evaluated like its formula, and is none of it.
    """
    found = [RestsOn("granted", h.latex) for h in claim.hypotheses if is_granted(h)]
    found += grounds_of_letters(claim)
    domains = {} if claim.space is None else claim.space.domains
    for name, domain in domains.items():
        value = instance.get(name)
        used: Any = type(domain)
        if isinstance(value, Mapping) and "family" in value and not is_own_class(type(domain)):
            families = getattr(domain, "families", ())
            used = [family for family in families if family.name == value["family"]] or domain
        own = [part.__name__ for part in own_classes(used, functions=True)]
        if own:
            found.append(RestsOn("own family", f"{name} is of {', '.join(dict.fromkeys(own))}"))
    return distinct(found)


def grounds_of_domains(claim: Claim) -> tuple[RestsOn, ...]:
    """The names whose symbols a domain of the claim's own makes; which functions they range over matters to no proof."""
    if claim.space is None:
        return ()
    return tuple(
        RestsOn("own family", f"{name} ranges over {type(domain).__name__}")
        for name, domain in claim.space.domains.items()
        if is_own_class(type(domain))
    )


def is_own_class(kind: type) -> bool:
    """Whether a class is defined outside the library and the packages that it builds on."""
    module = getattr(kind, "__module__", None)
    if module is None:
        return False  # SymPy makes the class of an undefined function on the spot
    if module.partition(".")[0] not in _LIBRARIES:
        return True
    if not module.startswith("theorycheck"):
        return False
    found: Any = sys.modules.get(module)
    for part in kind.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is not kind  # a class that only says that it is the library's


def own_classes(value: Any, *, functions: bool = False) -> Iterator[Any]:
    """Yield the classes (with `functions` also the functions) of one's own that a value of the library contains."""
    for item in parts_of(value):
        if isinstance(item, type):
            if functions and is_own_class(item):
                yield item
        elif isinstance(item, types.FunctionType):
            if functions and item.__module__.partition(".")[0] not in _LIBRARIES:
                yield item
        elif is_own_class(type(item)):
            yield type(item)


def parts_of(value: Any) -> Iterator[Any]:
    """Yield a value and all that it is made of: fields, members, arguments, what its functions close over."""
    seen: dict[int, Any] = {}  # keeps every part alive, so that no id is used twice
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if id(item) not in seen:
            seen[id(item)] = item
            yield item
            waiting += _parts(item)


def _is_filled(cell: Any) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return False
    return True


def _parts(item: Any) -> list[Any]:
    if isinstance(item, type):
        return []
    if isinstance(item, types.FunctionType):
        return [cell.cell_contents for cell in item.__closure__ or () if _is_filled(cell)]
    if isinstance(item, functools.partial):
        return [item.func, *item.args, *item.keywords.values()]
    if isinstance(item, (tuple, list, set, frozenset)):
        return list(item)
    if isinstance(item, Mapping):
        return list(item.values())
    if dataclasses.is_dataclass(item):
        return [getattr(item, field.name, None) for field in dataclasses.fields(item)]
    arguments = getattr(item, "args", ())  # a SymPy expression
    return list(arguments) if isinstance(arguments, tuple) else []
