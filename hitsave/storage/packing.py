"""msgpack, typed: the one encoding of everything that the store writes itself."""

from __future__ import annotations

from typing import Any, cast

import msgpack

_packer = cast("Any", msgpack).packb
_unpacker = cast("Any", msgpack).unpackb


def pack(plain: object) -> bytes:
    """`plain` (None, bool, int, float, str, bytes, lists and tuples of them) as msgpack; equal values give equal bytes."""
    return cast("bytes", _packer(plain, use_bin_type=True))


def unpack(content: bytes) -> Any:
    """What `content` encodes; ValueError if it is not one msgpack value."""
    try:
        return _unpacker(content)
    except Exception as problem:  # msgpack has no common base for what hostile bytes make it raise
        raise ValueError(f"not msgpack: {problem!r}") from problem
