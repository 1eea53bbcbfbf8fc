"""t > m, m a lower bound of f: no instance has t ≤ m, whatever float64 makes of m."""

from theorycheck import Claim, Space, constant_of, function, real
from theorycheck.functions.families import DEFAULT_FAMILIES

QUARTIC = next(family for family in DEFAULT_FAMILIES if family.name == "quartic")


def times(k):
    return lambda xp, m, t: (k * m, k * t)


claims = [
    Claim(
        id=f"open-bound/times-{k}",
        statement=rf"$t > m \Rightarrow {k}m < {k}t$.",
        space=Space(f=function(QUARTIC), m=constant_of("f", "lower_bound"), t=real("m", open_low=True)),
        sides=times(k),
        relation="<",
    )
    for k in (3, 7)
]
