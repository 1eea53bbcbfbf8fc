"""The search for a false theorem: random changes of true certificates, and random arguments, for every rule.

What the kernel still makes is evaluated by `kernel_values` at random points and at special ones: 0, ±1, the numbers that occur in
it and their neighbours. A theorem that is certainly false at one of them is a bug of the first order.
"""

from __future__ import annotations

import copy
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from tests.kernel_forgeries import ACCEPTED, certificate
from tests.kernel_terms import X, Y
from tests.kernel_values import is_refuted
from theorycheck.kernel import (
    RULES,
    Refused,
    Term,
    Theorem,
    eq,
    from_json,
    infer,
    le,
    lt,
    make,
    number,
    power,
    to_json,
    vector,
)
from theorycheck.kernel.bounds import intervals_from
from theorycheck.kernel.definedness import conditions_of
from theorycheck.kernel.functions import FUNCTIONS
from theorycheck.kernel.intervals import interval_of
from theorycheck.kernel.rules.elementary import STATEMENTS
from theorycheck.kernel.terms import ordered, substitute, variables_of

NUMBERS = ["0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "1/3", "3/2", "4096", "1/1000", "-7/5"]
ALIKE = [
    ["le", "lt", "eq", "ne"],
    ["add", "mul", "max", "min"],
    sorted(FUNCTIONS),
    ["and", "or"],
    ["variable", "vector"],
]
"""Heads that take the same arguments."""
GUESSED = ("combination", "range", "roots", "cover")
SPECIAL = [
    *(Fraction(n) for n in (0, 1, -1, 2, -2, 10, -10)),
    Fraction(1, 2),
    Fraction(-1, 2),
    Fraction(1, 1000),
]
POINTS = 24


def changed(original: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """A certificate after a few random changes."""
    new = copy.deepcopy(original)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        rng.choice([_number, _head, _place, _argument, _premise, _list, _rule, _new_row])(new, rng)
    return new


def _row(new: dict[str, Any], rng: random.Random, kinds: Any) -> list[Any] | None:
    rows = [row for row in new["terms"] if kinds(row)]
    return rng.choice(rows) if rows else None


def _number(new: dict[str, Any], rng: random.Random) -> None:
    row = _row(new, rng, lambda row: row[0] == "number")
    if row is not None:
        row[1] = rng.choice(NUMBERS)


def _head(new: dict[str, Any], rng: random.Random) -> None:
    alike = rng.choice(ALIKE)
    row = _row(new, rng, lambda row: row[0] in alike)
    if row is not None:
        row[0] = rng.choice(alike)


def _place(new: dict[str, Any], rng: random.Random) -> None:
    """Another part of a term, or the parts in another order."""
    row = _row(new, rng, lambda row: any(type(part) is int for part in row))
    if row is None:
        return
    at = rng.randrange(1, len(row))
    if rng.random() < 0.3:
        row[1:] = rng.sample(row[1:], len(row) - 1)
    elif type(row[at]) is int:
        row[at] = rng.randrange(max(1, new["terms"].index(row)))


def _argument(new: dict[str, Any], rng: random.Random) -> None:
    step = rng.choice(new["steps"])
    terms = [holder for holder in _dicts(step["arguments"]) if "term" in holder]
    if terms:
        rng.choice(terms)["term"] = rng.randrange(len(new["terms"]) or 1)


def _premise(new: dict[str, Any], rng: random.Random) -> None:
    at = rng.randrange(len(new["steps"]))
    premises = new["steps"][at]["premises"]
    if premises and rng.random() < 0.4:
        premises.pop(rng.randrange(len(premises)))
    elif at:
        premises.insert(rng.randrange(len(premises) + 1), rng.randrange(at))


def _list(new: dict[str, Any], rng: random.Random) -> None:
    """A number within a list, or an entry that is left out or comes twice."""
    found = [part for part in _lists(list(new["steps"][-1]["arguments"].values())) if part]
    if not found:
        return
    chosen = rng.choice(found)
    at = rng.randrange(len(chosen))
    if type(chosen[at]) is int and rng.random() < 0.7:
        chosen[at] += rng.choice([-2, -1, 1, 2])
    elif rng.random() < 0.5:
        chosen.pop(at)
    else:
        chosen.insert(at, copy.deepcopy(chosen[at]))


def _rule(new: dict[str, Any], rng: random.Random) -> None:
    step = new["steps"][-1]
    if "conclusion" in step["arguments"]:
        step["rule"] = rng.choice(GUESSED)
        step["arguments"] = {"conclusion": step["arguments"]["conclusion"]}
        if step["rule"] == "roots":
            step["arguments"]["of"] = {"term": rng.randrange(len(new["terms"]))}
        elif step["rule"] == "cover":
            step["arguments"]["splits"] = rng.choice([[-1], [0, -1, -1], [0, 0, -1, -1, 0, -1, -1]])


def _new_row(new: dict[str, Any], rng: random.Random) -> None:
    """A comparison of two parts as the formula of a step."""
    here = range(len(new["terms"]) or 1)
    new["terms"].append([rng.choice(["le", "lt", "eq", "ne"]), rng.choice(here), rng.choice(here)])
    holders = [
        d
        for step in new["steps"]
        for d in (step["arguments"].get("conclusion"), step["arguments"].get("formula"))
        if d
    ]
    if holders:
        rng.choice(holders)["term"] = len(new["terms"]) - 1


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _dicts(part)


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
        for part in value:
            yield from _lists(part)


# points -------------------------------------------------------------------------------------------------------------------
def points(theorem: Theorem, rng: random.Random) -> Iterator[dict[Term, Any]]:
    formulas = [theorem.conclusion, *theorem.hypotheses]
    names = sorted(variables_of(*formulas), key=lambda name: (name.head, name.value))
    numbers = {part.value for part in ordered(formulas) if part.head == "number" and abs(part.value) < 10**6}
    special = [
        *SPECIAL,
        *numbers,
        *numbers,
        *numbers,
        *(n + s for n in numbers for s in (Fraction(-1, 100), Fraction(1, 100))),
    ]
    same = rng.choice(special)
    yield {name: _drawn(name, [same], rng) for name in names}
    for _ in range(POINTS):
        yield {name: _drawn(name, special, rng) for name in names}


def _drawn(name: Term, special: list[Fraction], rng: random.Random) -> Any:
    if name.head == "vector":
        return tuple(Fraction(rng.randint(-2, 2)) for _ in range(2))
    return (
        rng.choice(special)
        if rng.random() < 0.6
        else Fraction(rng.randint(-60, 60), rng.choice([1, 4, 7, 20]))
    )


def refuted(theorem: Theorem, rng: random.Random) -> list[str]:
    """A description of a theorem that is false at one of some points; nothing of others."""
    wrong = any(is_refuted(theorem.hypotheses, theorem.conclusion, point) for point in points(theorem, rng))
    return [f"{theorem!r:.300} by {theorem.rule}: {to_json(theorem)}"] if wrong else []


def falsehoods(count: int, seed: int) -> tuple[list[str], Counter[str]]:
    """False theorems among those that so many changed certificates make, and how many each rule made."""
    rng = random.Random(seed)
    by_rule: dict[str, list[Any]] = {rule: [] for rule in RULES}
    for item in ACCEPTED:
        original = certificate(item.steps)
        by_rule[original["steps"][-1]["rule"]].append(original)
    found: list[str] = []
    made = Counter[str]()
    for rule in itertools.islice(itertools.cycle(sorted(by_rule)), count):
        try:
            theorem = from_json(changed(rng.choice(by_rule[rule]), rng))
        except Refused:
            continue
        made[theorem.rule] += 1
        found += refuted(theorem, rng)
    return found, made


# random arguments ---------------------------------------------------------------------------------------------------------
EXPONENTS = [Fraction(e) for e in ("-3", "-2", "-1", "0", "1", "2", "3", "1/2", "-1/2", "3/2", "2/3", "-1/3")]


def random_term(rng: random.Random, depth: int) -> Term:
    if depth == 0 or rng.random() < 0.15:
        return rng.choice([X, X, X, Y, make("pi"), number(Fraction(rng.choice(NUMBERS[:11])))])
    kind, parts = rng.random(), [random_term(rng, depth - 1) for _ in range(rng.choice([1, 2, 2, 3]))]
    if kind < 0.3:
        return make(rng.choice(["add", "mul", "mul", "max", "min"]), *parts)
    if kind < 0.55:
        return power(parts[0], parts[1] if len(parts) > 2 else rng.choice(EXPONENTS))
    if kind < 0.65:
        condition = make(rng.choice(["le", "lt", "eq", "ne"]), parts[0], parts[-1])
        return make("piecewise", condition, parts[0], make("true"), random_term(rng, depth - 1))
    return make(rng.choice(sorted(FUNCTIONS)), parts[0])


def random_premises(rng: random.Random, term: Term) -> list[Theorem]:
    """Assumptions on the variables, and on parts of a term."""
    formulas = []
    for name in (X, Y):
        low, high = sorted(Fraction(rng.choice(NUMBERS[:11])) for _ in range(2))
        formulas += [
            make(rng.choice(["le", "lt"]), number(low), name),
            make(rng.choice(["le", "lt"]), name, number(high)),
        ]
    formulas = [formula for formula in formulas if rng.random() < 0.85]
    parts = [part for part in ordered([term]) if part.sort == "real"]
    for _ in range(rng.choice([0, 0, 1, 2])):
        sides = [rng.choice(parts), number(Fraction(rng.choice(NUMBERS[:5])))]
        formulas.append(make(rng.choice(["le", "lt", "lt", "ne", "eq"]), *rng.sample(sides, 2)))
    ways = [
        rng.choice(conditions_of(part))
        for part in parts
        if () not in conditions_of(part) and conditions_of(part)
    ]
    formulas += [condition for way in ways for condition in way if rng.random() < 0.8]
    return [infer("assume", formula=formula) for formula in formulas]


def guess(rng: random.Random) -> Theorem:
    """A rule applied to random terms; where an interval is known, its ends are tried as bounds.

    Raises
    ------
    Refused
        Mostly.
    """
    term, other = random_term(rng, rng.choice([1, 2, 2, 3])), random_term(rng, 1)
    premises = random_premises(rng, term)
    rule = rng.choice(
        [
            "range",
            "range",
            "cover",
            "cover",
            "roots",
            "combination",
            "nonzero",
            "square",
            "elementary",
            "replace",
        ]
    )
    known = interval_of(term, intervals_from([premise.sequent for premise in premises]))
    ends = [end for end in (known.low, known.high) if end is not None] if known else []
    bound = number(rng.choice([*ends, *ends, *ends, Fraction(rng.choice(NUMBERS))]))
    sides = rng.sample([term, bound], 2) if rng.random() < 0.8 else [term, other]
    conclusion = make(rng.choice(["le", "lt"]), *sides)
    if rule == "range":
        return infer(rule, *premises, conclusion=rng.choice([conclusion, conclusion, make("eq", term, term)]))
    if rule == "cover":
        return infer(
            rule,
            *premises,
            conclusion=conclusion,
            splits=rng.choice([(-1,), (0, -1, -1), (0, 0, -1, -1, 0, -1, -1)]),
        )
    if rule == "roots":
        return infer(rule, *premises, conclusion=conclusion, of=rng.choice([X, term, other]))
    if rule == "combination":
        squares = tuple(part for part in rng.sample(ordered([term]), 1) if part.sort == "real")
        target = rng.choice(
            [make("eq", term, term), make("le", number(0), power(squares[0], 2)) if squares else conclusion]
        )
        return infer(
            rule,
            *premises,
            conclusion=target,
            products=((number(1), (), squares),) if target.head == "le" else (),
        )
    if rule == "nonzero":
        factor, cofactor = rng.choice([term, other, X]), rng.choice([number(1), number(-1), X])
        return infer(rule, *rng.sample(premises, len(premises)), factor=factor, cofactor=cofactor)
    if rule == "square":
        return infer(rule, *premises, vector=((term, vector("v")), (other, vector("w"))))
    if rule == "elementary":
        return infer(rule, *premises, name=rng.choice(sorted(STATEMENTS)), term=rng.choice(ordered([term])))
    equality = infer("assume", formula=make("eq", X, other))
    return infer("replace", equality, *premises, left=term, right=substitute(term, {X: other}))


def guessed_falsehoods(count: int, seed: int) -> tuple[list[str], Counter[str]]:
    rng = random.Random(seed)
    found: list[str] = []
    made = Counter[str]()
    for _ in range(count):
        try:
            theorem = guess(rng)
        except Refused:
            continue
        made[theorem.rule] += 1
        found += refuted(theorem, rng)
    return found, made


def test_the_falsifier_sees_what_is_false():
    """It finds that x ≤ x² is false, and so is 0 < x² , 1/x = 1/x, and √(x²) = x."""
    for wrong in (
        le(X, power(X, 2)),
        lt(number(0), power(X, 2)),
        eq(power(X, -1), power(X, -1)),
        eq(power(power(X, 2), Fraction(1, 2)), X),
    ):
        assert any(is_refuted((), wrong, {X: value}) for value in SPECIAL)
        assert not any(is_refuted((lt(number(1), X),), wrong, {X: value}) for value in SPECIAL)


def test_changed_certificates_make_nothing_false():
    found, made = falsehoods(2_500, seed=0)
    assert found == []
    assert set(made) == set(RULES) and sum(made.values()) > 800


def test_random_arguments_make_nothing_false():
    found, made = guessed_falsehoods(2_500, seed=0)
    assert found == []
    assert len(made) >= 7 and sum(made.values()) > 400


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 9))
def test_much_more_of_both_makes_nothing_false(seed):
    assert falsehoods(20_000, seed)[0] == [] and guessed_falsehoods(20_000, seed)[0] == []
