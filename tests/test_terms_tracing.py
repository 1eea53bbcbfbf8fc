"""What a formula may do while it is read, and what is refused with which words."""

from __future__ import annotations

import functools
import math
import operator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import TraceError
from theorycheck.terms import proxies
from theorycheck.terms.namespaces import numpy_namespace
from theorycheck.terms.nodes import BATCH, Node, constant, node, size, variable
from theorycheck.terms.program import compiled
from theorycheck.terms.proxies import Size, ValueDemandedError
from theorycheck.terms.tracing import Kind, trace

KINDS = {
    "t": Kind("array"),
    "s": Kind("array"),
    "x": Kind("array", (BATCH, 3)),
    "y": Kind("array", (BATCH, "d")),
    "A": Kind("array", (BATCH, 3, 3)),
    "d": Kind("size"),
    "word": Kind("word"),
    "f": Kind("function", dimension=3),
    "g": Kind("function", dimension=3, samples=True),
}
T, S = variable("t"), variable("s")
X = variable("x", (BATCH, 3))


def read(function: Any, **given_values: Any) -> Any:
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    return trace(function, {name: KINDS[name] for name in names if name in KINDS}, given_values)


def of(op: str, *args: Node, shape: Any = (BATCH,), truth: bool = False) -> Node:
    return node(op, args, (), shape, truth)


# ---- what is refused ---------------------------------------------------------------------------------------

TABLE = {1: "one"}


def with_if(xp: Any, t: Any) -> Any:
    return t if t > 0 else -t


def with_cache(xp: Any, t: Any) -> Any:
    return functools.cache(lambda z: z)(t)


def in_place(xp: Any, t: Any) -> Any:
    t *= 2
    return t


def assigned(xp: Any, x: Any) -> Any:
    x[:, 0] = 1
    return x


def over_the_batch(xp: Any, x: Any) -> Any:
    return sum(row for row in x)


REFUSED: list[tuple[Any, str]] = [
    (with_if, "the truth of a number that is not fixed; use xp.where"),
    (lambda xp, t: max(t, 0), "use xp.where"),
    (lambda xp, t: 0 < t < 1, "use xp.where"),
    (lambda xp, t, s: t and s, "use xp.where"),
    (lambda xp, t: not t > 0, "use xp.where"),
    (lambda xp, t: t in (1, 2), "use xp.where"),
    (lambda xp, t: 1 in t, "instances of the batch|the members"),
    (lambda xp, t: float(t), "float value .* use those of xp"),
    (lambda xp, t: math.sqrt(t), "float value .* use those of xp"),
    (lambda xp, t: t * float(xp.sqrt(2)), "float value .* use those of xp"),
    (lambda xp, t: complex(t), "formulas are real"),
    (lambda xp, t: int(t), "integer value .* choice"),
    (lambda xp, t: range(t), "integer value .* choice"),
    (lambda xp, t, x: x[:, t], "integer value .* choice"),
    (lambda xp, t: round(t), "xp.floor"),
    (lambda xp, t: hash(t), "the hash"),
    (lambda xp, t: TABLE.get(t), "the hash"),
    (lambda xp, t: {t}, "the hash"),
    (with_cache, "the hash"),
    (lambda xp, t: len(t), "counted or iterated over"),
    (lambda xp, x: len(x), "counted or iterated over"),
    (over_the_batch, "counted or iterated over"),
    (lambda xp, x: list(x), "counted or iterated over"),
    (lambda xp, x: 1 / x.shape[0] if x.shape[0] == 5 else x, "number of instances in a batch"),
    (lambda xp, x: range(x.shape[0]), "number of instances in a batch"),
    (lambda xp, x: x.size, "size of a batch"),
    (lambda xp, t: np.asarray(t), "NumPy array .* use the functions of xp"),
    (lambda xp, t: np.array([t, t]), "NumPy array|counted"),
    (assigned, "assigned to; build it"),
    (in_place, r"t is changed in place by \*="),
    (lambda xp, t: t * np.float64(0.5), "NumPy value"),
    (lambda xp, t: np.float64(0.5) * t, "NumPy value"),
    (lambda xp, t: t * np.sqrt(2), "NumPy value"),
    (lambda xp, x: x * np.array([0.1, 0.2, 0.3]), "NumPy array of floats"),
    (lambda xp, x: np.array([0.1, 0.2, 0.3]) @ x[:, :, None], "NumPy array of floats"),
    (lambda xp, t: t / 3 + 1 / 3, "more than 12 digits"),
    (lambda xp, t: t * math.pi, "more than 12 digits"),
    (lambda xp, t: t + math.nan, "is no number"),
    (lambda xp, x: x[x > 0], "indexed by a condition"),
    (lambda xp, x: x[:, [True, False, True]], "list of integers"),
    (lambda xp, x: x[:, 1.5], "1.5 stands where an integer is needed"),
    (lambda xp, x: x[:, :1.5], "1.5 stands where an integer is needed"),
    (lambda xp, x: x[:, [0.0]], "0.0 stands where an integer is needed"),
    (lambda xp, x: x.sum(axis=1.5), "1.5 stands where an integer is needed"),
    (lambda xp, x: xp.repeat(x, 1.5, axis=1), "1.5 stands where an integer is needed"),
    (lambda xp, x: xp.gaussian_mean(lambda u: u[:, 0] ** 3, 1, 2.5), "2.5 stands where an integer"),
    (lambda xp, x: x[:, True], "indexed by a truth value"),
    (lambda xp, x: xp.sum(x), "over the instances of the batch; give the axis"),
    (lambda xp, x: x.max(axis=0), "over the instances of the batch; give the axis"),
    (lambda xp, x: x.mean(axis=(0, 1)), "over the instances of the batch"),
    (lambda xp, x: x.sum(axis=3), "over the axis 3"),
    (lambda xp, x: xp.all(x > 0), "over the instances of the batch"),
    (lambda xp, x: xp.cumsum(x), "over the instances of the batch|joined|not fixed"),
    (lambda xp, t: xp.cumsum(t, axis=0), "joined"),
    (lambda xp, t: xp.sort(t), "joined"),
    (lambda xp, x: xp.flip(x), "joined"),
    (lambda xp, x: xp.roll(x, 1, axis=0), "joined"),
    (lambda xp, x: xp.triu(x), "joined"),
    (lambda xp, x: x[0], "joined"),
    (lambda xp, x: x[-1:], "joined"),
    (lambda xp, x: x[:2000], "joined"),
    (lambda xp, x: x[::-1], "joined"),
    (lambda xp, x: xp.take(x, [0], axis=0), "joined"),
    (lambda xp, x: xp.reshape(x, (3, x.shape[0])), "joined"),
    (lambda xp, x: xp.matmul(x, x.T), "joined"),
    (lambda xp, t: xp.einsum("i,i->", t, t), "joined"),
    (lambda xp, t: xp.vecdot(t, t), "needs vectors"),
    (lambda xp, t: xp.norm(t), "needs vectors"),
    (lambda xp, t, x: t + x[:, :1], "pair every instance with every other"),
    (lambda xp, t, x: t * x, "xp.scale"),
    (lambda xp, x: xp.vecdot(x, x[:, :1]), "lengths 3 and 1"),
    (lambda xp, t: t == "one", "compared with 'one'"),
    (lambda xp, t: t == None, "compared with None"),  # noqa: E711
    (lambda xp, t: (t > 0) & t, "joins truth values"),
    (lambda xp, t: ~t, "joins truth values"),
    (lambda xp, t: xp.where(t, 1, 2), "joins truth values"),
    (lambda xp, t: xp.exp(t, where=t > 0), "no parameter where"),
    (lambda xp, x: xp.sum(x, axis=-1, where=x > 0), "no parameter where"),
    (lambda xp, x: xp.max(x, axis=-1, initial=0), "no parameter initial"),
    (lambda xp, x: xp.linalg.norm(x, 1, -1), "Euclidean norm"),
    (lambda xp, x: xp.linalg.norm(x), "Euclidean norm"),
    (lambda xp, x: xp.linspace(0, 1, 5, endpoint=False), "no parameter endpoint"),
    (lambda xp, t: xp.zeros(3, dtype=int), "rounds"),
    (lambda xp, t: t.astype(int), "rounds"),
    (lambda xp, t: xp.asarray([1, 2], dtype=np.int64), "rounds"),
    (lambda xp, t: xp.histogram(t), "xp.histogram has no term"),
    (lambda xp, x: xp.dot(x, x), "xp.vecdot"),
    (lambda xp, x: xp.linalg.qr(x), "xp.linalg.qr has no term"),
    (lambda xp, x: np.add.reduce(x), "has no term"),
    (lambda xp, t: xp.full((3,), t[:, None]), "does not fill"),
    (lambda xp, t: [], "an empty list"),
    (lambda xp, t: [t, 1], "stacked; make them alike"),
    (lambda xp, t: object(), "of type object"),
    (lambda xp, f, t: f(t), "not \\(N,\\)"),
    (lambda xp, f: f(1), "not a number"),
    (lambda xp, f, y: f(y), "takes points of shape"),
    (lambda xp, f, x: f.hessian(x), "a function has no hessian"),
    (lambda xp, f, x: f.samples, "has no samples"),
    (lambda xp, f, x: xp.sample_mean(f, lambda fk: fk(x)), "finite_sum"),
]


@pytest.mark.parametrize(("function", "message"), REFUSED)
def test_what_a_formula_may_not_do(function: Any, message: str) -> None:
    with pytest.raises(TraceError, match=message) as caught:
        read(function)
    assert not isinstance(caught.value, ValueDemandedError)
    assert f"{__file__}:" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_line_of_the_formula_is_named() -> None:
    with pytest.raises(TraceError, match=rf"{__file__}:{in_place.__code__.co_firstlineno + 1}: "):
        read(in_place)


DEMANDS: list[Any] = [
    lambda xp, t, d: sum((t**k for k in range(d)), 0 * t),
    lambda xp, t, d: t if d > 2 else 2 * t,
    lambda xp, t, d: t * math.sqrt(d),
    lambda xp, t, d: t * [1, 2][d],
    lambda xp, y: len(y.shape) * y[:, 1:],
    lambda xp, y: sum(y[:, k] for k in range(y.shape[1])),
    lambda xp, y: xp.arange(y.shape[1]) + y,
    lambda xp, t, word: t if word == "one" else 2 * t,
    lambda xp, t, word: {"one": t}[word],
    lambda xp, g, x: sum((fk(x) for fk in g.samples), 0 * x[:, 0]),
]


@pytest.mark.parametrize("function", DEMANDS)
def test_sizes_words_and_samples_are_asked_for(function: Any) -> None:
    with pytest.raises(ValueDemandedError):
        read(function)
    found = read(function, d=1, word="one", g=2)
    assert isinstance(found, Node)


def test_no_end_and_no_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(xp: Any, t: Any) -> Any:
        while True:
            t = t + 1

    def deep(xp: Any, t: Any) -> Any:
        return deep(xp, t + 1)

    monkeypatch.setattr(proxies, "LARGEST", 1000)
    with pytest.raises(TraceError, match="more than 1,000 parts"):
        read(endless)
    with pytest.raises(TraceError, match=r"more than 1,000 parts|too deeply"):
        read(deep)
    monkeypatch.setattr(proxies, "LARGEST", 10**9)
    monkeypatch.setattr(proxies, "SECONDS", -1.0)
    with pytest.raises(TraceError, match="takes more than"):
        read(endless)


# ---- what works --------------------------------------------------------------------------------------------

THIRD = Fraction(1, 3)


def closure(factor: Any) -> Any:
    def sides(xp: Any, t: Any, power: int = 2) -> Any:
        return factor * t**power

    return sides


def local_in_place(xp: Any, t: Any) -> Any:
    total = 0 * t
    for k in range(2):
        total += k * t
    total /= 2
    return total


def shapes(xp: Any, x: Any) -> Any:
    count, length = x.shape
    assert x.ndim == 2 and length == 3 and isinstance(length, int)
    return x / length + xp.zeros((count, length))


WORKS: list[tuple[Any, Node]] = [
    (closure(THIRD), of("mul", constant(THIRD), of("pow", T, constant(2)))),
    (lambda xp, t: 0.1 * t, of("mul", constant(Fraction(1, 10)), T)),
    (lambda xp, t: xp.number("0.1") * t, of("mul", constant(Fraction(1, 10)), T)),
    (lambda xp, t: 1 - t, of("sub", constant(1), T)),
    (lambda xp, t: 2**t, of("pow", constant(2), T)),
    (lambda xp, t: +(-t), of("neg", T)),
    (lambda xp, t: abs(t), of("abs", T)),
    (lambda xp, t: np.exp(t), of("exp", T)),
    (lambda xp, t, s: np.maximum(t, s), of("maximum", T, S)),
    (lambda xp, t, s: xp.power(t, s), of("pow", T, S)),
    (lambda xp, t: t > 1, of("gt", T, constant(1), truth=True)),
    (lambda xp, t: t == 1, of("eq", T, constant(1), truth=True)),
    (lambda xp, t: xp.less_equal(t, 1), of("le", T, constant(1), truth=True)),
    (lambda xp, t: t if t is not None else 0, T),
    (lambda xp, t, x: xp.scale(t, x), of("scale", T, X, shape=(BATCH, 3))),
    (lambda xp, x: xp.linalg.norm(x, axis=-1), of("norm", X)),
    (lambda xp, t: t + xp.inf, of("add", T, node("infinity", (), (1,)))),
    (lambda xp, t, d: t * d, of("mul", T, size("d"))),
    (lambda xp, y: y * y.shape[1], of("mul", variable("y", (BATCH, "d")), size("d"), shape=(BATCH, "d"))),
]


@pytest.mark.parametrize(("function", "expected"), WORKS)
def test_what_a_formula_may_do(function: Any, expected: Node) -> None:
    assert read(function) is expected


T0, X0 = np.array([0.5, -2.0]), np.array([[1.0, 2, 3], [-1, 0, 2]])
VALUES: list[tuple[Any, dict[str, Any], Any]] = [
    (local_in_place, {}, T0 / 2),
    (shapes, {}, X0 / 3),
    (lambda xp, x: sum(x[:, k] for k in range(x.shape[1])), {}, X0.sum(axis=1)),
    (lambda xp, t, word: {"half": t / 2, "all": t}[word], {"word": "half"}, T0 / 2),
    (lambda xp, t, d: [t, 2 * t, 3 * t][d], {"d": 1}, 2 * T0),
    (lambda xp, t, d: {1: t, 2: 5 * t}.get(d, t), {"d": 2}, 5 * T0),
    (lambda xp, t, d: sum((t**k for k in range(d)), 0 * t), {"d": 3}, 1 + T0 + T0**2),
    (lambda xp, t, d: t * "abc".index("abc"[d]), {"d": 2}, 2 * T0),
    (lambda xp, t, d: t * pow(d, 3, 5), {"d": 2}, 3 * T0),
    (lambda xp, x: xp.stack([x[:, 0], x[:, 1]], axis=-1), {}, X0[:, :2]),
    (lambda xp, x: xp.concatenate([x, x[:, :1]], axis=1), {}, np.hstack([X0, X0[:, :1]])),
    (
        lambda xp, x: x @ xp.asarray([[1, 0], [0, 1], [2, "0.5"]]),
        {},
        X0 @ np.array([[1, 0], [0, 1], [2, 0.5]]),
    ),
    (lambda xp, x: xp.clip(x, min=0, max=1), {}, np.clip(X0, 0, 1)),
    (lambda xp, x: (x > 0).sum(axis=-1), {}, (X0 > 0).sum(axis=-1)),
    (lambda xp, x: x[:, [2, 0]], {}, X0[:, [2, 0]]),
    (lambda xp, x: x[:, None, ::2], {}, X0[:, None, ::2]),
    (lambda xp, x: x[..., -1], {}, X0[:, -1]),
    (lambda xp, x: xp.sum(x * xp.arange(1, 4), axis=-1), {}, (X0 * [1, 2, 3]).sum(axis=-1)),
    (lambda xp, x: xp.linspace(0, 1, 3) * x, {}, X0 * [0, 0.5, 1]),
    (lambda xp, x: xp.matmul(xp.eye(3), x[:, :, None])[:, :, 0], {}, X0),
    (lambda xp, t: xp.squeeze(t[:, None]), {}, T0),
    (lambda xp, t, d: t / (d - 1), {"d": 1}, np.array([np.inf, -np.inf])),
    (lambda xp, t, d: t * xp.sqrt(1 - xp.number(d)), {"d": 2}, np.array([np.nan, np.nan])),
    (lambda xp, t, d: 0 * t + (1 - d) ** Fraction(1, 2), {}, np.array([np.nan, np.nan])),
]


@pytest.mark.parametrize(("function", "given_values", "expected"), VALUES)
def test_values_of_what_a_formula_may_do(function: Any, given_values: Any, expected: Any) -> None:
    term = read(function, **given_values)
    with np.errstate(all="ignore"):
        (found,) = compiled((term,))(numpy_namespace(), {"t": T0, "x": X0, "d": 2}, 2)
    np.testing.assert_array_equal(np.broadcast_to(found, np.shape(expected)), expected)


def test_a_name_of_a_size_may_be_any_name() -> None:
    kinds = {"N": Kind("size"), "z": Kind("array", (BATCH, "N"))}
    found = trace(lambda xp, z, N: xp.vecdot(z, z) / N, {"z": kinds["z"], "N": kinds["N"]}, {})
    assert found.shape == (BATCH,)
    z = np.ones((4, 3))
    assert compiled((found,))(numpy_namespace(), {"z": z, "N": 3}, 4)[0].tolist() == [1.0] * 4


SIGNS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
numbers = st.one_of(st.integers(-20, 20), st.fractions(-5, 5, max_denominator=8))


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.integers(1, 12), numbers, st.sampled_from(sorted(SIGNS)), st.booleans())
def test_arithmetic_of_a_given_size_is_exact(first: int, second: Any, sign: str, reverse: bool) -> None:
    if sign == "**":
        second = second if reverse else Fraction(second).numerator % 5
    apply = SIGNS[sign]
    left, right = (second, first) if reverse else (first, second)
    if sign in ("/", "//", "%") and right == 0:
        return
    expected = apply(Fraction(left), Fraction(right))
    made: dict[str, Any] = {}

    def formula(xp: Any, d: Any) -> Any:
        assert isinstance(d, Size)
        made["value"] = apply(second, d) if reverse else apply(d, second)
        return made["value"]

    found = read(formula, d=first)
    assert found is constant(expected)
    if isinstance(second, int) and Fraction(expected).denominator == 1 and sign != "/":
        assert isinstance(made["value"], int)
