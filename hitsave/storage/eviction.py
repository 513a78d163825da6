"""Eviction: which results go when there are more than a budget allows, and how they go.

Least recently used first, with the cost to compute again considered: the time since an entry was last used counts less, the more computing each of its megabytes stands for.
An hour of work in a megabyte ages 13 times as slowly as a copy of a file. Experiments and pinned entries never go.

In two phases: what is to go is chosen from a look that holds nobody up; then, in short transactions, each is deleted unless it was used or pinned meanwhile,
and after that the files that nobody needs any more.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

from hitsave.digest import Digest
from hitsave.storage.ids import moment_of
from hitsave.storage.writing import delete_row
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from sqlite3 import Connection

    from hitsave.storage.blobs import Blobs
    from hitsave.storage.database import Database

_STEP: Final = 100
_MEGABYTE: Final = 1_000_000
_CANDIDATES: Final = (
    "SELECT e.row, e.id, e.symbol, e.size, e.wall_ns, coalesce(m.last_used_ns, 0) FROM entries e LEFT JOIN marks m ON m.row = e.row"
    " WHERE e.kind = 'memo' AND e.status = 'done' AND coalesce(m.pinned, 0) = 0"
)
_AGAIN: Final = (
    "SELECT coalesce(m.pinned, 0), coalesce(m.last_used_ns, 0) FROM entries e LEFT JOIN marks m ON m.row = e.row WHERE e.row = ? AND e.id = ?"
)


class Candidate(NamedTuple):
    """An entry that may go: its row and ID, its symbol, the bytes of its result, what it cost, and when it was last used or stored, in nanoseconds since 1970."""

    row: int
    id: str
    symbol: str
    size: int
    wall_ns: int
    used_ns: int
    marked_ns: int


class Eviction(NamedTuple):
    """What is to go, in this order. `held` are the bytes of all results, of which `budget` may stay; `enough` is whether what goes brings them under it."""

    held: int
    budget: int
    chosen: tuple[Candidate, ...] = ()

    @property
    def size(self) -> int:
        """The bytes of the results that go."""
        return sum(candidate.size for candidate in self.chosen)

    @property
    def wall_ns(self) -> int:
        """What it would cost to compute them again."""
        return sum(candidate.wall_ns for candidate in self.chosen)

    @property
    def enough(self) -> bool:
        """Whether what is left is within the budget."""
        return self.held - self.size <= self.budget


class Evicted(NamedTuple):
    """What went: entries, the bytes of their results, and the compute that was in them."""

    entries: int = 0
    size: int = 0
    wall_ns: int = 0


def plan(database: Database, budget: int, *, leave: float = 1.0, now_ns: int | None = None) -> Eviction:
    """What to evict so that results take at most `budget` bytes; if they take more, they are brought down to the share `leave` of it."""
    ((held,),) = database.query("SELECT coalesce(sum(size), 0) FROM entries") or [(0,)]
    if held <= budget:
        return Eviction(held, budget)
    now = time.time_ns() if now_ns is None else now_ns
    candidates = [
        Candidate(row, identity, symbol, size, wall_ns, max(marked_ns, moment_of(identity)), marked_ns)
        for row, identity, symbol, size, wall_ns, marked_ns in database.query(_CANDIDATES)
    ]
    candidates.sort(key=lambda candidate: effective_age(candidate, now), reverse=True)
    excess = held - int(budget * leave)
    chosen: list[Candidate] = []
    for candidate in candidates:
        if excess <= 0:
            break
        if candidate.size:
            chosen.append(candidate)
            excess -= candidate.size
    return Eviction(held, budget, tuple(chosen))


def effective_age(candidate: Candidate, now_ns: int) -> float:
    """Seconds since an entry was last used, divided by ``1 + log2(1 + seconds of compute a megabyte)``.

    >>> hour = Candidate(1, "0" * 26, "app:f", 1_000_000, 3600 * 10**9, 0, 0)
    >>> round(effective_age(hour, 100 * 10**9), 1), round(effective_age(hour._replace(wall_ns=0), 100 * 10**9), 1)
    (7.8, 100.0)
    """
    cost = candidate.wall_ns / 1e9 / max(candidate.size / _MEGABYTE, 0.001)
    return max(now_ns - candidate.used_ns, 0) / 1e9 / (1 + math.log2(1 + cost))


def nobody(*_: int) -> None:
    """Whom progress is told if no one else."""


def carry_out(
    database: Database, blobs: Blobs, eviction: Eviction, *, most: int | None = None, progress: Callable[[int, int], None] = nobody
) -> Evicted:
    """Evict what was chosen (`most` entries at most), but for what was used, pinned or deleted since. `progress` is told how many of how many are done."""
    chosen = eviction.chosen if most is None else eviction.chosen[:most]
    entries = size = wall_ns = 0
    for start in range(0, len(chosen), _STEP):
        needed: set[Digest] = set()
        with database.transaction() as connection:
            for candidate in chosen[start : start + _STEP]:
                found = connection.execute(_AGAIN, (candidate.row, candidate.id)).fetchone()
                if found is None or found[0] or found[1] != candidate.marked_ns:
                    continue
                needed |= {Digest(blob) for (blob,) in connection.execute("SELECT blob FROM blob_uses WHERE row = ?", (candidate.row,))}
                delete_row(connection, candidate.row)
                connection.execute("DELETE FROM logged WHERE id = ?", (candidate.id,))
                entries, size, wall_ns = entries + 1, size + candidate.size, wall_ns + candidate.wall_ns
        if needed:
            with database.transaction() as connection:
                for blob in needed:
                    if not is_needed(connection, blob):
                        blobs.remove(blob)
        progress(min(start + _STEP, len(chosen)), len(chosen))
    return Evicted(entries, size, wall_ns)


def is_needed(connection: Connection, blob: Digest) -> bool:
    """Whether an entry needs a blob file; under the lock of a transaction that stays so until its end."""
    return connection.execute("SELECT 1 FROM blob_uses WHERE blob = ? LIMIT 1", (blob,)).fetchone() is not None
