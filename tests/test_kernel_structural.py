"""The rules for all formulas, used together: a small proof by cases, general theorems and their instances."""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from tests.kernel_terms import RATIONALS, X, Y, terms
from tests.kernel_values import is_refuted
from theorycheck.kernel import (
    Refused,
    add,
    defined,
    eq,
    from_json,
    infer,
    le,
    lt,
    make,
    mul,
    number,
    power,
    to_json,
    variable,
)
from theorycheck.kernel.terms import substitute

ZERO = number(0)
Z = variable("z")


def assumed(*formulas):
    return [infer("assume", formula=formula) for formula in formulas]


def test_an_equality_from_two_inequalities_by_cases_and_cuts():
    """min(x, 0) · max(x, 0) = 0: one of both is 0, whichever sign x has."""
    low, high = make("min", X, ZERO), make("max", X, ZERO)
    product = mul(low, high)
    shown = []
    for case in (le(X, ZERO), le(ZERO, X)):
        part = high if case.args[0] is X else low
        (premise,) = assumed(case)
        sides = [infer("range", premise, conclusion=formula) for formula in (le(part, ZERO), le(ZERO, part))]
        zero = infer("antisymmetry", *sides)
        assert zero.conclusion is eq(part, ZERO) and zero.hypotheses == {case}
        other = low if part is high else high
        shown.append(
            infer("combination", zero, conclusion=eq(product, ZERO), products=((other, ((0, 1),), ()),))
        )
    theorem = infer("cases", *shown, left=X, right=ZERO)
    assert theorem.hypotheses == frozenset() and theorem.conclusion is eq(product, ZERO)
    (user,) = assumed(eq(product, ZERO))
    assert infer("cut", theorem, user).sequent == theorem.sequent
    instance = infer("instantiate", theorem, replacements=((X, add(Y, Z)),))
    assert instance.conclusion is substitute(eq(product, ZERO), {X: add(Y, Z)})
    assert from_json(to_json(instance)).sequent == instance.sequent


def test_antisymmetry():
    first, second = assumed(le(X, Y), le(Y, X))
    assert infer("antisymmetry", first, second).conclusion is eq(X, Y)
    assert infer("antisymmetry", second, first).conclusion is eq(Y, X)
    for pair in (
        (first, first),
        (first, *assumed(lt(Y, X))),
        (*assumed(lt(X, Y)), second),
        (first,),
        (first, *assumed(le(Y, Z))),
    ):
        with pytest.raises(Refused):
            infer("antisymmetry", *pair)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(terms(), terms(3), RATIONALS, RATIONALS)
def test_instances_and_replacements_are_true_wherever_their_hypotheses_hold(term, other, a, b):
    other = substitute(other, {X: Y})
    point = {X: a, Y: b, Z: Fraction(1, 3)}
    general = infer("combination", *assumed(defined(term)), conclusion=eq(term, term))
    premise = assumed(defined(other))
    instance = infer("instantiate", general, *premise, replacements=((X, other), (Y, Z)))
    assert instance.hypotheses == {substitute(defined(term), {X: other, Y: Z}), defined(other)}
    assert not is_refuted(instance.hypotheses, instance.conclusion, point)
    moved = substitute(term, {X: other})
    replaced = infer("replace", *assumed(eq(X, other), defined(term)), left=term, right=moved)
    assert replaced.conclusion is eq(term, moved)
    assert not is_refuted(replaced.hypotheses, replaced.conclusion, {**point, X: b})


def test_an_instance_needs_values():
    general = infer("combination", conclusion=le(ZERO, power(X, 2)), products=((number(1), (), (X,)),))
    with pytest.raises(Refused, match="no value"):
        infer("instantiate", general, replacements=((X, make("log", Y)),))
    assert infer(
        "instantiate", general, *assumed(lt(ZERO, Y)), replacements=((X, make("log", Y)),)
    ).hypotheses == {lt(ZERO, Y)}
