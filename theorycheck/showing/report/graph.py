"""The theorem graph: which claim uses which, and what follows; computed, never declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from theorycheck.statement.verdicts import Verdict

GROUNDED = frozenset({"proved", "defined"})
"""Statuses that an ancestor of a fully proved claim may have: a definition has no truth to be missed."""


@dataclass(frozen=True)
class TheoremGraph:
    """Claims and the claims that they use.

    Attributes
    ----------
    uses, used_by : Mapping[str, tuple[str, ...]]
        By claim id, in the order of the report; only ids that the report has. An entry uses its readings and parts.
    unknown : Mapping[str, tuple[str, ...]]
        By claim id, the ids that it uses and the report has no claim for; only claims that have some.
    cycles : tuple[tuple[str, ...], ...]
        Maximal sets of claims that use each other in a circle (or a claim that uses itself).
    orphans : tuple[str, ...]
        Claims that neither use nor are used.
    fully_proved : frozenset[str]
        Proved claims, with every claim they rest on proved or defined, known, and outside every cycle.
    """

    uses: Mapping[str, tuple[str, ...]]
    used_by: Mapping[str, tuple[str, ...]]
    unknown: Mapping[str, tuple[str, ...]]
    cycles: tuple[tuple[str, ...], ...]
    orphans: tuple[str, ...]
    fully_proved: frozenset[str]


def theorem_graph(verdicts: Sequence[Verdict]) -> TheoremGraph:
    """Compute the graph of `uses` over these verdicts (one per claim id)."""
    status = {verdict.claim: verdict.status for verdict in verdicts}
    grounds = {verdict.claim: bases(verdict) for verdict in verdicts}
    uses = {claim: tuple(base for base in ids if base in status) for claim, ids in grounds.items()}
    missing = {claim: tuple(base for base in ids if base not in status) for claim, ids in grounds.items()}
    users: dict[str, list[str]] = {claim: [] for claim in status}
    for claim, used_claims in uses.items():
        for used in used_claims:
            users[used].append(claim)
    unknown = {claim: ids for claim, ids in missing.items() if ids}
    components = strong_components(uses)
    return TheoremGraph(
        uses=uses,
        used_by={claim: tuple(ids) for claim, ids in users.items()},
        unknown=unknown,
        cycles=tuple(component for component in components if _is_cycle(component, uses)),
        orphans=tuple(
            claim for claim in uses if not uses[claim] and not users[claim] and claim not in unknown
        ),
        fully_proved=_fully_proved(status, uses, unknown, components),
    )


def bases(verdict: Verdict) -> tuple[str, ...]:
    """Return the ids of the claims that a verdict is built on: those that its claim uses, its readings and its parts."""
    return tuple(dict.fromkeys([*verdict.uses, *verdict.cites, *members(verdict, "reading", "part")]))


def members(verdict: Verdict, *kinds: str) -> tuple[str, ...]:
    """Return the ids of the readings ("reading") or parts ("part") whose verdicts make up this one."""
    return tuple(
        str(item.details["id"]) for item in verdict.evidence if item.kind in kinds and "id" in item.details
    )


def fully_proved(verdicts: Sequence[Verdict]) -> frozenset[str]:
    """Return the ids of the claims that are proved with all their ancestors (see `TheoremGraph`)."""
    return theorem_graph(verdicts).fully_proved


def _is_cycle(component: tuple[str, ...], uses: Mapping[str, tuple[str, ...]]) -> bool:
    return len(component) > 1 or component[0] in uses[component[0]]


def _fully_proved(
    status: Mapping[str, str],
    uses: Mapping[str, tuple[str, ...]],
    unknown: Mapping[str, tuple[str, ...]],
    components: Sequence[tuple[str, ...]],
) -> frozenset[str]:
    grounded: set[str] = set()
    for component in components:  # what a component uses comes before it
        if _is_cycle(component, uses):
            continue
        (claim,) = component
        if (
            status[claim] in GROUNDED
            and claim not in unknown
            and all(used in grounded for used in uses[claim])
        ):
            grounded.add(claim)
    return frozenset(claim for claim in grounded if status[claim] == "proved")


def strong_components(uses: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the strongly connected components, each after all components that it uses (Tarjan's algorithm).

    Iterative, so that a chain of thousands of claims does not exhaust Python's stack. Members of a component
    stand in the order of `uses`.
    """
    position = {claim: number for number, claim in enumerate(uses)}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_claims: list[str] = []
    is_open: set[str] = set()
    components: list[tuple[str, ...]] = []
    for root in uses:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        open_claims.append(root)
        is_open.add(root)
        work = [(root, iter(uses[root]))]
        while work:
            claim, rest = work[-1]
            for used in rest:
                if used not in index:
                    index[used] = low[used] = len(index)
                    open_claims.append(used)
                    is_open.add(used)
                    work.append((used, iter(uses[used])))
                    break
                if used in is_open:
                    low[claim] = min(low[claim], index[used])
            else:
                work.pop()
                if work:
                    user = work[-1][0]
                    low[user] = min(low[user], low[claim])
                if low[claim] == index[claim]:
                    start = open_claims.index(claim)
                    members = open_claims[start:]
                    del open_claims[start:]
                    is_open.difference_update(members)
                    components.append(tuple(sorted(members, key=position.__getitem__)))
    return tuple(components)
