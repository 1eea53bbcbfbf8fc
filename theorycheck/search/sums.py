"""The search for equalities and inequalities of sums, for every length.

Every sum is brought to a form in which equal sums look equal: its body is one monomial, what does not vary stands outside, the
least place of a member is the variable itself, and its ends are 1 or have no number added; the terms that are over stand beside
it. Powers whose exponents are sums become products. Where that does not decide, induction on a length.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from theorycheck.kernel import (
    Refused,
    Term,
    Theorem,
    add,
    bind,
    defined,
    eq,
    infer,
    integer,
    le,
    lt,
    make,
    minus,
    mul,
    number,
    opened,
    power,
    variable,
)
from theorycheck.kernel.polynomials import ratios_of, to_term
from theorycheck.kernel.terms import arguments_of, ordered, substitute, variables_of, written
from theorycheck.search.context import Context, context_of
from theorycheck.search.inequalities import prover_of
from theorycheck.search.values import values_of

ZERO, ONE = number(0), number(1)
MOST_TERMS = 12
"""Terms that are split off one by one."""
END = variable("·end")
"""To which an induction runs."""
Weighted = tuple[Term, Theorem]
"""A coefficient, and an equation a = b that adds b − a, so many times."""
Monomial = tuple[Fraction, Mapping[Term, int]]


@dataclass(frozen=True)
class Setting:
    """What is known where sums are compared.

    Attributes
    ----------
    hypotheses : tuple of Term
        Comparisons.
    integers : tuple of Term
        Variables that are integers.
    """

    hypotheses: tuple[Term, ...]
    integers: tuple[Term, ...]
    _shown: dict[Term, Theorem | None] = field(default_factory=dict, compare=False, repr=False)
    _tidy: set[Term] = field(default_factory=set, compare=False, repr=False)
    """Sums that have their final form."""

    # what is known ------------------------------------------------------------------------------------------------------
    @functools.cached_property
    def context(self) -> Context:
        return context_of(self.hypotheses)

    def inside(self, index: Term, low: Term, high: Term) -> Setting:
        """At an integer of a range."""
        return Setting((*self.hypotheses, le(low, index), le(index, high)), (*self.integers, index))

    def without(self, name: Term, *known: Term) -> Setting:
        """Where nothing is known of a variable but this."""
        kept = tuple(h for h in self.hypotheses if name not in variables_of(h))
        others = tuple(i for i in self.integers if i is not name)
        return Setting((*kept, *known), (*others, name) if known else others)

    def show(self, goal: Term) -> Theorem:
        """A theorem that says this.

        Raises
        ------
        Refused
            If none is found.
        """
        found = self.try_to_show(goal)
        if found is None:
            raise Refused(f"{goal} is not found")
        return found

    def try_to_show(self, goal: Term) -> Theorem | None:
        if goal not in self._shown:
            self._shown[goal] = None  # a goal is no help for itself
            with contextlib.suppress(Refused):
                self._shown[goal] = self._show(goal)
        return self._shown[goal]

    def _show(self, goal: Term) -> Theorem | None:
        if goal in self.hypotheses:
            return infer("assume", formula=goal)
        if goal.head == "integer":
            names = [name for name in self.integers if name in variables_of(goal)]
            return infer("integer", *(infer("assume", formula=integer(n)) for n in names), term=goal.args[0])
        if goal.head == "eq":
            return infer("combination", *self.values(goal.args), conclusion=goal)
        return self.context.by_ranges(goal) or prover_of(self.context)(goal)

    def values(self, terms: Iterable[Term]) -> list[Theorem]:
        """Premises that show that terms have values."""
        terms = list(terms)
        sums = [self.value_of(part) for part in ordered(terms) if part.head == "sum"]
        return list(dict.fromkeys((*values_of(terms, self.context, self.try_to_show), *sums)))

    def value_of(self, total: Term) -> Theorem:
        """That a sum has a value."""
        goal = defined(total)
        if self._shown.get(goal) is None:
            low, high, _ = total.args
            index = self.fresh()
            terms = self.inside(index, low, high).show(defined(opened(total, index)))
            self._shown[goal] = self.termwise(terms, total, total, index)
        return self.show(goal)

    def fresh(self) -> Term:
        return variable(f"·{len(self.integers)}")

    def termwise(self, shown: Theorem, left: Term, right: Term, index: Term, shift: Term = ZERO) -> Theorem:
        low, high, _ = left.args
        known = [self.show(integer(t)) for t in (low, high, shift)]
        order = self.show(le(low, add(high, ONE)))
        values = self.values(right.args[:2])
        return infer(
            "termwise", shown, *known, order, *values, left=left, right=right, index=index, shift=shift
        )

    # equal terms --------------------------------------------------------------------------------------------------------
    def tidied(self, term: Term) -> tuple[Term, list[Theorem]]:
        """The final form of a term, and equations that lead there, each from what the one before came to."""
        steps: list[Theorem] = []
        final: set[Term] = set()
        while True:
            pending = (p for p in ordered([term]) if p.head in ("member", "power", "sum") and p not in final)
            part = next(pending, None)
            if part is None:
                return term, steps
            equation = self._tidied(part)
            if equation is None:
                final.add(part)
                continue
            moved = substitute(term, {part: equation.conclusion.args[1]})
            steps.append(infer("replace", equation, *self.values([term]), left=term, right=moved))
            term = moved

    def equal(self, left: Term, right: Term) -> Theorem:
        return self.combined(eq(left, right))

    def combined(
        self, conclusion: Term, facts: Sequence[Theorem] = (), more: Sequence[Weighted] = ()
    ) -> Theorem:
        """A comparison whose difference is the sum of the facts, which say 0 ≤ t, and of multiples of equations."""
        left, right = conclusion.args
        weighted: list[Weighted] = [(ONE, fact) for fact in facts]
        weighted += more
        for sign, term in ((1, left), (-1, right), *((1, fact.conclusion.args[1]) for fact in facts)):
            weighted += [(number(sign), step) for step in self.tidied(term)[1]]
        for coefficient, equation in more:
            for sign, side in ((-1, equation.conclusion.args[0]), (1, equation.conclusion.args[1])):
                weighted += [(mul(number(sign), coefficient), step) for step in self.tidied(side)[1]]
        return self._added(conclusion, weighted)

    def _added(self, conclusion: Term, weighted: Sequence[Weighted]) -> Theorem:
        premises = [theorem for _, theorem in weighted]
        products = tuple((c, ((place, 1),), ()) for place, (c, _) in enumerate(weighted))
        values = self.values([*conclusion.args, *(c for c, _ in weighted)])
        return infer("combination", *premises, *values, conclusion=conclusion, products=products)

    # single parts -------------------------------------------------------------------------------------------------------
    def _tidied(self, part: Term) -> Theorem | None:
        """An equation that brings a part nearer to its final form, or None if it has that."""
        if part.head == "member":
            places = [tidy(place) for place in part.args]
            equations = [(p, q) for p, q in zip(part.args, places, strict=True) if p is not q]
            if not equations:
                return None
            old, new = equations[0]
            same = self._added(eq(old, new), ())
            moved = make("member", *(new if p is old else p for p in part.args), value=part.value)
            return infer("replace", same, left=part, right=moved)
        if part.head == "power":
            return None if part.args[1].head == "number" else self._power(part)
        return None if part in self._tidy else self._sum(part)

    def _power(self, part: Term) -> Theorem | None:
        """b^(c + s − t) = b^c · b^s · (b^t)^(−1), and only b^(c + s) = b^c · b^s where b may not be positive."""
        base, exponent = part.args
        found = expanded(exponent)
        if found is None:
            return None
        constant = sum((c for c, factors in found if not factors), Fraction(0))
        units = [(c, product_of(factors)) for c, factors in found if factors]
        pieces: list[tuple[int, Term]] = []
        if not units:
            return self._with_exponent(part, number(constant))
        if self.try_to_show(lt(ZERO, base)) is not None:
            if any(c.denominator != 1 or abs(c) > MOST_TERMS for c, _ in units):
                return self._with_exponent(part, tidy(exponent))
            for c, unit in units:
                pieces += [(1 if c > 0 else -1, unit)] * abs(int(c))
        else:
            varying = without_constant(exponent)
            if constant < 0 or self.try_to_show(le(ZERO, varying)) is None:
                return self._with_exponent(part, tidy(exponent))
            pieces.append((1, varying))
        if constant == 0 and pieces == [(1, exponent)]:
            return None
        pieces.sort(key=lambda piece: -piece[0])
        so_far = power(base, number(constant))
        total: Term = number(constant)
        made: list[Theorem] = []
        values: list[Term] = []
        for place, (sign, unit) in enumerate(pieces):
            signed = unit if sign > 0 else minus(unit)
            total = add(total, signed)
            whole = part if place == len(pieces) - 1 else power(base, total)
            equation = self._exponents(whole, so_far, power(base, signed))
            if sign < 0:
                inverse = self._inverse(base, unit)
                shown = mul(so_far, inverse.conclusion.args[1])
                equation = self._added(eq(whole, shown), [(ONE, equation), (so_far, inverse)])
            values.append(power(base, unit) if sign > 0 else power(power(base, unit), -1))
            made.append(equation)
            so_far = whole
        weighted = [(mul(*values[place + 1 :]), equation) for place, equation in enumerate(made)]
        return self._added(eq(part, mul(power(base, number(constant)), *values)), weighted)

    def _with_exponent(self, part: Term, exponent: Term) -> Theorem | None:
        base, old = part.args
        if old is exponent:
            return None
        same = self._added(eq(old, exponent), ())
        return infer("replace", same, *self.values([part]), left=part, right=power(base, exponent))

    def _exponents(self, whole: Term, first: Term, second: Term) -> Theorem:
        positive = self.try_to_show(lt(ZERO, whole.args[0]))
        known = (
            [positive] if positive is not None else [self.show(integer(p.args[1])) for p in (first, second)]
        )
        values = self.values([whole, first, second])
        return infer("exponents", *known, *values, whole=whole, first=first, second=second)

    def _inverse(self, base: Term, unit: Term) -> Theorem:
        """b^(−s) = (b^s)^(−1)."""
        here, there = power(base, unit), power(base, minus(unit))
        one = self._exponents(power(base, ZERO), here, there)
        inverse = power(here, -1)
        return self._added(eq(there, inverse), [(minus(inverse), one)])

    def _sum(self, total: Term) -> Theorem | None:
        low, high, _ = total.args
        index = self.fresh()
        inner = self.inside(index, low, high)
        body = opened(total, index)
        form, steps = inner.tidied(body)
        weighted: list[Weighted] = []
        now = total
        parts = separated(form, index)
        if steps:
            now = bind("sum", index, low, high, form)
            same = inner._added(eq(body, form), [(ONE, step) for step in steps])
            weighted.append((ONE, self.termwise(same, total, now, index)))
        sums = [(c, bind("sum", index, low, high, m)) for c, m in parts]
        if sums != [(ONE, now)]:
            values = self.values([now, *(t for pair in sums for t in pair)])
            weighted.append((ONE, infer("linear", *values, total=now, parts=tuple(sums), index=index)))
        result = []
        for coefficient, part in sums:
            value, found = self._aligned(part)
            result.append(mul(coefficient, value))
            weighted += [(mul(coefficient, c), equation) for c, equation in found]
        if not weighted:
            return None
        if len(result) == 1 and sums[0][0] is ONE:
            result = [result[0].args[1]]
        return self._added(eq(total, add(*result)), weighted)

    def _aligned(self, total: Term) -> tuple[Term, list[Weighted]]:
        """A sum of one monomial over its final range, and the terms beside it."""
        whole = total
        low, high, body = total.args
        if body is ONE:
            known = [self.show(integer(low)), self.show(integer(high)), self.show(le(low, add(high, ONE)))]
            equation = infer("count", *known, total=total)
            return equation.conclusion.args[1], [(ONE, equation)]
        found: list[Weighted] = []
        length = constant_of(add(high, minus(low), ONE))
        shift = ZERO if length is not None else least_offset(total, self.fresh())
        if shift is not ZERO:
            total = self._shifted(total, shift, found)
            low, high, _ = total.args
        beside: list[Term] = []
        if length is not None:
            if not 0 <= length <= MOST_TERMS:
                raise Refused(f"{total} has {length} terms")
            if length == 0:
                found.append(
                    (ONE, infer("empty", self.show(integer(low)), *self.values([high]), total=total))
                )
                return ZERO, found
            for _ in range(int(length) - 1):
                total = self._without_first(total, beside, found)
            found.append((ONE, self._single(total)))
            return add(*beside, found[-1][1].conclusion.args[1]), found
        start, end = wanted_low(low), without_constant(high)
        gaps = [constant_of(add(start, minus(low))), constant_of(add(high, minus(end)))]
        if any(gap is None or abs(gap) > MOST_TERMS for gap in gaps):
            raise Refused(f"{total} has no final range")
        first, last = (int(gap) for gap in gaps if gap is not None)
        for _ in range(-first):
            total = self._with_first(total, beside, found)
        for _ in range(-last):
            total = self._with_last(total, beside, found)
        for _ in range(first):
            total = self._without_first(total, beside, found)
        for _ in range(last):
            total = self._without_last(total, beside, found)
        if total.args[:2] != (start, end):
            total = self._over(total, start, end, found)
        if total is whole:
            self._tidy.add(total)  # of another range the body may have another form
        return add(total, *beside), found

    def _over(self, total: Term, low: Term, high: Term, found: list[Weighted]) -> Term:
        """The same range, written otherwise."""
        new = make("sum", low, high, total.args[2])
        index = self.fresh()
        same = self.inside(index, *total.args[:2]).show(defined(opened(total, index)))
        found.append((ONE, self.termwise(same, total, new, index)))
        return new

    def _shifted(self, total: Term, shift: Term, found: list[Weighted]) -> Term:
        low, high, _ = total.args
        index = self.fresh()
        inner = self.inside(index, low, high)
        earlier = substitute(opened(total, index), {index: add(index, minus(shift))})
        new_low, new_high = tidy(add(low, shift)), tidy(add(high, shift))
        form, _ = self.inside(index, new_low, new_high).tidied(earlier)
        new = bind("sum", index, new_low, new_high, form)
        same = inner.equal(opened(total, index), opened(new, add(index, shift)))
        found.append((ONE, self.termwise(same, total, new, index, shift)))
        return new

    def _single(self, total: Term) -> Theorem:
        low, high, _ = total.args
        values = self.values([high, opened(total, low)])
        return infer("single", self.show(integer(low)), *values, total=total)

    def _split(self, total: Term, middle: Term, following: Term) -> Theorem:
        low, high, _ = total.args
        known = [self.show(goal) for goal in (integer(middle), le(low, add(middle, ONE)), le(middle, high))]
        values = self.values([total, following])
        return infer("split", *known, *values, total=total, middle=middle, following=following)

    def _without_first(self, total: Term, beside: list[Term], found: list[Weighted]) -> Term:
        low = total.args[0]
        parts = self._split(total, low, tidy(add(low, ONE)))
        one, rest = parts.conclusion.args[1].args
        only = self._single(one)
        found += [(ONE, parts), (ONE, only)]
        beside.append(only.conclusion.args[1])
        return rest

    def _without_last(self, total: Term, beside: list[Term], found: list[Weighted]) -> Term:
        high = total.args[1]
        parts = self._split(total, tidy(add(high, number(-1))), high)
        rest, one = parts.conclusion.args[1].args
        only = self._single(one)
        found += [(ONE, parts), (ONE, only)]
        beside.append(only.conclusion.args[1])
        return rest

    def _with_first(self, total: Term, beside: list[Term], found: list[Weighted]) -> Term:
        low, high, body = total.args
        before = tidy(add(low, number(-1)))
        return self._longer(total, make("sum", before, high, body), before, low, beside, found)

    def _with_last(self, total: Term, beside: list[Term], found: list[Weighted]) -> Term:
        low, high, body = total.args
        after = tidy(add(high, ONE))
        return self._longer(total, make("sum", low, after, body), high, after, beside, found)

    def _longer(
        self,
        total: Term,
        longer: Term,
        middle: Term,
        following: Term,
        beside: list[Term],
        found: list[Weighted],
    ) -> Term:
        parts = self._split(longer, middle, following)
        one = next(part for part in parts.conclusion.args[1].args if part is not total)
        only = self._single(one)
        found += [(number(-1), parts), (number(-1), only)]
        beside.append(minus(only.conclusion.args[1]))
        return longer


# forms ------------------------------------------------------------------------------------------------------------------
def expanded(term: Term) -> list[Monomial] | None:
    """The monomials of a polynomial in atoms, or None if it is none."""
    found = ratios_of([term])
    ((top, bottom),) = found.ratios
    if not bottom.is_constant():
        return None
    scale = bottom.leading_coefficient()
    return list(_monomials(top, scale, found.generators))


def _monomials(top: Any, scale: Any, generators: Sequence[Term]) -> Iterator[Monomial]:
    for exponents, coefficient in top.to_dict().items():
        value = coefficient / scale
        factors = {g: int(e) for g, e in zip(generators, exponents, strict=True) if e}
        yield Fraction(int(value.p), int(value.q)), factors


def product_of(factors: Mapping[Term, int]) -> Term:
    return mul(*sorted((g if e == 1 else power(g, e) for g, e in factors.items()), key=written))


def times(coefficient: Fraction, term: Term) -> Term:
    if coefficient == 1:
        return term
    return number(coefficient) if term is ONE else mul(number(coefficient), term)


def tidy(term: Term) -> Term:
    """A polynomial with its monomials in order; anything else as it is."""
    found = expanded(term)
    if found is None:
        return term
    return add(*sorted((times(c, product_of(factors)) for c, factors in found), key=written))


def constant_of(term: Term) -> Fraction | None:
    """The whole number that a term is, or None."""
    found = tidy(term)
    return found.value if found.head == "number" and found.value.denominator == 1 else None


def without_constant(term: Term) -> Term:
    found = expanded(term) or [(Fraction(1), {term: 1})]
    symbols = sorted((times(c, product_of(factors)) for c, factors in found if factors), key=written)
    return add(*symbols) if symbols else tidy(term)


def wanted_low(term: Term) -> Term:
    return ONE if constant_of(term) is not None else without_constant(term)


def separated(term: Term, index: Term) -> list[tuple[Term, Term]]:
    """A term as Σ c · m, where no c varies with the index and every m is a product of what does."""
    found = ratios_of([term])
    ((top, bottom),) = found.ratios
    constant, factors = bottom.factor()
    below = [(to_term(f, found.generators), int(k)) for f, k in factors]
    fixed = {power(f, -k): 1 for f, k in below if index not in variables_of(f)}
    varying = {power(f, -k): 1 for f, k in below if index in variables_of(f)}
    gathered: dict[Term, list[Term]] = {}
    for coefficient, powers in _monomials(top, constant, found.generators):
        outside = {**fixed, **{g: e for g, e in powers.items() if index not in variables_of(g)}}
        inside = {**varying, **{g: e for g, e in powers.items() if index in variables_of(g)}}
        gathered.setdefault(product_of(inside), []).append(times(coefficient, product_of(outside)))
    return [
        (add(*coefficients), m)
        for m, coefficients in sorted(gathered.items(), key=lambda item: written(item[0]))
    ]


def least_offset(total: Term, index: Term) -> Term:
    """The least integer that is added to the index at the places of members."""
    body = opened(total, index)
    offsets = []
    for part in ordered([body], arguments_of):
        if part.head == "member":
            for place in part.args:
                if index in variables_of(place):
                    offsets.append(None if place.loose else constant_of(add(place, minus(index))))
    whole = [offset for offset in offsets if offset is not None]
    return number(min(whole)) if whole and len(whole) == len(offsets) else ZERO


# lengths ----------------------------------------------------------------------------------------------------------------
def prove_sum(conclusion: Term, setting: Setting, facts: Sequence[Theorem] = ()) -> Theorem:
    """A comparison of sums: directly, or its equality by induction on a length.

    Parameters
    ----------
    conclusion : Term
        a = b, or a ≤ b where b − a is the sum of the facts.
    setting : Setting
    facts : sequence of Theorem
        0 ≤ t.

    Raises
    ------
    Refused
        If it is not found.
    """
    try:
        return setting.combined(conclusion, facts)
    except Refused as error:
        refused = error
    left, right = conclusion.args
    whole = add(left, *(fact.conclusion.args[1] for fact in facts))
    for length in lengths(setting, left, right):
        try:
            same = by_induction(eq(whole, right), length, setting)
        except Refused:
            continue
        if conclusion.head == "eq":
            return (
                setting.combined(conclusion, (), [(ONE, same)]) if same.conclusion is not conclusion else same
            )
        return setting._added(conclusion, [(ONE, same), *((ONE, fact) for fact in facts)])
    raise refused


def lengths(setting: Setting, *terms: Term) -> list[Term]:
    """Integers with a least value, at ends of sums or in exponents."""
    found: set[Term] = set()
    for part in ordered(terms, arguments_of):
        if part.head == "sum":
            found |= variables_of(*part.args[:2])
        elif part.head == "power":
            found |= variables_of(part.args[1])
    return [n for n in setting.integers if n in found and _least(n, setting) is not None]


def _least(length: Term, setting: Setting) -> Term | None:
    return next((low for low in (ONE, ZERO) if le(low, length) in setting.hypotheses), None)


def by_induction(formula: Term, length: Term, setting: Setting) -> Theorem:
    """An equality of sums, by D(n + 1) = c · D(n) for the difference of its sides."""
    low = _least(length, setting)
    if low is None:
        raise Refused(f"{length} has no least value")
    first = substitute(formula, {length: low})
    following = substitute(formula, {length: add(length, ONE)})
    start = setting.without(length).equal(*first.args)
    here = setting.without(length, le(low, length))
    assumed = infer("assume", formula=formula)
    step = None
    for factor in factors(formula, following, here):
        try:
            step = here.combined(following, (), [(factor, assumed)])
            break
        except Refused:
            continue
    if step is None:
        raise Refused(f"{formula} does not go on from {length} to the next")
    return inducted(start, step, length, low, formula)


def inducted(start: Theorem, step: Theorem, length: Term, low: Term, formula: Term) -> Theorem:
    """By induction up to the length itself."""
    whole = infer("integer", term=low)
    below_end = infer("induction", start, step, whole, index=length, low=low, high=END, formula=formula)
    to_itself = infer("combination", conclusion=le(length, length))
    return infer("cut", to_itself, infer("instantiate", below_end, replacements=((END, length),)))


def factors(now: Term, following: Term, setting: Setting) -> Iterator[Term]:
    """By what the difference of two sides may be multiplied from one length to the next."""
    yield ONE
    differences = []
    for formula in (now, following):
        forms = [setting.tidied(side)[0] for side in formula.args]
        differences.append(add(forms[0], minus(forms[1])))
    found = ratios_of(differences)
    (top, bottom), (next_top, next_bottom) = found.ratios
    for place, generator in enumerate(found.generators):
        if generator.head == "sum" and top.degrees()[place] == 1 and next_top.degrees()[place] == 1:
            before, after = top.derivative(place) * next_bottom, next_top.derivative(place) * bottom
            common = before.gcd(after)
            before, after = before // common, after // common
            below = () if before.is_one() else (power(to_term(before, found.generators), -1),)
            yield mul(to_term(after, found.generators), *below)
