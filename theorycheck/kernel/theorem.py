"""Theorems: sequents that a rule of the kernel has made. There is no other way to one.

A theorem keeps the rule, the premises and the arguments from which it was made; as JSON it is nothing but these, so that to
read it is to make it again. Nothing that is stored is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from weakref import WeakSet

from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.rules import RULES
from theorycheck.kernel.sequents import Sequent
from theorycheck.kernel.terms import Term, check_length, require_closed, terms_from_json, terms_to_json

VERSION = 1
MOST_STEPS = 100_000
DEEPEST_ARGUMENT = 10
_made: WeakSet[Theorem] = WeakSet()


class Theorem:
    """A sequent that holds; made by `infer` alone.

    Attributes
    ----------
    sequent : Sequent
    rule : str
    premises : tuple of Theorem
    arguments : Mapping
        With what `infer` was called.
    """

    __slots__ = ("__weakref__", "arguments", "premises", "rule", "sequent")
    sequent: Sequent
    rule: str
    premises: tuple[Theorem, ...]
    arguments: Mapping[str, Any]

    def __new__(cls, *_: Any) -> Theorem:
        raise Refused("a theorem is made by `infer`")

    def __setattr__(self, name: str, value: Any) -> None:
        raise Refused("a theorem does not change")

    def __delattr__(self, name: str) -> None:
        raise Refused("a theorem does not change")

    def __reduce__(self) -> Any:
        raise Refused("a theorem is stored as JSON")

    @property
    def hypotheses(self) -> frozenset[Term]:
        return self.sequent.hypotheses

    @property
    def conclusion(self) -> Term:
        return self.sequent.conclusion

    @property
    def rests_on(self) -> frozenset[str]:
        """The names of the standard theorems that it needs beside the rules of the kernel."""
        return self.sequent.rests_on

    def __repr__(self) -> str:
        assumed = ", ".join(sorted(map(repr, self.hypotheses)))
        needed = f"  [rests on {', '.join(sorted(self.rests_on))}]" if self.rests_on else ""
        return f"{assumed} ⊢ {self.conclusion}{needed}".lstrip()


def is_theorem(value: Any) -> bool:
    """Whether `infer` made this object."""
    return type(value) is Theorem and value in _made


def infer(rule: str, /, *premises: Theorem, **arguments: Any) -> Theorem:
    """Apply a rule.

    Parameters
    ----------
    rule : str
        A key of `RULES`.
    *premises : Theorem
    **arguments : Term, int, bool, str, or tuples of these
        What the rule takes beside its premises.

    Raises
    ------
    Refused
        If the rule does not apply.
    """
    if rule not in RULES:
        raise Refused(f"there is no rule {rule!r:.40}")
    if not all(map(is_theorem, premises)):
        raise Refused("a premise is no theorem")
    try:
        _require_plain(tuple(arguments.values()))
        sequent = RULES[rule](tuple(premise.sequent for premise in premises), **arguments)
    except Refused:
        raise
    except Exception as error:  # whatever goes wrong in a rule, it has made nothing
        raise Refused(
            f"{rule}: its arguments are malformed ({type(error).__name__}: {error!s:.80})"
        ) from error
    theorem = object.__new__(Theorem)
    for name, content in (
        ("sequent", sequent),
        ("rule", rule),
        ("premises", premises),
        ("arguments", MappingProxyType(arguments)),
    ):
        object.__setattr__(theorem, name, content)
    _made.add(theorem)
    return theorem


def _require_plain(value: Any) -> None:
    """Refuse all but the immutable data that certificates hold: an object that only behaves like a term is none, and a part of
    the body of a binder means nothing by itself."""
    if type(value) is tuple:
        for part in value:
            _require_plain(part)
    elif type(value) is int:
        check_length(value)
    elif type(value) not in (Term, bool, str):
        raise Refused(f"a {type(value).__name__} is no argument of a rule")
    elif type(value) is Term:
        require_closed(value)


# certificates ---------------------------------------------------------------------------------------------------------
def to_json(theorem: Theorem) -> dict[str, Any]:
    """The certificate of a theorem: a table of terms, and the applications of rules, the last of which makes it."""
    steps = _steps(theorem)
    told = [dict(sorted(step.arguments.items())) for step in steps]
    table, place = terms_to_json(term for arguments in told for term in _terms_in(tuple(arguments.values())))
    number = {step: index for index, step in enumerate(steps)}
    return {
        "kernel": VERSION,
        "terms": table,
        "steps": [
            {
                "rule": step.rule,
                "premises": [number[premise] for premise in step.premises],
                "arguments": {name: _encoded(value, place) for name, value in arguments.items()},
            }
            for step, arguments in zip(steps, told, strict=True)
        ],
    }


def from_json(certificate: Any) -> Theorem:
    """Make a theorem again.

    Raises
    ------
    Refused
        If the certificate is malformed, or a rule does not apply.
    """
    try:
        return _made_again(certificate)
    except RecursionError as error:  # of lists within lists that are too deep even to be named in a message
        raise Refused("the certificate is nested too deeply") from error


def _made_again(certificate: Any) -> Theorem:
    version = certificate.get("kernel") if isinstance(certificate, Mapping) else None
    if type(version) is not int or version != VERSION:
        raise Refused(f"{certificate!r:.60} is not a certificate of version {VERSION}")
    terms = terms_from_json(certificate.get("terms"))
    steps = certificate.get("steps")
    if not isinstance(steps, list) or not 0 < len(steps) <= MOST_STEPS:
        raise Refused("the certificate has no steps, or too many")
    made: list[Theorem] = []
    for step in steps:
        if not isinstance(step, dict) or not isinstance(step.get("rule"), str):
            raise Refused(f"{step!r:.60} is not a step")
        places, arguments = step.get("premises"), step.get("arguments")
        if not isinstance(places, list) or not isinstance(arguments, dict):
            raise Refused(f"{step!r:.60} is not a step")
        if any(type(place) is not int or not 0 <= place < len(made) for place in places):
            raise Refused(f"a premise of {step!r:.60} does not stand before it")
        read = {str(name): _decoded(value, terms) for name, value in arguments.items()}
        made.append(infer(step["rule"], *(made[place] for place in places), **read))
    return made[-1]


def _steps(theorem: Theorem) -> list[Theorem]:
    """The theorem and all that it was made from, premises first."""
    found: dict[Theorem, None] = {}
    waiting = [(theorem, False)]
    while waiting:
        step, entered = waiting.pop()
        if entered:
            found[step] = None
        elif step not in found:
            waiting.append((step, True))
            waiting += [(premise, False) for premise in reversed(step.premises)]
    return list(found)


def _terms_in(value: Any) -> Iterable[Term]:
    if isinstance(value, Term):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _terms_in(part)


def _encoded(value: Any, place: Mapping[Term, int]) -> Any:
    if isinstance(value, Term):
        return {"term": place[value]}
    if isinstance(value, tuple):
        return [_encoded(part, place) for part in value]
    return value  # `infer` takes nothing else but numbers and text


def _decoded(value: Any, terms: list[Term], depth: int = DEEPEST_ARGUMENT) -> Any:
    if isinstance(value, dict):
        if set(value) == {"term"} and type(value["term"]) is int and 0 <= value["term"] < len(terms):
            return terms[value["term"]]
    elif isinstance(value, list) and depth > 0:
        return tuple(_decoded(part, terms, depth - 1) for part in value)
    elif isinstance(value, (bool, int, str)):
        return value
    raise Refused(f"{value!r:.60} is no argument of a rule")
