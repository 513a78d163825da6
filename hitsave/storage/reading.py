"""The half of a store that reads: entries, contents, values, lists. `Store` adds what writes."""

from __future__ import annotations

import os
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeAlias

from xxhash import xxh3_128_digest

from hitsave.digest import DIGEST_SIZE, Digest
from hitsave.errors import DamagedError, UnknownEntryError
from hitsave.storage import folder as folders
from hitsave.storage import listing, platform
from hitsave.storage.blobs import Blobs
from hitsave.storage.contents import ContentKind, content_digest, decode_text
from hitsave.storage.damage import Damage
from hitsave.storage.database import Database
from hitsave.storage.entry import FILES_MEDIA, Attachment, Entry, Status, split_tags
from hitsave.storage.faults import translated
from hitsave.storage.ids import ID_LENGTH, normal_id
from hitsave.storage.listing import Filter, Numbered, Stats, SymbolSummary, Usage
from hitsave.storage.locks import KeyLock, LockFolder, lock_folder
from hitsave.storage.packing import pack
from hitsave.storage.rows import SELECT, Logged, entry_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hitsave.storage.taking import Taken
    from hitsave.storage.team.trust import Trust

# `Reading.list` hides the built-in inside the class.
Entries: TypeAlias = "list[Entry]"
Names: TypeAlias = "list[str]"
Places: TypeAlias = "list[Numbered]"
Summaries: TypeAlias = "list[SymbolSummary]"

EVERYTHING: Final = Filter()

_MOST_ROWS: Final = (1 << 63) - 1  # SQLite takes no larger number

_FIND: Final = SELECT + " WHERE e.key = ? AND e.status = 'done'"
_FIND_BY_CAPTURES: Final = _FIND + " AND e.captures = ?"


class Reading:
    """What can be asked of the store in `folder`."""

    def __init__(self, folder: str, *, readonly: bool) -> None:
        self.folder = folder
        self._database = Database(folder, readonly=readonly, making=self._making_lock)
        self._lock_folder: LockFolder | None = None
        self._blobs = Blobs(folder, token=self._token, mapped=lambda: not self._database.network)
        self._damage = Damage()
        self.trust: Trust | None = None
        """Whose entries of other machines are found and opened; None: of those whom this user trusts."""

    @property
    def _locks(self) -> LockFolder:
        if self._lock_folder is None:
            self._lock_folder = lock_folder(self.folder)
        return self._lock_folder

    def _token(self) -> str:
        return self._locks.token()

    def _making_lock(self) -> KeyLock:
        return self._locks.making_lock()

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences that a person should see once, such as that the store lies on a network file system."""
        return tuple(self._database.notices)

    # -- finding ------------------------------------------------------------------------------------------------------

    @translated
    def find(self, key: Digest, *, captures: Digest | None = None) -> Entries:
        """The done entries under `key` (and with these captures), the last stored first. Left out are damaged ones, and those of other machines that nobody trusted has signed."""
        rows = self._database.query(_FIND, (key,)) if captures is None else self._database.query(_FIND_BY_CAPTURES, (key, captures))
        if not rows:
            return []
        rows.sort(key=itemgetter(0), reverse=True)
        found = [entry_of(row) for row in rows]
        good = [entry for entry in found if entry is not None and entry.key == key and entry.status == "done"]
        if len(good) < len(rows):
            self._damage.note_rows(key, [row[0] for row, entry in zip(rows, found, strict=True) if entry is None or entry.key != key])
        return [entry for entry in good if entry.signer is None or self.believes(entry)]

    @translated
    def believes(self, entry: Entry) -> bool:
        """Whether an entry was made here, or on another machine by somebody who is trusted now."""
        if entry.signer is None and entry.signature is None:
            return True
        from hitsave.storage.landing import hub_project_of
        from hitsave.storage.team.trust import trusted_by_user

        if self.trust is None:
            self.trust = trusted_by_user(os.environ)
        return self.trust.believes_stored(entry, hub_project_of(self._database, entry.id))

    @translated
    def find_symbol(
        self, symbol: str, *, project: str | None = None, status: Status | None = None, limit: int | None = None, before: str | None = None
    ) -> Entries:
        """The entries of `symbol`, newest first: of any project or one, of any status or one; `limit` at most, those older than the ID `before`."""
        return self.list(Filter(symbol=symbol, project=project, status=status, before=before), limit=limit)

    @translated
    def list(self, chosen: Filter = EVERYTHING, *, limit: int | None = 50) -> Entries:
        """The entries that `chosen` describes, newest first, `limit` at most (None: all). A long list goes on with ``before=`` the last ID. Damaged ones are left out."""
        where, parameters = chosen.where()
        rows = self._database.query(f"{SELECT}{where} ORDER BY e.id DESC LIMIT ?", [*parameters, -1 if limit is None else min(limit, _MOST_ROWS)])
        return [entry for entry in map(entry_of, rows) if entry is not None]

    @translated
    def get(self, typed: str) -> Entry:
        """The one entry whose ID is `typed`, or begins with it, or (the part that differs most) ends with it.

        UnknownEntryError if there is none or more than one, DamagedError if it can't be read.
        """
        identity = normal_id(typed)
        if identity is None:
            raise UnknownEntryError(f"{typed!r} is not an entry ID", "hitsave ls shows the IDs")
        ids = self._ids_like(identity)
        if not ids:
            raise UnknownEntryError(f"There is no entry {typed} in the store in {self.folder}", "hitsave ls shows the IDs")
        if len(ids) > 1:
            some = ", ".join(ids[:3])
            raise UnknownEntryError(
                f"{typed} may mean any of {len(ids)} entries, such as {some}" if len(ids) < 10 else f"{typed} may mean many entries, such as {some}",
                "Give more of the ID",
            )
        rows = self._database.query(SELECT + " WHERE e.id = ?", (ids[0],))
        entry = entry_of(rows[0]) if rows else None
        if entry is None:
            raise DamagedError(f"The entry {ids[0]} is damaged", "Its result is computed again when it is asked for", path=self.folder)
        return entry

    @translated
    def count(self, chosen: Filter = EVERYTHING) -> int:
        """How many entries `chosen` describes."""
        return listing.count(self._database, chosen)

    @translated
    def numbered(self, chosen: Filter = EVERYTHING) -> Places:
        """Where the entries that `chosen` describes stand, in no order, damaged ones too: what a list that is kept compares itself with."""
        return listing.numbered(self._database, chosen)

    @translated
    def numbers(self, numbers: Sequence[int]) -> dict[int, Entry]:
        """The entries in these rows. Those that are gone or damaged are left out."""
        found: dict[int, Entry] = {}
        for start in range(0, len(numbers), 500):
            some = [*numbers[start : start + 500]]
            for row in self._database.query(f"{SELECT} WHERE e.row IN ({','.join('?' * len(some))})", some):
                entry = entry_of(row)
                if entry is not None:
                    found[row[0]] = entry
        return found

    @translated
    def marked(self, project: str) -> dict[int, tuple[bool, str, tuple[str, ...]]]:
        """What people set on the entries of a project, by the rows that they stand in: pinned, note and tags."""
        return {row: (pinned, note, split_tags(tags)) for row, (pinned, note, tags) in listing.marked(self._database, project).items()}

    @translated
    def symbols(self, project: str | None = None) -> Summaries:
        """The symbols that have entries (in `project`), in alphabetical order, each with its entries added up."""
        found = listing.symbols(self._database, project)
        gone = [entry.symbol for entry in self._interrupted() if project is None or entry.project == project]
        return [s._replace(running=s.running - gone.count(s.symbol), failed=s.failed + gone.count(s.symbol)) for s in found] if gone else found

    @translated
    def symbol_names(self, project: str | None = None) -> Names:
        """The symbols that have entries (in `project`), in alphabetical order."""
        return listing.symbol_names(self._database, project)

    @translated
    def projects(self) -> tuple[str, ...]:
        """The projects that have entries."""
        return tuple(listing.projects(self._database))

    @translated
    def stats(self) -> Stats:
        """The whole store, added up."""
        stats = listing.stats(self._database, sum(_size(os.path.join(self.folder, folders.DATABASE) + end) for end in ("", "-wal", "-shm")))
        gone = len(self._interrupted())
        return stats._replace(running=stats.running - gone, failed=stats.failed + gone)

    @translated
    def usage(self) -> dict[str, Usage]:
        """What the entries of each project have been used for."""
        return listing.usage(self._database)

    @translated
    def is_running(self, entry: Entry) -> bool:
        """Whether an entry that is listed as running still is: whether the process that computes it lives. Of another machine's there is no telling, so yes."""
        if entry.status != "running" or entry.process is None:
            return entry.status == "running"
        # On one machine a process can be asked for whatever the host called itself then.
        foreign = self._database.network and entry.host != platform.host_name()
        try:
            return foreign or self._locks.alive(entry.process)
        except OSError:  # a folder that can't be written, and so can't be asked
            return True

    def _interrupted(self) -> Entries:
        """What is listed as running and isn't any more."""
        rows = self._database.query(SELECT + " WHERE e.status = 'running'")
        return [entry for entry in map(entry_of, rows) if entry is not None and not self.is_running(entry)]

    # -- contents and values ------------------------------------------------------------------------------------------

    def record(self, digest: Digest) -> bytes | None:
        """The Record with this digest, None if it is missing or damaged."""
        return self.content("record", digest)

    def snapshot(self, digest: Digest) -> bytes | None:
        """The Snapshot with this digest, None if it is missing or damaged."""
        return self.content("snapshot", digest)

    def text(self, digest: Digest) -> str | None:
        """The source text with this digest, None if it is missing or damaged."""
        content = self.content("text", digest)
        return None if content is None else decode_text(content)

    @translated
    def content(self, kind: ContentKind, digest: Digest) -> bytes | None:
        """The content of this kind with this digest, None if it is missing or damaged. An entry names those of its arguments, view and error."""
        rows = self._database.query("SELECT content FROM contents WHERE digest = ?", (digest,))
        for (content,) in rows:
            if isinstance(content, bytes) and content_digest(kind, content) == digest:
                return content
            self._damage.note_content(digest)
        return None

    @translated
    def contents(self, kind: ContentKind, digests: Iterable[Digest]) -> dict[Digest, bytes]:
        """Those of these contents that are there and good, in one go for a list's page."""
        found: dict[Digest, bytes] = {}
        wanted = [*{*digests}]
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            marks = ",".join("?" * len(some))
            for digest, content in self._database.query(f"SELECT digest, content FROM contents WHERE digest IN ({marks})", some):  # noqa: S608 - only question marks
                if isinstance(content, bytes) and len(digest) == 32 and content_digest(kind, content) == digest:
                    found[Digest(digest)] = content
        return found

    @translated
    def texts_of(self, snapshot: Digest) -> tuple[Digest, ...]:
        """The digests of the texts that a Snapshot came with."""
        rows = self._database.query("SELECT needs FROM contents WHERE digest = ?", (snapshot,))
        needs: bytes = rows[0][0] or b"" if rows else b""
        return tuple(Digest(needs[at : at + DIGEST_SIZE]) for at in range(0, len(needs) - DIGEST_SIZE + 1, DIGEST_SIZE))

    @translated
    def open_value(self, entry: Entry) -> memoryview:
        """The bytes of the entry's value, verified, in private memory that the caller may change: a copy-on-write mapping where they are large.

        DamagedError if they are missing or not what was stored: a miss, and the next result stored under the entry's key replaces it.
        """
        if not self.believes(entry):
            from hitsave.storage.landing import refuse_stranger

            raise refuse_stranger(entry, self.folder)
        if entry.value is None or entry.checksum is None:
            raise DamagedError(f"The entry {entry.id} has no value, as it is {entry.status}", "Wait for it, or run it again", path=self.folder)
        for attachment in entry.attachments:
            if attachment.media.startswith(FILES_MEDIA) and not self._blobs.has(attachment.blob, attachment.size):
                self._lost(entry)
                raise DamagedError(
                    f"A file that belongs to the entry {entry.id} is missing",
                    "It is stored again when its result is computed again",
                    path=self.folder,
                )
        if entry.inline is not None:
            if len(entry.inline) == entry.size and xxh3_128_digest(entry.inline) == entry.checksum:
                return memoryview(bytearray(entry.inline))
            self._lost(entry)
            raise DamagedError(
                f"The stored value of the entry {entry.id} is not what was stored",
                "It is replaced when its result is computed again",
                path=self.folder,
            )
        try:
            return self._blobs.open(entry.value, entry.checksum, entry.size)
        except DamagedError:
            self._lost(entry)
            raise

    @translated
    def open_attachment(self, attachment: Attachment) -> memoryview:
        """The bytes of something kept with an entry, as `open_value` gives those of the value."""
        return self._blobs.open(attachment.blob, attachment.checksum, attachment.size)

    @translated
    def open_taken(self, taken: Taken) -> memoryview:
        """The bytes of a blob that was taken in, as `open_value` gives those of a value."""
        return self._blobs.open(taken.blob, taken.checksum, taken.size)

    def has(self, taken: Taken) -> bool:
        """Whether there is a blob of this digest and size; its bytes are not looked at."""
        return self._blobs.has(taken.blob, taken.size)

    def path_of(self, taken: Taken) -> str:
        """Where a blob is that was taken in: a file that must not be changed."""
        return self._blobs.path(taken.blob)

    @translated
    def logged(self, identity: str, *, after: int = 0) -> tuple[Logged, ...]:
        """What the entry's evaluation has logged, in order, beyond the number `after`. Damaged lines are left out."""
        rows = self._database.query("SELECT number, at_ns, content, seal FROM logged WHERE id = ? AND number > ? ORDER BY number", (identity, after))
        return tuple(
            Logged(number, at_ns, content) for number, at_ns, content, seal in rows if xxh3_128_digest(pack((number, at_ns, content))) == seal
        )

    @translated
    def documents(self, scope: str) -> dict[str, bytes]:
        """The documents of a scope by name; see `Store.set_document`. Damaged ones are left out."""
        rows = self._database.query("SELECT name, content, seal FROM documents WHERE scope = ?", (scope,))
        return {name: content for name, content, seal in rows if xxh3_128_digest(pack((scope, name, content))) == seal}

    def _lost(self, entry: Entry) -> None:
        # What a person may have looked at or pinned stays in the lists without its value.
        if entry.kind == "memo" and not entry.pinned:
            self._damage.note_entry(entry.key, entry.id)

    def _ids_like(self, part: str) -> Names:
        if len(part) == ID_LENGTH:
            rows = self._database.query("SELECT id FROM entries WHERE id = ?", (part,))
        else:
            rows = self._database.query("SELECT id FROM entries WHERE id >= ? AND id < ? LIMIT 10", (part, part + "~"))
        if not rows and 4 <= len(part) < ID_LENGTH:
            rows = self._database.query("SELECT id FROM entries WHERE substr(id, ?) = ? LIMIT 10", (-len(part), part))
        return [identity for (identity,) in rows]


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
