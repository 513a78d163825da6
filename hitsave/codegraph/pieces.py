"""Pieces: the statements of a function's body, each with a digest of its own.

A statement that has never begun to run can't have shaped a result. So a Record may leave it out, and what is digested instead of the body is the body without it.
What such a statement does to the rest without being run is not in the piece but in the *rest* of the body: which names are local, global or nonlocal,
and whether the function is a generator.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from hitsave.digest import Digest, digest_parts
from hitsave.structs import NamedTuple

WITHOUT_CONTEXT: Final = "hitsave 2026 v1 body without pieces"
_LEFT_OUT: Final = b"-"


class Piece(NamedTuple):
    """A statement, or the body of a local function.

    `outer` is the position of the innermost piece around it, -1 where there is none. Lines count as in the definition's span, both inclusive.
    `digest` is that of its canonical form without the pieces in it, 16 bytes.
    """

    outer: int
    line: int
    end_line: int
    digest: bytes


def body_without(rest: Digest, pieces: Sequence[Piece], left_out: Collection[int]) -> Digest | None:
    """The digest of a body without some pieces, which are named by their *places*; None if there are no such pieces.

    A place is the position of a piece among those that are not within one that is left out, so an edit in one that is left out moves no other.
    """
    gone = [False] * len(pieces)
    inner: list[list[int]] = [[] for _ in pieces]
    top: list[int] = []
    place = 0
    for position, piece in enumerate(pieces):
        if piece.outer >= 0 and gone[piece.outer]:
            gone[position] = True
            continue
        gone[position] = place in left_out
        (inner[piece.outer] if piece.outer >= 0 else top).append(position)
        place += 1
    if any(p >= place for p in left_out):
        return None
    digests: dict[int, bytes] = {}
    for position in range(len(pieces) - 1, -1, -1):
        if gone[position]:
            digests[position] = _LEFT_OUT
        else:
            digests[position] = digest_parts(WITHOUT_CONTEXT, pieces[position].digest, *(digests[p] for p in inner[position]))
    return digest_parts(WITHOUT_CONTEXT, rest, *(digests[p] for p in top))


def places_of(pieces: Sequence[Piece], never_ran: Collection[int]) -> tuple[int, ...]:
    """The places of the outermost of the pieces at these positions."""
    gone = [False] * len(pieces)
    places: list[int] = []
    place = 0
    for position, piece in enumerate(pieces):
        if piece.outer >= 0 and gone[piece.outer]:
            gone[position] = True
            continue
        if position in never_ran:
            gone[position] = True
            places.append(place)
        place += 1
    return tuple(places)
