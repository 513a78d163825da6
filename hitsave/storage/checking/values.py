"""The bytes of results and attachments: there, of the right length, and what was stored, by digest and checksum."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from sqlite3 import Connection

from blake3 import blake3
from xxhash import xxh3_128, xxh3_128_digest

from hitsave.digest import Digest, digest_bytes
from hitsave.storage import platform
from hitsave.storage.checking.scope import Scope
from hitsave.storage.contents import content_digest
from hitsave.storage.entry import Entry, blobs_of
from hitsave.storage.intake import BLOB_CONTEXT
from hitsave.storage.rows import INSERT_AT, SELECT, entry_of, row_of
from hitsave.storage.writing import delete_row
from hitsave.structs import NamedTuple

LOST = b"The stored result was damaged, and hitsave fsck removed what was left of it."
_STEP = 1 << 20


class Wanted(NamedTuple):
    """A blob file as its entries have it: its length and checksum, and the rows of these entries."""

    size: int
    checksum: bytes
    rows: list[int]


class WantedBlobs:
    """The blob files that entries need, gathered while their rows are read."""

    def __init__(self) -> None:
        self.by_digest: dict[Digest, Wanted] = {}

    def add(self, row: int, entry: Entry) -> None:
        """Note what an entry needs."""
        checksums = {attachment.blob: attachment.checksum for attachment in entry.attachments}
        if entry.value is not None and entry.checksum is not None:
            checksums[entry.value] = entry.checksum
        for digest, size in blobs_of(entry):
            self.by_digest.setdefault(digest, Wanted(size, checksums[digest], [])).rows.append(row)

    @property
    def size(self) -> int:
        """Of all of them, in bytes."""
        return sum(wanted.size for wanted in self.by_digest.values())


def check_inline(scope: Scope, row: int, entry: Entry) -> None:
    """A value that lies in its row."""
    if entry.inline is None:
        return
    scope.checked.values += 1
    scope.checked.value_bytes += len(entry.inline)
    if _inline_is_wrong(entry):
        scope.found("value", entry.id, "it is not what was stored", _cure(entry), lambda c: _mend_lost(c, row, _inline_is_wrong))


def check_blobs(scope: Scope, wanted: WantedBlobs) -> None:
    """Every blob file that an entry needs, read from its beginning to its end."""
    total, done = wanted.size, 0
    for digest, blob in wanted.by_digest.items():
        problem = file_problem(scope, digest, blob)
        scope.checked.values += 1
        scope.checked.value_bytes += blob.size
        done += blob.size
        scope.progress("values", done, total)
        if problem is None:
            continue
        for row in blob.rows:
            entry = entry_at(scope, row)
            if entry is not None:
                scope.found(
                    "value",
                    entry.id,
                    problem,
                    _cure(entry),
                    partial(_mend_blob, scope, digest, blob, row),
                )
        if scope.repair and scope.writable and file_problem(scope, digest, blob) is not None:
            _remove_if_unneeded(scope, digest)


def _mend_blob(scope: Scope, digest: Digest, blob: Wanted, row: int, connection: Connection) -> bool:
    def is_wrong(entry: Entry) -> bool:
        return digest in {needed for needed, _ in blobs_of(entry)} and file_problem(scope, digest, blob) is not None

    return _mend_lost(connection, row, is_wrong)


def file_problem(scope: Scope, digest: Digest, blob: Wanted) -> str | None:
    """What is wrong with a blob file; None if nothing is."""
    try:
        file = os.open(scope.blobs.path(digest), os.O_RDONLY | platform.OPEN_FLAGS | platform.NO_FOLLOW)
    except FileNotFoundError:
        return "its file is missing"
    except OSError as error:
        return f"its file can't be read: {error.strerror}"
    try:
        if platform.is_foreign(os.fstat(file)):
            return "its file belongs to another user"
        own, check, size = blake3(derive_key_context=BLOB_CONTEXT), xxh3_128(), 0
        while chunk := os.read(file, _STEP):
            own.update(chunk)
            check.update(chunk)
            size += len(chunk)
    except OSError as error:
        return f"its file can't be read: {error.strerror}"
    finally:
        os.close(file)
    if size != blob.size:
        return f"its file has {size:,} bytes, not {blob.size:,}"
    return None if own.digest() == digest and check.digest() == blob.checksum else "its file is not what was stored"


def entry_at(scope: Scope, row: int) -> Entry | None:
    """The entry of a row, with its marks."""
    rows = scope.database.query(SELECT + " WHERE e.row = ?", (row,))
    return entry_of(rows[0]) if rows else None


def is_kept(entry: Entry) -> bool:
    """Whether a person may want what is left of an entry that lost something."""
    return entry.kind == "experiment" or entry.pinned


def replace_row(connection: Connection, row: int, entry: Entry) -> None:
    """Write an entry in place of the one of this row. What was signed is not signed any more."""
    entry = entry._replace(signer=None, signature=None)
    connection.execute("DELETE FROM entries WHERE row = ?", (row,))
    connection.execute("DELETE FROM blob_uses WHERE row = ?", (row,))
    connection.execute(INSERT_AT, (row, *row_of(entry)))
    connection.executemany("INSERT OR IGNORE INTO blob_uses (blob, row) VALUES (?, ?)", [(blob, row) for blob, _ in blobs_of(entry)])


def put_content(connection: Connection, kind: str, content: bytes) -> Digest:
    """Store a small content; its digest."""
    digest = content_digest(kind, content)  # pyright: ignore[reportArgumentType]
    connection.execute("INSERT OR REPLACE INTO contents (digest, kind, content, needs) VALUES (?, ?, ?, NULL)", (digest, kind, content))
    return digest


def _inline_is_wrong(entry: Entry) -> bool:
    inline = entry.inline
    return inline is not None and (
        len(inline) != entry.size or xxh3_128_digest(inline) != entry.checksum or digest_bytes(BLOB_CONTEXT, inline) != entry.value
    )


def _cure(entry: Entry) -> str:
    return "the entry stays without it, as failed" if is_kept(entry) else "the entry goes"


def _mend_lost(connection: Connection, row: int, is_wrong: Callable[[Entry], bool]) -> bool:
    found = connection.execute(SELECT + " WHERE e.row = ?", (row,)).fetchone()
    entry = None if found is None else entry_of(found)
    if entry is None or not is_wrong(entry):
        return False
    if not is_kept(entry):
        delete_row(connection, row)
        connection.execute("DELETE FROM logged WHERE id = ?", (entry.id,))
        return True
    error = put_content(connection, "error", LOST)
    attachments = tuple(a for a in entry.attachments if not is_wrong(entry._replace(value=None, checksum=None, inline=None, attachments=(a,))))
    value_is_good = entry.value is not None and not is_wrong(entry._replace(attachments=()))
    if value_is_good:
        replace_row(connection, row, entry._replace(attachments=attachments))
    else:
        replace_row(connection, row, entry._replace(status="failed", value=None, checksum=None, inline=None, error=error, attachments=attachments))
    return True


def _remove_if_unneeded(scope: Scope, digest: Digest) -> None:
    with scope.database.transaction() as connection:
        if connection.execute("SELECT 1 FROM blob_uses WHERE blob = ? LIMIT 1", (digest,)).fetchone() is None:
            scope.blobs.remove(digest)
