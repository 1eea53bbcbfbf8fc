"""Section 4: the scale of the first layer of a ReLU network. Rescaling leaves the function alone, training keeps layers balanced.

Balanced means: under gradient flow each hidden unit of a network with a homogeneous activation keeps ‖incoming weights‖² − ‖outgoing weights‖².
The sum of these is kept (reading b). The whole matrix W_l W_lᵀ − W_{l+1}ᵀ W_{l+1} (reading a) is kept by linear layers, not by ReLU.
"""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import sympy

from theorycheck import Claim, Experiment, Observation, Refutation, Space, dimension, point, real
from theorycheck.derivations import by_expansion, chain, derivation, elementary, eq, gt
from verifications.ma2021.sobolev_readings import entry

# ---- rescaling ---------------------------------------------------------------------------------------------------------


def relu(z):
    return (z + abs(z)) / 2


def rescaled_unit(xp, w, x, v, c):
    """One hidden unit with weights w and v, scaled by c before and 1/c after."""
    return v / c * relu(xp.vecdot(xp.scale(c, w), x)), v * relu(xp.vecdot(w, x))


def prove_rescaling(s):
    return derivation(chain(s.left, eq(s.right, by_expansion("$|cz| = c|z|$ for $c > 0$"))))


relu_rescaling = Claim(
    id="ma2021/remark-relu-rescaling",
    printed="Section 4",
    kind="identity",
    statement=r"For ReLU nets the first layer can be scaled up and the second down without changing the model function: "
    r"$\frac1cW_2\,\mathrm{relu}(cW_1x) = W_2\,\mathrm{relu}(W_1x)$ for every $c > 0$.",
    space=Space(d=dimension(1, 2, 5), w=point(), x=point(), v=real(), c=real(0, open_low=True)),
    sides=rescaled_unit,
    relation="=",
    derivation=prove_rescaling,
    uses=["ma2021/eq-6"],
    expected="proved",
    note="Unit by unit, so for every width and every linear second layer; with a bias $b_1$ scaled like $W_1$ too. $\\|cW_1\\| = c\\|W_1\\|$ in "
    "every norm, so $\\omega_k(W_1)$ may be as large as one likes, and the right sides of (20)–(22) with it: "
    "$\\nabla_{W_1}f$ is divided by $c$, $\\nabla_{W_2}f$ multiplied.",
)

# ---- balance under gradient flow ------------------------------------------------------------------------------------------
# f = Σ_j v_j σ(w_j x), residual r, flow w_j' = −r v_j σ'(w_j x) x, v_j' = −r σ(w_j x).


def off_diagonal(xp, w, u, v_1, v_2, r):
    """d = 1, x = 1, ReLU, an active unit (w > 0) and an inactive one (u < 0): d/dt of (W_1W_1ᵀ − W_2ᵀW_2)_12, and 0."""
    w_rate, u_rate = -r * v_1, 0 * r
    v_1_rate, v_2_rate = -r * w, 0 * r
    return w_rate * u + w * u_rate - v_1_rate * v_2 - v_1 * v_2_rate, 0 * r


def contrary_balance(_):
    w, size, r = sympy.symbols("w c r", positive=True)
    rate = -r * 1 * (-size) - (-r * w) * 1  # v_1 = v_2 = 1, u = −c
    return derivation(
        chain(
            rate,
            eq(r * (size + w), by_expansion("product rule")),
            gt(sympy.Integer(0), elementary("$r, c, w > 0$")),
        ),
        concludes=((rate, ">", sympy.Integer(0)),),
    )


balance_of_matrices = Claim(
    id="ma2021/remark-layer-balance@a",
    printed="Section 4",
    kind="convergence",
    statement=r"For homogeneous activations $W_lW_l^T - W_{l+1}^TW_{l+1}$ is fixed in the limit of zero learning rate.",
    refutation=Refutation(
        contrary_balance,
        "with ReLU, one active and one inactive unit, the off-diagonal entry moves at the rate $r(v_2w - v_1u) \\ne 0$",
        sides=off_diagonal,
        relation="=",
        instance={
            "w": Fraction(1),
            "u": Fraction(-1),
            "v_1": Fraction(1),
            "v_2": Fraction(1),
            "r": Fraction(1),
        },
    ),
    uses=["ma2021/eq-7"],
    expected="contested",
    note="It is fixed for linear layers, and its diagonal is for every homogeneous activation.",
)


def prove_balance(_):
    e, a, b = sympy.symbols("e a b", real=True)
    z, c = sympy.Symbol("z", nonnegative=True), sympy.Symbol("c", positive=True)
    incoming, outgoing = [], []
    for slope, pre_activation in ((a, z), (b, -c)):
        delta = e * slope  # the gradient at the pre-activation
        incoming.append(-2 * delta * pre_activation)  # d/dt ‖w‖² = 2⟨w, w'⟩ = −2 δ ⟨w, h⟩
        outgoing.append(-2 * e * (slope * pre_activation))  # d/dt ‖v‖² = 2⟨v, v'⟩ = −2 ⟨v, δ_next⟩ σ(z)
    return derivation(
        chain(incoming[0], eq(outgoing[0], by_expansion("$\\sigma'(z)z = \\sigma(z)$ for an active unit"))),
        chain(incoming[1], eq(outgoing[1], by_expansion("$\\sigma'(z)z = \\sigma(z)$ for an inactive unit"))),
        concludes=((incoming[0], "=", outgoing[0]), (incoming[1], "=", outgoing[1])),
    )


def drift(xp, generator, effort):
    """Full-batch gradient descent to a fixed time with halved learning rates: drift of ‖W_1‖² − ‖W_2‖², and of the off-diagonal."""
    x, y = generator.normal(size=(6, 3)), generator.normal(size=6)
    first, second = generator.normal(size=(4, 3)) / 2, generator.normal(size=4) / 2
    drifts, matrices = [], []
    rates = [0.02 / 2**j for j in range(4)]
    for learning_rate in rates:
        w, v = first.copy(), second.copy()
        for _ in range(round(1.0 / learning_rate)):
            z = x @ w.T
            h = np.maximum(z, 0)
            residual = (h @ v - y) / len(y)
            w_gradient, v_gradient = ((residual[:, None] * v) * (z > 0)).T @ x, residual @ h
            w, v = w - learning_rate * w_gradient, v - learning_rate * v_gradient
        before, after = first @ first.T - np.outer(second, second), w @ w.T - np.outer(v, v)
        drifts.append(abs(float(np.trace(after - before))))
        matrices.append(float(np.abs((after - before) - np.diag(np.diag(after - before))).max()))
    halves = all(0.35 <= later / earlier <= 0.65 for earlier, later in pairwise(drifts))
    stays = matrices[-1] > 100 * drifts[-1]
    summary = f"drift of the Frobenius difference {drifts}, of the off-diagonal entries {matrices}, at learning rates {rates}"
    details = {"learning rates": rates, "drift": drifts, "off-diagonal": matrices}
    return Observation("agrees" if halves and stays else "undecided", summary, details)


balance_of_norms = Claim(
    id="ma2021/remark-layer-balance@b",
    printed="Section 4",
    kind="convergence",
    statement=r"For homogeneous activations $\|W_l\|_F^2-\|W_{l+1}\|_F^2$ is fixed in the limit of zero learning rate.",
    derivation=prove_balance,
    experiments=[
        Experiment(
            "drift of gradient descent",
            "to time 1 from one start, the drift of ‖W_1‖² − ‖W_2‖² halves with the learning rate (ratios in [0.35, 0.65]) while the "
            "off-diagonal entries of W_1W_1ᵀ − W_2W_2ᵀ move 100 times more",
            drift,
        )
    ],
    uses=["ma2021/eq-7"],
    expected="conditional",
    note="Homogeneous of degree 1 (linear, ReLU, leaky ReLU); of degree $q$, $\\sigma'(z)z = q\\sigma(z)$ and $\\|W_l\\|_F^2-q\\|W_{l+1}\\|_F^2$ is "
    "kept instead. For networks without biases; for every depth, width and input: the derivation is about one unit, and both norms are "
    "sums over units and data. At a kink ($z = 0$) any subgradient gives 0 on both sides. With a bias the kept quantity is "
    "$\\|w_j\\|^2+b_j^2-\\|v_j\\|^2$, and the printed difference of weights moves. With learning rate $\\eta$ it drifts by $O(\\eta)$.",
)


def prove_balance_of_entries(s):
    """Linear layers, entry (i, j): w_i' = −δ_i h and v_i' = −z_i δ_next with δ_i = ⟨v_i, δ_next⟩, z_i = ⟨w_i, h⟩, one datum."""
    delta_i, delta_j, z_i, z_j = sympy.symbols("delta_i delta_j z_i z_j", real=True)
    incoming = -delta_i * z_j - z_i * delta_j  # ⟨w_i', w_j⟩ + ⟨w_i, w_j'⟩
    outgoing = -z_i * delta_j - delta_i * z_j  # ⟨v_i', v_j⟩ + ⟨v_i, v_j'⟩
    diagonal = prove_balance(s)
    return derivation(
        *diagonal.chains,
        chain(
            incoming,
            eq(outgoing, by_expansion("linear layers: $W_lW_l^T$ and $W_{l+1}^TW_{l+1}$ move alike")),
        ),
        concludes=(*diagonal.concludes, (incoming, "=", outgoing)),
    )


balance_of_entries = Claim(
    id="ma2021/remark-layer-balance@a-corrected",
    printed="Section 4, corrected",
    kind="convergence",
    statement=r"In the limit of zero learning rate the diagonal of $W_lW_l^T - W_{l+1}^TW_{l+1}$ is fixed for activations that are homogeneous of degree 1, and the "
    "whole matrix is for linear layers.",
    derivation=prove_balance_of_entries,
    corrects="ma2021/remark-layer-balance@a",
    uses=["ma2021/eq-7"],
    expected="conditional",
    note="Entry by entry and datum by datum; without biases. $h$ is the input of the layer, $\\delta$ what is propagated back.",
)
layer_balance = entry(
    "ma2021/remark-layer-balance",
    [balance_of_matrices, balance_of_norms],
    printed="Section 4",
    kind="convergence",
    statement="For homogeneous activations a difference of neighbouring layers does not change significantly in training.",
)
