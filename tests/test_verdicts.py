"""Verdicts survive their JSON form."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.showing.json_output import dumps, verdict_from_dict, verdict_from_json
from theorycheck.statement.verdicts import (
    OUTCOMES,
    STATUSES,
    Counterexample,
    Evidence,
    ProofGap,
    Sharpness,
    Verdict,
)

text = st.text(st.characters(codec="utf-8"), max_size=12)
names = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=4), text, max_size=3)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
details = st.dictionaries(text, plain, max_size=3)
milliseconds = st.integers(0, 10**6).map(lambda n: n / 1000)  # stored to three decimals
evidence = st.builds(Evidence, text, text, st.sampled_from(sorted(OUTCOMES)), text, details, milliseconds)
counterexamples = st.builds(Counterexample, names, text, text, text, st.integers(1, 4096), text)
gaps = st.builds(ProofGap, text, text, st.sampled_from(("failed", "unverified")), text, st.none() | names)
sharpness = st.builds(Sharpness, st.floats(allow_nan=False, allow_infinity=False), names)
several = st.lists(text, max_size=3).map(tuple)
verdicts = st.builds(
    Verdict,
    claim=text,
    paper=text,
    label=text,
    kind=text,
    status=st.sampled_from(sorted(STATUSES)),
    expected=st.none() | st.sampled_from(sorted(STATUSES)),
    reason=text,
    statement=text,
    printed=text,
    hypotheses=several,
    uses=several,
    corrects=st.none() | text,
    note=text,
    proof_gaps=st.lists(gaps, max_size=2).map(tuple),
    expected_proof_gaps=several,
    sharpness=st.none() | sharpness,
    counterexample=st.none() | counterexamples,
    evidence=st.lists(evidence, max_size=3).map(tuple),
    seed=st.integers(0, 2**40),
    budget=text,
    backend=text,
    versions=names,
    seconds=milliseconds,
)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(verdicts)
def test_round_trip(verdict):
    assert Verdict.from_dict(json.loads(json.dumps(verdict.to_dict()))) == verdict
    assert verdict_from_json(dumps(verdict.to_dict())) == verdict
    assert verdict_from_dict(verdict.to_dict()) == verdict


@settings(derandomize=True, deadline=None, max_examples=40)
@given(verdicts)
def test_as_recorded(verdict):
    gaps_agree = verdict.expected_proof_gaps == tuple(gap.link for gap in verdict.proof_gaps)
    if verdict.expected is None:
        assert verdict.as_recorded
    else:
        assert verdict.as_recorded == (verdict.status == verdict.expected and gaps_agree)
    assert verdict.to_dict()["as_recorded"] == verdict.as_recorded


def test_infinite_sharpness_survives_strict_json():
    made = example(sharpness=Sharpness(float("inf"), {}))
    assert verdict_from_json(dumps(made.to_dict())).sharpness.ratio == float("inf")


def example(**changes):
    values = {
        "claim": "mine/lemma",
        "paper": "mine",
        "label": "lemma",
        "kind": "inequality",
        "status": "supported",
        "expected": None,
        "reason": "",
        "statement": "",
        "printed": "",
        "hypotheses": (),
        "uses": (),
        "corrects": None,
        "note": "",
        "proof_gaps": (),
        "expected_proof_gaps": (),
        "sharpness": None,
        "counterexample": None,
        "evidence": (),
        "seed": 0,
        "budget": "quick",
        "backend": "numpy",
        "versions": {},
        "seconds": 0.0,
    }
    return Verdict(**{**values, **changes})


def test_unknown_words():
    with pytest.raises(ValueError, match="unknown status"):
        example(status="true")
    with pytest.raises(ValueError, match="unknown outcome"):
        Evidence("link", "link 1", "proved", "")


def test_statuses_of_the_design():
    assert set(STATUSES) == {
        *("proved", "certified", "conditional", "supported"),
        *("refuted", "contested", "inconclusive", "defined"),
    }
