"""The outbox: which entries are still to be sent to a team server. It is a table of the store, so it outlives the process, and an entry is noted there in the
transaction that stores it. What is sent is only ever removed from it after the server said that it has it; sending it twice does no harm.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from hitsave.storage.exchanging import HubProject
from hitsave.storage.faults import translated
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hitsave.storage.database import Database

_COLUMNS: Final = "number, hub, project, id, attempts, problem"


class Waiting(NamedTuple):
    """An entry that is to be sent: its place in the outbox, where to, its ID, how often that was tried in vain, and what was in the way."""

    number: int
    hub: str
    project: str
    id: str
    attempts: int
    problem: str


class Outbox:
    """The outbox of the store with this database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.folder = database.folder

    @translated
    def add(self, ids: Iterable[str], to: HubProject) -> None:
        """Note that these entries are to be sent; those that are noted are tried again at once."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT INTO outbox (hub, project, id) VALUES (?, ?, ?) ON CONFLICT (hub, project, id) DO UPDATE SET due_ns = 0",
                [(*to, identity) for identity in ids],
            )

    @translated
    def due(self, hub: str, most: int, *, now: bool = False) -> list[Waiting]:
        """Up to `most` that are to be sent to `hub` by now, in their order; with `now`, also those that were to wait."""
        if not self._is_there():
            return []
        latest = (1 << 63) - 1 if now else time.time_ns()
        rows = self._database.query(
            f"SELECT {_COLUMNS} FROM outbox WHERE hub = ? AND due_ns <= ? ORDER BY attempts, number LIMIT ?",  # noqa: S608 - our own words
            (hub, latest, most),
        )
        return [Waiting(*row) for row in rows]

    @translated
    def all(self) -> list[Waiting]:
        """Everything that is to be sent, anywhere."""
        return [Waiting(*row) for row in self._database.query(f"SELECT {_COLUMNS} FROM outbox ORDER BY number")] if self._is_there() else []  # noqa: S608

    @translated
    def count(self, hub: str) -> int:
        """How many are to be sent to `hub`."""
        return int(self._database.query("SELECT count(*) FROM outbox WHERE hub = ?", (hub,))[0][0]) if self._is_there() else 0

    @translated
    def sent(self, waiting: Waiting) -> None:
        """The server has it: it leaves the outbox, and its row says where it is shared."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM outbox WHERE number = ?", (waiting.number,))
            connection.execute(
                "INSERT OR REPLACE INTO shared (row, hub, project) SELECT row, ?, ? FROM entries WHERE id = ?",
                (waiting.hub, waiting.project, waiting.id),
            )

    @translated
    def drop(self, numbers: Iterable[int]) -> None:
        """These are not sent: the entry is gone, or is not to leave this machine."""
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM outbox WHERE number = ?", [(number,) for number in numbers])

    @translated
    def postpone(self, numbers: Iterable[int], problem: str, seconds: float) -> None:
        """These could not be sent, for this reason; to be tried again after so many seconds."""
        due = time.time_ns() + int(seconds * 1e9)
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE outbox SET attempts = attempts + 1, due_ns = ?, problem = ? WHERE number = ?", [(due, problem, n) for n in numbers]
            )

    def _is_there(self) -> bool:
        """Whether the table is: not in a store that no HitSave has written since there are team servers, nor in one that nobody has written at all."""
        return bool(self._database.query("SELECT 1 FROM sqlite_master WHERE name = 'outbox'"))
