"""Deleted entries that can be put back: a copy of everything that stands in the database. Their blobs are left to `sweep`, which takes none in the hour after."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from hitsave.digest import DIGEST_SIZE, Digest
from hitsave.storage.contents import ContentKind
from hitsave.storage.entry import Entry, blobs_of, join_tags
from hitsave.storage.rows import SELECT, SET_MARKS, Marks, entry_of
from hitsave.storage.writing import delete_row, store_entry
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from sqlite3 import Connection

    from hitsave.storage.blobs import Blobs
    from hitsave.storage.damage import Damage
    from hitsave.storage.database import Database

Row = tuple[Digest, ContentKind, bytes, "bytes | None"]


class CopiedContents:
    """Contents as they stood, which are stored again where they were collected meanwhile."""

    logged: tuple[bytes, ...] = ()
    """What was logged is put back with its numbers and times, by `restore`."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self.rows = rows

    def insert(self, connection: Connection, damage: Damage) -> None:
        """Store those that are not there."""
        del damage  # what is damaged is mended by the next result that needs it
        connection.executemany("INSERT OR IGNORE INTO contents (digest, kind, content, needs) VALUES (?, ?, ?, ?)", self.rows)


class Removed(NamedTuple):
    """One deleted entry, with all that was kept of it."""

    entry: Entry
    contents: CopiedContents
    logged: tuple[tuple[object, ...], ...]


def remove(database: Database, blobs: Blobs, identity: str) -> Removed | None:
    """Delete an entry; what puts it back. None if there is none, or it is damaged or running."""
    with database.transaction() as connection:
        found = connection.execute(SELECT + " WHERE e.id = ?", (identity,)).fetchone()
        if found is None:
            return None
        entry = entry_of(found)
        if entry is None or entry.status == "running":
            return None
        logged = connection.execute("SELECT id, number, at_ns, content, seal FROM logged WHERE id = ?", (identity,)).fetchall()
        removed = Removed(entry, CopiedContents(_contents(connection, entry)), tuple(logged))
        delete_row(connection, found[0])
        connection.execute("DELETE FROM logged WHERE id = ?", (identity,))
    for digest, _ in blobs_of(entry):
        with suppress(OSError):
            os.utime(blobs.path(digest))  # from now on, an hour
    return removed


def restore(database: Database, blobs: Blobs, damage: Damage, removed: Removed) -> None:
    """Put a deleted entry back, with what it was used for and what people had set. StoreError if its value was collected meanwhile."""
    entry = removed.entry
    store_entry(database, blobs, damage, entry, removed.contents)
    marks = Marks(entry.hits, entry.saved_ns, entry.last_used_ns, entry.pinned, entry.note, join_tags(entry.tags))
    with database.transaction() as connection:
        found = connection.execute("SELECT row FROM entries WHERE id = ?", (entry.id,)).fetchone()
        if found is not None and marks != Marks():
            connection.execute(SET_MARKS, (*found, *marks, marks.seal()))
        connection.executemany("INSERT OR IGNORE INTO logged (id, number, at_ns, content, seal) VALUES (?, ?, ?, ?, ?)", removed.logged)


def _contents(connection: Connection, entry: Entry) -> tuple[Row, ...]:
    rows: list[Row] = []
    wanted: list[bytes] = [d for d in (entry.record, entry.snapshot, entry.arguments, entry.view, entry.error) if d is not None]
    while wanted:
        found = connection.execute("SELECT digest, kind, content, needs FROM contents WHERE digest = ?", (wanted.pop(),)).fetchone()
        if found is not None:
            rows.append(found)
            needs = found[3] or b""
            wanted += [needs[at : at + DIGEST_SIZE] for at in range(0, len(needs), DIGEST_SIZE)]
    return tuple(rows)
