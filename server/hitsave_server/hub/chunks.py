"""Chunks: taken in, verified, kept as files; and read again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any, Final, NamedTuple

import zstandard
from blake3 import blake3
from sqlalchemy import Connection, delete, insert, select, update

from hitsave.digest import Digest
from hitsave.storage.wire import CHUNK_CONTEXT, CHUNK_SIZE, chunk_digest
from hitsave_server.hub.clock import now
from hitsave_server.hub.database import Database
from hitsave_server.hub.files import Files
from hitsave_server.hub.refusals import malformed, unknown
from hitsave_server.hub.tables import CHUNKS
from hitsave_server.hub.threads import Threads

Plain = bytes | bytearray | memoryview
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

    async def is_there(self, project: int, digest: Digest) -> bool:
        """Whether a chunk is there, and from now on stays for the grace."""
        return bool(await self._threads.run(lambda: self._database.write(lambda c: present(c, project, [digest]))))

    async def take(self, project: int, arrived: Arrived) -> bool:
        """Keep a chunk that was verified; whether it is new."""
        file = await self._files.write(project, arrived.digest, arrived.content)
        chunk = Chunk(arrived.digest, arrived.size, len(arrived.content), arrived.encoding, file)
        new, useless = await self._threads.run(lambda: self._database.write(lambda c: _keep(self._database, c, project, chunk)))
        if useless is not None:
            await self._files.delete(useless)
        return new

    async def find(self, project: int, digest: Digest) -> Chunk:
        """Where a chunk is; 404 if it is nowhere."""
        found = await self._threads.run(lambda: self._database.read(lambda c: find(c, project, [digest])))
        if not found:
            raise unknown("there is no such chunk")
        return found[digest]

    async def read_stored(self, chunk: Chunk) -> memoryview:
        """A chunk's bytes as they are kept, not verified; 404 if they are gone."""
        content = await self._files.read(chunk.file)
        if content is None or len(content) != chunk.stored_size:
            raise unknown("the chunk is damaged; report it")
        return content

    async def read(self, chunk: Chunk) -> Plain | None:
        """A chunk's plain bytes, verified; None if they are not what they were."""
        content = await self._files.read(chunk.file)
        if content is None:
            return None
        return await self._threads.run(lambda: _sound(chunk, content))


class Arrived(NamedTuple):
    """A chunk that is what its digest says: its bytes as they came, how they are encoded, and how many plain ones they are."""

    digest: Digest
    content: bytes | bytearray
    encoding: str
    size: int


class Arriving:
    """A chunk on its way in. Plain bytes are digested as they come, for the chunk, and for the object that it is a part of, if `hasher_of_object` gives what has taken in all that is before it.

    It is asked when the first bytes come, and again when all are there: the chunk before may still have been on its way. Compressed bytes are digested when all are there.
    """

    def __init__(self, digest: Digest, encoding: str, hasher_of_object: Callable[[], Any]) -> None:
        self._digest = digest
        self._encoding = encoding
        self._hasher = blake3(derive_key_context=CHUNK_CONTEXT)
        self._hasher_of_object = hasher_of_object
        self._object: Any = None
        self._seen = 0

    @property
    def is_digested(self) -> bool:
        """Whether `finish` has little left to do."""
        return self._encoding == "identity" and self._object is not None

    def look(self, piece: bytes) -> None:
        """The next bytes."""
        if self._encoding == "identity":
            if not self._seen:
                self._object = self._hasher_of_object()
            self._take(piece)

    def finish(self, content: bytes | bytearray) -> tuple[Arrived, Any]:
        """All of it, and what has taken in the object so far, if that is known; 400 if it is not what the digest says. It may decompress and digest 16 MiB."""
        plain = plain_bytes(content, self._encoding)
        if plain is None or len(plain) > CHUNK_SIZE:
            raise malformed("the chunk is not what HitSave-Encoding says, or too large")
        if self._encoding != "identity":
            self._take(plain)
        if self._hasher.digest() != self._digest:
            raise malformed("the chunk is not what its digest says")
        if self._object is None and (hasher := self._hasher_of_object()) is not None:
            self._object = hasher.update(plain)
        return Arrived(self._digest, content, self._encoding, self._seen), self._object

    def _take(self, plain: Plain) -> None:
        self._seen += len(plain)
        self._hasher.update(plain)
        if self._object is not None:
            self._object.update(plain)


def plain_bytes(content: Plain, encoding: str) -> Plain | None:
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


def _sound(chunk: Chunk, content: memoryview) -> Plain | None:
    plain = plain_bytes(content, chunk.encoding)
    return plain if plain is not None and len(plain) == chunk.size and chunk_digest(plain) == chunk.digest else None


async def gathered(chunks: Chunks, wanted: Sequence[Chunk], *, ahead: int = 2) -> AsyncGenerator[Plain | None]:
    """The plain bytes of chunks, one after the other, with the next ones on their way; None in the place of a damaged one."""
    tasks: list[asyncio.Task[Plain | None]] = []
    waiting = list(reversed(wanted))
    try:
        while tasks or waiting:
            while waiting and len(tasks) <= ahead:
                tasks.append(asyncio.create_task(chunks.read(waiting.pop())))
            yield await tasks.pop(0)
    finally:
        for task in tasks:
            task.cancel()
