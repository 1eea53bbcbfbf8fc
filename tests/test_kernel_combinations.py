"""Sums of products of premises: what adds up is shown, what is a little less is not."""

import random
from fractions import Fraction

import pytest

from tests.kernel_values import is_refuted
from theorycheck.kernel import Refused, add, infer, le, lt, make, minus, mul, number, power, variable

NAMES = [variable(letter) for letter in "abc"]
ZERO = number(0)


def polynomial(rng):
    return add(
        *(mul(number(rng.randint(-3, 3)), power(rng.choice(NAMES), rng.randint(0, 2))) for _ in range(3))
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_random_sum_of_products(seed):
    rng = random.Random(seed)
    heads = [rng.choice(["le", "lt", "eq"]) for _ in range(3)]
    sides = [(polynomial(rng), polynomial(rng)) for _ in heads]
    premises = [infer("assume", formula=make(head, *pair)) for head, pair in zip(heads, sides, strict=True)]
    products, total = [], []
    for _ in range(rng.randint(1, 3)):
        place, squares = rng.randrange(3), tuple(polynomial(rng) for _ in range(rng.randint(0, 1)))
        size = Fraction(rng.randint(1, 5), rng.randint(1, 3)) * (
            rng.choice([1, -1]) if heads[place] == "eq" else 1
        )
        exponent = rng.randint(1, 2)
        products.append((number(size), ((place, exponent),), squares))
        slack = add(sides[place][1], minus(sides[place][0]))
        total.append(mul(number(size), power(slack, exponent), *(power(s, 2) for s in squares)))
    theorem = infer("combination", *premises, conclusion=le(ZERO, add(*total)), products=tuple(products))
    for _ in range(60):
        point = {name: Fraction(rng.randint(-6, 6), rng.choice([1, 2])) for name in NAMES}
        assert not is_refuted(theorem.hypotheses, theorem.conclusion, point)
    for wrong in (
        le(number(Fraction(1, 100)), add(*total)),
        le(add(*total), ZERO),
        le(ZERO, add(*total, NAMES[0])),
    ):
        with pytest.raises(Refused):
            infer("combination", *premises, conclusion=wrong, products=tuple(products))
    strict = any(heads[f[0][0]] == "lt" and not squares for _, f, squares in products)
    zero = all(heads[f[0][0]] == "eq" for _, f, _ in products)
    for head, shown in (("lt", strict), ("eq", zero)):
        conclusion = make(head, ZERO, add(*total))
        if shown:
            assert infer("combination", *premises, conclusion=conclusion, products=tuple(products))
        else:
            with pytest.raises(Refused):
                infer("combination", *premises, conclusion=conclusion, products=tuple(products))


def test_a_denominator_needs_to_be_known():
    x, y = NAMES[:2]
    quotient = mul(x, power(y, -1))
    same = make("eq", add(quotient, power(y, -1)), mul(add(x, number(1)), power(y, -1)))
    for formula in (lt(ZERO, y), lt(y, ZERO)):
        assert infer("combination", infer("assume", formula=formula), conclusion=same).conclusion is same
    for formula in (le(ZERO, y), lt(ZERO, x), le(y, ZERO)):
        with pytest.raises(Refused, match="no value"):
            infer("combination", infer("assume", formula=formula), conclusion=same)
