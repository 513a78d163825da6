"""A project on the hub as the panel reads a store: the same questions, answered from the hub's tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import anyio.from_thread
from sqlalchemy import func, select

from hitsave.digest import Digest
from hitsave.errors import DamagedError, UnknownEntryError
from hitsave.storage.contents import ContentKind, content_digest, decode_text
from hitsave.storage.entry import Attachment, Entry, read_entry, split_tags
from hitsave.storage.listing import Filter, SymbolSummary
from hitsave.storage.reading import Logged
from hitsave_server.hub.service import Service
from hitsave_server.hub.tables import ENTRIES, LOGGED

SHOWN: Final = ("found", "run", "conflict")


class TeamStore:
    """The runs of a project. Its methods are called on a thread of the worker, and are those of `hitsave.storage.Reading` that the panel uses."""

    def __init__(self, service: Service, project: int) -> None:
        self._service = service
        self._project = project

    def symbols(self, _root: str | None = None) -> list[SymbolSummary]:
        """The symbols that have runs."""

        def of_status(status: str) -> Any:
            return func.count().filter(ENTRIES.c.status == status)

        rows = (
            select(
                ENTRIES.c.symbol,
                of_status("done"),
                of_status("running"),
                of_status("failed"),
                func.count().filter(ENTRIES.c.kind == "experiment"),
                func.sum(ENTRIES.c.wall_ns),
                func.sum(ENTRIES.c.size),
                func.max(ENTRIES.c.id),
            )
            .where(ENTRIES.c.project == self._project, ENTRIES.c.standing.in_(SHOWN))
            .group_by(ENTRIES.c.symbol)
            .order_by(ENTRIES.c.symbol)
        )
        found = self._service.database.read(lambda c: c.execute(rows).all())
        return [
            SymbolSummary(symbol, done, running, failed, kind, int(wall), int(size), newest)
            for symbol, done, running, failed, kind, wall, size, newest in found
        ]

    def list(self, chosen: Filter, *, limit: int | None = 50) -> list[Entry]:
        """Runs of a symbol and kind, newest first."""
        rows = select(ENTRIES).where(ENTRIES.c.project == self._project, ENTRIES.c.standing.in_(SHOWN)).order_by(ENTRIES.c.id.desc()).limit(limit)
        for column, value in ((ENTRIES.c.symbol, chosen.symbol), (ENTRIES.c.kind, chosen.kind)):
            if value is not None:
                rows = rows.where(column == value)
        return [_entry(row) for row in self._service.database.read(lambda c: c.execute(rows).all())]

    def get(self, identity: str) -> Entry:
        """The run with this ID; UnknownEntryError if there is none."""
        rows = select(ENTRIES).where(ENTRIES.c.project == self._project, ENTRIES.c.standing.in_(SHOWN), ENTRIES.c.id == identity)
        row = self._service.database.read(lambda c: c.execute(rows).first())
        if row is None:
            raise UnknownEntryError("There is no such run", "Load the page again")
        return _entry(row)

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

    def record(self, digest: Digest) -> bytes | None:
        """A Record."""
        return self.content("record", digest)

    def snapshot(self, digest: Digest) -> bytes | None:
        """A Snapshot."""
        return self.content("snapshot", digest)

    def text(self, digest: Digest) -> str | None:
        """A source text."""
        content = self.content("text", digest)
        return None if content is None else decode_text(content)

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
