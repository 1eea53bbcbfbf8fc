"""Theorems on sums, ranges and integers against an evaluator of its own: what the kernel makes holds at random instances.

The evaluator knows the meaning of a term (`theorycheck.kernel.terms`) in exact numbers, term by term, and no rule.
"""

import json
import random
from fractions import Fraction

import pytest

from tests.kernel_forgeries import ACCEPTED, certificate
from theorycheck.kernel import (
    Refused,
    add,
    bind,
    eq,
    from_json,
    infer,
    integer,
    le,
    lt,
    make,
    member,
    minus,
    mul,
    number,
    opened,
    power,
    to_json,
    variable,
)

INDEX, M, N, X, Y = map(variable, "imnxy")
ONE = number(1)
LONGEST = 60


class Unknown(Exception):  # noqa: N818  # not an error
    """Something of which the evaluator knows nothing, or that is too long."""


class Instance:
    """Numbers for variables, functions for the names of members."""

    def __init__(self, rng):
        self.numbers, self.members = {}, {}
        self.rng = rng
        self.like = rng.random() < 0.5
        """Whether all sequences are one."""

    def number(self, name):
        if name not in self.numbers:
            whole = self.rng.randint(-3, 5)
            self.numbers[name] = Fraction(whole) if self.rng.random() < 0.8 else Fraction(2 * whole + 1, 2)
        return self.numbers[name]

    def member(self, name, places):
        key = (None if self.like else name, places)
        if key not in self.members:
            self.members[key] = Fraction(self.rng.choice((0, 0, 1, 1, -1, 2)))
        return self.members[key]


def value(term, instance, bound=()):
    """The value, or None if there is none; `bound` are the values of what is bound, the nearest first."""
    if term.head == "number":
        return term.value
    if term.head == "variable":
        return instance.number(term.value)
    if term.head == "bound":
        return bound[term.value]
    if term.head == "sum":
        low, high, body = term.args
        places = between(low, high, instance, bound)
        if places is None or value(high, instance, bound) < value(low, instance, bound) - 1:
            return None
        terms = [value(body, instance, (place, *bound)) for place in places]
        return None if None in terms else sum(terms, Fraction(0))
    if term.head not in ("add", "mul", "max", "min", "member", "power"):
        raise Unknown(term.head)
    args = [value(arg, instance, bound) for arg in term.args]
    if None in args:
        return None
    if term.head == "member":
        return instance.member(term.value, tuple(args))
    if term.head == "power":
        return raised(*args)
    if term.head == "mul":
        product = Fraction(1)
        for arg in args:
            product *= arg
        return product
    return {"add": sum, "max": max, "min": min}[term.head](args)


def raised(base, exponent):
    if exponent.denominator != 1:
        if base == 0:
            return base if exponent > 0 else None
        if base < 0:
            return None
        raise Unknown("a root")
    if abs(exponent) > LONGEST:
        raise Unknown("a large power")
    return None if base == 0 and exponent < 0 else base ** int(exponent)


def between(low, high, instance, bound):
    """The integers between two ends, or None if an end is none."""
    ends = [value(end, instance, bound) for end in (low, high)]
    if None in ends or any(end.denominator != 1 for end in ends):
        return None
    if ends[1] - ends[0] > LONGEST:
        raise Unknown("a long range")
    return [Fraction(place) for place in range(int(ends[0]), int(ends[1]) + 1)]


def holds(formula, instance, bound=()):
    if formula.head == "forall":
        places = between(*formula.args[:2], instance, bound)
        return places is not None and all(
            holds(formula.args[2], instance, (place, *bound)) for place in places
        )
    args = [value(arg, instance, bound) for arg in formula.args]
    if None in args:
        return False
    if formula.head == "integer":
        return args[0].denominator == 1
    left, right = args
    return {"le": left <= right, "lt": left < right, "eq": left == right, "ne": left != right}[formula.head]


def counted(theorem, rng, tries=30):
    """At how many random instances the hypotheses hold; the conclusion must hold there."""
    found = 0
    for _ in range(tries):
        instance = Instance(rng)
        try:
            if not all(holds(hypothesis, instance) for hypothesis in theorem.hypotheses):
                continue
            assert holds(theorem.conclusion, instance), (theorem, instance.numbers, instance.members)
        except Unknown:
            continue
        found += 1
    return found


RULES = ("integer", "discrete", "exponents", "at", "forall", "induction", "termwise", "empty", "single", "split",
         "linear", "count")  # fmt: skip
OURS = [item for item in ACCEPTED if item.name.partition(":")[0] in RULES]


@pytest.mark.parametrize("rule", RULES)
def test_what_the_rules_make_holds(rule):
    rng = random.Random(rule)
    found = 0
    for item in OURS:
        if item.steps[-1][0] == rule:
            found += counted(from_json(certificate(item.steps)), rng, 1500)
    assert found > 20


def test_what_a_damaged_certificate_makes_holds():
    """A random change of a number, a place or an argument: refused, or it makes what is true."""
    rng = random.Random(1)
    certificates = [json.dumps(certificate(item.steps)) for item in OURS]
    made = found = 0
    for text in certificates * 60:
        damaged = json.loads(text)
        for _ in range(rng.choice((1, 1, 2))):
            damage(damaged, rng)
        try:
            theorem = from_json(damaged)
        except Refused:
            continue
        made += 1
        found += counted(theorem, rng)
    assert made > 500 and found > 1000


def damage(damaged, rng):
    rows, steps = damaged["terms"], damaged["steps"]
    numbered = [row for row in rows if row[0] in ("number", "bound")]
    with_places = [row for row in rows if isinstance(row[-1], int)]
    kind = rng.randrange(5)
    if kind == 0 and numbered:
        rng.choice(numbered)[1] = str(rng.randint(0, 3))
    elif kind == 1 and with_places:
        row = rng.choice(with_places)
        row[rng.choice([k for k, part in enumerate(row) if isinstance(part, int)])] = rng.randrange(len(rows))
    elif kind == 2:
        step = rng.choice(steps)
        if step["arguments"]:
            step["arguments"][rng.choice(sorted(step["arguments"]))] = {"term": rng.randrange(len(rows))}
    elif kind == 3:
        step = rng.choice(steps)
        if step["premises"]:
            step["premises"].remove(rng.choice(step["premises"]))
    else:
        row = rng.choice(rows)
        if row[0] in ("le", "lt", "eq", "sum", "forall", "add", "mul"):
            row[0] = rng.choice(("le", "lt", "eq") if row[0] in ("le", "lt", "eq") else ("add", "mul", "sum"))


# what follows by induction --------------------------------------------------------------------------------------------
def test_telescoping_by_induction():
    """Σ (q[i] − q[i − 1]), i = 1 … n, is q[n] − q[0], from the rules alone."""
    before = add(INDEX, number(-1))
    body = add(member("q", INDEX), minus(member("q", before)))

    def total(high):
        return bind("sum", INDEX, ONE, high, body)

    formula = eq(total(N), add(member("q", N), minus(member("q", number(0)))))
    zero, following = number(0), add(N, ONE)
    (of_n,) = given(integer(N))
    whole = {
        term: infer("integer", *premises, term=term)
        for term, premises in ((zero, ()), (ONE, ()), (N, (of_n,)), (following, (of_n,)))
    }
    first = infer("empty", whole[ONE], total=total(zero))
    start = infer("combination", first, conclusion=eq(total(zero), add(member("q", zero), minus(member("q", zero)))),
                  products=((ONE, ((0, 1),), ()),))  # fmt: skip
    (reached,) = given(le(zero, N))
    order = infer("combination", reached, conclusion=le(ONE, add(N, ONE)), products=((ONE, ((0, 1),), ()),))
    next_order = infer(
        "combination",
        reached,
        conclusion=le(ONE, add(following, ONE)),
        products=((ONE, ((0, 1),), ()), (ONE, (), ())),
    )
    (same,) = [infer("combination", conclusion=eq(body, body))]
    has_value = infer("termwise", same, whole[ONE], whole[following], whole[zero], next_order, left=total(following),
                      right=total(following), index=INDEX, shift=zero)  # fmt: skip
    upper = infer("combination", conclusion=le(N, following), products=((ONE, (), (ONE,)),))
    parts = infer(
        "split", has_value, whole[N], order, upper, total=total(following), middle=N, following=following
    )
    last = infer("single", whole[following], total=parts.conclusion.args[1].args[1])
    place = infer("combination", conclusion=eq(add(following, number(-1)), N))
    moved = infer("replace", place, left=member("q", place.conclusion.args[0]), right=member("q", N))
    (assumed,) = given(formula)
    step = infer(
        "combination", parts, last, moved, assumed,
        conclusion=eq(total(following), add(member("q", following), minus(member("q", zero)))),
        products=tuple((number(c), ((k, 1),), ()) for k, c in enumerate((1, 1, -1, 1))),
    )  # fmt: skip
    theorem = infer("induction", start, step, whole[zero], index=N, low=zero, high=M, formula=formula)
    assert theorem.hypotheses == {integer(N), le(zero, N), le(N, M)} and theorem.conclusion is formula
    assert counted(theorem, random.Random(2), 400) > 40
    assert from_json(json.loads(json.dumps(to_json(theorem)))).sequent == theorem.sequent


def given(*formulas):
    return [infer("assume", formula=formula) for formula in formulas]


def test_the_evaluator_and_the_kernel_mean_the_same():
    """Sums between numbers, from the rules alone: split off term by term."""
    rng = random.Random(3)
    for _ in range(40):
        low, length = rng.randint(-3, 3), rng.randint(0, 4)
        body = mul(power(INDEX, rng.randint(0, 2)), add(member("q", INDEX), number(rng.randint(-2, 2)), X))
        total = bind("sum", INDEX, number(low), number(low + length - 1), body)
        theorem = written_out(total, low, low + length - 1)
        assert not theorem.hypotheses and counted(theorem, rng, 10) > 5


def written_out(total, low, high):
    """Σ f(i) = f(low) + … + f(high)."""
    whole = [infer("integer", term=number(k)) for k in range(low - 1, high + 2)]
    if high < low:
        return infer("empty", *whole, total=total)
    parts = [
        infer("single", *whole, total=make("sum", number(k), number(k), total.args[2]))
        for k in range(low, high + 1)
    ]
    same = infer("combination", conclusion=eq(opened(total, INDEX), opened(total, INDEX)))
    shown = parts[-1]
    for k in range(high - 1, low - 1, -1):
        rest = make("sum", number(k), number(high), total.args[2])
        (order,) = [
            infer(
                "combination",
                conclusion=le(number(k), add(number(high), ONE)),
                products=((number(high + 1 - k), (), ()),),
            )
        ]
        value_ = infer(
            "termwise",
            same,
            *whole,
            infer("integer", term=number(0)),
            order,
            left=rest,
            right=rest,
            index=INDEX,
            shift=number(0),
        )
        (below,) = [
            infer(
                "combination", conclusion=le(number(k), number(high)), products=((number(high - k), (), ()),)
            )
        ]
        (after,) = [
            infer("combination", conclusion=le(number(k), add(number(k), ONE)), products=((ONE, (), ()),))
        ]
        pieces = infer(
            "split", value_, *whole, below, after, total=rest, middle=number(k), following=number(k + 1)
        )
        shown = infer(
            "combination", pieces, parts[k - low], shown,
            conclusion=eq(rest, add(opened(total, number(k)), shown.conclusion.args[1])),
            products=tuple((ONE, ((place, 1),), ()) for place in range(3)),
        )  # fmt: skip
    return shown


def test_ranges_of_integers_have_gaps():
    """Between 0 and 2 lies 1 alone."""
    below, above = given(lt(number(0), N), lt(N, number(2)))
    (whole,) = given(integer(N))
    ends = [infer("integer", term=number(k)) for k in (0, 2)]
    low = infer("discrete", below, whole, *ends)
    high = infer("discrete", above, whole, *ends)
    assert low.conclusion is le(add(number(0), ONE), N) and high.conclusion is le(add(N, ONE), number(2))
    with pytest.raises(Refused):
        infer("discrete", below, *ends)
