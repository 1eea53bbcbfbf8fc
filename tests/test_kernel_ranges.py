"""What ranges show, and what they do not."""

import pytest

from tests.kernel_terms import X, Y
from theorycheck.kernel import Refused, infer, le, lt, make, number


def test_what_ranges_do_not_show():
    zero, one = number(0), number(1)
    below, above = infer("assume", formula=lt(X, zero)), infer("assume", formula=le(one, X))
    assert infer("range", below, conclusion=lt(X, one)).hypotheses == {lt(X, zero)}
    for premises, conclusion in [
        ((), le(zero, X)),
        ((above,), lt(one, X)),
        ((above,), le(number(2), X)),
        ((below, above), le(zero, Y)),
        ((above,), make("eq", X, one)),
        ((above,), make("ne", X, zero)),
        ((infer("assume", formula=le(Y, X)),), le(Y, X)),
    ]:
        with pytest.raises(Refused):
            infer("range", *premises, conclusion=conclusion)
