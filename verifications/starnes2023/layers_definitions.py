r"""Section 5 and Appendix D: output width, convolutional norm, and the training problems (D.5) to (D.8).

Definitions have no truth, but what they say can disagree with what they are for:

- w_l = (√d_{l−1} − k_l)/s_l + 1 is the number of windows a side where s_l divides √d_{l−1} − k_l; otherwise it is no integer,
  and the windows that fit are its floor. The pooling layer of Table 4 is such a case (25 pixels, windows of 2, stride 2).
- the two printed convolutional norms differ as soon as a window has two pixels with a nonzero product; only the sum of
  squared pixels is the one for which (D.11) holds.
"""

import sympy

from theorycheck import Claim, Space, choice
from theorycheck.derivations import by_expansion, chain, derivation, eq, lt
from theorycheck.derivations import elementary as by_numbers

layer_width = Claim(
    id="starnes2023/definition-layer-width",
    printed="Section 5",
    kind="definition",
    statement=r"Kernel size $k_l$, stride $s_l$: $w_l=\frac{\sqrt{d_{l-1}}-k_l}{s_l}+1$ is the width of the output with a single "
    "kernel.",
    implements=["theorycheck.lab.networks.convolution:output_width"],
    tests=["tests/test_networks_convolution.py"],
    expected="defined",
    note="Presupposes that $s_l$ divides $\\sqrt{d_{l-1}}-k_l$; else the width is the floor (`layer-width-any-stride`).",
)


def prove_width(_):
    """Windows start at 0, s, …; window number w ends at s(w−1)+k ≤ W, the next one would end at sw + k > W."""
    k, w = sympy.symbols("k w", integer=True, positive=True)
    rest, more = sympy.symbols("r q", integer=True, nonnegative=True)  # s = r + 1 + q, so r < s
    width = (rest + 1 + more) * (w - 1) + k + rest
    ends, next_ends = (rest + 1 + more) * (w - 1) + k, (rest + 1 + more) * w + k
    formula = (width - k) / (rest + 1 + more) + 1
    chains = (
        chain(width - ends, eq(rest, by_expansion("window $w$ fits: $r \\ge 0$ pixels are left"))),
        chain(width, lt(next_ends, by_numbers("window $w+1$ does not fit, since $r < s$"))),
        chain(
            formula - w,
            eq(rest / (rest + 1 + more), by_expansion("the printed formula exceeds $w$ by $r/s < 1$")),
        ),
        chain(rest / (rest + 1 + more), lt(sympy.Integer(1), by_numbers("$r < s$"))),
    )
    return derivation(*chains, concludes=tuple((c.start, c.relation, c.end) for c in chains))


def printed_width(xp, k, s, w, rest):
    """The number of windows that fit, counted; the printed formula."""
    width = s * (w - 1) + k + rest
    count = sum(1 for start in range(0, width, s) if start + k <= width)
    one = xp.number(1)
    return count * one, (width - k) * one / s + 1


width_any_stride = Claim(
    id="starnes2023/layer-width-any-stride",
    printed="Section 5",
    kind="identity",
    statement=r"For every width, kernel size and stride, the number of window positions a side is $\frac{\sqrt d-k}{s}+1$.",
    space=Space(k=choice(1, 2), s=choice(1, 2), w=choice(1, 2), rest=choice(0, 1)),
    sides=printed_width,
    relation="=",
    uses=["starnes2023/definition-layer-width"],
    expected="refuted",
    note="False where the stride does not divide $\\sqrt d-k$, as in the pooling layer of Table 4 on MNIST: 25 pixels, windows "
    "of 2, stride 2 give 12.5.",
)
width_corrected = Claim(
    id="starnes2023/layer-width-any-stride-corrected",
    printed="Section 5, corrected",
    kind="identity",
    statement=r"The number of window positions a side is $\lfloor\frac{\sqrt d-k}{s}\rfloor+1$ for $\sqrt d \ge k$, and "
    r"$\frac{\sqrt d-k}{s}+1$ if $s$ divides $\sqrt d-k$.",
    derivation=prove_width,
    corrects="starnes2023/layer-width-any-stride",
    expected="conditional",
    note="With $W = s(w-1)+k+r$, $0 \\le r < s$: window $w$ fits, window $w+1$ does not, and the formula is $w + r/s$.",
)


def _norm(letter, statement, path, note):
    return Claim(
        id=f"starnes2023/definition-convolutional-norm@{letter}",
        printed="Section 5" if letter == "a" else "before Proposition D.3",
        kind="definition",
        statement=statement,
        implements=[path],
        tests=["tests/test_networks_convolution.py", "tests/test_networks_printed.py"],
        expected="defined",
        note=note,
    )


norm_a = _norm(
    "a",
    r"$\|z\|_{C_l}^2 = \|z*J_{k_l}\|^2$, $J_{k_l}$ the $k_l\times k_l$ matrix of ones.",
    "theorycheck.lab.networks.printed:norm_of_window_sums",
    "No norm: it vanishes on images whose windows have the sum 0. Not the one of (D.11), see `eq-d.11@a`.",
)
norm_b = _norm(
    "b",
    r"$\|x\|_{C_+}^2=\sum_{a,b=0}^{w_+-1}\sum_{i,j=1}^{k_+}(x^{(s_+a+i)(s_+b+j)})^2$.",
    "theorycheck.lab.networks.convolution:convolutional_norm_squared",
    "The one of (D.11), see `eq-d.11@b`. It is the sum of the entries of $(x\\circ x)*J$.",
)
convolutional_norm = Claim(
    id="starnes2023/definition-convolutional-norm",
    printed="Section 5; before Proposition D.3",
    kind="definition",
    statement=r"Norm of $z$ with respect to the layer $C_l$: two forms are printed.",
    readings=[norm_a, norm_b],
    expected="defined",
    note="The forms differ, see `eq-d.11`.",
)


def _problem(label, printed, statement, function):
    return Claim(
        id=f"starnes2023/{label}",
        printed=printed,
        kind="definition",
        statement=statement,
        implements=[f"theorycheck.lab.networks.objectives:{function}"],
        tests=["tests/test_networks_printed.py"],
        expected="defined",
    )


DENSE = r"$x_1^n=\theta_1x_0^n+b_1$, $x_l^n=\theta_lh(x_{l-1}^n)+b_l$"
problems = (
    _problem(
        "eq-d.5", "(D.5)", rf"$\min\sum_n\|x_L^n-y^n\|^2$ s.t. {DENSE}, $l=2..L$.", "constrained_objective"
    ),
    _problem(
        "eq-d.6",
        "(D.6)",
        r"$\min_{x,\theta,b}\sum_n\|x_L^n-y^n\|^2+\lambda_1\|\theta_1x_0^n+b_1-x_1^n\|^2+\sum_{l=2}^L\lambda_l"
        r"\|\theta_lh(x_{l-1}^n)+b_l-x_l^n\|^2$.",
        "penalised_objective",
    ),
    _problem(
        "eq-d.7",
        "(D.7)",
        r"$\min\sum_n\|x_{C+L}^n-y^n\|^2$ s.t. $x_1^n=x_0^n*\theta_1+b_1$; $x_l^n=h(x_{l-1}^n)*\theta_l+b_l$, $2\le l\le C$; "
        r"$x_l^n=\theta_lh(x_{l-1}^n)+b_l$, $C+1\le l\le C+L$.",
        "constrained_objective",
    ),
    _problem(
        "eq-d.8",
        "(D.8)",
        r"$\min\sum_n\|x_{C+L}^n-y^n\|_F^2+\lambda_1\|x_0^n*\theta_1+b_1-x_1^n\|_F^2+\sum_{l=2}^C\lambda_l\|h(x_{l-1}^n)*\theta_l"
        r"+b_l-x_l^n\|_F^2+\sum_{l=C+1}^{C+L}\lambda_l\|\theta_lh(x_{l-1}^n)+b_l-x_l^n\|^2$.",
        "penalised_objective",
    ),
)
