"""Two values have the same digest exactly where they have the same typed structure."""

from __future__ import annotations

import copy

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from hitsave.values.code_names import PlainNames
from hitsave.values.digester import Digester
from tests.values.generated import graphs, pairs, unrolled, values
from tests.values.oracle import same


def digest(value):
    return Digester(PlainNames()).digest(value, "x")


@settings(max_examples=1500)
@given(pairs)
def test_digests_are_equal_exactly_where_typed_structure_is(pair):
    """Values drawn together, copied, or written out differently: the digest agrees with a comparison that knows nothing of it."""
    first, second = pair
    alike = same(first, second)
    event(f"same: {alike}")
    assert (digest(first) == digest(second)) == alike


@pytest.mark.slow
@settings(max_examples=10_000)
@given(pairs)
def test_ten_thousand_pairs_agree_as_well(pair):
    """The same, for longer."""
    first, second = pair
    assert (digest(first) == digest(second)) == same(first, second)


@settings(max_examples=300)
@given(values)
def test_sharing_does_not_count(value):
    """A value that holds the same thing twice digests as one that holds it and a copy of it."""
    other = copy.deepcopy(value)
    assert digest([value, value, {"again": value}]) == digest([value, other, {"again": copy.deepcopy(value)}])


@settings(max_examples=300)
@given(graphs().flatmap(lambda value: st.tuples(st.just(value), unrolled(value))))
def test_how_a_cycle_is_written_does_not_count(pair):
    """A cycle entered elsewhere, or written out further before it closes, is the same infinite tree."""
    value, written_out = pair
    assert digest(value) == digest(written_out)
    assert digest([value]) == digest([written_out])


@settings(max_examples=300)
@given(values | graphs())
def test_what_was_digested_before_does_not_count(value):
    """A digester that has seen the value, and values around it, gives the digest that a new one gives."""
    used = Digester(PlainNames())
    used.digest([1, value], "first")
    used.digest({"a": (value,)}, "second")
    assert used.digest(value, "third") == digest(value)
    assert used.digest([value, [value]], "fourth") == digest([value, [value]])


def test_leaves_that_python_holds_equal_differ():
    """1, 1.0 and True are equal to Python; so are 0.0 and -0.0. They are not the same value."""
    alike = [1, 1.0, True, 1 + 0j, "1", b"1", [1], (1,), {1}, frozenset({1}), {1: None}, range(1, 2), 0, 0.0, -0.0, False, None, "", b"", [], (), {}]
    assert len({digest(value) for value in alike}) == len(alike)


def test_every_nan_is_the_same_value():
    """The sign and payload of a NaN are left by chance, so they don't count in plain values."""
    import struct

    quiet, negative = float("nan"), -float("nan")
    payload = struct.unpack(">d", bytes.fromhex("7ff8000000000123"))[0]
    assert digest(quiet) == digest(negative) == digest(payload)
    assert digest([1, (quiet,)]) == digest([1, (negative,)]) == digest([1, (payload,)])
    assert digest({negative: object}) == digest({quiet: object})


def test_the_order_of_a_dict_counts_and_that_of_a_set_does_not():
    """Code can see the one, and can't rely on the other."""
    assert digest({"a": 1, "b": 2}) != digest({"b": 2, "a": 1})
    assert digest(dict.fromkeys(["a", int])) != digest(dict.fromkeys([int, "a"]))
    backwards = set()
    for item in ("c", 2, "a", 1, (1, 2)):
        backwards.add(item)
    assert digest({(1, 2), 1, "a", 2, "c"}) == digest(backwards)


def test_a_type_and_its_subclass_differ():
    """A subclass may do anything differently."""

    class Int(int):
        pass

    class List(list):
        pass

    class Text(str):
        __slots__ = ()

    assert len({digest(v) for v in (1, Int(1), [1], List([1]), "a", Text("a"))}) == 6


@pytest.mark.parametrize(("length", "text"), [(1, ""), (1000, ""), (1000, "a longer one " * 10)])
def test_a_text_of_a_class_of_its_own_differs_wherever_it_is(length, text):
    """Among so many texts that they are told from other things all at once, as a key, and deep down."""

    class Text(str):
        __slots__ = ()

    texts = [f"text {number} {text}" for number in range(length)]
    other = [*texts, Text("a"), *texts]
    with_key = {**dict.fromkeys(texts), Text("a"): 1}
    values = (
        [*texts, "a", *texts],
        other,
        [[*texts, "a", *texts]],
        [other],
        [[other]],
        {**dict.fromkeys(texts), "a": 1},
        with_key,
        {"b": with_key},
        {"b": {**dict.fromkeys(texts), "a": 1}},
    )
    assert len({digest(value) for value in values}) == len(values)
    assert digest([[other], [other]]) == digest([[other], [[*texts, Text("a"), *texts]]])
