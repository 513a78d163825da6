"""What goes: entries over a project's budget, least recently used first; then, a grace later and in two steps, what nothing needs any more.

    needed by nothing, untouched for a grace  →  condemned  →  a grace later, still so  →  row deleted  →  file deleted

Whoever says that an object is there, or builds on it, touches it, and a touched one is no longer condemned. So nothing that is in use or on its way is deleted:
an upload has a grace to come to its end. The last step of each row is one statement that looks again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, exists, func, select, update

from hitsave.digest import Digest
from hitsave_server.hub import accounts
from hitsave_server.hub.clock import now
from hitsave_server.hub.database import Database
from hitsave_server.hub.entries import RUN, drop_entries
from hitsave_server.hub.files import Files
from hitsave_server.hub.tables import CHUNKS, ENTRIES, ENTRY_OBJECTS, OBJECT_CHUNKS, OBJECTS, PROJECTS
from hitsave_server.hub.threads import Threads

_PORTION: Final = 500
_LOST_SECONDS: Final = 7 * 24 * 60 * 60
"""A run that has said nothing for so long is no longer running."""


class Tidied(NamedTuple):
    """What one round did."""

    evicted: int = 0
    condemned: int = 0
    objects: int = 0
    chunks: int = 0
    bytes: int = 0


class Retention:
    """Rounds of tidying; two at a time, by whatever workers, do no harm."""

    def __init__(self, database: Database, files: Files, threads: Threads, *, grace: int, budget: int) -> None:
        self._database = database
        self._files = files
        self._threads = threads
        self._grace = grace
        self._budget = budget

    async def tidy(self) -> Tidied:
        """One round."""
        await self._write(accounts.drop_ended)
        rows = await self._threads.run(lambda: self._database.read(lambda c: c.execute(select(PROJECTS.c.project, PROJECTS.c.budget)).all()))
        total = Tidied()
        for project, budget in rows:
            limit = self._budget if budget is None else budget
            done = await self.tidy_project(project, limit)
            total = Tidied(*(a + b for a, b in zip(total, done, strict=True)))
        return total

    async def tidy_project(self, project: int, budget: int) -> Tidied:
        """One round in one project; `budget` 0 is no bound."""
        evicted = await self._write(lambda c: evict(c, project, budget)) if budget else 0
        await self._write(lambda c: _end_lost_runs(c, project))
        condemned = objects = chunks = freed = 0
        condemned += await self._write(lambda c: _condemn(c, OBJECTS, project, self._grace))
        while gone := await self._write(lambda c: _collect_objects(c, project, self._grace)):
            objects += gone
        condemned += await self._write(lambda c: _condemn(c, CHUNKS, project, self._grace))
        while files := await self._write(lambda c: _collect_chunks(c, project, self._grace)):
            for file, size in files:
                await self._files.delete(file)
                chunks, freed = chunks + 1, freed + size
        return Tidied(evicted, condemned, objects, chunks, freed)

    def _write(self, what: Callable[[Connection], Any]) -> Awaitable[Any]:
        return self._threads.run(lambda: self._database.write(what))


def held(connection: Connection, project: int) -> int:
    """Bytes that a project takes: its chunks as they are stored, and what is kept whole."""
    chunks = connection.execute(select(func.coalesce(func.sum(CHUNKS.c.stored_size), 0)).where(CHUNKS.c.project == project)).scalar_one()
    whole = select(func.coalesce(func.sum(OBJECTS.c.size), 0)).where(OBJECTS.c.project == project, OBJECTS.c.content.is_not(None))
    return int(chunks) + int(connection.execute(whole).scalar_one())


def evict(connection: Connection, project: int, budget: int) -> int:
    """Delete entries until what the rest need is within the budget; how many. Experiments and pinned ones stay.

    What counts is what entries need, not what is still there: what was evicted before waits for its grace, and must not push out more.
    """
    over = _needed(connection, project) - budget
    if over <= 0:
        return 0
    rows = connection.execute(
        select(ENTRIES.c.number)
        .where(ENTRIES.c.project == project, ENTRIES.c.kind == "memo", ENTRIES.c.pinned.is_(False), ENTRIES.c.status != "running")
        .order_by(ENTRIES.c.last_used, ENTRIES.c.number)
    ).scalars()
    chosen = list(rows)
    evicted = 0
    # In growing portions, so that one entry too many costs little, and a project far over its budget doesn't take a thousand looks.
    portion = 1
    while chosen and over > 0:
        some, chosen = chosen[:portion], chosen[portion:]
        drop_entries(connection, project, some)
        evicted += len(some)
        over = _needed(connection, project) - budget
        portion = min(portion * 2, 64) if over > 0 else 1
    return evicted


def _needed(connection: Connection, project: int) -> int:
    used = exists().where(ENTRY_OBJECTS.c.project == OBJECTS.c.project, ENTRY_OBJECTS.c.object == OBJECTS.c.digest)
    return int(connection.execute(select(func.coalesce(func.sum(OBJECTS.c.size), 0)).where(OBJECTS.c.project == project, used)).scalar_one())


def _unused(table: Any) -> Any:
    if table is OBJECTS:
        return ~exists().where(ENTRY_OBJECTS.c.project == OBJECTS.c.project, ENTRY_OBJECTS.c.object == OBJECTS.c.digest)
    return ~exists().where(OBJECT_CHUNKS.c.project == CHUNKS.c.project, OBJECT_CHUNKS.c.chunk == CHUNKS.c.digest)


def _condemn(connection: Connection, table: Any, project: int, grace: int) -> int:
    old = (table.c.project == project) & (table.c.touched <= now() - grace)
    # What a run shows is needed by its row's body alone; it is young, or its upload goes on.
    return connection.execute(update(table).where(old, table.c.condemned.is_(None), _unused(table)).values(condemned=now())).rowcount


def _doomed(connection: Connection, table: Any, project: int, grace: int) -> list[bytes]:
    chosen = select(table.c.digest).where(table.c.project == project, table.c.condemned <= now() - grace, _unused(table))
    # Locked, so that who touches one of them either came before and is seen here, or waits and finds it gone.
    return list(connection.execute(chosen.order_by(table.c.digest).limit(_PORTION).with_for_update(skip_locked=True)).scalars())


def _collect_objects(connection: Connection, project: int, grace: int) -> int:
    doomed = _doomed(connection, OBJECTS, project, grace)
    if not doomed:
        return 0
    ours = (OBJECTS.c.project == project) & OBJECTS.c.digest.in_(doomed) & OBJECTS.c.condemned.is_not(None) & _unused(OBJECTS)
    gone = [Digest(digest) for digest in connection.execute(delete(OBJECTS).where(ours).returning(OBJECTS.c.digest)).scalars()]
    connection.execute(delete(OBJECT_CHUNKS).where(OBJECT_CHUNKS.c.project == project, OBJECT_CHUNKS.c.object.in_(gone)))
    return len(gone)


def _collect_chunks(connection: Connection, project: int, grace: int) -> list[tuple[str, int]]:
    doomed = _doomed(connection, CHUNKS, project, grace)
    if not doomed:
        return []
    ours = (CHUNKS.c.project == project) & CHUNKS.c.digest.in_(doomed) & CHUNKS.c.condemned.is_not(None) & _unused(CHUNKS)
    return [(file, size) for file, size in connection.execute(delete(CHUNKS).where(ours).returning(CHUNKS.c.file, CHUNKS.c.stored_size))]


def _end_lost_runs(connection: Connection, project: int) -> None:
    # Shown as running for as long as anyone may still come back to it; then only a memo's row goes, an experiment's stays as it is.
    lost = select(ENTRIES.c.number).where(
        ENTRIES.c.project == project, ENTRIES.c.standing == RUN, ENTRIES.c.kind == "memo", ENTRIES.c.stored < now() - _LOST_SECONDS
    )
    numbers = list(connection.execute(lost).scalars())
    if numbers:
        drop_entries(connection, project, numbers)
