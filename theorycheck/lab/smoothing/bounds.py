r"""Two-sided bounds where smoothing has no closed form: softplus, log-sum-exp, cross-entropy.

All come from one expansion. For a twice differentiable f and a kernel with mean zero and covariance cI,

    f_σ(x) − f(x) = E [σ u·∇f(x) + σ² u·∇²f(ξ)u / 2] = E σ² u·∇²f(ξ)u / 2,

so 0 ≤ ∇²f gives f ≤ f_σ (Jensen), and a bound on the curvature gives the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.errors import ClaimError
from theorycheck.lab.smoothing.kernels import Kernel, starnes
from theorycheck.lab.smoothing.terms import NoRuleError, linear_form

Expr = Any


@dataclass(frozen=True)
class Bounds:
    """lower ≤ f_σ ≤ upper for every value of the symbols.

    Attributes
    ----------
    lower, upper : sympy.Expr
    reason : str
        The proof in one line of LaTeX text.
    """

    lower: Expr
    upper: Expr
    reason: str


def softplus(x: Expr) -> Expr:
    """Return log(1 + e^x)."""
    return sympy.log(1 + sympy.exp(x))


def softplus_bounds(x: Expr, sigma: Expr, kernel: Kernel = starnes) -> Bounds:
    r"""Bound the smoothing of softplus(x) = log(1 + e^x), one variable.

    With s(x) = 1/(1 + e^{−x}), softplus' = s and softplus'' = s(1 − s) ∈ [0, 1/4]. Taylor's theorem with E
    u = 0 gives
    softplus_σ(x) − softplus(x) = (σ²/2) E[softplus''(ξ) u²] ∈ [0, (σ²/8) E u²], that is, with E u² = 1/2
    (the default
    kernel), softplus ≤ softplus_σ ≤ softplus + σ²/16.
    """
    return logistic_loss_bounds(x, sympy.Integer(0), [x], sigma, kernel)


def logistic_loss_bounds(
    logit: Expr, label: Expr, variables: Sequence[Expr], sigma: Expr, kernel: Kernel = starnes
) -> Bounds:
    r"""Bound the smoothing of −log p(label) for a Bernoulli label with logistic link, softplus(z) − label·z.

    z = w·x + b must be affine in the smoothed variables x. Along z the noise is σ w·u with variance
    cσ²‖w‖², so
    0 ≤ softplus'' ≤ 1/4 gives the slack cσ²‖w‖²/8 (covariance of u: cI); the linear part is smoothed exactly.

    Parameters
    ----------
    logit : sympy.Expr
        z.
    label : sympy.Expr
        0, 1 or a number between (a soft label).
    """
    logit, label = sympy.sympify(logit), sympy.sympify(label)
    w = _affine(logit, variables)
    c = _isotropic_variance(kernel, len(variables))
    loss = softplus(logit) - label * logit
    slack = c * sympy.sympify(sigma) ** 2 * sum(a**2 for a in w) / 8
    reason = r"Taylor's theorem with $\mathbb E u=0$ and $0\le\mathrm{softplus}''\le\frac14$"
    return Bounds(loss, loss + slack, reason)


def log_sum_exp_bounds(
    logits: Sequence[Expr], variables: Sequence[Expr], sigma: Expr, kernel: Kernel = starnes
) -> Bounds:
    r"""Bound the smoothing of log Σ_k e^{z_k}, z_k = w_k·x + b_k affine in the smoothed variables x.

    The Hessian in x is the covariance of w_K when K = k has the softmax probability p_k. It is positive
    semidefinite
    (Jensen: lower bound), and its trace Σ p_k ‖w_k − Σ p_j w_j‖² ≤ Σ p_k ‖w_k − m‖² ≤ max_k ‖w_k − m‖² for
    any m; with the
    average m = w̄. But E u·Hu at a random point ξ(u) is not c tr H; so differentiate in time instead: f_σ
    solves
    ∂_t f = Δf for a Gaussian kernel, t = cσ²/2, and Δf_σ = E Δf(x + σu) ≤ max_k ‖w_k − w̄‖². Hence the slack
    cσ²/2 · max_k ‖w_k − w̄‖², which is cσ²(1 − 1/n)/2 where the n logits themselves are the variables.

    Raises
    ------
    ClaimError
        If a logit is not affine, or the kernel is not Gaussian.
    """
    from theorycheck.lab.smoothing.symbolic import heat_time

    rows = [_affine(sympy.sympify(z), variables) for z in logits]
    time = heat_time(kernel, sigma, len(variables))
    centre = [sum(column) / sympy.Integer(len(rows)) for column in zip(*rows, strict=True)]
    spread = sympy.Max(
        *[sympy.expand(sum((a - m) ** 2 for a, m in zip(w, centre, strict=True))) for w in rows]
    )
    value = sympy.log(sympy.Add(*[sympy.exp(z) for z in logits]))
    reason = (
        r"Jensen below; above $\partial_tf=\Delta f$ and $0\le\Delta\,\mathrm{lse}\le\max_k\|w_k-\bar w\|^2$"
    )
    return Bounds(value, value + time * spread, reason)


def cross_entropy_bounds(
    logits: Sequence[Expr], label: int, variables: Sequence[Expr], sigma: Expr, kernel: Kernel = starnes
) -> Bounds:
    """Bound the smoothing of −log softmax(z)_label = log Σ_k e^{z_k} − z_label, logits affine in the
    variables.

    The linear part z_label is its own smoothing (E u = 0); the rest is `log_sum_exp_bounds`.
    """
    if not 0 <= label < len(logits):
        raise ClaimError(f"the label {label} is none of the {len(logits)} classes: count from 0")
    whole = log_sum_exp_bounds(logits, variables, sigma, kernel)
    return Bounds(whole.lower - logits[label], whole.upper - logits[label], whole.reason)


def _affine(expression: Expr, variables: Sequence[Expr]) -> list[Expr]:
    try:
        return linear_form(expression, variables)[0]
    except NoRuleError as error:
        raise ClaimError(
            f"the logit {expression} is not affine in {', '.join(map(str, variables))}: smooth fewer"
            " variables, or use theorycheck.lab.expectation"
        ) from error


def _isotropic_variance(kernel: Kernel, dimension: int) -> Expr:
    if kernel.moment(1, dimension=dimension) != 0:
        raise ClaimError(f"the kernel {kernel.name} has a mean that is not zero: centre its density first")
    return kernel.variance(dimension)
