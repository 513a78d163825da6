"""msgpack, typed: the one encoding of everything that the store writes itself."""

from __future__ import annotations

from typing import Any, cast

import msgpack

_packer = cast("Any", msgpack).packb
_unpacker = cast("Any", msgpack).unpackb
_streaming = cast("Any", msgpack).Unpacker
_LONGEST_LIST = 1 << 16
_DEEPEST = 32
"""Lists and maps within one another, of what somebody else made."""


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
        raise ValueError(f"not msgpack: {str(problem)[:200]}") from problem
    try:
        return _unpacker(content, unicode_errors="surrogatepass")
    except Exception as problem:
        raise ValueError(f"not msgpack: {str(problem)[:200]}") from problem


def rows_of(content: bytes, header: int) -> list[Any]:
    r"""A list of `header` values and then of lists, with what is in it still encoded: the first as bytes, of each list the bytes of each item; ValueError if it is no such list.

    >>> rows_of(pack([1, "a", [2, 3], []]), header=2)
    [b'\x01', b'\xa1a', [b'\x02', b'\x03'], []]
    """
    reader = _streaming(max_buffer_size=len(content) + 1)
    reader.feed(content)
    skip, tell = reader.skip, reader.tell
    found: list[Any] = []
    try:
        for position in range(cast("int", reader.read_array_header())):
            start = cast("int", tell())
            if position < header:
                skip()
                found.append(content[start : tell()])
                continue
            items: list[bytes] = []
            count = cast("int", reader.read_array_header())
            start = cast("int", tell())
            for _ in range(count):
                skip()
                end = cast("int", tell())
                items.append(content[start:end])
                start = end
            found.append(items)
    except Exception as problem:  # msgpack has no common base for what hostile bytes make it raise
        raise ValueError(f"no such list: {str(problem)[:200]}") from problem
    if tell() != len(content):
        raise ValueError("something follows the list")
    return found


def unpack_bounded(content: bytes | bytearray, most: int) -> Any:
    """As `unpack`, of what somebody else made: ValueError also for lists and maps that have more than `most` items in all.

    A byte can stand for a list or map, which takes a hundred times as much memory, so that a bound of the bytes alone is none.
    """
    left = most

    def note(items: list[Any]) -> list[Any]:
        nonlocal left
        left -= 1 + len(items)
        if left < 0:
            raise ValueError(f"more than {most} items")
        return items

    def note_pairs(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
        note(pairs)
        return dict(pairs)

    longest = min(most, _LONGEST_LIST, len(content))
    try:
        # A list's room is taken before its items are read, on each of the levels that are open at once. Those that take much begin with one of two bytes.
        if content.count(b"\xdc") + content.count(b"\xdd") > _DEEPEST:
            _check_depth(content)
        # Each item takes a byte, and counts twice if it is a list itself: what is short can't have too many, and is not counted.
        hooks: dict[str, Any] = {} if 2 * len(content) <= most else {"list_hook": note, "object_pairs_hook": note_pairs}
        return _unpacker(content, max_array_len=longest, max_map_len=longest, **hooks)
    except Exception as problem:
        raise ValueError(f"not msgpack: {str(problem)[:200]}") from problem


def _check_depth(content: bytes | bytearray) -> None:
    """ValueError for lists and maps that lie too deep in one another. Nothing is made of what they hold."""
    reader = _streaming(max_buffer_size=len(content) + 1)
    reader.feed(content)
    left: list[int] = [1]
    while left:
        if not left[-1]:
            left.pop()
            continue
        left[-1] -= 1
        first = content[cast("int", reader.tell())]
        if 0x80 <= first <= 0x8F or first in {0xDE, 0xDF}:
            left.append(2 * reader.read_map_header())
        elif 0x90 <= first <= 0x9F or first in {0xDC, 0xDD}:
            left.append(reader.read_array_header())
        else:
            reader.skip()
        if len(left) > _DEEPEST:
            raise ValueError(f"more than {_DEEPEST} levels")
