"""The small parts that Views are made of: JSON that every reader reads alike, and its size."""

from __future__ import annotations

import json
import math
from typing import Any, Final

Shape = dict[str, Any]
"""A View: an object whose `kind` says what else is in it."""

EXACT: Final = 1 << 53
"""Integers up to here are the same in every JSON reader."""
_MOST_BITS: Final = 3_000
_encoded: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def dumps(shape: Any) -> str:
    r"""`shape` as JSON, in ASCII: lone surrogates are escapes, and survive.

    >>> dumps({"a": "\ud800"})
    '{"a":"\\ud800"}'
    """
    return _encoded(shape)


def size_of(shape: Any) -> int:
    """The bytes that `shape` takes as JSON."""
    return len(dumps(shape))


def number(value: float) -> float | str:
    """A number as JSON has it; as text what JSON has none for: ``nan``, ``inf``, ``-inf``, and integers beyond 2⁵³ in decimal.

    >>> number(0.5), number(float("-inf")), number(2**60)
    (0.5, '-inf', '1152921504606846976')
    """
    if isinstance(value, int):
        return value if -EXACT <= value <= EXACT else str(value)
    if math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def integer(value: int) -> Shape:
    """An integer; of one with more than 900 digits only its number of bits."""
    bits = int.bit_length(value)
    if bits > _MOST_BITS:
        return {"kind": "int", "bits": bits, "negative": value < 0}
    return {"kind": "int", "value": number(value)}


def cut_text(text: str, most: int, room: int) -> str:
    """The beginning of `text`: at most `most` characters, that take at most `room` bytes as JSON."""
    part = text[:most]
    while part and len(json.dumps(part)) > room:
        part = part[: min(len(part) - 1, max(len(part) * room // len(json.dumps(part)), len(part) // 2))]
    return part


def text_shape(text: str, most: int, room: int) -> Shape:
    """A text, cut; `length` is that of all of it."""
    return {"kind": "text", "length": len(text), "text": cut_text(text, most, max(room - 48, 2))}


def bytes_shape(content: bytes | bytearray | memoryview, length: int, room: int) -> Shape:
    """The first bytes, in hexadecimal."""
    return {"kind": "bytes", "length": length, "hex": bytes(content[: max(0, min(256, (room - 64) // 2))]).hex()}


def failed(type_name: str, problem: BaseException | str) -> Shape:
    """A View that says that there is none, and why. Only the type of an exception is told: its text may run code, or hold anything."""
    why = problem if isinstance(problem, str) else type(problem).__name__
    return {"kind": "failed", "type": type_name[:200], "why": why[:300]}
