"""SQLite databases, which no audit event of a file tells of: SQLite opens them itself."""

from __future__ import annotations

import os
from typing import Any, Final

EVENT: Final = "sqlite3.connect"
_URI: Final = "file:"
_IN_MEMORY: Final = ("", ":memory:")


def files_of(args: tuple[Any, ...]) -> list[str]:
    """The files of the database that a program connects to, by the arguments of EVENT: its own, and what was written to it and is not there yet; none for one in memory."""
    path = os.fsdecode(args[0])
    if path.startswith(_URI):
        from urllib.parse import parse_qs, unquote, urlsplit

        parts = urlsplit(path)
        path = "" if "memory" in parse_qs(parts.query).get("mode", ()) else unquote(parts.path)
    if path in _IN_MEMORY:
        return []
    written = f"{path}-wal"
    return [path, written] if os.path.exists(written) else [path]
