"""Means of finitely many functions, f = (1/K) Σ_k f_k, in batches; and families of them.

The constants of the mean follow from those of its samples: it is smooth with the mean of their constants, and so
on. They are valid, and the best ones where there is one sample; a mean may have better ones otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theorycheck.functions.extrema import greater, lesser
from theorycheck.functions.protocol import Family
from theorycheck.spaces import point

OF_EACH = {
    "each_smoothness": "smoothness",
    "each_lipschitz": "lipschitz",
    "each_strong_convexity": "strong_convexity",
    "second_moment": "lipschitz",
}
"""Constants of a sum that speak of every sample: the samples' constant from which each is made."""


def mean_of(values: Any) -> Any:
    """The mean of a list of arrays."""
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total / len(values)


class FiniteSum:
    """A batch of functions f = (1/K) Σ_k f_k.

    Attributes
    ----------
    samples : tuple of Function
        f_1, …, f_K, each a batch of the same length.
    minimiser : array of shape (N, d) or None
        Where ∇f = 0, if the samples were tilted so, or f is even about that point.
    even : bool
        Whether f is even about its minimiser c, f(2c − x) = f(x), so that ∇f_σ(c) = 0 for every σ.
    """

    def __init__(self, xp: Any, samples: Any, minimiser: Any = None, *, even: bool = False) -> None:
        self.xp, self.samples, self.minimiser, self.even = xp, tuple(samples), minimiser, even
        self.dimension = samples[0].dimension
        self.parameters: Mapping[str, Any] = {}

    @property
    def polynomial_degree(self) -> int | None:
        """The largest degree of its samples; None unless all are polynomials."""
        degrees: list[int] = [getattr(f, "polynomial_degree", None) or -1 for f in self.samples]
        return None if min(degrees) < 0 else max(degrees)

    def __call__(self, x: Any) -> Any:
        return mean_of([f(x) for f in self.samples])

    def gradient(self, x: Any) -> Any:
        return mean_of([f.gradient(x) for f in self.samples])

    def smoothed(self, x: Any, sigma: Any) -> Any:
        return mean_of([f.smoothed(x, sigma) for f in self.samples])

    def smoothed_gradient(self, x: Any, sigma: Any) -> Any:
        return mean_of([f.smoothed_gradient(x, sigma) for f in self.samples])

    @property
    def smoothness(self) -> Any:
        return mean_of([f.smoothness for f in self.samples])

    @property
    def strong_convexity(self) -> Any:
        return mean_of([f.strong_convexity for f in self.samples])

    @property
    def lipschitz(self) -> Any:
        return mean_of([f.lipschitz for f in self.samples])

    @property
    def lower_bound(self) -> Any:
        """A lower bound: the minimum where the samples are convex and tilted, else the mean of their infima."""
        separate = mean_of([f.lower_bound for f in self.samples])
        if self.minimiser is None:
            return separate
        return self.xp.where(self.strong_convexity >= 0, self(self.minimiser), separate)

    @property
    def each_smoothness(self) -> Any:
        """The smallest L with which every sample is L-smooth."""
        return self._extreme(greater, [f.smoothness for f in self.samples])

    @property
    def each_lipschitz(self) -> Any:
        """The smallest M with which every sample is M-Lipschitz."""
        return self._extreme(greater, [f.lipschitz for f in self.samples])

    @property
    def each_strong_convexity(self) -> Any:
        """The largest γ with which every sample is γ-strongly convex."""
        return self._extreme(lesser, [f.strong_convexity for f in self.samples])

    @property
    def second_moment(self) -> Any:
        """(1/K) Σ M_k² with the samples' Lipschitz constants, which bounds (1/K) Σ |∇f_k(x)|² for every x."""
        return mean_of([f.lipschitz * f.lipschitz for f in self.samples])

    def _extreme(self, choose: Any, values: Any) -> Any:
        best = values[0]
        for value in values[1:]:
            best = choose(self.xp, best, value)
        return best

    def exact(self, constant: str) -> Any:
        """Boolean array: where the constant of that name is the best one, not only a valid one.

        What is said of every sample is best where it is best for each; a constant of the mean is known to be
        best only for one sample, and its infimum where a minimiser is known.
        """
        if constant in OF_EACH:
            return self._all([f.exact(OF_EACH[constant]) for f in self.samples])
        alone = self.samples[0].exact(constant) & (len(self.samples) == 1)
        if constant == "lower_bound" and self.minimiser is not None:
            return alone | (self.strong_convexity >= 0)
        return alone

    @property
    def continuous(self) -> Any:
        """Whether every sample is continuous."""
        return self._all([f.continuous for f in self.samples])

    @property
    def differentiable(self) -> Any:
        """Whether every sample is differentiable."""
        return self._all([f.differentiable for f in self.samples])

    @property
    def nonconstant(self) -> Any:
        """Whether the mean is known not to be constant: only where there is one sample."""
        return self.samples[0].nonconstant & (len(self.samples) == 1)

    def _all(self, values: Any) -> Any:
        every = values[0]
        for value in values[1:]:
            every = every & value
        return every


class Changed:
    """A batch of functions made from another by a change that keeps its constants; what a subclass changes it says."""

    def __init__(self, xp: Any, original: Any) -> None:
        self.xp, self.original = xp, original
        self.dimension = original.dimension
        self.parameters: Mapping[str, Any] = original.parameters

    @property
    def polynomial_degree(self) -> int | None:
        """That of f."""
        degree: int | None = getattr(self.original, "polynomial_degree", None)
        return degree

    @property
    def smoothness(self) -> Any:
        return self.original.smoothness

    @property
    def strong_convexity(self) -> Any:
        return self.original.strong_convexity

    @property
    def lipschitz(self) -> Any:
        return self.original.lipschitz

    @property
    def lower_bound(self) -> Any:
        return self.original.lower_bound

    def exact(self, constant: str) -> Any:
        return self.original.exact(constant)

    @property
    def continuous(self) -> Any:
        return self.original.continuous

    @property
    def differentiable(self) -> Any:
        return self.original.differentiable

    @property
    def nonconstant(self) -> Any:
        return self.original.nonconstant


class Tilted(Changed):
    """f(x) − ⟨slope, x⟩ for a batch of functions; smoothing and convexity are those of f.

    A tilt that is not known to vanish leaves no Lipschitz constant and no lower bound.
    """

    def __init__(self, xp: Any, original: Any, slope: Any) -> None:
        super().__init__(xp, original)
        self.slope = slope

    @property
    def polynomial_degree(self) -> int | None:
        """That of f, at least 1."""
        degree = super().polynomial_degree
        return degree if degree is None else max(1, degree)

    def __call__(self, x: Any) -> Any:
        return self.original(x) - self.xp.vecdot(self.slope, x)

    def gradient(self, x: Any) -> Any:
        return self.original.gradient(x) - self.slope

    def smoothed(self, x: Any, sigma: Any) -> Any:
        return self.original.smoothed(x, sigma) - self.xp.vecdot(self.slope, x)

    def smoothed_gradient(self, x: Any, sigma: Any) -> Any:
        return self.original.smoothed_gradient(x, sigma) - self.slope

    @property
    def lipschitz(self) -> Any:
        return self.original.lipschitz + self.xp.norm(self.slope)

    @property
    def lower_bound(self) -> Any:
        return self.xp.zeros_like(self.original.smoothness) - self.xp.inf

    def exact(self, constant: str) -> Any:
        known = constant in ("smoothness", "strong_convexity")
        return self.original.exact(constant) & known

    @property
    def nonconstant(self) -> Any:
        return self.original.nonconstant & False


class Reflected(Changed):
    """f(2c − x) for a batch of functions and points c; the constants are those of f."""

    def __init__(self, xp: Any, original: Any, centre: Any) -> None:
        super().__init__(xp, original)
        self.centre = centre

    def image(self, x: Any) -> Any:
        """2c − x."""
        return 2 * self.centre - x

    def __call__(self, x: Any) -> Any:
        return self.original(self.image(x))

    def gradient(self, x: Any) -> Any:
        return -self.original.gradient(self.image(x))

    def smoothed(self, x: Any, sigma: Any) -> Any:
        return self.original.smoothed(self.image(x), sigma)

    def smoothed_gradient(self, x: Any, sigma: Any) -> Any:
        return -self.original.smoothed_gradient(self.image(x), sigma)


def tilted_samples(xp: Any, samples: Any, minimiser: Any) -> Any:
    """Subtract ⟨∇f(minimiser), x⟩ from every sample, so that the gradient of their mean vanishes there."""
    slope = mean_of([f.gradient(minimiser) for f in samples])
    return tuple(Tilted(xp, f, slope) for f in samples)


def mean_family(sample: Family, count: int, tilted: bool, even: bool = False) -> Family:
    """The family of means of `count` members of the family `sample`, tilted or even if a minimiser is wanted.

    Its parameters are those of the samples that are drawn, "weight_1", "weight_2" …, and "minimiser". Of an even mean half of
    the samples are drawn, the others are their reflections at the minimiser.
    """
    build_sample = sample.build
    drawn = count // 2 if even else count

    def build_mean(xp: Any, dimension: int, parameters: Mapping[str, Any]) -> Any:
        samples = []
        for k in range(1, drawn + 1):
            ending = f"_{k}"
            own = {key[: -len(ending)]: value for key, value in parameters.items() if key.endswith(ending)}
            samples.append(build_sample(xp, dimension, own))
        if not (tilted or even):
            return FiniteSum(xp, samples)
        minimiser = parameters["minimiser"]
        if even:
            samples += [Reflected(xp, f, minimiser) for f in samples]
            return FiniteSum(xp, samples, minimiser, even=True)
        return FiniteSum(xp, tilted_samples(xp, samples, minimiser), minimiser)

    def domains(dimension: int) -> Mapping[str, Any]:
        own = sample.parameters(dimension)
        wanted = {f"{name}_{k}": domain for k in range(1, drawn + 1) for name, domain in own.items()}
        return {**wanted, "minimiser": point()} if tilted or even else wanted

    name = f"{count}-{sample.name}" + ("-even" if even else "-minimised" if tilted else "")
    return Family(name, build_mean, domains, sample.only_dimension, sample)
