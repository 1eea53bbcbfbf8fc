"""Algorithms inside claims: one formula on batches, in balls, on symbols, in scripts, and on another array module."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from tests.optimizer_samples import XP, cosines
from theorycheck import Claim, Space, check, dimension, finite_sum, function, point, real
from theorycheck.algebra import inner
from theorycheck.derivations import by_expansion, chain, derivation, eq
from theorycheck.functions import DEFAULT_FAMILIES
from theorycheck.lab.optimizers import (
    expand,
    expected_over_paths,
    fixed_anchor,
    follow,
    geometric,
    gsmooth_adam,
    gsmooth_sgd,
    next_anchor,
    start_adam,
    start_sgd,
    times_before_steps,
)
from theorycheck.terms.namespaces import ArrayNamespace

QUADRATIC = [family for family in DEFAULT_FAMILIES if family.name == "quadratic"]


def growth_of_sgd(xp, f, x, eta, sigma):
    step = gsmooth_sgd(xp, f.samples, eta, geometric(sigma, Fraction(1, 2)))
    *_, last = expand(xp, step, start_sgd(x), len(f.samples), 2)
    return expected_over_paths(xp, f(last.x), len(f.samples)), f(x)


def growth_of_adam(xp, f, x, eta, sigma):
    step = gsmooth_adam(
        xp, f.samples, eta, sigma, beta=Fraction(1, 2), theta=Fraction(1, 4), epsilon=Fraction(1, 8)
    )
    *_, last = expand(xp, step, start_adam(xp, x), len(f.samples), 2)
    return expected_over_paths(xp, f(last.x), len(f.samples)), f(x)


def growth_of_svrg(xp, f, x, eta, sigma):
    law = next_anchor(
        xp, f.samples, fixed_anchor(xp, x), times=times_before_steps(3), learning_rate=eta, sigma=sigma, tau=0
    )
    return law.expectation(f(law.points)), f(x)


@pytest.mark.parametrize("sides", [growth_of_sgd, growth_of_adam, growth_of_svrg])
def test_a_false_claim_is_refuted_and_its_script_needs_numpy_alone(sides, tmp_path):
    """Without a bound on the learning rate no method decreases f: each diverges on some quadratic."""
    claim = Claim(
        id="test/decrease",
        statement="",
        space=Space(
            d=dimension(1),
            f=finite_sum((1, 2), *QUADRATIC),
            x=point(),
            eta=real(0, open_low=True),
            sigma=real(0),
        ),
        sides=sides,
    )
    verdict = check(claim, budget="quick")
    assert verdict.status == "refuted"
    script = tmp_path / "counterexample.py"
    script.write_text(verdict.counterexample.script)
    block = "import sys, runpy; sys.modules['theorycheck'] = None; runpy.run_path(sys.argv[1], run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-I", "-c", block, str(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "which is false" in done.stdout


def two_steps(xp, f, g, x, eta, sigma):
    """Two steps of GSmoothSGD that draw f and then g, and the same written out."""
    step = gsmooth_sgd(xp, (f, g), eta, geometric(sigma, Fraction(1, 2)))
    *_, last = follow(xp, step, start_sgd(x), np.array([0, 1]))
    after = x - xp.scale(eta, f.smoothed_gradient(x, sigma))
    return last.x, after - xp.scale(eta, g.smoothed_gradient(after, sigma / 2))


@pytest.mark.parametrize("correct", [True, False])
def test_a_run_on_symbols_is_proved_for_all_functions(correct):
    def sides(xp, f, g, x, eta, sigma):
        left, right = two_steps(xp, f, g, x, eta, sigma)
        return left, right if correct else right + x

    def prove(s):
        return derivation(
            chain(inner(s.left, s.direction), eq(inner(s.right, s.direction), by_expansion("the two steps")))
        )

    claim = Claim(
        id="test/steps",
        statement="",
        kind="identity",
        space=Space(
            d=dimension(1, 2),
            f=function(*QUADRATIC),
            g=function(*QUADRATIC),
            x=point(),
            eta=real(0, open_low=True),
            sigma=real(0),
        ),
        sides=sides,
        relation="=",
        derivation=prove,
    )
    assert check(claim, budget="quick").status == ("proved" if correct else "refuted")


def test_the_branches_for_another_array_module_give_the_same():
    """The GPU's namespace is imitated by NumPy under its name: indices and masks travel as its arrays."""
    other = ArrayNamespace("cupy", np, lambda: None)
    samples = [cosines(3, 2, seed) for seed in range(2)]
    x = np.random.default_rng(0).standard_normal((3, 2))
    for paths in (np.array([[0, 1], [1, 1]]), np.array([[[0, 1, 0], [1, 1, 0]]])):
        runs = [
            list(follow(xp, gsmooth_sgd(xp, samples, 0.25, 0.5), start_sgd(x), paths)) for xp in (XP, other)
        ]
        assert all(np.array_equal(a.x, b.x) for a, b in zip(*runs, strict=True))
    levels = [list(expand(xp, gsmooth_sgd(xp, samples, 0.25, 0.5), start_sgd(x), 2, 3)) for xp in (XP, other)]
    assert all(np.array_equal(a.x, b.x) for a, b in zip(*levels, strict=True))
