"""A derivation as data: expressions, relations and reasons, and its printing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy

Expr = Any


class Mean(sympy.Function):  # type: ignore[misc]  # SymPy ships no types
    """E[·] over the kernel's u, left unevaluated; it exists to be printed and replaced."""

    nargs = 1

    def _latex(self, printer: Any, exp: Any = None) -> str:
        inner = rf"\mathbb{{E}}\left[{printer._print(self.args[0])}\right]"
        return inner if exp is None else rf"\left({inner}\right)^{{{exp}}}"

    def _sympystr(self, printer: Any) -> str:
        return f"E[{printer._print(self.args[0])}]"


@dataclass(frozen=True)
class Step:
    """One line of a derivation: the expression, how it relates to the line before, and why.

    Attributes
    ----------
    expression : sympy.Expr
        This line; `Mean(…)` inside it is an expectation not yet evaluated.
    relation : str
        "=".
    rule : str
        The rule's name: "definition", "unit steps", "linearity", "polynomial", …
    reason : str
        One line of LaTeX text (formulas between dollar signs).
    """

    expression: Expr
    relation: str
    rule: str
    reason: str


@dataclass(frozen=True)
class Smoothing:
    """What smoothing an expression gave.

    Attributes
    ----------
    result : sympy.Expr
        f_σ.
    chain : tuple of Step
        From E f(x + σu) to the result, one rule a line.
    conditions : tuple of sympy relations
        What must hold besides σ > 0 for the expectation to be finite (empty if nothing).
    method : str
        "rules", or "sympy.integrate" if a term needed the fall-back (its result was checked by quadrature).
    """

    result: Expr
    chain: tuple[Step, ...]
    conditions: tuple[Any, ...] = ()
    method: str = "rules"

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules used, in order."""
        return tuple(step.rule for step in self.chain)

    def renamed(self, names: Mapping[Any, Any]) -> Smoothing:
        """Return the same with symbols exchanged."""
        chain = tuple(replace(step, expression=step.expression.xreplace(names)) for step in self.chain)
        conditions = tuple(condition.xreplace(names) for condition in self.conditions)
        return Smoothing(self.result.xreplace(names), chain, conditions, self.method)

    def latex(self, left: str = r"f_\sigma") -> str:
        return chain_latex(self.chain, left)

    def _repr_latex_(self) -> str:
        return f"${chain_latex(self.chain)}$"


def chain_latex(chain: tuple[Step, ...], left: str = r"f_\sigma") -> str:
    r"""Render a derivation as an `aligned` environment, one step a line with its reason.

    Examples
    --------
    >>> x = sympy.Symbol("x")
    >>> print(chain_latex((Step(x + 1, "=", "definition", "$u$ is 0"),)))
    \begin{aligned}
    f_\sigma &= x + 1 && \text{$u$ is 0}
    \end{aligned}
    """
    lines = []
    for number, step in enumerate(chain):
        start = left if number == 0 else ""
        reason = rf" && \text{{{step.reason}}}" if step.reason else ""
        lines.append(rf"{start} &{step.relation} {sympy.latex(step.expression)}{reason}".strip())
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"
