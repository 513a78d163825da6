"""Known types: each value by what makes it the value that it is."""

from __future__ import annotations

import array
import collections
import copy
import datetime
import decimal
import enum
import fractions
import functools
import io
import json
import math
import operator
import pathlib
import random
import re
import struct
import subprocess
import threading
import types
import typing
import uuid
import zoneinfo
from typing import Any

import pytest

UTC = datetime.UTC
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


class Color(enum.Enum):
    RED = 1
    GREEN = 2


class Number(enum.IntEnum):
    ONE = 1


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class Pair(typing.NamedTuple):
    x: int
    y: int


class Path(pathlib.PurePosixPath):
    pass


def later(days: int) -> datetime.datetime:
    return datetime.datetime(2020, 1, 1) + datetime.timedelta(days)  # noqa: DTZ001 - a value without a zone is meant


# Every value here differs from every other.
DIFFERENT: list[Any] = [
    ..., NotImplemented, 1j, complex(0.0, -1.0), complex(-0.0, 1.0), bytearray(), bytearray(b"a"), range(3), range(0, 3, 2), range(0, 4, 2), slice(3), slice(None, 3, 1),
    memoryview(b"abc"), memoryview(bytearray(b"abc")), memoryview(array.array("h", [1, 2])), {"a", "b"}, frozenset({"a", "b"}), {"a", 1}, {b"a"}, set(), frozenset(),
    datetime.date(2020, 1, 1), later(0), later(1), later(0).replace(fold=1), later(0).replace(tzinfo=UTC), later(0).replace(tzinfo=BERLIN), datetime.time(1), datetime.time(1, tzinfo=UTC),
    datetime.timedelta(1), datetime.timedelta(0, 1), UTC, datetime.timezone(datetime.timedelta(0), "UTC0"), datetime.timezone(datetime.timedelta(hours=1)), BERLIN,
    decimal.Decimal(1), decimal.Decimal("1.0"), decimal.Decimal("1E+1"), decimal.Decimal(10), decimal.Decimal("NaN"), decimal.Decimal("-0"), decimal.Decimal(0), decimal.Decimal("Infinity"),
    fractions.Fraction(1, 2), fractions.Fraction(1), uuid.UUID(int=1), uuid.UUID(int=2), re.compile("a"), re.compile("a", re.IGNORECASE), re.compile(b"a"),
    struct.Struct("<i"), struct.Struct("<q"), json.JSONDecoder(), json.JSONDecoder(parse_int=float), json.JSONDecoder(strict=False),
    pathlib.PurePosixPath("a"), pathlib.PureWindowsPath("a"), pathlib.Path("a"), pathlib.Path("a/b"), Path("a"),
    collections.OrderedDict(a=1, b=2), collections.OrderedDict(b=2, a=1), {"a": 1, "b": 2}, collections.Counter(a=1, b=2), collections.Counter("a"),
    collections.defaultdict(int, a=1), collections.defaultdict(list, a=1), collections.defaultdict(None, a=1), collections.deque([1, 2]), collections.deque([1, 2], 2), collections.ChainMap({"a": 1}),
    collections.UserDict(a=1), types.SimpleNamespace(a=1), types.SimpleNamespace(b=1), types.MappingProxyType({"a": 1}), array.array("i", [1]), array.array("i"), array.array("q", [1]), array.array("B", b"a"),
    Color.RED, Color.GREEN, Number.ONE, Access.READ, Access.READ | Access.WRITE, Pair(1, 2), (1, 2), Color, int, Pair,
    functools.partial(int, "1"), functools.partial(int, "1", base=2), functools.partial(float, "1"), operator.itemgetter(1), operator.itemgetter(1, 2), operator.attrgetter("a"), operator.methodcaller("a"),
    operator.methodcaller("a", x=1), operator.methodcaller("a", x=2), random.Random(1), random.Random(2), io.BytesIO(b"a"), io.StringIO("a"), io.BytesIO(b"b"),
    len, print, math.sin, math.cos, [].append, [1].append, {}.get, [].pop, str.lower, str.upper, int.__add__, "a".__len__, "ab".__len__, dict.fromkeys, property(len), property(len, len), staticmethod(len), classmethod(len),
    list[int], list[str], dict[str, int], vars(typing)["List"][int], int | None, int | str, typing.Any, typing.Callable[[int], str], typing.TypeVar("T"), typing.TypeVar("T", int, str), typing.TypeVar("T", int, bytes), typing.TypeVar("T", bound=int), typing.Annotated[int, 1], typing.Annotated[int, 2], typing.Annotated[str, 1], typing.Literal["a"], typing.Literal["b"],
    math, re, ValueError("a"), ValueError("b"), ValueError(), TypeError("a"), OSError(2, "no", "a"), OSError(2, "no", "b"), KeyError("a"), ImportError("a", name="x"), ImportError("a", name="y"), ExceptionGroup("g", [ValueError("a")]),
]  # fmt: skip


def test_values_of_known_types_differ(digest):
    """Whatever the code could tell apart has another digest."""
    seen: dict[bytes, Any] = {}
    for value in DIFFERENT:
        found = digest(value)
        assert found not in seen, f"{value!r} and {seen[found]!r}"
        seen[found] = value


def test_a_digest_looks_and_does_not_touch(digest):
    """Digesting a value twice gives the same, so nothing was used up by the first time."""
    for value in DIFFERENT:
        assert digest(value) == digest(value), repr(value)


CANNOT_BE_COPIED = (
    struct.Struct,
    json.JSONDecoder,
    types.MappingProxyType,
    memoryview,
    types.ModuleType,
    typing.TypeVar,
    property,
    staticmethod,
    classmethod,
)


@pytest.mark.parametrize("value", [v for v in DIFFERENT if not isinstance(v, CANNOT_BE_COPIED)], ids=lambda value: type(value).__name__)
def test_a_copy_has_the_digest_of_the_original(digest, value):
    """Of what can be copied."""
    try:
        twin = copy.deepcopy(value)
    except TypeError:
        pytest.skip("can't be copied")
    assert digest(twin) == digest(value)


def test_the_order_of_an_ordered_dict_is_its_own(digest):
    """`move_to_end` changes what iterating gives, not where the dict below keeps things."""
    moved = collections.OrderedDict(a=1, b=2)
    moved.move_to_end("a")
    assert digest(moved) == digest(collections.OrderedDict(b=2, a=1))


def test_a_subclass_of_a_known_type_counts_with_its_attributes(digest):
    """What it has from the type, what it was given, and that it is another type."""

    class Day(datetime.date):
        pass

    class Half(fractions.Fraction):
        pass

    class Lucky(random.Random):
        pass

    day, named = Day(2020, 1, 1), Day(2020, 1, 1)
    named.name = "new year"
    assert (
        len(
            {
                digest(v)
                for v in (day, named, Day(2020, 1, 2), datetime.date(2020, 1, 1), Half(1, 2), fractions.Fraction(1, 2), Lucky(1), random.Random(1))
            }
        )
        == 8
    )
    error = ValueError("a")
    before = digest(error)
    error.add_note("more")
    assert digest(error) != before


def test_a_random_generator_is_its_state(digest):
    """Two generators that will give the same numbers are the same value."""
    one, other = random.Random(1), random.Random(1)
    assert digest(one) == digest(other)
    one.random()
    assert digest(one) != digest(other)
    assert digest(random.Random(1).randint) != digest(random.Random(2).randint)


def test_a_decimal_does_not_depend_on_the_context(digest):
    """The context writes exponents in letters of either case."""
    value = decimal.Decimal("1E+10")
    before = digest(value)
    with decimal.localcontext() as context:
        context.capitals = 0
        assert digest(value) == before


def test_a_context_of_decimals_counts_by_what_it_is_set_to(digest):
    """Not by the flags that calculations left in it."""
    settings = (
        {},
        {"prec": 5},
        {"rounding": decimal.ROUND_UP},
        {"Emin": -3},
        {"Emax": 3},
        {"capitals": 0},
        {"clamp": 1},
        {"traps": [decimal.Inexact]},
    )
    assert len({digest(decimal.Context(**each)) for each in settings}) == len(settings)
    used = decimal.Context()
    used.divide(1, 3)
    assert used.flags[decimal.Inexact]
    assert digest(used) == digest(decimal.Context())


def test_a_mapping_of_the_users_behind_a_proxy_is_not_run(digest):
    """A proxy asks its mapping; digesting it doesn't ask."""

    class Loud(dict):
        def __iter__(self):
            raise AssertionError

        keys = items = values = __getitem__ = __len__ = __iter__

    assert digest(types.MappingProxyType(Loud(a=1))) == digest(types.MappingProxyType(Loud(a=1)))


def test_a_bare_object_is_what_its_module_calls_it(digest, monkeypatch):
    """Two sentinels differ in nothing else; one that no module names can't be told from another."""
    from hitsave.errors import UndigestibleError

    module = types.ModuleType("made_for_this_test")
    module.MISSING, module.OTHER = object(), object()
    monkeypatch.setitem(__import__("sys").modules, "made_for_this_test", module)
    assert digest(module.MISSING) == digest(module.MISSING) != digest(module.OTHER)
    with pytest.raises(UndigestibleError, match="no module variable names"):
        digest(object())


def test_a_cached_function_is_what_it_calls(digest):
    """What it remembers is filled in by calls and doesn't count."""

    @functools.lru_cache
    def double(x):
        return 2 * x

    before = digest(double)
    double(1)
    assert digest(double) == before


def test_what_is_running_has_no_digest(digest):
    """A thread, a process."""
    from hitsave.errors import UndigestibleError

    process = subprocess.Popen(["true"])
    process.wait()
    for value in (threading.Thread(), process):
        with pytest.raises(UndigestibleError, match="something that runs"):
            digest(value)


def test_a_memoryview_counts_by_what_is_seen_through_it(digest):
    """Not by how it lies in memory."""
    whole = memoryview(b"aXbXcX")
    assert digest(whole[::2]) == digest(memoryview(b"abc"))
    assert digest(memoryview(bytes(6)).cast("B", (2, 3))) != digest(memoryview(bytes(6)))
