"""Whether two values are the same, decided without the code under test: typed, structural, blind to sharing, and true of cycles where nothing tells them apart."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection
from typing import Any

LEAVES = {type(None), bool, int, str, bytes, type(...), type(NotImplemented), range}


def same(first: Any, second: Any, assumed: set[tuple[int, int]] | None = None) -> bool:
    """Whether the two are equal in type and structure; a pair met again is taken to be equal, since one difference anywhere is a difference of the whole."""
    assumed = set() if assumed is None else assumed
    if type(first) is not type(second):
        return False
    kind = type(first)
    if kind in LEAVES:
        return first == second
    if kind is float:
        return (math.isnan(first) and math.isnan(second)) or (first == second and math.copysign(1, first) == math.copysign(1, second))
    if kind is complex:
        return same((first.real, first.imag), (second.real, second.imag))
    pair = (id(first), id(second))
    if pair in assumed:
        return True
    assumed.add(pair)
    # Only what belongs to the values may be assumed: a list made here is gone before the next one, which may get its identity.
    if kind in {list, tuple}:
        return _all_same(first, second, assumed)
    if kind is dict:
        return _all_same(first, second, assumed) and _all_same(first.values(), second.values(), assumed)
    if kind in {set, frozenset}:
        return len(first) == len(second) and _can_be_paired(list(first), list(second), assumed)
    if isinstance(first, list):
        return _all_same(first, second, assumed) and same(vars(first), vars(second), assumed)
    return same(vars(first), vars(second), assumed)


def _all_same(first: Collection[Any], second: Collection[Any], assumed: set[tuple[int, int]]) -> bool:
    return len(first) == len(second) and all(same(a, b, assumed) for a, b in zip(first, second, strict=True))


def _can_be_paired(first: list[Any], second: list[Any], assumed: set[tuple[int, int]]) -> bool:
    # What a trial assumed holds only if the trial succeeds.
    if len(first) <= 4:
        for order in itertools.permutations(second):
            trial = set(assumed)
            if all(same(a, b, trial) for a, b in zip(first, order, strict=True)):
                assumed |= trial
                return True
        return False
    rest = list(second)
    for item in first:
        place = next((n for n, other in enumerate(rest) if same(item, other, set(assumed))), None)
        if place is None:
            return False
        rest.pop(place)
    return True
