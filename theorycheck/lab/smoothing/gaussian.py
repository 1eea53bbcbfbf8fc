r"""Gaussian expectations in closed form: E g(Y) for independent Y_j ~ N(x_j, v).

Four facts suffice (T ~ N(τ, ν) below).

- Tilting: e^{−Y·AY + B·Y} times the law of Y is, up to a factor, again Gaussian, with
  D = I + 2vA, mean D⁻¹(x + vB) and covariance v D⁻¹; the factor is
  det D^{-1/2} exp(B·D⁻¹x + v B·D⁻¹B/2 − x·A D⁻¹x). Complex B gives cosines.
- Heat: E p(Y) = e^{Σ V_ij ∂_i ∂_j / 2} p at the mean, a finite sum for polynomials.
- Projection: given T = w·Y + b, Y is Gaussian, its mean affine in T, so E[p(Y) G(T)] = E[q(T) G(T)].
- Stein: E[Tⁿ G] = τ E[Tⁿ⁻¹ G] + ν((n−1) E[Tⁿ⁻² G] + E[Tⁿ⁻¹ G']); for a step G' is a point mass,
  for erf a bump.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.errors import ClaimError
from theorycheck.lab.smoothing.terms import (
    Factors,
    Polynomial,
    expand,
    linear_form,
    polynomial_in,
)
from theorycheck.lab.smoothing.truncated_moments import Values, at, heat, step_moments

Expr = Any

RULES = {
    "polynomial": r"Hermite moments: $\mathbb E\,p(x+\sigma u)=e^{\sigma^2c\Delta/2}p(x)$, "
    r"$c=\mathbb E u_i^2$",
    "oscillation": r"damping: $\mathbb E\,e^{i\omega(x+\sigma u)}=e^{-c\sigma^2\omega^2/2}e^{i\omega x}$, "
    r"polynomial factors shifted by $ic\sigma^2\omega$",
    "exponential": r"tilting: $\mathbb E\,p(x+\sigma u)e^{b(x+\sigma u)}=e^{bx+c\sigma^2b^2/2}\,"
    r"\mathbb E\,p(x+c\sigma^2b+\sigma u)$",
    "bump": r"completing the square in $e^{-ay^2+by}$ times the Gaussian density",
    "truncated moments": r"Stein's identity: $\mathbb E[T^nH(T-k)]=\tau\,\mathbb E[T^{n-1}H]"
    r"+\nu((n-1)\,\mathbb E[T^{n-2}H]+k^{n-1}\varphi(k))$, $T\sim N(\tau,\nu)$",
    "error function": r"$\mathbb E\,\mathrm{erf}(aT+b)=\mathrm{erf}((a\tau+b)/\sqrt{1+2a^2\nu})$, "
    r"$T\sim N(\tau,\nu)$, and Stein's identity for polynomial factors",
}
"""Each rule's name and its reason in LaTeX."""


def rule_of(factors: Factors, variables: Sequence[Expr]) -> str:
    """Return the name in `RULES` of the rule that a term needs."""
    if factors.erfs:
        return "error function"
    if factors.steps:
        return "truncated moments"
    if factors.exponent != 0:
        squares = any(sum(powers) > 1 for powers in polynomial_in(factors.exponent, variables))
        return "bump" if squares else "exponential"
    return "oscillation" if factors.oscillation != 1 else "polynomial"


@dataclass(frozen=True)
class Law:
    """The Gaussian law of some of the variables after tilting."""

    indices: tuple[int, ...]
    mean: tuple[Expr, ...]
    covariance: Any  # sympy.Matrix
    log_factor: Expr  # E e^{exponent} = scale · e^{log_factor}
    scale: Expr


def mean_of_term(
    factors: Factors, polynomial: Polynomial, variables: Sequence[Expr], variance: Expr
) -> tuple[Expr, tuple[Any, ...]]:
    """Return E[polynomial(Y) · factors(Y)], Y_j ~ N(variable_j, variance) independent, and conditions.

    Raises
    ------
    NoRuleError
        If the product of steps and error functions has no closed form here.
    ClaimError
        If the expectation is certainly infinite.
    """
    if factors.oscillation == 1:
        return _real_part(factors, polynomial, variables, variance, None)
    frequency, phase = linear_form(factors.oscillation.args[0], variables)
    if not (factors.steps or factors.erfs):
        return _real_part(factors, polynomial, variables, variance, (frequency, phase))
    values = []
    conditions: tuple[Any, ...] = ()
    for sign in (1, -1):  # e^{iθ} and its conjugate; the error function is entire, so complex means are fine
        tilt = [sign * sympy.I * w for w in frequency]
        total, conditions = _mean(factors, polynomial, variables, variance, tilt)
        values.append(sympy.exp(sign * sympy.I * phase) * _assemble(total))
    if isinstance(factors.oscillation, sympy.cos):
        return (values[0] + values[1]) / 2, conditions
    return (values[0] - values[1]) / (2 * sympy.I), conditions


def _real_part(
    factors: Factors,
    polynomial: Polynomial,
    variables: Sequence[Expr],
    variance: Expr,
    wave: tuple[list[Expr], Expr] | None,
) -> tuple[Expr, tuple[Any, ...]]:
    tilt = [sympy.I * w for w in wave[0]] if wave else [sympy.S.Zero] * len(variables)
    (scale, log_factor, values, shorthand), conditions = _mean(factors, polynomial, variables, variance, tilt)
    if wave is None:
        return _assemble((scale, log_factor, values, shorthand)), conditions
    growth, angle = _split(log_factor)
    real, imaginary = _split(expand(values[sympy.S.One]))
    angle = expand(angle + wave[1])
    if isinstance(factors.oscillation, sympy.cos):
        wave_value = real * sympy.cos(angle) - imaginary * sympy.sin(angle)
    else:
        wave_value = real * sympy.sin(angle) + imaginary * sympy.cos(angle)
    return (scale * sympy.exp(growth) * wave_value).xreplace(shorthand), conditions


def _assemble(total: tuple[Expr, Expr, Values, dict[Expr, Expr]]) -> Expr:
    scale, log_factor, values, shorthand = total
    if log_factor != 0 and values.keys() != {sympy.S.One}:
        # e^{large} · bump would overflow where it is evaluated in floats: join the exponents
        joined = [expand(c) * sympy.exp(log_factor) * basis for basis, c in values.items()]
        return (scale * sympy.Add(*joined)).xreplace(shorthand)
    value = sympy.Add(*[expand(coefficient) * basis for basis, coefficient in values.items()])
    return (scale * sympy.exp(log_factor) * value).xreplace(shorthand)


def _split(expression: Expr) -> tuple[Expr, Expr]:
    """Real and imaginary part of an expanded expression whose symbols are real."""
    real, imaginary = [], []
    for part in sympy.Add.make_args(expand(expression)):
        if part.has(sympy.I):
            imaginary.append(part / sympy.I)
        else:
            real.append(part)
    return sympy.Add(*real), sympy.Add(*imaginary)


def _mean(
    factors: Factors, polynomial: Polynomial, variables: Sequence[Expr], variance: Expr, tilt: Sequence[Expr]
) -> tuple[tuple[Expr, Expr, Values, dict[Expr, Expr]], tuple[Any, ...]]:
    """E[polynomial · exp(exponent + tilt·Y) · steps · erfs], as scale · e^{log_factor} · Σ values."""
    size = len(variables)
    quadratic = polynomial_in(factors.exponent, variables)
    forms = [
        (linear_form(form, variables), kind) for kind in ("steps", "erfs") for form in getattr(factors, kind)
    ]
    links = [[j for j in range(size) if m[j]] for m in quadratic]
    links += [[j for j in range(size) if w[j] != 0] for (w, _), _ in forms]
    scale, log_factor = sympy.S.One, sympy.S.Zero
    shorthand: dict[Expr, Expr] = {}
    conditions: list[Any] = []
    evaluators: list[tuple[tuple[int, ...], Callable[[tuple[int, ...]], Values]]] = []
    for indices in _components(size, links):
        law = _tilted_law(
            indices, quadratic, tilt, variables, variance, shorthand=shorthand, conditions=conditions
        )
        scale, log_factor = scale * law.scale, log_factor + law.log_factor
        here = [
            ([w[j] for j in indices], b, kind) for (w, b), kind in forms if any(w[j] != 0 for j in indices)
        ]
        evaluators.append((indices, functools.cache(_monomial_mean(law, here))))
    total: Values = {}
    for powers, coefficient in polynomial.items():
        product: Values = {sympy.S.One: coefficient}
        for indices, evaluate in evaluators:
            part = evaluate(tuple(powers[j] for j in indices))
            product = _times(product, part)
        for basis, value in product.items():
            total[basis] = total.get(basis, sympy.S.Zero) + value
    return (scale, log_factor, total, shorthand), tuple(conditions)


def _times(a: Values, b: Values) -> Values:
    result: Values = {}
    for basis_a, coefficient_a in a.items():
        for basis_b, coefficient_b in b.items():
            basis = basis_a * basis_b
            result[basis] = result.get(basis, sympy.S.Zero) + coefficient_a * coefficient_b
    return result


def _components(size: int, links: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Group the variables that occur together in a square or in a step."""
    parent = list(range(size))

    def root(j: int) -> int:
        while parent[j] != j:
            j = parent[j]
        return j

    for link in links:
        for j in link[1:]:
            parent[root(j)] = root(link[0])
    groups: dict[int, list[int]] = {}
    for j in range(size):
        groups.setdefault(root(j), []).append(j)
    return [tuple(group) for group in groups.values()]


def _tilted_law(
    indices: tuple[int, ...],
    quadratic: Polynomial,
    tilt: Sequence[Expr],
    variables: Sequence[Expr],
    variance: Expr,
    *,
    shorthand: dict[Expr, Expr],
    conditions: list[Any],
) -> Law:
    size = len(indices)
    x = sympy.Matrix([variables[j] for j in indices])
    b = sympy.Matrix([tilt[j] for j in indices])
    a = sympy.zeros(size, size)
    for powers, coefficient in quadratic.items():
        where = [indices.index(j) for j, n in enumerate(powers) if n and j in indices]
        if not where:
            continue
        if sum(powers) == 1:
            b[where[0]] += coefficient
        elif len(where) == 1:
            a[where[0], where[0]] -= coefficient
        else:
            a[where[0], where[1]] = a[where[1], where[0]] = -coefficient / 2
    if a.is_zero_matrix:
        log_factor = (b.T * x)[0] + variance * (b.T * b)[0] / 2
        return Law(
            indices, tuple(x + variance * b), variance * sympy.eye(size), expand(log_factor), sympy.S.One
        )
    d = sympy.eye(size) + 2 * variance * a
    for order in range(1, size + 1):
        minor = d[:order, :order].det()
        condition = minor > 0
        if condition == False:  # noqa: E712  SymPy's own False
            raise ClaimError(
                "the smoothing is infinite: the expression grows like exp(a y²) and sigma is too large;"
                f" it needs {minor} > 0"
            )
        if condition != True:  # noqa: E712
            conditions.append(condition)
    if size == 1:
        short = sympy.Dummy("q", positive=True)  # 1/(1 + 2va), kept whole while expanding
        shorthand[short] = 1 / d[0, 0]
        inverse, scale = sympy.Matrix([[short]]), sympy.sqrt(short)
    else:
        inverse, scale = d.inv(), 1 / sympy.sqrt(d.det())
    log_factor = (b.T * inverse * x)[0] + variance * (b.T * inverse * b)[0] / 2 - (x.T * a * inverse * x)[0]
    mean = inverse * (x + variance * b)
    return Law(indices, tuple(mean), variance * inverse, expand(log_factor), scale)


def _monomial_mean(
    law: Law, forms: Sequence[tuple[list[Expr], Expr, str]]
) -> Callable[[tuple[int, ...]], Values]:
    """Return the function that maps a monomial to E[monomial · steps · erfs] under the law."""
    if not forms:
        return lambda powers: {sympy.S.One: at(heat({powers: sympy.S.One}, law.covariance), law.mean)}
    w, b, _ = forms[0]
    size = len(w)
    if size == 1 and w[0].is_number and w[0].is_real:
        w, b = [sympy.S.One], sympy.S.Zero  # T is the variable itself
    direction = sympy.Matrix(w)
    tau = sum(c * m for c, m in zip(w, law.mean, strict=True)) + b
    if law.covariance.is_diagonal() and len(set(law.covariance.diagonal())) == 1:
        nu = law.covariance[0, 0] * sum(c**2 for c in w)
    else:
        nu = (direction.T * law.covariance * direction)[0]
    gain = law.covariance * direction / nu  # E[Y | T] = mean + gain (T − τ)
    rest = law.covariance - gain * (direction.T * law.covariance)
    moments = step_moments(forms, w, b, tau, nu)
    t = sympy.Dummy("t")

    def mean(powers: tuple[int, ...]) -> Values:
        if size == 1:
            conditional = expand(((t - b) / w[0]) ** powers[0])
        else:
            places = [m + g * (t - tau) for m, g in zip(law.mean, gain, strict=True)]
            conditional = expand(at(heat({powers: sympy.S.One}, rest), places))
        values: Values = {}
        for (n,), coefficient in polynomial_in(conditional, [t]).items():
            for basis, value in moments(n).items():
                values[basis] = values.get(basis, sympy.S.Zero) + coefficient * value
        return values

    return mean
