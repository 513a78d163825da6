"""Files that C code opens by itself, of which audit events tell: SQLite's databases, and libraries that `ctypes` loads."""

from __future__ import annotations

import os
from typing import Any, Final

from hitsave.structs import NamedTuple

CACHING: Final = ("diskcache", "hishel", "joblib", "matplotlib", "requests_cache", "sqlitedict")
"""Libraries that keep caches of theirs in databases: what is in them is no input."""
_WRITES_AHEAD: Final = slice(18, 20), b"\2\2"
"""Where the header of a database says that it has a write-ahead log, and how (https://sqlite.org/fileformat2.html)."""
_NOTHING: Final[tuple[str, ...]] = ()


class Database(NamedTuple):
    """The files of a database: those that are `read`, those that may come to be and hold something `later`, and the one that is `made` because there is none."""

    read: tuple[str, ...] = _NOTHING
    later: tuple[str, ...] = _NOTHING
    made: str | None = None


def database(name: Any) -> Database:
    """What `sqlite3.connect` opens under this name."""
    path = os.fsdecode(name)
    if path.startswith("file:"):
        from urllib.parse import unquote, urlsplit

        path = unquote(urlsplit(path).path)
    if path in {"", ":memory:"}:
        return Database()
    if not os.path.isfile(path):
        return Database(made=os.path.abspath(path))
    log = f"{path}-wal"
    if os.path.isfile(log) and os.path.getsize(log):
        return Database(read=(path, log))
    with open(path, "rb") as file:
        where, how = _WRITES_AHEAD
        return Database(read=(path,), later=(log,) if file.read(100)[where] == how else _NOTHING)


def library(name: Any) -> str | None:
    """The file that `ctypes` loads under this name; None of one that the system finds by its name alone, which is the system's."""
    path = os.fsdecode(name or "")
    return os.path.abspath(path) if os.sep in path else None
