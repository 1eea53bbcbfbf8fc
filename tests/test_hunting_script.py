"""Every counterexample's script reproduces the violation with NumPy alone."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from theorycheck.functions import function
from theorycheck.hunting import certify, demonstrate, hunt, script
from theorycheck.hunting.sources import Quotation, UnquotableError
from theorycheck.settings import Settings
from theorycheck.spaces import (
    FunctionInstance,
    Instance,
    Space,
    choice,
    dimension,
    point,
    real,
    vector,
)
from theorycheck.statement.claims import Claim, Refutation

RUNNER = """
import runpy, sys

class OnlyNumPy:
    def find_spec(self, name, *_):
        if name.split(".")[0] in {"theorycheck", "scipy", "flint", "sympy", "mpmath", "hypothesis"}:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, OnlyNumPy())
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def run_script(text: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run a script in a process in which NumPy is the only third-party package that can be imported."""
    path.write_text(text)
    return subprocess.run(
        [sys.executable, "-I", "-c", RUNNER, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def reproduces(false: Claim, instance: Instance, path: Path) -> str:
    """Certify the instance, run its script, and return what it printed."""
    result = certify(false, instance, 1024)
    assert result.violated, result
    done = run_script(script(false, instance, result.left, result.right), path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "which is false" in done.stdout
    return done.stdout


def claim(sides: Any, relation: str, **domains: Any) -> Claim:
    return Claim(id="test/script", statement="", space=Space(**domains), sides=sides, relation=relation)


HALF = 0.5
WEIGHTS = np.array([1, 2])


def halved(xp: Any, x: Any) -> Any:
    return HALF * x


def outer_power(x: Any, power: int = 2) -> Any:
    return x**power


class Bump:
    """A function of its own, with a helper of the module."""

    def __init__(self, xp: Any, dimension: int, parameters: Any) -> None:
        self.xp, self.dimension, self.height = xp, dimension, parameters["height"]

    def __call__(self, x: Any) -> Any:
        return self.height * self.xp.exp(-halved(self.xp, self.xp.vecdot(x, x)))


class TallerBump(Bump):
    def __call__(self, x: Any) -> Any:
        return 2 * super().__call__(x)


@dataclass(frozen=True)
class Bumps:
    name: str
    build: Any

    def parameters(self, dimension: int) -> Any:
        return {"height": real(0)}

    def allows(self, dimension: int) -> bool:
        return True


def with_closure(factor: Any) -> Any:
    shift = factor - 1

    def sides(xp: Any, x: Any, k: Any) -> Any:
        return factor * outer_power(halved(xp, x)) * k, x * x * xp.pi / 4 + shift

    return sides


def test_names_and_closures_are_written_out(tmp_path: Path) -> None:
    false = claim(with_closure(7.0), "<=", x=real(), k=choice(1, 2))
    printed = reproduces(false, Instance({"x": Fraction(7, 3), "k": 2}), tmp_path / "closure.py")
    assert "7/3" in printed


def test_lambdas_are_found_in_their_line(tmp_path: Path) -> None:
    pair = (lambda xp, x: (x, x - 1), lambda xp, x: (x, HALF * x))
    for sides in pair:
        reproduces(claim(sides, "<=", x=real()), Instance({"x": Fraction(1, 3)}), tmp_path / "lambda.py")


@pytest.mark.parametrize("build", [Bump, TallerBump])
def test_classes_of_functions_are_quoted_with_their_bases(build: Any, tmp_path: Path) -> None:
    false = claim(
        lambda xp, f, x, d: (f(x), d * xp.norm(x)),
        "<=",
        d=dimension(2),
        f=function(Bumps("bump", build)),
        x=point(),
    )
    f = FunctionInstance("bump", 2, {"height": Fraction(10)})
    reproduces(
        false, Instance({"d": 2, "f": f, "x": (Fraction(1, 3), Fraction(0))}), tmp_path / "function.py"
    )


def test_arrays_of_the_module_are_quoted(tmp_path: Path) -> None:
    false = claim(lambda xp, x: (xp.sum(x * WEIGHTS, axis=-1), xp.norm(x)), "<=", d=dimension(2), x=point())
    reproduces(false, Instance({"d": 2, "x": (Fraction(1), Fraction(1))}), tmp_path / "array.py")


@pytest.mark.parametrize(
    "sides",
    [
        lambda xp, x: (x * x * (1 + x / 10**15 / 10**15), x * x),
        lambda xp, x: (
            xp.exp(x) + xp.erf(x) + xp.gamma(1 + x * x),
            xp.exp(x) * (1 - x / 10**15 / 10**15) + xp.erf(x) + xp.gamma(1 + x * x),
        ),
    ],
    ids=["rational", "irrational"],
)
def test_violations_below_float64_are_reproduced_precisely(sides: Any, tmp_path: Path) -> None:
    printed = reproduces(claim(sides, "<=", x=real()), Instance({"x": Fraction(1, 3)}), tmp_path / "tiny.py")
    assert "which is false" in printed


def test_strict_relations_at_equality(tmp_path: Path) -> None:
    reproduces(
        claim(lambda xp, x: (x + x + x, 1 + 0 * x), "<", x=real()),
        Instance({"x": Fraction(1, 3)}),
        tmp_path / "s.py",
    )


def test_a_script_reports_when_nothing_is_violated(tmp_path: Path) -> None:
    holding = claim(lambda xp, x: (x, x + 1), "<=", x=real())
    done = run_script(script(holding, Instance({"x": Fraction(1)}), "1", "2"), tmp_path / "holds.py")
    assert done.returncode == 1 and "holds here" in done.stdout


def test_a_demonstration_has_a_script(tmp_path: Path) -> None:
    refutation = Refutation(
        lambda symbols: None, "because", lambda xp, x, k: (xp.norm(x) * k, 4), "<=", {"x": (3, 4), "k": 2}
    )  # type: ignore[arg-type, return-value]  # no derivation is needed here
    _, counterexample = demonstrate(
        Claim(id="t/r", statement="", refutation=refutation), Settings(budget="quick")
    )
    assert counterexample is not None
    assert run_script(counterexample.script, tmp_path / "demonstration.py").returncode == 0


def test_what_cannot_be_quoted_is_said() -> None:
    with pytest.raises(UnquotableError, match="two different things"):
        quotation = Quotation()
        quotation.name_of(1, "a")
        quotation.name_of(2, "a")


def one_norm(xp: Any, x: Any) -> Any:
    return xp.sum(abs(x), axis=-1), xp.norm(x)


def test_the_script_of_a_hunt_runs(tmp_path: Path) -> None:
    result = hunt(claim(one_norm, "<=", d=dimension(1, 2), x=point()), Settings(budget="quick"))
    assert result.counterexample is not None
    done = run_script(result.counterexample.script, tmp_path / "hunted.py")
    assert done.returncode == 0 and "left:     2.0" in done.stdout


def test_the_shipped_families_are_quoted(tmp_path: Path) -> None:
    """One family of every base class: g ≤ g − 1 is false for every g made of f."""
    from theorycheck.functions import DEFAULT_FAMILIES

    chosen = {
        "cosines",
        "ridge-relu",
        "convex-huber",
        "gaussian-mixture",
        "polynomial",
        "piecewise-polynomial",
    }
    families = [family for family in DEFAULT_FAMILIES if family.name in chosen]
    assert len(families) == len(chosen)
    for family in families:
        false = claim(
            lambda xp, f, x, s: (
                f.smoothed(x, s) + xp.sum(f.smoothed_gradient(x, s), axis=-1),
                f.smoothed(x, s) + xp.sum(f.smoothed_gradient(x, s), axis=-1) - 1,
            ),
            "<=",
            d=dimension(1),
            f=function(family),
            x=point(),
            s=real(0),
        )
        stratum = false.space.strata()[0]  # type: ignore[union-attr]  # the claim has a space
        row = np.full(false.space.width(stratum), 0.6)  # type: ignore[union-attr]  # the claim has a space
        reproduces(false, false.space.instance(stratum, row), tmp_path / "family.py")  # type: ignore[union-attr]  # the claim has a space


def mean_square_and_half_of_it(xp: Any, x: Any, t: Any) -> Any:
    """E|x + tu|² = |x|² + t² for d = 2, and too little."""

    def at(u: Any) -> Any:
        y = x + xp.scale(t, u)
        return xp.vecdot(y, y)

    return xp.gaussian_mean(at, 2, 2), xp.vecdot(x, x) + t**2 / 2


def tiny_excess(xp: Any, x: Any, t: Any) -> Any:
    """The same with a bound that only exact arithmetic tells from the mean."""
    mean, _ = mean_square_and_half_of_it(xp, x, t)
    return mean, xp.vecdot(x, x) + t**2 * (1 - xp.number(Fraction(1, 10**20)))


@pytest.mark.parametrize("sides", [mean_square_and_half_of_it, tiny_excess])
def test_scale_and_gaussian_mean_run_in_a_script(sides: Any, tmp_path: Path) -> None:
    """Both shims have the names of the field that NumPy lacks."""
    wrong = claim(sides, "<=", x=vector(2), t=real(0))
    reproduces(wrong, Instance({"x": (Fraction(1), Fraction(2)), "t": Fraction(1)}), tmp_path / "script.py")
