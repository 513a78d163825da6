"""The canonical encoding of plain values: what the C pickler writes with protocol 3 in fast mode.

A *plain* value is built of exact None, bool, int, float, str, bytes, list, tuple and dict alone; `plain.py` bounds its size and height.
This file is the definition in Python (docs/formats.md says it in words), and what is used where the C pickler can't be: it writes each NaN as the one quiet NaN, and isn't
limited by the depth of the stack. A property test holds the two equal.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import struct
from typing import Any, Final

from hitsave.patterns import pattern

LEAVES: Final[frozenset[type]] = frozenset({type(None), bool, int, float, str, bytes})
CONTAINERS: Final[frozenset[type]] = frozenset({list, tuple, dict})
PLAIN: Final[frozenset[type]] = LEAVES | CONTAINERS

GIANT: Final = 1 << 32
"""Protocol 3 can't write a str (in UTF-8) or bytes of this many bytes or more; nor an int of half as many."""

CANONICAL_NAN: Final = b"G" + bytes.fromhex("7ff8000000000000")

_BATCH: Final = 1000
_MAYBE_NAN: Final = pattern(rb"G(?!\x7f\xf8\x00{6})[\x7f\xff](?:[\xf1-\xff]|\xf0(?!\x00{6}))")


class GiantError(Exception):
    """A leaf is too large for the encoding."""


class _Opcode(bytes):
    """Bytes to write as they are; what is waiting to be encoded is never of this type."""

    __slots__ = ()


_APPEND, _APPENDS, _SETITEM, _SETITEMS, _MARK, _TUPLE = (_Opcode(code) for code in (b"a", b"e", b"s", b"u", b"(", b"t"))
_TUPLE_OF: Final = (_Opcode(b")"), _Opcode(b"\x85"), _Opcode(b"\x86"), _Opcode(b"\x87"))


def encode_plain(value: object) -> bytes:
    r"""The canonical encoding of a plain value; GiantError if a leaf is too large, TypeError if the value isn't plain. Doesn't end on cyclic values.

    >>> encode_plain([1, "a"])
    b'\x80\x03](K\x01X\x01\x00\x00\x00ae.'
    """
    written: list[bytes] = [b"\x80\x03"]
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        kind = type(item)
        if kind is _Opcode:
            written.append(item)
        elif kind is list:
            written.append(b"]")
            waiting.extend(reversed(_batches(item, _APPEND, _APPENDS)))
        elif kind is tuple:
            parts = [*item, _TUPLE_OF[len(item)]] if len(item) <= 3 else [_MARK, *item, _TUPLE]
            waiting.extend(reversed(parts))
        elif kind is dict:
            written.append(b"}")
            waiting.extend(reversed(_dict_batches(item)))
        else:
            written.append(_leaf(item, kind))
    written.append(b".")
    return b"".join(written)


def _batches(items: list[Any], one: _Opcode, many: _Opcode) -> list[Any]:
    if len(items) == 1:
        return [items[0], one]
    parts: list[Any] = []
    for start in range(0, len(items), _BATCH):
        parts += [_MARK, *items[start : start + _BATCH], many]
    return parts


def _dict_batches(items: dict[Any, Any]) -> list[Any]:
    flat = [part for item in items.items() for part in item]
    if len(items) == 1:
        return [*flat, _SETITEM]
    parts: list[Any] = []
    # The C pickler begins another batch after each full one, even if nothing is left for it.
    for start in range(0, len(flat) + 1 if flat else 0, 2 * _BATCH):
        parts += [_MARK, *flat[start : start + 2 * _BATCH], _SETITEMS]
    return parts


def _leaf(value: Any, kind: type) -> bytes:
    if value is None:
        return b"N"
    if kind is bool:
        return b"\x88" if value else b"\x89"
    if kind is int:
        return _int(value)
    if kind is float:
        return b"G" + struct.pack(">d", value) if value == value else CANONICAL_NAN  # noqa: PLR0124 - only NaN differs from itself
    if kind is str:
        text = value.encode("utf-8", "surrogatepass")
        if len(text) >= GIANT:
            raise GiantError
        return b"X" + struct.pack("<I", len(text)) + text
    if kind is bytes:
        if len(value) >= GIANT:
            raise GiantError
        return (b"C" + struct.pack("<B", len(value)) if len(value) < 256 else b"B" + struct.pack("<I", len(value))) + value
    raise TypeError(f"{kind.__qualname__} is not a type of plain values")


def _int(value: int) -> bytes:
    if 0 <= value < 1 << 8:
        return b"K" + struct.pack("<B", value)
    if 0 <= value < 1 << 16:
        return b"M" + struct.pack("<H", value)
    if -(1 << 31) <= value < 1 << 31:
        return b"J" + struct.pack("<i", value)
    size = ((value if value >= 0 else ~value).bit_length() >> 3) + 1
    if size >= GIANT // 2:
        raise GiantError
    text = value.to_bytes(size, "little", signed=True)
    return (b"\x8a" + struct.pack("<B", size) if size < 256 else b"\x8b" + struct.pack("<i", size)) + text


def may_hold_other_nan(encoding: bytes) -> bool:
    """Whether an encoding has bytes that could be a NaN other than the canonical one; they may be bytes of something else."""
    # From the quickest question to the slowest: text in UTF-8 never has 0xff.
    return ((b"\xff" in encoding and b"G\xff" in encoding) or (b"\x7f" in encoding and b"G\x7f" in encoding)) and _MAYBE_NAN.search(
        encoding
    ) is not None
