"""What users say about their types."""

from __future__ import annotations

import pytest

from hitsave.errors import SettingError, UndigestibleError
from hitsave.values import reducers
from hitsave.values.reducers import register_reducer


class Connection:
    def __init__(self, url):
        self.url, self.handle = url, iter([])


class Pooled(Connection):
    pass


@pytest.fixture(autouse=True)
def none_registered(monkeypatch):
    monkeypatch.setattr(reducers, "_exactly", {})
    monkeypatch.setattr(reducers, "_with_subclasses", {})


def test_a_value_counts_by_what_its_reducer_gives(digest):
    """Told apart from the stand-in itself."""
    with pytest.raises(UndigestibleError):
        digest(Connection("a"))
    register_reducer(Connection, lambda connection: connection.url)
    assert digest(Connection("a")) == digest(Connection("a")) != digest(Connection("b"))
    assert digest(Connection("a")) != digest("a")


def test_subclasses_are_covered_only_if_asked(digest):
    """A subclass may have more to it."""
    register_reducer(Connection, lambda connection: connection.url)
    with pytest.raises(UndigestibleError):
        digest(Pooled("a"))
    register_reducer(Connection, lambda connection: connection.url, subclasses=True)
    assert digest(Pooled("a")) == digest(Pooled("a")) != digest(Connection("a"))


def test_a_reducer_that_fails_is_an_undigestible_value(digest):
    """The path leads to the value."""

    def fails(connection):
        raise ZeroDivisionError

    register_reducer(Connection, fails)
    with pytest.raises(UndigestibleError) as caught:
        digest([Connection("a")])
    assert caught.value.value_path == "x[0]"


def test_a_reducer_without_end_is_an_undigestible_value(digest, monkeypatch):
    """One that gives a value of its own type, which has a reducer."""
    from hitsave.values import digester

    monkeypatch.setattr(digester, "MOST_DEPTH", 1000)
    register_reducer(Connection, lambda connection: [Connection(connection.url)])
    with pytest.raises(UndigestibleError, match="without end"):
        digest(Connection("a"))


@pytest.mark.parametrize("cls", [int, str, list, dict, object])
def test_plain_types_have_no_reducers(cls):
    """Their digests are made without looking at each value."""
    with pytest.raises(SettingError):
        register_reducer(cls, repr)
