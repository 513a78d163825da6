"""Digests of values that contain themselves.

Such a value stands for an infinite tree, and two values have the same digest exactly where these trees are the same: it doesn't matter where in its cycle a value is entered first,
how often the cycle is written out before it closes, nor what is shared. So nodes with the same tree are one *state*, and it is states that are digested.

States that reach each other form a component. Within one, states are told apart by rounds: in round 0 by what can be seen of a state without its component, in each
further round by what the states that it refers to were in the round before. As soon as all differ, the component has an order and can be written down; a state is its number in it.
"""

from __future__ import annotations

import struct
from collections.abc import Hashable, Sequence
from typing import Final

from blake3 import blake3

from hitsave.values.forms import digest_form

CYCLE_CONTEXT: Final = "hitsave 2026 v1 value cycle"
MOST_STEPS: Final = 1 << 22

_CYCLE: Final = blake3(derive_key_context=CYCLE_CONTEXT)
_NOTHING: Final = bytes(32)


class Vertex:
    """A node of the graph: a header, and for each child either its digest or the number of the vertex that it is."""

    __slots__ = ("children", "header", "unordered")

    def __init__(self, header: bytes, children: list[bytes | int], *, unordered: bool) -> None:
        self.header = header
        self.children = children
        self.unordered = unordered


class EntangledError(Exception):
    """A component is so regular that telling its states apart takes too long."""


def digest_graph(vertices: list[Vertex]) -> list[bytes]:
    """The digest of each vertex.

    EntangledError if a component takes more than MOST_STEPS digests.
    """
    finite = _digest_finite(vertices)
    known = [Vertex(v.header, [c if isinstance(c, bytes) else finite.get(c, c) for c in v.children], unordered=v.unordered) for v in vertices]
    state_of = _states([_label(v) for v in known], [_inner(v) for v in known], [v.unordered for v in known])
    states: list[Vertex] = []
    number: dict[int, int] = {}
    for vertex, state in enumerate(state_of):
        if state not in number:
            number[state] = len(states)
            states.append(known[vertex])
    merged = [Vertex(v.header, [c if isinstance(c, bytes) else number[state_of[c]] for c in v.children], unordered=v.unordered) for v in states]
    digests: list[bytes] = [b""] * len(merged)
    for component in components([_inner(v) for v in merged]):
        first = component[0]
        if _is_cycle(component, merged):
            _digest_component(component, merged, digests)
        else:
            digests[first] = digest_form(merged[first].header, _filled(merged[first], digests), unordered=merged[first].unordered)
    return [digests[number[state]] for state in state_of]


def _digest_finite(vertices: list[Vertex]) -> dict[int, bytes]:
    """The digests of the vertices from which no cycle can be reached: from here on they are digests like those that were known before."""
    found: dict[int, bytes] = {}
    for component in components([_inner(v) for v in vertices]):
        vertex = vertices[component[0]]
        if not _is_cycle(component, vertices) and all(child in found for child in _inner(vertex)):
            digests = [c if isinstance(c, bytes) else found[c] for c in vertex.children]
            found[component[0]] = digest_form(vertex.header, digests, unordered=vertex.unordered)
    return found


def _is_cycle(component: list[int], vertices: list[Vertex]) -> bool:
    return len(component) > 1 or component[0] in _inner(vertices[component[0]])


def _digest_component(component: list[int], states: list[Vertex], digests: list[bytes]) -> None:
    within = set(component)
    outside = {c: digests[c] for state in component for c in _inner(states[state]) if c not in within}
    known = {**outside, **dict.fromkeys(within, _NOTHING)}
    seen = {state: _look(states[state], known) for state in component}
    steps = len(component)
    while len(set(seen.values())) < len(component):
        steps += len(component)
        if steps > MOST_STEPS:
            raise EntangledError
        known = {**outside, **seen}
        seen = {state: _look(states[state], known) for state in component}
    order = sorted(component, key=seen.__getitem__)
    numbers = {state: place.to_bytes(32, "little") for place, state in enumerate(order)}
    whole = _CYCLE.copy()
    known = {**outside, **numbers}
    for state in order:
        whole.update(_look(states[state], known))
    written = whole.digest()
    for state in order:
        hasher = _CYCLE.copy()
        hasher.update(written + numbers[state])
        digests[state] = hasher.digest()


def _look(state: Vertex, known: dict[int, bytes]) -> bytes:
    hasher = _CYCLE.copy()
    parts = [c if isinstance(c, bytes) else known[c] for c in state.children]
    hasher.update(struct.pack("<I", len(parts)) + state.header + b"".join(sorted(parts) if state.unordered else parts))
    return hasher.digest()


def _filled(state: Vertex, digests: list[bytes]) -> list[bytes]:
    return [c if isinstance(c, bytes) else digests[c] for c in state.children]


def _inner(vertex: Vertex) -> list[int]:
    return [c for c in vertex.children if isinstance(c, int)]


def _label(vertex: Vertex) -> Hashable:
    """What can be seen of a vertex alone."""
    if vertex.unordered:
        return vertex.header, tuple(sorted(c for c in vertex.children if isinstance(c, bytes))), len(vertex.children)
    return vertex.header, tuple(c if isinstance(c, bytes) else None for c in vertex.children)


def _states(labels: list[Hashable], children: list[list[int]], unordered: list[bool]) -> list[int]:
    """Which state each vertex is: the coarsest partition in which vertices of one state have equal labels, and children of equal states.

    In each round only the parents of vertices whose state was renamed are looked at, and the largest part of a state that falls apart keeps its name:
    a vertex is renamed at most log2(n) times.
    """
    names: dict[Hashable, int] = {}
    state = [names.setdefault(label, len(names)) for label in labels]
    members: list[set[int]] = [set() for _ in names]
    for vertex, name in enumerate(state):
        members[name].add(vertex)
    parents: list[list[int]] = [[] for _ in labels]
    for vertex, inner in enumerate(children):
        for child in inner:
            parents[child].append(vertex)

    def refers(vertex: int) -> tuple[int, ...]:
        found = [state[child] for child in children[vertex]]
        return tuple(sorted(found) if unordered[vertex] else found)

    changed = set(range(len(labels)))
    while changed:
        by_state: dict[int, set[int]] = {}
        for vertex in changed:
            by_state.setdefault(state[vertex], set()).add(vertex)
        renamed: list[tuple[int, int]] = []
        for name, moved in by_state.items():
            parts: dict[tuple[int, ...], list[int]] = {}
            for vertex in moved:
                parts.setdefault(refers(vertex), []).append(vertex)
            # What did not change is still alike, so one of it speaks for all.
            still = next((vertex for vertex in members[name] if vertex not in moved), None)
            keeps = refers(still) if still is not None else None
            rest = len(members[name]) - len(moved)
            sizes = {part: len(found) + (rest if part == keeps else 0) for part, found in parts.items()}
            if keeps is not None and keeps not in sizes:
                sizes[keeps] = rest
            if len(sizes) == 1:
                continue
            largest = max(sizes, key=sizes.__getitem__)
            for part in sizes:
                if part == largest:
                    continue
                leaving = parts.get(part, [])
                if part == keeps:
                    leaving = [*leaving, *(vertex for vertex in members[name] if vertex not in moved)]
                renamed += [(vertex, len(members)) for vertex in leaving]
                members.append(set(leaving))
        for vertex, name in renamed:
            members[state[vertex]].discard(vertex)
            state[vertex] = name
        changed = {parent for vertex, _ in renamed for parent in parents[vertex]}
    return state


def components(children: Sequence[Sequence[int]]) -> list[list[int]]:
    """The strongly connected components of a graph, each after those that it refers to (Tarjan's algorithm, without recursion)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    held: list[int] = []
    is_held: set[int] = set()
    found: list[list[int]] = []
    for root in range(len(children)):
        if root in index:
            continue
        way = [(root, iter(children[root]))]
        index[root] = low[root] = len(index)
        held.append(root)
        is_held.add(root)
        while way:
            vertex, rest = way[-1]
            for child in rest:
                if child not in index:
                    index[child] = low[child] = len(index)
                    held.append(child)
                    is_held.add(child)
                    way.append((child, iter(children[child])))
                    break
                if child in is_held:
                    low[vertex] = min(low[vertex], index[child])
            else:
                way.pop()
                if way:
                    low[way[-1][0]] = min(low[way[-1][0]], low[vertex])
                if low[vertex] == index[vertex]:
                    component: list[int] = []
                    while not component or component[-1] != vertex:
                        component.append(held.pop())
                        is_held.discard(component[-1])
                    found.append(component)
    return found
