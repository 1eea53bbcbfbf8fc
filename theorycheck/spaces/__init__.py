"""Spaces of instances: one declaration is sampled, searched by an optimiser and shrunk by Hypothesis."""

from theorycheck.spaces.arrays import Entries, matrix, point, vector
from theorycheck.spaces.discrete import Choice, Dimension, Integer, choice, dimension, integer
from theorycheck.spaces.domains import Domain, Real, Scope, real
from theorycheck.spaces.instances import FunctionInstance, Instance, instance_from_json, instance_to_json
from theorycheck.spaces.space import Space, Stratum

__all__ = [
    "Choice",
    "Dimension",
    "Domain",
    "Entries",
    "FunctionInstance",
    "Instance",
    "Integer",
    "Real",
    "Scope",
    "Space",
    "Stratum",
    "choice",
    "dimension",
    "instance_from_json",
    "instance_to_json",
    "integer",
    "matrix",
    "point",
    "real",
    "vector",
]
