"""theorycheck: is the lemma true as printed, and if not, where does it fail?

    from theorycheck import Claim, check

Everything below is loaded when it is first asked for, so that `import theorycheck` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from theorycheck.checking import check
    from theorycheck.claims import Claim, Experiment, Observation, Refutation, granted, requires
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
    from theorycheck.properties import (
        bounded_below,
        check_bounded_below,
        check_continuous,
        check_convex,
        check_l_smooth,
        check_lipschitz,
        check_nonconstant,
        check_strongly_convex,
        continuous,
        convex,
        each,
        l_smooth,
        lipschitz,
        minimises,
        nonconstant,
        strongly_convex,
    )
    from theorycheck.smoothing import smooth
    from theorycheck.spaces import (
        Space,
        choice,
        constant_of,
        dimension,
        finite_sum,
        function,
        integer,
        matrix,
        minimiser_of,
        point,
        real,
        vector,
    )
    from theorycheck.stability import linear_stability
    from theorycheck.verdicts import Evidence, Verdict

_HOMES = {
    "BackendError": "errors",
    "BudgetError": "errors",
    "Claim": "claims",
    "ClaimError": "errors",
    "ClaimFileError": "errors",
    "Evidence": "verdicts",
    "Experiment": "claims",
    "FormulaError": "errors",
    "NotExactError": "errors",
    "Observation": "claims",
    "OutputError": "errors",
    "Refutation": "claims",
    "ReplayError": "errors",
    "RunError": "errors",
    "Space": "spaces",
    "SpaceError": "errors",
    "StoreError": "errors",
    "TheorycheckError": "errors",
    "UndecidedError": "errors",
    "UnknownClaimError": "errors",
    "Verdict": "verdicts",
    "bounded_below": "properties",
    "check": "checking",
    "check_bounded_below": "properties",
    "check_continuous": "properties",
    "check_convex": "properties",
    "check_l_smooth": "properties",
    "check_lipschitz": "properties",
    "check_nonconstant": "properties",
    "check_strongly_convex": "properties",
    "choice": "spaces",
    "constant_of": "spaces",
    "continuous": "properties",
    "convex": "properties",
    "dimension": "spaces",
    "each": "properties",
    "finite_sum": "spaces",
    "function": "spaces",
    "granted": "claims",
    "integer": "spaces",
    "l_smooth": "properties",
    "linear_stability": "stability",
    "lipschitz": "properties",
    "matrix": "spaces",
    "minimiser_of": "spaces",
    "minimises": "properties",
    "nonconstant": "properties",
    "point": "spaces",
    "real": "spaces",
    "requires": "claims",
    "smooth": "smoothing",
    "strongly_convex": "properties",
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
