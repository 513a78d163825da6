"""Views: small, safe, and true about what they leave out."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import json
import pathlib
import random
import re
import types
import typing
import uuid

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pydantic
import pytest
import xarray as xr

from hitsave.values.views.bounds import MOST_BYTES, MOST_BYTES_IN_ALL, MOST_WORK, Allowance
from hitsave.values.views.document import views_of


def unhurried() -> Allowance:
    """An allowance whose clock stands still, so that how fast this machine is says nothing."""
    return Allowance(clock=lambda: 0.0)


def view(value, *, rich=False):
    """The View of one value, as a reader has it."""
    return json.loads(views_of("f", value, [], rich=rich, allowance=unhurried()).content)["result"]


class Color(enum.Enum):
    RED = 1


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class Level(enum.IntEnum):
    LOW = 1


class Pair(typing.NamedTuple):
    x: int
    y: object


@dataclasses.dataclass
class Config:
    rate: float
    password: str = "hunter2"
    steps: object = None


@dataclasses.dataclass(slots=True)
class Slotted:
    a: int
    b: object = None


@attrs.define
class Attrs:
    a: int


class Model(pydantic.BaseModel):
    a: int
    key: pydantic.SecretStr = pydantic.SecretStr("sk-123")


class Plain:
    def __init__(self, content=None):
        self.content = content

    @property
    def asked(self):
        raise AssertionError("a property was asked")

    def __getattr__(self, name):
        raise AssertionError(f"{name} was asked")

    def __repr__(self):
        raise AssertionError("a repr was asked")


class OwnList(list):
    def __iter__(self):
        raise AssertionError("its own iteration was asked")

    def __len__(self):
        raise AssertionError("its own length was asked")


class OwnView:
    def __init__(self, of):
        self.of = of

    def __hitsave_view__(self):
        return self.of


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value, "x" * 50]
    return value


def cyclic():
    value = [1]
    value.append(value)
    return value


def one_of_each(size: int):
    """A value of each kind, as large as `size` says (0 to 9)."""
    n = 10**size if size < 6 else 10**5
    some = random.Random(size)
    yield "none", None
    yield "bool", size % 2 == 0
    yield "int", -(7 ** (size**5))
    yield "float", [0.5, float("nan"), float("inf"), -0.0][size % 4]
    yield "complex", complex(size, float("nan"))
    yield "text", some.choice(["a", "ü", "\ud800", "\0", '"']) * n
    yield "bytes", b"\xff" * n
    yield "bytearray", bytearray(n)
    yield "list", list(range(n))
    yield "list of lists", [["a" * 100] * min(n, 1000)] * min(n, 1000)
    yield "list of its own", OwnList(range(n))
    yield "tuple", (size,) * n
    yield "dict", {f"key {i}": "\U0001f600" * 100 for i in range(min(n, 5000))}
    yield "ordered dict", collections.OrderedDict.fromkeys(range(n))
    yield "counter", collections.Counter("abc" * n)
    yield "set", set(range(n))
    yield "deque", collections.deque(range(n))
    yield "nested", nested(n if size < 5 else 10**4)
    yield "cycle", cyclic()
    yield "dataclass", Config(0.1, steps=list(range(n)))
    yield "named tuple", Pair(1, "x" * n)
    yield "enum", [Color.RED, Access.READ | Access.WRITE, Level.LOW][size % 3]
    yield "time", [datetime.datetime.now(datetime.UTC), datetime.timedelta(size), datetime.date(2020, 1, 1)][size % 3]
    yield "path", pathlib.Path("x" * n)
    yield "exception", ValueError("x" * n, size)
    yield "object", Plain(Plain([0] * n))
    yield "array", np.broadcast_to(np.float32(1.5), (10**size, 1000, 2))
    yield "object array", np.array([None, "x" * n, [1]], dtype=object)
    yield "text array", np.array(["x" * min(n, 10**5)] * 3)
    yield "frame", pd.DataFrame({f"column {i}": np.arange(min(n, 10**5)) for i in range(3**size if size < 6 else 300)})
    yield "series", pd.Series(["x" * 1000] * min(n, 10**5))
    yield "polars", pl.DataFrame({"a": np.arange(n), "b": ["x" * 500] * n if size < 5 else np.zeros(n)})
    yield "labelled", xr.Dataset({f"v{i}": (("x", "y"), np.zeros((min(n, 1000), 100))) for i in range(size * 10)}, attrs={"note": "x" * n})
    yield "own view", OwnView(list(range(n)))


@pytest.mark.parametrize("size", range(10))
def test_no_view_is_larger_or_dearer_than_its_bounds(size):
    """Over thirty kinds in ten sizes: each View is JSON of at most 64 KB, made of a bounded number of elements."""
    values = list(one_of_each(size))
    assert len(values) >= 30
    for name, value in values:
        allowance = unhurried()
        made = views_of("f", value, [], rich=True, allowance=allowance).content
        shape = json.loads(made.decode("ascii"))["result"]
        assert len(made) <= MOST_BYTES + 200, name
        assert allowance.spent <= 200_000 < MOST_WORK, (name, allowance.spent)
        assert shape["kind"] not in {"failed", "cut"}, (name, shape)


def test_all_views_of_an_evaluation_have_a_bound_of_their_own():
    """A hundred large arguments leave room for their names only."""
    arguments = [(f"argument_{i}", {f"key {j}": "ü" * 300 for j in range(50)}) for i in range(150)]
    made = views_of("f", 1, arguments, allowance=unhurried()).content
    assert len(made) < MOST_BYTES_IN_ALL + 150 * 120
    shapes = json.loads(made)["arguments"]
    assert list(shapes) == [name for name, _ in arguments]
    assert [shape["kind"] for shape in (shapes["argument_0"], shapes["argument_149"])] == ["mapping", "failed"]


def test_when_time_is_up_what_is_left_is_cut_and_counted():
    """The clock is asked before each part. Arguments are looked at before the result, which may take all the time."""
    ticks = iter(range(10**6))
    made = views_of("f", [[1, 2, 3]] * 40, [("x", [1])], allowance=Allowance(seconds=50, clock=lambda: next(ticks))).content
    shape = json.loads(made)
    assert (shape["result"]["length"], len(shape["result"]["items"]) < 40) == (40, True)
    assert shape["arguments"]["x"]["kind"] == "sequence"


def test_what_is_cut_keeps_its_true_length():
    """Of a container the number of its items, of a text that of its characters."""
    assert (view(list(range(1000)))["length"], len(view(list(range(1000)))["items"])) == (1000, 50)
    assert (view("x" * 10**6)["length"], len(view("x" * 10**6)["text"])) == (10**6, 16_000)
    assert view(b"x" * 1000) == {"kind": "bytes", "length": 1000, "hex": "78" * 256}
    assert (view({i: i for i in range(1000)})["length"], view(10**5000)) == (1000, {"kind": "int", "bits": 16610, "negative": False})


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), {"kind": "float", "value": "nan"}),
        (float("-inf"), {"kind": "float", "value": "-inf"}),
        (2**60, {"kind": "int", "value": "1152921504606846976"}),
        ("\ud800\0", {"kind": "text", "length": 2, "text": "\ud800\0"}),
        (np.float32("inf"), {"kind": "float", "type": "numpy.float32", "value": "inf"}),
        (Color.RED, {"kind": "enum", "type": f"{__name__}.Color", "name": "RED", "value": {"kind": "int", "value": 1}}),
        (Access(3), {"kind": "enum", "type": f"{__name__}.Access", "name": "READ|WRITE", "value": {"kind": "int", "value": 3}}),
        (decimal.Decimal("1.50"), {"kind": "value", "text": "1.50", "type": "decimal.Decimal"}),
        (fractions.Fraction(1, 3), {"kind": "value", "text": "1/3", "type": "fractions.Fraction"}),
        (uuid.UUID(int=1), {"kind": "value", "text": "00000000-0000-0000-0000-000000000001", "type": "uuid.UUID"}),
        (datetime.date(2020, 1, 2), {"kind": "time", "text": "2020-01-02", "type": "datetime.date"}),
        (pathlib.PurePosixPath("/a"), {"kind": "path", "text": "/a", "type": "pathlib.PurePosixPath"}),
        (re.compile("a+"), {"kind": "value", "text": "a+", "type": "re.Pattern"}),
        (range(10**30), {"kind": "value", "text": f"range(0, {10**30})", "length": str(10**30), "type": "range"}),
        (len, {"kind": "code", "type": "builtin_function_or_method", "name": "builtins:len"}),
        (iter([1]), {"kind": "opaque", "type": "list_iterator"}),
        (np.dtype("f8"), {"kind": "value", "type": "numpy.dtype", "text": "float64"}),
        (pl.LazyFrame({"a": [1]}), {"kind": "lazy", "type": "polars.lazyframe.frame.LazyFrame"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_that_a_line_tells_all_about(value, shown):
    """Numbers that JSON has none for are text; a lone surrogate survives."""
    assert view(value) == shown


def test_objects_show_their_attributes_and_run_nothing():
    """Dataclasses, attrs, pydantic, slots and plain classes alike; properties, `__getattr__` and `__repr__` aren't asked."""
    assert [name for name, _ in view(Slotted(1))["fields"]] == ["a", "b"]
    assert [name for name, _ in view(Attrs(1))["fields"]][:1] == ["a"]
    assert view(Plain([1]))["fields"] == [["content", {"kind": "sequence", "type": "list", "length": 1, "items": [{"kind": "int", "value": 1}]}]]
    assert view(Pair(1, None))["fields"] == [["x", {"kind": "int", "value": 1}], ["y", {"kind": "none"}]]
    assert view(OwnList([1]))["length"] == 1
    assert view(ValueError("no", 1))["arguments"][1] == {"kind": "int", "value": 1}
    assert view(functools.partial(int, base=2))["length"] == 3
    assert view(collections.OrderedDict(a=1))["items"] == view({"a": 1})["items"]
    assert view(types.MappingProxyType({"a": 1}))["kind"] == "mapping"
    assert view(array.array("d", [1.5]))["items"] == [{"kind": "float", "value": 1.5}]


def test_a_value_in_itself_is_a_cycle():
    """And what is nested too deeply is shown by its length."""
    assert view(cyclic())["items"][1] == {"kind": "cycle", "type": "list"}
    deep = view(nested(100))
    for _ in range(6):
        deep = deep["items"][0]
    assert (deep["length"], deep["items"]) == (2, [])


def test_secrets_have_no_view():
    """By the name of an argument, function, key, attribute or column, and by type."""
    made = views_of("app:get_token", "abc", [("api_key", "abc"), ("config", Config(0.1)), ("model", Model(a=1))], allowance=unhurried()).content
    assert b"abc" not in made
    assert b"hunter2" not in made
    assert b"sk-123" not in made
    assert json.loads(made)["result"] == {"kind": "secret"}
    inner = views_of("f", {"password": "hunter2", b"API_KEY": b"hunter2", "of": [{"apiKey": "hunter2"}]}, [], allowance=unhurried()).content
    frames = views_of("f", [pd.DataFrame({"password": ["hunter2"]}), pl.DataFrame({"password": ["hunter2"]})], [], allowance=unhurried()).content
    assert b"hunter2" not in inner + frames
    assert b"hunter2".hex().encode() not in inner


def test_arrays_show_shape_corner_and_statistics():
    """Of all elements where they are few, else of an even sample; NaN and infinities are counted."""
    shown = view(np.array([[1.0, np.nan], [np.inf, 3.0]]))
    assert (shown["shape"], shown["dtype"], shown["corner"]) == ([2, 2], "float64", [[1.0, "nan"], ["inf", 3.0]])
    statistics = shown["statistics"]
    assert {name: statistics[name] for name in ("of", "exact", "nan", "infinite", "min", "max", "mean")} == {
        "of": 4, "exact": True, "nan": 1, "infinite": 1, "min": 1.0, "max": 3.0, "mean": 2.0,
    }  # fmt: skip
    large = view(np.arange(10**6))["statistics"]
    assert (large["exact"], large["of"] <= 65_536, sum(large["histogram"]["counts"]) == large["of"]) == (False, True, True)
    assert view(np.array([], dtype="f4"))["shape"] == [0]
    assert view(np.array(1.5))["corner"] == 1.5
    assert view(np.array([True, False]))["statistics"]["true"] == 1
    assert view(np.array(["2020-01-01"], dtype="M8[D]"))["corner"] == ["2020-01-01"]
    assert view(np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]))["corner"] == ["(1, 2.0)"]
    masked = view(np.ma.array([1.0, 2.0], mask=[False, True]))
    assert (masked["masked"], masked["statistics"]["max"], masked["corner"]) == (1, 1.0, [1.0, None])


def test_a_sample_sees_every_part_of_what_repeats():
    """A step of a power of two would see every other element of a column that alternates."""
    frame = pd.DataFrame({"a": np.tile([0.0, np.nan], 100_000)})
    column = view(frame)["columns"][0]
    assert 0.4 < column["missing"] / column["of"] < 0.6
    assert 0.4 < view(np.tile([0.0, 1.0], 10**5))["statistics"]["mean"] < 0.6


def test_frames_show_schema_head_and_statistics():
    """Of pandas and polars alike."""
    columns = {"a": [1, 2, None], "b": ["x", "y", None]}
    for shown, missing in ((view(pd.DataFrame(columns)), "nan"), (view(pl.DataFrame(columns)), None)):
        assert (shown["rows"], shown["width"]) == (3, 2)
        assert [column["name"] for column in shown["columns"]] == ["a", "b"]
        assert shown["head"][0] == [1.0, "x"]
        assert shown["head"][2][0] in {missing, None}
        assert shown["columns"][0]["statistics"]["max"] == 2
        assert [column["missing"] for column in shown["columns"]] == [1, 1]
    wide = view(pd.DataFrame(np.zeros((5, 1000))))
    assert (wide["width"], len(wide["columns"]), len(wide["head"][0])) == (1000, 200, 50)
    series = view(pd.Series([1, 2, None], dtype="Int64", name="n"))
    assert (series["name"], series["head"], series["missing"]) == ("n", [1, 2, None], 1)
    assert view(pd.DataFrame())["rows"] == 0
    assert view(pd.DataFrame([[1, 2]], columns=["a", "a"]))["head"] == [[1, 2]]


def test_labelled_arrays_show_dimensions_and_variables():
    """xarray's; what isn't in memory is named."""
    shown = view(xr.Dataset({"t": (("x", "y"), np.zeros((2, 3)))}, coords={"x": [10, 20]}, attrs={"unit": "K"}))
    assert shown["dimensions"] == {"x": 2, "y": 3}
    assert [(v["name"], v["coordinate"], v["view"]["kind"]) for v in shown["variables"]] == [("t", False, "array"), ("x", True, "series")]
    assert shown["attributes"]["length"] == 1
    assert view(xr.DataArray([1.0, 2.0], dims="x", name="d"))["variables"][0]["name"] == "d"


def test_no_iterator_is_consumed_and_nothing_is_changed():
    """Looking leaves no trace."""
    numbers = iter(range(3))
    generator = (n for n in range(3))
    frame = pd.DataFrame({"a": [1]})
    before = set(vars(frame))
    view([numbers, generator, frame, collections.defaultdict(list)])
    assert (list(numbers), list(generator), set(vars(frame))) == ([0, 1, 2], [0, 1, 2], before)
