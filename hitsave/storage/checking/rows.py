"""Rows of entries and of marks: seals, and the copies of fields by which rows are looked up."""

from __future__ import annotations

from collections.abc import Iterator
from sqlite3 import Connection
from typing import Any, Final

from hitsave.storage.checking.scope import Scope, still
from hitsave.storage.entry import Entry, blobs_of
from hitsave.storage.rows import INSERT_AT, entry_of, marks_of, row_of
from hitsave.storage.writing import delete_row

_ENTRY: Final = "row, body, seal, signer, signature, inline"
_COPIES: Final = "id, key, captures, symbol, project, status, kind, wall_ns, size, parent"
_NO_MARKS: Final = (None,) * 7
_MARKS: Final = "row, hits, saved_ns, last_used_ns, pinned, note, tags, seal"


def check_entries(scope: Scope) -> Iterator[tuple[int, Entry]]:
    """The entries that can be read, with their rows; those that can't, or can't be found under their own key, are noted."""
    total, done = scope.count("entries"), 0
    for row in scope.pages(f"{_ENTRY}, {_COPIES}", "entries"):
        done += 1
        if done % 200 == 0 or done == total:
            scope.progress("entries", done, total)
        number, copies = row[0], row[6:]
        entry = entry_of((*row[:6], *_NO_MARKS))
        if entry is None:
            scope.found("entry", str(copies[0]), "its row is not what was stored", "the entry goes", lambda c, n=number: _mend_unreadable(c, n))
            continue
        if copies != row_of(entry)[:10]:
            scope.found(
                "entry", entry.id, "its row can't be found as it should be", "its row is written again", lambda c, n=number: _mend_copies(c, n)
            )
        scope.checked.entries += 1
        _check_uses(scope, number, entry)
        yield number, entry


def check_marks(scope: Scope) -> None:
    """Marks whose seal is broken, or whose entry is gone."""
    for row in scope.pages(_MARKS, "marks"):
        number, its_seal = row[0], row[7]
        if _are_wrong(row):
            scope.found(
                "mark",
                f"row {number}",
                "what was set on it is not what was stored",
                "what can be read stays, and it is pinned",
                lambda c, n=number: _mend_marks(c, n),
            )
        elif its_seal is None and row[4:7] != (0, "", ""):
            scope.found("mark", f"row {number}", "what was set on it has no seal", "it is pinned", lambda c, n=number: _mend_marks(c, n))
    orphans = scope.database.query("SELECT row FROM marks WHERE row NOT IN (SELECT row FROM entries) LIMIT 10000")
    for (number,) in orphans:
        scope.found("litter", f"marks of row {number}", "there is no such entry", "they go", lambda c, n=number: _delete_orphan(c, "marks", n))
    orphans = scope.database.query("SELECT DISTINCT row FROM blob_uses WHERE row NOT IN (SELECT row FROM entries) LIMIT 10000")
    for (number,) in orphans:
        scope.found("litter", f"uses of row {number}", "there is no such entry", "they go", lambda c, n=number: _delete_orphan(c, "blob_uses", n))


def _read(connection: Connection, number: int) -> tuple[Any, ...] | None:
    return still(connection, f"SELECT {_ENTRY}, {_COPIES} FROM entries WHERE row = ?", (number,))  # noqa: S608 - the names are ours


def _mend_unreadable(connection: Connection, number: int) -> bool:
    row = _read(connection, number)
    if row is None or entry_of((*row[:6], *_NO_MARKS)) is not None:
        return False
    delete_row(connection, number)
    return True


def _mend_copies(connection: Connection, number: int) -> bool:
    row = _read(connection, number)
    entry = None if row is None else entry_of((*row[:6], *_NO_MARKS))
    if row is None or entry is None or row[6:] == row_of(entry)[:10]:
        return False
    connection.execute("DELETE FROM entries WHERE row = ?", (number,))
    connection.execute(INSERT_AT, (number, *row_of(entry)))
    return True


def _check_uses(scope: Scope, number: int, entry: Entry) -> None:
    needed = {bytes(blob) for blob, _ in blobs_of(entry)}
    written = {blob for (blob,) in scope.database.query("SELECT blob FROM blob_uses WHERE row = ?", (number,))}
    if needed != written:
        scope.found("entry", entry.id, "the list of its files is wrong", "the list is written again", lambda c: _mend_uses(c, number))


def _mend_uses(connection: Connection, number: int) -> bool:
    row = _read(connection, number)
    entry = None if row is None else entry_of((*row[:6], *_NO_MARKS))
    if entry is None:
        return False
    needed = {bytes(blob) for blob, _ in blobs_of(entry)}
    if needed == {blob for (blob,) in connection.execute("SELECT blob FROM blob_uses WHERE row = ?", (number,))}:
        return False
    connection.execute("DELETE FROM blob_uses WHERE row = ?", (number,))
    connection.executemany("INSERT INTO blob_uses (blob, row) VALUES (?, ?)", [(blob, number) for blob in needed])
    return True


def _are_wrong(row: tuple[Any, ...]) -> bool:
    """Whether marks have a seal that isn't theirs, or counts that are none."""
    marks = marks_of(*row[1:])
    return (row[7] is not None and marks.seal() != row[7]) or any(type(n) is not int or n < 0 for n in row[1:4])


def _mend_marks(connection: Connection, number: int) -> bool:
    row = still(connection, f"SELECT {_MARKS} FROM marks WHERE row = ?", (number,))  # noqa: S608 - the names are ours
    unsealed = row is not None and row[7] is None and row[4:7] != (0, "", "")
    if row is None or not (_are_wrong(row) or unsealed):
        return False
    marks = marks_of(*row[1:])
    marks = marks._replace(pinned=True) if unsealed else marks
    connection.execute("INSERT OR REPLACE INTO marks (row, hits, saved_ns, last_used_ns, pinned, note, tags, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (number, *marks, marks.seal()))  # fmt: skip
    return True


def _delete_orphan(connection: Connection, table: str, number: int) -> bool:
    if still(connection, "SELECT 1 FROM entries WHERE row = ?", (number,)) is not None:
        return False
    return connection.execute(f"DELETE FROM {table} WHERE row = ?", (number,)).rowcount > 0  # noqa: S608 - the names are ours
