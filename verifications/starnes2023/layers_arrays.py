r"""Formulas of smoothed layers on arrays, for the hunts: exact means of squares, and one activation with its smoothings.

The activation is h(x) = x² + cx, neither even nor odd nor monotone, c drawn with the instance; u ~ N(0, I/2).
"""

import itertools
from dataclasses import dataclass

import sympy

from theorycheck.spaces.arrays import Entries
from theorycheck.spaces.domains import Real
from theorycheck.terms.tracing import Kind

# ---- means -----------------------------------------------------------------------------------------------------------------


def mean_of_square(xp, residual, weights, inputs, others):
    """E‖residual(u)‖² over u ~ N(0, I/2), exactly, for shapes whose tensor quadrature would be too large.

    `residual` takes one point of shape (1, weights + inputs + others) and returns (N, entries). It is a sum of multiples of 1,
    of every u_i, and of products of one of the first `weights` variables with one of the following `inputs`. Those monomials
    are orthogonal, with mean squares 1, 1/2, 1/4.
    """
    count = weights + inputs + others

    def at(*indices):
        return residual(xp.asarray([[1 if i in indices else 0 for i in range(count)]]))

    zero = at()
    single = [at(i) - zero for i in range(count)]
    total = (zero**2).sum(axis=-1)
    for part in single:
        total = total + (part**2).sum(axis=-1) / 2
    for i, j in itertools.product(range(weights), range(weights, weights + inputs)):
        total = total + ((at(i, j) - zero - single[i] - single[j]) ** 2).sum(axis=-1) / 4
    return total


def split(xp, u, *shapes):
    """Cut u of shape (1, count) into arrays of the shapes, each with a leading axis 1."""
    parts, start = [], 0
    for shape in shapes:
        size = 1
        for length in shape:
            size = size * length
        parts.append(u[:, start : start + size].reshape((1, *shape)))
        start += size
    return parts


def scaled(factor, array):
    """One number an instance times an array of any shape (N, …)."""
    return factor.reshape((-1,) + (1,) * (array.ndim - 1)) * array


def moved(sigma, value, u):
    """value + σu, for arrays with one number σ an instance."""
    return value + sigma.reshape((-1,) + (1,) * (value.ndim - 1)) * u


def squares(array, axes):
    """The sum of the squares over the last axes."""
    return (array**2).sum(axis=axes)


# ---- layers ----------------------------------------------------------------------------------------------------------------


def dense(theta, z, b, y):
    """θz + b − y: shapes (N, rows, columns), (N, columns), (N, rows)."""
    return (theta * z[:, None, :]).sum(axis=-1) + b - y


def smoothed_but_input(xp, theta, z, b, y, sigma, rows, columns):
    """E‖(θ+σU)z + (b+σB) − (y+σY)‖²."""

    def residual(u):
        du, db, dy = split(xp, u, (rows, columns), (rows,), (rows,))
        return dense(moved(sigma, theta, du), z, moved(sigma, b, db), moved(sigma, y, dy))

    return mean_of_square(xp, residual, 0, 0, rows * columns + 2 * rows)


def activation(xp, x, c):
    """h(x) = x² + cx, neither even nor odd nor monotone."""
    return x**2 + scaled(c, x)


def smoothed_activation(xp, x, c, sigma):
    """h_σ(x) and (h²)_σ(x) of h(x) = x² + cx, from the moments of 0.4."""
    s2, slope = scaled(sigma**2, xp.ones_like(x)), scaled(c, xp.ones_like(x))
    mean = x**2 + s2 / 2 + slope * x
    square = x**4 + 3 * s2 * x**2 + s2**2 * 3 / 4
    return mean, square + 2 * slope * (x**3 + s2 * x * 3 / 2) + slope**2 * (x**2 + s2 / 2)


def noisy_activation(xp, x, c, sigma):
    """h(x + σu) of h(x) = x² + cx as a function of u and t = u² − 1/2: h_σ(x) + σ(2x+c)u + σ²t.

    E u = E t = E ut = 0 and E u² = E t² = 1/2, so for `mean_of_square` u and t may count as two variables of N(0, 1/2).
    """
    mean, _ = smoothed_activation(xp, x, c, sigma)
    ones = xp.ones_like(x)
    slope, bend = scaled(sigma, 2 * x + scaled(c, ones)), scaled(sigma**2, ones)
    return lambda u, t: mean + slope * u + bend * t


# ---- domains ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sized(Entries):
    """Arrays whose axes are computed from the choices of the space, `axes(sizes)`."""

    axes: object = None

    def lengths(self, scope):
        return self.axes(scope.sizes)

    def kind(self):
        return Kind("array", axes=self.axes)

    def symbol(self, name):
        """A matrix of unknown size: the algebra has no rule for it, so derivations speak of single entries."""
        rows, columns = sympy.symbols("rows columns", integer=True, positive=True)
        return sympy.MatrixSymbol(name, rows, columns)


def sized(axes):
    """Arrays of shape (N, *axes(sizes)), `sizes` the values of the space's choices by name."""
    return Sized((), Real(), axes=axes)
