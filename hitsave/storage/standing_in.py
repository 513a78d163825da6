"""A damaged database whose first page can't be read is read with another first page.

The first page says that the file is a database, and where each table begins; without it, all that the file holds would be lost.
What it says is known: tables are made by the migrations, one after the other, and a database that gives room back (auto_vacuum) keeps their first pages, in that order, at its beginning.
So a copy of the file is given a first page that says the same as that of a database just made.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from hitsave.storage.opening import connect, has_log, make_file

if TYPE_CHECKING:
    from sqlite3 import Connection

_PRECIOUS: Final = ("schema", "entries", "marks", "contents", "logged", "documents")
_PLACES: Final = (
    "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master WHERE type = 'table' OR name LIKE 'sqlite_autoindex_%' ORDER BY rootpage"
)
# https://sqlite.org/fileformat2.html
_JOURNAL_AT: Final = 18  # two bytes: 2 if a write-ahead log is kept, else 1
_SIZE_AT: Final = 28  # four bytes: the size of the file in pages


def is_needed(path: str, old: Connection, made: Connection) -> bool:
    """Whether the damaged database at `path`, open as `old`, can't say where its tables begin, or says that it ends before its file does; `made` is one that was made just now."""
    try:
        found = dict(old.execute("SELECT name, rootpage FROM sqlite_master").fetchall())
        (pages,) = old.execute("PRAGMA page_count").fetchone()
        (size,) = old.execute("PRAGMA page_size").fetchone()
    except (sqlite3.Error, UnicodeDecodeError):
        return True
    if pages * size < os.stat(path).st_size and not has_log(path):
        return True
    if any(name not in found for name in _PRECIOUS):
        return True
    known = {name: page for _, name, _, page, _ in _places(made)}
    as_known = sum(found[name] == known[name] for name in _PRECIOUS)
    return 0 < as_known < len(_PRECIOUS)  # none: it was made in another way, and is right


def read(path: str, made: Connection, copy: str) -> Connection:
    """A connection to a copy, at `copy`, of the database at `path`, with a first page that says that tables begin where they do in `made`."""
    page = _first_page(made, copy)
    # This drops the locks that this process has on the file; on one without a first page there are none.
    shutil.copyfile(path, copy)
    is_logged = has_log(path)
    if is_logged:
        make_file(copy + "-wal")
        shutil.copyfile(path + "-wal", copy + "-wal")
    with open(copy, "r+b") as file:
        page[_SIZE_AT : _SIZE_AT + 4] = (os.stat(copy).st_size // len(page)).to_bytes(4, "big")
        page[_JOURNAL_AT : _JOURNAL_AT + 2] = b"\2\2" if is_logged else b"\1\1"
        file.write(page)
    return connect(copy, "mode=rw")


def _first_page(made: Connection, scratch: str) -> bytearray:
    """A page that names the tables of `made` and nothing else; it is made in a file at `scratch`."""
    make_file(scratch)
    with closing(connect(scratch, "mode=rw")) as connection:
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA writable_schema = ON")
        rows = [(*place, None if sql is None else " ".join(sql.split())) for *place, sql in _places(made)]
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with open(scratch, "rb") as file:
        return bytearray(file.read(size))


def _places(made: Connection) -> list[tuple[Any, ...]]:
    return made.execute(_PLACES).fetchall()
