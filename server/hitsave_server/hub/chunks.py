"""Chunks: taken in, verified, kept as files; and read again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any, Final, NamedTuple

import zstandard
from sqlalchemy import Connection, delete, insert, select, update

from hitsave.digest import Digest
from hitsave.storage.wire import CHUNK_SIZE, chunk_digest
from hitsave_server.hub.clock import now
from hitsave_server.hub.database import Database
from hitsave_server.hub.files import Files
from hitsave_server.hub.refusals import malformed, unknown
from hitsave_server.hub.tables import CHUNKS
from hitsave_server.hub.threads import Threads

ENCODINGS: Final = ("identity", "zstd")
_FRESH: Final = 3_600
"""Seconds for which being touched again says nothing new."""


class Chunk(NamedTuple):
    """Where a chunk is, and how. Sizes in bytes."""

    digest: Digest
    size: int
    stored_size: int
    encoding: str
    file: str


class Chunks:
    """The chunks of all projects."""

    def __init__(self, database: Database, files: Files, threads: Threads) -> None:
        self._database = database
        self._files = files
        self._threads = threads

    async def take(self, project: int, digest: Digest, content: bytes | bytearray, encoding: str) -> tuple[bool, bytes | bytearray]:
        """Keep a chunk; whether it is new, and its plain bytes. 400 if it is not what its digest says."""
        plain = await self._threads.run(lambda: verified(digest, content, encoding))
        if await self._threads.run(lambda: self._database.write(lambda c: present(c, project, [digest]))):
            return False, plain
        file = await self._files.write(project, digest, content)
        chunk = Chunk(digest, len(plain), len(content), encoding, file)
        new, useless = await self._threads.run(lambda: self._database.write(lambda c: _keep(self._database, c, project, chunk)))
        if useless is not None:
            await self._files.delete(useless)
        return new, plain

    async def find(self, project: int, digest: Digest) -> Chunk:
        """Where a chunk is; 404 if it is nowhere."""
        found = await self._threads.run(lambda: self._database.read(lambda c: find(c, project, [digest])))
        if not found:
            raise unknown("there is no such chunk")
        return found[digest]

    async def read_stored(self, chunk: Chunk) -> bytes:
        """A chunk's bytes as they are kept, not verified; 404 if they are gone."""
        content = await self._files.read(chunk.file)
        if content is None or len(content) != chunk.stored_size:
            raise unknown("the chunk is damaged; report it")
        return content

    async def read(self, chunk: Chunk) -> bytes | bytearray | None:
        """A chunk's plain bytes, verified; None if they are not what they were."""
        content = await self._files.read(chunk.file)
        if content is None:
            return None
        return await self._threads.run(lambda: _sound(chunk, content))


def verified(digest: Digest, content: bytes | bytearray, encoding: str) -> bytes | bytearray:
    """The plain bytes of a chunk that arrived so encoded; 400 if they are not what the digest says."""
    plain = plain_bytes(content, encoding)
    if plain is None or len(plain) > CHUNK_SIZE:
        raise malformed("the chunk is not what HitSave-Encoding says, or too large")
    if chunk_digest(plain) != digest:
        raise malformed("the chunk is not what its digest says")
    return plain


def plain_bytes(content: bytes | bytearray, encoding: str) -> bytes | bytearray | None:
    """`content` decompressed, never into more than a chunk has; None if it can't be."""
    if encoding != "zstd":
        return content
    # Not `decompress`: it believes the size that the frame states, and makes room for it.
    reader = zstandard.ZstdDecompressor().stream_reader(content, read_across_frames=False)
    plain = bytearray()
    try:
        while piece := reader.read(1 << 20):
            plain += piece
            if len(plain) > CHUNK_SIZE:
                return None
    except (zstandard.ZstdError, MemoryError):
        return None
    return plain


def find(connection: Connection, project: int, digests: Sequence[Digest]) -> dict[Digest, Chunk]:
    """Those of these chunks that are there."""
    columns = (CHUNKS.c.digest, CHUNKS.c.size, CHUNKS.c.stored_size, CHUNKS.c.encoding, CHUNKS.c.file)
    found: dict[Digest, Chunk] = {}
    for some in in_portions(digests):
        rows = connection.execute(select(*columns).where(CHUNKS.c.project == project, CHUNKS.c.digest.in_(some), CHUNKS.c.quarantined.is_(None)))
        found |= {Digest(row[0]): Chunk(Digest(row[0]), *row[1:]) for row in rows}
    return found


def present(connection: Connection, project: int, digests: Sequence[Digest]) -> set[Digest]:
    """Those of these chunks that are there, and from now on stay for the grace."""
    return touch(connection, CHUNKS, project, digests)


def touch(connection: Connection, table: Any, project: int, digests: Sequence[Digest]) -> set[Digest]:
    """Rows of chunks or objects with these digests that are there; each was needed now, so that no collection takes it."""
    found: set[Digest] = set()
    for some in in_portions(sorted(set(digests))):
        rows = connection.execute(
            select(table.c.digest, table.c.touched, table.c.condemned)
            .where(table.c.project == project, table.c.digest.in_(some), table.c.quarantined.is_(None))
            .order_by(table.c.digest)
        ).all()
        old = [digest for digest, touched, condemned in rows if condemned is not None or touched < now() - _FRESH]
        found |= {Digest(digest) for digest, _, _ in rows}
        if old:
            # In one order everywhere, so that two transactions can't wait for each other. What a collection has deleted meanwhile is not updated.
            locked = select(table.c.digest).where(table.c.project == project, table.c.digest.in_(old)).order_by(table.c.digest).with_for_update()
            kept = {Digest(digest) for (digest,) in connection.execute(locked)}
            connection.execute(update(table).where(table.c.project == project, table.c.digest.in_(kept)).values(touched=now(), condemned=None))
            found -= {Digest(digest) for digest in old} - kept
    return found


def in_portions(digests: Sequence[Digest], size: int = 500) -> list[Sequence[Digest]]:
    """`digests` in portions that a statement takes."""
    return [digests[start : start + size] for start in range(0, len(digests), size)]


def _keep(database: Database, connection: Connection, project: int, chunk: Chunk) -> tuple[bool, str | None]:
    """Insert the row of a chunk whose file is there; whether it is new, and a file that nobody needs now."""
    values = {**chunk._asdict(), "project": project, "quarantined": None, "touched": now(), "condemned": None}
    if connection.execute(database.insert_new(CHUNKS).values(**values).returning(CHUNKS.c.digest)).first() is not None:
        return True, None
    old = connection.execute(
        select(CHUNKS.c.file, CHUNKS.c.quarantined).where(CHUNKS.c.project == project, CHUNKS.c.digest == chunk.digest).with_for_update()
    ).first()
    if old is None:
        connection.execute(insert(CHUNKS).values(**values))
        return True, None
    if old.quarantined is None:
        connection.execute(update(CHUNKS).where(CHUNKS.c.project == project, CHUNKS.c.digest == chunk.digest).values(touched=now(), condemned=None))
        return False, chunk.file
    connection.execute(delete(CHUNKS).where(CHUNKS.c.project == project, CHUNKS.c.digest == chunk.digest))
    connection.execute(insert(CHUNKS).values(**values))
    return True, old.file


def _sound(chunk: Chunk, content: bytes) -> bytes | bytearray | None:
    plain = plain_bytes(content, chunk.encoding)
    return plain if plain is not None and len(plain) == chunk.size and chunk_digest(plain) == chunk.digest else None


async def gathered(chunks: Chunks, wanted: Sequence[Chunk], *, ahead: int = 2) -> AsyncGenerator[bytes | bytearray | None]:
    """The plain bytes of chunks, one after the other, with the next ones on their way; None in the place of a damaged one."""
    tasks: list[asyncio.Task[bytes | bytearray | None]] = []
    waiting = list(reversed(wanted))
    try:
        while tasks or waiting:
            while waiting and len(tasks) <= ahead:
                tasks.append(asyncio.create_task(chunks.read(waiting.pop())))
            yield await tasks.pop(0)
    finally:
        for task in tasks:
            task.cancel()
