r"""Sections 1 and 2, the definitions: seminorm, losses, flatness, form (6), SGD, local smoothness, coverings, scattering.

They are implemented in `theorycheck.lab.stability`; what the text asserts about them stands in preliminary_remarks.py.
"""

from theorycheck import Claim
from verifications.ma2021.sobolev_readings import entry

COVERINGS = "theorycheck.lab.stability.coverings"
TESTS = ["tests/test_stability_coverings.py"]


def definition(label, printed, statement, implements, *, tests=TESTS, **more):
    """An entry that names what implements it."""
    return Claim(
        id=f"ma2021/{label}",
        printed=printed,
        kind=more.pop("kind", "definition"),
        statement=statement,
        implements=implements,
        tests=tests,
        expected="defined",
        **more,
    )


# ---- the Sobolev seminorm ----------------------------------------------------------------------------------------------

_SEMINORM = r"$|f|_{k,q,\Omega} = \big(\nu\sum_{|\alpha|_1=k}\sum_{x\in\Omega}|D^\alpha f(x)|^q\big)^{1/q}$"
seminorm = entry(
    "ma2021/definition-sobolev-seminorm",
    [
        definition(
            f"definition-sobolev-seminorm@{letter}",
            "Section 2, Notations",
            f"{_SEMINORM} on a finite set of $n$ points, $\\nu = {weight}$.",
            [f"{COVERINGS}:sobolev_seminorm"],
            note='The multi-indices are *nonnegative* integers: with "$d$ positive integers", as printed, no $\\alpha$ has '
            "$|\\alpha|_1 = 1$ in $d \\ge 2$. On a domain $\\Omega$ the sum over $x$ is an integral. For $k = 1$: $|f|_{1,2k,\\Omega}^{2k} = "
            "\\nu\\sum_i\\|\\nabla f(x_i)\\|_{2k}^{2k}$.",
        )
        for letter, weight in (("a", "1"), ("b", r"\frac1n"))
    ],
    printed="Section 2, Notations",
    kind="definition",
    statement=_SEMINORM + ".",
)

# ---- (5) and (45), losses, flatness ------------------------------------------------------------------------------------

equation_5 = definition(
    "eq-5",
    "Section 1, (5)",
    r"$g_W = (\frac1n\sum_i\|\nabla_Wf(x_i,W)\|_2^2)^{1/2}$, $g_x = (\frac1n\sum_i\|\nabla_xf(x_i,W)\|_2^2)^{1/2}$.",
    ["theorycheck.lab.stability:mean_gradient_norm"],
    tests=["tests/test_stability_norms.py"],
    note="For a net with several outputs the authors' code sums over them; a row of `mean_gradient_norm` is then the Jacobian, flattened.",
)
equation_45 = definition(
    "eq-45",
    "Appendix E, (45)",
    r"$g_W^{(2k)} = (\frac1n\sum_i\|\nabla_Wf(x_i,W)\|_{2k}^{2k})^{1/2k}$, $g_x^{(2k)} = (\frac1n\sum_i\|\nabla_xf(x_i,W)\|_{2k}^{2k})^{1/2k}$.",
    ["theorycheck.lab.stability:mean_gradient_norm"],
    tests=["tests/test_stability_norms.py"],
    uses=["ma2021/eq-5"],
)
flatness = definition(
    "definition-flatness",
    "Section 1",
    r"flatness$(W^*) = \mathrm{Tr}\,\nabla^2\hat L(W^*)$, the sum of the eigenvalues of the Hessian.",
    [f"{COVERINGS}:flatness"],
    note="A large value is a *sharp* minimum.",
)
risks = definition(
    "definition-risks",
    "Section 2",
    r"$\hat L(W) = \frac1n\sum_i\frac12(f(x_i,W)-y_i)^2$; generalisation error $\mathbb E_{x\sim\mu}(f(x,W)-f^*(x))^2$.",
    [f"{COVERINGS}:empirical_loss", f"{COVERINGS}:population_loss"],
    note="The ½ of $\\hat L$ is what (3) and (11) need; the generalisation error of (26) has none.",
)
multiplicative_form = definition(
    "eq-6",
    "Section 2, (6)",
    r"$f(x,W) = f(W_1x, W_2)$ with the input $x \in \mathbb R^d$, $W_1$ the parameters that are multiplied with $x$, $W_2$ all others.",
    ["theorycheck.lab.stability:tanh_network"],
    tests=["tests/test_stability_simulation.py", "tests/test_stability_norms.py"],
    note="In `tanh_network` $W_1$ is U and $W_2 = (b, v)$.",
)

# ---- SGD (7) -----------------------------------------------------------------------------------------------------------

sgd = entry(
    "ma2021/eq-7",
    [
        definition(
            "eq-7@a",
            "Section 2, (7)",
            r"$W_{t+1} = W_t-\frac\eta B\sum_{j=1}^B\nabla L_{\xi_j}(W_t)$, $\xi$ uniform on the $B$-tuples in $\{1..n\}^B$, repetitions allowed.",
            ["theorycheck.lab.optimizers.sgd:sgd", "theorycheck.lab.optimizers.paths:random_paths"],
            tests=["tests/test_optimizers_algorithms.py", "tests/test_optimizers_paths.py"],
            kind="algorithm",
            uses=["ma2021/definition-risks"],
            note="A row of `random_paths` with B entries is such a tuple; `sgd` moves along one sample at a time ($B = 1$).",
        ),
        definition(
            "eq-7@b",
            "Section 2, (7)",
            r"$W_{t+1} = W_t-\frac\eta B\sum_{j=1}^B\nabla L_{\xi_j}(W_t)$, $\xi_1..\xi_B$ distinct: a uniform subset of $B$ samples.",
            ["theorycheck.lab.stability:draw_subsets", "theorycheck.lab.stability:simulate_sgd"],
            tests=["tests/test_stability_subsets.py", "tests/test_stability_simulation.py"],
            kind="algorithm",
            uses=["ma2021/definition-risks"],
        ),
    ],
    printed="Section 2, (7)",
    kind="algorithm",
    statement=r"$W_{t+1} = W_t-\frac\eta B\sum_{j=1}^B\nabla L_{\xi_j}(W_t)$.",
)


# ---- local smoothness (8) ---------------------------------------------------------------------------------

_LOCAL = r"$\|\tilde W-W\|_2 \le \delta \Rightarrow \|\nabla_Wf(x,\tilde W)\|_{2k} \le C(\|\nabla_Wf(x,W)\|_{2k}+\kappa)$"
local_smoothness = entry(
    "ma2021/definition-1",
    [
        definition(
            f"definition-1@{letter}",
            "Definition 1, (8)",
            f"{_LOCAL} with $\\kappa = {kappa}$.",
            [f"{COVERINGS}:local_growth"],
            note="The search bounds the least admissible $C$ from below.",
        )
        for letter, kappa in (("a", 0), ("b", 1))
    ],
    printed="Definition 1, (8)",
    kind="definition",
    statement=_LOCAL + ".",
)

# ---- coverings and scattering ------------------------------------------------------------------------------------------

covering = definition(
    "definition-2",
    "Definition 2, (9)",
    r"$\{x_i\}$ $(\varepsilon,\delta)$-covers $\mu$ if $\mathbb P_{x\sim\mu}(\min_i\|x-x_i\|_2 \le \varepsilon) \ge 1-\delta$.",
    [
        f"{COVERINGS}:covered_mass",
        f"{COVERINGS}:covered_mass_on_circle",
        f"{COVERINGS}:sampled_covered_mass",
    ],
)
scattering = definition(
    "definition-3",
    "Definition 3",
    r"$\{x_i\}$ is $(r,K)$-scattered if $\phi(x) = \sum_i\mathbf 1_{B(x_i,r)}(x) \le K$ for all $x$.",
    [f"{COVERINGS}:scattering_number", f"{COVERINGS}:scattering_bounds"],
    note="Exact in every dimension for few points, with closed balls; with open ones the number may be smaller where balls just touch.",
)
distributions = definition(
    "definition-4",
    "Definition 4, (10)",
    r"$\mu$ is $(n,\varepsilon,\delta,q)$-covered, $(n,r,K,q)$-scattered: (9), $(r,K)$-scattering, with probability $\ge 1-q$ over $n$ i.i.d. draws.",
    [
        f"{COVERINGS}:probability_interval",
        f"{COVERINGS}:covered_mass_on_circle",
        f"{COVERINGS}:scattering_number",
    ],
    uses=["ma2021/definition-2", "ma2021/definition-3"],
    note="So many of a number of drawn data sets have the property: the interval encloses $1-q$.",
)
