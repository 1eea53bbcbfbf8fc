"""The algorithms of section 1, Algorithms 1 to 3 and Appendix F: what implements them, and (F.13).

The implementations are step functions; a run, the tree of all K^T paths and the law of SVRG's anchors use the same
ones (`theorycheck.lab.optimizers`). Their tests compare every run with the printed recursion in exact fractions, SGD, Adam
and SVRG with the smoothed algorithms at σ_t = 0, and GSmoothSVRG at τ = σ_s with SVRG on the smoothed samples.

What is open in print is not the mathematics of a step but where ε stands in Algorithm 2 and what t ranges over in line
9 of Algorithm 3. Line 9 as printed, t ~ Unif[K], is no algorithm where K > m: x_t does not exist for t > m.
"""

from theorycheck import Claim, Space, dimension, finite_sum, point, real
from theorycheck.algebra import expectation, inner
from theorycheck.derivations import by_definition, by_expansion, chain, derivation, eq

PRINTED_RECURSIONS = "tests/test_optimizers_algorithms.py"
ALL_PATHS = "tests/test_optimizers_paths.py"
ANCHOR_LAWS = "tests/test_optimizers_svrg.py"

# ---- SGD and Adam ----------------------------------------------------------------------------------------------------

sgd = Claim(
    id="starnes2023/definition-sgd",
    printed="Section 1",
    kind="definition",
    statement=r"SGD: $k_t \sim \mathrm{Unif}([K])$, $x_t = x_{t-1} - \eta\nabla f_{k_t}(x_{t-1})$.",
    implements=["theorycheck.lab.optimizers:sgd"],
    tests=[PRINTED_RECURSIONS, ALL_PATHS],
    expected="defined",
    note="Algorithm 1 with all $\\sigma_t = 0$: equal iterates along every path are among the tests.",
)

adam = Claim(
    id="starnes2023/definition-adam",
    printed="Section 1",
    kind="definition",
    statement=r"Adam: $m_t = \beta m_{t-1} + (1-\beta)\nabla f_{k_t}(x_{t-1})$, "
    r"$v_t = \theta v_{t-1} + (1-\theta)(\nabla f_{k_t}(x_{t-1}))^2$, $x_t = x_{t-1} - \eta\,m_t/\sqrt{v_t+\epsilon}$.",
    implements=["theorycheck.lab.optimizers:adam"],
    tests=[PRINTED_RECURSIONS],
    expected="defined",
    note="Without the bias correction of Adam as it is commonly implemented, and with $\\epsilon$ under the root: the iterates "
    "are not those of `torch.optim.Adam`. Algorithm 2 with all $\\sigma_t = 0$, in its reading @a.",
)

# ---- Algorithm 1 -----------------------------------------------------------------------------------------------------

gsmooth_sgd = Claim(
    id="starnes2023/algorithm-1",
    printed="Algorithm 1",
    kind="algorithm",
    statement=r"GSmoothSGD: $(\sigma_t)_{t=1}^T \subset \mathbb R_{\ge 0}$, $\eta > 0$; $k_t \sim \mathrm{Unif}([K])$, "
    r"$x_t = x_{t-1} - \eta\nabla f_{k_t,\sigma_t}(x_{t-1})$.",
    implements=["theorycheck.lab.optimizers:gsmooth_sgd"],
    tests=[PRINTED_RECURSIONS, ALL_PATHS],
    uses=["starnes2023/definition-smoothing"],
    expected="defined",
    note="The schedule is given in advance and may increase; the learning rate is one number. $\\nabla f_{k,\\sigma}$ is exact, "
    "from a closed form, not a Monte Carlo estimate.",
)

# ---- Algorithm 2 -----------------------------------------------------------------------------------------------------

GSMOOTH_ADAM = (
    r"GSmoothAdam: $0 \le \beta_t \le \beta < 1$, $\theta_t \in (0,1)$, $m_0 = v_0 = 0$, $g_t = \nabla f_{k_t,\sigma_t}(x_{t-1})$; "
    r"$m_t = \beta_tm_{t-1} + (1-\beta_t)g_t$, $v_t = \theta_tv_{t-1} + (1-\theta_t)g_t^2$; "
)


def _gsmooth_adam(reading, update, note):
    return Claim(
        id=f"starnes2023/algorithm-2{reading}",
        printed="Algorithm 2",
        kind="algorithm",
        statement=GSMOOTH_ADAM + update,
        implements=["theorycheck.lab.optimizers:gsmooth_adam"],
        tests=[PRINTED_RECURSIONS, ALL_PATHS],
        uses=["starnes2023/definition-smoothing"],
        expected="defined",
        note=note,
    )


adam_readings = (
    _gsmooth_adam(
        "@a",
        r"$x_t = x_{t-1} - \eta_tm_t/\sqrt{v_t+\epsilon}$.",
        "`epsilon_place='inside'`. Appendix C and the definition of Adam have $\\sqrt{v_t+\\epsilon}$.",
    ),
    _gsmooth_adam(
        "@b",
        r"$x_t = x_{t-1} - \eta_tm_t/(\sqrt{v_t}+\epsilon)$.",
        "`epsilon_place='outside'`. No other $\\epsilon$ turns one reading into the other: $\\sqrt{v+\\epsilon} = "
        "\\sqrt v+\\epsilon'$ for one $v$ at most.",
    ),
)
gsmooth_adam = Claim(
    id="starnes2023/algorithm-2",
    printed="Algorithm 2",
    kind="algorithm",
    statement=GSMOOTH_ADAM
    + r"then $x_t = x_{t-1} - \eta_tm_t/\sqrt{v_t+\epsilon}$, or with $\sqrt{v_t}+\epsilon$.",
    readings=adam_readings,
    expected="defined",
)

# ---- SVRG and Algorithm 3 --------------------------------------------------------------------------------------------

svrg = Claim(
    id="starnes2023/definition-svrg",
    printed="Appendix F",
    kind="definition",
    statement=r"SVRG: $v_t = \nabla f_{k_t}(x_{t-1}) - \nabla f_{k_t}(\tilde x) + \tilde\mu$, $x_t = x_{t-1} - \eta v_t$; "
    r"$\tilde x$ the output of the previous inner loop, $\tilde\mu$ the full gradient at $\tilde x$.",
    implements=["theorycheck.lab.optimizers:svrg", "theorycheck.lab.optimizers:start_svrg"],
    tests=[PRINTED_RECURSIONS],
    expected="defined",
    note="Algorithm 3 with $\\sigma_s = \\tau = 0$: equal iterates are among the tests.",
)

GSMOOTH_SVRG = (
    r"GSmoothSVRG: $x_0 = \tilde x = \tilde x_{s-1}$, $0 \le \tau \le \sigma_s$, "
    r"$\tilde\mu_\tau = \frac1K\sum_k\nabla f_{k,\tau}(\tilde x)$; for $t = 1,\dots,m$: $i_t \sim \mathrm{Unif}[K]$, "
    r"$v_t = \nabla f_{i_t,\sigma_s}(x_{t-1}) - \nabla f_{i_t,\tau}(\tilde x) + \tilde\mu_\tau$, $x_t = x_{t-1} - \eta v_t$; "
)


def _gsmooth_svrg(reading, line_9, times, note):
    return Claim(
        id=f"starnes2023/algorithm-3{reading}",
        printed="Algorithm 3, line 9",
        kind="algorithm",
        statement=GSMOOTH_SVRG + line_9,
        implements=[
            "theorycheck.lab.optimizers:gsmooth_svrg",
            "theorycheck.lab.optimizers:next_anchor",
            f"theorycheck.lab.optimizers:{times}",
        ],
        tests=[PRINTED_RECURSIONS, ANCHOR_LAWS],
        uses=["starnes2023/definition-smoothing"],
        expected="defined",
        note=note,
    )


svrg_readings = (
    _gsmooth_svrg(
        "@a",
        r"$\tilde x_s = x_t$, $t \sim \mathrm{Unif}[K]$.",
        "times_of_line_9",
        "Defined for $K \\le m$ only: the inner loop ends at $x_m$, so for $K > m$ the output does not exist with probability "
        "$1-m/K$, and the implementation refuses it; no printed hypothesis excludes it. For $K < m$ the last $m-K$ inner steps are never used.",
    ),
    _gsmooth_svrg(
        "@b",
        r"$P(\tilde x_s = x_t) = \frac1m$, $t = 0,\dots,m-1$.",
        "times_before_steps",
        "The proof of Lemma F.4 needs this one. The last inner step is never used; $m = 1$ returns $\\tilde x_s = "
        "\\tilde x_{s-1}$.",
    ),
)
gsmooth_svrg = Claim(
    id="starnes2023/algorithm-3",
    printed="Algorithm 3",
    kind="algorithm",
    statement=GSMOOTH_SVRG
    + r"line 9: $\tilde x_s = x_t$ for random $t$ (from $[K]$ in line 9, from $0,\dots,m-1$ in a proof).",
    readings=svrg_readings,
    expected="defined",
    note="Line 9 and the proof of Lemma F.4 describe different algorithms: they agree for no $K$ and $m$, since $t = 0$ belongs "
    "to one of them only.",
)

# ---- (F.13) ----------------------------------------------------------------------------------------------------------


def mean_of_update(xp, f, x, anchor, sigma, tau):
    full = f.smoothed_gradient(anchor, tau)

    def update(sample):
        return sample.smoothed_gradient(x, sigma) - sample.smoothed_gradient(anchor, tau) + full

    return xp.sample_mean(f, update), f.smoothed_gradient(x, sigma)


def prove_unbiased(s):
    k, sample = s.index("f"), s.sample("f")
    full = s.f.smoothed_gradient(s.anchor, s.tau)
    update = sample.smoothed_gradient(s.x, s.sigma) - sample.smoothed_gradient(s.anchor, s.tau) + full
    middle = s.f.smoothed_gradient(s.x, s.sigma) - s.f.smoothed_gradient(s.anchor, s.tau) + full
    return derivation(
        chain(
            inner(s.left, s.direction),
            eq(expectation(inner(update, s.direction), k), by_definition("definition of $v_t$")),
            eq(
                inner(middle, s.direction),
                by_definition("$\\mathbb E\\nabla f_{i,\\sigma} = \\nabla f_\\sigma$ at fixed points"),
                "L1",
            ),
            eq(inner(s.right, s.direction), by_expansion("two terms cancel"), "L2"),
        )
    )


unbiased_update = Claim(
    id="starnes2023/eq-f.13",
    printed="(F.13)",
    kind="identity",
    statement=r"$\mathbb E(v_t|x_{t-1}) = \nabla f_\sigma(x_{t-1}) - \nabla f_\tau(\tilde x) + \nabla f_\tau(\tilde x) = "
    r"\nabla f_\sigma(x_{t-1})$.",
    space=Space(
        d=dimension(1, 2, 5),
        f=finite_sum((1, 2, 3)),
        x=point(),
        anchor=point(),
        sigma=real(0),
        tau=real(0, "sigma"),
    ),
    sides=mean_of_update,
    relation="=",
    derivation=prove_unbiased,
    printed_proof=prove_unbiased,
    uses=["starnes2023/algorithm-3", "starnes2023/identity-mean-smoothing", "starnes2023/eq-1.1"],
    expected="proved",
    note="For every $f_i$ with smoothed gradients, every number of samples and every $\\sigma, \\tau \\ge 0$; $\\tau \\le \\sigma$ is not "
    "needed. $i_t$ is independent of $x_{t-1}$ and $\\tilde x$, so the mean is the one over $i_t$ at fixed points, whether "
    "$\\tilde x$ is conditioned on or not.",
)
