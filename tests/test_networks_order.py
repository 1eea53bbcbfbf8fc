"""The reason that exchanges the order of integration accepts nothing else."""

import pytest
import sympy

from theorycheck.algebra import AbstractFunction, Integral, norm_squared, vector
from theorycheck.derivations.links import Link, check_link
from verifications.starnes2023.layers_order import Tonelli, weight

D = sympy.Symbol("d", integer=True, positive=True)
F, X, U, V = AbstractFunction("f"), vector("x"), vector("u"), vector("v")
VALUE = F(X + U + V * 2)
U_FIRST = Integral(Integral(VALUE * weight(U, D), U) * weight(V, D), V)
V_FIRST = Integral(Integral(VALUE * weight(V, D), V) * weight(U, D), U)


def outcome(left, right, relation="="):
    return check_link(Link("1", left, relation, right, Tonelli("")), None).outcome


def test_both_orders_are_equal():
    assert outcome(U_FIRST, V_FIRST) == "verified"
    assert outcome(3 * U_FIRST, 3 * Integral(VALUE * weight(U, D) * weight(V, D), V, U)) == "verified"


@pytest.mark.parametrize(
    "wrong",
    [
        2 * V_FIRST,  # another factor
        Integral(VALUE * weight(U, D), U),  # a variable is missing
        Integral(Integral(VALUE * weight(U, D), V) * weight(U, D), U),  # another weight
        Integral(Integral(F(X + U + V) * weight(V, D), V) * weight(U, D), U),  # another function
        Integral(Integral(VALUE * weight(V, D), V) * sympy.exp(-norm_squared(U)), U),  # not normalised
    ],
)
def test_what_differs_is_not_verified(wrong):
    assert outcome(U_FIRST, wrong) == "unverified"


def test_only_equalities():
    assert outcome(U_FIRST, V_FIRST, "<=") == "unverified"
