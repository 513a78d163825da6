"""A project on the hub as the panel reads runs: the same questions that it asks of a store, answered from the hub's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn

import anyio.from_thread
from sqlalchemy import select

from hitsave.digest import Digest
from hitsave.errors import DamagedError, HitSaveError, UnknownEntryError
from hitsave.freshness.judging import Judged, State
from hitsave.freshness.record import Record, Snapshot, decoded
from hitsave.panel.source import Marks
from hitsave.storage.contents import ContentKind, content_digest
from hitsave.storage.entry import Attachment, Entry, read_entry, split_tags
from hitsave.storage.listing import Numbered
from hitsave.storage.rows import Logged
from hitsave.storage.undoing import Removed
from hitsave_server.hub import listing
from hitsave_server.hub.service import Service
from hitsave_server.hub.tables import ENTRIES, LOGGED, PROJECTS

SHOWN: Final = ("found", "run", "conflict")
_STATUSES: Final = ("running", "failed", "done")
_MOST_CHILDREN: Final = 200


class TeamStore:
    """The runs of a project: a `hitsave.panel.source.Source`. Its methods are called on a thread of the worker."""

    def __init__(self, service: Service, project: int, name: str) -> None:
        self._service = service
        self._project = project
        self.root = self.name = name

    def stamp(self) -> str:
        """What stands for the state of the project."""
        return str(self._service.database.read(lambda c: c.execute(select(PROJECTS.c.stamp).where(PROJECTS.c.project == self._project)).scalar_one()))

    def numbered(self, *, memo: bool) -> Sequence[Numbered]:
        """Where the runs stand. A run that ends stays in its row, so its status is part of the number."""
        rows = select(ENTRIES.c.number, ENTRIES.c.status, ENTRIES.c.id, ENTRIES.c.symbol).where(*self._shown())
        if not memo:
            rows = rows.where(ENTRIES.c.kind == "experiment")
        found = self._service.database.read(lambda c: c.execute(rows).all())
        return [Numbered(len(_STATUSES) * number + _STATUSES.index(status), identity, symbol) for number, status, identity, symbol in found]

    def entries(self, numbers: Sequence[int]) -> Mapping[int, Entry]:
        """The entries with these numbers."""
        wanted = {number // len(_STATUSES): number for number in numbers}
        rows = select(ENTRIES).where(*self._shown(), ENTRIES.c.number.in_([*wanted]))
        return {wanted[row.number]: _entry(row) for row in self._service.database.read(lambda c: c.execute(rows).all())} if wanted else {}

    def entry(self, identity: str) -> Entry:
        """The run with this ID; UnknownEntryError if there is none."""
        row = self._service.database.read(lambda c: c.execute(select(ENTRIES).where(*self._shown(), ENTRIES.c.id == identity)).first())
        if row is None:
            raise UnknownEntryError("There is no such run", "Load the page again")
        return _entry(row)

    def related(self, entry: Entry) -> tuple[Sequence[Entry], Sequence[Entry]]:
        """The run that it was called in, where that is here. Runs are not found by the one that called them."""
        try:
            return ([] if entry.parent is None else [self.entry(entry.parent)]), []
        except UnknownEntryError:
            return [], []

    def marks(self) -> Mapping[int, Marks]:
        """What people have set, by number."""
        rows = select(ENTRIES.c.number, ENTRIES.c.status, ENTRIES.c.pinned, ENTRIES.c.note, ENTRIES.c.tags).where(
            *self._shown(), ENTRIES.c.pinned | (ENTRIES.c.note != "") | (ENTRIES.c.tags != "")
        )
        return {
            len(_STATUSES) * number + _STATUSES.index(status): (bool(pinned), note, split_tags(tags))
            for number, status, pinned, note, tags in self._service.database.read(lambda c: c.execute(rows).all())
        }

    def judge(self, entries: Sequence[Entry]) -> Sequence[Judged]:
        """The hub has no sources, so whether the code of today would give a result is not for it to say."""
        records = self.contents("record", {entry.record for entry in entries})
        snapshots = self.contents("snapshot", {entry.snapshot for entry in entries})
        return [Judged(e, _state(e), None, decoded(Record, records.get(e.record)), decoded(Snapshot, snapshots.get(e.snapshot))) for e in entries]

    def mark(self, identity: str, *, pinned: bool | None = None, note: str | None = None, tags: Sequence[str] | None = None) -> None:
        """Set what is given, for everybody."""
        self._service.database.write(lambda c: listing.set_marks(c, self._project, identity, pinned=pinned, note=note, tags=tags))

    def remove(self, ids: Sequence[str]) -> NoReturn:
        """What a team has is not deleted from a page."""
        raise HitSaveError(f"{'This run is' if len(ids) == 1 else 'These runs are'} the team's, and can't be deleted here", "Untag or unpin instead")

    def restore(self, removed: Removed) -> NoReturn:
        """Nothing is, so nothing comes back."""
        raise HitSaveError(f"The run {removed.entry.id} was not deleted here")

    def kept(self) -> None:
        """What a person has set on the page stays in the browser."""

    def keep(self, content: bytes) -> None:
        """As above."""

    def _shown(self) -> tuple[Any, ...]:
        return ENTRIES.c.project == self._project, ENTRIES.c.standing.in_(SHOWN)

    def content(self, kind: ContentKind, digest: Digest) -> bytes | None:
        """A content; None if it is not there."""
        return self.contents(kind, [digest]).get(digest)

    def contents(self, kind: ContentKind, digests: Iterable[Digest]) -> dict[Digest, bytes]:
        """Those of these contents that are there and good."""
        wanted, found = [*dict.fromkeys(digests)], dict[Digest, bytes]()
        for start in range(0, len(wanted), 500):
            fetched, _, _ = anyio.from_thread.run(self._service.objects.fetch, self._project, wanted[start : start + 500])
            found |= {digest: content for digest, content in fetched.items() if content_digest(kind, content) == digest}
        return found

    def logged(self, identity: str, *, after: int = 0) -> tuple[Logged, ...]:
        """What a run has logged."""
        rows = (
            select(LOGGED.c.line, LOGGED.c.at_ns, LOGGED.c.content)
            .where(LOGGED.c.project == self._project, LOGGED.c.id == identity, LOGGED.c.line > after)
            .order_by(LOGGED.c.line)
        )
        return tuple(Logged(line, at_ns, content) for line, at_ns, content in self._service.database.read(lambda c: c.execute(rows).all()))

    def open_attachment(self, attachment: Attachment) -> memoryview:
        """The bytes of a figure or file; DamagedError if they are not there."""
        whole = anyio.from_thread.run(self._service.objects.whole, self._project, attachment.blob)
        if whole is None:
            raise DamagedError("What was kept with the run is not there any more", "Upload it again")
        return memoryview(whole)


def _state(entry: Entry) -> State:
    return "cannot_tell" if entry.status == "done" else entry.status


def _entry(row: Any) -> Entry:
    return read_entry(
        row.body,
        None,
        row.signer,
        row.signature,
        row.hits,
        row.saved_ns,
        row.last_used * 1_000_000_000,
        bool(row.pinned),
        row.note,
        split_tags(row.tags),
    )
