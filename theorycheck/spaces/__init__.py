"""Spaces of instances: one declaration is sampled, searched by an optimiser and shrunk by Hypothesis."""

from theorycheck.spaces.arrays import Entries, matrix, point, vector
from theorycheck.spaces.discrete import Choice, Dimension, Integer, choice, dimension, integer
from theorycheck.spaces.domains import Domain, Real, Scope, real
from theorycheck.spaces.functions import (
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
from theorycheck.spaces.instances import FunctionInstance, Instance, instance_from_json, instance_to_json
from theorycheck.spaces.space import Space, Stratum

__all__ = [
    "Choice",
    "ConstantOf",
    "Dimension",
    "Domain",
    "Entries",
    "FiniteSumDomain",
    "FunctionDomain",
    "FunctionInstance",
    "Instance",
    "Integer",
    "MinimiserOf",
    "Real",
    "Scope",
    "Space",
    "Stratum",
    "build_function",
    "choice",
    "constant_of",
    "dimension",
    "finite_sum",
    "function",
    "instance_from_json",
    "instance_to_json",
    "integer",
    "matrix",
    "minimiser_of",
    "point",
    "real",
    "vector",
]
