"""Formal statements: what a claim's formula, space and hypotheses say, in words and TeX."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from theorycheck import Claim, Space, dimension, function, point, real
from theorycheck.functions import constant_of, finite_sum
from theorycheck.showing.display import verdict_html, verdict_text
from theorycheck.showing.formulas_page import page
from theorycheck.showing.json_output import verdict_from_dict
from theorycheck.showing.report.formulas import prose
from theorycheck.showing.show import claim_lines
from theorycheck.spaces import choice, integer, vector
from theorycheck.statement.claims import granted, requires
from theorycheck.statement.formal import NO_FORMAL_STATEMENT, formal_statement
from theorycheck.statement.loading import shipped_claims
from theorycheck.statement.properties import convex, l_smooth

PAGE = Path(__file__).parent.parent / "docs" / "formulas.md"


def claim(space: Space, sides, hypotheses=(), relation: str = "<=", **changes) -> Claim:
    return Claim(
        id="mine/lemma",
        statement="it holds",
        space=space,
        sides=sides,
        hypotheses=hypotheses,
        relation=relation,
        **changes,
    )


def test_a_statement_about_functions() -> None:
    space = Space(d=dimension(1, 2), f=function(), x=point(), sigma=real(0), L=constant_of("f", "smoothness"))
    found = formal_statement(
        claim(
            space,
            lambda xp, f, x, sigma, L, d: (f.smoothed(x, sigma) - f(x), L * d / 4 * sigma**2),
            [l_smooth("f", "L")],
        )
    )
    assert found == (
        r"For all $d \in \{1, 2\}$; $f : \mathbb{R}^{d} \to \mathbb{R}$ (shipped families); $x \in \mathbb{R}^{d}$; "
        r"$\sigma \ge 0$; $L$ a smoothness constant of $f$, assuming $f$ is $L$-smooth: "
        r"$$f_{\sigma}(x) - f(x) \le \frac{L d}{4} \sigma^{2}$$"
    )


def test_conditions_of_parts_are_printed_unless_they_go_without_saying() -> None:
    space = Space(a=real(), b=real(), c=real(0, 1, open_low=True))
    found = formal_statement(
        claim(
            space, lambda xp, a, b, c: (a / b, xp.log(c) / (a - b)), [requires(lambda a, b: a > b, "a > b")]
        )
    )
    assert "assuming $a > b$:" in found
    assert found.endswith(r"wherever it is defined: $b \ne 0$.")


def test_hypotheses_are_printed_from_their_terms() -> None:
    space = Space(a=real(), b=real())
    found = formal_statement(
        claim(
            space,
            lambda xp, a, b: (a, b),
            [
                requires(lambda a, b: 2 * a < b, "nonsense"),
                granted(lambda a, b: a <= b, "nonsense", "a reason"),
            ],
        )
    )
    assert "assuming $2 a < b$, $a \\le b$ (granted):" in found


def test_a_formula_that_is_read_size_by_size_says_so() -> None:
    space = Space(n=choice(1, 2, 3), x=vector("n"))
    found = formal_statement(claim(space, lambda xp, x, n: (sum(x[:, i] for i in range(n)), xp.norm(x))))
    assert "the formula is read for each $n$ by itself, here for $n = 2$:" in found
    assert r"$$x_{1} + x_{2} \le \lVert x \rVert$$" in found


def test_domains_are_printed() -> None:
    space = Space(
        k=integer(1, 9),
        way=choice("up", "down"),
        low=real(-1, Fraction(1, 2), open_high=True),
        high=real("low"),
        any=real(),
        box=vector(3, 0, 1),
        f=finite_sum((2, 3)),
    )
    found = formal_statement(claim(space, lambda xp, k: (k, 2 * k)))
    for text in (
        r"$k \in \{1, \dots, 9\}$",
        r"$\mathrm{way} \in \{\text{up}, \text{down}\}$",
        r"$-1 \le \mathrm{low} < \frac{1}{2}$",
        r"$\mathrm{high} \ge \mathrm{low}$",
        r"$\mathrm{any} \in \mathbb{R}$",
        r"$\mathrm{box} \in [0, 1]^{3}$",
        r"the mean of 2 or 3 functions $f_k : \mathbb{R} \to \mathbb{R}$",
    ):
        assert text in found


def test_gradients_must_exist_unless_smoothness_is_assumed() -> None:
    space = Space(f=function(), x=point(), L=constant_of("f", "smoothness"))

    def sides(xp, f, x):
        return xp.norm(f.gradient(x)), xp.norm(x)

    assert formal_statement(claim(space, sides, [convex("f")])).endswith(
        "defined: the gradients of $f$ exist."
    )
    assert formal_statement(claim(space, sides, [l_smooth("f", "L")])).endswith("$$")


def test_a_claim_without_a_formula_has_none() -> None:
    entry = Claim(id="mine/entry", statement="words", kind="definition", implements=("math:sqrt",))
    assert formal_statement(entry) == ""
    assert any(NO_FORMAL_STATEMENT in line for line in claim_lines(entry))
    assert f"*{NO_FORMAL_STATEMENT.capitalize()}.*" in page([entry])


def test_verdicts_carry_and_show_it() -> None:
    from theorycheck.judging import check

    verdict = check(claim(Space(t=real(0)), lambda xp, t: (t, 2 * t)), budget="quick")
    assert verdict.formal == r"For all $t \ge 0$: $$t \le 2 t$$"
    assert "Formally: For all" in verdict_text(verdict)
    assert "Formally: For all <math>" in verdict_html(verdict)
    assert verdict_from_dict(verdict.to_dict()).formal == verdict.formal


@pytest.fixture(scope="module")
def shipped():
    return shipped_claims()


def test_the_page_is_current(shipped) -> None:
    """Mend it with: python -m theorycheck.showing.formulas_page."""
    assert PAGE.read_text(encoding="utf-8") == page(shipped)


def test_shipped_statements_are_tex_that_browsers_get() -> None:
    for text in re.split(r"\n\n(?=\*\*`)", PAGE.read_text(encoding="utf-8")):
        formal = text.partition("\n\n")[2]
        assert 'class="tex"' not in str(prose(formal)), text
        assert len(formal) < 8000
