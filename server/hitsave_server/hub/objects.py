"""Objects: small ones in the database, larger ones as chunks; taken in, told of, given out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from blake3 import blake3
from sqlalchemy import Connection, delete, insert, select, update

from hitsave.digest import Digest
from hitsave.storage.wire import CHUNK_SIZE, INLINE_OBJECT, OBJECT_CONTEXTS, SMALL_OBJECT, ObjectKind, chunk_digest, object_digest
from hitsave_server.hub import chunks as chunk_rows
from hitsave_server.hub.chunks import Arrived, Chunk, Chunks, gathered, in_portions
from hitsave_server.hub.clock import now
from hitsave_server.hub.database import Database
from hitsave_server.hub.refusals import Refusal, malformed, unknown
from hitsave_server.hub.tables import ENTRIES, ENTRY_OBJECTS, OBJECT_CHUNKS, OBJECTS
from hitsave_server.hub.threads import Threads

FETCH_BUDGET: Final = 24 << 20
"""Bytes of all objects that one answer brings."""
_MOST_FOLLOWED: Final = 64
"""Objects whose chunks a worker digests as they arrive."""


class Small(NamedTuple):
    """An object that arrived in a batch."""

    kind: ObjectKind
    digest: Digest
    content: bytes


class Large(NamedTuple):
    """An object as its chunks. One that is kept whole has the chunk that it would be, which is read from it."""

    kind: ObjectKind
    size: int
    chunks: tuple[Digest, ...]


class Following:
    """The digests of objects whose chunks came to this worker in their order, so that they need not be read again to be verified."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, Digest, str], tuple[list[Digest], Any]] = OrderedDict()

    def hasher(self, project: int, claimed: Digest, place: int) -> Any:
        """What is to take in the chunk that is said to be at this place of an object, None if the chunks before it were not seen. Values are digested so; contents are small."""
        if place == 0:
            return blake3(derive_key_context=OBJECT_CONTEXTS["blob"])
        seen, hasher = self._known.get((project, claimed, OBJECT_CONTEXTS["blob"]), ([], None))
        return hasher.copy() if hasher is not None and place == len(seen) else None

    def note(self, project: int, claimed: Digest, place: int, digest: Digest, hasher: Any) -> None:
        """The chunk at this place was what it was said to be, and `hasher` has taken it in."""
        key = (project, claimed, OBJECT_CONTEXTS["blob"])
        seen, _ = self._known.pop(key, ([], None))
        self._known[key] = ([*seen[:place], digest], hasher)
        while len(self._known) > _MOST_FOLLOWED:
            self._known.popitem(last=False)

    def take(self, project: int, claimed: Digest, kind: ObjectKind, chunks: Sequence[Digest]) -> bool:
        """Whether exactly these chunks were seen, and are the object."""
        seen, hasher = self._known.pop((project, claimed, OBJECT_CONTEXTS[kind]), ([], None))
        return hasher is not None and seen == list(chunks) and hasher.digest() == claimed


class Objects:
    """The objects of all projects."""

    def __init__(self, database: Database, chunks: Chunks, threads: Threads) -> None:
        self._database = database
        self._chunks = chunks
        self._threads = threads
        self.following = Following()

    async def take_small(self, project: int, new: Sequence[Small]) -> int:
        """Keep objects that came whole; how many are new. 400 if one is not what its digest says, and then none is kept."""
        await self._threads.run(lambda: _check(new))
        told = await self._threads.run(lambda: self._database.write(lambda c: chunk_rows.touch(c, OBJECTS, project, [each.digest for each in new])))
        fresh = [each for each in {each.digest: each for each in new}.values() if each.digest not in told]
        for each in fresh:
            if len(each.content) > INLINE_OBJECT:
                digest = chunk_digest(each.content)
                if not await self._chunks.is_there(project, digest):
                    await self._chunks.take(project, Arrived(digest, each.content, "identity", len(each.content)))

        def keep(connection: Connection) -> None:
            for each in sorted(fresh, key=lambda each: each.digest):
                inline = len(each.content) <= INLINE_OBJECT
                if not inline and not chunk_rows.present(connection, project, [chunk_digest(each.content)]):
                    raise Refusal(503, "unavailable", "a chunk went away while its object was taken in", headers={"Retry-After": "0"})
                _insert(
                    self._database,
                    connection,
                    project,
                    each.digest,
                    each.kind,
                    len(each.content),
                    each.content if inline else None,
                    (chunk_digest(each.content),) if each.content else (),
                )

        if fresh:
            await self._threads.run(lambda: self._database.write(keep))
        return len(fresh)

    async def take_large(self, project: int, digest: Digest, large: Large) -> bool:
        """Keep an object whose chunks are there; whether it is new. 409 with those that aren't, 400 if they are not the object."""
        if await self._threads.run(lambda: self._database.write(lambda c: chunk_rows.touch(c, OBJECTS, project, [digest]))):
            return False
        there = await self._threads.run(lambda: self._there(project, large.chunks))
        sizes = [there[chunk].size for chunk in large.chunks]
        if any(size != CHUNK_SIZE for size in sizes[:-1]) or sum(sizes) != large.size or (sizes and not sizes[-1]):
            raise malformed("each chunk but the last must have 16 MiB, and all of them the size of the object")
        if not self.following.take(project, digest, large.kind, large.chunks):
            await self._verify(project, digest, large, [there[chunk] for chunk in large.chunks])

        def keep(connection: Connection) -> None:
            missing = set(large.chunks) - chunk_rows.present(connection, project, large.chunks)
            if missing:
                raise _missing(sorted(missing))
            _insert(self._database, connection, project, digest, large.kind, large.size, None if large.chunks else b"", large.chunks)

        await self._threads.run(lambda: self._database.write(keep))
        return True

    async def manifest(self, project: int, digest: Digest) -> tuple[Large, bytes | None]:
        """An object as its chunks, and its content if it is kept whole; 404 if there is no such object."""
        found = await self._threads.run(lambda: self._database.read(lambda c: _manifest(c, project, digest)))
        if found is None:
            raise unknown("there is no such object")
        return found

    async def fetch(self, project: int, digests: Sequence[Digest]) -> tuple[dict[Digest, bytes], list[Digest], list[Digest]]:
        """Objects as far as they are small and fit into one answer; those that don't, and those that aren't there."""
        rows = await self._threads.run(lambda: self._database.read(lambda c: _rows(c, project, digests)))
        found: dict[Digest, bytes] = {}
        large: list[Digest] = []
        room = FETCH_BUDGET
        for digest in digests:
            row = rows.get(digest)
            if row is None or digest in found:
                continue
            size, content = row
            if size > SMALL_OBJECT or size > room:
                large.append(digest)
                continue
            if content is None:
                content = await self.whole(project, digest)
            if content is not None:
                found[digest] = content
                room -= size
        return found, large, [digest for digest in digests if digest not in found and digest not in set(large)]

    async def whole(self, project: int, digest: Digest) -> bytes | None:
        """All bytes of an object that fits into memory; None if some are damaged."""
        manifest, content = await self.manifest(project, digest)
        if content is not None:
            return content
        there = await self._threads.run(lambda: self._there(project, manifest.chunks))
        pieces = [piece async for piece in gathered(self._chunks, [there[chunk] for chunk in manifest.chunks])]
        sound = [piece for piece in pieces if piece is not None]
        return b"".join(sound) if len(sound) == len(pieces) else None

    async def whole_chunk(self, project: int, digest: Digest) -> bytes | None:
        """The chunk that an object is which is kept whole."""
        return await self._threads.run(lambda: self._database.read(lambda c: _whole_chunk(c, project, digest)))

    async def chunks_of(self, project: int, manifest: Large) -> list[Chunk]:
        """Where the chunks of an object are."""
        there = await self._threads.run(lambda: self._there(project, manifest.chunks))
        return [there[chunk] for chunk in manifest.chunks]

    def _there(self, project: int, wanted: Sequence[Digest]) -> dict[Digest, Chunk]:
        there = self._database.read(lambda c: chunk_rows.find(c, project, list(set(wanted))))
        missing = sorted(set(wanted) - set(there))
        if missing:
            raise _missing(missing)
        return there

    async def _verify(self, project: int, digest: Digest, large: Large, chunks: list[Chunk]) -> None:
        hasher = blake3(derive_key_context=OBJECT_CONTEXTS[large.kind])
        place = 0
        async for plain in gathered(self._chunks, chunks):
            if plain is None:
                await self._quarantine(project, chunks[place].digest)
                raise _missing([chunks[place].digest])
            await self._threads.run(lambda plain=plain: hasher.update(plain))
            place += 1
        if hasher.digest() != digest:
            raise malformed("the chunks are not the object")

    async def _quarantine(self, project: int, digest: Digest) -> None:
        await self._threads.run(lambda: self._database.write(lambda c: quarantine(c, project, digest)))


def sizes_of(connection: Connection, project: int, digests: Sequence[Digest]) -> dict[Digest, tuple[str, int]]:
    """The kind and size of those of these objects that are there."""
    found: dict[Digest, tuple[str, int]] = {}
    for some in in_portions(digests):
        rows = connection.execute(
            select(OBJECTS.c.digest, OBJECTS.c.kind, OBJECTS.c.size).where(
                OBJECTS.c.project == project, OBJECTS.c.digest.in_(some), OBJECTS.c.quarantined.is_(None)
            )
        )
        found |= {Digest(digest): (kind, size) for digest, kind, size in rows}
    return found


def inline_contents(connection: Connection, project: int, digests: Sequence[Digest]) -> dict[Digest, bytes]:
    """The contents of those of these objects that are kept whole."""
    found: dict[Digest, bytes] = {}
    for some in in_portions(digests):
        rows = connection.execute(
            select(OBJECTS.c.digest, OBJECTS.c.content).where(
                OBJECTS.c.project == project, OBJECTS.c.digest.in_(some), OBJECTS.c.quarantined.is_(None), OBJECTS.c.content.is_not(None)
            )
        )
        found |= {Digest(digest): content for digest, content in rows}
    return found


def quarantine(connection: Connection, project: int, digest: Digest) -> list[Digest]:
    """Count a chunk or an object as missing from now on, and what needs it; the objects that were hit."""
    connection.execute(
        update(chunk_rows.CHUNKS).where(chunk_rows.CHUNKS.c.project == project, chunk_rows.CHUNKS.c.digest == digest).values(quarantined=now())
    )
    holders = select(OBJECT_CHUNKS.c.object).where(OBJECT_CHUNKS.c.project == project, OBJECT_CHUNKS.c.chunk == digest)
    hit = [Digest(each) for (each,) in connection.execute(holders)] + [digest]
    objects = [
        Digest(each)
        for (each,) in connection.execute(
            update(OBJECTS).where(OBJECTS.c.project == project, OBJECTS.c.digest.in_(hit)).values(quarantined=now()).returning(OBJECTS.c.digest)
        )
    ]
    _block(connection, project, objects, blocked=True)
    return objects


def _block(connection: Connection, project: int, objects: Sequence[Digest], *, blocked: bool) -> None:
    for some in in_portions(objects):
        users = select(ENTRY_OBJECTS.c.number).where(ENTRY_OBJECTS.c.project == project, ENTRY_OBJECTS.c.object.in_(some))
        chosen = ENTRIES.c.number.in_(users)
        if not blocked:  # only those whose other objects are all good
            bad = (
                select(ENTRY_OBJECTS.c.number)
                .join(OBJECTS, (OBJECTS.c.project == ENTRY_OBJECTS.c.project) & (OBJECTS.c.digest == ENTRY_OBJECTS.c.object))
                .where(ENTRY_OBJECTS.c.number == ENTRIES.c.number, OBJECTS.c.quarantined.is_not(None))
            )
            chosen &= ~bad.exists()
        connection.execute(update(ENTRIES).where(chosen).values(blocked=blocked))


def _insert(
    database: Database,
    connection: Connection,
    project: int,
    digest: Digest,
    kind: ObjectKind,
    size: int,
    content: bytes | None,
    chunks: Sequence[Digest],
) -> None:
    """Insert an object; in the place of one that is in quarantine."""
    ours = (OBJECTS.c.project == project) & (OBJECTS.c.digest == digest)
    values = {"kind": kind, "size": size, "content": content, "quarantined": None, "touched": now(), "condemned": None}
    made = connection.execute(database.insert_new(OBJECTS).values(project=project, digest=digest, **values).returning(OBJECTS.c.digest))
    if made.first() is None:
        mended = connection.execute(update(OBJECTS).where(ours, OBJECTS.c.quarantined.is_not(None)).values(**values))
        if mended.rowcount == 0:
            connection.execute(update(OBJECTS).where(ours).values(touched=now(), condemned=None))
            return
        connection.execute(delete(OBJECT_CHUNKS).where(OBJECT_CHUNKS.c.project == project, OBJECT_CHUNKS.c.object == digest))
    if chunks:
        connection.execute(
            insert(OBJECT_CHUNKS), [{"project": project, "object": digest, "place": place, "chunk": chunk} for place, chunk in enumerate(chunks)]
        )
    _block(connection, project, [digest], blocked=False)


def _check(new: Sequence[Small]) -> None:
    for each in new:
        if object_digest(each.kind, each.content) != each.digest:
            raise malformed(f"an object is not what its digest says: {each.digest}")


def _rows(connection: Connection, project: int, digests: Sequence[Digest]) -> dict[Digest, tuple[int, bytes | None]]:
    found: dict[Digest, tuple[int, bytes | None]] = {}
    for some in in_portions(digests):
        rows = connection.execute(
            select(OBJECTS.c.digest, OBJECTS.c.size, OBJECTS.c.content).where(
                OBJECTS.c.project == project, OBJECTS.c.digest.in_(some), OBJECTS.c.quarantined.is_(None)
            )
        )
        found |= {Digest(digest): (size, content) for digest, size, content in rows}
    return found


def _manifest(connection: Connection, project: int, digest: Digest) -> tuple[Large, bytes | None] | None:
    row = connection.execute(
        select(OBJECTS.c.kind, OBJECTS.c.size, OBJECTS.c.content).where(
            OBJECTS.c.project == project, OBJECTS.c.digest == digest, OBJECTS.c.quarantined.is_(None)
        )
    ).first()
    if row is None:
        return None
    kind, size, content = row
    chunks = connection.execute(
        select(OBJECT_CHUNKS.c.chunk).where(OBJECT_CHUNKS.c.project == project, OBJECT_CHUNKS.c.object == digest).order_by(OBJECT_CHUNKS.c.place)
    )
    return Large(kind, size, tuple(Digest(chunk) for (chunk,) in chunks)), content


def _whole_chunk(connection: Connection, project: int, digest: Digest) -> bytes | None:
    return connection.execute(
        select(OBJECTS.c.content)
        .join(OBJECT_CHUNKS, (OBJECT_CHUNKS.c.project == OBJECTS.c.project) & (OBJECT_CHUNKS.c.object == OBJECTS.c.digest))
        .where(OBJECT_CHUNKS.c.project == project, OBJECT_CHUNKS.c.chunk == digest, OBJECTS.c.content.is_not(None), OBJECTS.c.quarantined.is_(None))
        .limit(1)
    ).scalar()


def _missing(chunks: Sequence[Digest]) -> Refusal:
    return Refusal(409, "missing", "chunks of the object are not there", beside={"missing": [bytes(each) for each in chunks[:10_000]]})
