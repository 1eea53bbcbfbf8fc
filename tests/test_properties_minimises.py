"""Minimisers of a smoothing: what the hypothesis accepts, the facts that it gives, and even functions by quadrature."""

import numpy as np
import pytest
import sympy

from theorycheck import Claim, Space, dimension, finite_sum, minimiser_of, minimises, point, real
from theorycheck.algebra import inner
from theorycheck.derivations.symbols import symbols_of
from theorycheck.errors import ClaimError
from theorycheck.functions import DEFAULT_FAMILIES
from theorycheck.functions.best import valid_constant
from theorycheck.terms.namespaces import numpy_namespace

HYPOTHESIS = minimises("f", "x_tau", "tau")
QUADRATIC = [family for family in DEFAULT_FAMILIES if family.name == "convex-quadratic"]
CONVEX = [f for f in DEFAULT_FAMILIES if f.name in ("convex-cosines", "convex-huber", "convex-relu-squared")]
EVEN = finite_sum((2, 4), *QUADRATIC, *CONVEX, even=True)


def space(f):
    return Space(d=dimension(1), f=f, x_tau=minimiser_of("f"), x=point(), tau=real(0, 8))


def batches(f, count=50):
    xp = numpy_namespace()
    declared = space(f)
    for stratum in declared.strata():
        cube = np.random.default_rng(3).uniform(size=(count, declared.width(stratum)))
        yield declared.decode(stratum, cube, xp)


def test_it_reads_as_it_is_meant():
    assert HYPOTHESIS.latex == r"$x_{\tau}$ minimises $f_{\tau}$"
    assert HYPOTHESIS.names() == ("f", "tau", "x_tau")
    assert minimises("f", "x_star") == minimises("f", "x_star", 0)
    assert minimises("f", "x_star").names() == ("f", "x_star")


def test_the_smoothed_gradient_of_an_even_sum_vanishes_at_its_minimiser():
    nodes, weights = np.polynomial.hermite.hermgauss(40)
    for values in batches(EVEN):
        g, centre, tau = values["f"], values["x_tau"], values["tau"]
        admissible = HYPOTHESIS.holds(numpy_namespace(), values)
        # E ∇f(c + τu) by Gauss-Hermite: the nodes are symmetric, so an even f gives 0 up to rounding
        slopes = [g.gradient(centre + tau[:, None] * node) for node in nodes]
        mean = sum(w * slope for w, slope in zip(weights, slopes, strict=True))[:, 0]
        parts = [
            part for s in g.samples for part in (s, getattr(s, "original", s))
        ]  # a tilt cancels in a sample
        size = sum(
            w * sum(abs(part.gradient(centre + tau[:, None] * node)) for part in parts)
            for w, node in zip(weights, nodes, strict=True)
        )[:, 0]
        unit = valid_constant(g, "each_smoothness") * (
            abs(centre[:, 0]) + tau
        )  # 2c − x rounds, and so does the gradient there
        assert np.all(abs(mean)[admissible] <= 1e-12 * (size + unit)[admissible])


def test_other_sums_are_refused():
    for f in (finite_sum(2, *QUADRATIC, tilted=True), finite_sum(1, *CONVEX, tilted=True)):
        for values in batches(f):
            with pytest.raises(ClaimError, match="not known to be even"):
                HYPOTHESIS.holds(numpy_namespace(), values)


def test_its_facts_are_about_the_smoothing():
    claim = Claim(
        id="test/smoothed-minimiser",
        statement="",
        space=space(EVEN),
        hypotheses=[HYPOTHESIS],
        sides=lambda xp, f, x, x_tau, tau: (f.smoothed(x_tau, tau), f.smoothed(x, tau)),
    )
    s = symbols_of(claim)
    facts = s.assume(HYPOTHESIS)
    assert sympy.expand(facts.at(s.x).slack - (s.f.smoothed(s.x, s.tau) - s.f.smoothed(s.x_tau, s.tau))) == 0
    slope = inner(s.f.smoothed_gradient(s.x_tau, s.tau), s.x)
    assert sympy.expand(facts.gradient(s.x).slack - slope) == 0
