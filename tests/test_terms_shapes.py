"""Shapes of nodes against those of NumPy's arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from theorycheck.errors import TraceError
from theorycheck.terms.nodes import BATCH
from theorycheck.terms.shapes import JOINED, array_function, broadcast, inferred, shown_shape

LENGTHS = st.sampled_from([1, 2, 3, BATCH, "d", "k"])
SHAPES = st.lists(LENGTHS, max_size=3).map(tuple)
NUMBERS = {BATCH: 11, "d": 5, "k": 7}
NAMES = {number: name for name, number in NUMBERS.items()}


def concrete(shape: Any) -> tuple[int, ...]:
    return tuple(NUMBERS.get(length, length) for length in shape)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(SHAPES, SHAPES)
def test_entrywise_shapes_are_those_of_numpy_or_refused(first: Any, second: Any) -> None:
    try:
        expected: Any = np.broadcast_shapes(concrete(first), concrete(second))
    except ValueError:
        expected = None
    named = None if expected is None else tuple(NAMES.get(length, length) for length in expected)
    if named is None or named.count(BATCH) > 1:
        with pytest.raises(TraceError):
            broadcast(first, second)
    else:
        assert broadcast(first, second) == named


@settings(derandomize=True, deadline=None, max_examples=100)
@given(mutually_broadcastable_shapes(num_shapes=3, max_dims=3, max_side=4, min_side=1))
def test_fixed_shapes_broadcast_as_in_numpy(shapes: Any) -> None:
    assert broadcast(*shapes.input_shapes) == shapes.result_shape


CASES: list[tuple[str, tuple[Any, ...], dict[str, Any], Any]] = [
    ("sum", ((BATCH, "d"),), {"axis": -1}, (BATCH,)),
    ("sum", ((BATCH, "d", 3),), {"axis": (1, 2)}, (BATCH,)),
    ("mean", ((BATCH, "d"),), {"axis": 1, "keepdims": True}, (BATCH, 1)),
    ("matmul", ((BATCH, 2, "d"), (BATCH, "d", 3)), {}, (BATCH, 2, 3)),
    ("matmul", (("k", "d"), ("d", 2)), {}, ("k", 2)),
    ("transpose", ((BATCH, 2, "d"),), {"axes": (0, 2, 1)}, (BATCH, "d", 2)),
    ("swapaxes", ((BATCH, 2, "d"),), {"axis1": 1, "axis2": 2}, (BATCH, "d", 2)),
    ("moveaxis", ((BATCH, 2, "d"),), {"source": 2, "destination": 0}, ("d", BATCH, 2)),
    ("expand_dims", ((BATCH, "d"),), {"axis": 1}, (BATCH, 1, "d")),
    ("broadcast_to", ((BATCH, 1),), {"shape": (BATCH, "d")}, (BATCH, "d")),
    ("stack", ((BATCH,), (BATCH,)), {"axis": -1}, (BATCH, 2)),
    ("concatenate", ((BATCH, 2), (BATCH, 3)), {"axis": 1}, (BATCH, 5)),
    ("diagonal", ((BATCH, "d", "d"),), {"axis1": 1, "axis2": 2}, (BATCH, "d")),
    ("trace", ((BATCH, "d", "d"),), {"axis1": 1, "axis2": 2}, (BATCH,)),
    ("einsum", ((BATCH, 2, 3), (BATCH, 3)), {"subscripts": "nij,nj->ni"}, (BATCH, 2)),
    ("inv", ((BATCH, "d", "d"),), {}, (BATCH, "d", "d")),
    ("det", ((BATCH, 3, 3),), {}, (BATCH,)),
    ("eigvalsh", ((BATCH, "d", "d"),), {}, (BATCH, "d")),
    ("svdvals", ((BATCH, 2, 3),), {}, (BATCH, 2)),
    ("svdvals", ((BATCH, 3, 2),), {}, (BATCH, 2)),
    ("take", ((BATCH, "d"),), {"indices": (0, 2, 2), "axis": -1}, (BATCH, 3)),
]


@pytest.mark.parametrize(("op", "shapes", "parameters", "expected"), CASES)
def test_shapes_of_operations_on_axes(op: str, shapes: Any, parameters: Any, expected: Any) -> None:
    assert inferred(array_function(op), shapes, parameters) == expected


@pytest.mark.parametrize("op", ["svdvals", "inv", "det", "eigvalsh"])
@pytest.mark.parametrize("shape", [(4, 3, 3), (2, 2), (5, 1, 1)])
def test_shapes_of_linear_algebra_are_those_of_its_values(op: str, shape: Any) -> None:
    functions: Any = {"svdvals": lambda a: np.linalg.svd(a, compute_uv=False)}
    values = functions.get(op, getattr(np.linalg, op, None))(np.random.default_rng(1).normal(size=shape))
    assert inferred(array_function(op), (shape,), {}) == np.shape(values)


@pytest.mark.parametrize(
    ("op", "shapes", "parameters", "message"),
    [
        ("sum", ((BATCH, "d"),), {"axis": 0}, "joined"),
        ("cumsum", ((BATCH,),), {"axis": 0}, "joined"),
        ("sort", ((BATCH,),), {"axis": -1}, "joined"),
        ("flip", ((BATCH, 2),), {"axis": 0}, "joined"),
        ("roll", ((BATCH, 2),), {"shift": 1, "axis": 0}, "joined"),
        ("roll", ((BATCH, 2),), {"shift": 1}, "joined"),
        ("take", ((BATCH, 2),), {"indices": (0,), "axis": 0}, "joined"),
        ("matmul", ((BATCH, 2), (2, BATCH)), {}, "joined"),
        ("triu", ((BATCH, 4),), {"k": 0}, "joined"),
        ("outer", ((BATCH,), (BATCH,)), {}, "joined"),
        ("einsum", ((BATCH, 2), (BATCH, 2)), {"subscripts": "ni,mi->n"}, "joined"),
        ("einsum", ((BATCH, 2), (BATCH, 2)), {"subscripts": "ni,ni->i"}, "joined"),
        ("matmul", ((BATCH, 2), (3, 2)), {}, "NumPy refuses"),
        ("inv", ((BATCH, 2, 3),), {}, "square"),
        ("concatenate", ((BATCH, "d"), (BATCH, 1)), {"axis": 1}, "not fixed"),
        ("repeat", ((BATCH, "d"),), {"repeats": 2, "axis": 1}, "not fixed"),
    ],
)
def test_what_is_refused(op: str, shapes: Any, parameters: Any, message: str) -> None:
    with pytest.raises(TraceError, match=message):
        inferred(array_function(op), shapes, parameters)
    assert "batch" in JOINED


def test_shapes_are_shown_as_numpy_prints_them() -> None:
    assert (
        shown_shape((BATCH,)) == "(N,)" and shown_shape((BATCH, "d")) == "(N, d)" and shown_shape(()) == "()"
    )
