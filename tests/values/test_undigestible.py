"""What can't be digested: where it is, what it is, what to do; what counts by its code; what is ignored."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import logging
import socket
import sqlite3
import sys
import threading
import types
import weakref
from dataclasses import dataclass
from typing import Any

import pytest

from hitsave.errors import NoSourceError, UndigestibleError
from hitsave.values.code_names import PlainNames
from hitsave.values.digester import Digester


@dataclass
class Config:
    db: Any
    name: str = ""


@dataclass(slots=True)
class Slotted:
    inner: Any
    other: Any = 1


class Items(list):
    pass


def bad():
    return iter([])


PATHS = {
    "x": bad(),
    "x[3]": [0, 1, 2, bad()],
    "x[1][0]": (0, [bad()]),
    'x["db"]': {"a": 1, "db": bad()},
    'x["db"].db': {"db": Config(bad())},
    'x.db["a\\"b"]': Config({'a"b': bad()}),
    "x.inner.other[0]": Slotted(Slotted(1, [bad()])),
    "x[5000]": [*range(5000), bad(), 1],
    "x[4096].db[2]": (*range(4096), Config([1, 2, bad()])),
    "x[0]": Items([bad()]),
    "x.args[0]": ValueError(bad()),
    "x.note": Items([1]),
    "x[b'k'][None][2.5][True]": {b"k": {None: {2.5: {True: bad()}}}},
}
PATHS["x.note"].note = bad()


@pytest.mark.parametrize(("path", "value"), PATHS.items(), ids=PATHS)
def test_the_path_leads_to_what_has_no_digest(digest, path, value):
    """As a person would write it."""
    with pytest.raises(UndigestibleError) as caught:
        digest(value)
    assert (caught.value.value_path, caught.value.type_name) == (path, "list_iterator")


def test_the_path_through_a_function_names_the_cell(digest):
    """And its defaults, and attributes."""
    held = bad()

    def f(a=1):
        return held

    with pytest.raises(UndigestibleError) as caught:
        digest({"f": f})
    assert caught.value.value_path == 'x["f"].<closure>.held'


def test_the_path_through_a_cycle_is_a_shortest_one(digest):
    """It doesn't go round."""
    config = Config([])
    config.name = config
    config.db = [config, {"deep": bad()}]
    with pytest.raises(UndigestibleError) as caught:
        digest(config)
    assert caught.value.value_path == 'x.db[1]["deep"]'


def made_by_code():
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()
    with open(__file__, encoding="utf-8") as file:
        yield file
        yield file.buffer
    with socket.socket() as end:
        yield end
    yield (n for n in [])
    yield map(len, [])
    yield zip([], [], strict=True)
    yield reversed([])
    yield iter({})
    yield sys._getframe()
    loop = asyncio.new_event_loop()
    yield loop.create_future()
    loop.close()
    yield contextvars.copy_context()


def test_what_has_state_elsewhere_has_no_digest(digest):
    """Connections, files, sockets, iterators, frames, futures."""
    for value in made_by_code():
        with pytest.raises(UndigestibleError) as caught:
            digest([value])
        assert caught.value.value_path == "x[0]"
        assert caught.value.advice


def test_a_coroutine_and_an_async_generator_have_no_digest(digest):
    """They are used up by running them."""

    async def coroutine():
        pass

    async def generator():
        yield

    waiting = coroutine()
    for value in (waiting, generator()):
        with pytest.raises(UndigestibleError):
            digest(value)
    waiting.close()


def test_a_function_without_source_has_no_digest():
    """The callback says so; the path is added."""

    class Names(PlainNames):
        def function(self, function, /):
            raise NoSourceError("the source of f can't be found", "Define it in a file")

    with pytest.raises(UndigestibleError, match="source of f") as caught:
        Digester(Names()).digest({"f": bad}, "cfg")
    assert (caught.value.value_path, caught.value.type_name) == ('cfg["f"]', "function")


def test_some_leaves_count_by_their_code():
    """Loggers by name, locks, pools, weak references: reported with their path and type."""
    pool = concurrent.futures.ThreadPoolExecutor(1)
    target = Config(1)
    values = {
        "log": logging.getLogger("app"),
        "handler": logging.NullHandler(),
        "lock": threading.Lock(),
        "rlock": threading.RLock(),
        "condition": threading.Condition(),
        "event": threading.Event(),
        "semaphore": threading.BoundedSemaphore(2),
        "local": threading.local(),
        "pool": pool,
        "weak": weakref.WeakValueDictionary(),
        "proxy": weakref.proxy(target),
        "context": contextvars.ContextVar("v"),
        "async": asyncio.Lock(),
    }
    digester = Digester(PlainNames())
    digester.digest(values, "cfg")
    assert [path for path, _ in digester.by_code] == [f'cfg["{name}"]' for name in values]
    assert dict(digester.by_code)['cfg["log"]'] == "logging.Logger"
    pool.shutdown()


def test_a_weak_reference_counts_by_what_it_refers_to():
    """Two that lead to different values differ; one whose object is gone is as good as any such."""
    here, there, same = Config(1), Config(2), Config(1)
    one, other, again = (Digester(PlainNames()).digest(weakref.ref(target), "") for target in (here, there, same))
    assert one == again != other
    gone = weakref.ref(Config(1))
    assert gone() is None
    assert Digester(PlainNames()).digest(gone, "") != one


def test_a_logger_counts_by_its_name_and_a_lock_does_not_differ(digest):
    """What stands for a leaf is its kind."""
    assert digest(logging.getLogger("a")) == digest(logging.getLogger("a")) != digest(logging.getLogger("b"))
    held = threading.Lock()
    held.acquire()
    assert digest(held) == digest(threading.Lock()) != digest(threading.Event())


def test_in_a_cycle_each_leaf_is_reported_once():
    """The value is looked at twice; its leaves are reported once."""
    config = Config(threading.Lock())
    config.name = [config, threading.Lock()]
    digester = Digester(PlainNames())
    digester.digest(config, "x")
    assert digester.by_code == [("x.db", "_thread.lock"), ("x.name[1]", "_thread.lock")]


IGNORED = [
    ("x", 1, 2),
    ('x["db"]', {"db": bad(), "a": 1}, {"db": 5, "a": 1}),
    ("x['db']", {"db": [int], "a": 1}, {"db": 5, "a": 1}),
    ("x.db", Config(bad()), Config(5)),
    ("x.inner", Slotted(bad()), Slotted(5)),
    ("x.db.session", Config(types.SimpleNamespace(a=1)), Config(types.SimpleNamespace(a=1))),
    ('x.db["a"][1].db', Config({"a": [1, Config(bad())]}), Config({"a": [1, Config(2)]})),
    ("x[1]", [1, bad(), 3], [1, 2, 3]),
    ("x[0]", Items([bad(), 3]), Items([2, 3])),
    ("x[-1]", [1, 2, 3], [1, 2, 3]),
]


@pytest.mark.parametrize(("path", "value", "other"), IGNORED, ids=[case[0] for case in IGNORED])
def test_what_is_ignored_is_not_looked_at(digest, path, value, other):
    """Attributes, slots, items, at any depth; what isn't there doesn't matter."""
    assert digest(value, ignore=[path, "y.db"]) == digest(other, ignore=[path])


def test_what_is_beside_the_ignored_counts(digest):
    """Ignoring one part leaves the others."""
    ignore = ["x.db"]
    assert digest(Config(1, "a"), ignore=ignore) != digest(Config(1, "b"), ignore=ignore)
    assert digest(Config(1, "a"), ignore=ignore) != digest(Config(1, "a"))
    assert digest({"db": 1}, ignore=ignore) == digest({"db": 1})


def test_what_is_ignored_is_ignored_through_a_cycle_too(digest):
    """The way back to `self` leads to the same session."""

    def config(session):
        made = Config(session)
        made.name = [made]
        return made

    assert digest(config(bad()), ignore=["x.db"]) == digest(config(1), ignore=["x.db"])


def test_an_argument_digested_before_does_not_hide_what_is_ignored():
    """Order of arguments: what was known of an object before its part was ignored is not used."""
    shared = Config(1)
    digester = Digester(PlainNames(), ignore=["b.db"])
    digester.digest([shared], "a")
    first = digester.digest(shared, "b")
    shared.db = 2
    assert Digester(PlainNames(), ignore=["b.db"]).digest(shared, "b") == first


def test_a_class_that_can_not_be_hashed_is_an_error_of_its_own(digest):
    """A metaclass may say so; it must not break the call."""

    class Meta(type):
        __hash__ = None

    class Strange(metaclass=Meta):
        pass

    with pytest.raises(UndigestibleError):
        digest([Strange()])
