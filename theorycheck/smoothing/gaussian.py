r"""Gaussian expectations in closed form: E g(Y) for independent Y_j ~ N(x_j, v).

Four facts suffice (T ~ N(τ, ν) below).

- Tilting: e^{−Y·AY + B·Y} times the law of Y is, up to a factor, again Gaussian, with D = I + 2vA, mean D⁻¹(x + vB) and
  covariance v D⁻¹; the factor is det D^{-1/2} exp(B·D⁻¹x + v B·D⁻¹B/2 − x·A D⁻¹x). Complex B gives cosines.
- Heat: E p(Y) = e^{Σ V_ij ∂_i ∂_j / 2} p at the mean, a finite sum for polynomials.
- Projection: given T = w·Y + b, Y is Gaussian, its mean affine in T, so E[p(Y) G(T)] = E[q(T) G(T)].
- Stein: E[Tⁿ G] = τ E[Tⁿ⁻¹ G] + ν((n−1) E[Tⁿ⁻² G] + E[Tⁿ⁻¹ G']); for a step G' is a point mass, for erf a bump.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from theorycheck.errors import ClaimError
from theorycheck.smoothing.terms import (
    Factors,
    NoRuleError,
    Polynomial,
    combine_steps,
    expand,
    linear_form,
    polynomial_in,
)

Expr = Any
Values = dict[Expr, Expr]
"""Basis function (1, a Φ, a bump) -> its coefficient."""

RULES = {
    "polynomial": r"Hermite moments: $\mathbb E\,p(x+\sigma u)=e^{\sigma^2c\Delta/2}p(x)$, $c=\mathbb E u_i^2$",
    "oscillation": r"damping: $\mathbb E\,e^{i\omega(x+\sigma u)}=e^{-c\sigma^2\omega^2/2}e^{i\omega x}$, "
    r"polynomial factors shifted by $ic\sigma^2\omega$",
    "exponential": r"tilting: $\mathbb E\,p(x+\sigma u)e^{b(x+\sigma u)}=e^{bx+c\sigma^2b^2/2}\,"
    r"\mathbb E\,p(x+c\sigma^2b+\sigma u)$",
    "bump": r"completing the square in $e^{-ay^2+by}$ times the Gaussian density",
    "truncated moments": r"Stein's identity: $\mathbb E[T^nH(T-k)]=\tau\,\mathbb E[T^{n-1}H]+\nu((n-1)\,\mathbb E[T^{n-2}H]"
    r"+k^{n-1}\varphi(k))$, $T\sim N(\tau,\nu)$",
    "error function": r"$\mathbb E\,\mathrm{erf}(aT+b)=\mathrm{erf}((a\tau+b)/\sqrt{1+2a^2\nu})$, $T\sim N(\tau,\nu)$, and "
    r"Stein's identity for polynomial factors",
}
"""Each rule's name and its reason in LaTeX."""


def rule_of(factors: Factors) -> str:
    """Return the name in `RULES` of the rule that a term needs."""
    if factors.erfs:
        return "error function"
    if factors.steps:
        return "truncated moments"
    if factors.exponent != 0:
        return "bump" if _has_squares(factors.exponent) else "exponential"
    return "oscillation" if factors.oscillation != 1 else "polynomial"


def _has_squares(exponent: Expr) -> bool:
    symbols = sorted(exponent.free_symbols, key=str)
    try:
        return any(sum(m) > 1 for m in polynomial_in(exponent, symbols))
    except NoRuleError:
        return True


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
        joined = [_tidy(c) * sympy.exp(log_factor) * basis for basis, c in values.items()]
        return (scale * sympy.Add(*joined)).xreplace(shorthand)
    value = sympy.Add(*[_tidy(coefficient) * basis for basis, coefficient in values.items()])
    return (scale * sympy.exp(log_factor) * value).xreplace(shorthand)


def _tidy(coefficient: Expr) -> Expr:
    return expand(coefficient)


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
    """E[polynomial · exp(exponent + tilt·Y) · steps · erfs] as scale · e^{log_factor} · Σ coefficient · basis."""
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
        law = _tilted_law(indices, quadratic, tilt, variables, variance, shorthand, conditions)
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
        return lambda powers: {sympy.S.One: _at(_heat({powers: sympy.S.One}, law.covariance), law.mean)}
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
    moments = _step_moments(forms, w, b, tau, nu)
    t = sympy.Dummy("t")

    def mean(powers: tuple[int, ...]) -> Values:
        if size == 1:
            conditional = expand(((t - b) / w[0]) ** powers[0])
        else:
            places = [m + g * (t - tau) for m, g in zip(law.mean, gain, strict=True)]
            conditional = expand(_at(_heat({powers: sympy.S.One}, rest), places))
        values: Values = {}
        for (n,), coefficient in polynomial_in(conditional, [t]).items():
            for basis, value in moments(n).items():
                values[basis] = values.get(basis, sympy.S.Zero) + coefficient * value
        return values

    return mean


def _heat(polynomial: Polynomial, covariance: Any) -> Polynomial:
    """Return e^{Σ V_ij ∂_i∂_j/2} polynomial."""
    size = covariance.shape[0]
    pairs = [(i, j, covariance[i, j]) for i in range(size) for j in range(size) if covariance[i, j] != 0]
    total, current, order = dict(polynomial), polynomial, 0
    while current:
        order += 1
        following: Polynomial = {}
        for powers, coefficient in current.items():
            for i, j, v in pairs:
                lowered = list(powers)
                factor = lowered[i]
                lowered[i] -= 1
                factor *= lowered[j]
                lowered[j] -= 1
                if factor:
                    key = tuple(lowered)
                    following[key] = following.get(key, 0) + coefficient * v * sympy.Rational(
                        factor, 2 * order
                    )
        for key, value in following.items():
            total[key] = total.get(key, sympy.S.Zero) + value
        current = following
    return total


def _at(polynomial: Polynomial, places: Sequence[Expr]) -> Expr:
    return sympy.Add(
        *[
            c * sympy.prod([p**n for p, n in zip(places, powers, strict=True)])
            for powers, c in polynomial.items()
        ]
    )


def _step_moments(
    forms: Sequence[tuple[list[Expr], Expr, str]], w: list[Expr], b: Expr, tau: Expr, nu: Expr
) -> Callable[[int], Values]:
    """Return n -> E[Tⁿ G(T)], T = w·Y + b ~ N(τ, ν), for the product G of the steps or for one error function."""
    along = [(*_along(w, b, form, offset), kind) for form, offset, kind in forms]
    erfs = [(alpha, beta) for alpha, beta, kind in along if kind == "erfs"]
    steps = [(alpha, beta) for alpha, beta, kind in along if kind == "steps"]
    if len(erfs) > 1 or (erfs and steps):
        raise NoRuleError("a product of error functions, or of one with a step, has no closed form")
    if erfs:
        return functools.partial(_erf_moment, *erfs[0], tau, nu)
    lowers, uppers = [], []
    for alpha, beta in steps:
        if alpha.is_positive:
            lowers.append(-beta / alpha)
        elif alpha.is_negative:
            uppers.append(-beta / alpha)
        else:
            raise NoRuleError(f"the sign of {alpha} is needed: declare its symbols positive")
    pieces = combine_steps(lowers, uppers)

    def moment(n: int) -> Values:
        values: Values = {}
        for sign, k in pieces:
            part = {sympy.S.One: _raw_moment(n, tau, nu)} if k is None else _half_line_moment(n, k, tau, nu)
            for basis, value in part.items():
                values[basis] = values.get(basis, sympy.S.Zero) + sign * value
        return values

    return moment


def _along(w: list[Expr], b: Expr, form: list[Expr], offset: Expr) -> tuple[Expr, Expr]:
    """Return (α, β) with form·Y + offset = α (w·Y + b) + β."""
    lead = next(j for j, c in enumerate(w) if c != 0)
    alpha = sympy.cancel(form[lead] / w[lead])
    if any(sympy.expand(form[j] - alpha * w[j]) != 0 for j in range(len(w))):
        raise NoRuleError("two kinks in different directions that share a variable have no closed form")
    return alpha, expand(offset - alpha * b)


def _raw_moment(n: int, tau: Expr, nu: Expr) -> Expr:
    return _at(_heat({(n,): sympy.S.One}, sympy.Matrix([[nu]])), [tau])


def _half_line_moment(n: int, k: Expr, tau: Expr, nu: Expr) -> Values:
    """E[Tⁿ H(T − k)] in the basis (1 + erf)/2 and the exponential of the density at k."""
    tail = (1 + sympy.erf((tau - k) / sympy.sqrt(2 * nu))) / 2
    bump = sympy.exp(-((tau - k) ** 2) / (2 * nu))
    a, b = [sympy.S.One], [sympy.S.Zero]
    height = sympy.sqrt(nu / (2 * sympy.pi))
    for m in range(1, n + 1):
        earlier = (a[m - 2], b[m - 2]) if m > 1 else (0, 0)
        a.append(expand(tau * a[m - 1] + nu * (m - 1) * earlier[0]))
        b.append(expand(tau * b[m - 1] + nu * (m - 1) * earlier[1] + k ** (m - 1) * height))
    return {tail: a[n], bump: b[n]} if b[n] != 0 else {tail: a[n]}


def _erf_moment(alpha: Expr, beta: Expr, tau: Expr, nu: Expr, n: int) -> Values:
    """E[Tⁿ erf(αT + β)]: Stein's identity with the bump (2α/√π) e^{−(αT+β)²}, under which T is again Gaussian."""
    widening = 1 + 2 * alpha**2 * nu
    wide = sympy.erf((alpha * tau + beta) / sympy.sqrt(widening))
    bump = sympy.exp(-((alpha * tau + beta) ** 2) / widening)
    height = 2 * alpha / sympy.sqrt(sympy.pi * widening)
    centre, spread = (tau - 2 * alpha * beta * nu) / widening, nu / widening
    a, b = [sympy.S.One], [sympy.S.Zero]
    for m in range(1, n + 1):
        earlier = (a[m - 2], b[m - 2]) if m > 1 else (0, 0)
        a.append(tau * a[m - 1] + nu * (m - 1) * earlier[0])
        b.append(tau * b[m - 1] + nu * ((m - 1) * earlier[1] + height * _raw_moment(m - 1, centre, spread)))
    return {wide: a[n], bump: b[n]} if n else {wide: a[n]}
