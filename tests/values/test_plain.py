"""Plain values: the encoding, which values are plain, and that it makes no difference how they are digested."""

from __future__ import annotations

import io
import math
import pickle
import struct
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsave.values import encoding, measuring, plain
from hitsave.values.encoding import CANONICAL_NAN, GiantError, encode_plain, may_hold_other_nan
from hitsave.values.measuring import MOST_LEVELS, MOST_NODES, Measures, scan
from hitsave.values.plain import PlainDigests, digest_encoding
from tests.values.generated import plain_values

EDGES = [
    sign * (1 << bits) + near for bits in (7, 8, 15, 16, 31, 32, 63, 64, 2039, 2040, 2047, 2048, 5000) for sign in (1, -1) for near in (-1, 0, 1)
]


def c_pickle(value):
    file = io.BytesIO()
    pickler = pickle.Pickler(file, 3)
    pickler.fast = True
    pickler.dump(value)
    return file.getvalue()


def without_nan(value):
    """The value, with each NaN made the canonical one."""
    if type(value) is float and math.isnan(value):
        return struct.unpack(">d", CANONICAL_NAN[1:])[0]
    if type(value) in {list, tuple}:
        return type(value)(without_nan(item) for item in value)
    return {without_nan(key): without_nan(item) for key, item in value.items()} if type(value) is dict else value


@settings(max_examples=500)
@given(plain_values)
def test_the_encoding_is_what_the_c_pickler_writes(value):
    """The definition in Python and the quick way agree, NaN apart, which the definition writes in one way."""
    assert encode_plain(value) == c_pickle(without_nan(value))


@pytest.mark.parametrize("length", [0, 1, 2, 999, 1000, 1001, 2000, 2001])
@pytest.mark.parametrize("kind", [list, tuple, dict.fromkeys])
def test_batches_end_where_the_c_pickler_ends_them(kind, length):
    """Lists and dicts are written in batches of a thousand, a full dict with an empty one after it."""
    value = kind(range(length))
    assert encode_plain(value) == c_pickle(value)


@pytest.mark.parametrize("value", EDGES)
def test_an_int_has_the_size_that_the_c_pickler_gives_it(value):
    """At the edges between opcodes."""
    assert encode_plain(value) == c_pickle(value)


@pytest.mark.parametrize("value", ["é", "\ud800", "a" * 70_000, b"", b"x" * 255, b"x" * 256, b"x" * 70_000, 1e300, float("inf"), -float("inf")])
def test_a_leaf_is_written_as_the_c_pickler_writes_it(value):
    """Lone surrogates, sizes and infinities."""
    assert encode_plain(value) == c_pickle(value)


def test_this_python_writes_the_canonical_encoding():
    """Should a Python's pickler change, plain values are digested by the definition, slower; on those at hand they aren't."""
    assert plain._pickler_is_right()


@settings(max_examples=300)
@given(plain_values)
def test_the_quick_way_and_the_slow_way_give_the_same_digest(value):
    """Whether the C pickler or the definition wrote it can't be seen."""
    digests = PlainDigests()
    assert digests.known_plain(value) == digest_encoding(encode_plain(value))


def test_without_the_c_pickler_digests_are_the_same(monkeypatch):
    """A Python whose pickler writes something else costs time, not correctness."""
    value = {"a": [1, (2.5, "x")], "b": b"y"}
    quick = PlainDigests().container(value)
    monkeypatch.setattr(plain, "_right", False)
    assert PlainDigests().container(value) == quick


def test_a_nan_is_found_in_every_guise_and_infinity_is_none():
    """All 8-byte patterns that are NaN but the canonical one ask for the slow way; text and infinities don't."""
    for bits in ("fff8000000000000", "7ff8000000000001", "7ff0000000000001", "ffffffffffffffff", "7ff4000000000000"):
        assert may_hold_other_nan(c_pickle([struct.unpack(">d", bytes.fromhex(bits))[0]]))
    for value in (float("inf"), -float("inf"), float("nan"), 1.7e308, "G\x7f", "ÿ"):
        assert not may_hold_other_nan(c_pickle([value, b"Gx"]))


def test_bytes_that_look_like_a_nan_stay_what_they_are():
    """Only floats are made canonical."""
    looks = b"G\xff\xf8\x00\x00\x00\x00\x00\x00"
    digests = PlainDigests()
    assert digests.container([looks]) == digest_encoding(c_pickle([looks]))
    assert digests.container([looks]) != digests.container([b"G\x7f\xf8\x00\x00\x00\x00\x00\x00"])


def test_the_stack_being_used_up_makes_no_difference():
    """The C pickler needs some stack; where the caller left none, the definition is used."""
    value = [[[[[[[[[[1]]]]]]]]]]
    expected = PlainDigests().container(value)
    seen = []

    def deep(levels):
        if levels:
            return deep(levels - 1)
        return seen.append(PlainDigests().container(value))

    left = sys.getrecursionlimit()
    for levels in range(left - 150, left):
        try:
            deep(levels)
        except RecursionError:
            break
    assert seen
    assert set(seen) == {expected}


def expanded(value):
    """Nodes and height of a plain value as a tree, counted one by one."""
    if type(value) in {list, tuple}:
        parts = list(value)
    elif type(value) is dict:
        parts = [*value, *value.values()]
    else:
        return 1, 0
    inner = [expanded(part) for part in parts]
    return 1 + sum(nodes for nodes, _ in inner), 1 + max((height for _, height in inner), default=0)


@settings(max_examples=200)
@given(plain_values.filter(lambda value: type(value) in {list, tuple, dict}), st.integers(1, 40), st.integers(1, 5))
def test_what_is_plain_is_what_is_within_the_limits(value, nodes, levels):
    """Scanning and measuring agree with counting, at any limit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measuring, "MOST_NODES", nodes)
        patch.setattr(measuring, "MOST_LEVELS", levels)
        found = expanded(value)
        right = found[0] <= nodes and found[1] <= levels
        assert Measures().is_plain(value) == right
        assert scan(value)[0] in {"plain" if right else "not plain", "unsure"}
        assert PlainDigests().is_plain(value) == right


def test_the_dict_of_an_object_is_looked_into():
    """Since Python 3.13 such a dict may hide its values from the garbage collector, which scanning asks."""

    class Thing:
        def __init__(self, inner):
            self.inner = inner

    deep = [1]
    for _ in range(MOST_LEVELS):
        deep = [deep]
    for inner, is_plain in ((int, False), ([[int]], False), ([1, {"a": 2}], True), (deep, False)):
        for value in ([vars(Thing(inner))], {"a": {"b": vars(Thing(inner))}}, [[vars(Thing(inner))], {1: 2, 3: 4}]):
            assert PlainDigests().is_plain(value) == is_plain


def test_a_cycle_is_not_plain():
    """Scanning it ends, and so does measuring."""
    loop = [1, {}]
    loop[1]["again"] = loop
    assert not PlainDigests().is_plain(loop)
    assert not Measures().is_plain([[loop]])


def test_sharing_is_counted_for_each_way_to_it():
    """Thirty levels of two make a billion nodes: too many, found without looking at each."""
    value = [1]
    for level in range(30):
        value = [value, value]
        nodes, _ = 3 * 2 ** (level + 1) - 1, level + 2
        if level in {10, 18, 19, 20, 29}:
            assert PlainDigests().is_plain(value) == (nodes <= MOST_NODES)


def test_a_leaf_too_large_for_the_encoding_has_no_encoding(monkeypatch):
    """Four gigabytes, made small for the test."""
    monkeypatch.setattr(encoding, "GIANT", 16)
    for leaf in ("x" * 16, b"x" * 16, "é" * 8, 1 << 80):
        with pytest.raises(GiantError):
            encode_plain([leaf])
    assert encode_plain(["x" * 15]) == c_pickle(["x" * 15])


def test_what_is_not_plain_is_no_business_of_the_encoding():
    """A set, a subclass, an object."""

    class Int(int):
        pass

    for value in (set(), Int(1), object()):
        with pytest.raises(TypeError):
            encode_plain([value])
