"""Products of exponentials and roots are compared exactly, as SymPy and numbers compare them."""

import random

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.derivations import polynomials
from theorycheck.derivations.replay import same_fraction
from theorycheck.derivations.trees import compile_tree, to_tree
from theorycheck.derivations.vanishing import same_when_read
from theorycheck.errors import TheorycheckError
from theorycheck.terms.balls import precision, to_arb

X, Y = sympy.symbols("x y", positive=True)
W = X**2 + 1
EXPONENTS = (X, Y / W, X**2 / W, sympy.Integer(1), sympy.sqrt(W))
ATOMS = (X, Y, sympy.sqrt(W), sympy.Integer(2), X + Y)

powers = st.lists(st.integers(-2, 2), min_size=5, max_size=5)
sums = st.lists(st.tuples(st.integers(-3, 3), powers, powers), min_size=1, max_size=3)


def written(terms, together):
    """Σ c·Π aᵢ^kᵢ·e^(Σ kⱼwⱼ), with one exponential a term or one a summand of the exponent."""
    shown = []
    for c, outer, inner in terms:
        parts = [k * w for k, w in zip(inner, EXPONENTS, strict=True)]
        exponentials = [sympy.Add(*parts)] if together else parts
        product = sympy.Mul(c, *(a**k for a, k in zip(ATOMS, outer, strict=True)))
        shown.append(["mul", to_tree(product), *(["exp", to_tree(w)] for w in exponentials)])
    return ["add", *shown, ["rational", "0"]]


def values(tree):
    rng = random.Random(0)
    with precision(200):
        for _ in range(3):
            yield compile_tree(tree)({"x": to_arb(rng.randint(1, 9)) / 7, "y": to_arb(rng.randint(1, 9)) / 5})


@settings(derandomize=True, deadline=None, max_examples=40)
@given(sums)
def test_one_exponential_or_many(terms):
    assert same_fraction(written(terms, True), written(terms, False))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(sums, sums)
def test_equal_only_where_numbers_are(first, second):
    left, right = written(first, True), written(second, False)
    if same_fraction(left, right):
        assert all((a - b).contains(0) for a, b in zip(values(left), values(right), strict=True))


def test_a_factor_that_is_zero_hides_nothing():
    """1/(e^x·e^−x − 1) has no value, so nothing equals it; nor does an exponent that divides by 0 count."""
    nothing = ["add", ["mul", ["exp", ["symbol", "x"]], ["exp", to_tree(-X)]], ["rational", "-1"]]
    one, two = ["rational", "1"], ["rational", "2"]
    assert same_fraction(nothing, ["rational", "0"])
    below = ["pow", nothing, ["rational", "-1"]]
    assert not same_fraction(["mul", one, below], ["mul", two, below])
    root = ["pow", two, ["rational", "1/2"]]
    zero = ["add", ["pow", root, two], ["rational", "-2"]]
    bad = ["exp", ["pow", zero, ["rational", "-1"]]]
    with pytest.raises(TheorycheckError):
        same_fraction(bad, one)


def test_variables_mean_their_trees():
    p = polynomials.subtract(
        polynomials.multiply(polynomials.variable("r", -1), polynomials.variable("w")),
        polynomials.variable("r"),
    )
    trees = {"r": to_tree(sympy.sqrt(W)), "w": to_tree(W)}
    assert same_when_read(p, {}, trees)
    assert not same_when_read(p, {}, {**trees, "w": to_tree(W + 1)})
    assert not same_when_read(p, {}, {"w": trees["w"]})
    zero = {**trees, "r": to_tree(sympy.Integer(0))}
    assert not same_when_read(p, {}, zero)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(-3, 3))
def test_whole_multiples_of_an_exponent(a, b, c):
    """(e^(x/a))^(a·b) is e^(bx), and e^(bx + c) is another number unless c = 0."""
    power = ["pow", ["exp", to_tree(X / a)], ["rational", str(a * b)]]
    assert same_fraction(power, ["exp", to_tree(b * X + c)]) == (c == 0)
