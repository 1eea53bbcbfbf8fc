"""Every operation of the table: what its node gives on arrays, in balls and exactly, against an independent route."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.errors import UndecidedError
from theorycheck.hunting.script import FLOAT_ARRAYS
from theorycheck.terms import table
from theorycheck.terms.balls import Ball, ball_array, interval, precision
from theorycheck.terms.namespaces import ball_namespace, numpy_namespace
from theorycheck.terms.nodes import BATCH
from theorycheck.terms.precise import PreciseArrays
from theorycheck.terms.program import compiled
from theorycheck.terms.tracing import Kind, trace

NP, BALLS, PRECISE = numpy_namespace(), ball_namespace(), PreciseArrays()
FEW = settings(derandomize=True, deadline=None, max_examples=25)
KINDS = {
    "t": Kind("array"),
    "s": Kind("array"),
    "x": Kind("array", (BATCH, 3)),
    "A": Kind("array", (BATCH, 2, 3)),
    "B": Kind("array", (BATCH, 3, 2)),
    "Q": Kind("array", (BATCH, 3, 3)),
}


def read(function: Any) -> Any:
    code = function.__code__
    return trace(function, {name: KINDS[name] for name in code.co_varnames[1 : code.co_argcount]}, {})


def run(term: Any, xp: Any, values: dict[str, Any]) -> Any:
    count = len(next(iter(values.values())))
    with np.errstate(all="ignore"):
        (found,) = compiled((term,))(xp, values, count)
    return found


# ---- functions of one and two numbers ----------------------------------------------------------------------

BY_MPMATH: dict[str, Any] = {
    "arctan": mpmath.atan,
    "arcsin": mpmath.asin,
    "arccos": mpmath.acos,
    "abs": abs,
    "square": lambda a: a * a,
    "gammaln": mpmath.loggamma,
    "maximum": max,
    "minimum": min,
}
RANGES = {
    "log": (Fraction(1, 50), 20),
    "log1p": (Fraction(-49, 50), 20),
    "sqrt": (Fraction(1, 50), 20),
    "arcsin": (Fraction(-19, 20), Fraction(19, 20)),
    "arccos": (Fraction(-19, 20), Fraction(19, 20)),
    "gamma": (Fraction(1, 8), 12),
    "gammaln": (Fraction(1, 8), 12),
}
REAL = sorted(set(table.FUNCTIONS) - {"isfinite"})


def reference(name: str, *values: Fraction) -> Any:
    found = BY_MPMATH.get(name) or getattr(mpmath, name)
    return found(*(mpmath.mpf(q.numerator) / q.denominator for q in values))


def points(name: str) -> Any:
    low, high = RANGES.get(name, (-6, 6))
    return st.lists(st.fractions(low, high, max_denominator=64), min_size=2, max_size=2)


@pytest.mark.parametrize("name", REAL)
@FEW
@given(data=st.data())
def test_a_function_of_the_table_is_that_function_everywhere(name: str, data: Any) -> None:
    arity = table.FUNCTIONS[name].arity
    pair = data.draw(points(name))
    arguments = pair[:arity]
    names = ("t", "s")[:arity]
    if arity == 1:
        term = read(lambda xp, t: getattr(xp, name)(t))
    else:
        term = read(lambda xp, t, s: getattr(xp, name)(t, s))
    assert term.op == name
    with mpmath.workdps(60):
        exact = reference(name, *arguments)
        (number,) = run(term, NP, {n: np.array([float(q)]) for n, q in zip(names, arguments, strict=True)})
        # SciPy and libm: a few units in the last place, gamma at poles of its logarithm absolutely
        assert abs(number - exact) <= 1e-13 * (1 + abs(exact))
        with precision(200):
            try:
                (ball,) = run(
                    term, BALLS, {n: ball_array([q]) for n, q in zip(names, arguments, strict=True)}
                )
            except UndecidedError:
                assert name == "sign" and arguments == [0]
                return
            middle = mpmath.mpf(Ball(ball).arb.mid().str(60, radius=False))
            radius = mpmath.mpf(Ball(ball).arb.rad().str(5, radius=False))
            assert abs(middle - exact) <= 2 * radius + mpmath.mpf(10) ** -50 * (1 + abs(exact))
            assert radius <= mpmath.mpf(10) ** -45 * (1 + abs(exact))
        (precise,) = run(
            term, PRECISE, {n: PRECISE.asarray([q]) for n, q in zip(names, arguments, strict=True)}
        )
        q = Fraction(getattr(precise, "value", precise))
        assert abs(mpmath.mpf(q.numerator) / q.denominator - exact) <= mpmath.mpf(10) ** -50 * (
            1 + abs(exact)
        )


@pytest.mark.parametrize("name", REAL)
@FEW
@given(data=st.data())
def test_balls_of_a_whole_interval_contain_every_value_in_it(name: str, data: Any) -> None:
    if table.FUNCTIONS[name].arity == 2:
        return
    low, high = sorted(data.draw(points(name)))
    inside = low + (high - low) * data.draw(st.fractions(0, 1, max_denominator=16))
    wide = np.empty(1, dtype=object)
    wide[0] = interval(low, high)
    term = read(lambda xp, t: getattr(xp, name)(t))
    try:
        (ball,) = run(term, BALLS, {"t": wide})
    except UndecidedError:
        return
    with mpmath.workdps(40):
        exact = reference(name, inside)
        if Ball(ball).is_finite:
            assert Ball(ball).lower - 1e-9 <= exact <= Ball(ball).upper + 1e-9


def test_what_is_finite() -> None:
    term = read(lambda xp, t: xp.isfinite(1 / t))
    assert run(term, NP, {"t": np.array([0.0, 2.0])}).tolist() == [False, True]
    assert run(term, BALLS, {"t": ball_array([2])}).tolist() == [True]
    with pytest.raises(UndecidedError):
        run(term, BALLS, {"t": ball_array([0])})


SIGNS: dict[str, Any] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "mod": lambda a, b: a % b,
    "floordiv": lambda a, b: Fraction(a // b),
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
}
dyadic = st.integers(-64, 64).map(lambda k: Fraction(k, 8))


@pytest.mark.parametrize("op", sorted(SIGNS))
@FEW
@given(a=dyadic, b=dyadic.filter(bool), fixed=st.sampled_from(["neither", "first", "second"]))
def test_arithmetic_and_comparisons_are_exact_on_exact_numbers(
    op: str, a: Fraction, b: Fraction, fixed: str
) -> None:
    apply = SIGNS[op]
    expected = apply(a, b)
    plain = (lambda left, right: left // right) if op == "floordiv" else apply
    term = {
        "neither": lambda: read(lambda xp, t, s: plain(t, s)),
        "first": lambda: read(lambda xp, s: plain(xp.number(a), s)),
        "second": lambda: read(lambda xp, t: plain(t, b)),
    }
    found = term[fixed]()
    numbers: dict[str, Any] = {"t": a, "s": b}
    assert run(found, NP, {n: np.array([float(q)]) for n, q in numbers.items()})[0] == pytest.approx(
        float(expected), rel=1e-15, abs=0
    )
    (exact,) = run(found, PRECISE, {n: PRECISE.asarray([q]) for n, q in numbers.items()})
    assert (exact if isinstance(expected, bool) else Fraction(exact.value)) == expected
    with precision(100):
        try:
            (ball,) = run(found, BALLS, {n: ball_array([q]) for n, q in numbers.items()})
        except UndecidedError:
            pytest.fail("exact numbers are compared")
        if isinstance(expected, bool):
            assert bool(ball) == expected
        elif op in ("mod", "floordiv") and Fraction(a / b).denominator == 1:
            assert (
                Ball(ball).lower <= expected <= Ball(ball).upper
            )  # the quotient may be a ball around an integer
        else:
            assert abs(Ball(ball).midpoint - float(expected)) <= 1e-15 * (1 + abs(float(expected)))


@pytest.mark.parametrize(("alias", "op"), sorted(table.ALIASES.items()))
def test_other_names_make_the_same_node(alias: str, op: str) -> None:
    if op in ("concatenate",):
        make = lambda name: read(lambda xp, x: getattr(xp, name)([x, x], axis=1))  # noqa: E731
    elif op in ("transpose",):
        make = lambda name: read(lambda xp, Q: getattr(xp, name)(Q, (0, 2, 1)))  # noqa: E731
    elif op in table.REDUCTIONS:
        make = lambda name: read(lambda xp, x: getattr(xp, name)(x, axis=-1))  # noqa: E731
    elif op in table.LOGIC:
        make = lambda name: read(lambda xp, t, s: getattr(xp, name)(t > 0, s > 0))  # noqa: E731
    elif op == "not":
        make = lambda name: read(lambda xp, t: getattr(xp, name)(t > 0))  # noqa: E731
    elif op in table.ARITHMETIC or op in table.COMPARISONS:
        make = lambda name: read(lambda xp, t, s: getattr(xp, name)(t, s))  # noqa: E731
    else:
        make = lambda name: read(lambda xp, t: getattr(xp, name)(t))  # noqa: E731
    assert make(alias) is make(op)
    assert make(alias).op == op


@FEW
@given(st.lists(st.tuples(dyadic, dyadic), min_size=1, max_size=4))
def test_truth_values_are_joined_as_in_logic(pairs: Any) -> None:
    def formula(xp: Any, t: Any, s: Any) -> Any:
        a, b = t > 0, s > 0
        return xp.where((a & b) | ~(a ^ b), 1, 0) + (a == b) + 2 * (a != b) + 4 * a

    term = read(formula)
    expected = []
    for a, b in ((t > 0, s > 0) for t, s in pairs):
        expected.append(int((a and b) or a == b) + (a == b) + 2 * (a != b) + 4 * a)
    columns = {name: [pair[k] for pair in pairs] for k, name in enumerate(("t", "s"))}
    floats = {name: np.array([float(q) for q in column]) for name, column in columns.items()}
    assert run(term, NP, floats).tolist() == expected
    balls = {name: ball_array(column) for name, column in columns.items()}
    assert [Ball(ball).midpoint for ball in run(term, BALLS, balls)] == expected


# ---- operations on axes ------------------------------------------------------------------------------------

OPERATIONS: dict[str, list[Any]] = {
    "sum": [
        lambda xp, A: xp.sum(A, axis=-1),
        lambda xp, A: A.sum(axis=(1, 2)),
        lambda xp, x: x.sum(-1, keepdims=True),
    ],
    "mean": [lambda xp, A: xp.mean(A, axis=1), lambda xp, A: A.mean(axis=(-1, -2))],
    "prod": [lambda xp, A: xp.prod(A, axis=2)],
    "max": [
        lambda xp, A: xp.max(A, axis=1),
        lambda xp, A: A.max(axis=(1, 2)),
        lambda xp, x: x.max(-1, keepdims=True),
    ],
    "min": [lambda xp, A: xp.min(A, axis=2), lambda xp, A: A.min(axis=(1, 2))],
    "any": [lambda xp, A: xp.any(A > 0, axis=-1), lambda xp, A: (A > 0).any(axis=(1, 2))],
    "all": [lambda xp, A: xp.all(A > 0, axis=-1), lambda xp, A: (A > 0).all(axis=(1, 2))],
    "matmul": [
        lambda xp, A, B: xp.matmul(A, B),
        lambda xp, A, x: A @ x[:, :, None],
        lambda xp, x: x @ xp.eye(3),
    ],
    "einsum": [lambda xp, A, B: xp.einsum("nij,njk->nik", A, B), lambda xp, Q: xp.einsum("nii->n", Q)],
    "tensordot": [lambda xp, A: xp.tensordot(A, xp.asarray([[1, 2], [3, 4], [0, 1]]), axes=1)],
    "moveaxis": [lambda xp, A: xp.moveaxis(A, 1, 2), lambda xp, A: xp.moveaxis(A, (1,), (-1,))],
    "swapaxes": [lambda xp, A: xp.swapaxes(A, 1, 2), lambda xp, A: A.swapaxes(-1, -2)],
    "transpose": [lambda xp, A: xp.transpose(A, (0, 2, 1)), lambda xp, A: A.transpose(0, 2, 1)],
    "broadcast_to": [lambda xp, t: xp.broadcast_to(t[:, None], (t.shape[0], 4))],
    "expand_dims": [lambda xp, A: xp.expand_dims(A, 1), lambda xp, A: xp.expand_dims(A, axis=-1)],
    "squeeze": [lambda xp, t: xp.squeeze(t[:, None], axis=1)],
    "flip": [lambda xp, A: xp.flip(A, axis=-1), lambda xp, A: xp.flip(A, (1, 2))],
    "roll": [lambda xp, A: xp.roll(A, 1, axis=-1), lambda xp, A: xp.roll(A, shift=-2, axis=2)],
    "repeat": [lambda xp, A: xp.repeat(A, 2, axis=1), lambda xp, A: xp.repeat(A, [2, 0, 1], axis=2)],
    "tile": [lambda xp, A: xp.tile(A, (1, 2, 1))],
    "cumsum": [lambda xp, A: xp.cumsum(A, axis=-1), lambda xp, A: A.cumsum(axis=1)],
    "cumprod": [lambda xp, A: xp.cumprod(A, axis=1)],
    "diff": [lambda xp, A: xp.diff(A), lambda xp, A: xp.diff(A, n=2, axis=-1)],
    "diagonal": [lambda xp, Q: xp.diagonal(Q, axis1=1, axis2=2), lambda xp, Q: xp.diagonal(Q, 1, 1, 2)],
    "trace": [lambda xp, Q: xp.trace(Q, axis1=1, axis2=2), lambda xp, A: xp.trace(A, axis1=-2, axis2=-1)],
    "triu": [lambda xp, Q: xp.triu(Q), lambda xp, Q: xp.triu(Q, 1)],
    "tril": [lambda xp, Q: xp.tril(Q), lambda xp, Q: xp.tril(Q, k=-1)],
    "take": [lambda xp, A: xp.take(A, [2, 0, 0], axis=-1), lambda xp, A: xp.take(A, 1, axis=2)],
    "sort": [lambda xp, A: xp.sort(A, axis=-1), lambda xp, A: xp.sort(A, axis=1)],
    "outer": [lambda xp, t: xp.outer(t, xp.asarray([1, 2, 3]))],
    "zeros_like": [lambda xp, A: xp.zeros_like(A)],
    "ones_like": [lambda xp, A: xp.ones_like(A)],
    "stack": [lambda xp, t, s: xp.stack([t, s], axis=-1), lambda xp, A: xp.stack((A, A + 1), axis=1)],
    "concatenate": [lambda xp, A: xp.concatenate([A, A[:, :1]], axis=1)],
    "getitem": [
        lambda xp, A: A[:, 1],
        lambda xp, A: A[..., -1],
        lambda xp, A: A[:, ::-1, 1:],
        lambda xp, A: A[:, None, :, [2, 0]],
        lambda xp, A: A[:, -1, 0:2],
    ],
    "reshape": [
        lambda xp, A: xp.reshape(A, (A.shape[0], 6)),
        lambda xp, A: A.reshape(-1, 3, 2),
        lambda xp, A: A.reshape((-1, 6)),
    ],
    "full": [lambda xp, x: x + xp.full((3,), 2), lambda xp, x: x + xp.full(x.shape, 7)],
    "vecdot": [lambda xp, x: (x * (x + 1)).sum(-1)],
    "scale": [lambda xp, t, x: t[:, None] * x],
}


class Numbers:
    """The operations by NumPy alone, on arrays of fractions: an author's formula run directly."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    eye = staticmethod(lambda n: np.array([[Fraction(int(i == j)) for j in range(n)] for i in range(n)]))
    asarray = staticmethod(lambda values: np.array(values, dtype=object) * Fraction(1))


CASES = [
    (op, number, function)
    for op, functions in OPERATIONS.items()
    for number, function in enumerate(functions)
]


@pytest.mark.parametrize(("op", "number", "function"), CASES)
@settings(derandomize=True, deadline=None, max_examples=6)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 3))
def test_operations_on_axes_are_those_of_numpy(
    op: str, number: int, function: Any, seed: int, count: int
) -> None:
    random = np.random.default_rng(seed)
    code = function.__code__
    wanted = code.co_varnames[1 : code.co_argcount]
    exact = {}
    for name in wanted:
        shape = tuple(count if length == BATCH else length for length in KINDS[name].shape)
        drawn = random.integers(-24, 25, shape)
        exact[name] = np.vectorize(lambda k: Fraction(int(k), 8), otypes=[object])(drawn)
    term = read(function)
    direct = np.asarray(function(Numbers(), **exact))
    floats = np.asarray(run(term, NP, {name: array.astype(float) for name, array in exact.items()}))
    assert (
        tuple(count if length == BATCH else length for length in term.shape) == floats.shape == direct.shape
    )
    # eighths and their products: exact in float64; a mean is rounded once
    np.testing.assert_allclose(floats, direct.astype(float), rtol=1e-15, atol=0)
    precise = run(term, PRECISE, {name: PRECISE.asarray(array) for name, array in exact.items()})
    balls = run(term, BALLS, {name: ball_array(array) for name, array in exact.items()})
    assert np.shape(precise) == np.shape(balls) == direct.shape
    for index in np.ndindex(direct.shape):
        if term.truth:
            assert bool(balls[index]) == bool(precise[index]) == bool(direct[index])
        else:
            assert Fraction(getattr(precise[index], "value", precise[index])) == direct[index]
            ball = Ball(balls[index])
            assert ball.lower <= direct[index] <= ball.upper and ball.upper - ball.lower <= 1e-12


def test_every_operation_of_the_table_is_tried() -> None:
    assert {*table.REDUCTIONS, *table.REARRANGEMENTS} <= set(OPERATIONS)
    assert set(table.ARITHMETIC) | set(table.COMPARISONS) == set(SIGNS) | {"pow"}


@FEW
@given(seed=st.integers(0, 10**6))
def test_linear_algebra_by_its_definition(seed: int) -> None:
    matrices = np.random.default_rng(seed).integers(-4, 5, (2, 3, 3)).astype(float)
    symmetric = matrices + matrices.transpose(0, 2, 1)
    values = {"Q": symmetric}
    eigenvalues = run(read(lambda xp, Q: xp.linalg.eigvalsh(Q)), NP, values)
    for matrix, found in zip(symmetric, eigenvalues, strict=True):
        # characteristic polynomial: trace, determinant by the rule of Sarrus
        assert sum(found) == pytest.approx(np.trace(matrix), abs=1e-9)
        assert math.prod(found) == pytest.approx(_sarrus(matrix), abs=1e-8)
    determinants = run(read(lambda xp, Q: xp.linalg.det(Q)), NP, values)
    np.testing.assert_allclose(determinants, [_sarrus(matrix) for matrix in symmetric], atol=1e-9)
    singular = run(read(lambda xp, Q: xp.linalg.svdvals(Q)), NP, values)
    np.testing.assert_allclose((singular**2).sum(-1), (symmetric**2).sum((-1, -2)), rtol=1e-10, atol=1e-10)
    regular = matrices @ matrices.transpose(0, 2, 1) + np.eye(3)
    inverse = run(read(lambda xp, Q: xp.linalg.inv(Q)), NP, {"Q": regular})
    np.testing.assert_allclose(inverse @ regular, np.broadcast_to(np.eye(3), (2, 3, 3)), atol=1e-6)


def _sarrus(m: Any) -> float:
    signs = {(0, 1, 2): 1, (1, 2, 0): 1, (2, 0, 1): 1, (2, 1, 0): -1, (0, 2, 1): -1, (1, 0, 2): -1}
    return float(
        sum(signs[p] * math.prod(m[i][p[i]] for i in range(3)) for p in itertools.permutations(range(3)))
    )


@FEW
@given(st.lists(dyadic, min_size=9, max_size=9), st.booleans())
def test_semidefinite_by_principal_minors(entries: Any, gram: bool) -> None:
    m = [[entries[3 * min(i, j) + max(i, j)] for j in range(3)] for i in range(3)]
    if gram:
        rows = [entries[:3], entries[3:6]]  # of rank two: the smallest eigenvalue is exactly 0
        m = [[sum(row[i] * row[j] for row in rows) for j in range(3)] for i in range(3)]
    minors = [
        _determinant([[m[i][j] for j in chosen] for i in chosen])
        for size in (1, 2, 3)
        for chosen in itertools.combinations(range(3), size)
    ]
    expected = all(minor >= 0 for minor in minors)
    term = read(lambda xp, Q: xp.semidefinite(Q))
    exact = np.array([m], dtype=object)
    assert run(term, PRECISE, {"Q": PRECISE.asarray(exact)}).tolist() == [expected]
    with precision(300):
        try:
            assert run(term, BALLS, {"Q": ball_array(exact)}).tolist() == [expected]
        except UndecidedError:
            assert any(minor == 0 for minor in minors)
    if all(abs(minor) > Fraction(1, 100) for minor in minors):
        assert run(term, NP, {"Q": exact.astype(float)}).tolist() == [expected]


@FEW
@given(st.lists(dyadic, min_size=4, max_size=4))
def test_semidefinite_is_that_of_the_quadratic_form(entries: Any) -> None:
    a, b, c, d = entries
    expected = a >= 0 and d >= 0 and a * d >= (b + c) ** 2 / 4
    term = read(lambda xp, Q: xp.semidefinite(Q))
    exact = np.array([[[a, b], [c, d]]], dtype=object)
    assert run(term, PRECISE, {"Q": PRECISE.asarray(exact)}).tolist() == [expected]
    script: dict[str, Any] = {}
    exec("import math, itertools\nimport numpy as np\n" + FLOAT_ARRAYS, script)
    if a * d != (b + c) ** 2 / 4:
        for xp in (NP, script["xp"]):
            assert xp.semidefinite(exact.astype(float)).tolist() == [expected]


def _determinant(m: Any) -> Fraction:
    if len(m) == 1:
        return Fraction(m[0][0])
    return sum(
        (
            (-1) ** j * m[0][j] * _determinant([row[:j] + row[j + 1 :] for row in m[1:]])
            for j in range(len(m))
        ),
        Fraction(0),
    )
