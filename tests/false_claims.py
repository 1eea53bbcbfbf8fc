"""Small claims and links for the tests that try to have something false verified."""

import sympy

from theorycheck import Claim, Space, constant_of, dimension, function, point, real
from theorycheck.algebra import AbstractFunction, vector
from theorycheck.derivations.links import Link, check_link
from theorycheck.derivations.symbols import symbols_of

D = sympy.Symbol("d", integer=True, positive=True)
X, Y, Z, A = (vector(name) for name in "xyza")
F, G = AbstractFunction("f"), AbstractFunction("g")
R, T = sympy.symbols("r t", real=True)
P, Q = sympy.symbols("p q", positive=True)
N = sympy.Symbol("n", nonnegative=True)


def claim(sides=None, hypotheses=(), uses=(), relation="<=", derivation=None, kind="inequality", **domains):
    """A claim about f, x, y in R^d and whatever else is named."""
    space = Space(
        **{
            "d": dimension(1, 2),
            "f": function(),
            "x": point(),
            "y": point(),
            "sigma": real(0),
            "L": constant_of("f", "smoothness"),
            "m": constant_of("f", "lower_bound"),
            **domains,
        }
    )
    return Claim(
        id="test/claim",
        statement="a claim",
        kind=kind,
        space=space,
        hypotheses=list(hypotheses),
        uses=list(uses),
        sides=sides or (lambda xp, x, y: (xp.vecdot(x, y), xp.vecdot(x, x))),
        relation=relation,
        derivation=derivation,
    )


def bare(**more):
    """A claim without a space."""
    return Claim(id="test/bare", statement="a claim", derivation=lambda s: None, **more)


def symbols(a_claim):
    return symbols_of(a_claim)


def checked(left, relation, right, reason, a_claim=None):
    """Check one link."""
    a_claim = bare() if a_claim is None else a_claim
    left = left if hasattr(left, "terms") else sympy.sympify(left)
    return check_link(Link("1", left, relation, sympy.sympify(right), reason), a_claim)
