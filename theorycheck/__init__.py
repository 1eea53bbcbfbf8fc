"""theorycheck: is the lemma true as printed, and if not, where does it fail?

    from theorycheck import Claim, check

Everything below is loaded when it is first asked for, so that `import theorycheck` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

if TYPE_CHECKING:
    from theorycheck.checks.properties import (
        check_bounded_below,
        check_continuous,
        check_convex,
        check_l_smooth,
        check_lipschitz,
        check_nonconstant,
        check_strongly_convex,
    )
    from theorycheck.errors import (
        BackendError,
        BudgetError,
        ClaimError,
        ClaimFileError,
        FormulaError,
        NotExactError,
        OutputError,
        ReplayError,
        RunError,
        SpaceError,
        StoreError,
        TheorycheckError,
        UndecidedError,
        UnknownClaimError,
    )
    from theorycheck.functions import constant_of, finite_sum, function, minimiser_of
    from theorycheck.judging import check
    from theorycheck.lab.smoothing import smooth
    from theorycheck.lab.stability import linear_stability
    from theorycheck.spaces import Space, choice, dimension, integer, matrix, point, real, vector
    from theorycheck.statement.claims import Claim, Experiment, Observation, Refutation, granted, requires
    from theorycheck.statement.properties import (
        bounded_below,
        continuous,
        convex,
        each,
        l_smooth,
        lipschitz,
        minimises,
        nonconstant,
        strongly_convex,
    )
    from theorycheck.statement.verdicts import Evidence, Verdict

_HOMES = {
    "BackendError": "errors",
    "BudgetError": "errors",
    "Claim": "statement.claims",
    "ClaimError": "errors",
    "ClaimFileError": "errors",
    "Evidence": "statement.verdicts",
    "Experiment": "statement.claims",
    "FormulaError": "errors",
    "NotExactError": "errors",
    "Observation": "statement.claims",
    "OutputError": "errors",
    "Refutation": "statement.claims",
    "ReplayError": "errors",
    "RunError": "errors",
    "Space": "spaces",
    "SpaceError": "errors",
    "StoreError": "errors",
    "TheorycheckError": "errors",
    "UndecidedError": "errors",
    "UnknownClaimError": "errors",
    "Verdict": "statement.verdicts",
    "bounded_below": "statement.properties",
    "check": "judging",
    "check_bounded_below": "checks.properties",
    "check_continuous": "checks.properties",
    "check_convex": "checks.properties",
    "check_l_smooth": "checks.properties",
    "check_lipschitz": "checks.properties",
    "check_nonconstant": "checks.properties",
    "check_strongly_convex": "checks.properties",
    "choice": "spaces",
    "constant_of": "functions",
    "continuous": "statement.properties",
    "convex": "statement.properties",
    "dimension": "spaces",
    "each": "statement.properties",
    "finite_sum": "functions",
    "function": "functions",
    "granted": "statement.claims",
    "integer": "spaces",
    "l_smooth": "statement.properties",
    "linear_stability": "lab.stability",
    "lipschitz": "statement.properties",
    "matrix": "spaces",
    "minimiser_of": "functions",
    "minimises": "statement.properties",
    "nonconstant": "statement.properties",
    "point": "spaces",
    "real": "spaces",
    "requires": "statement.claims",
    "smooth": "lab.smoothing",
    "strongly_convex": "statement.properties",
    "vector": "spaces",
}
"""Where each public name lives. None may be the name of a submodule: importing that would replace it."""

__all__ = [
    "BackendError",
    "BudgetError",
    "Claim",
    "ClaimError",
    "ClaimFileError",
    "Evidence",
    "Experiment",
    "FormulaError",
    "NotExactError",
    "Observation",
    "OutputError",
    "Refutation",
    "ReplayError",
    "RunError",
    "Space",
    "SpaceError",
    "StoreError",
    "TheorycheckError",
    "UndecidedError",
    "UnknownClaimError",
    "Verdict",
    "bounded_below",
    "check",
    "check_bounded_below",
    "check_continuous",
    "check_convex",
    "check_l_smooth",
    "check_lipschitz",
    "check_nonconstant",
    "check_strongly_convex",
    "choice",
    "constant_of",
    "continuous",
    "convex",
    "dimension",
    "each",
    "finite_sum",
    "function",
    "granted",
    "integer",
    "l_smooth",
    "linear_stability",
    "lipschitz",
    "matrix",
    "minimiser_of",
    "minimises",
    "nonconstant",
    "point",
    "real",
    "requires",
    "smooth",
    "strongly_convex",
    "vector",
]


def __getattr__(name: str) -> Any:
    import importlib

    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'theorycheck' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"theorycheck.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
