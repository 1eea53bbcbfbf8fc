"""The evaluation of means as theorems of the kernel: an expression is equal to its normal form.

It goes the way of `theorycheck.algebra.expectation.normal_form`, and asks the kernel at every step. What the kernel cannot see by
itself becomes a hypothesis: that a mean has a value, that a function is locally Lipschitz, that f is the mean of its samples.
What is assumed of something random is assumed of almost all of its values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sympy

from theorycheck.algebra.expectation import (
    Expectation,
    RandomVariable,
    mean_out,
    structured_atoms,
)
from theorycheck.algebra.functions import AbstractFunction, Value
from theorycheck.algebra.mean_rules import absolute, both_orders, is_sample, mean_of_monomial, shift
from theorycheck.algebra.vectors import InnerProduct, Vector, depends_on
from theorycheck.derivations.mean_terms import MeanNames, index_of, needed
from theorycheck.kernel import (
    Refused,
    Term,
    Theorem,
    bind,
    defined,
    eq,
    infer,
    inner,
    le,
    lt,
    make,
    mul,
    number,
)
from theorycheck.kernel.definedness import conditions_of
from theorycheck.kernel.terms import ordered, outer_parts, substitute, variables_of
from theorycheck.search.context import Context
from theorycheck.search.inequalities import prove

ZERO, ONE = number(0), number(1)
Equation = Theorem | None
"""a = b; None where both are the same as polynomials."""


class Means:
    """Evaluates means of expressions.

    Attributes
    ----------
    names : MeanNames
    context : Context
        What is known of the numbers that are not random.
    """

    def __init__(self, names: MeanNames, context: Context) -> None:
        self.names, self.context = names, context

    # values -----------------------------------------------------------------------------------------------------------
    def values(self, terms: Iterable[Term], premises: Sequence[Theorem] = ()) -> list[Theorem]:
        """That the parts of terms have values, but for what premises show: by ranges, or else as assumptions."""
        shown = set(ordered(premise.conclusion for premise in premises))
        found = []
        for part in ordered(terms, lambda term: () if term in shown else outer_parts(term)):
            if part not in shown and () not in conditions_of(part):
                formula = defined(part if part.sort == "real" else inner(part, part))
                found.append(self.context.by_ranges(formula) or infer("assume", formula=formula))
        return found

    def equation(self, left: Term, right: Term, used: Sequence[tuple[Theorem, Term]]) -> Theorem:
        """left = right, since they differ by multiples of equations."""
        products = tuple((c, ((place, 1),), ()) for place, (_, c) in enumerate(used))
        premises = [theorem for theorem, _ in used]
        values = self.values([left, right, *(c for _, c in used)], premises)
        return infer("combination", *premises, *values, conclusion=eq(left, right), products=products)

    # expressions ------------------------------------------------------------------------------------------------------
    def evaluated(self, expression: Any) -> tuple[Any, Equation]:
        """The normal form, and that the expression is equal to it."""
        expression = sympy.sympify(expression)
        start = _expanded(expression)
        current, used = start, []
        for atom in sorted(_atoms(start), key=sympy.default_sort_key):
            new, equation = self._atom(atom)
            if equation is None:
                continue
            before, current = current, sympy.expand(current.xreplace({atom: new}))
            used.append((equation, self.names.term(_slope(before, atom, new))))
        if not used:
            return start, None
        following, more = self.evaluated(current)
        if more is not None:
            used.append((more, ONE))
        return following, self.equation(self.names.term(expression), self.names.term(following), used)

    def _function(self, e: Any) -> tuple[Any, Equation]:
        """A function of expressions (a power with any exponent too) is that function of their normal forms."""
        steps: list[Theorem] = []
        forms = []
        start = term = self.names.term(e)
        for argument in e.args:
            form, equation = self.evaluated(argument)
            forms.append(form)
            old, new = self.names.term(argument), self.names.term(form)
            if old is new:
                continue
            equation = equation or self.equation(old, new, [])
            following = substitute(term, {old: new})
            steps.append(
                infer(
                    "replace",
                    equation,
                    *self.values([term], [equation, *steps]),
                    *steps,
                    left=term,
                    right=following,
                )
            )
            term = following
        result = e.func(*forms)
        if not steps or self.names.term(result) is start:
            return e, None
        return result, self.equation(start, self.names.term(result), [(step, ONE) for step in steps])

    def _atom(self, atom: Any) -> tuple[Any, Equation]:
        if isinstance(atom, Expectation):
            return self._expectation(atom)
        if not isinstance(atom, InnerProduct):
            return self._function(atom)
        out = mean_out(atom)
        if out is atom:
            return atom, None
        vector, other = next(
            pair
            for pair in both_orders(atom)
            if pair[0].meaning[:1] == ("mean",) and pair[0].meaning[2].name not in pair[1].depends_on
        )
        total, fixed = self.names.vector(vector), self.names.vector(other)
        name = self.names.name(vector.meaning[2].name)
        values = self.values([total, fixed])
        return out, infer("inside", *values, total=total, other=fixed, name=name)

    def _expectation(self, atom: Expectation) -> tuple[Any, Equation]:
        """E over the last variable of what is within."""
        *first, v = needed(atom.inside, atom.variables)
        inside = Expectation(atom.inside, tuple(first)) if first else atom.inside
        form, equation = self.evaluated(inside)
        total = self.names.mean(self.names.term(inside), v)
        if total is not self.names.term(atom):
            raise Refused(f"{atom} is no mean of a mean")
        used = []
        if equation is not None:
            sure = self.almost(equation, v)
            used.append((infer("monotone", sure, *self.values([total])), ONE))
            total = used[-1][0].conclusion.args[1]
        parts = _by_what_is_random(form, v)
        if equation is None and list(parts) == [atom.inside]:
            value, found = self._monomial(atom.inside, v, total)
            return (atom, None) if found is None else (value, found)
        means, totals = {}, {}
        for monomial in parts:
            totals[monomial] = self.names.mean(self.names.term(monomial), v)
            means[monomial] = self._monomial(monomial, v, totals[monomial])
        factors = {monomial: self.names.term(outside) for monomial, outside in parts.items()}
        pairs = [(factors[monomial], totals[monomial]) for monomial in parts]
        used.append((self._linear(total, pairs, v, [t for _, t in means.values() if t is not None]), ONE))
        used += [(t, factors[monomial]) for monomial, (_, t) in means.items() if t is not None]
        result = sympy.expand(
            sympy.Add(*(outside * means[monomial][0] for monomial, outside in parts.items()))
        )
        return result, self.equation(self.names.term(atom), self.names.term(result), used)

    def _linear(
        self, total: Term, parts: Sequence[tuple[Term, Term]], v: RandomVariable, known: Sequence[Theorem]
    ) -> Theorem:
        name = self.names.name(v.name)
        premises = [*known, *self.values([term for pair in parts for term in pair], known)]
        try:
            return infer("linear mean", *premises, total=total, parts=tuple(parts), name=name)
        except Refused:  # something cancels, which has to have a value all the same
            (body,) = total.args
            sure = make(total.head.replace("mean", "almost"), defined(body), value=total.value)
            more = infer("assume", formula=sure)
            return infer("linear mean", *premises, more, total=total, parts=tuple(parts), name=name)

    def almost(self, theorem: Theorem, v: RandomVariable) -> Theorem:
        """That what a theorem says of a random variable holds almost surely, if what it assumes does."""
        name, index = self.names.name(v.name), index_of(v)
        sure = [
            infer("assume", formula=bind(f"{v.law} almost", name, h, value=index or None))
            for h in sorted(theorem.hypotheses, key=repr)
            if name in variables_of(h) and not (v.law == "uniform" and h in unit_interval(name))
        ]
        return infer("almost", theorem, *sure, law=v.law, name=name, index=index)

    # monomials --------------------------------------------------------------------------------------------------------
    def _monomial(self, monomial: Any, v: RandomVariable, total: Term) -> tuple[Any, Equation]:
        """The mean of a product of factors that all depend on the variable; opaque if no rule evaluates it."""
        if monomial == 1:
            return sympy.Integer(1), infer("constant", total=total)
        value = mean_of_monomial(monomial, v)
        if value is None:
            return Expectation(monomial, (v,)), None
        rules = {"gaussian": self._gaussian, "uniform": self._uniform, "index": self._index}
        theorem = rules[v.law](monomial, value, v, total)
        if theorem.conclusion.args[0] is not total:
            linear = self._linear(total, [(ONE, theorem.conclusion.args[0])], v, [theorem])
            theorem = self.equation(total, theorem.conclusion.args[1], [(linear, ONE), (theorem, ONE)])
        return value, theorem

    def _uniform(self, monomial: Any, value: Any, v: RandomVariable, total: Term) -> Theorem:
        return infer("power", exponent=int(monomial.as_base_exp()[1]))

    def _index(self, monomial: Any, value: Any, v: RandomVariable, total: Term) -> Theorem:
        if isinstance(monomial, Value):
            where = {"scale": monomial.function.sigma, "point": monomial.point}
            f = monomial.function
            rule = "sampled"
        else:
            basis, other = next(
                (basis, other)
                for basis, other in both_orders(monomial)
                if basis.meaning[:1] == ("gradient",) and v.name not in other.depends_on
            )
            _, f, point = basis.meaning
            where = {"scale": f.sigma, "point": point, "direction": Vector({other: 1})}
            rule = "gradients"
        sample, mean = next(pair for pair in v.means if is_sample(f, pair[0]))
        arguments = {name: self._argument(thing) for name, thing in where.items()}
        declared = infer("assume", formula=self._declared(sample, mean, v))
        return infer(rule, declared, *self.values([total, *arguments.values()]), **arguments)

    def _argument(self, thing: Any) -> Term:
        return self.names.combination(thing) if isinstance(thing, Vector) else self.names.term(thing)

    def _declared(self, sample: AbstractFunction, mean: AbstractFunction, v: RandomVariable) -> Term:
        """E_k f_k = f everywhere."""
        anywhere = make("vector", value="anywhere")
        values = [
            make("value", ZERO, anywhere, *map(self.names.name, sorted(f.depends_on)), value=f.name)
            for f in (sample, mean)
        ]
        return bind("every", anywhere, eq(self.names.mean(values[0], v), values[1]))

    def _gaussian(self, monomial: Any, value: Any, v: RandomVariable, total: Term) -> Theorem:
        factors = sympy.Mul.make_args(monomial)
        name = self.names.name(v.name)
        of_function = next((factor for factor in factors if isinstance(factor, Value)), None)
        if of_function is not None:
            where = self._moved(of_function.function, of_function.point, v)
            limit = self.names.at("value", where["function"], where["from"])
            rule = "smoothing"
            if len(factors) > 1:
                (product,) = (factor for factor in factors if factor is not of_function)
                _, other = next(pair for pair in both_orders(product) if self.names.vector(pair[0]) is name)
                direction = self.names.vector(other)
                total = self.names.mean(mul(self.names.term(of_function), inner(name, direction)), v)
                limit = inner(self.names.at("gradient", where["function"], where["from"]), direction)
                rule = "parts"
            values = self.values([limit, *where["arguments"].values()])
            return infer(rule, *values, total=total, **where["arguments"])
        gradients = [
            (basis, other)
            for basis, other in (both_orders(monomial) if isinstance(monomial, InnerProduct) else ())
            if basis.meaning[:1] == ("gradient",) and v.name not in other.depends_on
        ]
        if gradients:
            (_, function, point), other = gradients[0][0].meaning, gradients[0][1]
            where = self._moved(function, point, v)
            limit = inner(
                self.names.at("gradient", where["function"], where["from"]), self.names.vector(other)
            )
            values = self.values([limit, *where["arguments"].values()])
            premises = self._regular(function, total)
            return infer("exchange", *premises, *values, total=total, **where["arguments"])
        directions: list[Term] = []
        radius = 0
        for factor in factors:
            base, exponent = factor.as_base_exp()
            _, other = next(pair for pair in both_orders(base) if self.names.vector(pair[0]) is name)
            if self.names.vector(other) is name:
                radius += int(exponent)
            else:
                directions += [self.names.vector(other)] * int(exponent)
        return infer("moment", *self.values(directions), directions=tuple(directions), radius=radius)

    def _moved(self, function: AbstractFunction, point: Vector, v: RandomVariable) -> dict[str, Any]:
        """The arguments of the rules on f_s(p + σu), and f_r."""
        split = shift(point, v)
        if split is None:
            raise Refused(f"{point} is no point that is moved by {v.name}")
        start, rate = split
        smoothed = function.smooth(absolute(rate))
        arguments = {
            "name": self.names.name(v.name),
            "point": self.names.combination(start),
            "rate": self.names.term(rate),
            "scale": self.names.term(smoothed.sigma),
        }
        return {"function": smoothed, "from": start, "arguments": arguments}

    def _regular(self, function: AbstractFunction, total: Term) -> list[Theorem]:
        """That a function is smoothed already, or that it is locally Lipschitz and the mean of its gradient has a value."""
        positive = prove(lt(ZERO, self.names.term(function.sigma)), self.context)
        if positive is not None:
            return [positive.theorem]
        indices = map(self.names.name, sorted(function.depends_on))
        regular = make("locally lipschitz", *indices, value=function.name)
        return [infer("assume", formula=regular), *self.values([total])]


def unit_interval(t: Term) -> frozenset[Term]:
    """What holds of a number that is uniform on [0, 1], almost surely."""
    return frozenset([le(ZERO, t), lt(ZERO, t), le(t, ONE), lt(t, ONE)])


def _by_what_is_random(expression: Any, v: RandomVariable) -> dict[Any, Any]:
    """An expanded expression as a sum of monomials in what depends on a variable, with coefficients that do not."""
    parts: dict[Any, Any] = {}
    for term in sympy.Add.make_args(sympy.expand(expression)):
        factors = sympy.Mul.make_args(term)
        inside = sympy.Mul(*(factor for factor in factors if v.name in depends_on(factor)))
        outside = sympy.Mul(*(factor for factor in factors if v.name not in depends_on(factor)))
        parts[inside] = parts.get(inside, 0) + outside
    return parts


def _slope(expression: Any, atom: Any, new: Any) -> Any:
    """(expression at new − expression) / (new − atom), for a polynomial in the atom."""
    x = sympy.Dummy("x", real=True)
    replaced = sympy.expand(expression.xreplace({atom: x}))
    if not replaced.is_polynomial(x):
        raise Refused(f"{expression} is no polynomial in {atom}")
    coefficients = sympy.Poly(replaced, x).all_coeffs()[::-1]
    powers = (
        c * sympy.Add(*(new**j * atom ** (i - 1 - j) for j in range(i))) for i, c in enumerate(coefficients)
    )
    return sympy.expand(sympy.Add(*powers))


def _atoms(expression: Any) -> set[Any]:
    """Of what an expression is a polynomial, as far as there are inner products and means in it."""
    if isinstance(expression, (InnerProduct, Expectation)):
        return {expression}
    if expression.is_Add or expression.is_Mul:
        return set().union(*map(_atoms, expression.args))
    if expression.is_Pow and expression.exp.is_Integer and expression.exp > 0:
        return _atoms(expression.base)
    return {expression} if structured_atoms(expression) else set()


def _expanded(expression: Any) -> Any:
    """The expression with its inner products and itself multiplied out, but for what stands in functions."""
    atoms = _atoms(expression)
    kept = {a: sympy.Dummy(real=True) for a in atoms if not isinstance(a, InnerProduct)}
    products = {a: a.expanded() for a in atoms if isinstance(a, InnerProduct)}
    form = sympy.expand(expression.xreplace(kept).xreplace(products))
    return sympy.expand(form.xreplace({dummy: a for a, dummy in kept.items()}))
