"""`hitsave hub fsck`: is everything that the database promises there, and nothing else?"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from blake3 import blake3
from sqlalchemy import Connection, and_, exists, func, insert, not_, select

from hitsave.digest import Digest
from hitsave.storage.shared import needs_of, read_shared, signed_bytes
from hitsave.storage.team.signing import signature_holds
from hitsave.storage.wire import CHUNK_SIZE, OBJECT_CONTEXTS
from hitsave_server.hub.chunks import Chunk, Chunks
from hitsave_server.hub.clock import now
from hitsave_server.hub.database import Database
from hitsave_server.hub.entries import FOUND, drop_entries
from hitsave_server.hub.files import Files
from hitsave_server.hub.objects import quarantine
from hitsave_server.hub.tables import CHUNKS, ENTRIES, ENTRY_OBJECTS, OBJECT_CHUNKS, OBJECTS, PROJECTS, REPORTS
from hitsave_server.hub.threads import Threads

_PORTION: Final = 500
_T = TypeVar("_T")


class Finding(NamedTuple):
    """Something that is not as it should be: what kind, what it is about, and whether it was mended."""

    what: str
    about: str
    mended: bool


class Checked(NamedTuple):
    """What a check looked at, and found."""

    entries: int
    objects: int
    chunks: int
    files: int
    findings: tuple[Finding, ...]


class Checker:
    """Looks at everything. With `repair`, what is damaged counts as missing from then on, and what nothing knows is deleted; `deep` reads every file.

    May run while the hub does: what is younger than the grace may be on its way, and is left alone.
    """

    def __init__(self, database: Database, files: Files, *, grace: int, repair: bool = False, deep: bool = False) -> None:
        self._database = database
        self._files = files
        self._threads = Threads(4)
        self._chunks = Chunks(database, files, self._threads)
        self._grace = grace
        self._repair = repair
        self._deep = deep
        self._findings: list[Finding] = []

    async def check(self) -> Checked:
        """All of it."""
        projects = await self._read(lambda c: list(c.execute(select(PROJECTS.c.project, PROJECTS.c.name))))
        files = {name: (size, written) async for name, size, written in self._files.names()}
        known: set[str] = set()
        entries = objects = chunks = 0
        for project, name in projects:
            chunks += await self._check_chunks(project, files, known)
            objects += await self._check_objects(project)
            entries += await self._check_entries(project, name)
        await self._check_litter(files, known)
        return Checked(entries, objects, chunks, len(files), tuple(self._findings))

    async def _check_chunks(self, project: int, files: dict[str, tuple[int, float]], known: set[str]) -> int:
        count = 0
        async for row in self._rows(CHUNKS, CHUNKS.c.digest, CHUNKS.c.project == project):
            count += 1
            known.add(row.file)
            if row.quarantined is not None:
                continue
            chunk = Chunk(Digest(row.digest), row.size, row.stored_size, row.encoding, row.file)
            there = files.get(row.file)
            if there is None and await self._files.read(row.file) is not None:
                there = (row.stored_size, 0.0)  # written after the files were listed
            if there is None or there[0] != row.stored_size:
                await self._condemn(project, chunk.digest, "a chunk's file is missing" if there is None else "a chunk's file has another size")
            elif self._deep and await self._chunks.read(chunk) is None:
                await self._condemn(project, chunk.digest, "a chunk's file is not what was stored")
        return count

    async def _check_objects(self, project: int) -> int:
        count = 0
        async for row in self._rows(OBJECTS, OBJECTS.c.digest, OBJECTS.c.project == project):
            count += 1
            if row.quarantined is not None:
                continue
            problem = await self._problem_of_object(project, row)
            if problem:
                await self._condemn(project, Digest(row.digest), problem)
        return count

    async def _problem_of_object(self, project: int, row: Any) -> str:
        if row.content is not None:
            good = len(row.content) == row.size and blake3(row.content, derive_key_context=OBJECT_CONTEXTS[row.kind]).digest() == row.digest
            return "" if good else "an object is not what was stored"
        joined = (
            select(OBJECT_CHUNKS.c.place, CHUNKS.c.size, CHUNKS.c.quarantined)
            .outerjoin(CHUNKS, and_(CHUNKS.c.project == OBJECT_CHUNKS.c.project, CHUNKS.c.digest == OBJECT_CHUNKS.c.chunk))
            .where(OBJECT_CHUNKS.c.project == project, OBJECT_CHUNKS.c.object == row.digest)
            .order_by(OBJECT_CHUNKS.c.place)
        )
        chunks = await self._read(lambda c: list(c.execute(joined)))
        sizes: list[Any] = [chunk.size for chunk in chunks]
        if None in sizes or any(chunk.quarantined is not None for chunk in chunks):
            return "a chunk of an object is missing"
        if [chunk.place for chunk in chunks] != list(range(len(chunks))) or sum(sizes) != row.size or any(size != CHUNK_SIZE for size in sizes[:-1]):
            return "an object's chunks are not all of it"
        return ""

    async def _check_entries(self, project: int, name: str) -> int:
        count = 0
        async for row in self._rows(ENTRIES, ENTRIES.c.number, ENTRIES.c.project == project):
            count += 1
            problem = _problem_of_entry(row, name)
            if not problem and row.standing == FOUND and not row.blocked:
                problem = await self._read(lambda c, row=row: _missing_object(c, project, row.number, row.body, name))
            if problem:
                await self._drop(project, row.number, f"{problem}: {row.id}")
        return count

    async def _check_litter(self, files: dict[str, tuple[int, float]], known: set[str]) -> None:
        for name, (_, written) in files.items():
            if name in known or written > now() - self._grace:
                continue
            if await self._read(lambda c, name=name: c.execute(select(CHUNKS.c.digest).where(CHUNKS.c.file == name)).first()) is None:
                if self._repair:
                    await self._files.delete(name)
                self._findings.append(Finding("a file that nothing knows", name, self._repair))
        orphans = select(func.count()).where(
            not_(exists().where(OBJECTS.c.project == OBJECT_CHUNKS.c.project, OBJECTS.c.digest == OBJECT_CHUNKS.c.object))
        )
        stray = await self._read(lambda c: c.execute(orphans.select_from(OBJECT_CHUNKS)).scalar_one())
        if stray:
            self._findings.append(Finding("rows of chunks without their object", str(stray), mended=False))

    async def _condemn(self, project: int, digest: Digest, what: str) -> None:
        def condemn(connection: Connection) -> None:
            quarantine(connection, project, digest)
            connection.execute(insert(REPORTS).values(project=project, at=now(), what="quarantine", about=f"{what}: {digest}", member=None))

        if self._repair:
            await self._write(condemn)
        self._findings.append(Finding(what, str(digest), self._repair))

    async def _drop(self, project: int, number: int, about: str) -> None:
        if self._repair:
            await self._write(lambda c: drop_entries(c, project, [number]))
        self._findings.append(Finding("an entry", about, self._repair))

    async def _rows(self, table: Any, column: Any, chosen: Any) -> AsyncGenerator[Any]:
        """The rows of a table in portions, each in a transaction of its own: a check must not stop the hub."""
        last: Any = None
        while True:
            some = select(table).where(chosen).order_by(column).limit(_PORTION)
            if last is not None:
                some = some.where(column > last)
            rows: Sequence[Any] = await self._read(lambda c, some=some: c.execute(some).all())
            for row in rows:
                yield row
            if len(rows) < _PORTION:
                return
            last = getattr(rows[-1], column.name)

    def _read(self, what: Callable[[Connection], _T]) -> Awaitable[_T]:
        return self._threads.run(lambda: self._database.read(what))

    def _write(self, what: Callable[[Connection], _T]) -> Awaitable[_T]:
        return self._threads.run(lambda: self._database.write(what))


def _problem_of_entry(row: Any, project: str) -> str:
    try:
        entry = read_shared(row.body, project=project)
    except ValueError as problem:
        return str(problem)
    if (entry.id, entry.key, entry.record, entry.tier, entry.status) != (row.id, row.key, row.record, row.tier, row.status):
        return "its row does not say what its body says"
    return "" if signature_holds(row.signer, row.signature, signed_bytes(row.body)) else "its signature does not hold"


def _missing_object(connection: Connection, project: int, number: int, body: bytes, name: str) -> str:
    needs = {need.digest for need in needs_of(read_shared(body, project=name))}
    held = select(ENTRY_OBJECTS.c.object, OBJECTS.c.quarantined).join(
        OBJECTS, and_(OBJECTS.c.project == ENTRY_OBJECTS.c.project, OBJECTS.c.digest == ENTRY_OBJECTS.c.object)
    )
    rows = connection.execute(held.where(ENTRY_OBJECTS.c.number == number, ENTRY_OBJECTS.c.project == project)).all()
    if needs - {row.object for row in rows}:
        return "an object that it needs is missing"
    return "an object that it needs is in quarantine, and it is still found" if any(row.quarantined is not None for row in rows) else ""
