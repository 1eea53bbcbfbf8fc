"""A sum of fourth powers that is larger than any int64: nonnegative all the same."""

from theorycheck import Claim, Space, choice, real


def sum_of_powers(xp, x):
    k = xp.arange(1, 70001)
    return 0 * x, x * (k * k * k * k).sum()


claim = Claim(
    id="overflow/fourth-powers",
    statement=r"$0 \le x\sum_{k\le 70000}k^4$ for $x \ge 0$.",
    space=Space(x=real(0), c=choice(1)),
    sides=sum_of_powers,
)
