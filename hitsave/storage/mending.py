"""Mending a damaged database: what can still be read, and whose seal fits, goes into a new one, which takes its place.

The damaged file stays beside it as ``hitsave.sqlite.damaged`` until the next one. Whoever has it open notices before the next transaction that another file is in its place.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final

from xxhash import xxh3_128_digest

from hitsave.storage import folder as folders
from hitsave.storage import platform, standing_in
from hitsave.storage.contents import CONTEXTS, content_digest
from hitsave.storage.database import decode_somehow
from hitsave.storage.entry import blobs_of
from hitsave.storage.opening import Place, connect, make_file, place_of
from hitsave.storage.packing import pack
from hitsave.storage.rows import INSERT_AT, entry_of, marks_of, row_of
from hitsave.storage.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection

# SQLite deletes the log, by name, when the last connection to a database is closed, and looks only a moment before whether the file is still in its place.
# A connection of ours that stays open is one more than the last.
_kept_open: list[Connection] = []
_READ: Final = ".read"  # after the name of the new one: a copy of the damaged one
_SHARED_SINCE: Final = 2  # the version of the schema


def mend(folder: str, damaged: Place) -> bool:
    """Put a new database in the place of the file `damaged`; False if someone has done so. The caller holds the lock under which that is done."""
    if place_of(folder) != damaged:
        return False
    path = os.path.join(folder, folders.DATABASE)
    new = path + ".mended"
    try:
        _remove_all(new, new + _READ)
        make_file(new)
        old = _copy(path, new)
    except BaseException:
        _remove_all(new, new + _READ)
        raise
    _kept_open.append(old)
    try:
        # In this order: whoever finds no database makes none without the lock, and who finds the new one finds no log of the old one.
        os.replace(path, path + ".damaged")
        finish(path)  # where that fails, whoever finds no database does it: the new one stays
    finally:
        if old.in_transaction:
            old.execute("ROLLBACK")
        if os.path.lexists(path):  # the new one, or the damaged one still
            _remove_all(new, new + _READ)
    platform.sync_folder(folder)
    return True


def finish(path: str) -> bool:
    """Put the mended database in the place at `path`, from which the damaged one was taken; False if there is none. Goes on where a killed process stopped."""
    if not os.path.lexists(path + ".mended"):
        return False
    for end in folders.LOG_ENDS:
        _remove(path + ".damaged" + end)
        if os.path.lexists(path + end):
            os.replace(path + end, path + ".damaged" + end)
    os.replace(path + ".mended", path)
    return True


def _copy(path: str, new: str) -> Connection:
    """Copy what is good; the connection to the damaged file, still open, and in a transaction that keeps others from writing to it."""
    old, target = connect(path, "mode=rw"), connect(new, "mode=rw")
    try:
        with suppress(sqlite3.Error):  # where it is too damaged for that, nobody can write to it either
            old.execute("BEGIN IMMEDIATE")  # what others would write meanwhile, they write to the new one
        _make_readable(old)
        target.execute("PRAGMA auto_vacuum = INCREMENTAL")
        target.execute("BEGIN IMMEDIATE")
        migrate(target, 0)
        if standing_in.is_needed(path, old, target):
            with closing(standing_in.read(path, target, new + _READ)) as copy:
                _make_readable(copy)
                _copy_sealed(copy, target)
                if any(version == _SHARED_SINCE for (version,) in _rows(copy, "schema", ("version",), "version")):  # or something else lies there
                    _copy_shared(copy, target)
            _remove_all(new + _READ)
        else:
            _copy_sealed(old, target)
            _copy_shared(old, target)
        target.execute("COMMIT")
    except BaseException:
        old.close()
        raise
    finally:
        target.close()
    return old


def _make_readable(old: Connection) -> None:
    old.execute("PRAGMA query_only = ON")
    old.execute("PRAGMA writable_schema = ON")  # lets tables be read although an index's definition is damaged, or the end of the file is missing
    old.execute("PRAGMA cell_size_check = OFF")
    old.text_factory = decode_somehow


def _copy_sealed(old: Connection, target: Connection) -> None:
    """Copy what shows by itself whether it is good."""
    _copy_entries(old, target)
    _copy_contents(old, target)
    _copy_logged(old, target)
    _copy_documents(old, target)


def _copy_entries(old: Connection, target: Connection) -> None:
    kept: set[int] = set()
    for row in _rows(old, "entries", ("row",), "row, body, seal, signer, signature, inline"):
        entry = entry_of((*row, None, None, None, None, None, None, None))
        if entry is not None:
            target.execute(INSERT_AT, (row[0], *row_of(entry)))
            target.executemany("INSERT OR IGNORE INTO blob_uses (blob, row) VALUES (?, ?)", [(blob, row[0]) for blob, _ in blobs_of(entry)])
            kept.add(row[0])
    for row, hits, *others in _rows(old, "marks", ("row",), "row, hits, saved_ns, last_used_ns, pinned, note, tags, seal"):
        if row in kept:
            marks = marks_of(hits, *others)
            target.execute("INSERT OR IGNORE INTO marks VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (row, *marks, marks.seal()))


def _copy_contents(old: Connection, target: Connection) -> None:
    for _, digest, kind, content, needs in _rows(old, "contents", ("row",), "row, digest, kind, content, needs"):
        if kind in CONTEXTS and isinstance(content, bytes) and content_digest(kind, content) == digest:
            whole = needs is None or (isinstance(needs, bytes) and len(needs) % 32 == 0)
            target.execute(
                "INSERT OR IGNORE INTO contents (digest, kind, content, needs) VALUES (?, ?, ?, ?)", (digest, kind, content, needs if whole else None)
            )


def _copy_logged(old: Connection, target: Connection) -> None:
    for identity, number, at_ns, content, seal in _rows(old, "logged", ("id", "number"), "id, number, at_ns, content, seal"):
        if xxh3_128_digest(pack((number, at_ns, content))) == seal:
            target.execute("INSERT OR IGNORE INTO logged VALUES (?, ?, ?, ?, ?)", (identity, number, at_ns, content, seal))


def _copy_documents(old: Connection, target: Connection) -> None:
    for scope, name, content, seal in _rows(old, "documents", ("scope", "name"), "scope, name, content, seal"):
        if xxh3_128_digest(pack((scope, name, content))) == seal:
            target.execute("INSERT OR IGNORE INTO documents VALUES (?, ?, ?, ?)", (scope, name, content, seal))


def _copy_shared(old: Connection, target: Connection) -> None:
    # Without seals: a wrong name of a project makes a signature fail, and what is sent twice is there once.
    for row, hub, project in _rows(old, "shared", ("row",), "row, hub, project"):
        target.execute("INSERT OR IGNORE INTO shared SELECT row, ?, ? FROM entries WHERE row = ?", (hub, project, row))
    for _, hub, project, identity in _rows(old, "outbox", ("number",), "number, hub, project, id"):
        if isinstance(hub, str) and isinstance(project, str) and isinstance(identity, str):
            target.execute("INSERT OR IGNORE INTO outbox (hub, project, id) VALUES (?, ?, ?)", (hub, project, identity))


def _rows(old: Connection, table: str, order: tuple[str, ...], columns: str) -> Iterator[tuple[Any, ...]]:
    """What can be read of a table: from its beginning up to a damaged place, and from its end down to one."""
    for direction in ("", " DESC"):
        ordering = ", ".join(column + direction for column in order)
        try:
            # NOT INDEXED: the table itself, as an index may be what is damaged.
            yield from old.execute(f"SELECT {columns} FROM {table} NOT INDEXED ORDER BY {ordering}")  # noqa: S608 - all names are ours
        except (sqlite3.Error, UnicodeDecodeError):
            continue
        return


def _remove_all(*databases: str) -> None:
    for path in databases:
        for end in ("", *folders.LOG_ENDS):
            _remove(path + end)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
