"""Stored entries against the text as it is now. Entries share Records, so a thousand of them cost little more than one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from hitsave.codegraph.library import SourceModule
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.freshness.explain import freshness_of
from hitsave.freshness.project_text import ProjectText
from hitsave.freshness.record import Record, Snapshot, decoded
from hitsave.freshness.status import CannotTell, Fresh, Place, Reason, Stale
from hitsave.storage.entry import Entry
from hitsave.storage.store import Store

State = Literal["fresh", "stale", "cannot_tell", "running", "failed"]
STATES: Final[tuple[State, ...]] = ("fresh", "stale", "cannot_tell", "running", "failed")
IN_WORDS: Final[dict[str, str]] = {
    "fresh": "fresh",
    "stale": "stale",
    "cannot_tell": "can't tell",
    "running": "running",
    "failed": "failed",
    "never_evaluated": "never run",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry and what became of it. `answer` is None of one that has no result; `record` and `snapshot` are None where they are missing or damaged."""

    entry: Entry
    state: State
    answer: Fresh | Stale | CannotTell | None = None
    record: Record | None = None
    snapshot: Snapshot | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it is not fresh."""
        return self.answer.reasons if isinstance(self.answer, (Stale, CannotTell)) else ()


class Judge:
    """Answers for any number of entries of `store`, of any projects, each checked against the text of its own, which `text_of` gives; `root` is the project that was asked about."""

    def __init__(self, store: Store, root: str, text_of: Callable[[str], ProjectText]) -> None:
        self._store = store
        self._root = root
        self._text_of = text_of
        self._records: dict[Digest, Record | None] = {}
        self._snapshots: dict[Digest, Snapshot | None] = {}
        self._answers: dict[tuple[str, Digest, Digest], Fresh | Stale | CannotTell] = {}

    def judge(self, entries: Sequence[Entry]) -> list[Judged]:
        """Each of `entries`, judged, in their order."""
        self._fetch(entries)
        return [self._judge(entry) for entry in entries]

    def root_of(self, entry: Entry) -> str | None:
        """The project whose text the entry is to be checked against: its own; where that was moved, the one here if it has such a module. None if there is no telling."""
        if entry.project == self._root or os.path.isdir(entry.project):
            return entry.project
        module = entry.symbol.partition(":")[0]
        return self._root if isinstance(self._text_of(self._root).library.locate(module), SourceModule) else None

    def _judge(self, entry: Entry) -> Judged:
        record, snapshot = self._records.get(entry.record), self._snapshots.get(entry.snapshot)
        if entry.status != "done":
            ended: State = "running" if self._store.is_running(entry) else "failed"
            return Judged(entry, ended, None, record, snapshot)
        answer = self._answer(entry, record, snapshot)
        state: State = "fresh" if isinstance(answer, Fresh) else "stale" if isinstance(answer, Stale) else "cannot_tell"
        return Judged(entry, state, answer, record, snapshot)

    def _answer(self, entry: Entry, record: Record | None, snapshot: Snapshot | None) -> Fresh | Stale | CannotTell:
        if record is None:
            return _cannot_tell(entry.symbol, "what it depended on is damaged in the store, so it is computed again when it is asked for")
        root = self.root_of(entry)
        if root is None:
            return _cannot_tell(entry.project, f"its project's folder {entry.project} is not there any more")
        known = self._answers.get((root, entry.record, entry.snapshot))
        if known is None:
            fault = self._fault(record, root)
            known = fault or freshness_of(record, snapshot, self._text_of(root).world, self._store.text)
            self._answers[root, entry.record, entry.snapshot] = known
        return known

    def _fault(self, record: Record, root: str) -> CannotTell | None:
        """Of a file that can't be analysed nothing is known: least of all that everything in it was removed."""
        for module in sorted({Symbol.parse(check.symbol).module for check in (*record.code, *record.captures)}):
            fault = self._text_of(root).fault(module)
            if fault is not None:
                return _cannot_tell(module, str(fault), Place(fault.path, fault.line))
        return None

    def _fetch(self, entries: Sequence[Entry]) -> None:
        store = self._store
        records = {e.record for e in entries} - self._records.keys()
        snapshots = {e.snapshot for e in entries} - self._snapshots.keys()
        found = store.contents("record", records)
        for digest in records:
            self._records[digest] = decoded(Record, found.get(digest))
        found = store.contents("snapshot", snapshots)
        for digest in snapshots:
            self._snapshots[digest] = decoded(Snapshot, found.get(digest))


def _cannot_tell(subject: str, message: str, place: Place | None = None) -> CannotTell:
    return CannotTell((Reason("code", subject, message, place),))
