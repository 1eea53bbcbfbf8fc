"""Definitions of section 1 and Appendix A: what implements them, and what tests the implementation."""

from theorycheck import Claim

smoothing = Claim(
    id="starnes2023/definition-smoothing",
    printed="Section 1",
    kind="definition",
    statement=r"For $g:\mathbb R^d \to \mathbb R$: "
    r"$g_\sigma(x) = \pi^{-d/2}\int_{\mathbb R^d} g(x+\sigma u)\,e^{-\|u\|^2}\,du$.",
    implements=["theorycheck.lab.smoothing:smooth", "theorycheck.algebra.expectation:gaussian"],
    tests=["tests/test_smoothing_symbolic.py", "tests/test_algebra.py"],
    expected="defined",
    note="$u \\sim N(0, \\frac12 I)$; the smoothing of Nesterov and Spokoiny has $u \\sim N(0, I)$ and $\\mu = \\sigma/\\sqrt2$.",
)

convex = Claim(
    id="starnes2023/definition-a.1a",
    printed="Definition A.1(a)",
    kind="definition",
    statement=r"Convex: $f(tx+(1-t)y) \le tf(x) + (1-t)f(y)$ for all $x, y$ and $t \in [0,1]$.",
    implements=["theorycheck.statement.properties:convex", "theorycheck.checks.properties:check_convex"],
    tests=["tests/test_properties.py"],
    expected="defined",
)

strongly_convex = Claim(
    id="starnes2023/definition-a.1b",
    printed="Definition A.1(b)",
    kind="definition",
    statement=r"$\gamma$-strongly convex: $f(tx+(1-t)y) \le tf(x) + (1-t)f(y) - \frac12\gamma t(1-t)\|x-y\|^2$.",
    implements=[
        "theorycheck.statement.properties:strongly_convex",
        "theorycheck.checks.properties:check_strongly_convex",
    ],
    tests=["tests/test_properties.py"],
    expected="defined",
)

l_smooth = Claim(
    id="starnes2023/definition-a.1c",
    printed="Definition A.1(c)",
    kind="definition",
    statement=r"$L$-smooth: $|f(y)-f(x)-\langle\nabla f(x),y-x\rangle| \le \frac L2\|y-x\|^2$ for all $x, y$.",
    implements=[
        "theorycheck.statement.properties:l_smooth",
        "theorycheck.checks.properties:check_l_smooth",
    ],
    tests=["tests/test_properties.py"],
    expected="defined",
)
