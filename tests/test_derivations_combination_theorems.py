"""Combinations and equalities of the algebra as theorems of the kernel: what they assume, and what is refused."""

import json
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.algebra import AbstractFunction, inner, norm_squared, normal_form, vector
from theorycheck.algebra.expectation import gaussian
from theorycheck.derivations.combination_theorems import Product, combination_theorem, equality_theorem
from theorycheck.derivations.kernel_terms import Names, to_term
from theorycheck.errors import ClaimError, NotExactError
from theorycheck.kernel import Refused, from_json, le, lt, make, number, power, to_json, variable
from theorycheck.kernel.terms import add, mul

X, Y, Z = vector("x"), vector("y"), vector("z")
P, Q = sympy.symbols("p q", positive=True)
R = sympy.Symbol("r", real=True)
ZERO = number(0)


def assumed(theorem):
    """The hypotheses, after the theorem was made again from JSON."""
    assert from_json(json.loads(json.dumps(to_json(theorem)))).sequent == theorem.sequent
    return theorem.hypotheses


def coefficients(v):
    return dict(v.terms)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(st.integers(-3, 3), min_size=3, max_size=3), st.integers(1, 5))
def test_squares_of_vectors(numbers, weight):
    a, b, c = numbers
    v = X * a + Y * b + Z * (c * P)
    if not v.terms:
        return
    target = normal_form(weight * Q * norm_squared(v))
    product = Product(norms=(coefficients(v),), signed=(weight * Q,))
    positive = {lt(ZERO, variable("p")), lt(ZERO, variable("q"))}
    assert assumed(combination_theorem(target, [product])) <= positive
    with pytest.raises(Refused):
        combination_theorem(target - 1, [product])
    with pytest.raises(Refused):
        combination_theorem(target, [product], relation="<")


def test_squares_and_signs_of_numbers():
    products = [Product(squares=(R - Q,), signed=(P,)), Product(signed=(2 * P * Q,))]
    target = sympy.expand(P * (R - Q) ** 2 + 2 * P * Q)
    for strict in (False, True):
        theorem = combination_theorem(target, products, relation="<" if strict else "<=")
        assert assumed(theorem) == {lt(ZERO, variable("p")), lt(ZERO, variable("q"))}
        assert theorem.conclusion.head == ("lt" if strict else "le")
    for wrong in ([products[0]], [*products, products[1]], [Product(squares=(R,), signed=(P,)), products[1]]):
        with pytest.raises(Refused):
            combination_theorem(target, wrong)
    with pytest.raises(Refused, match="is not found"):
        combination_theorem(R, [Product(signed=(R,))])


def test_facts_are_hypotheses():
    fact = sympy.exp(P**2) - 1 - P**2
    decays = sympy.exp(-(P**2))
    theorem = combination_theorem(
        sympy.expand(decays * fact), [Product(facts=((fact, "<="),), signed=(decays,))]
    )
    assert le(ZERO, Names(opaque=True).term(fact)) in assumed(theorem)
    strict = combination_theorem(R, [Product(facts=((R, "<"),))], relation="<")
    assert assumed(strict) == {lt(ZERO, variable("r"))}
    with pytest.raises(Refused):
        combination_theorem(R, [Product(facts=((R, "<="),))], relation="<")


def test_what_the_claim_makes_nonnegative():
    product = Product(signed=(R - 2,))
    with pytest.raises(Refused):
        combination_theorem(R - 2, [product])
    assert assumed(combination_theorem(R - 2, [product], [(R - 2, False)])) == {le(ZERO, to_term(R - 2))}


def test_what_prints_alike_is_not_merged():
    """A point u and a Gaussian u both print as u; one vector for both would show too much."""
    fixed, random = vector("u"), gaussian("u", sympy.Integer(2)).vector
    with pytest.raises(ClaimError, match="two different vectors"):
        Names(opaque=True).term(inner(fixed, X) - inner(random, X))
    with pytest.raises(ClaimError, match="two different vectors"):
        combination_theorem(normal_form(norm_squared(fixed)), [Product(norms=(coefficients(random),))])
    with pytest.raises(ClaimError, match="two different symbols"):
        to_term(sympy.Symbol("s", positive=True) - sympy.Symbol("s", real=True))


def test_a_symbol_that_is_named_like_an_inner_product_is_a_number():
    named = sympy.Symbol("<x,x>", real=True)
    with pytest.raises(Refused):
        combination_theorem(named, [Product(norms=(coefficients(X),))])
    with pytest.raises(Refused):
        equality_theorem(named, normal_form(norm_squared(X)))


def test_equalities_hold_where_both_sides_have_values():
    assert assumed(equality_theorem((R + 1) ** 2, R**2 + 2 * R + 1)) == frozenset()
    quotient = equality_theorem(R / R**2, 1 / R)  # SymPy writes both as 1/r
    assert all(h.head == "eq" and h.args[0] is h.args[1] for h in assumed(quotient))
    f = AbstractFunction("f")
    assert assumed(equality_theorem(f(X) * (P + 1), f(X) * P + f(X))) == frozenset()
    with pytest.raises(Refused):
        equality_theorem(f(X), f(Y))
    with pytest.raises(Refused):
        equality_theorem(sympy.sqrt(R**2), R)


def test_terms_of_expressions():
    x = variable("r")
    assert to_term(sympy.Rational(2, 3) * R) is mul(number(Fraction(2, 3)), x)
    assert to_term(sympy.sqrt(R)) is power(x, Fraction(1, 2))
    assert to_term(sympy.E**2) is make("exp", number(2)) or to_term(sympy.E**2).head == "power"
    step = to_term(sympy.Piecewise((1, R > 0), (R, True)))
    assert step is make("piecewise", lt(ZERO, x), number(1), make("true"), x)
    assert to_term(sympy.Max(R, 1)).head == "max" and to_term(R + 1) in (add(x, number(1)), add(number(1), x))
    for e in (
        sympy.I * R,
        sympy.Float(0.1) * R,
        sympy.zoo,
        sympy.oo,
        sympy.nan,
        sympy.floor(R),
        sympy.zeta(R),
    ):
        with pytest.raises(NotExactError):
            to_term(e)
