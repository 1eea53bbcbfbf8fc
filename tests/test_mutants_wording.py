"""The words for a term are the formula that it stands for."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings

from tests.term_trees import trees, value
from tests.test_terms_program import DIRECT, KINDS
from theorycheck.mutants.wording import LONGEST, context, shown
from theorycheck.terms.namespaces import numpy_namespace
from theorycheck.terms.nodes import ordered
from theorycheck.terms.program import compiled
from theorycheck.terms.tracing import Kind, trace


@settings(derandomize=True, deadline=None, max_examples=300)
@given(trees(("t", "s")))
def test_a_text_that_is_not_cut_evaluates_to_the_value_of_the_term(tree: Any) -> None:
    def formula(xp: Any, t: Any, s: Any) -> Any:
        return value(tree, xp, {"t": t, "s": s}, xp.number)

    term = trace(formula, KINDS, {})
    values = {"t": np.array([0.75, -1.5]), "s": np.array([2.0, 0.25])}
    for part in ordered([term]):
        text = shown(part)
        assert len(text) <= LONGEST
        if not text.endswith("…"):
            names = {**vars(DIRECT), **values, "abs": np.abs}
            with np.errstate(all="ignore"):
                again = eval(text, {"__builtins__": {}}, names)
                (found,) = compiled((part,))(numpy_namespace(), values, 2)
            # the same operations in the same order; a quotient p / q of the text is one number of the term
            np.testing.assert_allclose(
                np.asarray(again, float), np.asarray(found, float), rtol=1e-12, atol=1e-12
            )


def test_signs_that_bind_differently_are_kept_apart() -> None:
    def formula(xp: Any, t: Any, s: Any) -> Any:
        return (t - (s - t)) / (s / t) ** 2 ** (t - 1) * -s

    term = trace(formula, KINDS, {})
    assert shown(term) == "(t - (s - t)) / (s / t) ** 2 ** (t - 1) * -s"


def test_functions_indices_and_what_is_bound() -> None:
    kinds = {"f": Kind("function", dimension=2, samples=True), "x": Kind("array", (*KINDS["t"].shape, 2))}

    def formula(xp: Any, f: Any, x: Any) -> Any:
        return xp.sample_mean(f, lambda fk: fk(x) * x[:, 0] + f.lipschitz)

    assert shown(trace(formula, kinds, {})) == "sample_mean(k1: f_k1(x) * x[:, 0] + f.lipschitz)"
    assert context([]) == ""
