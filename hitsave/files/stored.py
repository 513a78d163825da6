"""Snapshots as entries of a store, so that they are listed, pinned, evicted, checked and shared as results are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hitsave.digest import DIGEST_SIZE, Digest, digest_parts
from hitsave.errors import DamagedError, PathError, UnknownEntryError
from hitsave.files.keeping import Kept, decoded_kept
from hitsave.storage.entry import Entry, NewEntry
from hitsave.storage.packing import pack, unpack

if TYPE_CHECKING:
    from hitsave.storage.reading import Reading
    from hitsave.storage.store import Store

SNAPSHOT_SYMBOL: Final = "hitsave:snapshot"
"""What snapshots are listed under."""
CODEC: Final = "files"
KEY_CONTEXT: Final = "hitsave 2026 v1 snapshot of files key"
_SHORTEST: Final = 6


def put(kept: Kept, store: Store, *, path: str, project: str, record: bytes, snapshot: bytes, wall_ns: int) -> Entry:
    """The entry of a snapshot; made where there is none that is whole. `record` and `snapshot` are those of something that depends on nothing."""
    digest = kept.tree.digest()
    key = digest_parts(KEY_CONTEXT, digest)
    for entry in store.find(key):
        if all(store.has(blob) for blob in kept_in(entry, store).blobs()):
            store.note_hits({entry.id: (1, 0)})
            return entry
    new = NewEntry(
        key=key,
        symbol=SNAPSHOT_SYMBOL,
        project=project,
        captures=Digest(bytes(DIGEST_SIZE)),
        arguments=pack([["path", digest, repr(path)]]),
        codec=CODEC,
        wall_ns=wall_ns,
    )
    return store.put(new, record=record, snapshot=snapshot, texts={}, value=[kept.encode()], kept=kept.attachments())


def find(digest: Digest, store: Reading) -> Kept:
    """The snapshot with this digest. UnknownEntryError if there is none in the store."""
    for entry in store.find(digest_parts(KEY_CONTEXT, digest)):
        kept = kept_in(entry, store)
        if kept.tree.digest() == digest:
            return kept
    raise UnknownEntryError(f"There is no snapshot {digest} in the store in {store.folder}", "Snap it again, where it is")


def named(text: str, store: Reading) -> Digest:
    """The digest of a snapshot of the store that begins so. UnknownEntryError if there is none, or more than one."""
    text = text.strip().lower()
    try:
        return Digest.from_hex(text)
    except ValueError:
        pass
    if len(text) < _SHORTEST:
        raise UnknownEntryError(f"{text!r} is too short to name a snapshot", f"Give at least {_SHORTEST} digits of it")
    found = {
        digest for entry in store.find_symbol(SNAPSHOT_SYMBOL) if (digest := digest_of(entry, store)) is not None and str(digest).startswith(text)
    }
    if len(found) == 1:
        return found.pop()
    advice = "Give more of it" if found else "hitsave snapshot prints them"
    raise UnknownEntryError(f"There {'are several snapshots' if found else 'is no snapshot'} whose digest begins with {text!r}", advice)


def digest_of(entry: Entry, store: Reading) -> Digest | None:
    """The digest of the snapshot that an entry is; None if that can't be read."""
    try:
        ((_, digest, _),) = unpack(store.content("arguments", entry.arguments) or b"")
        return Digest(digest)
    except (ValueError, TypeError):
        return None


def kept_in(entry: Entry, store: Reading) -> Kept:
    """The snapshot that an entry is. DamagedError if it is not whole."""
    try:
        return decoded_kept(bytes(store.open_value(entry)))
    except PathError as problem:
        raise DamagedError(f"The snapshot {entry.id} is not what was stored", "Snap it again", path=store.folder) from problem
