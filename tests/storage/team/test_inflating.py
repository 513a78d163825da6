"""Bombs: what is small on the wire and large in memory."""

from __future__ import annotations

import random
import tracemalloc

import pytest
import zstandard

from hitsave.errors import ForgedError
from hitsave.storage.packing import pack, unpack_bounded
from hitsave.storage.team.inflating import deflate, inflate

MOST = 1 << 20


def test_what_was_deflated_is_inflated():
    """Compressed where that pays."""
    assert deflate(b"a" * 5000)[1] == "zstd"
    assert deflate(bytes(range(256)))[1] == "identity"
    for content in (b"", b"a" * 5000, bytes(range(256))):
        assert bytes(inflate(*deflate(content), len(content))) == content


def test_of_much_content_samples_say_whether_it_is_compressed():
    """What is random is not copied even; where a part of it compresses, all of it is tried."""
    noise = random.Random(3).randbytes(4 << 20)
    view = memoryview(noise)
    assert deflate(view) == (view, "identity")
    assert deflate(noise)[0] is noise
    half = noise[: 2 << 20] + bytes(2 << 20)
    assert deflate(half)[1] == "zstd"
    assert bytes(inflate(*deflate(half), len(half))) == half


@pytest.mark.parametrize("states_its_size", [True, False])
def test_a_bomb_is_given_up_at_the_cap(states_its_size):
    """Whether its frame states a size (which `max_output_size` believes) or not."""
    maker = zstandard.ZstdCompressor(level=19, write_content_size=states_its_size)
    bomb = maker.compress(bytes(256 << 20))
    assert len(bomb) < 64 << 10
    tracemalloc.start()
    with pytest.raises(ForgedError, match="more than"):
        inflate(bomb, "zstd", MOST)
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_window_that_takes_all_memory_is_refused():
    """A frame says how much its reader has to keep."""
    parameters = zstandard.ZstdCompressionParameters(window_log=29)
    with pytest.raises(ForgedError):
        inflate(zstandard.ZstdCompressor(compression_params=parameters).compress(bytes(64 << 20)), "zstd", 128 << 20)


@pytest.mark.parametrize(("content", "encoding"), [(b"not zstd", "zstd"), (b"x" * 2000, "identity"), (b"x", "gzip"), (b"x", "")])
def test_what_is_not_what_was_agreed_is_refused(content, encoding):
    """Broken frames, too many bytes, other encodings."""
    with pytest.raises(ForgedError):
        inflate(content, encoding, 1000)


@pytest.mark.parametrize(
    "bomb",
    [
        b"\xdd\x01\x00\x00\x00" + b"\xc0" * (1 << 24),
        b"\xdc\xff\xff" * 500,
        b"\xdc\x4e\x20" + (b"\xdc\x4e\x20" + b"\xc0" * 20_000) * 100,
        b"\xdc\x4e\x20" + b"\x81\xa1a\x90" * 20_000,
        b"\x91" * (1 << 20),
        b"\xdf\xff\xff\xff\xff",
    ],
    ids=["long", "levels", "wide", "maps", "deep", "announced"],
)
def test_a_list_of_lists_is_no_bomb(bomb):
    """A byte may stand for an object of a hundred."""
    tracemalloc.start()
    with pytest.raises(ValueError, match="not msgpack"):
        unpack_bounded(bomb, 50_000)
    assert tracemalloc.get_traced_memory()[1] < 48 << 20
    tracemalloc.stop()


def test_what_is_within_the_bound_is_read():
    """Lists and maps count, with what is in them."""
    plain = {"a": [1, 2, {"b": b"c"}]}
    assert unpack_bounded(pack(plain), 10) == plain
    with pytest.raises(ValueError, match="more than 5 items"):
        unpack_bounded(pack(plain), 5)
