"""The algebra of points, function values, gradients and inner products, with an expectation operator."""

from theorycheck.algebra.expectation import RandomVariable, expectation, gaussian, index, normal_form, uniform
from theorycheck.algebra.facts import Fact, elementary
from theorycheck.algebra.functions import AbstractFunction, Value
from theorycheck.algebra.integrals import Integral, directional_derivative, laplacian, substitute
from theorycheck.algebra.vectors import Vector, inner, norm, norm_squared, vector

__all__ = [
    "AbstractFunction",
    "Fact",
    "Integral",
    "RandomVariable",
    "Value",
    "Vector",
    "directional_derivative",
    "elementary",
    "expectation",
    "gaussian",
    "index",
    "inner",
    "laplacian",
    "norm",
    "norm_squared",
    "normal_form",
    "substitute",
    "uniform",
    "vector",
]
