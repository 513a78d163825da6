"""Somebody was given bytes that are not what they should be: is it so? Then they count as missing until they are uploaded again."""

from __future__ import annotations

from typing import Final, Literal

from blake3 import blake3
from sqlalchemy import Connection, insert, select

from hitsave.digest import Digest
from hitsave.storage.wire import OBJECT_CONTEXTS, ObjectKind
from hitsave_server.hub import chunks as chunk_rows
from hitsave_server.hub.chunks import Chunk, Chunks, gathered
from hitsave_server.hub.clock import now
from hitsave_server.hub.database import Database
from hitsave_server.hub.objects import quarantine
from hitsave_server.hub.tables import OBJECT_CHUNKS, OBJECTS, REPORTS
from hitsave_server.hub.threads import Threads

State = Literal["good", "quarantined", "missing"]
QUARANTINE: Final = "quarantine"


class Examiner:
    """Reads what is kept, and believes only that."""

    def __init__(self, database: Database, chunks: Chunks, threads: Threads) -> None:
        self._database = database
        self._chunks = chunks
        self._threads = threads

    async def examine(self, project: int, digest: Digest, member: int | None) -> State:
        """Verify an object or a chunk, all of it; what was found."""
        whole, chunks = await self._threads.run(lambda: self._database.read(lambda c: _parts(c, project, digest)))
        if whole is None and chunks is None:
            return "missing"
        if whole is not None:
            kind, content, size = whole
            if content is not None:
                good = len(content) == size and blake3(content, derive_key_context=OBJECT_CONTEXTS[kind]).digest() == digest
                return "good" if good else await self._condemn(project, digest, member)
        wanted: list[Chunk] = []
        for name in chunks or ():
            found = await self._threads.run(lambda name=name: self._database.read(lambda c: chunk_rows.find(c, project, [name])))
            if name not in found:
                return await self._condemn(project, name, member)
            wanted.append(found[name])
        hasher = None if whole is None else blake3(derive_key_context=OBJECT_CONTEXTS[whole[0]])
        place = 0
        async for plain in gathered(self._chunks, wanted):
            if plain is None:
                return await self._condemn(project, wanted[place].digest, member)
            if hasher is not None:
                await self._threads.run(lambda plain=plain, hasher=hasher: hasher.update(plain))
            place += 1
        if hasher is not None and hasher.digest() != digest:
            return await self._condemn(project, digest, member)
        return "good"

    async def _condemn(self, project: int, digest: Digest, member: int | None) -> State:
        def condemn(connection: Connection) -> None:
            hit = quarantine(connection, project, digest)
            about = f"{digest} is not what was stored; {len(hit)} objects need it"
            connection.execute(insert(REPORTS).values(project=project, at=now(), what=QUARANTINE, about=about, member=member))

        await self._threads.run(lambda: self._database.write(condemn))
        return "quarantined"


def _parts(connection: Connection, project: int, digest: Digest) -> tuple[tuple[ObjectKind, bytes | None, int] | None, list[Digest] | None]:
    """Of an object its kind, content and size, and its chunks; of a chunk itself; None and None of neither."""
    row = connection.execute(
        select(OBJECTS.c.kind, OBJECTS.c.content, OBJECTS.c.size).where(
            OBJECTS.c.project == project, OBJECTS.c.digest == digest, OBJECTS.c.quarantined.is_(None)
        )
    ).first()
    if row is None:
        return None, [digest] if chunk_rows.find(connection, project, [digest]) else None
    rows = select(OBJECT_CHUNKS.c.chunk).where(OBJECT_CHUNKS.c.project == project, OBJECT_CHUNKS.c.object == digest).order_by(OBJECT_CHUNKS.c.place)
    return (row.kind, row.content, row.size), [Digest(chunk) for (chunk,) in connection.execute(rows)]
