"""Is a container plain? Two ways to find out, with the same answer.

`scan` looks at a value level by level, without a Python step for each node: quick, but it meets a shared node once for each way to it, and learns nothing from a value that isn't plain.
`Measures` looks at each container once and remembers. It costs a Python step for each, so it is what `scan` falls back on.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import gc
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final, Literal

from hitsave.values.encoding import CONTAINERS, LEAVES, PLAIN

MOST_NODES: Final = 1 << 20
"""Nodes of a plain value as a tree: each leaf and container is one, dictionary keys included, and a shared one counts for each way to it.

It bounds what sharing can make of a small value, and the memory that an encoding takes; longer lists are digested by slices anyway.
"""

MOST_LEVELS: Final = 100
"""Containers on a way down a plain value."""

_SEQUENCES: Final = frozenset({list, tuple})
_LOOK_FOR_SHARING: Final = 1 << 15
_SAMPLE: Final = 1 << 12
_MANY_TEXTS: Final = 1 << 8
_LOOKED_AT: Final = 32
_SHORT: Final = 64
"""Characters: to join texts costs a copy of them, which of longer ones takes more than asking each for its type."""

Answer = Literal["plain", "not plain", "unsure"]


def are_texts(items: Sequence[Any]) -> bool:
    """Whether each is a str, or of a class of its own that is one; of short ones in half of the time that asking for each type takes.

    >>> are_texts(["a", "b"]), are_texts(["a", None])
    (True, False)
    """
    try:
        if sum(map(str.__len__, items[:: len(items) // _LOOKED_AT + 1])) <= _SHORT * _LOOKED_AT:
            "".join(items)
            return True
    except TypeError:  # that of a type which is no text
        return False
    return all(issubclass(kind, str) for kind in {*map(type, items)})


def scan(container: Any) -> tuple[Answer, int]:
    """Whether an exact list, tuple or dict is plain, and how many nodes were looked at; "unsure" where only `Measures` can tell at a bearable cost.

    "plain" may be said of one with texts of a class of their own: the pickler, which meets each leaf, refuses them.
    """
    level = _children(container)
    seen = 0
    if _MANY_TEXTS <= len(level) < MOST_NODES and type(level[0]) is type(level[-1]) is str and are_texts(level):
        return "plain", len(level)
    ask_at = _LOOK_FOR_SHARING
    for _ in range(MOST_LEVELS):
        kinds = set(map(type, level))
        seen += len(level)
        if seen >= MOST_NODES or not kinds <= PLAIN:
            return "not plain", seen
        if kinds <= LEAVES:
            return "plain", seen
        if seen >= ask_at:
            ask_at = seen * 4
            inner = [id(node) for node in level[-_SAMPLE:] if type(node) in CONTAINERS]
            if len(set(inner)) * 2 < len(inner):
                return "unsure", seen
        if dict not in kinds:
            level = gc.get_referents(*level)
            continue
        # A dict may tell the garbage collector of its values alone, or (the ``__dict__`` of an object) of nothing at all.
        dicts = level if len(kinds) == 1 else [node for node in level if type(node) is dict]
        others = () if len(kinds) == 1 else gc.get_referents(*[node for node in level if type(node) in _SEQUENCES])
        keys = [*chain.from_iterable(dicts)]
        if are_texts(keys):
            seen += len(keys)
            keys = ()
        level = [*chain.from_iterable(map(dict.values, dicts)), *keys, *others]
    return "unsure", seen


def _children(container: Any) -> Any:
    return [*container, *dict.values(container)] if type(container) is dict else container


class Measures:
    """Number of nodes and height of containers, each found once; valid for as long as the containers are unchanged. Keeps what it was asked about alive."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, int] | None] = {}
        self._alive: list[Any] = []

    def is_plain(self, container: Any) -> bool:
        """Whether an exact list, tuple or dict is plain. Looks at every container that can be reached from it through plain ones, once."""
        known = self._known
        if id(container) in known:
            return known[id(container)] is not None
        self._alive.append(container)
        # What is on the way from the container down; None stands for "not plain", which a container that is its own descendant comes to be.
        way: list[tuple[Any, list[Any]]] = [(container, _inner(container))]
        known[id(container)] = None
        while way:
            current, left = way[-1]
            while left:
                child = left.pop()
                if id(child) not in known:
                    known[id(child)] = None
                    way.append((child, _inner(child)))
                    break
            else:
                known[id(current)] = self._measure(current)
                way.pop()
        return known[id(container)] is not None

    def _measure(self, container: Any) -> tuple[int, int] | None:
        children = _children(container)
        nodes, height = 1 + len(children), 1
        if not LEAVES.issuperset(map(type, children)):
            for child in children:
                kind = type(child)
                if kind in CONTAINERS:
                    measure = self._known.get(id(child))
                    if measure is None:
                        return None
                    nodes += measure[0] - 1
                    height = max(height, measure[1] + 1)
                elif kind not in LEAVES:
                    return None
        return (nodes, height) if nodes <= MOST_NODES and height <= MOST_LEVELS else None


def _inner(container: Any) -> list[Any]:
    """The containers in a container; none if something in it isn't plain, since then it isn't either."""
    children = _children(container)
    if not PLAIN.issuperset(map(type, children)):
        return []
    return [child for child in children if type(child) in CONTAINERS]
