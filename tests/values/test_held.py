"""What values hold: all that digests see, and nothing behind a name."""

from __future__ import annotations

import enum
import functools
import json
import logging
import threading
import types
import weakref

import pytest

from hitsave.values.held import survey
from hitsave.values.reducers import register_reducer

TABLE: dict[str, int] = {"a": 1}


class Kept:
    def __init__(self, held: object) -> None:
        self.held = held


class Level(enum.Enum):
    LOW = "low"


def cached(x: int) -> dict[str, int]:
    return TABLE


cached.table = TABLE  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "value",
    [
        [TABLE],
        {1: (TABLE,)},
        Kept(TABLE),
        types.SimpleNamespace(table=TABLE),
        functools.partial(cached, TABLE),
        functools.lru_cache(cached),
        staticmethod(cached),
        classmethod(cached),
        Kept(TABLE).__init__,
        lambda table=TABLE: table,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_held_is_found_whatever_holds_it(value):
    """By identity."""
    assert survey([value]).contents[id(TABLE)].owner is TABLE


def test_what_is_referred_to_weakly_is_found():
    """Digests look at it, too."""
    kept = Kept(TABLE)
    assert id(TABLE) in survey([weakref.ref(kept)]).contents


def test_the_attributes_of_a_member_of_an_enumeration_are_found():
    """They are the member's, and may be filled."""
    Level.LOW.table = TABLE  # type: ignore[attr-defined]
    assert id(TABLE) in survey([Level.LOW]).contents


@pytest.mark.parametrize("value", [json, logging.getLogger("x"), threading.Lock(), threading.Condition()], ids=lambda value: type(value).__name__)
def test_nothing_is_looked_for_behind_a_name(value):
    """Behind a module is all that there is."""
    assert not [contents for contents in survey([value]).contents.values() if contents.owner is not value]


def test_what_a_reducer_gives_stands_for_the_object():
    """As it does in digests."""

    class Connection:
        def __init__(self) -> None:
            self.table = TABLE
            self.rest = {"everything": sys_like}

    sys_like = {"modules": {}}
    register_reducer(Connection, lambda connection: connection.table)
    assert survey([Connection()]).contents.keys() == {id(TABLE)}
