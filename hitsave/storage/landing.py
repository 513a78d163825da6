"""How an entry of another machine gets into the store: as it was signed, with its ID, and only whole.

Its row says who signed it, and the table `shared` under which project's name that was, so that what was signed can be made again from the row and looked at whenever it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitsave.digest import DIGEST_SIZE
from hitsave.errors import ForgedError, StoreError
from hitsave.storage.contents import content_digest
from hitsave.storage.entry import body
from hitsave.storage.exchanging import HubProject
from hitsave.storage.rows import SELECT, entry_of
from hitsave.storage.shared import shared_form
from hitsave.storage.writing import NewBytes, insert_contents, store_entry
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from sqlite3 import Connection

    from hitsave.digest import Digest
    from hitsave.storage.blobs import Blobs, BytesLike
    from hitsave.storage.contents import ContentKind
    from hitsave.storage.damage import Damage
    from hitsave.storage.database import Database
    from hitsave.storage.entry import Entry
    from hitsave.storage.writing import ContentRow


class Landing(NamedTuple):
    """What is to be kept: the entry in its shared form, with signer and signature; the address of the `hub` that it came from; the local project that it is to be
    listed under; its contents; and the bytes of its value and attachments, by digest.
    """

    entry: Entry
    hub: str
    listed_under: str
    contents: list[tuple[Digest, ContentKind, bytes]]
    blobs: Mapping[Digest, Iterable[BytesLike]]


class LandedContents:
    """The contents of an entry that lands, each under the digest that it has."""

    logged = ()

    def __init__(self, contents: Iterable[tuple[Digest, ContentKind, bytes]]) -> None:
        given = list(contents)
        if any(content_digest(kind, content) != digest for digest, kind, content in given):
            raise ForgedError("A content of an entry from a team server is not what its digest says")
        texts = b"".join(sorted(digest for digest, kind, _ in given if kind == "text" and len(digest) == DIGEST_SIZE))
        self._rows: list[ContentRow] = [(digest, kind, content, texts if kind == "snapshot" else None) for digest, kind, content in given]

    def insert(self, connection: Connection, damage: Damage) -> None:
        """Store those that are not there yet."""
        insert_contents(connection, damage, self._rows)


def land(database: Database, blobs: Blobs, damage: Damage, landing: Landing) -> Entry:
    """Keep an entry of another machine; the entry as it is here. ForgedError if its bytes are not what it says, or another entry has its ID."""
    entry = landing.entry
    assert entry.value is not None
    there = _there(database, entry)
    if there is not None and there.signer is not None:
        return there
    content = NewBytes(blobs, landing.blobs[entry.value], [], [])
    try:
        _check(content, entry)
        inline = content.value.inline if content.value is not None else None
        for attachment in entry.attachments:
            staged = blobs.stage(landing.blobs[attachment.blob], inline=-1)
            if (staged.digest, staged.size, staged.checksum) != (attachment.blob, attachment.size, attachment.checksum):
                blobs.discard(staged)
                raise ForgedError("An attachment from a team server is not what its entry says", "Tell whoever runs it")
            blobs.keep(staged)
        content.keep()
    finally:
        content.discard()
    kept = entry._replace(project=landing.listed_under, inline=inline)
    store_entry(database, blobs, damage, kept, LandedContents(landing.contents), shared_as=HubProject(landing.hub, entry.project))
    return kept


def _there(database: Database, entry: Entry) -> Entry | None:
    """The entry with the same ID, where it is the same; ForgedError where it is another, which must not be overwritten by what came from elsewhere."""
    for row in database.query(SELECT + " WHERE e.id = ?", (entry.id,)):
        found = entry_of(row)
        if found is None:
            return None
        if body(shared_form(found, project=entry.project, tier=entry.tier)) != body(entry):  # pyright: ignore[reportArgumentType] - a tier that was read as one
            raise ForgedError(f"The team server sent an entry with the ID {entry.id}, which another one has here")
        return found
    return None


def _check(content: NewBytes, entry: Entry) -> None:
    value = content.value
    if value is None or (value.digest, value.size, value.checksum) != (entry.value, entry.size, entry.checksum):
        raise ForgedError("A value from a team server is not what its entry says", "Tell whoever runs it")


def add_texts(database: Database, damage: Damage, snapshot: Digest, texts: Mapping[Digest, bytes]) -> None:
    """Keep texts of a Snapshot that came without them."""
    if any(content_digest("text", content) != digest for digest, content in texts.items()):
        raise ForgedError("A text from a team server is not what its digest says")
    with database.transaction() as connection:
        there = connection.execute("SELECT content FROM contents WHERE digest = ?", (snapshot,)).fetchone()
        if there is not None:
            rows: list[ContentRow] = [(digest, "text", content, None) for digest, content in texts.items()]
            rows.append((snapshot, "snapshot", there[0], b"".join(sorted(texts))))
            insert_contents(connection, damage, rows)


def hub_project_of(database: Database, identity: str) -> str | None:
    """The name of the project under which an entry was shared; None if it was not, or that is not known."""
    try:
        rows = database.query("SELECT s.project FROM shared s JOIN entries e ON e.row = s.row WHERE e.id = ?", (identity,))
    except Exception as problem:
        if "no such table" in str(problem):  # a store of version 1, which nobody has written since
            return None
        raise
    return str(rows[0][0]) if rows else None


def refuse_stranger(entry: Entry, folder: str) -> StoreError:
    """The error of who wants the value of an entry whose signer is not trusted."""
    from hitsave.storage.team.signing import public_text

    signer = public_text(entry.signer) if entry.signer is not None and len(entry.signer) == DIGEST_SIZE else "an unknown key"
    return StoreError(
        f"The entry {entry.id} was made by {entry.user or 'somebody'} and signed with {signer}, which is not trusted here",
        "If you know whose key that is: hitsave trust KEY NAME",
        path=folder,
    )
