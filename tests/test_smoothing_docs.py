"""The page docs/smoothing.md runs as printed, and the docstrings' examples too."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from theorycheck.lab.smoothing import chains, kernels, symbolic

PAGE = Path(__file__).parents[1] / "docs" / "smoothing.md"


def test_every_block_of_the_page_runs(capsys):
    text = PAGE.read_text(encoding="utf-8")
    blocks = list(re.finditer(r"```python\n(.*?)```", text, re.DOTALL))
    assert len(blocks) >= 6
    names: dict[str, object] = {}
    for block in blocks:
        lines_above = "\n" * text.count("\n", 0, block.start(1))  # so that a failure names the page's line
        exec(compile(lines_above + block.group(1), str(PAGE), "exec"), names)
    assert r"\begin{aligned}" in capsys.readouterr().out


@pytest.mark.parametrize("module", [chains, kernels, symbolic], ids=lambda m: m.__name__)
def test_examples_in_docstrings(module):
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0
