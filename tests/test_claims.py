"""Declarations that contradict themselves are refused with one line that names the claim."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from theorycheck import Claim, Space, convex, dimension, function, l_smooth, point, real, requires
from theorycheck.errors import ClaimError
from theorycheck.statement.claims import KINDS, RELATIONS, Refutation, Requirement
from theorycheck.statement.verdicts import STATUSES
from theorycheck.terms.namespaces import numpy_namespace

SPACE = Space(t=real(0), r=real())


def sides(xp, t, r):
    return t, r


def make(**changes):
    found = {"id": "mine/lemma-1", "statement": "a claim", "space": SPACE, "sides": sides, **changes}
    return Claim(**found)


def test_a_claim():
    claim = make(hypotheses=[requires(lambda t, r: t <= r, "t ≤ r")], uses=["mine/other"])
    assert (claim.paper, claim.label) == ("mine", "lemma-1")
    assert isinstance(claim.hypotheses, tuple) and claim.uses == ("mine/other",)
    with pytest.raises(dataclasses.FrozenInstanceError):
        claim.id = "other/lemma"


@pytest.mark.parametrize(
    "identifier",
    ["mine/lemma-1", "mine/lemma-1@a", "mine/lemma-1-corrected", "m2/figure.1@c-corrected", "a/b_c"],
)
def test_ids(identifier):
    assert make(id=identifier).id == identifier


@pytest.mark.parametrize(
    "identifier",
    ["", "lemma-1", "Mine/lemma", "mine/", "/lemma", "mine/lemma 1", "mine/lemma@", "mine/a/b", None, 7],
)
def test_bad_ids(identifier):
    with pytest.raises(ClaimError, match="PAPER/LABEL"):
        make(id=identifier)


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(kind):
    assert make(kind=kind).kind == kind


@pytest.mark.parametrize("relation", RELATIONS)
def test_relations(relation):
    assert make(relation=relation).relation == relation


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"kind": "lemma"}, "unknown kind 'lemma'"),
        ({"relation": "=="}, "unknown relation '=='"),
        ({"relation": "≤"}, "unknown relation"),
        ({"expected": "true"}, "unknown expected status 'true'"),
        ({"sides": None, "space": None}, "nothing to check"),
        ({"space": None}, "needs a space"),
        ({"sides": lambda t, r: (t, r)}, "must be xp"),
        ({"sides": lambda: (0, 1)}, "must be xp"),
        ({"sides": lambda xp, t, z: (t, z)}, "asks for z"),
        ({"hypotheses": [requires(lambda z: z > 0, "z > 0")]}, "asks for z"),
        ({"hypotheses": [convex("f")]}, "asks for f"),
        ({"hypotheses": [l_smooth("t", "L")]}, "asks for L"),
        ({"hypotheses": ["t is positive"]}, "is no hypothesis"),
    ],
)
def test_errors(changes, message):
    with pytest.raises(ClaimError, match=message) as caught:
        make(**changes)
    assert "mine/lemma-1" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("status", STATUSES)
def test_expected_statuses(status):
    assert make(expected=status).expected == status


def test_optional_parameters_of_sides_may_be_unknown():
    claim = make(sides=lambda xp, t, factor=2: (t, factor * t))
    left, right = claim.evaluate(numpy_namespace(), {"t": np.ones(2)})
    assert (right == 2 * left).all()


def test_evaluate_passes_only_what_is_asked_for():
    claim = make(sides=lambda xp, r: (r, xp.abs(r)))
    left, right = claim.evaluate(numpy_namespace(), {"t": np.ones(1), "r": -np.ones(1)})
    assert (left == -1).all() and (right == 1).all()


def test_other_ways_to_check_suffice():
    for way in ({"derivation": lambda s: None}, {"implements": ["a:b"]}, {"readings": [make()]}):
        Claim(id="mine/other", statement="a claim", **way)
    refutation = Refutation(lambda s: None, "because", instance={"t": Fraction(1)})
    assert Claim(id="mine/other", statement="a claim", refutation=refutation).refutation is refutation


def test_claims_are_compared_by_identity():
    assert make() != make()
    assert len({make(), make()}) == 2


def test_requirements():
    required = requires(lambda xp, t: xp.exp(t) > 1, "e^t > 1")
    assert required.names() == ("t",)
    plain = Requirement(lambda t, r: t < r, "t < r")
    assert plain.names() == ("t", "r")
    claim = make(space=Space(t=real(), r=real()), sides=lambda xp, t, r: (t, r), hypotheses=[required, plain])
    values = {"t": np.array([-1.0, 1.0]), "r": np.array([0.0, 0.5])}
    assert claim.holds(required, numpy_namespace(), values).tolist() == [False, True]
    assert claim.holds(plain, numpy_namespace(), values).tolist() == [True, False]


def test_a_requirement_must_be_a_comparison():
    claim = make(
        space=Space(t=real()), sides=lambda xp, t: (t, t), hypotheses=[requires(lambda t: t - 1, "t > 1")]
    )
    with pytest.raises(ClaimError, match="must be a comparison"):
        claim.holds(claim.hypotheses[0], numpy_namespace(), {"t": np.zeros(2)})


def test_a_claim_about_functions():
    space = Space(d=dimension(1), f=function(), x=point())
    claim = make(space=space, sides=lambda xp, f, x: (f(x), f(x)), hypotheses=[convex("f")])
    assert claim.hypotheses == (convex("f"),)


def test_a_refutation_needs_a_derivation():
    with pytest.raises(ClaimError, match="needs a derivation"):
        Refutation(None, "nonsense")
