r"""One output entry of a layer: what the identities of Appendix D rest on.

Every layer of the paper but dropout is a set of output entries, each of the form

    (⟨θ, z⟩ + b − y)²,    z = h(x),

with weights θ, inputs x, a bias b and an output y = x_+: the row of a dense layer, the window of a convolution (θ is the
kernel, x the pixels under it), the window of a pooling layer (θ fixed). Smoothing is linear, so entries may share weights
and inputs: the smoothed loss is the sum of the smoothed entries (`entries_add_up`). `row` computes a smoothed entry for
n weights from the moments of its variables, `prove_row` proves what comes out for every n.

Moments: every variable that is smoothed gets its own u ~ N(0, 1/2), so E u = 0, E u² = 1/2. An activation acts
coordinate-wise: H_j = h(x_j + σu_j) has E H_j = m_j = h_σ(x)_j and E H_j² = q_j² = (h²)_σ(x)_j, and different H_j are
independent. Nothing else about h is used.
"""

from dataclasses import dataclass

import sympy

from theorycheck.derivations import chain, eq, pairwise_identity

sigma = sympy.Symbol("sigma", nonnegative=True)
ALL = ("bias", "output", "weights", "input")

# ---- one entry, on symbols -----------------------------------------------------------------------------------------------


def mean_over(expression, moments):
    """E of a polynomial over independent variables; `moments[v]` lists E v, E v², …"""
    variables = tuple(moments)
    if not variables:
        return expression
    total = 0
    for powers, coefficient in sympy.Poly(sympy.expand(expression), *variables).terms():
        factors = (moments[v][power - 1] for v, power in zip(variables, powers, strict=True) if power)
        total += coefficient * sympy.prod(factors)
    return sympy.expand(total)


def gaussian_moments(*symbols):
    """E u = 0, E u² = 1/2 of N(0, 1/2) for each; no entry has a higher power of one variable."""
    return {symbol: (0, sympy.Rational(1, 2)) for symbol in symbols}


def numbered(name, n):
    return sympy.symbols(f"{name}_:{n}", real=True)


@dataclass(frozen=True)
class Row:
    """The symbols of an entry with n weights: θ_j, x_j, m_j = h_σ(x)_j, q_j, and the scalars b, y."""

    n: int

    @property
    def theta(self):
        return numbered("theta", self.n)

    @property
    def x(self):
        return numbered("x", self.n)

    @property
    def m(self):
        return numbered("m", self.n)

    @property
    def q(self):
        return numbered("q", self.n)

    @property
    def bias(self):
        return sympy.Symbol("b", real=True)

    @property
    def output(self):
        return sympy.Symbol("y", real=True)

    def residual(self, inputs, weights=None):
        """⟨θ, inputs⟩ + b − y."""
        weights = self.theta if weights is None else weights
        return sum(t * z for t, z in zip(weights, inputs, strict=True)) + self.bias - self.output


def row(n, smoothed=ALL, activation=False):
    """E(⟨θ+σU, h(x+σV)⟩ + b+σB − y−σY)² over what is smoothed; without `activation` h is the identity.

    An activation whose input is not smoothed needs no case of its own: its value is an input.
    """
    r = Row(n)
    noise = {name: numbered(name, n) for name in ("U", "V", "H")}
    b, y = sympy.symbols("B Y", real=True)
    moments = {}
    weights, inputs = r.theta, r.x
    if "weights" in smoothed:
        weights = tuple(t + sigma * u for t, u in zip(r.theta, noise["U"], strict=True))
        moments |= gaussian_moments(*noise["U"])
    if "input" in smoothed and activation:
        inputs = noise["H"]
        moments |= {h: (m, q**2) for h, m, q in zip(noise["H"], r.m, r.q, strict=True)}
    elif "input" in smoothed:
        inputs = tuple(x + sigma * v for x, v in zip(r.x, noise["V"], strict=True))
        moments |= gaussian_moments(*noise["V"])
    scalar = r.residual(inputs, weights)
    if "bias" in smoothed:
        scalar += sigma * b
        moments |= gaussian_moments(b)
    if "output" in smoothed:
        scalar -= sigma * y
        moments |= gaussian_moments(y)
    return mean_over(scalar**2, moments)


def prove_row(text, sides, name=""):
    """The chain that `sides(n)`, one entry with n weights, are equal for every n; the link shows n = 2."""
    left, right = sides(2)
    return chain(left, eq(right, pairwise_identity(text, sides), name))


# ---- all entries of a layer --------------------------------------------------------------------------------------------


def entries_add_up(varying, constant, text, name=""):
    """Σ over n entries of (varying terms + constant) = Σ of each varying term + n · constant; the link shows n = 2.

    Parameters
    ----------
    varying : dict of name to coefficient
        A term c·t_i of entry i for each name t.
    constant : expression
        What every entry adds.
    """

    def sides(n):
        terms = {key: numbered(key, n) for key in varying}
        left = sum(sum(c * terms[key][i] for key, c in varying.items()) + constant for i in range(n))
        return left, sum(c * sum(terms[key]) for key, c in varying.items()) + n * constant

    return prove_row(text, sides, name)


def says(*chains):
    """What chains of equalities conclude, where a claim's formula on arrays has no symbolic form."""
    return tuple((c.start, "=", c.end) for c in chains)


def activation_layer(n):
    """E‖h(x+σV) − y − σY‖² of an activation as a layer of its own, n coordinates."""
    r, h, noise, y = Row(n), numbered("H", n), numbered("Y", n), numbered("y", n)
    moments = {v: (m, q**2) for v, m, q in zip(h, r.m, r.q, strict=True)} | gaussian_moments(*noise)
    left = mean_over(sum((h[j] - y[j] - sigma * noise[j]) ** 2 for j in range(n)), moments)
    right = sum((r.m[j] - y[j]) ** 2 for j in range(n)) + n * sigma**2 / 2
    return left, right + sum(q**2 for q in r.q) - sum(m**2 for m in r.m)
