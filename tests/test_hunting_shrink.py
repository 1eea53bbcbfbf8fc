"""Shrinking depends on claim and settings alone."""

from __future__ import annotations

import contextlib
import random

import hypothesis
from hypothesis import settings
from hypothesis import strategies as st


def test_hypothesis_draws_no_constants_of_loaded_modules(tmp_path, monkeypatch):
    from theorycheck.hunting.shrink import _constants_of_no_module

    (tmp_path / "module_with_constants.py").write_text(
        "NUMBERS = [123456789123, 987654321987, 555555555555]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    module = __import__("module_with_constants")
    drawn = []

    def look() -> None:
        with contextlib.suppress(hypothesis.errors.NoSuchExample):
            hypothesis.find(
                st.integers(),
                lambda number: drawn.append(number) is not None,
                settings=settings(max_examples=2000, database=None, derandomize=True),
                random=random.Random(0),
            )

    with _constants_of_no_module():
        look()
    assert not set(drawn) & set(module.NUMBERS)
    look()  # and Hypothesis itself does
    assert set(drawn) & set(module.NUMBERS)
