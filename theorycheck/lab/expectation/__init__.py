"""Expectations under Gaussian and uniform laws, each with an error bar and what the bar is worth.

    from theorycheck.lab.expectation import Analytic, expectation, smooth

    smooth(lambda x: np.cos(x[:, 0]), points, sigma=0.5, smoothness=Analytic(bound=1, growth=1))

Closed forms come first (`theorycheck.functions`); this package is for integrands that have none.
"""

from theorycheck.lab.expectation.affine import reduce_affine
from theorycheck.lab.expectation.choice import GUARANTEES, Expectation, expectation
from theorycheck.lab.expectation.intervals import alpha_for, split_alpha
from theorycheck.lab.expectation.ridges import smooth_ridges
from theorycheck.lab.expectation.smoothed import smooth
from theorycheck.lab.expectation.smoothness import Analytic, Bounded, Kinks, Polynomial, Smoothness

__all__ = [
    "GUARANTEES",
    "Analytic",
    "Bounded",
    "Expectation",
    "Kinks",
    "Polynomial",
    "Smoothness",
    "alpha_for",
    "expectation",
    "reduce_affine",
    "smooth",
    "smooth_ridges",
    "split_alpha",
]
