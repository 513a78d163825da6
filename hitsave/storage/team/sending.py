"""Sends entries to a team server: what they need first, then the entries themselves, signed. Whatever was sent already is not sent again, so it can be broken off anywhere."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final

from hitsave.digest import Digest
from hitsave.errors import HubError, HubRefusedError, UnknownEntryError
from hitsave.storage import wire
from hitsave.storage.entry import Entry, body
from hitsave.storage.shared import Need, needs_of, shared_form
from hitsave.storage.team.client import small_object
from hitsave.storage.team.inflating import deflate
from hitsave.storage.team.meanwhile import Meanwhile
from hitsave.storage.team.patience import jittered
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hitsave.storage.store import Store
    from hitsave.storage.team.client import Hub
    from hitsave.storage.team.outbox import Waiting
    from hitsave.storage.team.signing import SigningKey
    from hitsave.storage.wire import NewLine, NewObject, Tier, Upload

BATCH: Final = 20
_OBJECTS_AT_ONCE: Final = 8 << 20
_CHUNKS_AT_ONCE: Final = 2
_REFUSED_SECONDS: Final = 86_400.0
"""How long what the server refused is left alone: until somebody has changed something, or said hitsave sync."""


class Sender(NamedTuple):
    """As whom entries are sent: signed with `key`, in the `tier` that the token is for, with the texts of their code if `with_source`."""

    key: SigningKey
    tier: Tier
    with_source: bool


class Sent(NamedTuple):
    """What became of a batch: how many are on the server now, how many have to wait, how many are not to be sent at all."""

    sent: int = 0
    postponed: int = 0
    dropped: int = 0


def send(store: Store, hub: Hub, sender: Sender, batch: list[Waiting]) -> Sent:
    """Send a batch of the outbox, all to the project of `hub`. HubError if the server can't be used; what was not sent then stays in the outbox, to be tried later."""
    entries, gone = _entries(store, batch)
    store.outbox.drop([waiting.number for waiting in gone])
    ready: list[tuple[Waiting, Upload]] = []
    postponed = 0
    try:
        lacking, _ = hub.missing({digest for waiting in entries for _, digest in _objects(store, entries[waiting], sender)})
        for waiting, entry in entries.items():
            try:
                texts = _send_objects(store, hub, entry, sender, lacking)
            except _LostError as problem:
                store.outbox.postpone([waiting.number], str(problem), _REFUSED_SECONDS)
                postponed += 1
                continue
            ready.append((waiting, _upload(entry, hub.project, sender, texts)))
        outcomes = hub.put_entries([upload for _, upload in ready]) if ready else []
        for (waiting, upload), outcome in zip(ready, outcomes, strict=True):
            if outcome["outcome"] in {"stored", "already"}:
                _send_lines(store, hub, entries[waiting], upload)
    except HubRefusedError as problem:
        store.outbox.postpone([waiting.number for waiting in entries], str(problem), _REFUSED_SECONDS)
        raise
    except HubError as problem:
        for waiting in entries:
            store.outbox.postpone([waiting.number], str(problem), problem.retry_after or jittered(waiting.attempts + 1))
        raise
    sent = 0
    for (waiting, _), outcome in zip(ready, outcomes, strict=True):
        match outcome["outcome"]:
            case "stored" | "already" | "conflict":
                store.outbox.sent(waiting)
                sent += 1
            case "missing":  # collected between the question and now
                store.outbox.postpone([waiting.number], "the team server lost a part of it meanwhile", jittered(waiting.attempts))
                postponed += 1
            case other:
                why = str(outcome.get("why", other))
                store.outbox.postpone([waiting.number], f"the team server refused it: {why}", _REFUSED_SECONDS)
                postponed += 1
    return Sent(sent, postponed, len(gone))


def send_all(
    store: Store, hub_of: Callable[[str], Hub], address: str, sender: Sender, *, now: bool, told: Callable[[Sent], bool] = lambda _: True
) -> Sent:
    """Send all of the outbox that is due (with `now`: all), batch by batch, until `told` of one says False. HubError as `send` raises it."""
    total = Sent()
    seen: set[int] = set()
    while True:
        due = [waiting for waiting in store.outbox.due(address, BATCH + len(seen), now=now) if waiting.number not in seen]
        batch = [waiting for waiting in due if waiting.project == due[0].project][:BATCH]
        if not batch:
            return total
        seen.update(waiting.number for waiting in batch)
        done = send(store, hub_of(batch[0].project), sender, batch)
        total = Sent(*(a + b for a, b in zip(total, done, strict=True)))
        if not told(total):
            return total


def show(store: Store, hub: Hub, sender: Sender, entry: Entry, *, after: int) -> int:
    """Show an experiment that goes on or has failed, with what it logged beyond the line `after`; the number of the last line that the server has then."""
    objects: list[tuple[wire.ObjectKind, Digest, bytes | None]] = [
        (need.kind, need.digest, store.content(need.kind, need.digest)) for need in needs_of(entry) if need.kind != "blob"
    ]
    lacking, _ = hub.missing({digest for _, digest, content in objects if content is not None})
    hub.put_objects([small_object(kind, digest, content) for kind, digest, content in objects if content is not None and digest in lacking])
    lines = _lines(store, entry, after)
    hub.put_run(entry.id, {**_upload(entry, hub.project, sender, []), "logged": lines})
    return lines[-1]["number"] if lines else after


class _LostError(Exception):
    """Something that an entry needs is not in the local store any more."""


def _entries(store: Store, batch: list[Waiting]) -> tuple[dict[Waiting, Entry], list[Waiting]]:
    """The entries of a batch, and those that are gone, or not to be sent: only what was computed here, and may leave this machine."""
    entries: dict[Waiting, Entry] = {}
    gone: list[Waiting] = []
    for waiting in batch:
        try:
            entry = store.get(waiting.id)
        except UnknownEntryError:
            gone.append(waiting)
            continue
        if entry.status != "done" or entry.local_only or entry.signer is not None:
            gone.append(waiting)
        else:
            entries[waiting] = entry
    return entries, gone


def _upload(entry: Entry, project: str, sender: Sender, texts: list[Digest]) -> Upload:
    signed = body(shared_form(entry, project=project, tier=sender.tier))
    return {"body": signed, "signer": sender.key.public, "signature": sender.key.sign(signed), "texts": [*texts]}


def _lines(store: Store, entry: Entry, after: int) -> list[NewLine]:
    """The next lines that an evaluation logged, as many as one request takes."""
    lines: list[NewLine] = []
    room = wire.MOST_BODY // 2
    for row in store.logged(entry.id, after=after)[: wire.MOST_LOGGED]:
        room -= len(row.content)
        if room < 0:
            break
        lines.append({"number": row.number, "at_ns": row.at_ns, "content": row.content})
    return lines


def _send_lines(store: Store, hub: Hub, entry: Entry, upload: Upload) -> None:
    """Send what an evaluation logged after its entry, which the server has: the same again, with lines of which it keeps the new ones."""
    after = 0
    while lines := _lines(store, entry, after):
        hub.put_entries([{**upload, "logged": lines}])
        after = lines[-1]["number"]


def _objects(store: Store, entry: Entry, sender: Sender) -> Iterator[tuple[wire.ObjectKind, Digest]]:
    for need in needs_of(entry):
        yield need.kind, need.digest
    if sender.with_source:
        for text in store.texts_of(entry.snapshot):
            yield "text", text


def _send_objects(store: Store, hub: Hub, entry: Entry, sender: Sender, lacking: set[bytes]) -> list[Digest]:
    """Upload what the server lacks of what an entry needs; the texts that it has then."""
    small: list[NewObject] = []
    texts: list[Digest] = []
    pending = 0
    sizes = {need.digest: need.size for need in needs_of(entry)}
    for kind, digest in _objects(store, entry, sender):
        if kind == "text":
            texts.append(digest)
        if digest not in lacking:
            continue
        content = _content(store, entry, Need(kind, digest, sizes.get(digest)))
        if content.nbytes <= wire.SMALL_OBJECT:
            small.append(small_object(kind, digest, bytes(content)))
            pending += content.nbytes
        else:
            send_large(hub, kind, digest, content)
        if pending > _OBJECTS_AT_ONCE:
            hub.put_objects(small)
            small, pending = [], 0
        lacking.discard(digest)
    if small:
        hub.put_objects(small)
    return texts


def send_large(hub: Hub, kind: wire.ObjectKind, digest: Digest, content: memoryview) -> None:
    """Upload an object as its chunks, as far as the server lacks them."""
    pieces = [content[start : start + wire.CHUNK_SIZE] for start in range(0, content.nbytes, wire.CHUNK_SIZE)]
    names = [wire.chunk_digest(piece) for piece in pieces]
    _, lacking = hub.missing([], names)
    _send_chunks(hub, digest, [(place, name, piece) for place, (name, piece) in enumerate(zip(names, pieces, strict=True)) if name in lacking])
    hub.put_manifest(digest, {"kind": kind, "size": content.nbytes, "chunks": [*names]})


def _send_chunks(hub: Hub, of: Digest, chunks: list[tuple[int, Digest, memoryview]]) -> None:
    """Send chunks of an object: the next one is prepared and travels while the server stores the one before. They set out in their order, so that a server that sees them all can digest the object as they come."""
    under_way: list[Meanwhile[None]] = []
    has_left = Event()
    try:
        for place, name, piece in chunks:
            travels = deflate(piece)
            if under_way:
                has_left.wait()
            while len(under_way) >= _CHUNKS_AT_ONCE:
                under_way.pop(0).result()
            has_left = Event()
            under_way.append(Meanwhile(partial(_send_chunk, hub, name, travels, of, place, has_left)))
        while under_way:
            under_way.pop(0).result()
    finally:
        for each in under_way:  # they read from what the store has opened for them
            each.wait()


def _send_chunk(hub: Hub, name: Digest, travels: tuple[bytes | memoryview, str], of: Digest, place: int, has_left: Event) -> None:
    try:
        hub.put_chunk(name, *travels, of=of, place=place, has_left=has_left.set)
    finally:
        has_left.set()


def _content(store: Store, entry: Entry, need: Need) -> memoryview:
    if need.kind != "blob":
        content = store.content(need.kind, need.digest)
        if content is None:
            raise _LostError(f"its {need.kind} is not in the store any more")
        return memoryview(content)
    if need.digest == entry.value:
        return store.open_value(entry)
    attachment = next(each for each in entry.attachments if each.blob == need.digest)
    return store.open_attachment(attachment)
