"""Where the nodes of the theorem graph stand: layers from left to right, what is used left of what uses it.

Layers are longest paths; within a layer the order comes from barycentre sweeps, with the fewest crossings
kept; heights are least-squares positions near the neighbours that keep the order and a least distance
(pool adjacent violators). Edges that span several layers pass through bends that take part in all of
this. Components are packed on shelves and isolated nodes stand in a grid below.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NODE_WIDTH = 206.0
NODE_HEIGHT = 28.0
COLUMN = 276.0
ROW = 40.0
BEND_ROW = 14.0
SHELF_GAP = 36.0
GRID_ROW = 38.0
CAPTION = 22.0
GRID_COLUMN = 222.0
LEAST_WIDTH = 1180.0
SWEEPS = 16

Point = tuple[float, float]
Node = str | tuple[str, str, int]
"""A claim, or the bend of the edge (used, user) in a layer."""


@dataclass(frozen=True)
class Edge:
    """A drawn edge from a used claim to its user; `closes_cycle` marks those left out of the layering."""

    used: str
    user: str
    points: tuple[Point, ...]
    closes_cycle: bool = False


@dataclass(frozen=True)
class Layout:
    """Left upper corners of all nodes, the edges, the size, the captions of the isolated nodes."""

    corners: Mapping[str, Point]
    edges: tuple[Edge, ...]
    width: float
    height: float
    captions: tuple[tuple[str, float], ...]


def layered_layout(uses: Mapping[str, Sequence[str]], groups: Mapping[str, str]) -> Layout:
    """Lay out the graph whose nodes are the keys of `uses`, with edges from each used claim to its user.

    `groups` names, for each node, the group in which it stands if it is isolated.
    """
    forward, backward = _without_cycles(uses)
    corners: dict[str, Point] = {}
    edges: list[Edge] = []
    parts = [_lay_out_component(part, forward, backward) for part in _components(uses) if len(part) > 1]
    width = max([LEAST_WIDTH, *(part.width for part in parts)])
    x = y = shelf = 0.0
    for part in sorted(parts, key=lambda part: -part.height * part.width):
        if x > 0 and x + part.width > width:
            x, y, shelf = 0.0, y + shelf + SHELF_GAP, 0.0
        corners.update({claim: (left + x, top + y) for claim, (left, top) in part.corners.items()})
        edges += [
            Edge(e.used, e.user, tuple((a + x, b + y) for a, b in e.points), e.closes_cycle)
            for e in part.edges
        ]
        x += part.width + COLUMN - NODE_WIDTH
        shelf = max(shelf, part.height)
    height = y + shelf
    isolated = [claim for claim in uses if claim not in corners]
    if not isolated:
        return Layout(corners, tuple(edges), width, height, ())
    if parts:
        height += SHELF_GAP
    grid, captions, height = _grid(isolated, groups, width, height)
    return Layout(corners | grid, tuple(edges), width, height, captions)


def _grid(
    claims: Sequence[str], groups: Mapping[str, str], width: float, top: float
) -> tuple[dict[str, Point], tuple[tuple[str, float], ...], float]:
    """Return the corners of isolated nodes in rows, group by group, the captions, and the lower end."""
    columns = max(2, int((width + GRID_COLUMN - NODE_WIDTH) // GRID_COLUMN))
    step = min(1.2 * GRID_COLUMN, (width - NODE_WIDTH) / (columns - 1))
    members: dict[str, list[str]] = {}
    for claim in claims:
        members.setdefault(groups[claim], []).append(claim)
    corners: dict[str, Point] = {}
    captions: list[tuple[str, float]] = []
    for group, inside in members.items():
        captions.append((group, top))
        top += CAPTION
        for number, claim in enumerate(inside):
            row, column = divmod(number, columns)
            corners[claim] = (column * step, top + row * GRID_ROW)
        top += math.ceil(len(inside) / columns) * GRID_ROW
    return corners, tuple(captions), top + NODE_HEIGHT - GRID_ROW


def _without_cycles(uses: Mapping[str, Sequence[str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Split the edges into an acyclic part and those that a depth-first search finds closing a cycle."""
    forward: dict[str, list[str]] = {claim: [] for claim in uses}
    backward: dict[str, list[str]] = {claim: [] for claim in uses}
    state: dict[str, str] = {}
    for root in uses:
        if root in state:
            continue
        state[root] = "open"
        work = [(root, iter(uses[root]))]
        while work:
            claim, rest = work[-1]
            for used in rest:
                if state.get(used) == "open":
                    backward[claim].append(used)
                    continue
                forward[claim].append(used)
                if used not in state:
                    state[used] = "open"
                    work.append((used, iter(uses[used])))
                    break
            else:
                state[claim] = "done"
                work.pop()
    return forward, backward


def _components(uses: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return the weakly connected components, members in the order of `uses`."""
    neighbours: dict[str, list[str]] = {claim: [] for claim in uses}
    for claim, used_claims in uses.items():
        for used in used_claims:
            neighbours[claim].append(used)
            neighbours[used].append(claim)
    component: dict[str, int] = {}
    for number, root in enumerate(uses):
        stack = [root] if root not in component else []
        while stack:
            claim = stack.pop()
            if claim not in component:
                component[claim] = number
                stack += neighbours[claim]
    groups: dict[int, list[str]] = {}
    for claim in uses:
        groups.setdefault(component[claim], []).append(claim)
    return list(groups.values())


def _lay_out_component(
    claims: Sequence[str], forward: Mapping[str, Sequence[str]], backward: Mapping[str, Sequence[str]]
) -> Layout:
    layer = _layers(claims, forward)
    layers, chains = _with_bends(claims, forward, layer)
    links = [(chain[i], chain[i + 1]) for chain in chains.values() for i in range(len(chain) - 1)]
    layers = _ordered(layers, links)
    heights = _heights(layers, links)
    left = {node: number * COLUMN for number, nodes in enumerate(layers) for node in nodes}
    corners = {claim: (left[claim], heights[claim] - NODE_HEIGHT / 2) for claim in claims}
    edges = [Edge(used, user, _route(chain, left, heights)) for (used, user), chain in chains.items()]
    for user in claims:
        for used in backward[user]:
            start = (left[used] + NODE_WIDTH, heights[used])
            end = (left[user], heights[user])
            edges.append(Edge(used, user, (start, end), closes_cycle=True))
    height = max(heights[claim] for claim in claims) + NODE_HEIGHT / 2
    bottom = max([height, *(y for edge in edges for _, y in edge.points)])
    return Layout(corners, tuple(edges), (len(layers) - 1) * COLUMN + NODE_WIDTH, bottom, ())


def _layers(claims: Sequence[str], forward: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Longest path from a claim that uses nothing; such claims then move right, next to their first user."""
    layer: dict[str, int] = {}
    for root in claims:
        work = [root]
        while work:
            claim = work[-1]
            waiting = [used for used in forward[claim] if used not in layer]
            if waiting:
                work += waiting
                continue
            layer.setdefault(claim, 1 + max((layer[used] for used in forward[claim]), default=-1))
            work.pop()
    first_user: dict[str, int] = {}
    for claim in claims:
        for used in forward[claim]:
            first_user[used] = min(first_user.get(used, layer[claim]), layer[claim])
    for claim in claims:
        if not forward[claim] and claim in first_user:
            layer[claim] = first_user[claim] - 1
    least = min(layer.values())
    return {claim: number - least for claim, number in layer.items()}


def _with_bends(
    claims: Sequence[str], forward: Mapping[str, Sequence[str]], layer: Mapping[str, int]
) -> tuple[list[list[Node]], dict[tuple[str, str], list[Node]]]:
    """Put a bend into every layer that an edge passes; edges from one used claim share their bends."""
    layers: list[list[Node]] = [[] for _ in range(max(layer.values()) + 1)]
    for claim in claims:
        layers[layer[claim]].append(claim)
    chains: dict[tuple[str, str], list[Node]] = {}
    made: set[Node] = set()
    for user in claims:
        for used in forward[user]:
            chain: list[Node] = [used]
            for number in range(layer[used] + 1, layer[user]):
                bend: Node = (used, "", number)
                if bend not in made:
                    made.add(bend)
                    layers[number].append(bend)
                chain.append(bend)
            chains[used, user] = [*chain, user]
    return layers, chains


def _ordered(layers: list[list[Node]], links: Sequence[tuple[Node, Node]]) -> list[list[Node]]:
    left: dict[Node, list[Node]] = {}
    right: dict[Node, list[Node]] = {}
    for a, b in dict.fromkeys(links):
        right.setdefault(a, []).append(b)
        left.setdefault(b, []).append(a)
    best, fewest = [list(nodes) for nodes in layers], _crossings(layers, right)
    current = [list(nodes) for nodes in layers]
    for sweep in range(SWEEPS):
        rightward = sweep % 2 == 0
        numbers = range(1, len(layers)) if rightward else range(len(layers) - 2, -1, -1)
        for number in numbers:
            beside = current[number - 1 if rightward else number + 1]
            current[number] = _by_barycentre(current[number], beside, left if rightward else right)
        count = _crossings(current, right)
        if count < fewest:
            best, fewest = [list(nodes) for nodes in current], count
    return best


def _by_barycentre(
    nodes: Sequence[Node], beside: Sequence[Node], neighbours: Mapping[Node, Sequence[Node]]
) -> list[Node]:
    place = {node: number for number, node in enumerate(beside)}
    means: dict[Node, float] = {}
    for number, node in enumerate(nodes):
        places = [place[other] for other in neighbours.get(node, ())]
        means[node] = sum(places) / len(places) if places else number * len(beside) / len(nodes)
    return sorted(nodes, key=means.__getitem__)


def _crossings(layers: Sequence[Sequence[Node]], right: Mapping[Node, Sequence[Node]]) -> int:
    total = 0
    for nodes, following in itertools.pairwise(layers):
        place = {node: i for i, node in enumerate(following)}
        tree = [0] * (len(following) + 1)  # Fenwick tree of the ends met so far
        met = 0
        for node in nodes:
            ends = [place[other] for other in right.get(node, ())]
            for end in ends:
                i, not_after = end + 1, 0
                while i > 0:
                    not_after, i = not_after + tree[i], i & (i - 1)
                total += met - not_after
            for end in ends:
                i = end + 1
                while i < len(tree):
                    tree[i], i = tree[i] + 1, i + (i & -i)
            met += len(ends)
    return total


def _heights(layers: Sequence[Sequence[Node]], links: Sequence[tuple[Node, Node]]) -> dict[Node, float]:
    """Return the heights of the middles of all nodes; the least claim's upper edge is at 0."""
    neighbours: dict[Node, list[Node]] = {node: [] for nodes in layers for node in nodes}
    for a, b in dict.fromkeys(links):
        neighbours[a].append(b)
        neighbours[b].append(a)
    offsets = [_offsets(nodes) for nodes in layers]
    heights = {
        node: y for nodes, ys in zip(layers, offsets, strict=True) for node, y in zip(nodes, ys, strict=True)
    }
    for sweep in range(SWEEPS):
        order = range(len(layers)) if sweep % 2 == 0 else range(len(layers) - 1, -1, -1)
        for number in order:
            nodes = layers[number]
            wanted = [sum(heights[m] for m in neighbours[n]) / len(neighbours[n]) for n in nodes]
            free = _increasing([w - o for w, o in zip(wanted, offsets[number], strict=True)])
            for node, base, offset in zip(nodes, free, offsets[number], strict=True):
                heights[node] = base + offset
    top = min(y - (NODE_HEIGHT / 2 if isinstance(node, str) else 0.0) for node, y in heights.items())
    return {node: y - top for node, y in heights.items()}


def _offsets(nodes: Sequence[Node]) -> list[float]:
    """Return the least heights of the nodes of a layer when the first is at 0."""
    offsets = [0.0]
    for upper, lower in itertools.pairwise(nodes):
        bends = (not isinstance(upper, str)) + (not isinstance(lower, str))
        offsets.append(offsets[-1] + (ROW, (ROW + BEND_ROW) / 2, BEND_ROW)[bends])
    return offsets[: len(nodes)]


def _increasing(values: Sequence[float]) -> list[float]:
    """Return the nondecreasing sequence nearest to `values` in least squares (pool adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for value in values:
        mean, count = value, 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        pools.append((mean, count))
    return [mean for mean, count in pools for _ in range(count)]


def _route(
    chain: Sequence[Node], left: Mapping[Node, float], heights: Mapping[Node, float]
) -> tuple[Point, ...]:
    points: list[Point] = [(left[chain[0]] + NODE_WIDTH, heights[chain[0]])]
    for bend in chain[1:-1]:
        points += [(left[bend], heights[bend]), (left[bend] + NODE_WIDTH, heights[bend])]
    return (*points, (left[chain[-1]], heights[chain[-1]]))
