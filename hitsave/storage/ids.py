"""Entry IDs: 26 characters that sort by time, as ULIDs do: 48 bits of milliseconds since 1970, then 80 random bits, in Crockford's base 32."""

from __future__ import annotations

import os
import time
from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH: Final = 26
_RANDOM_BITS: Final = 80
_MAX_MS: Final = (1 << 48) - 1
_CONFUSABLE: Final = str.maketrans("ilo", "110", "-")


def new_id() -> str:
    """A new entry ID.

    >>> len(new_id())
    26
    """
    moment = min(max(time.time_ns() // 1_000_000, 0), _MAX_MS)
    number = (moment << _RANDOM_BITS) | int.from_bytes(os.urandom(_RANDOM_BITS // 8), "big")
    return "".join([ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5)])


def moment_of(identity: str) -> int:
    """When an entry with this ID began, in nanoseconds since 1970, to the millisecond; 0 of what is no ID.

    >>> moment_of("0000000001" + "0" * 16)
    1000000
    """
    number = 0
    for letter in identity[:10]:
        place = ALPHABET.find(letter)
        if place < 0:
            return 0
        number = number << 5 | place
    return number * 1_000_000


def normal_id(typed: str) -> str | None:
    """`typed`, an ID or a part of one, as IDs are written: lower case, with the letters that people confuse put right; None if no ID has such a part.

    >>> normal_id("01J9-ZO")
    '01j9z0'
    """
    normal = typed.strip().lower().translate(_CONFUSABLE)
    if not normal or len(normal) > ID_LENGTH or not set(normal) <= set(ALPHABET):
        return None
    return normal
