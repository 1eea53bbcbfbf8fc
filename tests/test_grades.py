"""The table of grades, over all small sets of evidence, against the rules in words."""

import dataclasses
import itertools

import pytest

from theorycheck import Claim, Space, real
from theorycheck.statement.entries import WEAKEST_LAST, grade_entry
from theorycheck.statement.grades import grade
from theorycheck.statement.grounds import RestsOn
from theorycheck.statement.verdicts import STATUSES, Counterexample, Evidence

EXAMPLE = Counterexample({"t": "1"}, "1", "0", "<=", 64, "print()")
OWN = RestsOn("own conclusion", "$0 \\le 1$")
THEOREM = RestsOn("standard theorem", "Fubini", weakens=False)
CITED = RestsOn("claim", "mine/other")
CLAIM = Claim(
    id="mine/lemma",
    statement="",
    space=Space(t=real(0)),
    sides=lambda xp, t: (-t, t),
    derivation=lambda s: None,
)


def of(kind, outcome, *grounds, **details):
    return Evidence(kind, kind, outcome, kind, {**details, "rests_on": [g.to_dict() for g in grounds]})


def graded(*evidence, claim=CLAIM, example=None, cited=None):
    return grade(claim, evidence, example, cited or {})


LINK, END = of("link", "verified"), of("conclusion", "verified")
HUNT, VIOLATED = of("hunt", "not violated"), of("hunt", "violated")


def test_every_status_follows_from_strength():
    """proved: the whole proof, nothing that weakens it, no violation; and so on, for every subset."""
    pool = [
        LINK,
        END,
        of("link", "unverified"),
        of("conclusion", "verified", OWN),
        of("conclusion", "verified", THEOREM),
        HUNT,
        VIOLATED,
        of("experiment", "agrees"),
        of("experiment", "disagrees"),
    ]
    for size in range(5):
        for chosen in itertools.combinations(pool, size):
            outcomes = [(e.kind, e.outcome) for e in chosen]
            links = [e for e in chosen if e.kind in ("link", "conclusion")]
            whole = {"link", "conclusion"} <= {e.kind for e in links}
            stands = whole and all(e.outcome == "verified" for e in links)
            weak = any(g["weakens"] for e in links for g in e.details["rests_on"])
            for example in (None, EXAMPLE):
                violated = VIOLATED in chosen and example is not None
                found = graded(*chosen, example=example).status
                assert (found == "refuted") == (violated and (not stands or weak))
                disagrees = ("experiment", "disagrees") in outcomes
                assert (found == "proved") == (stands and not weak and not violated and not disagrees)
                assert (found == "conditional") == (stands and weak and not violated and not disagrees)
                assert found in STATUSES and found not in ("contested", "certified", "defined")
                if found == "supported":
                    assert not stands and not violated and not disagrees
                    assert ("hunt", "not violated") in outcomes or ("experiment", "agrees") in outcomes


def test_a_standard_theorem_is_named_and_does_not_weaken():
    found = graded(LINK, of("conclusion", "verified", THEOREM))
    assert found.status == "proved" and "it uses standard theorem: Fubini" in found.reason
    assert found.rests_on == (THEOREM,)


@pytest.mark.parametrize("status", [*STATUSES, "not judged here", None])
def test_only_a_proved_claim_may_be_cited(status):
    found = graded(of("link", "verified", CITED), END, cited={} if status is None else {"mine/other": status})
    assert found.status == ("proved" if status == "proved" else "conditional")
    assert found.rests_on[0].text == f"mine/other ({status or 'not judged here'})"


def test_a_hunt_that_could_not_fail_gives_nothing():
    plain = dataclasses.replace(CLAIM, derivation=None)
    vacuous = of("hunt", "not violated", vacuous="the conclusion follows for free numbers")
    found = graded(vacuous, claim=plain)
    assert found.status == "inconclusive" and "could not have failed" in found.reason
    assert graded(of("hunt", "not violated", admissible=0), claim=plain).status == "inconclusive"
    assert graded(of("hunt", "not violated", admissible=1), claim=plain).status == "supported"
    assert graded(vacuous, LINK, END).status == "proved"


def members(kind, *statuses):
    return [
        Evidence(kind, f"{kind} {n}", "implemented", f"mine/e@{n}: {s}", {"id": f"mine/e@{n}", "status": s})
        for n, s in enumerate(statuses)
    ]


def test_parts():
    """Against the definition, for every triple of statuses."""
    part = dataclasses.replace(CLAIM, derivation=None, id="mine/e@0")
    whole = Claim(id="mine/e", statement="", parts=[part])
    words = [*WEAKEST_LAST, "refuted", "contested"]
    for statuses in itertools.product(words, repeat=3):
        found = grade_entry(whole, members("part", *statuses)).status
        if "refuted" in statuses:
            assert found == "refuted"
        elif "contested" in statuses:
            assert found == "contested"
        else:
            rank = [WEAKEST_LAST.index(status) for status in statuses]
            assert WEAKEST_LAST.index(found) == max(rank)
    assert grade_entry(whole, members("part", "defined", "proved")).status == "proved"


def test_readings_that_differ_are_listed():
    part = dataclasses.replace(CLAIM, derivation=None, id="mine/e@0")
    other = dataclasses.replace(part, id="mine/e@1")
    entry = Claim(id="mine/e", statement="", readings=[part, other])
    chosen = dataclasses.replace(entry, preferred=("mine/e@1", "for every x"))
    for statuses in itertools.product(STATUSES, repeat=2):
        listed = members("reading", *statuses)
        found, preferred = grade_entry(entry, listed), grade_entry(chosen, listed)
        assert preferred.status == statuses[1]
        assert found.status == (statuses[0] if statuses[0] == statuses[1] else "inconclusive")
        for item in listed:
            assert item.summary in found.reason and item.summary in preferred.reason


def test_support_by_experiments_names_them():
    found = graded(of("experiment", "agrees"))
    assert found.status == "supported"
    assert [ground.kind for ground in found.rests_on] == ["experiment"]
    assert not graded(HUNT).rests_on
