"""Rows of the database as entries: what is selected, and the checks by which a changed bit is noticed."""

from __future__ import annotations

from typing import Any, Final

from hitsave.storage.entry import Entry, body, held_size, join_tags, read_entry, seal, seal_marks, split_tags
from hitsave.structs import NamedTuple

SELECT: Final = (
    "SELECT e.row, e.body, e.seal, e.signer, e.signature, e.inline, m.hits, m.saved_ns, m.last_used_ns, m.pinned, m.note, m.tags, m.seal"
    " FROM entries e LEFT JOIN marks m ON m.row = e.row"
)
INSERT: Final = (
    "INSERT INTO entries (id, key, captures, symbol, project, status, kind, wall_ns, size, parent, body, seal, signer, signature, inline)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
SET_MARKS: Final = "INSERT OR REPLACE INTO marks (row, hits, saved_ns, last_used_ns, pinned, note, tags, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_AT: Final = INSERT.replace("(id,", "(row, id,").replace("VALUES (", "VALUES (?, ").replace("INSERT INTO", "INSERT OR IGNORE INTO")


class Logged(NamedTuple):
    """Something that an evaluation logged: its number (from 1), when, and what."""

    number: int
    at_ns: int
    content: bytes


class Marks(NamedTuple):
    """What use and people changed of an entry, as its row has it."""

    hits: int = 0
    saved_ns: int = 0
    last_used_ns: int = 0
    pinned: bool = False
    note: str = ""
    tags: str = ""

    def seal(self) -> bytes:
        """What stands in the row beside what people set."""
        return seal_marks(pinned=self.pinned, note=self.note, tags=self.tags)


def entry_of(row: tuple[Any, ...]) -> Entry | None:
    """The entry in a row that SELECT gave; None if a bit of it has changed."""
    _, body_bytes, its_seal, signer, signature, inline, hits, *marks = row
    try:
        if seal(body_bytes, signer, signature) != its_seal:
            return None
        if hits is None:
            return read_entry(body_bytes, inline, signer, signature)
        its_marks = marks_of(hits, *marks)
        return read_entry(body_bytes, inline, signer, signature, *its_marks[:5], split_tags(its_marks.tags))
    except (TypeError, ValueError):
        return None


def marks_of(hits: Any, saved_ns: Any, last_used_ns: Any, pinned: Any, note: Any, tags: Any, its_seal: Any) -> Marks:
    """The marks in a row. Of a damaged one, what can be read, and pinned: what might be wanted is not thrown away."""
    counts = [n if type(n) is int and n >= 0 else 0 for n in (hits, saved_ns, last_used_ns)]
    marks = Marks(counts[0], counts[1], counts[2], bool(pinned), note if isinstance(note, str) else "", tags if isinstance(tags, str) else "")
    if its_seal is not None and marks.seal() != its_seal:
        return marks._replace(pinned=True, tags=join_tags(marks.tags.split("\n")))
    return marks


def row_of(entry: Entry) -> tuple[Any, ...]:
    """What INSERT takes."""
    content = body(entry)
    return (
        entry.id,
        entry.key,
        entry.captures,
        entry.symbol,
        entry.project,
        entry.status,
        entry.kind,
        entry.wall_ns,
        held_size(entry),
        entry.parent,
        content,
        seal(content, entry.signer, entry.signature),
        entry.signer,
        entry.signature,
        entry.inline,
    )
