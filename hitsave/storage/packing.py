"""msgpack, typed: the one encoding of everything that the store writes itself."""

from __future__ import annotations

from typing import Any, cast

import msgpack

_packer = cast("Any", msgpack).packb
_unpacker = cast("Any", msgpack).unpackb


def pack(plain: object) -> bytes:
    """`plain` (None, bool, int, float, str, bytes, lists and tuples of them) as msgpack; equal values give equal bytes.

    Text with lone surrogates, as Python makes them of file names that are no text, is written as if those were characters.
    """
    try:
        return cast("bytes", _packer(plain, use_bin_type=True))
    except UnicodeEncodeError:
        return cast("bytes", _packer(plain, use_bin_type=True, unicode_errors="surrogatepass"))


def unpack(content: bytes) -> Any:
    """What `content` encodes; ValueError if it is not one msgpack value."""
    try:
        return _unpacker(content)
    except UnicodeDecodeError:
        pass
    except Exception as problem:  # msgpack has no common base for what hostile bytes make it raise
        raise ValueError(f"not msgpack: {problem!r}") from problem
    try:
        return _unpacker(content, unicode_errors="surrogatepass")
    except Exception as problem:
        raise ValueError(f"not msgpack: {problem!r}") from problem
