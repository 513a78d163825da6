"""The store of one folder: all that can be asked of it (in `reading`) and done to it.

    store = Store.open(default_folder(os.environ))
    entry = store.put(NewEntry(key, "app:f", "/home/me/app", captures), record=…, snapshot=…, texts={…}, value=[b"…"])
    store.find(key)[0].id == entry.id
    bytes(store.open_value(entry))

Any method may raise StoreError; none raises an error of the database or the system. A store may be used by any number of processes and threads at once.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

from xxhash import xxh3_128_digest

from hitsave.errors import StoreError, UnknownEntryError
from hitsave.storage import eviction, faults, undoing
from hitsave.storage import folder as folders
from hitsave.storage import sweep as sweeping
from hitsave.storage.entry import Attachment, Entry, NewEntry, clean, join_tags
from hitsave.storage.eviction import Evicted, Eviction
from hitsave.storage.exchanging import Exchanging, HubProject
from hitsave.storage.faults import translated
from hitsave.storage.ids import new_id
from hitsave.storage.locks import KeyLock, close_lock_folder
from hitsave.storage.packing import pack
from hitsave.storage.rows import SELECT, SET_MARKS, Marks, entry_of, marks_of
from hitsave.storage.sweep import Swept
from hitsave.storage.taking import Taken, Taking
from hitsave.storage.writing import NewAttachment, NewBytes, NewContents, delete_entries, fail_entry, insert_logged, make_entry, store_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from hitsave.digest import Digest
    from hitsave.storage.blobs import BytesLike
    from hitsave.storage.checking.findings import Checked, Progress
    from hitsave.storage.undoing import Removed

_ADD_HITS: Final = (
    "INSERT INTO marks (row, hits, saved_ns, last_used_ns) SELECT row, ?, ?, ? FROM entries WHERE id = ?"
    " ON CONFLICT (row) DO UPDATE SET hits = hits + excluded.hits, saved_ns = saved_ns + excluded.saved_ns, last_used_ns = max(last_used_ns, excluded.last_used_ns)"
)
INTERRUPTED: Final = b"Its process ended before it did.\n"
"""The error of an evaluation that nobody ended: its process was killed, or the machine went down."""
_MARKS: Final = "SELECT e.row, m.hits, m.saved_ns, m.last_used_ns, m.pinned, m.note, m.tags, m.seal FROM entries e LEFT JOIN marks m ON m.row = e.row WHERE e.id = ?"


class Store(Exchanging):
    """The store in one folder. Made by `Store.open`, and usable as a context, which closes it."""

    def __init__(self, folder: str, *, readonly: bool) -> None:
        super().__init__(folder, readonly=readonly)
        self.readonly = readonly
        self._prepared = False

    @classmethod
    def open(cls, folder: str | os.PathLike[str], *, readonly: bool = False) -> Store:
        """The store in `folder`, which is made when something is stored in it; until then it is empty.

        StoreUnsafeError if others own or can write it, StoreVersionError if a newer HitSave wrote it, StoreError if it can't be read.
        One whose database is damaged is opened to be written, as the next result stored mends it; until then, reading it is a DamagedError.
        """
        store = cls(path := os.path.abspath(folder), readonly=readonly)
        try:
            folders.inspect_folder(path)
            store._database.query("SELECT version FROM schema LIMIT 1")
        except Exception as error:
            if faults.is_damage(error) and not readonly:
                return store
            known = faults.explain(error, path)
            if known is None:
                raise
            raise known from error
        return store

    # -- storing ------------------------------------------------------------------------------------------------------

    @translated
    def put(
        self,
        new: NewEntry,
        *,
        record: bytes,
        snapshot: bytes,
        texts: Mapping[Digest, str],
        value: Iterable[BytesLike],
        attachments: Iterable[NewAttachment] = (),
        kept: Iterable[Attachment] = (),
        logged: Sequence[bytes] = (),
        send_to: HubProject | None = None,
    ) -> Entry:
        """Remember a finished evaluation; its entry.

        `texts` are the Snapshot's texts by digest, `value` the bytes of the result in pieces, each read before the next is asked for.
        `kept` are attachments that `taking` or `take` has put in their place.
        `logged` is what it logged, there as soon as anyone finds the entry. `send_to` is where it is to be shared; that is remembered with it, whatever happens to this process.
        """
        contents = NewContents(new, record=record, snapshot=snapshot, texts=texts, logged=logged)
        return self._store(new_id(), new, contents, value, attachments, kept, send_to)

    @translated
    def begin(self, new: NewEntry, *, record: bytes = b"", snapshot: bytes = b"", texts: Mapping[Digest, str] | None = None) -> str:
        """Show an evaluation that begins as running; the ID under which it ends by `finish` or `fail`. What it depends on may not be known yet."""
        self._prepare()
        contents = NewContents(new, record=record, snapshot=snapshot, texts=texts or {})
        entry = make_entry(new_id(), new, contents, None, "running", self._locks.token())
        store_entry(self._database, self._blobs, self._damage, entry, contents)
        return entry.id

    @translated
    def finish(
        self,
        identity: str,
        new: NewEntry,
        *,
        record: bytes,
        snapshot: bytes,
        texts: Mapping[Digest, str],
        value: Iterable[BytesLike],
        attachments: Iterable[NewAttachment] = (),
        kept: Iterable[Attachment] = (),
        send_to: HubProject | None = None,
    ) -> Entry:
        """Remember an evaluation that `begin` showed as running, as `put` does. If it was deleted meanwhile, it is there again. ``created_ns`` None keeps what `begin` set."""
        if new.created_ns is None:
            for begun in filter(None, map(entry_of, self._database.query(SELECT + " WHERE e.id = ?", (identity,)))):
                new = new._replace(created_ns=begun.created_ns)
        return self._store(identity, new, NewContents(new, record=record, snapshot=snapshot, texts=texts), value, attachments, kept, send_to)

    @translated
    def taking(self) -> Taking:
        """What takes in files as blobs, which an entry has to name within the hour."""
        self._prepare()
        return Taking(self._blobs, self.folder)

    @translated
    def take(self, chunks: Iterable[BytesLike]) -> Taken:
        """Put bytes in pieces in their place as a blob, which an entry has to name within the hour."""
        self._prepare()
        staged = self._blobs.stage(chunks, inline=-1)
        self._blobs.keep(staged)
        return Taken(staged.digest, staged.size, staged.checksum)

    @translated
    def new_folder(self) -> str:
        """A folder inside the store for what this process reads; it goes when the process is gone."""
        self._prepare()
        return self._blobs.new_inner_folder()

    @translated
    def fail(self, identity: str, error: bytes, *, wall_ns: int = 0, cpu_ns: int = 0, metrics: bytes | None = None) -> Entry:
        """Mark a running evaluation as failed, with its traceback (opaque to the store). UnknownEntryError if it was deleted meanwhile."""
        entry = fail_entry(self._database, identity, error, {"wall_ns": wall_ns, "cpu_ns": cpu_ns, "metrics": metrics})
        if entry is None:
            raise UnknownEntryError(f"There is no entry {identity} in the store in {self.folder}", "hitsave ls shows the IDs")
        return entry

    @translated
    def fail_interrupted(self, error: bytes) -> tuple[str, ...]:
        """Mark the running evaluations whose process is gone as failed, with this error; their IDs. Those of other machines are left alone."""
        interrupted = self._interrupted()
        for entry in interrupted:
            fail_entry(self._database, entry.id, error, {})
        return tuple(entry.id for entry in interrupted)

    @translated
    def log(self, identity: str, contents: Sequence[bytes]) -> None:
        """Add to what the entry's evaluation has logged; see `logged`."""
        with self._database.transaction() as connection:
            insert_logged(connection, identity, contents)

    @translated
    def note_hits(self, counts: Mapping[str, tuple[int, int]]) -> None:
        """Add to what entries have been used for: by ID, how often since the last time and how many nanoseconds that saved. For now and then, not for every hit."""
        now = time.time_ns()
        with self._database.transaction() as connection:
            connection.executemany(_ADD_HITS, [(hits, saved_ns, now, identity) for identity, (hits, saved_ns) in counts.items()])

    # -- what people set ----------------------------------------------------------------------------------------------

    @translated
    def pin(self, ids: Iterable[str], *, on: bool) -> int:
        """Pin or unpin entries; how many of them there are. A pinned entry is never evicted."""
        return sum([self._set_marks(identity, pinned=on) for identity in ids])

    @translated
    def set_note(self, identity: str, note: str) -> None:
        """Give an entry a note, or none (""). UnknownEntryError if there is no such entry."""
        self._must(self._set_marks(identity, note=clean(note)), identity)

    @translated
    def set_tags(self, identity: str, tags: Iterable[str]) -> None:
        """Give an entry these tags and no others. UnknownEntryError if there is no such entry."""
        self._must(self._set_marks(identity, tags=join_tags([*tags])), identity)

    @translated
    def set_document(self, scope: str, name: str, content: bytes | None) -> None:
        """Keep small bytes that belong to no entry under a name in a scope (such as a project's folder); None removes them."""
        scope, name = clean(scope), clean(name)
        with self._database.transaction() as connection:
            if content is None:
                connection.execute("DELETE FROM documents WHERE scope = ? AND name = ?", (scope, name))
            else:
                row = (scope, name, content, xxh3_128_digest(pack((scope, name, content))))
                connection.execute("INSERT OR REPLACE INTO documents (scope, name, content, seal) VALUES (?, ?, ?, ?)", row)

    # -- removing -----------------------------------------------------------------------------------------------------

    @translated
    def delete(self, ids: Iterable[str], *, unless_pinned: bool = False) -> int:
        """Delete entries, pinned ones too unless it is said otherwise; how many there were. The room that their values take is given back by `sweep`."""
        return delete_entries(self._database, [*ids], unless_pinned=unless_pinned)

    @translated
    def remove(self, ids: Iterable[str]) -> tuple[Removed, ...]:
        """Delete entries so that `restore` can put them back; those that are running or unknown are left out."""
        return tuple(removed for identity in ids if (removed := undoing.remove(self._database, self._blobs, identity)) is not None)

    @translated
    def restore(self, removed: Removed) -> None:
        """Put back what `remove` deleted. StoreError if its value was collected meanwhile."""
        self._prepare()
        undoing.restore(self._database, self._blobs, self._damage, removed)

    @translated
    def sweep(self, *, grace_seconds: float = sweeping.GRACE_SECONDS) -> Swept:
        """Remove what no entry needs: contents, blobs last written more than `grace_seconds` ago, what killed processes left unfinished."""
        self._check_writable()
        if not self._database.query("SELECT 1 FROM schema LIMIT 1"):
            return Swept()
        return sweeping.sweep(self._database, self._blobs, self._locks.alive, grace_seconds)

    @translated
    def plan_eviction(self, budget: int) -> Eviction:
        """What would have to go so that results take at most `budget` bytes: least recently used first, the cost to compute them again considered; never experiments, never what is pinned."""
        return eviction.plan(self._database, budget)

    @translated
    def evict(self, chosen: Eviction, *, progress: Callable[[int, int], None] = eviction.nobody) -> Evicted:
        """Carry out what `plan_eviction` chose, but for what was used or pinned since; what went."""
        self._check_writable()
        return eviction.carry_out(self._database, self._blobs, chosen, progress=progress)

    @translated
    def keep_within(self, budget: int, *, most: int = 500) -> Evicted:
        """If results take more than `budget` bytes, evict some until they take 95 % of it, `most` entries at a time: for now and then, between one result and the next."""
        self._check_writable()
        planned = eviction.plan(self._database, budget, leave=0.95)
        if not planned.chosen:
            return Evicted()
        went = eviction.carry_out(self._database, self._blobs, planned, most=most)
        if len(planned.chosen) <= most:
            sweeping.sweep_contents(self._database)
        return went

    @translated
    def check(self, *, repair: bool = False, progress: Progress | None = None) -> Checked:
        """Look for damage everywhere, reading every byte; with `repair`, mend it. See `checking`."""
        from hitsave.storage.checking.findings import Checked, untold
        from hitsave.storage.checking.scope import Scope
        from hitsave.storage.checking.whole import check

        if repair:
            self._check_writable()
        return check(
            Scope(self.folder, self._database, self._blobs, self._locks.alive, repair, not self.readonly, progress or untold, Checked(mended=repair))
        )

    @translated
    def mend(self) -> bool:
        """Mend a database that was found damaged; False where this store may not. What could be read of it is there afterwards, and all else of the store is as good as before."""
        if self.readonly:
            return False
        with self._database.transaction():
            return True

    # -- the rest -----------------------------------------------------------------------------------------------------

    def lock(self, key: Digest, *, stand_in: bool = False) -> KeyLock:
        """The lock by which one thread of one process at a time computes what is stored under `key`, not yet acquired; `stand_in`: a second one, for those who have waited in vain for the first."""
        return self._locks.key_lock(key, stand_in=stand_in, between_processes=not self.readonly)

    @translated
    def close(self) -> None:
        """Close what is open. Values that were opened stay good; a store that is used again opens again."""
        self._database.close()
        locks, self._lock_folder = self._lock_folder, None
        if locks is not None:
            close_lock_folder(locks)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _store(
        self,
        identity: str,
        new: NewEntry,
        contents: NewContents,
        value: Iterable[BytesLike],
        attachments: Iterable[NewAttachment],
        kept: Iterable[Attachment],
        send_to: HubProject | None,
    ) -> Entry:
        self._prepare()
        content = NewBytes(self._blobs, value, attachments, kept)
        try:
            content.keep()
        finally:
            content.discard()
        entry = make_entry(identity, new, contents, content, "done", None)
        store_entry(self._database, self._blobs, self._damage, entry, contents, send_to=send_to)
        return entry

    def _prepare(self) -> None:
        """Before the first write: the folder is safe, what killed processes left unfinished goes, and what they evaluated has failed."""
        self._check_writable()
        if not self._prepared:
            folders.inspect_folder(self.folder)
            self._blobs.sweep_new(self._locks.alive)
            self._prepared = True
            with suppress(StoreError):  # a damaged database is mended by the write that follows
                self.fail_interrupted(INTERRUPTED)

    def _check_writable(self) -> None:
        if self.readonly:
            raise faults.read_only(self.folder)

    def _set_marks(self, identity: str, **changes: Any) -> bool:
        with self._database.transaction() as connection:
            found = connection.execute(_MARKS, (identity,)).fetchone()
            if found is None:
                return False
            row, hits, *others = found
            marks = (Marks() if hits is None else marks_of(hits, *others))._replace(**changes)
            connection.execute(SET_MARKS, (row, *marks, marks.seal()))
        return True

    def _must(self, there: bool, identity: str) -> None:  # noqa: FBT001 - an answer, passed on
        if not there:
            raise UnknownEntryError(f"There is no entry {identity} in the store in {self.folder}", "hitsave ls shows the IDs")
