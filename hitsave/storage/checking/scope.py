"""What a check works on, and how it notes what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hitsave.storage.blobs import Blobs
from hitsave.storage.checking.findings import Checked, Finding, FindingKind, Mend, Progress
from hitsave.storage.database import Database, decode_somehow

if TYPE_CHECKING:
    from sqlite3 import Connection

_PAGE = 500


class _AsItWasError(Exception):
    """Ends a transaction that only looked."""


@dataclass
class Scope:
    """The parts of one store. `repair`: what is found is mended; `alive` tells whether the process with a token lives."""

    folder: str
    database: Database
    blobs: Blobs
    alive: Callable[[str], bool]
    repair: bool
    writable: bool
    progress: Progress
    checked: Checked

    def found(self, kind: FindingKind, subject: str, problem: str, cure: str, mend: Mend | None) -> None:
        """Note what looks wrong, if it still does; mend it where that is wanted. Without a `mend` it is noted as it is."""
        if mend is None or not self.writable:
            self.checked.findings.append(Finding(kind, subject, problem, cure))
            return
        wrong = False
        try:
            with self.database.transaction() as connection:
                connection.text_factory = decode_somehow  # what looks wrong may be no text
                try:
                    wrong = mend(connection)
                finally:
                    connection.text_factory = str
                if not (wrong and self.repair):
                    raise _AsItWasError
        except _AsItWasError:
            pass
        if wrong:
            self.checked.findings.append(Finding(kind, subject, problem, cure, mended=self.repair))

    def pages(self, columns: str, table: str) -> Iterator[tuple[Any, ...]]:
        """All rows of a table, read a page at a time so that no reader's view of the database is held for long; the first column is the row's number."""
        last = -1
        while True:
            rows = self.database.query(f"SELECT {columns} FROM {table} WHERE row > ? ORDER BY row LIMIT {_PAGE}", (last,))  # noqa: S608 - the names are ours
            yield from rows
            if len(rows) < _PAGE:
                return
            last = rows[-1][0]

    def count(self, table: str) -> int:
        """How many rows a table has."""
        rows = self.database.query(f"SELECT count(*) FROM {table}")  # noqa: S608 - the names are ours
        return int(rows[0][0]) if rows else 0


def still(connection: Connection, statement: str, parameters: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The one row that a statement selects now."""
    return connection.execute(statement, parameters).fetchone()
