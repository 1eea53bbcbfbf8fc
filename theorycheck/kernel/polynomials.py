"""Terms as fractions of polynomials in their atoms: when is a term 0 wherever it has a value?

Sums, products and integer powers are computed; every other real term, binders too, is an *atom*, an independent variable but for

    (b^(1/q))^q = b,   |t|² = t²,   cos² t = 1 − sin² t,   e^s · e^t = e^(s+t),   b^(t+n) = b^t · b^n,

⟨·, ·⟩ is expanded where a side is a sum or a multiple of vectors, and sinh t, cosh t, tanh t, tan t, erfc t are computed from
e^t, sin t and cos t, erf t.

Exponents are written as rational combinations of common monomials, e^(N/D) = Π (e^(m/D))^c, and the e^(m/D) are independent.

Of powers b^(t+n) of one base with one t, all that occur in the terms are written by that with the least n among them, which has a
value where the others have: b^(t+n) = b^(t+m) · b^(n−m) holds wherever both powers have values, for n ≥ m. (If b = 0 and b^(t+m)
has a value, then t + m ≥ 0, and for n > m both sides are 0.) That of the least n is an atom.

Wherever a term has a value, every base of a negative power in it is not 0, and so is the denominator that is computed here,
even after common factors are cancelled. A term whose numerator comes out as 0 is therefore 0 wherever it has a value; one
whose numerator does not may be 0 all the same.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint

from theorycheck.kernel.functions import FUNCTIONS
from theorycheck.kernel.refusal import Refused
from theorycheck.kernel.terms import Term, add, make, mul, number, ordered, power

LARGEST_EXPONENT = 4096
HIGHEST_DEGREE = 10**9
MOST_ATOMS = 1_000
MOST_MONOMIALS = 50_000
MOST_FACTORS = 100
"""Of a vector in a sum of vectors."""
MOST_WORK = 200_000_000
"""Products of machine words that writing a term as a fraction may take: a few seconds."""
LARGEST_GCD = 100_000
"""Monomials that two polynomials may have by their degrees, for common factors to be looked for."""
Ratio = tuple[Any, Any]
"""Numerator and denominator."""


@dataclass(frozen=True)
class Ratios:
    """Terms as numerators and denominators (`fmpq_mpoly`) in common generators.

    Attributes
    ----------
    ratios : tuple of (numerator, denominator)
    generators : tuple of Term
        What the generators stand for.
    """

    ratios: tuple[Ratio, ...]
    generators: tuple[Term, ...]


def vanishes(term: Term) -> bool:
    """Whether a term is shown to be 0 wherever it has a value."""
    ((top, _),) = ratios_of([term]).ratios
    return bool(top.is_zero())


def ratios_of(terms: Sequence[Term]) -> Ratios:
    """Write terms as fractions of polynomials.

    Raises
    ------
    Refused
        If one is too large to be expanded, or divides by what is 0.
    """
    least = _least_powers(terms)
    atoms = _atoms_of(terms, least)
    exponentials = [atom for atom in atoms if atom.head == "exp"]
    field, generators = _Field(atoms, least), atoms
    if exponentials:
        units = _Units(field, exponentials)
        generators = (*atoms, *units.terms(atoms))
        field = _Field(generators, least, lambda context: {e: units.ratio(e, context) for e in exponentials})
    return Ratios(tuple(map(field.reduced, field.ratios(terms))), generators)


def to_term(p: Any, generators: Sequence[Term]) -> Term:
    """A polynomial as a sum of products."""
    return add(*(_monomial(exponents, generators, _fraction(c)) for exponents, c in p.to_dict().items()))


def _monomial(exponents: Sequence[Any], generators: Sequence[Term], coefficient: Fraction) -> Term:
    powers = [
        generator if exponent == 1 else power(generator, int(exponent))
        for generator, exponent in zip(generators, exponents, strict=True)
        if exponent
    ]
    return mul(*powers) if coefficient == 1 and powers else mul(number(coefficient), *powers)


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def rational_exponent(term: Term) -> Fraction | None:
    """The exponent of a power if it is a number of moderate size."""
    if term.head != "power" or term.args[1].head != "number":
        return None
    exponent: Fraction = term.args[1].value
    return exponent if max(abs(exponent.numerator), exponent.denominator) <= LARGEST_EXPONENT else None


_MADE_OF: Mapping[str, tuple[str, ...]] = {
    "sinh": ("exp",),
    "cosh": ("exp",),
    "tanh": ("exp",),
    "tan": ("sin", "cos"),
    "erfc": ("erf",),
}
"""Functions that are computed from values of others at the same place."""


Least = Mapping[Term, tuple[int, Term]]
"""By b^t: the least n with which b^(t+n) occurs, and that power."""


def _skeleton(term: Term, least: Least) -> Sequence[Term]:
    """The arguments that are computed with; none of an atom, and of b^(p/q) the atom b^(1/q)."""
    if term.head in ("add", "mul"):
        return term.args
    if term.head in _MADE_OF:
        return tuple(make(head, *term.args) for head in _MADE_OF[term.head])
    if term.head == "inner":
        return () if _are_atoms(term.args) else (_expanded(term),)
    if term.head == "power" and term.args[1].head != "number":
        rest, n = _without_number(term)
        m, lowest = least.get(rest, (n, term))
        if term is lowest or n < m:
            return ()
        return (lowest,) if n == m else (lowest, term.args[0])
    exponent = rational_exponent(term)
    if exponent is None or exponent == Fraction(1, exponent.denominator) != 1:
        return ()
    return (term.args[0],) if exponent.denominator == 1 else (_root(term.args[0], exponent.denominator),)


def _are_atoms(vectors: Iterable[Term]) -> bool:
    return all(v.head not in ("vector sum", "scaled") for v in vectors)


def _expanded(product: Term) -> Term:
    """⟨Σ aᵢ vᵢ, Σ bⱼ wⱼ⟩ = Σ Σ aᵢ bⱼ ⟨vᵢ, wⱼ⟩."""
    left, right = map(_combination, product.args)
    if len(left) * len(right) > MOST_MONOMIALS:
        raise Refused(f"an inner product of {len(left)} and {len(right)} vectors is too large to be expanded")
    return add(*(mul(*a, *b, make("inner", v, w)) for a, v in left for b, w in right))


def _combination(v: Term) -> list[tuple[tuple[Term, ...], Term]]:
    """A vector as a sum of others, with the factors of each."""
    found: list[tuple[tuple[Term, ...], Term]] = []
    waiting: list[tuple[tuple[Term, ...], Term]] = [((), v)]
    while waiting:
        factors, part = waiting.pop()
        if part.head == "vector sum":
            waiting += [(factors, summand) for summand in reversed(part.args)]
        elif part.head == "scaled":
            waiting.append(((*factors, part.args[0]), part.args[1]))
        else:
            found.append((factors, part))
        if len(found) + len(waiting) > MOST_MONOMIALS or len(factors) > MOST_FACTORS:
            raise Refused("a vector is a sum of too many others")
    return found


def _without_number(term: Term) -> tuple[Term, int]:
    """b^t and n of b^(t+n), where a number is added to what is none; else the power itself and 0."""
    base, exponent = term.args
    others = [arg for arg in exponent.args if arg.head != "number"] if exponent.head == "add" else []
    if not others:
        return term, 0
    added = sum((arg.value for arg in exponent.args if arg.head == "number"), Fraction(0))
    n = math.floor(added)
    if abs(n) > LARGEST_EXPONENT:
        return term, 0
    return power(base, add(*([number(added - n)] if added != n else []), *others)), n


def _least_powers(terms: Iterable[Term]) -> Least:
    """The powers with the least n, of all that have a value where the terms have."""
    least: dict[Term, tuple[int, Term]] = {}

    def with_values(term: Term) -> Sequence[Term]:
        if term.head in ("add", "mul", "power", "inner", "vector sum", "scaled"):
            return term.args
        return term.args if term.head in FUNCTIONS else ()

    for part in ordered(terms, with_values):
        if part.head == "power" and part.args[1].head != "number":
            rest, n = _without_number(part)
            least[rest] = min(least.get(rest, (n, part)), (n, part), key=lambda item: item[0])
    return least


def _root(base: Term, degree: int) -> Term:
    return power(base, Fraction(1, degree))


def _is_atom(term: Term, least: Least) -> bool:
    return term.head != "number" and not _skeleton(term, least)


def _related(term: Term) -> tuple[Term, ...]:
    """The terms of which an atom's relation speaks."""
    if term.head in ("abs", "exp"):
        return term.args
    return (term.args[0],) if term.head == "power" and rational_exponent(term) is not None else ()


def _atoms_of(terms: Iterable[Term], least: Least) -> tuple[Term, ...]:
    """The atoms of terms and of their relations, those of which others are made last."""
    found = ordered(terms, lambda term: _related(term) if _is_atom(term, least) else _skeleton(term, least))
    return tuple(term for term in reversed(found) if _is_atom(term, least))


class _Field:
    """Fractions of polynomials in atoms; `replaced` gives those of atoms that are made of others."""

    def __init__(
        self,
        atoms: Sequence[Term],
        least: Least,
        replaced: Callable[[Any], Mapping[Term, Ratio]] = lambda context: {},
    ) -> None:
        self.least = least
        names = [f"g{place}" for place in range(len(atoms))]
        if len(names) > MOST_ATOMS:
            raise Refused(f"a term has more than {MOST_ATOMS} atoms")
        self.context = flint.fmpq_mpoly_ctx.get(names, flint.Ordering.lex)
        self.work = 0
        self.one = self.context.constant(1)
        own = {atom: (gen, self.one) for atom, gen in zip(atoms, self.context.gens(), strict=True)}
        self.known: dict[Term, Ratio] = {**own, **replaced(self.context)}
        found = enumerate(map(self._relation, atoms))
        self.relations = [(place, relation) for place, relation in found if relation is not None]

    def ratios(self, terms: Sequence[Term]) -> list[Ratio]:
        for term in ordered(terms, lambda term: _skeleton(term, self.least)):
            if term not in self.known:
                self.known[term] = self._ratio(term)
        return [self.known[term] for term in terms]

    def reduced(self, ratio: Ratio) -> Ratio:
        """A fraction after the relations were used."""
        top, bottom = ratio
        for place, relation in self.relations:
            top, bottom = (self._remainder(part, relation, place) for part in ratio)
            ratio = top, bottom
        if bottom.is_zero():
            raise Refused("a term divides by what is 0")
        return top, bottom

    def _ratio(self, term: Term) -> Ratio:
        if term.head == "number":
            value: Fraction = term.value
            return self.context.constant(flint.fmpq(value.numerator, value.denominator)), self.one
        parts = [self.known[part] for part in _skeleton(term, self.least)]
        if term.head == "add":
            total = parts[0]
            for part in parts[1:]:
                total = self._sum(total, part)
            return total
        if term.head == "mul":
            top, bottom = parts[0]
            for a, b in parts[1:]:
                top, bottom = self.product(top, a), self.product(bottom, b)
            return top, bottom
        if term.head in _MADE_OF:
            return self._made(term.head, parts)
        if term.head == "inner":
            return parts[0]
        if term.args[1].head != "number":
            if len(parts) == 1:
                return parts[0]
            rest, n = _without_number(term)
            factor = self._power(parts[1], n - self.least[rest][0])
            return self.product(parts[0][0], factor[0]), self.product(parts[0][1], factor[1])
        exponent = rational_exponent(term)
        assert exponent is not None  # `_skeleton` computes with nothing else
        return self._power(parts[0], exponent.numerator)

    def _made(self, head: str, parts: Sequence[Ratio]) -> Ratio:
        (a, b), *others = parts
        if head == "erfc":
            return b - a, b
        if head == "tan":
            ((c, d),) = others
            return self.product(a, d), self.product(b, c)
        aa, bb = self.product(a, a), self.product(b, b)  # of e^t and e^(−t), times the denominators
        if head == "tanh":
            return aa - bb, aa + bb
        return (aa - bb if head == "sinh" else aa + bb), 2 * self.product(a, b)

    def _sum(self, first: Ratio, second: Ratio) -> Ratio:
        (a, b), (c, d) = first, second
        if b == d:
            return a + c, b
        common = self.common_factor(b, d)
        b, d = b // common, d // common
        return self.product(a, d) + self.product(c, b), self.product(self.product(b, d), common)

    def _power(self, base: Ratio, exponent: int) -> Ratio:
        top, bottom = base
        if exponent < 0:
            top, bottom, exponent = bottom, top, -exponent
            if bottom.is_zero():
                raise Refused("a term divides by 0")
        return self._raised(top, exponent), self._raised(bottom, exponent)

    # ---- steps, none of which takes more than a moment

    def product(self, p: Any, q: Any) -> Any:
        self._spend(len(p) * len(q), _words(p) * _words(q))
        _check_degrees(max(p.degrees(), default=0) + max(q.degrees(), default=0))
        return _checked(p * q)

    def _raised(self, p: Any, exponent: int) -> Any:
        most = _most_in_power(p, exponent)
        if most > MOST_MONOMIALS:
            raise Refused(f"a sum of {len(p)} terms to the power {exponent} is too large to expand")
        self._spend(most, (exponent * _words(p)) ** 2)
        _check_degrees(max(p.degrees(), default=0) * exponent)
        return p**exponent

    def common_factor(self, p: Any, q: Any) -> Any:
        """A common factor of two polynomials; the largest where it is found quickly."""
        size = math.prod(max(a, b) + 1 for a, b in zip(p.degrees(), q.degrees(), strict=True))
        if min(len(p), len(q)) > 1 and size > LARGEST_GCD:
            return self.one
        self._spend(len(p) + len(q) if min(len(p), len(q)) == 1 else 20 * size, _words(p) * _words(q))
        return p.gcd(q)

    def _remainder(self, p: Any, relation: Any, place: int) -> Any:
        """A polynomial after a relation was used, which gives a power of the atom at a place."""
        degree = relation.degrees()[place]
        steps = Counter(int(exponents[place]) // degree for exponents in p.monoms())
        most = sum(count * _most_in_power(relation, k) for k, count in steps.items() if k)
        if most > MOST_MONOMIALS:
            raise Refused("a term is too large for the relations of its roots and absolute values")
        self._spend(most, (_words(p) + max(steps, default=0) * _words(relation)) ** 2)
        return divmod(p, relation)[1]

    def _spend(self, count: int, words: int) -> None:
        """Refuse what takes long: so many products of monomials, of so many words each."""
        self.work += count * words
        if self.work > MOST_WORK:
            raise Refused("a term is too large to be written as a fraction of polynomials")

    def _relation(self, atom: Term) -> Any:
        """A polynomial that is 0 wherever the atom has a value, or None."""
        if atom.head == "abs":
            (base,) = self.ratios([atom.args[0]])
            degree = 2
            base = self._power(base, 2)
        elif atom.head == "cos" and make("sin", *atom.args) in self.known:
            sine = self.known[make("sin", *atom.args)][0]
            base, degree = (self.one - sine**2, self.one), 2
        elif atom.head == "power" and (exponent := rational_exponent(atom)) is not None:
            (base,) = self.ratios([atom.args[0]])
            degree = exponent.denominator
        else:
            return None
        return self.known[atom][0] ** degree * base[1] - base[0]


def _checked(p: Any) -> Any:
    if len(p) > MOST_MONOMIALS:
        raise Refused(f"a polynomial has more than {MOST_MONOMIALS} terms when it is expanded")
    return p


def _check_degrees(highest: int) -> None:
    if highest > HIGHEST_DEGREE:
        raise Refused(f"a polynomial has a degree above {HIGHEST_DEGREE}")


def _words(p: Any) -> int:
    """The length of the coefficients of a polynomial and of its monomials, in machine words."""
    bits = max((int(c.height_bits()) for c in p.coeffs()), default=0)
    return 1 + bits // 64 + int(p.context().nvars()) // 8


class _Units:
    """Exponentials as products of powers of the same few e^(c·m/D)."""

    def __init__(self, field: _Field, exponentials: Sequence[Term]) -> None:
        ratios = [field.reduced(ratio) for ratio in field.ratios([e.args[0] for e in exponentials])]
        self.below = field.one
        for _, bottom in ratios:
            self.below = field.product(self.below, bottom // field.common_factor(self.below, bottom))
        self.exponents = {
            e: dict(field.product(top, self.below // bottom).to_dict())
            for e, (top, bottom) in zip(exponentials, ratios, strict=True)
        }
        monomials = sorted({m for exponent in self.exponents.values() for m in exponent})
        self.sizes = {m: _common_part([e[m] for e in self.exponents.values() if m in e]) for m in monomials}

    def terms(self, atoms: Sequence[Term]) -> Iterator[Term]:
        """The e^(c·m/D)."""
        for monomial, size in self.sizes.items():
            top = self.below.context().from_dict({monomial: size})
            common = top.gcd(self.below)
            below = self.below // common
            divided = () if below.is_one() else (power(to_term(below, atoms), -1),)
            yield make("exp", mul(to_term(top // common, atoms), *divided))

    def ratio(self, exponential: Term, context: Any) -> Ratio:
        top = bottom = context.constant(1)
        units = context.gens()[-len(self.sizes) :] if self.sizes else ()
        for unit, (monomial, size) in zip(units, self.sizes.items(), strict=True):
            count = int((self.exponents[exponential].get(monomial, flint.fmpq(0)) / size).p)
            _check_degrees(abs(count))
            top, bottom = (top * unit**count, bottom) if count >= 0 else (top, bottom * unit**-count)
        return top, bottom


def _most_in_power(p: Any, exponent: int) -> int:
    """A bound of the number of monomials of a power, by the degrees and by the number of products."""
    if len(p) < 2:
        return len(p)
    of_degrees = math.prod(int(degree) * exponent + 1 for degree in p.degrees())
    return of_degrees if exponent > 200 else min(of_degrees, math.comb(len(p) + exponent - 1, exponent))


def _common_part(values: Sequence[Any]) -> Any:
    """The largest number of which all are whole multiples."""
    return flint.fmpq(math.gcd(*(int(v.p) for v in values)), math.lcm(*(int(v.q) for v in values)))
