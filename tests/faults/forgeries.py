"""What a hostile team server says: genuine entries with one thing in them forged, and answers that are bombs."""

from __future__ import annotations

import os
import pickle
import random
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import zstandard

from hitsave.digest import Digest
from hitsave.freshness.record import Record, decoded
from hitsave.storage import wire
from hitsave.storage.entry import Entry, body
from hitsave.storage.packing import pack, unpack
from hitsave.storage.shared import needs_of, read_shared
from hitsave.storage.store import Store
from hitsave.storage.team.client import Hub
from hitsave.storage.team.signing import SigningKey
from hitsave.storage.wire import CHUNK_SIZE, ENCODING_HEADER, MEDIA, chunk_digest, object_digest

Answers = dict[str, list[Any]]
_ODD: Final = (None, True, -1, 1 << 62, "", "x" * 300, "\u202eabc", b"", bytes(32), b"\xff" * 32, [], [[]], {})


class Lie(NamedTuple):
    """What is answered to who makes the call of number `call`: something forged of a `kind`, in words `what`."""

    kind: str
    what: str
    call: int
    answers: Answers


class Genuine(NamedTuple):
    """An entry that a member signed, with the objects that it needs, by digest, and the member's secret. `other`: of another member's, for another call."""

    number: int
    entry: Entry
    body: bytes
    signer: bytes
    signature: bytes
    objects: dict[Digest, bytes]
    secret: SigningKey
    other: Any = None

    @classmethod
    def read(cls, hub: Hub, store: Path, number: int, secret: SigningKey) -> Self:
        """As a hub has the one entry that is in this store."""
        with Store.open(store) as opened:
            (own,) = opened.list()
            objects = {
                need.digest: bytes(opened.open_value(own)) if need.kind == "blob" else opened.content(need.kind, need.digest) or b""
                for need in needs_of(own)
                if need.kind != "blob" or need.digest == own.value
            }
        ((row,), _) = hub.lookup(own.key, ["member"], seconds=30)
        entry = read_shared(row["body"], project=hub.project)
        return cls(number, entry, row["body"], row["signer"], row["signature"], objects, secret)

    def lies(
        self,
        *,
        body: bytes | None = None,
        signer: bytes | None = None,
        signature: bytes | None = None,
        objects: dict[Digest, bytes] | None = None,
        manifest: object = None,
        chunks: dict[Digest, bytes] | None = None,
    ) -> Answers:
        """All that a hub answers about it, but with these in the place of what is genuine."""
        row = {"body": body or self.body, "signer": signer or self.signer, "signature": self.signature if signature is None else signature}
        held = self.objects | (objects or {})
        small = {bytes(digest): content for digest, content in held.items() if len(content) <= wire.INLINE_OBJECT}
        me = {"team": "t", "member": "m", "key": "k", "scopes": ["read"], "tier": "member", "projects": None, "expires": None}
        answers = {
            "whoami": _says(me),
            "lookup": _says({"found": [[row]], "objects": small}),
            "fetch": _says({"objects": small, "large": [], "missing": []}),
        }
        for digest, content in held.items():
            pieces = [content[start : start + CHUNK_SIZE] for start in range(0, len(content), CHUNK_SIZE)]
            names = [chunk_digest(piece) for piece in pieces]
            told = manifest or {"kind": "blob", "size": len(content), "chunks": [bytes(name) for name in names]}
            answers[f"objects/{digest}"] = _says(told)
            for name, piece in {**dict(zip(names, pieces, strict=True)), **(chunks or {})}.items():
                answers[f"chunks/{name}"] = [200, {ENCODING_HEADER: "identity"}, piece]
        return answers

    def nothing(self) -> Answers:
        """What a hub answers that has nothing."""
        return {**self.lies(), "lookup": _says({"found": [[]], "objects": {}})}


def forgeries(genuine: list[Genuine], canary: Path, count: int, seed: int) -> list[Lie]:
    """So many forgeries: a choice of those that are made by a plan, half of them fields of entries, and bytes changed at random in what a hub sends."""
    dice = random.Random(seed)
    made = [lie for entry in genuine for lie in _planned(entry, _payload(canary))]
    dice.shuffle(made)
    others = [lie for lie in made if not lie.kind.startswith("a field")][: count * 9 // 20]
    fields = [lie for lie in made if lie.kind.startswith("a field")]
    planned = others + fields[: count * 9 // 10 - len(others)]
    return planned + [_flipped(dice.choice(genuine), dice) for _ in range(count - len(planned))]


def _planned(genuine: Genuine, payload: bytes) -> Iterator[Lie]:
    stranger = SigningKey(os.urandom(32))

    def lie(kind: str, what: str, **forged: Any) -> Lie:
        return Lie(kind, what, genuine.number, genuine.lies(**forged))

    for place, (name, odd) in enumerate((name, odd) for name in Entry._fields[:29] for odd in _ODD):
        fields = unpack(genuine.body)
        if fields[1 + Entry._fields.index(name)] == odd:
            continue
        fields[1 + Entry._fields.index(name)] = odd
        forged = pack(fields)
        if place % 2:
            yield lie("a field, signed by a stranger", f"{name} = {odd!r}", body=forged, signer=stranger.public, signature=stranger.sign(forged))
        else:
            yield lie("a field, with the old signature", f"{name} = {odd!r}", body=forged)

    loaded = genuine.entry._replace(value=object_digest("blob", payload), size=len(payload), codec="pickle")
    named = {Digest(loaded.value or b""): payload}
    yield lie("a payload", "in the place of the value", objects={_value(genuine): payload})
    yield lie("a payload", "with a body for it and the old signature", body=body(loaded), objects=named)
    yield lie("a payload", "signed by a stranger", body=body(loaded), objects=named, signer=stranger.public, signature=stranger.sign(body(loaded)))
    yield lie("a payload", "said to be by the member", body=body(loaded), objects=named, signature=stranger.sign(body(loaded)))
    for digest in genuine.objects:
        yield lie("a payload", f"in the place of {digest}", objects={digest: payload})

    for digest, content in genuine.objects.items():
        others = [each for each in genuine.objects.values() if each != content]
        for what, forged in {
            "cut": content[:-1],
            "longer": content + b"\0",
            "empty": b"",
            "another": others[0],
            "of another entry": next(each for each in genuine.other.objects.values() if each != content),
            "first byte": bytes([content[0] ^ 1]) + content[1:],
        }.items():
            yield lie("an object", f"{digest} {what}", objects={digest: forged})
    yield from (lie("a Record without a check", what, **forged) for what, forged in _stripped(genuine, stranger))

    other: Genuine = genuine.other
    yield Lie("replayed", "another call's", genuine.number, other.lies())
    for what, changed in {
        "another project": genuine.entry._replace(project="elsewhere"),
        "another tier": genuine.entry._replace(tier="untrusted"),
        "a run that failed": genuine.entry._replace(status="failed", value=None, checksum=None, size=0),
        "a run that goes on": genuine.entry._replace(status="running", value=None, checksum=None, size=0),
        "another key": genuine.entry._replace(key=other.entry.key),
        "kept to one machine": genuine.entry._replace(local_only=True),
    }.items():
        yield lie("replayed", f"genuinely signed, of {what}", body=body(changed), signature=genuine.secret.sign(body(changed)))
    for what, forged in {
        "another member's key": {"signer": other.signer},
        "another entry's": {"signature": other.signature},
        "another member's, of another entry": {"signer": other.signer, "signature": other.signature},
        "cut": {"signature": genuine.signature[:-1]},
        "none": {"signature": b""},
        "zeros": {"signature": bytes(64)},
        "a key of no length": {"signer": genuine.signer[:-1]},
        "over the body alone": {"signature": genuine.secret.sign_bytes(genuine.body)},
        "a body with more behind it": {"body": genuine.body + b"\0"},
    }.items():
        yield lie("a signature", what, **forged)
    yield from _manifests(genuine)


def _manifests(genuine: Genuine) -> Iterator[Lie]:
    """The ways in which the chunks of a large value can be wrong."""
    value = genuine.objects[_value(genuine)]
    if len(value) <= wire.INLINE_OBJECT:
        return
    name = chunk_digest(value)
    for what, manifest in {
        "too short": {"kind": "blob", "size": len(value) - 1, "chunks": [bytes(name)]},
        "too long": {"kind": "blob", "size": len(value) + 1, "chunks": [bytes(name)]},
        "twice": {"kind": "blob", "size": len(value), "chunks": [bytes(name)] * 2},
        "none": {"kind": "blob", "size": 0, "chunks": []},
        "less than nothing": {"kind": "blob", "size": -1, "chunks": []},
        "a terabyte": {"kind": "blob", "size": 1 << 40, "chunks": [bytes(name)] * (1 << 16)},
        "no digests": {"kind": "blob", "size": len(value), "chunks": [b"x"]},
        "text": "chunks",
    }.items():
        yield Lie("chunks", what, genuine.number, genuine.lies(manifest=manifest))
    forged = bytes([value[0] ^ 1]) + value[1:]
    told = {"kind": "blob", "size": len(value), "chunks": [bytes(chunk_digest(forged))]}
    yield Lie("chunks", "of another value", genuine.number, genuine.lies(manifest=told, chunks={chunk_digest(forged): forged}))
    yield Lie("chunks", "not what their name says", genuine.number, genuine.lies(chunks={name: forged}))


def _stripped(genuine: Genuine, stranger: SigningKey) -> Iterator[tuple[str, dict[str, Any]]]:
    """The Record without one of its checks: under the old digest; and under its own, with the old signature, or a stranger's."""
    record = decoded(Record, genuine.objects[genuine.entry.record])
    assert record is not None
    for name, checks in zip(record._fields, record, strict=True):
        if not isinstance(checks, tuple) or not checks:
            continue
        stripped = record._replace(**{name: checks[1:]}).encode()
        digest = object_digest("record", stripped)
        forged = body(genuine.entry._replace(record=digest))
        yield f"{name}, under the old digest", {"objects": {genuine.entry.record: stripped}}
        yield f"{name}, with the old signature", {"objects": {digest: stripped}, "body": forged}
        yield (
            f"{name}, signed by a stranger",
            {"objects": {digest: stripped}, "body": forged, "signer": stranger.public, "signature": stranger.sign(forged)},
        )


def _flipped(genuine: Genuine, dice: random.Random) -> Lie:
    """With one byte changed, anywhere in what is sent of the entry."""

    def flip(content: bytes) -> bytes:
        place = dice.randrange(len(content))
        return content[:place] + bytes([content[place] ^ dice.randrange(1, 256)]) + content[place + 1 :]

    match dice.choice(["body", "signature", "signer", "object"]):
        case "object":
            digest = dice.choice(list(genuine.objects))
            return Lie("a byte", f"of {digest}", genuine.number, genuine.lies(objects={digest: flip(genuine.objects[digest])}))
        case part:
            return Lie("a byte", f"of the {part}", genuine.number, genuine.lies(**{part: flip(getattr(genuine, part))}))


class _Payload:
    """What a pickle can do: here it makes a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.open, (str(self._path), os.O_CREAT | os.O_WRONLY)


def _payload(canary: Path) -> bytes:
    return pickle.dumps(_Payload(canary), protocol=4)


def _value(genuine: Genuine) -> Digest:
    assert genuine.entry.value is not None
    return genuine.entry.value


def _says(plain: object, status: int = 200) -> list[Any]:
    return [status, {"Content-Type": MEDIA}, wire.encode(plain)]


# ---------------------------------------------------------------------------------------------------------------------


def bombs(genuine: list[Genuine], count: int) -> list[Lie]:
    """So many answers that are much larger than they may be, or become so."""
    made = [lie for size in (64, 256, 1024, 4096) for entry in genuine for lie in _bombs(entry, size)]
    random.Random(0).shuffle(made)
    return made[:count]


def _bombs(genuine: Genuine, size: int) -> Iterator[Lie]:
    """Bombs of so many MiB."""
    piece, number = bytes(1 << 20), genuine.number
    honest = genuine.lies()
    row = {"body": genuine.body, "signer": genuine.signer, "signature": genuine.signature}
    msgpack = {"Content-Type": MEDIA}

    def lie(what: str, **answers: list[Any]) -> Lie:
        return Lie("bomb", f"{what}, {size} MiB", number, honest | answers)

    yield lie("an endless look-up", lookup=[200, msgpack, [piece, size]])
    yield lie("a look-up of unknown length", lookup=[200, {**msgpack, "Content-Length": str(1 << 50)}, [piece, size]])
    yield lie("lists in lists", lookup=[200, msgpack, b"\xdc\xff\xff" * min(size, 1000) + bytes(1 << 20)])
    yield lie("empty lists", lookup=[200, msgpack, b"\xdd\x00\x80\x00\x00" + b"\x90" * (8 << 20)])
    yield lie("maps", lookup=[200, msgpack, b"\xdc\xff\xff" + b"\x81\xa1a\x90" * 65_535])
    yield lie("compressed by HTTP", lookup=[200, {**msgpack, "Content-Encoding": "zstd"}, _zeros(size)])
    yield lie("many entries", lookup=_says({"found": [[row] * 2_000], "objects": {}}))
    yield lie("a large body", lookup=_says({"found": [[{**row, "body": bytes(4 << 20)}]], "objects": {}}))
    yield lie("an endless message", lookup=[500, msgpack, [piece, size]])
    if len(genuine.objects[_value(genuine)]) <= wire.INLINE_OBJECT:
        yield lie("large objects", lookup=_says({"found": [[row]], "objects": {secrets.token_bytes(32): bytes(1 << 20) for _ in range(13)}}))
        return
    manifest, chunk = f"objects/{_value(genuine)}", f"chunks/{chunk_digest(genuine.objects[_value(genuine)])}"
    yield lie("an endless list of chunks", **{manifest: [200, msgpack, [piece, size]]})
    yield lie("an endless chunk", **{chunk: [200, {ENCODING_HEADER: "identity"}, [piece, size]]})
    yield lie("a chunk that is compressed zeros", **{chunk: [200, {ENCODING_HEADER: "zstd"}, _zeros(size)]})
    yield lie("the same, and does not say its size", **{chunk: [200, {ENCODING_HEADER: "zstd"}, _zeros(size, told=False)]})
    yield lie("many frames", **{chunk: [200, {ENCODING_HEADER: "zstd"}, zstandard.compress(bytes(60_000)) * size]})
    yield lie("a large window", **{chunk: [200, {ENCODING_HEADER: "zstd"}, _zeros(size, window=27)]})


def _zeros(size: int, *, told: bool = True, window: int = 20) -> bytes:
    """So many MiB of zeros, compressed."""
    settings = zstandard.ZstdCompressionParameters(compression_level=3, window_log=window, write_content_size=told)
    packer = zstandard.ZstdCompressor(compression_params=settings).compressobj(size=size << 20 if told else -1)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(size)), packer.flush()])
