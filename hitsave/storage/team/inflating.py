"""Undoes the compression of what came over the wire, into a bounded number of bytes.

``zstandard.decompress(max_output_size=…)`` ignores its bound where a frame states a size of its own (32 KB became 1 GiB), so the stream is read piece by piece,
and is given up as soon as it gives more than it may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hitsave.errors import ForgedError, HubError
from hitsave.storage.team.signing import INSTALL

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECE: Final = 256 << 10
_WORTH: Final = 0.9
_SAMPLES: Final = 9
_SAMPLE: Final = 32 << 10
_WINDOW: Final = 32 << 20
"""Bytes of memory that a frame may ask the decompressor for: a chunk is no larger than half of that."""


def inflate(content: bytes | bytearray, encoding: str, most: int) -> bytes | bytearray:
    """The plain bytes of `content`, which travelled as `encoding` says; ForgedError if they are not that, or more than `most`."""
    if encoding == "identity":
        if len(content) > most:
            raise ForgedError(f"The team server sent more than the {most} bytes that it had to")
        return content
    if encoding != "zstd":
        raise ForgedError(f"The team server sent something in an encoding {encoding!r} that nobody asked for")
    zstandard = _zstandard()
    try:
        return _read(zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(content, read_size=_PIECE), most)
    except zstandard.ZstdError as problem:
        raise ForgedError(f"The team server sent something compressed that can't be undone: {problem}") from problem


def _read(reader: Any, most: int) -> bytearray:
    plain = bytearray()
    read: Callable[[int], bytes] = reader.read
    while piece := read(_PIECE):
        plain += piece
        if len(plain) > most:
            raise ForgedError(f"The team server sent more than the {most} bytes that it had to")
    return plain


def deflate(content: bytes | memoryview) -> tuple[bytes | memoryview, str]:
    """`content` as it travels, and how: compressed where that makes it a tenth smaller, which of much content is tried on samples first."""
    compress: Callable[[bytes | memoryview], bytes] = _zstandard().ZstdCompressor(level=3).compress
    if len(content) > 2 * _SAMPLES * _SAMPLE:
        step = (len(content) - _SAMPLE) // (_SAMPLES - 1)
        if not any(_pays(content[start : start + _SAMPLE], compress) for start in range(0, len(content), step)):
            return content, "identity"
    compressed = compress(content)
    return (compressed, "zstd") if len(compressed) < _WORTH * len(content) else (content, "identity")


def _pays(sample: bytes | memoryview, compress: Callable[[bytes | memoryview], bytes]) -> bool:
    return len(compress(sample)) < _WORTH * len(sample)


def _zstandard() -> Any:
    try:
        import zstandard
    except ImportError as problem:
        raise HubError("Sharing results needs the package zstandard, which is not installed", INSTALL) from problem
    return zstandard
