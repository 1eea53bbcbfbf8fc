"""The table of functions against mpmath."""

import itertools

import mpmath
import pytest

from theorycheck.kernel.functions import FUNCTIONS, POSITIVE, WITHIN_ONE

mpmath.mp.dps = 60
SLIP = mpmath.mpf(10) ** -45


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_the_table_of_functions(name):
    function = FUNCTIONS[name]
    places = [mpmath.mpf(k) / 7 for k in range(-60, 61)]
    if function.domain == POSITIVE:
        places = [t for t in places if t > 0]
    if function.domain == WITHIN_ONE:
        places = [t for t in places if abs(t) <= 1]
    compute = {"abs": abs, "sign": mpmath.sign}.get(name) or getattr(mpmath, name)
    values = [compute(t) for t in places]
    for bound, sign in ((function.low, 1), (function.high, -1)):
        if bound is not None:
            gaps = [sign * (v - mpmath.mpf(bound.numerator) / bound.denominator) for v in values]
            assert all(gap >= 0 if function.attains else gap > 0 for gap in gaps)
    if function.increasing:
        assert all(a < b for a, b in itertools.pairwise(values))
    for argument, result in function.exact.items():
        assert abs(compute(mpmath.mpf(argument)) - result) < SLIP
