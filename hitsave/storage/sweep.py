"""Sweeping: what no entry needs any more goes. Entries themselves are deleted elsewhere.

Readers are never kept waiting; writers only for one small step at a time.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Final

from hitsave.digest import DIGEST_SIZE
from hitsave.storage.entry import Entry, read_entry
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitsave.digest import Digest
    from hitsave.storage.blobs import Blobs
    from hitsave.storage.database import Database

GRACE_SECONDS: Final = 3600.0  # a blob is in its place a moment before its row is; this is a very long moment
_STEP: Final = 200
_PAGES_A_STEP: Final = 256


class Swept(NamedTuple):
    """What a sweep removed: blobs and their bytes, contents, unfinished files of processes that are gone."""

    blobs: int = 0
    blob_bytes: int = 0
    contents: int = 0
    unfinished: int = 0


def sweep(database: Database, blobs: Blobs, alive: Callable[[str], bool], grace_seconds: float) -> Swept:
    """Remove what no entry needs: blob files older than `grace_seconds`, contents, unfinished files."""
    unfinished = blobs.sweep_new(alive)
    contents = sweep_contents(database)
    removed, freed = _sweep_blobs(database, blobs, grace_seconds)
    _give_back(database)
    return Swept(removed, freed, contents, unfinished)


def _sweep_blobs(database: Database, blobs: Blobs, grace_seconds: float) -> tuple[int, int]:
    removed = freed = 0
    latest = time.time() - grace_seconds
    for prefix in blobs.prefixes():
        old = [digest for digest, status in blobs.list(prefix) if status.st_mtime <= latest]
        unused = [digest for digest in old if not database.query("SELECT 1 FROM blob_uses WHERE blob = ? LIMIT 1", (digest,))]
        for start in range(0, len(unused), _STEP):
            with database.transaction() as connection:
                # Asked again under the lock: a row that came to need the blob since then is committed, and later ones look whether the file is there.
                for digest in unused[start : start + _STEP]:
                    if connection.execute("SELECT 1 FROM blob_uses WHERE blob = ? LIMIT 1", (digest,)).fetchone() is None:
                        freed += blobs.remove(digest)
                        removed += 1
        if old:
            _remove_if_empty(os.path.dirname(blobs.path(old[0])))
    return removed, freed


def sweep_contents(database: Database) -> int:
    """Remove the contents that no entry names; how many."""
    live: set[bytes] = set()
    last = _mark(database.query, 0, live)
    stored: list[tuple[int, bytes]] = database.query("SELECT row, digest FROM contents")
    dead = [(row, digest) for row, digest in stored if digest not in live]
    removed = 0
    for start in range(0, len(dead), _STEP):
        with database.transaction() as connection:
            # Rows are only ever added at the end, so those after `last` are all that may have come to need something.
            last = _mark(lambda statement, parameters, c=connection: c.execute(statement, parameters).fetchall(), last, live)
            for row, digest in dead[start : start + _STEP]:
                if digest not in live:
                    removed += connection.execute("DELETE FROM contents WHERE row = ?", (row,)).rowcount
    return removed


def _mark(query: Callable[[str, tuple[Any, ...]], list[Any]], after: int, live: set[bytes]) -> int:
    """Add to `live` what the entries in rows beyond `after` need; the last row."""
    while True:
        rows = query("SELECT row, body FROM entries WHERE row > ? ORDER BY row LIMIT 1000", (after,))
        if not rows:
            return after
        snapshots: set[Digest] = set()
        for row, body in rows:
            after = row
            entry = _readable(body)
            if entry is None:
                continue
            live.update(d for d in (entry.record, entry.arguments, entry.view, entry.error) if d is not None)
            if entry.snapshot not in live:
                snapshots.add(entry.snapshot)
        for snapshot in snapshots:
            live.add(snapshot)
            for (needs,) in query("SELECT needs FROM contents WHERE digest = ?", (snapshot,)):
                if isinstance(needs, bytes):
                    live.update(needs[at : at + DIGEST_SIZE] for at in range(0, len(needs), DIGEST_SIZE))


def _readable(body: object) -> Entry | None:
    try:
        return read_entry(body) if isinstance(body, bytes) else None
    except (TypeError, ValueError):
        return None


def _give_back(database: Database) -> None:
    """Let the database file shrink by its free pages, a few at a time."""
    while True:
        with database.transaction() as connection:
            (free,) = connection.execute("PRAGMA freelist_count").fetchone()
            for _ in range(min(free, _PAGES_A_STEP)):
                connection.execute("PRAGMA incremental_vacuum(1)")  # Python's sqlite3 would free one of any number
        if free <= _PAGES_A_STEP:
            return


def _remove_if_empty(folder: str) -> None:
    try:
        os.rmdir(folder)
    except OSError:
        return
