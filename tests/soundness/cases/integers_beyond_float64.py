"""Every integer from 2^60 + 1 on exceeds 2^60, which float64 cannot tell from it."""

from theorycheck import Claim, Space, function, integer, point

claim = Claim(
    id="large-integers/above",
    statement=r"$2^{60} < n$ for $2^{60}+1 \le n \le 2^{61}$.",
    space=Space(n=integer(2**60 + 1, 2**61), f=function(), x=point()),
    sides=lambda xp, n, f, x: (2**60 + 0 * n, n),
    relation="<",
)
