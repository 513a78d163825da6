"""From what a team server sent to an entry of the local store.

An offer is believed in this order: somebody trusted has signed it, byte by byte; then it is read, and has to be of the key, project and tier that were asked for;
then each object has to have the digest that the entry names, and the value its size and checksum. Only what passed all that is written, and only that is ever decoded.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from hitsave.digest import Digest
from hitsave.errors import ForgedError, HubError
from hitsave.storage import wire
from hitsave.storage.blobs import INLINE_LIMIT
from hitsave.storage.landing import Landing
from hitsave.storage.shared import needs_of, read_shared
from hitsave.storage.team.client import FETCH_BATCH
from hitsave.storage.team.meanwhile import Meanwhile
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from hitsave.storage.contents import ContentKind
    from hitsave.storage.entry import Entry
    from hitsave.storage.store import Store
    from hitsave.storage.team.client import Hub, Travelled
    from hitsave.storage.team.transport import Arrived
    from hitsave.storage.team.trust import Trust
    from hitsave.storage.wire import ObjectKind, SharedEntry

MOST_CONTENT: Final = 16 << 20
"""Bytes of a Record, Snapshot, View or the like; a value may have any number."""
_CHUNKS_AT_ONCE: Final = 2


class Offer(NamedTuple):
    """An entry that a trusted member signed, in its shared form, and what came with it."""

    entry: Entry
    body: bytes


class Offers(NamedTuple):
    """The offers that can be believed, in the order in which they came; and the signers of others that nobody here trusts."""

    good: tuple[Offer, ...]
    strangers: tuple[bytes, ...]


def read_offers(found: Iterable[SharedEntry], *, project: str, tiers: Collection[str], trust: Trust, key: Digest | None = None) -> Offers:
    """Of `found`, what is to be believed: done entries of this project, these tiers and (where one was asked for) this key, signed by somebody trusted.

    ForgedError for a signature by a trusted key that does not hold, or an entry that was not asked for: then nothing that this server says is of use.
    """
    good: list[Offer] = []
    strangers: list[bytes] = []
    for row in found:
        body, signer, signature = row["body"], row["signer"], row["signature"]
        if signer not in trust.names:
            strangers.append(signer)
            continue
        if len(body) > wire.MOST_ENTRY or not trust.believes(body, signer, signature):
            raise ForgedError("The team server sent an entry whose signature does not hold", "Tell whoever runs it")
        try:
            entry = read_shared(body, project=project, signer=signer, signature=signature)
        except ValueError as problem:
            raise ForgedError(f"The team server sent an entry that was not asked for: {problem}", "Tell whoever runs it") from problem
        if (key is not None and entry.key != key) or entry.tier not in tiers:
            raise ForgedError("The team server sent an entry of another key or tier than was asked for", "Tell whoever runs it")
        if entry.status == "done":
            good.append(Offer(entry, body))
    return Offers(tuple(good), tuple(strangers))


def verified_contents(hub: Hub, wanted: Iterable[tuple[ContentKind, Digest]], sent: Mapping[bytes, bytes], *, seconds: float) -> dict[Digest, bytes]:
    """These contents by digest, each verified: from what was `sent` already, else fetched. What the server does not have is left out."""
    missing: list[tuple[ContentKind, Digest]] = []
    contents: dict[Digest, bytes] = {}
    for kind, digest in wanted:
        if digest in sent:
            contents[digest] = verified(kind, digest, sent[digest])
        else:
            missing.append((kind, digest))
    for start in range(0, len(missing), FETCH_BATCH):
        some = missing[start : start + FETCH_BATCH]
        answered = hub.fetch([digest for _, digest in some], seconds=seconds)
        for kind, digest in some:
            if digest in answered:
                contents[digest] = verified(kind, digest, answered[digest])
    return contents


def bring_texts(store: Store, hub: Hub, entry: Entry, *, seconds: float) -> None:
    """Fetch the texts of the code that an entry ran, which nothing waits for: reasons are shown with them."""
    if store.texts_of(entry.snapshot) or (found := hub.entry(entry.id)) is None:
        return
    texts = verified_contents(hub, [("text", digest) for digest in found[1]], {}, seconds=seconds)
    if texts:
        store.add_texts(entry.snapshot, texts)


def verified(kind: ObjectKind, digest: Digest, content: bytes) -> bytes:
    """`content`, if that is what `digest` names; else ForgedError."""
    if wire.object_digest(kind, content) != digest:
        raise ForgedError(f"The team server sent a {kind} that is not what its digest says", "Tell whoever runs it")
    return content


def land(
    store: Store,
    hub: Hub,
    entry: Entry,
    sent: Mapping[bytes, bytes],
    *,
    listed_under: str,
    seconds: float,
    texts: Collection[Digest] = (),
    arrived: Arrived | None = None,
) -> Entry:
    """Fetch what `entry` (of an offer) needs, verify it, and keep it all in the local store, listed under the local project `listed_under`; the entry as it is there.

    `arrived` is told of the bytes of large values as they come. ForgedError if anything is not what the entry says, HubError if something can't be had.
    """
    needs = list(needs_of(entry))
    wanted: list[tuple[ContentKind, Digest]] = [(need.kind, need.digest) for need in needs if need.kind != "blob"]
    wanted.extend(("text", digest) for digest in texts)
    contents = verified_contents(hub, wanted, sent, seconds=seconds)
    for kind, digest in wanted:
        if digest not in contents and kind != "text":
            contents[digest] = verified(kind, digest, b"".join(chunks_of(hub, digest, MOST_CONTENT, None, seconds)))
    landing = Landing(
        entry,
        hub=hub.transport.address,
        listed_under=listed_under,
        contents=[(digest, kind, contents[digest]) for kind, digest in wanted if digest in contents],
        blobs={need.digest: _bytes_of(hub, need.digest, need.size or 0, sent, seconds, arrived) for need in needs if need.kind == "blob"},
    )
    return store.land(landing)


def _bytes_of(
    hub: Hub, digest: Digest, size: int, sent: Mapping[bytes, bytes], seconds: float, arrived: Arrived | None
) -> Iterator[bytes | bytearray]:
    """The bytes of a value or attachment, piece by piece; together they still have to be what the digest says."""
    if digest in sent:
        if len(sent[digest]) != size:
            raise ForgedError("The team server sent a value of another size than the entry says", "Tell whoever runs it")
        yield sent[digest]
    elif size <= INLINE_LIMIT and (answered := hub.fetch([digest], seconds=seconds)):
        yield answered.get(digest, b"")
    else:
        yield from chunks_of(hub, digest, size, size, seconds, arrived)


def chunks_of(hub: Hub, digest: Digest, most: int, size: int | None, seconds: float, arrived: Arrived | None = None) -> Iterator[bytes | bytearray]:
    """The bytes of an object of `most` bytes at most, of exactly `size` where that is known: chunk by chunk, each verified, and used while the next ones travel."""
    manifest = hub.manifest(digest, seconds=seconds)
    if manifest["size"] > most or size not in {None, manifest["size"]}:
        raise ForgedError("The team server has a value of another size than the entry says", "Tell whoever runs it")
    names = manifest["chunks"]
    under_way: list[Meanwhile[Travelled]] = []
    for place, name in enumerate(names):
        for ahead in range(place + len(under_way), min(place + _CHUNKS_AT_ONCE, len(names))):
            expected = min(manifest["size"] - ahead * wire.CHUNK_SIZE, wire.CHUNK_SIZE)
            under_way.append(Meanwhile(partial(hub.chunk, names[ahead], expected, seconds=seconds, arrived=arrived)))
        try:
            content = under_way.pop(0).result().verified()
        except ForgedError:
            _report(hub, name)
            raise
        yield content


def _report(hub: Hub, digest: bytes) -> None:
    """A server that was damaged, and does not lie, can look for itself."""
    try:
        hub.report_corrupt(digest)
    except HubError:
        return
