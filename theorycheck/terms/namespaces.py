"""Evaluators of terms: NumPy, CuPy and balls behind the same names.

The program of a formula (`theorycheck.terms.program`) receives such a namespace `xp`, and so do the functions of a space.
Scalars of a batch have shape (N,), points (N, d). `xp` has the array-API names and four of the field: `vecdot(a, b)` and
`norm(a)` act on the last axis, `scale(t, x)` multiplies points by scalars, `erf` is the error function. The evaluator for
symbolic algebra (`theorycheck.algebra`) offers the same names on symbolic scalars and vectors.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from theorycheck.errors import BackendError, NotExactError


class Namespace(Protocol):
    """What a formula may use: the array functions by their array-API names, and `pi`, `erf`, `norm`, `vecdot`, …"""

    name: str

    def __getattr__(self, attribute: str) -> Any: ...


class ArrayNamespace:
    """Float arrays: NumPy, or CuPy on a GPU, with the special functions of the matching SciPy."""

    def __init__(self, name: str, module: Any, special: Callable[[], Any]) -> None:
        self.name = name
        self._module = module
        self._special = special
        self._has_vecdot = hasattr(module, "vecdot")
        self.pi = math.pi

    def __getattr__(self, attribute: str) -> Any:
        found = self.__dict__[attribute] = getattr(self._module, attribute)  # asked for once
        return found

    def erf(self, x: Any) -> Any:
        return self._special().erf(x)

    def erfc(self, x: Any) -> Any:
        return self._special().erfc(x)

    def gamma(self, x: Any) -> Any:
        return self._special().gamma(x)

    def gammaln(self, x: Any) -> Any:
        """log Γ(x) for x > 0; NaN elsewhere, where Γ may be negative."""
        return self._module.where(self._module.asarray(x) > 0, self._special().gammaln(x), math.nan)

    def vecdot(self, a: Any, b: Any) -> Any:
        """Inner product over the last axis."""
        return self._module.vecdot(a, b) if self._has_vecdot else (a * b).sum(axis=-1)

    def norm(self, a: Any) -> Any:
        """Euclidean norm over the last axis."""
        return self._module.sqrt(self.vecdot(a, a))

    def scale(self, factor: Any, x: Any) -> Any:
        """Scalars of shape (N,) times points of shape (N, d)."""
        return self._module.asarray(factor)[..., None] * x

    def semidefinite(self, matrix: Any) -> Any:
        """Whether xᵀAx ≥ 0 for all x, matrices A of shape (…, k, k); False where an entry is not finite."""
        module = self._module
        finite = module.isfinite(matrix)
        clean = module.where(finite, matrix, -1.0)
        smallest = module.linalg.eigvalsh((clean + module.swapaxes(clean, -1, -2)) / 2)[..., 0]
        return (smallest >= 0) & finite.all(axis=(-1, -2))

    def gaussian_mean(
        self, integrand: Callable[[Any], Any], dimension: int, declared: int, degree: int | None = None
    ) -> Any:
        """E integrand(u) over u ~ N(0, I/2) by a tensor product of Gauss-Hermite rules; keep the dimension small.

        `integrand` takes one point of shape (1, dimension), to be broadcast against the batch. The rule is exact for the
        polynomials of the `declared` degree, or of the `degree` that was found, if any.
        """
        return _tensor_rule(self, integrand, dimension, max(declared, degree or 0))

    def sample_mean(self, f: Any, integrand: Callable[[Any], Any]) -> Any:
        """E integrand(f_k) over the uniform index k of a finite sum f: the mean over its samples."""
        return _mean_over_samples(f, integrand)

    def number(self, value: Any) -> float:
        """Convert an exact number (int, Fraction) to this namespace's scalar, for which 1/0 is ∞ and √−1 is NaN."""
        return np.float64(value)


def _mean_over_samples(f: Any, integrand: Callable[[Any], Any]) -> Any:
    return sum((integrand(sample) for sample in f.samples[1:]), integrand(f.samples[0])) / len(f.samples)


def _tensor_rule(xp: Any, integrand: Callable[[Any], Any], dimension: int, degree: int) -> Any:
    from theorycheck.terms.gauss_hermite import gauss_hermite, gauss_hermite_balls

    if xp.name != "balls":
        return _tensor_sum(xp, integrand, dimension, *gauss_hermite((degree + 2) // 2, xp))
    return _tensor_sum(xp, integrand, dimension, *gauss_hermite_balls((degree + 2) // 2))


def _tensor_sum(xp: Any, integrand: Callable[[Any], Any], dimension: int, nodes: Any, weights: Any) -> Any:
    total: Any = 0
    for index in itertools.product(range(len(nodes)), repeat=dimension):
        point = xp.asarray([[nodes[i] for i in index]])
        total = total + math.prod((weights[i] for i in index), start=xp.number(1)) * integrand(point)
    return total


def _scipy_special() -> Any:
    import scipy.special

    return scipy.special


def _cupyx_special() -> Any:
    import cupyx.scipy.special

    return cupyx.scipy.special


class BallNamespace:
    """Object arrays of `theorycheck.terms.balls.Ball`: the same formula returns rigorous enclosures."""

    name = "balls"

    def __getattr__(self, attribute: str) -> Any:
        # NumPy's ufuncs call the method of that name on every ball; reductions and `matmul` work on objects.
        return getattr(np, attribute)

    @property
    def pi(self) -> Any:
        import flint

        from theorycheck.terms.balls import Ball

        return Ball(flint.arb.pi())

    def _each(self, method: str, x: Any) -> Any:
        from theorycheck.terms.balls import Ball

        array = np.asarray(x, dtype=object)
        result = np.empty(array.shape, dtype=object)
        for index in np.ndindex(array.shape):
            value = array[index]
            result[index] = getattr(value if isinstance(value, Ball) else Ball(value), method)()
        return result if array.shape else result[()]

    def erf(self, x: Any) -> Any:
        return self._each("erf", x)

    def erfc(self, x: Any) -> Any:
        return self._each("erfc", x)

    def gamma(self, x: Any) -> Any:
        return self._each("gamma", x)

    def gammaln(self, x: Any) -> Any:
        return self._each("gammaln", x)

    def sqrt(self, x: Any) -> Any:
        return self._each("sqrt", x)

    def exp(self, x: Any) -> Any:
        return self._each("exp", x)

    def log(self, x: Any) -> Any:
        return self._each("log", x)

    def floor(self, x: Any) -> Any:
        return self._each("floor", x)

    def ceil(self, x: Any) -> Any:
        return self._each("ceil", x)

    def isfinite(self, x: Any) -> Any:
        found = np.asarray(self._each("is_certainly_finite", x), dtype=bool)
        return found if found.shape else bool(found)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """As `numpy.where`; the condition was decided when it was compared, or `UndecidedError` was raised."""
        return np.where(np.asarray(condition, dtype=bool), a, b)

    def vecdot(self, a: Any, b: Any) -> Any:
        return (a * b).sum(axis=-1)

    def norm(self, a: Any) -> Any:
        return self.sqrt(self._each("square", a).sum(axis=-1))

    def scale(self, factor: Any, x: Any) -> Any:
        return np.asarray(factor, dtype=object)[..., None] * x

    def semidefinite(self, matrix: Any) -> Any:
        from theorycheck.terms.precise import by_elimination

        return by_elimination(matrix)

    def maximum(self, a: Any, b: Any) -> Any:
        return self._both("maximum", a, b)

    def minimum(self, a: Any, b: Any) -> Any:
        return self._both("minimum", a, b)

    def _both(self, method: str, a: Any, b: Any) -> Any:
        from theorycheck.terms.balls import Ball

        first, second = np.broadcast_arrays(np.asarray(a, dtype=object), np.asarray(b, dtype=object))
        result = np.empty(first.shape, dtype=object)
        for index in np.ndindex(first.shape):
            result[index] = getattr(Ball(first[index]), method)(second[index])
        return result if first.shape else result[()]

    def max(self, a: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return self._extreme("maximum", a, axis, keepdims)

    def min(self, a: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return self._extreme("minimum", a, axis, keepdims)

    def _extreme(self, method: str, a: Any, axis: Any, keepdims: bool) -> Any:
        array = np.asarray(a, dtype=object)
        if keepdims:
            every = tuple(range(array.ndim)) if axis is None else axis
            return np.expand_dims(self._extreme(method, array, axis, False), every)
        if axis is None or isinstance(axis, tuple):
            axes = tuple(range(array.ndim)) if axis is None else tuple(one % array.ndim for one in axis)
            kept = [one for one in range(array.ndim) if one not in axes]
            array = array.transpose((*kept, *axes)).reshape((*(array.shape[one] for one in kept), -1))
            axis = -1
        parts = np.moveaxis(array, axis, 0)
        return functools.reduce(functools.partial(self._both, method), parts[1:], parts[0])

    def gaussian_mean(
        self, integrand: Callable[[Any], Any], dimension: int, declared: int, degree: int | None = None
    ) -> Any:
        """As on arrays, but only for polynomials of u: no rule encloses the mean of anything else.

        Raises
        ------
        NotExactError
            If the integrand is not known to be a polynomial of u.
        """
        if degree is None:
            raise NotExactError(
                "the integrand of gaussian_mean is no polynomial of u; no rule encloses its mean"
            )
        return _tensor_rule(self, integrand, dimension, degree)

    def sample_mean(self, f: Any, integrand: Callable[[Any], Any]) -> Any:
        return _mean_over_samples(f, integrand)

    def zeros(self, shape: Any, **_: Any) -> Any:
        return self.full(shape, 0)

    def ones(self, shape: Any, **_: Any) -> Any:
        return self.full(shape, 1)

    def full(self, shape: Any, value: Any, **_: Any) -> Any:
        from theorycheck.terms.balls import Ball

        return np.full(shape, Ball(value), dtype=object)

    def zeros_like(self, a: Any, **_: Any) -> Any:
        return self.full(np.shape(a), 0)

    def ones_like(self, a: Any, **_: Any) -> Any:
        return self.full(np.shape(a), 1)

    def asarray(self, values: Any, **_: Any) -> Any:
        from theorycheck.terms.balls import ball_array

        return ball_array(values)

    def number(self, value: Any) -> Any:
        from theorycheck.terms.balls import Ball

        return Ball(value)


@functools.cache
def numpy_namespace() -> Namespace:
    """The default evaluator: NumPy in float64."""
    return ArrayNamespace("numpy", np, _scipy_special)


@functools.cache
def ball_namespace() -> Namespace:
    """The rigorous evaluator; set the working precision with `theorycheck.terms.balls.precision`."""
    return BallNamespace()


@functools.cache
def cupy_namespace() -> Namespace:
    """The GPU evaluator.

    Raises
    ------
    BackendError
        If CuPy is not installed or finds no GPU.
    """
    try:
        import cupy  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise BackendError(
            "the backend cupy needs CuPy: pip install 'theorycheck[cupy]', or use --backend numpy"
        ) from error
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except Exception as error:  # CUDA's own error types differ between CuPy versions
        raise BackendError(f"the backend cupy finds no usable GPU ({error}); use --backend numpy") from error
    if count == 0:
        raise BackendError("the backend cupy finds no GPU; use --backend numpy")
    return ArrayNamespace("cupy", cupy, _cupyx_special)


def namespace(backend: str) -> Namespace:
    """Return the float evaluator named `backend` ("numpy" or "cupy").

    Raises
    ------
    BackendError
        If the name is unknown or the backend is not usable here.
    """
    if backend == "numpy":
        return numpy_namespace()
    if backend == "cupy":
        return cupy_namespace()
    raise BackendError(f"unknown backend {backend!r}: use numpy or cupy")


def to_numpy(array: Any) -> np.ndarray[Any, np.dtype[Any]]:
    """Bring an array of either float backend to NumPy."""
    get = getattr(array, "get", None)
    return np.asarray(get() if callable(get) else array)
