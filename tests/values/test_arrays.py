"""numpy and scipy: by type, shape and elements, not by how they lie in memory."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as from_numpy
from scipy import sparse

from hitsave.values.code_names import PlainNames
from hitsave.values.digester import Digester


class Signal(np.ndarray):
    """An array with an attribute."""


class Rate(np.float64):
    pass


PADDED = np.dtype([("a", "i1"), ("b", "f8")], align=True)
PACKED = np.dtype([("a", "i1"), ("b", "f8")])
NESTED = np.dtype([("name", "U3"), ("at", [("x", "<f4"), ("y", ">f4")]), ("m", "i2", (2, 2))])

DIFFERENT = [
    np.arange(4), np.arange(4.0), np.arange(4, dtype=">i8"), np.arange(4, dtype="i4"), np.arange(4, dtype="u8"), np.arange(4).reshape(2, 2), np.arange(4).reshape(4, 1), np.array(3), np.int64(3), 3,
    np.float64(3), 3.0, Rate(3), np.longlong(3), np.float32(3), np.array(3.0), np.zeros(0), np.zeros((0, 3)), np.zeros((3, 0)), np.zeros(2), -np.zeros(2), np.array([True]), np.bool_(True), True,
    np.array([1, "a", None], object), np.array([1.0, "a", None], object), np.array([[1], [2]], object), np.array(["a", "b"]), np.array(["a", "bc"]), np.array([b"a"]), np.array(["a"], object), ["a"],
    np.zeros(2, PADDED), np.zeros(2, PACKED), np.zeros(2, PACKED)[0], np.zeros(1, NESTED), np.array([b"ab"], "V2"), np.array(["2020"], "M8[D]"), np.array(["2020"], "M8[s]"), np.array([1], "m8[s]"),
    np.datetime64("2020"), np.timedelta64(1, "s"), np.str_("a"), "a", np.bytes_(b"a"), np.void(b"ab"), np.zeros(2, "g"), np.ones(2, "g"), np.zeros(2, "G"), np.array([1j]), np.array(["a"], np.dtypes.StringDType()),
    np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[1, 0]), np.ma.array([1, 2]), np.arange(4).view(Signal), np.matrix([[1]]), np.rec.array([(1, 2.0)], PACKED),
    np.dtype("f8"), np.dtype(">f8"), PADDED, PACKED, np.float64, np.random.default_rng(0), np.random.default_rng(1), np.random.RandomState(0), np.random.RandomState(1), np.random.SeedSequence(1), np.random.SeedSequence(2),
    np.random.PCG64(1), np.random.MT19937(1), np.random.Generator(np.random.MT19937(1)), np.add, np.multiply, np.dot, np.random.RandomState(2).rand, np.linalg.norm,
    *(make(np.eye(3)) for make in (sparse.csr_matrix, sparse.csr_array, sparse.csc_array, sparse.coo_array, sparse.lil_array, sparse.dok_array, sparse.dia_array, sparse.bsr_array)), sparse.csr_array(np.eye(4)),
]  # fmt: skip


def test_values_that_code_can_tell_apart_differ(digest):
    """Element types and byte orders, shapes, array and scalar, numpy's scalars and Python's."""
    seen = {}
    for value in DIFFERENT:
        found = digest(value)
        assert found not in seen, f"{value!r} and {seen[found]!r}"
        seen[found] = value


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value, 5))], ids=["deepcopy", "pickle"])
def test_copies_are_the_same_value(digest, copied):
    """Whatever can be copied. (numpy pickles some values as others: a scalar of a subclass, a longlong, an array without a mask.)"""
    for value in DIFFERENT:
        if type(value) not in {Rate, np.longlong} and getattr(value, "mask", None) is not np.ma.nomask:
            assert digest(copied(value)) == digest(value), repr(value)


@settings(max_examples=200)
@given(from_numpy.arrays(from_numpy.scalar_dtypes(), from_numpy.array_shapes(min_dims=0, max_dims=3, min_side=0)), st.data())
def test_strides_do_not_count(array, data):
    """C order, Fortran order, slices, transposed twice, read-only, big views: the same elements in the same shape."""

    def digest(value):
        return Digester(PlainNames()).digest(value, "x")

    expected = digest(array)
    backing = np.zeros((*(2 * side for side in array.shape), 2), array.dtype)
    view = backing[(*(slice(None, None, 2) for _ in array.shape), 0, ...)]
    view[...] = array
    frozen = array.copy()
    frozen.flags.writeable = False
    assert digest(np.asfortranarray(array).reshape(array.shape)) == digest(view) == digest(array.T.copy().T) == digest(frozen) == expected
    backwards = (*(slice(None, None, -1) for _ in array.shape), ...)
    assert digest(array[backwards].copy()[backwards]) == expected


@pytest.mark.parametrize("kind", [PADDED, "g", "G"], ids=str)
def test_padding_has_no_value(digest, kind):
    """What lies between fields, or in the unused bytes of a long double, is left over from whoever had the memory before."""
    clean = np.ones(64, kind)
    dirty = clean.copy()
    width = 8 if np.dtype(kind).names else 16
    octets = dirty.view(np.uint8).reshape(-1, width)
    # After the one byte of the first field; after the ten bytes of the float.
    octets[:: 2 if width == 8 else 1, 1 if width == 8 else 10 : width] = 0x5A
    assert clean.tobytes() != dirty.tobytes()
    assert digest(clean) == digest(dirty)


def test_masked_values_count_with_what_is_under_the_mask(digest):
    """Code can lift the mask."""
    one, other = np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 3], mask=[0, 1])
    assert digest(one) != digest(other)


def test_the_fill_value_of_a_masked_array_is_the_one_that_it_would_give(digest):
    """Asking for it leaves an attribute behind."""
    for kind in ("i4", "f8", "U3", PACKED):
        one, other = np.ma.zeros(2, kind), np.ma.zeros(2, kind)
        assert one.fill_value is not None
        assert digest(one) == digest(other)


def test_a_memory_map_is_its_elements(digest, tmp_path):
    """Not the file that they are in."""
    for name in ("a", "b"):
        np.arange(5).tofile(tmp_path / name)
    one, other = (np.memmap(tmp_path / name, dtype=int, mode="r") for name in ("a", "b"))
    assert digest(one) == digest(other) != digest(np.arange(5))


def test_an_array_that_holds_itself_has_a_digest(digest):
    """Object arrays may."""

    def loop():
        array = np.array([1, None], object)
        array[1] = array
        return array

    assert digest(loop()) == digest(loop())


def test_a_generator_is_its_state_and_digesting_does_not_advance_it(digest):
    """Nor does it spawn."""
    one, other = np.random.default_rng(3), np.random.default_rng(3)
    assert digest(one) == digest(other)
    assert one.random() == other.random()
    assert digest(one) == digest(other) != digest(np.random.default_rng(3))
    one.spawn(1)
    assert digest(one) != digest(other)


def test_attributes_of_an_array_of_a_subclass_count(digest):
    """Its elements, too."""
    one, other = np.arange(3).view(Signal), np.arange(3).view(Signal)
    assert digest(one) == digest(other)
    one.rate = 5
    assert digest(one) != digest(other)


def test_flags_that_sparse_matrices_fill_in_do_not_count(digest):
    """Asking whether indices are sorted leaves an attribute behind."""
    one, other = sparse.csr_array(np.eye(3)), sparse.csr_array(np.eye(3))
    assert one.has_sorted_indices
    assert one.has_canonical_format
    assert digest(one) == digest(other)


def test_a_large_array_is_read_where_it_is(digest):
    """32 MB, of which no copy is made."""
    import tracemalloc

    array = np.ones(4_000_000)
    digest(array[:10])
    tracemalloc.start()
    digest(array)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
