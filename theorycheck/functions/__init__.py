"""Functions that a space draws: batches with exact constants and closed-form Gaussian smoothing.

`Function` says what they offer, `DEFAULT_FAMILIES` is what a space draws from, `separable_family` adds a
family of one's own profile, and `check_family` compares everything that a family asserts with what can be
measured.
"""

from theorycheck.functions.checking import check_family
from theorycheck.functions.domains import (
    ConstantOf,
    FiniteSumDomain,
    FunctionDomain,
    MinimiserOf,
    build_function,
    constant_of,
    finite_sum,
    function,
    minimiser_of,
)
from theorycheck.functions.families import DEFAULT_FAMILIES, separable_family
from theorycheck.functions.gaussian_mixture import GaussianMixture
from theorycheck.functions.own import unchecked_families
from theorycheck.functions.piecewise_polynomial import PiecewisePolynomial
from theorycheck.functions.polynomial import Polynomial
from theorycheck.functions.profiles import Profile
from theorycheck.functions.protocol import CONSTANTS, Family, Function
from theorycheck.functions.separable import ConvexSeparable, Ridges, Separable

__all__ = [
    "CONSTANTS",
    "DEFAULT_FAMILIES",
    "ConstantOf",
    "ConvexSeparable",
    "Family",
    "FiniteSumDomain",
    "Function",
    "FunctionDomain",
    "GaussianMixture",
    "MinimiserOf",
    "PiecewisePolynomial",
    "Polynomial",
    "Profile",
    "Ridges",
    "Separable",
    "build_function",
    "check_family",
    "constant_of",
    "finite_sum",
    "function",
    "minimiser_of",
    "separable_family",
    "unchecked_families",
]
