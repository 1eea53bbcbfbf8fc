"""What a batch of functions offers, and what a family of them is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

CONSTANTS = ("smoothness", "strong_convexity", "lipschitz", "lower_bound")


class Function(Protocol):
    """A batch of N functions R^d → R with closed-form Gaussian smoothing and constants that say whether they
    are the best ones (`exact`) or only valid.

    Points have shape (…, N, d) and values (…, N); a batch of one function is evaluated at many points at
    once. The smoothing is f_σ(x) = E f(x + σu) with u ~ N(0, I/2), σ ≥ 0 of shape (…, N) or a scalar; σ = 0
    gives f itself.
    """

    dimension: int
    parameters: Mapping[str, Any]

    def __call__(self, x: Any) -> Any: ...

    def gradient(self, x: Any) -> Any:
        """∇f(x), shape (…, N, d); where f has a kink or a jump, a one-sided derivative or 0."""
        ...

    def smoothed(self, x: Any, sigma: Any) -> Any: ...

    def smoothed_gradient(self, x: Any, sigma: Any) -> Any: ...

    @property
    def smoothness(self) -> Any:
        """Shape (N,): the smallest L with |f(y) − f(x) − ⟨∇f(x), y − x⟩| ≤ (L/2)|y − x|² for all x, y; +∞
        if none.
        """
        ...

    @property
    def strong_convexity(self) -> Any:
        """Shape (N,): the largest γ for which f is γ-strongly convex; convex means ≥ 0, −∞ if there is
        none.
        """
        ...

    @property
    def lipschitz(self) -> Any:
        """Shape (N,): the Lipschitz constant, +∞ if there is none."""
        ...

    @property
    def lower_bound(self) -> Any:
        """Shape (N,): the infimum, −∞ if f is unbounded below."""
        ...

    def exact(self, constant: str) -> Any:
        """Boolean array (N,): whether that constant (one of `CONSTANTS`) is the best one.

        Where it is not, the constant is still valid: f has the property with it, perhaps with a better one
        too. A formula that reads it there is not judged (see `theorycheck.functions.best`).
        """
        ...

    @property
    def continuous(self) -> Any: ...

    @property
    def differentiable(self) -> Any: ...

    @property
    def nonconstant(self) -> Any: ...


@dataclass(frozen=True)
class Family:
    """A set of functions that a space draws from.

    Attributes
    ----------
    name : str
        Lower case with hyphens; it names the family in instances and reports.
    build : callable
        `build(xp, dimension, parameters) -> Function`, a class or function at module level that uses
        nothing but `xp` and other module-level names, because scripts for counterexamples quote its source.
    domains : callable
        `domains(dimension)` returns the domains of the parameters by name (see `theorycheck.spaces`).
    only_dimension : int or None
        The one dimension that the family has members in; None for all.
    samples : Family or None
        Where its members are means of functions of another family: that family.
    """

    name: str
    build: Callable[[Any, int, Mapping[str, Any]], Function]
    domains: Callable[[int], Mapping[str, Any]]
    only_dimension: int | None = None
    samples: Family | None = None

    def parameters(self, dimension: int) -> Mapping[str, Any]:
        """The domains of the parameters of its members in that dimension, by name."""
        return self.domains(dimension)

    def allows(self, dimension: int) -> bool:
        """Whether the family has members in that dimension."""
        return self.only_dimension is None or dimension == self.only_dimension
