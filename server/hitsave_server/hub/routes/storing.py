"""Objects, chunks and entries: in and out."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hitsave.digest import Digest
from hitsave.storage import wire
from hitsave.storage.wire import OBJECT_CONTEXTS, ObjectKind
from hitsave_server.hub import chunks as chunk_rows
from hitsave_server.hub.bodies import Fields, Held, digest_of, read_bytes, read_fields
from hitsave_server.hub.caller import Caller
from hitsave_server.hub.chunks import ENCODINGS, Arriving, Chunk, gathered, plain_bytes
from hitsave_server.hub.entries import Line, Upload
from hitsave_server.hub.objects import Large, Small
from hitsave_server.hub.refusals import Refusal, malformed
from hitsave_server.hub.routes.answering import asked_by, path_text, project_of, says, whole_number
from hitsave_server.hub.service import Service
from hitsave_server.hub.tables import CHUNKS, OBJECTS

_RANGE: Final = re.compile(r"bytes=(\d{1,15})-(\d{0,15})", re.ASCII)
_ENVELOPE: Final = 1 << 10
"""What zstd may add to bytes that it can't make smaller."""


@asked_by("write")
async def missing(request: Request, service: Service, caller: Caller) -> Response:
    """`POST …/missing`."""
    fields = await read_fields(request)
    objects, chunks = (fields.digests(name, most=wire.MOST_DIGESTS) for name in ("objects", "chunks"))
    project, _ = await project_of(request, service, caller, make=True)

    def look(connection: Connection) -> tuple[set[Digest], set[Digest]]:
        return chunk_rows.touch(connection, OBJECTS, project, objects), chunk_rows.touch(connection, CHUNKS, project, chunks)

    there, chunks_there = await service.threads.run(lambda: service.database.write(look))
    return says(
        {
            "objects": [bytes(digest) for digest in objects if digest not in there],
            "chunks": [bytes(digest) for digest in chunks if digest not in chunks_there],
        }
    )


@asked_by("write")
async def put_objects(request: Request, service: Service, caller: Caller) -> Response:
    """`POST …/objects`."""
    fields = await read_fields(request)
    new = [_small(each) for each in fields.maps("objects", most=wire.MOST_DIGESTS)]
    project, _ = await project_of(request, service, caller, make=True)
    return says({"stored": await service.objects.take_small(project, new)})


@asked_by("write")
async def put_object(request: Request, service: Service, caller: Caller) -> Response:
    """`PUT …/objects/DIGEST`."""
    digest = digest_of(path_text(request, "digest"))
    fields = await read_fields(request, most=4 << 20)
    chunks = fields.digests("chunks", most=wire.MOST_CHUNKS)
    large = Large(_kind(fields), fields.number("size", most=wire.CHUNK_SIZE * wire.MOST_CHUNKS), tuple(chunks))
    project, _ = await project_of(request, service, caller, make=True)
    new = await service.objects.take_large(project, digest, large)
    return says({}, 201 if new else 200)


@asked_by("read")
async def get_object(request: Request, service: Service, caller: Caller) -> Response:
    """`GET …/objects/DIGEST`."""
    digest = digest_of(path_text(request, "digest"))
    project, _ = await project_of(request, service, caller)
    large, _ = await service.objects.manifest(project, digest)
    manifest: wire.Manifest = {"kind": large.kind, "size": large.size, "chunks": [bytes(chunk) for chunk in large.chunks]}
    return says(manifest)


@asked_by("read")
async def get_bytes(request: Request, service: Service, caller: Caller) -> Response:
    """`GET …/objects/DIGEST/bytes`."""
    digest = digest_of(path_text(request, "digest"))
    project, _ = await project_of(request, service, caller)
    large, whole = await service.objects.manifest(project, digest)
    start, end, partial = _range(request, large.size)
    headers = {"Content-Length": str(end - start), "Accept-Ranges": "bytes"}
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{large.size}"
    status = 206 if partial else 200
    if whole is not None:
        return Response(whole[start:end], status, headers, media_type="application/octet-stream")
    chunks = await service.objects.chunks_of(project, large)
    return StreamingResponse(_pieces(service, chunks, start, end), status, headers, media_type="application/octet-stream")


@asked_by("read")
async def fetch(request: Request, service: Service, caller: Caller) -> Response:
    """`POST …/fetch`."""
    fields = await read_fields(request)
    asked = list(dict.fromkeys(fields.digests("objects", most=wire.MOST_DIGESTS)))
    project, _ = await project_of(request, service, caller)
    found, large, absent = await service.objects.fetch(project, asked)
    return says(
        {
            "objects": {bytes(digest): content for digest, content in found.items()},
            "large": [bytes(digest) for digest in large],
            "missing": [bytes(digest) for digest in absent],
        }
    )


@asked_by("write")
async def put_chunk(request: Request, service: Service, caller: Caller) -> Response:
    """`PUT …/chunks/DIGEST`."""
    digest = digest_of(path_text(request, "digest"))
    encoding = request.headers.get(wire.ENCODING_HEADER, "identity")
    if encoding not in ENCODINGS:
        raise malformed(f"{wire.ENCODING_HEADER} is {' or '.join(ENCODINGS)}")
    claimed = request.headers.get("hitsave-object")
    owner = None if claimed is None else digest_of(claimed)
    place = whole_number(request.headers.get("hitsave-place", "0"), "HitSave-Place", least=0, most=wire.MOST_CHUNKS)
    project, _ = await project_of(request, service, caller, make=True)
    with Held(request, wire.CHUNK_SIZE + _ENVELOPE) as size:
        following = service.objects.following
        arriving = Arriving(digest, encoding, lambda: None if owner is None else following.hasher(project, owner, place))
        there = await service.chunks.is_there(project, digest)
        content = await read_bytes(request, size, arriving.look)
        arrived, hasher = arriving.finish(content) if arriving.is_digested else await service.threads.run(lambda: arriving.finish(content))
        if owner is not None and hasher is not None:
            following.note(project, owner, place, digest, hasher)  # before it is stored, so that the next one, which is on its way, can go on from it
        new = not there and await service.chunks.take(project, arrived)
    return says({}, 201 if new else 200)


@asked_by("read")
async def get_chunk(request: Request, service: Service, caller: Caller) -> Response:
    """`GET …/chunks/DIGEST`."""
    digest = digest_of(path_text(request, "digest"))
    project, _ = await project_of(request, service, caller)
    try:
        chunk = await service.chunks.find(project, digest)
    except Refusal:
        whole = await service.objects.whole_chunk(project, digest)
        if whole is None:
            raise
        return _bytes(whole, "identity")
    stored = await service.chunks.read_stored(chunk)
    if chunk.encoding == "identity" or request.headers.get(wire.ENCODING_HEADER) == chunk.encoding:
        return _bytes(stored, chunk.encoding)
    plain = await service.threads.run(lambda: plain_bytes(stored, chunk.encoding))
    if plain is None:
        raise Refusal(404, "unknown", "the chunk is damaged; report it")
    return _bytes(memoryview(plain), "identity")


@asked_by("write")
async def put_entries(request: Request, service: Service, caller: Caller) -> Response:
    """`POST …/entries`."""
    fields = await read_fields(request)
    uploads = [_upload(each) for each in fields.maps("entries", most=wire.MOST_ENTRIES)]
    project, name = await project_of(request, service, caller, make=True)
    return says({"entries": await service.entries.receive(caller, project, name, uploads)})


@asked_by("write")
async def put_run(request: Request, service: Service, caller: Caller) -> Response:
    """`PUT …/runs/ID`."""
    upload = _upload(await read_fields(request))
    identity = path_text(request, "id")
    project, name = await project_of(request, service, caller, make=True)
    lines, why = await service.entries.show_run(caller, project, name, identity, upload)
    if why:
        raise malformed(why)
    return says({"lines": lines})


@asked_by("read")
async def corrupt(request: Request, service: Service, caller: Caller) -> Response:
    """`POST …/corrupt`."""
    fields = await read_fields(request, most=1 << 10)
    digest = fields.digest("digest")
    project, _ = await project_of(request, service, caller)
    return says({"state": await service.examiner.examine(project, digest, caller.member)})


def _bytes(content: bytes | memoryview, encoding: str) -> Response:
    return Response(content, headers={wire.ENCODING_HEADER: encoding}, media_type="application/octet-stream")


def _small(fields: Fields) -> Small:
    return Small(_kind(fields), fields.digest("digest"), fields.content("content", most=wire.SMALL_OBJECT))


def _kind(fields: Fields) -> ObjectKind:
    kind = fields.text("kind", most=20)
    if kind not in OBJECT_CONTEXTS:
        raise malformed(f"kind is one of {', '.join(OBJECT_CONTEXTS)}")
    return kind


def _upload(fields: Fields) -> Upload:
    return Upload(
        fields.content("body", most=wire.MOST_ENTRY),
        fields.content("signer", most=32, size=32),
        fields.content("signature", most=64, size=64),
        list(dict.fromkeys(fields.digests("texts", most=wire.MOST_DIGESTS))),
        [_line(each) for each in fields.maps("logged", most=wire.MOST_LOGGED)],
    )


def _line(fields: Fields) -> Line:
    return Line(
        fields.number("number", least=1, most=1 << 40), fields.number("at_ns", most=(1 << 63) - 1), fields.content("content", most=wire.MOST_LINE)
    )


def _range(request: Request, size: int) -> tuple[int, int, bool]:
    text = request.headers.get("range")
    found = None if text is None else _RANGE.fullmatch(text)
    if found is None:  # none, or one of a kind that is not served: all of it, as HTTP says
        return 0, size, False
    start = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    if start >= end:
        raise Refusal(416, "malformed", "there are no such bytes", headers={"Content-Range": f"bytes */{size}"})
    return start, end, True


async def _pieces(service: Service, chunks: list[Chunk], start: int, end: int) -> AsyncIterator[memoryview]:
    first = start // wire.CHUNK_SIZE
    at = first * wire.CHUNK_SIZE
    async for plain in gathered(service.chunks, chunks[first : -(-end // wire.CHUNK_SIZE)]):
        if plain is None:
            raise ConnectionError("a chunk is damaged")  # too late for a status: the connection ends before the answer does
        yield memoryview(plain)[max(0, start - at) : end - at]
        at += len(plain)
