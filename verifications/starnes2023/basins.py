r"""Appendix B: the chain of basins (Corollary B.1), and what holds of Proposition B.1 and of the corollary.

Both fail where one schedule has to serve several realisations; the counterexample is that of Proposition B.1. What does
hold is the concatenation of the printed proof: a run that reaches the next basin after N steps goes on with the schedule that
serves there. With one sample nothing else is needed. With several it proves the proposition for the larger sets in which the
schedule may depend on the realisation; for B(σ) itself one schedule must serve a whole neighbourhood, and one N all realisations.
"""

import sympy

from theorycheck import Claim, Space, dimension, function, point, real
from theorycheck.algebra import inner
from theorycheck.derivations import by_expansion, chain, derivation, elementary, eq, le
from theorycheck.functions import DEFAULT_FAMILIES
from verifications.starnes2023.basins_counterexample import (
    hitting_scale,
    not_both,
    ratio,
    refutation,
    refute_one_step,
    step,
)

definition = Claim(
    id="starnes2023/definition-b.1",
    printed="Definition B.1, section 3",
    kind="definition",
    statement=r"$B(\sigma,(\sigma_t);(k_t)) = \{x: x_t \to x^*_\sigma\}$ for $x_0 = x$, "
    r"$x_t = x_{t-1}-\eta\nabla f_{k_t,\sigma_{t+1}}(x_{t-1})$; $B(\sigma,(\sigma_t))$ is the intersection over all realisations "
    r"$(k_t)$, $B(\sigma)$ the union over $(\sigma_t) \subset [\sigma,\infty)$, $\sigma_t \to \sigma$.",
    implements=[
        "theorycheck.lab.basins:check_basin",
        "theorycheck.lab.basins:enumerate_basin",
        "theorycheck.lab.basins:adversarial_run",
    ],
    tests=["tests/test_basins.py"],
    expected="defined",
    note="The learning rate $\\eta$ is fixed, and the sets depend on it. The intersection is over all sequences $(k_t)$, the "
    "constant ones among them: where the samples $f_{k,\\sigma}$ have no common critical point, $B(\\sigma)$ is empty.",
)

# ---- what holds: the concatenation of runs --------------------------------------------------------------------------

LIPSCHITZ = tuple(  # runs on steeper functions leave the reach of exact numbers
    family for family in DEFAULT_FAMILIES if family.name in ("cosines", "convex-huber", "gaussian-mixture")
)


def run(xp, drawn, x, schedule, eta):
    """x_T of Definition B.1 for f_{k_1}, …, f_{k_T} and σ_1, …, σ_{T+1}: the step to x_t uses σ_{t+1}, so σ_1 is never used."""
    for f, sigma in zip(drawn, schedule[1:], strict=True):
        x = x - xp.scale(eta, f.smoothed_gradient(x, sigma))
    return x


def concatenated(alpha, beta):
    """γ_t = α_t for t ≤ N+1 and γ_t = β_{t−N} after that, for α_1, …, α_{N+1}."""
    return (*alpha, *beta[1:])


def two_stages(xp, f_1, f_2, x, eta, sigma, alpha, tau, beta):
    """x_2 of the run with γ, and y_1 of the run with β from y_0 = x_1; one step in each stage, k = (1, 2)."""
    first, second = (sigma, alpha), (tau, beta)
    whole = run(xp, (f_1, f_2), x, concatenated(first, second), eta)
    return whole, run(xp, (f_2,), run(xp, (f_1,), x, first, eta), second, eta)


def prove_two_stages(s):
    return derivation(
        chain(
            inner(s.left, s.direction),
            eq(inner(s.right, s.direction), by_expansion("from $x_N$ on, the runs take the same steps")),
        ),
    )


one_step_corrected = Claim(
    id="starnes2023/proposition-b.1-corrected",
    printed="Proposition B.1, corrected",
    kind="implication",
    statement=r"Let $\tau < \sigma$. $K = 1$: if an open set around $x^*_\sigma$ lies in $B(\tau)$, then $B(\sigma) \subset B(\tau)$: "
    r"the run with $\gamma_t = \alpha_t$ ($t \le N+1$), $\gamma_t = \beta_{t-N}$ ($t > N+1$) is the run with $(\alpha_t)$ up to "
    r"$x_N$ and from there the run with $(\beta_t)$ and $(k_{t+N})$. Every $K$: the same holds of the larger sets "
    r"$\bigcap_{(k_t)}\bigcup_{(\sigma_t)}B(\sigma,(\sigma_t);(k_t))$, whose schedule may depend on the realisation; and $x \in B(\tau)$ "
    r"if one schedule $(\beta_t)$ serves an open set around $x^*_\sigma$ and one $N$ brings the runs of all realisations from $x$ into it.",
    space=Space(
        d=dimension(1, 2, 5),
        f_1=function(*LIPSCHITZ),
        f_2=function(*LIPSCHITZ),
        x=point(),
        eta=real(0, open_low=True),
        tau=real(0),
        sigma=real("tau", open_low=True),
        alpha=real("sigma"),
        beta=real("tau"),
    ),
    sides=two_stages,
    relation="=",
    derivation=prove_two_stages,
    corrects="starnes2023/proposition-b.1",
    uses=["starnes2023/definition-b.1"],
    expected="proved",
    note="The formula has one step in each stage and both samples; longer stages repeat the step. $\\alpha_t \\ge \\sigma > \\tau$, so "
    "$\\gamma$ is admissible. The rest is the definition of "
    "a limit: $x_t \\to x^*_\\sigma$ enters the open set at some $N$, $y_t \\to x^*_\\tau$ is $x_{N+t} \\to x^*_\\tau$, and "
    "$\\gamma_t = \\beta_{t-N} \\to \\tau$. For $K = 1$ the schedule may depend on $x_N$, since there is only one realisation.",
)


def printed_chain(s):
    """L1 on the counterexample to Proposition B.1, as in its L5; L2 starts from Σ = σ_1, where σ_1 = 0."""
    one_scale = by_expansion("Proposition B.1: the scale for $k_1 = 1$ serves $k_1 = 2$ too")
    return derivation(
        chain(step(-ratio * s.p, hitting_scale(s.p)), eq(sympy.Integer(0), one_scale, "L1")),
        chain(s.Sigma, eq(sympy.Integer(0), by_expansion("$B(\\Sigma) = B(\\sigma_1)$"), "L2")),
    )


chain_of_basins = Claim(
    id="starnes2023/corollary-b.1",
    printed="Corollary B.1",
    kind="implication",
    statement=r"$0 = \sigma_1 < \cdots < \sigma_N = \Sigma$, and for $n = 2, \dots, N$ $f_{\sigma_n}$ has a unique minimiser and there "
    r"is $R_n > 0$ with $B(x^*_{\sigma_n}, R_n) \subset B(\sigma_{n-1})$. Then $B(\Sigma) \subset B(0)$.",
    space=Space(p=real(-1, 1), Sigma=real(0, open_low=True)),
    refutation=refutation(refute_one_step, "; here N = 2, σ_2 = Σ = 1/2"),
    printed_proof=printed_chain,
    uses=["starnes2023/proposition-b.1"],
    expected="contested",
    expected_proof_gaps=["L1", "L2"],
    note="L1 is Proposition B.1 and has the gap of its proof. L2 is misprinted: the sequence increases from $\\sigma_1 = 0$, so it "
    "should read $B(\\Sigma) = B(\\sigma_N) \\subset \\cdots \\subset B(\\sigma_1) = B(0)$, which does follow from L1. The hypothesis "
    "of Proposition B.1 that every $f_\\sigma$ has a unique minimiser is not carried over; the proof does not need it.",
)


def three_stages(xp, f, x, eta, alpha, beta, gamma):
    """x_3 of one run, and the end of three runs of one step, each from the end of the one before."""
    first, second, third = ((scale, scale) for scale in (alpha, beta, gamma))
    whole = run(xp, (f, f, f), x, concatenated(concatenated(first, second), third), eta)
    reached = x
    for stage in (first, second, third):
        reached = run(xp, (f,), reached, stage, eta)
    return whole, reached


def prove_three_stages(s):
    return derivation(
        chain(
            inner(s.left, s.direction),
            eq(inner(s.right, s.direction), by_expansion("the stages, one after the other")),
        )
    )


chain_of_basins_corrected = Claim(
    id="starnes2023/corollary-b.1-corrected",
    printed="Corollary B.1, corrected",
    kind="implication",
    statement=r"The hypotheses of Corollary B.1, and $K = 1$, or every $K$ with "
    r"$\bigcap_{(k_t)}\bigcup_{(\sigma_t)}B(\sigma,(\sigma_t);(k_t))$ in place of $B(\sigma)$: $B(\Sigma) \subset B(0)$, by the schedule that "
    r"puts the stages of $\sigma_N, \dots, \sigma_1$ one after the other.",
    space=Space(
        d=dimension(1, 2, 5),
        f=function(*LIPSCHITZ),
        x=point(),
        eta=real(0, open_low=True),
        gamma=real(0),
        beta=real("gamma"),
        alpha=real("beta"),
    ),
    sides=three_stages,
    relation="=",
    derivation=prove_three_stages,
    corrects="starnes2023/corollary-b.1",
    uses=["starnes2023/proposition-b.1-corrected"],
    expected="proved",
    note="Induction over $n$ with Proposition B.1 for $K = 1$; the formula puts three stages of one step together.",
)

# ---- the dependence that the paper itself remarks ----------------------------------------------------------------------


def prove_dependence(s):
    """The only scales that take p and −5p/4 to 0 in one step, and that they differ."""
    p = s.p
    square_for = {position: hitting_scale(position) for position in (p, -ratio * p)}
    hits = [
        chain(
            step(position, squared),
            eq(sympy.Integer(0), by_expansion("this scale takes it to the minimiser")),
        )
        for position, squared in square_for.items()
    ]
    gap = square_for[p] - square_for[-ratio * p]
    difference = sympy.Rational(3, 8) * p**2
    apart = chain(sympy.Integer(0), le(difference, elementary("they differ unless $p = 0$")))
    return derivation(
        *hits,
        chain(gap, eq(difference, by_expansion("the scales for $k_1 = 1$ and $k_1 = 2$"))),
        not_both(p, square_for[p]),
        apart,
        concludes=(
            (step(p, square_for[p]), "=", sympy.Integer(0)),
            (step(-ratio * p, square_for[-ratio * p]), "=", sympy.Integer(0)),
            (gap, "=", difference),
            (
                ratio * step(p, square_for[p]) + step(-ratio * p, square_for[p]),
                "=",
                -ratio * (ratio**2 - 1) * p**3,
            ),
        ),
    )


dependence = Claim(
    id="starnes2023/remark-b-dependence",
    printed="Appendix B",
    kind="implication",
    statement=r"The proof of Proposition B.1 gives no sequence of smoothing parameters, because $(\beta_t)$, hence $(\gamma_t)$, "
    r"depends on $(k_t)$.",
    space=Space(p=real(-1, 1)),
    derivation=prove_dependence,
    uses=["starnes2023/definition-b.1"],
    expected="conditional",
    note="True, and it is the reason why the proof of Proposition B.1 does not prove it: in its counterexample the realisations "
    "$k_1 = 1$ and $k_1 = 2$ need different scales in the second step, and no scale serves both.",
)
