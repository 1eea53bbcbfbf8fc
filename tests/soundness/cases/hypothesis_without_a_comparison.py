"""τ > σ implies σ < τ, true; the hypothesis is written as the number τ - σ, which compares nothing."""

from theorycheck import Claim, Space, function, point, real, requires

claim = Claim(
    id="no-comparison/order",
    statement=r"$\tau > \sigma \Rightarrow \sigma < \tau$.",
    space=Space(sigma=real(0, open_low=True), tau=real(0, open_low=True), f=function(), x=point()),
    hypotheses=[requires(lambda sigma, tau: tau - sigma, r"$\tau > \sigma$")],
    sides=lambda xp, sigma, tau, f, x: (sigma, tau),
    relation="<",
)
