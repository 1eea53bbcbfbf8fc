"""Spaces: what is declared is what is sampled, drawn and kept exact."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import SpaceError
from theorycheck.functions import constant_of, function
from theorycheck.spaces import (
    FunctionInstance,
    Instance,
    Space,
    choice,
    dimension,
    instance_from_json,
    instance_to_json,
    integer,
    matrix,
    point,
    real,
    vector,
)
from theorycheck.spaces.numbers import simplest_between
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace

XP = numpy_namespace()


class Parabola:
    """f(x) = c |x|² / 2, the batch of a tiny family: smoothness and strong convexity are c."""

    def __init__(self, xp: Any, dimension: int, parameters: Any) -> None:
        self.xp, self.dimension, self.curvature = xp, dimension, parameters["c"]
        self.smoothness = abs(self.curvature)
        self.strong_convexity = self.curvature
        self.lipschitz = xp.full_like(self.curvature, np.inf)
        self.lower_bound = xp.where(self.curvature >= 0, 0 * self.curvature, -np.inf)

    def __call__(self, x: Any) -> Any:
        return self.curvature * self.xp.vecdot(x, x) / 2


@dataclass(frozen=True)
class Parabolas:
    name: str = "parabola"
    low: Any = None

    def parameters(self, dimension: int) -> Any:
        return {"c": real(self.low)}

    def build(self, xp: Any, dimension: int, parameters: Any) -> Parabola:
        return Parabola(xp, dimension, parameters)

    def allows(self, dimension: int) -> bool:
        return True


EVERYTHING = Space(
    d=dimension(1, 3),
    K=choice(1, 2),
    f=function(Parabolas()),
    x=point(),
    sigma=real(0),
    tau=real("sigma", open_low=True),
    p=real(0, 1, open_high=True),
    third=real(Fraction(1, 3), 0.4),
    n=integer(1, 1000),
    Q=matrix("d", "K"),
    w=vector("K", 0, 1),
    L=constant_of("f", "smoothness"),
    m=constant_of("f", "lower_bound"),
)


def sample(space: Space, stratum: Any, count: int, seed: int = 0) -> tuple[Any, dict[str, Any]]:
    cube = np.random.default_rng(seed).random((count, space.width(stratum)))
    return cube, space.decode(stratum, cube, XP)


@pytest.mark.parametrize("stratum", EVERYTHING.strata(), ids=str)
def test_decoded_batches_have_the_declared_shapes_and_stay_in_their_domains(stratum: Any) -> None:
    _, values = sample(EVERYTHING, stratum, 5000)
    d, K = stratum.dimension, dict(stratum.choices)["K"]
    assert values["d"] == d and values["K"] == K
    assert (
        values["x"].shape == (5000, d)
        and values["Q"].shape == (5000, d, K)
        and values["w"].shape == (5000, K)
    )
    assert values["sigma"].shape == (5000,)
    assert (values["sigma"] >= 0).all() and (values["tau"] > values["sigma"]).all()
    assert (values["p"] >= 0).all() and (values["p"] < 1).all()
    assert (values["third"] >= 1 / 3).all() and (values["third"] <= 0.4).all()
    assert (
        (values["n"] == np.floor(values["n"])).all() and values["n"].min() >= 1 and values["n"].max() <= 1000
    )
    assert ((values["w"] >= 0) & (values["w"] <= 1)).all()


def test_unbounded_numbers_span_orders_of_magnitude_with_atoms() -> None:
    space = Space(a=real(), b=real(0), c=real(2, 5))
    _, values = sample(space, space.strata()[0], 20_000)
    a, b, c = values["a"], values["b"], values["c"]
    assert np.abs(a).max() > 1e6 and np.abs(a[a != 0]).min() < 1e-6 and (a < 0).mean() > 0.3
    for atom in (0, 1, -1):
        assert (a == atom).mean() > 0.01
    assert (b == 0).mean() > 0.01 and (b == 1).mean() > 0.01
    assert (c == 2).mean() > 0.01 and (c == 5).mean() > 0.01


@pytest.mark.parametrize("stratum", EVERYTHING.strata(), ids=str)
def test_rows_become_exact_instances_that_lift_to_the_same_numbers(stratum: Any) -> None:
    cube, values = sample(EVERYTHING, stratum, 200, seed=1)
    valid = EVERYTHING.valid(values, XP, 200)
    for row in np.flatnonzero(valid)[:20]:
        instance = EVERYTHING.instance(stratum, cube[row])
        assert EVERYTHING.admits(instance)
        lifted = EVERYTHING.lift(instance, XP)
        for name in ("sigma", "tau", "p", "n", "x", "Q", "w"):
            assert (lifted[name][0] == values[name][row]).all()
        # a float just inside the bound 1/3 stands for 1/3, whose nearest float may lie outside
        assert lifted["third"][0] == pytest.approx(values["third"][row], rel=2.0**-52)
        # the constant is rounded to the admissible side, by less than one unit in the last place of a float
        assert lifted["L"][0] == pytest.approx(values["L"][row], rel=1e-15)
        balls = EVERYTHING.lift(instance, ball_namespace())
        assert bool(balls["f"].smoothness[0] <= balls["L"][0])
        assert bool(balls["tau"][0] > balls["sigma"][0])
        assert instance_from_json(instance_to_json(instance)) == instance
        assert EVERYTHING.stratum_of(instance) == stratum


def test_bounds_are_kept_exactly() -> None:
    space = Space(a=real(Fraction(1, 3), 0.1 + 1), b=real("a"))
    cube = np.array([[u, v] for u in np.linspace(0, 1, 60) for v in np.linspace(0, 1, 60)])
    stratum = space.strata()[0]
    instances = [space.instance(stratum, row) for row in cube]
    assert all(space.admits(instance) for instance in instances)
    assert any(i["a"] == Fraction(1, 3) for i in instances), "the closed end is hit, as the fraction itself"
    assert any(i["a"] == Fraction(11, 10) for i in instances), "a float bound stands for its decimal"
    assert any(i["b"] == i["a"] == Fraction(1, 3) for i in instances)


def test_a_constant_that_a_function_lacks_is_not_admissible() -> None:
    space = Space(f=function(Parabolas()), M=constant_of("f", "lipschitz"))
    stratum = space.strata()[0]
    cube, values = sample(space, stratum, 50)
    assert not space.valid(values, XP, 50).any()
    with pytest.raises(SpaceError, match="empty"):
        space.instance(stratum, cube[0])
    convexity = Space(f=function(Parabolas()), gamma=constant_of("f", "strong_convexity"))
    _, values = sample(convexity, convexity.strata()[0], 2000)
    valid = convexity.valid(values, XP, 2000)
    curvature = values["f"].curvature
    assert (valid == (curvature >= 0)).all()
    assert (values["gamma"][valid] <= curvature[valid]).all() and (values["gamma"][valid] >= 0).all()
    assert (values["gamma"][valid] < curvature[valid]).mean() > 0.1, "sometimes with slack"


def test_perturbed_values_stay_in_their_domains_and_hardly_move() -> None:
    space = Space(sigma=real(0, 1), tau=real("sigma", 2), x=point())
    stratum = space.strata()[0]
    cube, values = sample(space, stratum, 3000)
    moved = space.decode(stratum, cube, XP, np.random.default_rng(5))
    assert (
        (moved["sigma"] <= 1).all() and (moved["tau"] >= moved["sigma"]).all() and (moved["tau"] <= 2).all()
    )
    assert (moved["x"] != values["x"]).any()
    # 2**-49 relative, twice for tau, which also follows sigma
    np.testing.assert_allclose(moved["tau"], values["tau"], rtol=2.0**-46)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.data())
def test_the_strategy_draws_admissible_instances(data: Any) -> None:
    instance = data.draw(EVERYTHING.strategy())
    assert EVERYTHING.admits(instance)
    assert isinstance(instance["f"], FunctionInstance)
    EVERYTHING.lift(instance, XP)


def test_the_strategy_shrinks_to_the_simplest_instance() -> None:
    import hypothesis

    space = Space(d=dimension(1, 2, 7), x=point(), a=real(), b=real(Fraction(1, 2), 3))
    options = hypothesis.settings(derandomize=True, database=None, deadline=None)
    found = hypothesis.find(space.strategy(), lambda i: i["d"] >= 2 and i["b"] > 1, settings=options)
    assert found["d"] == 2 and found["x"] == (0, 0) and found["a"] == 0 and found["b"] == 2


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: real(2, 1), "holds no number"),
        (lambda: real(1, 1, open_low=True), "holds no number"),
        (lambda: integer(3, 2), "holds no number"),
        (choice, "holds no value"),
        (dimension, "positive integers"),
        (lambda: dimension(0), "positive integers"),
        (lambda: real(float("inf")), "leave it out"),
        (lambda: vector(0), "positive integer"),
        (lambda: vector(2, "sigma"), "numbers, not names"),
        (lambda: constant_of("f", "size"), "unknown constant"),
        (lambda: constant_of("f", "lower_bound", positive=True), "may have any sign"),
        (lambda: Space(tau=real("sigma"), sigma=real()), "declare it before"),
        (lambda: Space(tau=real("sigma")), "does not declare it"),
        (lambda: Space(d=dimension(1), e=dimension(2)), "two dimensions"),
        (lambda: Space(x=point(), L=constant_of("x", "smoothness")), "not a function"),
        (lambda: Space(x=point(), s=real("x")), "not a number"),
        (lambda: Space(Q=matrix("k", 2)), "neither 'd' nor a choice"),
        (lambda: Space(a=3), "no domain"),
    ],
)
def test_empty_or_inconsistent_declarations_are_refused_in_one_line(declare: Any, message: str) -> None:
    with pytest.raises(SpaceError, match=message) as caught:
        declare()
    assert "\n" not in str(caught.value)


def test_an_impossible_stratum_is_left_out_and_an_impossible_space_refused() -> None:
    @dataclass(frozen=True)
    class OnlyTwo(Parabolas):
        name: str = "only-two"

        def allows(self, dimension: int) -> bool:
            return dimension == 2

    space = Space(d=dimension(1, 2), f=function(OnlyTwo(), Parabolas()), x=point())
    assert [s.name for s in space.strata()] == ["d=1, f=parabola", "d=2, f=only-two", "d=2, f=parabola"]
    with pytest.raises(SpaceError, match="no family"):
        Space(d=dimension(3), f=function(OnlyTwo())).strata()


@pytest.mark.parametrize("data", [{"a": "1/0"}, {"a": {"family": "parabola"}}, {"a": "x"}])
def test_what_is_no_instance_is_refused(data: Any) -> None:
    with pytest.raises(SpaceError, match="not the JSON form"):
        instance_from_json(data)


def test_json_keeps_every_kind_of_value() -> None:
    values = {
        "d": 2,
        "word": "relu",
        "a": Fraction(-1, 3),
        "x": (Fraction(1), Fraction(2)),
        "Q": ((Fraction(1),), (Fraction(2),)),
        "f": FunctionInstance("parabola", 2, {"c": Fraction(1, 7)}),
    }
    assert instance_from_json(instance_to_json(values)) == Instance(values)


def test_symbols_carry_the_assumptions_of_their_domains() -> None:
    assert real().symbol("a").is_real and real().symbol("a").is_positive is None
    assert real(0).symbol("a").is_nonnegative and real(0, open_low=True).symbol("a").is_positive
    assert integer(1, 5).symbol("n").is_integer and integer(1, 5).symbol("n").is_positive
    assert dimension(1, 2).symbol("d").is_positive and choice(2, 3).symbol("k").is_integer
    assert constant_of("f", "smoothness").symbol("L").is_nonnegative
    assert constant_of("f", "smoothness").symbol("L").is_positive is None
    assert constant_of("f", "smoothness", positive=True).symbol("L").is_positive
    assert point().symbol("x").shape == (sympy.Symbol("d", integer=True, positive=True), 1)
    with pytest.raises(SpaceError, match="words"):
        choice("a", "b").symbol("k")


@settings(derandomize=True, deadline=None)
@given(st.fractions(-50, 50, max_denominator=40), st.fractions(0, 3, max_denominator=40))
def test_the_simplest_rational_between_two_is_the_one_that_enumeration_finds(
    low: Fraction, width: Fraction
) -> None:
    high = low + width
    found = simplest_between(low, high)
    denominators = (q for q in range(1, 100) if (low * q).__ceil__() <= (high * q).__floor__())
    assert low <= found <= high and found.denominator == next(denominators)


FORGED = {
    "another name": {"zeta": Fraction(1)},
    "an int where a function stands": {"f": 3},
    "a family that the space lacks": {"f": FunctionInstance("nothing", 2, {"c": Fraction(1)})},
    "a function of another dimension": {"f": FunctionInstance("parabola", 1, {"c": Fraction(1)})},
    "a function without parameters": {"f": FunctionInstance("parabola", 2, {})},
    "a function with one too many": {"f": FunctionInstance("parabola", 2, {"c": Fraction(1), "e": 1})},
    "a function with a float": {"f": FunctionInstance("parabola", 2, {"c": 0.5})},
    "parameters that are no mapping": {"f": FunctionInstance("parabola", 2, None)},
    "a float": {"a": 0.5},
    "NaN": {"a": float("nan")},
    "a truth value": {"a": True},
    "a string": {"a": "1/2"},
    "a number at an excluded bound": {"a": Fraction(0)},
    "a number beyond a bound": {"b": Fraction(3, 2)},
    "a number beyond another number": {"b": Fraction(1, 100)},
    "a vector that is too long": {"x": (Fraction(1),) * 3},
    "a vector of floats": {"x": (Fraction(1), 0.5)},
    "a list": {"x": [Fraction(1), Fraction(2)]},
    "a vector of vectors": {"x": ((Fraction(1),), (Fraction(2),))},
    "a matrix without a row": {"Q": ((Fraction(1), Fraction(2)),)},
    "a number where a matrix stands": {"Q": Fraction(1)},
    "an integer out of range": {"n": 9},
    "an integer as a Fraction": {"n": Fraction(2)},
    "a truth value as an integer": {"n": True},
    "a choice that is none": {"K": 7},
    "a choice of another type": {"K": True},
    "a dimension as a truth value": {"d": True},
    "a dimension that is none": {"d": 4},
    "a constant that is too small": {"L": Fraction(1, 9)},
    "a constant that is a float": {"L": 1.0},
    "None": {"a": None},
    "an array": {"x": np.ones(2)},
    "an array in a tuple": {"x": (np.ones(2), np.ones(2))},
}
GOOD = {
    "d": 2,
    "K": 1,
    "n": 2,
    "f": FunctionInstance("parabola", 2, {"c": Fraction(1, 2)}),
    "L": Fraction(1, 2),
    "a": Fraction(1, 3),
    "b": Fraction(1, 2),
    "x": (Fraction(1), Fraction(0)),
    "Q": ((Fraction(1), Fraction(2)), (Fraction(3), Fraction(4))),
}
JUDGE = Space(
    d=dimension(1, 2),
    K=choice(1, 2),
    n=integer(1, 5),
    f=function(Parabolas()),
    L=constant_of("f", "smoothness"),
    a=real(0, 1, open_low=True),
    b=real("a", 1),
    x=point(),
    Q=matrix("d", "d"),
)


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_whatever_is_no_instance_is_not_admitted(forged: dict[str, Any]) -> None:
    assert JUDGE.admits(Instance(GOOD))
    assert not JUDGE.admits(Instance({**GOOD, **forged}))
    for name in set(forged) & set(GOOD):
        assert not JUDGE.admits(Instance({key: value for key, value in GOOD.items() if key != name}))


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.sampled_from(sorted(GOOD)), st.from_type(type(None)) | st.booleans() | st.text() | st.floats())
def test_every_domain_answers_about_any_object(name: str, value: Any) -> None:
    assert not JUDGE.admits(Instance({**GOOD, name: value}))


def test_numbers_near_an_excluded_bound_become_numbers_inside() -> None:
    space = Space(m=real(), t=real("m", open_low=True), u=real("m", "t", open_low=True, open_high=True))
    stratum = space.strata()[0]
    random = np.random.default_rng(5)
    for row in random.random((300, space.width(stratum))):
        try:
            instance = space.instance(stratum, row)
        except SpaceError:  # no float lies between the two
            continue
        assert space.admits(instance) and instance["m"] < instance["u"] < instance["t"]


def test_integers_beyond_floats_stay_in_range() -> None:
    space = Space(n=integer(2**60 + 1, 2**61 - 1))
    stratum = space.strata()[0]
    for cube in (0.0, 1e-12, 0.5, 1 - 1e-12, 1.0):
        assert space.admits(space.instance(stratum, np.array([cube])))
