"""Squared norms, multiplied out, against coordinates."""

import random
from fractions import Fraction

import pytest

from tests.kernel_values import close, value
from theorycheck.kernel import Refused, infer, number, power, variable, vector
from theorycheck.kernel.rules.vectors import MOST_VECTORS

X = variable("x")
BASIS = [vector(name) for name in "uvw"]


@pytest.mark.parametrize("seed", range(30))
def test_a_square_is_the_squared_norm(seed):
    rng = random.Random(seed)
    pairs = tuple(
        (rng.choice([X, power(X, 2), number(rng.randint(-3, 3))]), rng.choice(BASIS))
        for _ in range(rng.randint(0, 4))
    )
    theorem = infer("square", vector=pairs)
    assert theorem.hypotheses == frozenset()
    point = {X: Fraction(rng.randint(-3, 3), 2), **{v: [rng.randint(-3, 3) for _ in range(3)] for v in BASIS}}
    norm = Fraction(0) + sum(
        sum(Fraction(str(value(c, point))) * point[v][i] for c, v in pairs) ** 2 for i in range(3)
    )
    assert close(value(theorem.conclusion.args[1], point), float(norm))


def test_what_is_no_combination_of_vectors():
    u = BASIS[0]
    for wrong in (
        ((u, u),),
        ((X, X),),
        ((power(X, -1), u),),
        ((X, u, u),),
        (X, u),
        ((number(1), u),) * (MOST_VECTORS + 1),
    ):
        with pytest.raises(Refused):
            infer("square", vector=wrong)
    assert infer("square", vector=((number(1), u),) * MOST_VECTORS)
