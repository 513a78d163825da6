"""What a team server and its clients say to each other: limits, names of bytes, and shapes of bodies. `shared` has the form in which an entry travels; docs/protocol.md says the rest.

Nothing here speaks to anybody; both sides import it, so that neither can understand a byte otherwise than the other.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NotRequired, TypedDict

from blake3 import blake3

from hitsave.digest import DIGEST_SIZE, Digest, digest_bytes, digest_parts
from hitsave.storage.contents import CONTEXTS, ContentKind
from hitsave.storage.intake import BLOB_CONTEXT
from hitsave.storage.packing import pack, unpack_bounded

PROTOCOL: Final = 1
MEDIA: Final = "application/msgpack"

# --- limits -----------------------------------------------------------------------------------------------------------

CHUNK_SIZE: Final = 16 << 20
"""Bytes of each chunk of an object but its last, before compression."""
MOST_CHUNKS: Final = 1 << 16
"""Chunks of one object, so that none is larger than 1 TiB."""
SMALL_OBJECT: Final = 1 << 20
"""Bytes of an object that may travel in a batch; larger ones are sent in chunks."""
MOST_BODY: Final = 32 << 20
"""Bytes of a request's or an answer's msgpack."""
MOST_ITEMS: Final = 200_000
"""Items of all its lists and maps."""
MOST_KEYS: Final = 1_000
"""Keys of one lookup."""
MOST_DIGESTS: Final = 10_000
"""Digests of one question for what is missing, or for objects."""
MOST_ENTRIES: Final = 100
"""Entries of one upload."""
MOST_ENTRY: Final = 1 << 20
"""Bytes of an entry's body."""
MOST_LOGGED: Final = 10_000
"""Lines of a log in one request."""
MOST_LINE: Final = 1 << 20
"""Bytes of one line of a log."""
MOST_PER_KEY: Final = 32
"""Entries that a lookup gives for one key, the last stored first."""
INLINE_OBJECT: Final = 64 << 10
"""Bytes of an object that a lookup's answer may bring with it."""
INLINE_BUDGET: Final = 8 << 20
"""Bytes of all objects that a lookup's answer brings with it."""
MOST_LEASE_MS: Final = 10 * 60 * 1_000
"""How long a lease may be asked for at once."""
MOST_NAME: Final = 200
"""Characters of the name of a project, a team or a person."""

ENCODING_HEADER: Final = "HitSave-Encoding"
"""Says how a chunk's bytes travel: `identity` or `zstd`. Not `Content-Encoding`, which proxies and HTTP libraries undo by themselves, without a cap."""

# --- names of bytes ---------------------------------------------------------------------------------------------------

ObjectKind = ContentKind | Literal["blob"]
"""What an object is: a value or an attachment (`blob`), or a content."""
OBJECT_CONTEXTS: Final[dict[ObjectKind, str]] = {"blob": BLOB_CONTEXT, **CONTEXTS}

Tier = Literal["ci", "member", "untrusted"]
TIERS: Final[tuple[Tier, ...]] = ("ci", "member", "untrusted")

CHUNK_CONTEXT: Final = "hitsave 2026 v1 chunk"
_LEASE_CONTEXT: Final = "hitsave 2026 v1 lease"


def chunk_digest(content: bytes | bytearray | memoryview) -> Digest:
    """What a chunk with these plain bytes is named by."""
    return Digest(blake3(content, derive_key_context=CHUNK_CONTEXT).digest())


def object_digest(kind: ObjectKind, content: bytes) -> Digest:
    """What an object of this kind with these bytes is named by; the same as in a store."""
    return digest_bytes(OBJECT_CONTEXTS[kind], content)


def lease_name(key: Digest, captures: Digest) -> Digest:
    """What a lease is named by, of a computation with this EntryKey and these captures."""
    return digest_parts(_LEASE_CONTEXT, key, captures)


# --- bodies -----------------------------------------------------------------------------------------------------------
# msgpack maps with these keys; a digest is bin of 32 bytes. A key that a side does not know is ignored.


class Capabilities(TypedDict):
    """`GET /v1`: what the hub speaks, and its limits under the names above in lower case."""

    protocols: list[int]
    server: str
    limits: dict[str, int]


class Identity(TypedDict):
    """`GET /v1/whoami`: whom the hub takes the sender for. `projects` is None where the key is good for all of the team's; `expires` in seconds since 1970."""

    team: str
    member: str
    key: str
    scopes: list[str]
    tier: Tier
    projects: list[str] | None
    expires: int | None


class Wanted(TypedDict):
    """One key of a lookup; with `captures`, only entries that have these."""

    key: bytes
    captures: NotRequired[bytes | None]


class Lookup(TypedDict):
    """`POST …/lookup`. `tiers`: those that the reader accepts. `inline`: False leaves `objects` of the answer empty."""

    wanted: list[Wanted]
    tiers: list[Tier]
    inline: NotRequired[bool]


class SharedEntry(TypedDict):
    """An entry as it travels: the canonical body and its Ed25519 signature, 64 bytes, by the key `signer`, 32 bytes."""

    body: bytes
    signer: bytes
    signature: bytes


class Found(TypedDict):
    """The answer to a lookup: for each wanted key, in order, its entries, the last stored first; and small objects that these need, by digest."""

    found: list[list[SharedEntry]]
    objects: dict[bytes, bytes]


class Presence(TypedDict):
    """`POST …/missing`, and its answer: of these objects and chunks, those that the hub lacks."""

    objects: list[bytes]
    chunks: list[bytes]


class NewObject(TypedDict):
    """A small object of `POST …/objects`."""

    kind: ObjectKind
    digest: bytes
    content: bytes


class Manifest(TypedDict):
    """`PUT …/objects/DIGEST`, and the answer to GET: an object as its chunks, each but the last of CHUNK_SIZE bytes."""

    kind: ObjectKind
    size: int
    chunks: list[bytes]


class NewLine(TypedDict):
    """A line of a run's log: its number from 1, when, and what."""

    number: int
    at_ns: int
    content: bytes


class Upload(SharedEntry):
    """One entry of `POST …/entries` or `PUT …/runs/ID`. `texts`: those of the Snapshot's texts that are on the hub; `logged`: lines, of which the hub keeps the new ones."""

    texts: NotRequired[list[bytes]]
    logged: NotRequired[list[NewLine]]


Outcome = Literal["stored", "already", "conflict", "missing", "refused"]


class Received(TypedDict):
    """What became of one uploaded entry. `id`: of the entry that is there now; `missing`: objects without which it was not taken; `why`: a sentence."""

    outcome: Outcome
    id: NotRequired[str]
    missing: NotRequired[list[bytes]]
    why: NotRequired[str]


class LeaseRequest(TypedDict):
    """`POST …/leases/NAME`. `owner` is shown to who waits. With the `token` of a lease that is held, it is renewed."""

    owner: str
    ttl_ms: int
    token: NotRequired[str | None]


class Lease(TypedDict):
    """The answer: held by the asker (with its `token`) or by somebody else (status 409, without); for how much longer, and by whom."""

    granted: bool
    owner: str
    ttl_ms: int
    token: NotRequired[str]


class CorruptReport(TypedDict):
    """`POST …/corrupt`: an object of which the sender was given bytes that are not it."""

    digest: bytes


class Fault(TypedDict):
    """The body of every answer with a status of 400 or above: a word for programs and a sentence for people."""

    error: str
    message: str


def is_digest(value: object) -> bool:
    """Whether `value` came over the wire as a digest."""
    return type(value) is bytes and len(value) == DIGEST_SIZE


def encode(plain: object) -> bytes:
    """A body."""
    return pack(plain)


def decode(content: bytes | bytearray) -> Any:
    """What a body says; ValueError if it is not one msgpack value, is too long or has too many items."""
    if len(content) > MOST_BODY:
        raise ValueError(f"a body is at most {MOST_BODY} bytes")
    return unpack_bounded(content, MOST_ITEMS)
