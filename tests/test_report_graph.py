"""The theorem graph against brute force on random graphs, and the layout's laws."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from theorycheck.showing.report.graph import strong_components, theorem_graph
from theorycheck.showing.report.layout import NODE_HEIGHT, NODE_WIDTH, layered_layout
from theorycheck.statement.verdicts import STATUSES, Evidence, Verdict


def fake(claim: str, status: str, uses: tuple[str, ...], readings: tuple[str, ...] = ()) -> Verdict:
    evidence = tuple(Evidence("reading", f"reading {r}", "implemented", "", {"id": r}) for r in readings)
    return Verdict(
        **{"claim": claim, "paper": "p", "label": claim.removeprefix("p/"), "kind": "inequality"},
        **{"status": status, "expected": None, "reason": "", "statement": "", "printed": "", "note": ""},
        **{"hypotheses": (), "uses": uses, "corrects": None, "proof_gaps": (), "expected_proof_gaps": ()},
        **{"sharpness": None, "counterexample": None, "evidence": evidence, "seed": 0, "budget": "quick"},
        **{"backend": "numpy", "versions": {}, "seconds": 0.0},
    )


@st.composite
def graphs(draw: st.DrawFn, acyclic: bool, foreign: bool = True) -> list[Verdict]:
    """Claims in a random order, each using claims of lower rank (or any), sometimes one that is not there."""
    count = draw(st.integers(1, 12))
    names = [f"p/c-{number}" for number in range(count)]
    verdicts = []
    for number, name in enumerate(names):
        allowed = names[:number] if acyclic else names
        uses = draw(st.lists(st.sampled_from(allowed), max_size=4)) if allowed else []
        if foreign and draw(st.integers(0, 7)) == 0:
            uses.append("p/elsewhere")
        # mostly proved, else hardly any claim would be fully proved
        status = draw(st.sampled_from(["proved"] * 8 + ["defined"] * 3 + sorted(STATUSES)))
        verdicts.append(fake(name, status, tuple(uses)))
    return draw(st.permutations(verdicts))


def ancestors(verdicts: list[Verdict]) -> dict[str, set[str]]:
    """Everything that a claim rests on, by transitive closure; unknown ids included."""
    closure = {v.claim: set(v.uses) for v in verdicts}
    for middle, claim in itertools.product(list(closure), list(closure)):  # Warshall: the middle runs slowest
        if middle in closure[claim]:
            closure[claim] |= closure[middle]
    return closure


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.booleans().flatmap(graphs))
def test_fully_proved_is_proved_with_all_ancestors(verdicts: list[Verdict]) -> None:
    status = {v.claim: v.status for v in verdicts}
    closure = ancestors(verdicts)
    circular = {claim for claim in status if claim in closure[claim]}
    expected = {
        claim
        for claim in status
        if status[claim] == "proved"
        and claim not in circular
        and not circular & closure[claim]
        and all(status.get(base) in ("proved", "defined") for base in closure[claim])
    }
    assert theorem_graph(verdicts).fully_proved == expected


@settings(derandomize=True, max_examples=200, deadline=None)
@given(graphs(acyclic=False))
def test_cycles_are_those_of_the_closure(verdicts: list[Verdict]) -> None:
    closure = ancestors(verdicts)
    expected = {
        frozenset(b for b in closure if a in closure[b] and b in closure[a])
        for a in closure
        if a in closure[a]
    }
    found = theorem_graph(verdicts).cycles
    assert {frozenset(cycle) for cycle in found} == expected
    assert len(found) == len(expected)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(graphs(acyclic=True))
def test_users_unknown_ids_and_orphans(verdicts: list[Verdict]) -> None:
    graph = theorem_graph(verdicts)
    for verdict in verdicts:
        assert set(graph.used_by[verdict.claim]) == {v.claim for v in verdicts if verdict.claim in v.uses}
        assert (verdict.claim in graph.unknown) == ("p/elsewhere" in verdict.uses)
        alone = not verdict.uses and not graph.used_by[verdict.claim]
        assert (verdict.claim in graph.orphans) == alone


def test_an_entry_rests_on_its_readings() -> None:
    open_base = fake("p/base", "supported", ())
    reading = fake("p/lemma@a", "proved", ("p/base",))
    entry = fake("p/lemma", "proved", (), ("p/lemma@a",))
    graph = theorem_graph([entry, reading, open_base])
    assert graph.uses["p/lemma"] == ("p/lemma@a",)
    assert graph.fully_proved == frozenset()
    assert theorem_graph([entry, reading, fake("p/base", "proved", ())]).fully_proved >= {"p/lemma"}


def test_long_chains_do_not_exhaust_the_stack() -> None:
    uses = {f"c{n}": [f"c{n + 1}"] if n < 4999 else [] for n in range(5000)}
    components = strong_components(uses)
    assert [component[0] for component in components] == [f"c{n}" for n in reversed(range(5000))]


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.booleans().flatmap(graphs))
def test_nodes_do_not_overlap_and_used_claims_stand_left(verdicts: list[Verdict]) -> None:
    graph = theorem_graph(verdicts)
    layout = layered_layout(graph.uses, {claim: "p" for claim in graph.uses})
    assert set(layout.corners) == set(graph.uses)
    for (x, y), (a, b) in itertools.combinations(layout.corners.values(), 2):
        assert (
            abs(x - a) >= NODE_WIDTH or abs(y - b) >= NODE_HEIGHT - 1e-9
        )  # rounding of a few hundred pixels
    for x, y in layout.corners.values():
        assert -1e-9 <= x <= layout.width - NODE_WIDTH + 1e-9
        assert -1e-9 <= y <= layout.height - NODE_HEIGHT + 1e-9
    for edge in layout.edges:
        if not edge.closes_cycle:
            assert layout.corners[edge.used][0] < layout.corners[edge.user][0]
    drawn = {(edge.used, edge.user) for edge in layout.edges}
    wanted = {(used, user) for user, bases in graph.uses.items() for used in bases}
    assert (
        drawn == wanted
        or wanted - drawn == {(c, c) for c, bases in graph.uses.items() if bases == (c,)} - drawn
    )


def test_a_crossing_that_order_can_undo_is_undone() -> None:
    uses = {"a": [], "b": [], "x": ["b"], "y": ["a"], "z": ["x", "y"]}
    corners = layered_layout(uses, dict.fromkeys(uses, "p")).corners
    assert (corners["a"][1] < corners["b"][1]) == (corners["y"][1] < corners["x"][1])
