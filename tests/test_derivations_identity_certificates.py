"""Certificates of identities replay without SymPy, and wrong ones do not."""

import copy
import json

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.algebra import AbstractFunction, inner, norm_squared, normal_form, vector
from theorycheck.algebra.expectation import gaussian
from theorycheck.derivations.identity_certificates import Variables, identity_certificate, to_poly
from theorycheck.derivations.replay import replay_certificate
from theorycheck.errors import ClaimError, ReplayError

X, Y, Z = vector("x"), vector("y"), vector("z")
P, Q = sympy.symbols("p q", positive=True)
R = sympy.Symbol("r", real=True)


def replayed(made):
    certificate, known = made
    replay_certificate(json.loads(json.dumps(certificate)), known)


def square_term(v, multiplier=sympy.Integer(1)):
    return {
        "kind": "square",
        "label": "square",
        "multiplier": multiplier,
        "factor": normal_form(norm_squared(v)),
        "vectors": {basis.name: c for basis, c in v.terms},
    }


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.lists(st.integers(-3, 3), min_size=3, max_size=3), st.integers(1, 5))
def test_squares_of_vectors(coefficients, weight):
    a, b, c = coefficients
    v = X * a + Y * b + Z * (c * P)
    target = normal_form(weight * Q * norm_squared(v))
    replayed(identity_certificate(target, [square_term(v, weight * Q)] if v.terms else []))


def test_scalar_square_and_sign():
    terms = [
        {
            "kind": "square",
            "label": "s",
            "multiplier": P,
            "factor": sympy.expand((R - Q) ** 2),
            "square_of": R - Q,
        },
        {"kind": "nonnegative", "label": "n", "multiplier": sympy.Integer(2), "factor": P * Q},
    ]
    target = sympy.expand(P * (R - Q) ** 2 + 2 * P * Q)
    certificate, known = identity_certificate(target, terms)
    replayed((certificate, known))
    for damage in (
        lambda c: c["target"][0].__setitem__(0, "7/1"),
        lambda c: c["terms"][0].__setitem__("square_of", [["1/1", {"r": 1}]]),
        lambda c: c["signs"].__setitem__("p", "real"),
        lambda c: c["terms"].pop(),
    ):
        broken = copy.deepcopy(certificate)
        damage(broken)
        with pytest.raises(ReplayError):
            replayed((broken, known))


def test_inverse_exponentials_cancel():
    grows, decays = sympy.exp(P**2), sympy.exp(-(P**2))
    terms = [{"kind": "hypothesis", "label": "h", "multiplier": decays, "factor": grows - 1 - P**2}]
    replayed(identity_certificate(sympy.expand(decays * (grows - 1 - P**2)), terms))


def test_what_the_claim_makes_nonnegative_is_a_form():
    terms = [
        {"kind": "nonnegative", "label": "n", "multiplier": R - 2, "factor": sympy.Integer(1)},
    ]
    with pytest.raises(ReplayError):
        replayed(identity_certificate(R - 2, terms))
    replayed(identity_certificate(R - 2, terms, [R - 2]))


def test_quantities_that_print_alike_are_not_merged():
    """A point u and a Gaussian u both print as u; one variable for both would certify too much."""
    fixed, random = vector("u"), gaussian("u", sympy.Integer(2)).vector
    with pytest.raises(ClaimError, match="two different quantities"):
        to_poly(inner(fixed, X) - inner(random, X), Variables())
    with pytest.raises(ClaimError, match="two different quantities"):
        to_poly(sympy.Symbol("s", positive=True) - sympy.Symbol("s", real=True), Variables())


def test_polynomial_form():
    f = AbstractFunction("f")
    found = to_poly(3 * f(X) * P**2 / Q - sympy.Rational(1, 2))
    assert sorted(found, key=str) == [["-1/2", {}], ["3/1", {"f[0]((1)*x)": 1, "p": 2, "q": -1}]]
    assert to_poly(sympy.Integer(0)) == []
