"""How an entry gets into the store: its bytes first, then, in one short transaction, the row and the contents that it names."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from xxhash import xxh3_128_digest

from hitsave.digest import DIGEST_SIZE, Digest
from hitsave.errors import StoreError
from hitsave.storage import faults, platform
from hitsave.storage.contents import ContentKind, content_digest, encode_text
from hitsave.storage.entry import Attachment, Entry, NewEntry, Status, blobs_of, clean
from hitsave.storage.packing import pack
from hitsave.storage.rows import INSERT, SELECT, entry_of, row_of
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from sqlite3 import Connection

    from hitsave.storage.blobs import Blobs, BytesLike, Staged
    from hitsave.storage.damage import Damage
    from hitsave.storage.database import Database
    from hitsave.storage.exchanging import HubProject

_INSERT_CONTENT: Final = "INSERT OR IGNORE INTO contents (digest, kind, content, needs) VALUES (?, ?, ?, ?)"


ContentRow: TypeAlias = "tuple[Digest, ContentKind, bytes, bytes | None]"
"""A content as it is stored: digest, kind, bytes, and, of a Snapshot, the digests of its texts."""


class NewAttachment(NamedTuple):
    """Bytes to keep with an entry beside its value: its name within the entry, media type and content."""

    name: str
    media: str
    content: Iterable[BytesLike]


class Contents(Protocol):
    """The contents that come with an entry, and what its evaluation logged."""

    @property
    def logged(self) -> Sequence[bytes]: ...

    def insert(self, connection: Connection, damage: Damage) -> None:
        """Store those that are not there yet, in the transaction that is open."""
        ...


class NewContents:
    """The contents that come with an entry: its Record, its Snapshot with the texts, and the pictures in it.

    Texts are looked at only where the Snapshot is new, because whoever stored that stored them too; or where it came from a team server without them.
    """

    def __init__(self, new: NewEntry, *, record: bytes, snapshot: bytes, texts: Mapping[Digest, str], logged: Sequence[bytes] = ()) -> None:
        self.small: list[ContentRow] = []
        self.texts = texts
        self.logged = logged
        self._encoded: list[ContentRow] | None = None
        self.record = self._add("record", record)
        self.arguments = self._add("arguments", new.arguments)
        self.view = None if new.view is None else self._add("view", new.view)
        self.snapshot = content_digest("snapshot", snapshot)
        self.snapshot_row = (self.snapshot, "snapshot", snapshot, b"".join(sorted(texts)))

    def encoded_texts(self) -> list[ContentRow]:
        """The texts as rows; ValueError if one is not what its digest says."""
        if self._encoded is None:
            self._encoded = []
            for digest, text in self.texts.items():
                content = encode_text(text)
                if content_digest("text", content) != digest:
                    raise ValueError(f"{digest!r} is not the digest of the text that was given under it")
                self._encoded.append((digest, "text", content, None))
        return self._encoded

    def insert(self, connection: Connection, damage: Damage) -> None:
        """Store those that are not there yet, or are there and known to be damaged."""
        # Most Records are there already. That the index names one does not tell that it can be read, and an entry is nothing without it.
        record = connection.execute("SELECT kind FROM contents WHERE digest = ?", (self.record,)).fetchone()
        if record not in {None, ("record",)}:
            damage.note_content(self.record)
        there = connection.execute("SELECT length(needs) FROM contents WHERE digest = ?", (self.snapshot,)).fetchone()
        if there is None or (there[0] or 0) < DIGEST_SIZE * len(self.texts) or damage.has_contents:
            insert_contents(connection, damage, [*self.small, self.snapshot_row, *self.encoded_texts()])
        else:
            connection.executemany(_INSERT_CONTENT, self.small)

    def _add(self, kind: ContentKind, content: bytes) -> Digest:
        digest = content_digest(kind, content)
        self.small.append((digest, kind, content, None))
        return digest


def insert_contents(connection: Connection, damage: Damage, rows: list[ContentRow]) -> None:
    """Store these contents, unless they are there and not known to be damaged. What is needed of a Snapshot's texts may be more than it was."""
    connection.executemany("DELETE FROM contents WHERE digest = ?", [(row[0],) for row in rows if damage.is_content(row[0])])
    connection.executemany(_INSERT_CONTENT, rows)
    connection.executemany(
        "UPDATE contents SET needs = ? WHERE digest = ? AND coalesce(length(needs), 0) < ?",
        [(needs, digest, len(needs)) for digest, kind, _, needs in rows if kind == "snapshot" and needs],
    )


class NewBytes:
    """The value and the attachments that come with an entry, on the disk before its row is; `kept` are there already."""

    def __init__(self, blobs: Blobs, value: Iterable[BytesLike] | None, attachments: Iterable[NewAttachment], kept: Iterable[Attachment]) -> None:
        self._blobs = blobs
        self._staged: list[Staged] = []
        self.value: Staged | None = None
        self.attachments: tuple[Attachment, ...] = ()
        try:
            if value is not None:
                self.value = self._stage(value)
            self.attachments = (*(self._attach(new) for new in attachments), *kept)
        except BaseException:
            self.discard()
            raise

    def keep(self) -> None:
        """Put the files in their place."""
        while self._staged:
            self._blobs.keep(self._staged.pop())

    def discard(self) -> None:
        """Drop what has no place yet."""
        while self._staged:
            self._blobs.discard(self._staged.pop())

    def _stage(self, chunks: Iterable[BytesLike]) -> Staged:
        staged = self._blobs.stage(chunks)
        self._staged.append(staged)
        return staged

    def _attach(self, new: NewAttachment) -> Attachment:
        staged = self._blobs.stage(new.content, inline=-1)
        self._staged.append(staged)
        return Attachment(clean(new.name), clean(new.media), staged.size, staged.digest, staged.checksum)


def make_entry(identity: str, new: NewEntry, contents: NewContents, content: NewBytes | None, status: Status, process: str | None) -> Entry:
    """The entry that `new` becomes."""
    value = None if content is None else content.value
    return Entry(
        id=identity,
        key=new.key,
        record=contents.record,
        snapshot=contents.snapshot,
        symbol=clean(new.symbol),
        project=clean(new.project),
        status=status,
        kind=new.kind,
        created_ns=time.time_ns() if new.created_ns is None else new.created_ns,
        wall_ns=new.wall_ns,
        cpu_ns=new.cpu_ns,
        codec=new.codec,
        size=0 if value is None else value.size,
        value=None if value is None else value.digest,
        checksum=None if value is None else value.checksum,
        captures=new.captures,
        arguments=contents.arguments,
        view=contents.view,
        error=None,
        metrics=new.metrics,
        attachments=() if content is None else content.attachments,
        host=clean(platform.host_name() if new.host is None else new.host),
        user=clean(platform.user_name() if new.user is None else new.user),
        commit=new.commit,
        parent=new.parent,
        process=process,
        local_only=new.local_only,
        tier=new.tier,
        extra=new.extra,
        inline=None if value is None else value.inline,
    )


def store_entry(
    database: Database,
    blobs: Blobs,
    damage: Damage,
    entry: Entry,
    contents: Contents,
    *,
    send_to: HubProject | None = None,
    shared_as: HubProject | None = None,
) -> None:
    """Insert `entry`, in place of the one with its ID if there is one. Its blobs must be in place.

    `send_to` is where it is to be sent, which is noted in the same transaction; `shared_as` where it came from.
    """
    try:
        _store_row(database, blobs, damage, entry, contents, send_to, shared_as)
    except Exception as error:
        if not faults.is_damage(error):
            raise
        _store_row(database, blobs, damage, entry, contents, send_to, shared_as)  # this time into a mended database


def _store_row(
    database: Database,
    blobs: Blobs,
    damage: Damage,
    entry: Entry,
    contents: Contents,
    send_to: HubProject | None,
    shared_as: HubProject | None,
) -> None:
    row = row_of(entry)
    needed = blobs_of(entry)
    with database.transaction() as connection:
        for digest, size in needed:
            # A collection deletes blobs that no row needs, under the lock that this transaction holds: what is there now stays.
            if not blobs.has(digest, size):
                raise StoreError(
                    "A value was collected while it was being stored", "It is stored when its result is computed again", path=database.folder
                )
        contents.insert(connection, damage)
        insert_logged(connection, entry.id, contents.logged)
        number = _replace(connection, entry.id, row)
        rows, ids = damage.take(entry.key)
        for old in rows | {found for identity in ids for (found,) in connection.execute("SELECT row FROM entries WHERE id = ?", (identity,))}:
            connection.execute("UPDATE OR IGNORE marks SET row = ? WHERE row = ?", (number, old))
            delete_row(connection, old)
        connection.executemany("INSERT OR IGNORE INTO blob_uses (blob, row) VALUES (?, ?)", [(digest, number) for digest, _ in needed])
        if send_to is not None:
            connection.execute("INSERT OR IGNORE INTO outbox (hub, project, id) VALUES (?, ?, ?)", (*send_to, entry.id))
        if shared_as is not None:
            connection.execute("INSERT OR REPLACE INTO shared (row, hub, project) VALUES (?, ?, ?)", (number, *shared_as))


def insert_logged(connection: Connection, identity: str, contents: Sequence[bytes]) -> None:
    """Add to what the entry's evaluation has logged."""
    if not contents:
        return
    now = time.time_ns()
    (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM logged WHERE id = ?", (identity,)).fetchone()
    rows = [(identity, n, now, content, xxh3_128_digest(pack((n, now, content)))) for n, content in enumerate(contents, last + 1)]
    connection.executemany("INSERT INTO logged (id, number, at_ns, content, seal) VALUES (?, ?, ?, ?, ?)", rows)


def _replace(connection: Connection, identity: str, row: tuple[Any, ...]) -> int:
    earlier = connection.execute("SELECT row FROM entries WHERE id = ?", (identity,)).fetchone()
    if earlier is not None:
        connection.execute("DELETE FROM entries WHERE row = ?", earlier)
        connection.execute("DELETE FROM blob_uses WHERE row = ?", earlier)
        connection.execute("DELETE FROM shared WHERE row = ?", earlier)
    number = connection.execute(INSERT, row).lastrowid
    assert number is not None
    if earlier is not None:
        connection.execute("UPDATE marks SET row = ? WHERE row = ?", (number, *earlier))
    return number


def fail_entry(database: Database, identity: str, error: bytes, changes: dict[str, Any]) -> Entry | None:
    """Mark a running entry as failed, with the fields in `changes`; the entry as it is then, None if there is none. One that has ended stays as it is."""
    digest = content_digest("error", error)
    with database.transaction() as connection:
        found = connection.execute(SELECT + " WHERE e.id = ?", (identity,)).fetchone()
        entry = None if found is None else entry_of(found)
        if entry is None or entry.status != "running":
            return entry
        entry = entry._replace(status="failed", error=digest, process=None, **changes)
        connection.execute(_INSERT_CONTENT, (digest, "error", error, None))
        _replace(connection, identity, row_of(entry))
    return entry


def delete_entries(database: Database, ids: list[str], *, unless_pinned: bool = False) -> int:
    """Delete the entries with these IDs; how many there were."""
    unpinned = " AND NOT EXISTS (SELECT 1 FROM marks m WHERE m.row = entries.row AND m.pinned <> 0)" if unless_pinned else ""
    deleted = 0
    for start in range(0, len(ids), 200):  # so that no transaction keeps other writers waiting for long
        with database.transaction() as connection:
            for identity in ids[start : start + 200]:
                found = connection.execute(f"SELECT row FROM entries WHERE id = ?{unpinned}", (identity,)).fetchone()  # noqa: S608 - our own words
                if found is not None:
                    delete_row(connection, found[0])
                    connection.execute("DELETE FROM logged WHERE id = ?", (identity,))
                    deleted += 1
    return deleted


def delete_row(connection: Connection, number: int) -> None:
    """Delete a row of entries, and what is kept by its number."""
    for table in ("entries", "marks", "blob_uses", "shared"):
        connection.execute(f"DELETE FROM {table} WHERE row = ?", (number,))  # noqa: S608 - the names are ours
