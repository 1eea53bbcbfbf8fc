"""Instances for Appendix F: finite sums of convex smooth functions whose minimiser is known.

Hypotheses and domains that its claims share. Gaussian smoothing: f_σ(x) = E f(x + σu), u ~ N(0, I/2).
"""

from theorycheck import constant_of, convex, each, finite_sum, l_smooth, minimises
from theorycheck.functions import DEFAULT_FAMILIES

CONVEX_SMOOTH = tuple(
    family
    for family in DEFAULT_FAMILIES
    if family.name in ("convex-quadratic", "convex-cosines", "convex-huber", "convex-relu-squared")
)
(QUADRATIC,) = (family for family in DEFAULT_FAMILIES if family.name == "quadratic")  # convex or not
FEW = (QUADRATIC, *(family for family in CONVEX_SMOOTH if family.name == "convex-relu-squared"))
EACH_CONVEX, EACH_SMOOTH, MINIMUM = each(convex("f")), each(l_smooth("f", "L")), minimises("f", "x_star")
SMOOTHED_MINIMUM = minimises("f", "x_tau", "tau")
SETTING = (EACH_CONVEX, EACH_SMOOTH, MINIMUM)
PRESUPPOSES = (
    "Presupposes $L > 0$ (the proof divides by $L$); an affine $f_i$ is $L$-smooth for every $L > 0$."
)


SMOOTHNESS = constant_of("f", "each_smoothness", positive=True)
MODULUS = constant_of("f", "strong_convexity", positive=True)


def samples(counts=(1, 2, 3)):
    """f with smooth samples and a point where its gradient vanishes; all but the quadratics are convex."""
    return finite_sum(counts, QUADRATIC, *CONVEX_SMOOTH, tilted=True)


EVEN = finite_sum((2, 4), QUADRATIC, *CONVEX_SMOOTH, even=True)
"""Sums that are even about their minimiser, so that it minimises every smoothing as well."""
ONE_SIDED = finite_sum(
    1, *(family for family in CONVEX_SMOOTH if family.name == "convex-relu-squared"), tilted=True
)
