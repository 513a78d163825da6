"""Strategies for values of every structure that digests know, and pairs of them that are close to each other."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st


@dataclass
class Point:
    x: Any
    y: Any = None


class Loose:
    """An object with whatever attributes."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


class Row(list):
    """A list with attributes."""


leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.integers(),
    st.sampled_from([0.0, -0.0, 1.0, float("nan"), -float("nan"), float("inf")]),
    st.floats(),
    st.text(st.characters(exclude_categories=()), max_size=4),
    st.sampled_from(["", "a", "ab"]),
    st.binary(max_size=3),
)
odd_leaves = leaves | st.sampled_from([..., NotImplemented, 0j, 1j, range(3)])
hashables = st.recursive(odd_leaves, lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3), max_leaves=5)
plain_keys = st.text(max_size=2) | st.integers(-1, 2) | st.tuples(st.integers(0, 1), st.text(max_size=1))
plain_values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(plain_keys, inner, max_size=3),
    max_leaves=12,
)


def _row(items: list[Any], note: Any) -> Row:
    row = Row(items)
    if note is not None:
        row.note = note
    return row


values = st.recursive(
    odd_leaves | hashables,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(hashables, inner, max_size=3),
        st.sets(hashables, max_size=4),
        st.builds(Point, inner, inner),
        st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3).map(lambda attributes: Loose(**attributes)),
        st.builds(_row, st.lists(inner, max_size=3), st.none() | inner),
    ),
    max_leaves=10,
)


@st.composite
def graphs(draw: st.DrawFn) -> Any:
    """A value that may contain itself, in any way: containers filled with each other."""
    count = draw(st.integers(1, 5))
    nodes: list[Any] = [draw(st.sampled_from([list, dict, Loose, Row]))() for _ in range(count)]
    for node in nodes:
        parts = draw(st.lists(st.integers(0, count - 1).map(nodes.__getitem__) | st.integers(0, 1) | st.just("s"), max_size=3))
        if isinstance(node, list):
            node.extend(parts)
        elif isinstance(node, dict):
            node.update(enumerate(parts))
        else:
            vars(node).update(zip("abc", parts, strict=False))
    return nodes[0]


@st.composite
def unrolled(draw: st.DrawFn, value: Any) -> Any:
    """The same value with some of what it shares with itself copied: another object graph that stands for the same tree."""
    flips = draw(st.lists(st.booleans(), min_size=12, max_size=12))
    made: dict[int, list[Any]] = {}
    steps = iter(flips)

    def rebuild(part: Any) -> Any:
        if type(part) not in {list, dict, Loose, Row}:
            return part
        copies = made.setdefault(id(part), [])
        if copies and not next(steps, False):
            return copies[-1]
        new: Any = type(part)()
        copies.append(new)
        if isinstance(part, list):
            new.extend(rebuild(item) for item in list(part))
        elif isinstance(part, dict):
            new.update({key: rebuild(item) for key, item in part.items()})
        if isinstance(part, Loose | Row):
            vars(new).update({key: rebuild(item) for key, item in vars(part).items()})
        return new

    return rebuild(value)


pairs = st.one_of(
    st.tuples(values, values),
    values.map(lambda value: (value, copy.deepcopy(value))),
    st.tuples(graphs(), graphs()),
    graphs().flatmap(lambda value: st.tuples(st.just(value), unrolled(value))),
    st.tuples(plain_values, plain_values),
)
