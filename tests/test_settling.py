"""What one verdict takes from others: cited claims, circles, readings, parts, corrections."""

import dataclasses
from fractions import Fraction

import pytest

from theorycheck import Claim, Space, check, convex, dimension, function, point, real, requires
from theorycheck.derivations import chain, consequence, derivation, hypothesis, le
from theorycheck.errors import ClaimError
from theorycheck.running.corrections import corrects
from theorycheck.running.run import run
from theorycheck.running.store import Store
from theorycheck.settings import Settings
from theorycheck.statement.loading import load_file

QUICK = Settings(budget="quick")
CITING = """
from theorycheck import Claim, Space, convex, dimension, function, point, real
from theorycheck.algebra import expectation, gaussian
from theorycheck.derivations import by_definition, chain, consequence, derivation, eq, expected, hypothesis, le

def from_lemma(cited):
    def build(s):
        fact = s.lemma(cited, f=s.f, sigma=s.sigma).between(s.x, s.y, s.t)
        return derivation(chain(s.left, le(s.right, consequence("convex", hypothesis(fact)))))
    return build

def by_itself(s):
    u = gaussian("u", s.d)
    shift = u.vector * s.sigma
    fact = s.assume(convex("f")).between(s.x + shift, s.y + shift, s.t)
    chord = s.t * s.f(s.x + shift) + (1 - s.t) * s.f(s.y + shift)
    return derivation(chain(
        s.left,
        eq(expectation(s.f(s.x * s.t + s.y * (1 - s.t) + shift), u), by_definition("smoothing")),
        le(expectation(chord, u), consequence("convex", expected(hypothesis(fact), u))),
        eq(s.right, by_definition("smoothing")),
    ))

def keeps_convexity(xp, f, x, y, t, sigma):
    between = xp.scale(t, x) + xp.scale(1 - t, y)
    return f.smoothed(between, sigma), t * f.smoothed(x, sigma) + (1 - t) * f.smoothed(y, sigma)

def claim(label, derivation=None, low=0):
    space = Space(d=dimension(1), f=function(), x=point(), y=point(), t=real(0, 1), sigma=real(low))
    return Claim(id=f"p/{label}", statement=label, space=space, hypotheses=[convex("f")], sides=keeps_convexity,
                 derivation=derivation)

claims = [
    claim("of-open", from_lemma("p/open")),
    claim("of-true", from_lemma("p/true")),
    claim("of-itself", from_lemma("p/of-itself")),
    claim("first", from_lemma("p/second")),
    claim("second", from_lemma("p/first")),
    claim("of-circle", from_lemma("p/first")),
    claim("open"),
    claim("true", by_itself),
]
"""
EXPECTED = {
    "p/of-open": ("conditional", "p/open (supported)"),
    "p/of-true": ("proved", "p/true (proved)"),
    "p/of-itself": ("conditional", "p/of-itself (cites itself in a circle)"),
    "p/first": ("conditional", "p/second (cites itself in a circle)"),
    "p/second": ("conditional", "p/first (cites itself in a circle)"),
    "p/of-circle": ("conditional", "p/first (cites itself in a circle)"),
}


@pytest.fixture
def citing(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(CITING, encoding="utf-8")
    return load_file(path)


def told(verdicts):
    return {v.claim: (v.status, v.rests_on[0].text) for v in verdicts if v.cites}


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_cited_decides(citing, workers) -> None:
    order = []
    verdicts = run(citing, QUICK, workers=workers, on_verdict=lambda verdict: order.append(verdict.claim))
    assert [verdict.claim for verdict in verdicts] == [claim.id for claim in citing]
    assert told(verdicts) == EXPECTED
    assert sorted(order) == sorted(claim.id for claim in citing)
    assert order.index("p/true") < order.index("p/of-true")
    by_id = {verdict.claim: verdict for verdict in verdicts}
    assert "but it rests on claim: p/open (supported)" in by_id["p/of-open"].reason
    assert "it uses claim: p/true (proved)" in by_id["p/of-true"].reason


def test_what_is_cited_is_judged_though_nobody_asked_for_it(citing, tmp_path) -> None:
    asked = [claim for claim in citing if claim.id in ("p/of-open", "p/of-true")]
    with Store(tmp_path / "s.sqlite") as store:
        first = run(asked, QUICK, store=store)
        assert told(first) == {name: EXPECTED[name] for name in ("p/of-open", "p/of-true")}
        again = run(asked, QUICK, store=store)
        assert store.served == 4, "the cited ones too"
    assert told(again) == told(first)


def test_one_claim_alone_judges_what_it_cites(citing) -> None:
    by_id = {claim.id: claim for claim in citing}
    for name in ("p/of-open", "p/of-true", "p/of-itself"):
        verdict = check(by_id[name], budget="quick")
        assert told([verdict]) == {name: EXPECTED[name]}
    assert check(by_id["p/first"], budget="quick").status == "conditional"


def test_a_claim_of_this_process_finds_no_other() -> None:
    space = Space(d=dimension(1), f=function(), x=point(), y=point(), sigma=real(0))

    def build(s):
        fact = s.lemma("mine/other", f=s.f, sigma=s.sigma).between(s.x, s.y, Fraction(1, 2))
        return derivation(chain(s.left, le(s.right, consequence("", hypothesis(fact)))))

    def midpoint(xp, f, x, y, sigma):
        return f.smoothed((x + y) / 2, sigma), (f.smoothed(x, sigma) + f.smoothed(y, sigma)) / 2

    claim = Claim(
        id="mine/c",
        statement="",
        space=space,
        hypotheses=[convex("f")],
        sides=midpoint,
        derivation=build,
    )
    with pytest.raises(ClaimError, match="there is no claim mine/other"):
        check(claim, budget="quick")


# ---- readings and parts ----------------------------------------------------------------------------------------


def line(name, sign=1, **more):
    return Claim(
        id=f"mine/{name}", statement=name, space=Space(x=real(0)), sides=lambda xp, x: (-sign * x, x), **more
    )


def test_the_preferred_reading_speaks_for_the_entry() -> None:
    readings = [line("e@a"), line("e@b", -2)]
    open_ = Claim(id="mine/e", statement="", readings=readings)
    assert check(open_, budget="quick").status == "inconclusive"
    chosen = dataclasses.replace(open_, preferred=("mine/e@b", "for all x"))
    verdict = check(chosen, budget="quick")
    assert verdict.status == "refuted"
    assert "speaks for mine/e@b (“for all x”)" in verdict.reason
    assert "mine/e@a: proved" in verdict.reason
    assert verdict.to_dict()["preferred"] == ["mine/e@b", "for all x"]
    with pytest.raises(ClaimError, match="none of its readings"):
        dataclasses.replace(open_, preferred=("mine/e@c", "for all x"))


@pytest.mark.parametrize(
    ("signs", "expected"),
    [((1, 1), "proved"), ((1, -2), "refuted")],
)
def test_a_statement_is_as_good_as_its_parts(signs, expected) -> None:
    whole = Claim(id="mine/w", statement="", parts=[line(f"w@{n}", sign) for n, sign in enumerate(signs)])
    verdict = check(whole, budget="quick")
    assert verdict.status == expected
    assert [name for name, _ in verdict.parts] == ["mine/w@0", "mine/w@1"]
    assert verdict.to_dict()["parts"][0] == {"id": "mine/w@0", "status": "proved"}
    assert [v.status for v in run([whole], QUICK)] == [expected]


def test_parts_stand_alone() -> None:
    with pytest.raises(ClaimError, match="judged by them"):
        line("w", parts=[line("w@a")])


def test_a_gap_of_a_reading_shows_on_its_entry() -> None:
    def printed(s):
        from theorycheck.derivations import elementary

        return derivation(
            chain(s.left, le(-2 * s.x, elementary("wrong"), "L1"), le(s.right, elementary(""), "L2"))
        )

    entry = Claim(
        id="mine/e", statement="", readings=[line("e@a", printed_proof=printed, expected_proof_gaps=["L1"])]
    )
    verdict = check(entry, budget="quick")
    assert [gap.name for gap in verdict.proof_gaps] == ["L1 (mine/e@a)"]
    assert verdict.gap_names == (), "it is recorded with the reading"


# ---- corrections -----------------------------------------------------------------------------------------------


def above(xp, x):
    return x, x * x


def test_a_correction_names_the_missing_hypothesis() -> None:
    claim = Claim(id="mine/square", statement="x <= x^2", space=Space(x=real(0)), sides=above)
    large = requires(lambda x: x >= 1, r"$x \ge 1$")
    correction = dataclasses.replace(
        claim, id="mine/square-corrected", hypotheses=[large], corrects="mine/square"
    )
    other = dataclasses.replace(correction, id="mine/other-corrected", sides=lambda xp, x: (x, x * x + 1))
    found = run([claim, other, correction], QUICK)[0]
    assert found.status == "refuted"
    assert found.missing_hypothesis == (r"$x \ge 1$, found in the correction mine/square-corrected (proved)")
    assert found.to_dict()["missing_hypothesis"] == found.missing_hypothesis
    assert run([claim, other], QUICK)[0].missing_hypothesis is None
    assert run([claim], QUICK)[0].missing_hypothesis is None


def scaled(factor):
    namespace = {"C": factor}
    exec("def sides(xp, x):\n    return x, C * x * x\n", namespace)
    return namespace["sides"]


def test_the_same_text_with_another_number_is_another_formula() -> None:
    claim = Claim(id="mine/square", statement="…", space=Space(x=real(0)), sides=scaled(1))
    large = requires(lambda x: x >= 1, r"$x \ge 1$")
    for factor, found in ((1, True), (5, False)):
        correction = dataclasses.replace(
            claim, id="mine/corrected", hypotheses=[large], corrects="mine/square", sides=scaled(factor)
        )
        assert corrects(correction, claim) is found


def test_a_stored_verdict_stands_only_while_the_cited_claim_says_the_same(
    citing, tmp_path, monkeypatch
) -> None:
    """A cited claim may stand in another file, which the fingerprint of the citing one does not cover."""
    by_id = {claim.id: claim for claim in citing}
    asked = [by_id["p/of-true"]]
    settings = dataclasses.replace(QUICK)
    with Store(tmp_path / "s.sqlite") as store:
        run(asked, settings, store=store)
        assert store.get(asked[0], settings) is not None
        changed = dataclasses.replace(by_id["p/true"], hypotheses=[])
        monkeypatch.setattr("theorycheck.running.fingerprints.claim_cited", lambda claim_id, beside: changed)
        assert store.get(asked[0], settings) is None
        monkeypatch.setattr("theorycheck.running.fingerprints.claim_cited", lambda claim_id, beside: None)
        assert store.get(asked[0], settings) is None
