"""The theorem graph as shapes: what the SVG template draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from theorycheck.showing.report.cards import Card
from theorycheck.showing.report.graph import TheoremGraph
from theorycheck.showing.report.layout import NODE_HEIGHT, NODE_WIDTH, Edge, layered_layout

LONGEST_LABEL = 24
MARGIN = 8.0


@dataclass(frozen=True)
class NodeShape:
    """A node: its card, left upper corner, shortened label, and its description for screen readers."""

    card: Card
    x: float
    y: float
    label: str
    description: str


@dataclass(frozen=True)
class EdgeShape:
    """An edge: path and arrow head, and the anchors of its ends."""

    path: str
    head: str
    used: str
    user: str
    closes_cycle: bool


@dataclass(frozen=True)
class Caption:
    """A line of text above isolated nodes."""

    text: str
    y: float


@dataclass(frozen=True)
class Drawing:
    """The whole picture."""

    nodes: tuple[NodeShape, ...]
    edges: tuple[EdgeShape, ...]
    width: float
    height: float
    captions: tuple[Caption, ...]
    node_width: float = NODE_WIDTH
    node_height: float = NODE_HEIGHT


def draw_graph(cards: Sequence[Card], graph: TheoremGraph) -> Drawing:
    """Return the picture of the graph; nodes come in reading order, layer by layer."""
    by_claim = {card.verdict.claim: card for card in cards}
    layout = layered_layout(graph.uses, {claim: card.verdict.paper for claim, card in by_claim.items()})
    isolated_from = min((top for _, top in layout.captions), default=math.inf)
    nodes = [
        _node(by_claim[claim], x + MARGIN, y + MARGIN, graph)
        for claim, (x, y) in sorted(
            layout.corners.items(), key=lambda item: _reading_order(item, isolated_from)
        )
    ]
    edges = tuple(
        EdgeShape(*_curve(edge), by_claim[edge.used].anchor, by_claim[edge.user].anchor, edge.closes_cycle)
        for edge in layout.edges
    )
    words = "claims that neither use nor are used"
    alone = len({card.verdict.paper for card in cards}) == 1
    captions = tuple(
        Caption(words.capitalize() if alone else f"{paper}: {words}", top + MARGIN + 12)
        for paper, top in layout.captions
    )
    return Drawing(tuple(nodes), edges, layout.width + 2 * MARGIN, layout.height + 2 * MARGIN, captions)


def _reading_order(item: tuple[str, tuple[float, float]], isolated_from: float) -> tuple[float, ...]:
    x, y = item[1]
    return (1, y, x) if y >= isolated_from else (0, x, y)


def _node(card: Card, x: float, y: float, graph: TheoremGraph) -> NodeShape:
    verdict = card.verdict
    label = verdict.label
    if len(label) > LONGEST_LABEL:
        label = f"{label[: LONGEST_LABEL - 12]}…{label[-11:]}"  # "-corrected" stays legible
    words = [verdict.claim, "fully proved" if card.fully_proved else verdict.status]
    if verdict.proof_gaps:
        words.append("proof gap in print")
    uses, users = len(graph.uses[verdict.claim]), len(graph.used_by[verdict.claim])
    words += [f"uses {uses}", f"used by {users}"]
    return NodeShape(card, round(x, 1), round(y, 1), label, ", ".join(words))


def _curve(edge: Edge) -> tuple[str, str]:
    points = [(round(x + MARGIN, 1), round(y + MARGIN, 1)) for x, y in edge.points]
    (x, y), last = points[0], points[-1]
    path = [f"M{x:g} {y:g}"]
    for number, (next_x, next_y) in enumerate(points[1:]):
        if number % 2:  # along a layer
            path.append(f"L{next_x:g} {next_y:g}")
        else:  # between two layers
            bend = (next_x - x) / 2 if next_x > x else 60.0
            path.append(f"C{x + bend:g} {y:g} {next_x - bend:g} {next_y:g} {next_x:g} {next_y:g}")
        x, y = next_x, next_y
    return " ".join(path), f"M{last[0]:g} {last[1]:g}l-7 -3.5v7z"
