"""Results as bytes: the round trip, the layout, what is shared, what is damaged."""

from __future__ import annotations

import collections
import datetime
import enum
import gc
import mmap
import pickle
import struct
import threading
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from hitsave.errors import DamagedError, UnstorableError
from hitsave.values.copying import Uncopied, copy_value
from hitsave.values.stored import ALIGNMENT, MAGIC, decode, encode, is_atomic
from tests.values.generated import Loose, Point, graphs, values
from tests.values.oracle import same


def written(value) -> bytes:
    encoded = encode(value)
    content = b"".join(encoded.chunks())
    assert len(content) == encoded.size
    return content


def round_trip(value):
    return decode(memoryview(bytearray(written(value))))


@settings(max_examples=500)
@given(values)
def test_a_value_comes_back_as_it_was(value):
    """Type and structure, by a comparison of its own."""
    assert same(round_trip(value), value)


@settings(max_examples=300)
@given(graphs())
def test_what_is_shared_or_cyclic_comes_back_so(value):
    """Not only the tree: the same objects are the same objects again."""

    def shape(part: Any, seen: dict[int, int]) -> Any:
        if type(part) not in {list, dict} and not hasattr(part, "__dict__"):
            return part
        if id(part) in seen:
            return ("again", seen[id(part)])
        seen[id(part)] = len(seen)
        inner = [shape(p, seen) for p in (part if isinstance(part, list) else part.values() if isinstance(part, dict) else ())]
        return type(part), inner, [(k, shape(p, seen)) for k, p in getattr(part, "__dict__", {}).items()]

    assert shape(round_trip(value), {}) == shape(value, {})


class Color(enum.Enum):
    RED = 1


class Trouble(Exception):
    def __init__(self, code, more=None):
        super().__init__(code)
        self.code, self.more = code, more


def scale(x):
    return 2 * x


@dataclass(frozen=True, slots=True)
class Row:
    a: int
    b: str


@pytest.mark.parametrize(
    "value",
    [
        Row(1, "a"),
        Color.RED,
        scale,
        Row,
        len,
        datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        Decimal("1.50"),
        collections.OrderedDict(b=1, a=2),
        collections.Counter("aab"),
        range(3),
        b"x" * 100_000,
        "x" * 100_000,
        1 << 5000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_known_types_come_back(value):
    """Equal and of the same type."""
    back = round_trip(value)
    assert (type(back), back) == (type(value), value)


def test_an_exception_comes_back():
    """With its arguments and attributes."""
    back = round_trip(Trouble(3, [1]))
    assert (type(back), back.args, back.code, back.more) == (Trouble, (3,), 3, [1])


@pytest.mark.parametrize(
    "array",
    [
        np.arange(1000.0),
        np.asfortranarray(np.arange(1000.0).reshape(10, 100)),
        np.arange(2000)[::2],
        np.array(["a", None], object),
        np.zeros(0),
        np.array(3),
        np.zeros(300, [("a", "i1"), ("b", "f8")]),
        np.arange(3),
    ],
    ids=str,
)
def test_arrays_come_back_writable_and_their_own(array):
    """Also from memory that can't be written, as small results are kept in."""
    for content in (bytearray(written(array)), written(array)):
        one, other = (
            decode(memoryview(content) if isinstance(content, bytes) else memoryview(bytearray(content))),
            decode(content if isinstance(content, bytes) else memoryview(bytearray(content))),
        )
        np.testing.assert_array_equal(one, array)
        assert (one.dtype, one.shape) == (array.dtype, array.shape)
        if array.size:
            one.flat[0] = one.flat[-1]
            np.testing.assert_array_equal(other, array)


def test_a_read_only_array_comes_back_read_only():
    """Nobody was promised more."""
    array = np.arange(1000.0)
    array.flags.writeable = False
    assert not round_trip(array).flags.writeable


def test_frames_come_back():
    """With every kind of column."""
    frame = pd.DataFrame(
        {
            "a": np.arange(1000),
            "t": pd.date_range("2020", periods=1000),
            "c": pd.Categorical(["x", "y"] * 500),
            "s": ["a"] * 1000,
            "i": pd.array([1, None] * 500, dtype="Int64"),
        }
    )
    pd.testing.assert_frame_equal(round_trip(frame), frame)


def test_a_mapping_is_used_in_place_and_left_as_it_is(tmp_path):
    """Large arrays are the mapping's own pages, private to this hit; the file never changes."""
    array = np.arange(100_000.0)
    path = tmp_path / "blob"
    path.write_bytes(written({"a": array, "again": array}))
    before = path.read_bytes()
    with path.open("rb") as file:
        one = decode(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
        other = decode(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)))
    assert one["a"] is one["again"]
    assert not one["a"].flags.owndata
    assert one["a"].ctypes.data % ALIGNMENT == 0
    one["a"][:] = 0
    np.testing.assert_array_equal(other["a"], array)
    assert path.read_bytes() == before


def test_large_buffers_are_not_copied_to_be_written():
    """The chunk is the array's memory."""
    array = np.arange(100_000.0)
    chunk = max(encode([array]).chunks(), key=len)
    assert np.shares_memory(np.frombuffer(chunk), array)


def test_the_layout_is_as_documented():
    """Magic, codec, lengths, pickle, buffers from multiples of 64 on: read here without the decoder."""
    array = np.arange(1000, dtype="<i4")
    content = written(["x", array, array[:300].copy()])
    assert content[:16] == MAGIC == b"hitsave value 1\n"
    assert content[16:32] == b"pickle".ljust(16, b"\0")
    length, count = struct.unpack_from("<QQ", content, 32)
    sizes = struct.unpack_from(f"<{count}Q", content, 48)
    assert sizes == (4000, 1200)
    start = 48 + 8 * count
    pickled = content[start : start + length]
    first = -(-(start + length) // 64) * 64
    second = -(-(first + 4000) // 64) * 64
    assert len(content) == second + 1200
    back = pickle.loads(pickled, buffers=[content[first : first + 4000], content[second:]])
    np.testing.assert_array_equal(back[1], array)


def test_the_code_in_a_result_is_noted():
    """Classes and functions that the pickle names; not built-in ones."""
    assert encode([Row(1, "a"), {"f": scale}, Color.RED, int, len]).code >= {Row, scale, Color}
    assert encode([1, "a", {2.5: None}]).code == frozenset()
    assert int not in encode([int]).code


def test_what_pickle_can_not_do_cloudpickle_does():
    """Local functions and classes."""

    class Local:
        def double(self):
            return 2 * self.n

    value = Local()
    value.n = 4
    encoded = encode([value, lambda x: x + 1])
    back = decode(b"".join(encoded.chunks()))
    assert encoded.codec == "cloudpickle"
    assert (back[0].double(), back[1](1)) == (8, 2)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"model": Loose(session=threading.Lock())}, ['["model"].session', "_thread.lock", "cannot pickle"]),
        ([1, [2, (3, (n for n in []))]], ["[1][1][1]", "generator"]),
        (threading.Lock(), ["the result, a _thread.lock"]),
        (Point(1, Point(open, threading.RLock())), [".y.y", "_thread.RLock"]),
    ],
)
def test_a_result_that_can_not_be_pickled_is_named(value, words):
    """With the way to the part that is at fault."""
    with pytest.raises(UnstorableError) as caught:
        encode(value)
    for word in words:
        assert word in str(caught.value)


def test_a_result_that_is_too_deep_is_an_error():
    """Pickle recurses."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(UnstorableError, match="nested too deeply"):
        encode(deep)


def test_damaged_bytes_are_an_error_of_their_own():
    """Cut anywhere, empty, foreign, with other lengths."""
    content = written({"a": np.arange(1000.0), "b": [1, 2, 3]})
    for cut in (*range(64), *range(64, len(content), 97)):
        with pytest.raises(DamagedError):
            decode(content[:cut])
    for other in (b"", b"hello", content + b"x", content[:40] + b"\xff" * 8 + content[48:], content[:32] + b"\xff" * 8 + content[40:]):
        with pytest.raises(DamagedError):
            decode(other)


def test_a_pickle_cut_short_is_damage():
    """Though the lengths add up."""
    content = bytearray(written(list(range(300))))
    (length,) = struct.unpack_from("<Q", content, 32)
    content[48 + length - 1 : 48 + length] = b""
    struct.pack_into("<Q", content, 32, length - 1)
    with pytest.raises(DamagedError):
        decode(bytes(content))


def test_a_newer_layout_is_told_from_damage():
    """It is not the bytes' fault."""
    with pytest.raises(UnstorableError, match="newer HitSave"):
        decode(MAGIC.replace(b"1", b"2") + written(1)[16:])


def test_code_that_is_gone_is_said_so(monkeypatch):
    """A class renamed since."""
    content = written(Row(1, "a"))
    monkeypatch.delitem(globals(), "Row")
    with pytest.raises(UnstorableError, match="code that is not there"):
        decode(content)


class Fails:
    def __reduce__(self):
        return _fail, ()


def _fail():
    assert not gc.isenabled()
    raise ZeroDivisionError


def test_garbage_is_collected_again_after_loading():
    """Whether it worked or not; and not, where it was off before."""
    content, failing = written([1]), written(Fails())
    decode(content)
    with pytest.raises(ZeroDivisionError):
        decode(failing)
    assert gc.isenabled()
    gc.disable()
    try:
        decode(content)
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize("value", [None, True, 1, 1.5, 1j, "a", b"a", ..., (), (1, ("a", frozenset({2, (3,)}))), frozenset()])
def test_what_nobody_can_change_is_atomic(value):
    """It may be handed out twice."""
    assert is_atomic(value)


@pytest.mark.parametrize(
    "value", [[], {}, set(), ([],), (1, {}), Row(1, "a"), type("T", (tuple,), {})(), type("I", (int,), {})(1), bytearray(), np.float64(1), int, len]
)
def test_what_might_change_is_not_atomic(value):
    """Subclasses may have attributes."""
    assert not is_atomic(value)


def test_a_copy_shares_nothing_that_can_change():
    """And is the value itself where nothing can."""
    rows = [[1], np.arange(1000.0), Point([1])]
    copied = copy_value(rows)
    rows[0].append(2)
    rows[1][:] = 0
    rows[2].x.append(3)
    assert copied[0] == [1]
    assert copied[1][5] == 5
    assert copied[2].x == [1]
    atom = ("a", (1, 2))
    assert copy_value(atom) is atom


def test_what_can_not_be_copied_is_found_out_when_it_is_stored():
    """The program that made it goes on."""
    for value in (threading.Lock(), Fails()):
        copied = copy_value([value])
        assert isinstance(copied, Uncopied)
        with pytest.raises(UnstorableError):
            encode([1, copied])
