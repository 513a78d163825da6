"""What the store has of each function, and what became of it under the text as it is now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from hitsave.digest import Digest
from hitsave.freshness.checklist import Checklist
from hitsave.freshness.explain import reasons_for
from hitsave.freshness.judging import Judged
from hitsave.freshness.project_text import BrokenFile, ProjectText
from hitsave.freshness.record import CaptureCheck, Record, Snapshot, decoded
from hitsave.freshness.status import CannotTell, Fresh, Place, Reason, Stale
from hitsave.storage.entry import Entry
from hitsave.storage.listing import Filter, SymbolSummary

NEWEST: Final = 300
"""How many results of a function are looked at."""
MOST_RECORDS: Final = 24
"""How many Records of a function are looked at: results older than these were made under code of long ago."""
_TEXTS: Final = 2_000
_NOTHING: Final = SymbolSummary("", 0, 0, 0, 0, 0, 0, "")


@dataclass(frozen=True, slots=True)
class Stored:
    """The results of one symbol: added up, and the newest of them, newest first."""

    summary: SymbolSummary
    entries: tuple[Entry, ...]


class Results:
    """The stored results of one project's functions, each judged by checks that are only made again where something changed."""

    def __init__(self, text: ProjectText, stop: Callable[[], None]) -> None:
        self._text = text
        self._store = text.store
        self.checklist = Checklist(text.world, text.library, stop)
        self.stored: dict[str, Stored] = {}
        self._answers: dict[tuple[Digest, Digest], Fresh | Stale | CannotTell] = {}
        self._keys: dict[Digest, set[tuple[Digest, Digest]]] = {}
        self._snapshots: dict[Digest, Snapshot | None] = {}
        self._texts: dict[Digest, str | None] = {}
        self._faults: dict[str, BrokenFile] = {}

    # --- what is stored --------------------------------------------------------------------------------------------

    def look(self, symbols: Iterable[str]) -> set[str]:
        """Look into the store again, for what it has of the project and of these functions; those of which it is something else now."""
        summaries = {summary.symbol: summary for summary in self._store.symbols(self._text.root)}
        # Stored under the folder's former name, perhaps: the project is not in the key.
        moved = {*symbols} - summaries.keys()
        changed: set[str] = set()
        for symbol in [*summaries, *moved]:
            known = self.stored.get(symbol)
            summary = summaries.get(symbol)
            if summary is not None and known is not None and known.summary == summary and not summary.running:
                continue
            entries = self._list(symbol, None if summary is None else self._text.root)
            if summary is None:
                if not entries and known is None:
                    continue
                summary = _added_up(symbol, entries)
            found = Stored(summary, tuple(entries))
            if found != known:
                self.stored[symbol] = found
                changed.add(symbol)
        for symbol in self.stored.keys() - summaries.keys() - moved:
            del self.stored[symbol]
            changed.add(symbol)
        self._add_records(entry for symbol in changed if symbol in self.stored for entry in self.stored[symbol].entries)
        return changed

    def _list(self, symbol: str, project: str | None) -> list[Entry]:
        records: set[Digest] = set()
        found: list[Entry] = []
        for entry in self._store.list(Filter(symbol=symbol, project=project), limit=NEWEST):
            if len(records) >= MOST_RECORDS and entry.record not in records and entry.status == "done":
                continue
            if entry.status == "running" and not self._store.is_running(entry):
                continue
            records.add(entry.record)
            found.append(entry)
        return found

    def _add_records(self, entries: Iterable[Entry]) -> None:
        wanted = {entry.record for entry in entries if entry.status == "done" and entry.record not in self.checklist}
        modules: set[str] = set()
        for digest, content in self._store.contents("record", wanted).items():
            try:
                self.checklist.add(digest, content)
            except ValueError:
                continue  # damaged: said where its results are shown
            modules |= self.checklist.modules(digest)
        self._note_faults(modules)

    # --- what became of it -----------------------------------------------------------------------------------------

    def judge(self, entry: Entry) -> Judged:
        """What became of one result. Those that share a Record and a Snapshot share the answer."""
        if entry.status != "done":
            return Judged(entry, entry.status)
        key = entry.record, entry.snapshot
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = self._answer(*key, entry)
            self._keys.setdefault(entry.record, set()).add(key)
        return Judged(entry, "fresh" if isinstance(answer, Fresh) else "stale" if isinstance(answer, Stale) else "cannot_tell", answer)

    def code_changed(self, modules: set[str]) -> set[Digest]:
        """The text of these modules is another; the Records of which the answer, or how it is explained, may be another."""
        self._note_faults(modules)
        changed = self.checklist.code_changed(modules)
        for (record, _), answer in self._answers.items():
            touched = self.checklist.modules(record) & modules if record in self.checklist else set[str]()
            if touched and (not isinstance(answer, Fresh) or not self._faults.keys().isdisjoint(touched)):
                changed.add(record)
        self._drop(changed)
        return changed

    def accepted(self, symbols: Iterable[str]) -> set[Digest]:
        """Something else is accepted of these symbols now; the Records of which the answer is another."""
        changed = self.checklist.accepted(symbols)
        self._drop(changed)
        return changed

    def spoiled(self) -> list[Judged]:
        """All results that are not good, newest first, with their Records and Snapshots."""
        found = [j for stored in self.stored.values() for entry in stored.entries if (j := self.judge(entry)).state in {"stale", "cannot_tell"}]
        contents = self._store.contents("record", {j.entry.record for j in found})
        records = {digest: decoded(Record, content) for digest, content in contents.items()}
        found.sort(key=lambda j: j.entry.id, reverse=True)
        return [replace(j, record=records.get(j.entry.record), snapshot=self.snapshot(j.entry.snapshot)) for j in found]

    def surroundings_changed(self) -> set[Digest]:
        """Files, distributions or the environment may be others; the Records of which the answer is another."""
        changed = self.checklist.surroundings_changed()
        self._drop(changed)
        return changed

    def snapshot(self, digest: Digest) -> Snapshot | None:
        """A Snapshot; None if it is missing or damaged."""
        if digest not in self._snapshots:
            self._snapshots[digest] = decoded(Snapshot, self._store.snapshot(digest))
        return self._snapshots[digest]

    def faults(self) -> list[BrokenFile]:
        """Files that results depend on and that can't be analysed now."""
        return list(self._faults.values())

    def files(self) -> list[str]:
        """Files and folders that results depend on, besides code."""
        return [self._text.world.surroundings.full_path(path) for path in self.checklist.files()]

    def _drop(self, records: set[Digest]) -> None:
        for record in records:
            for key in self._keys.pop(record, ()):
                self._answers.pop(key, None)

    def _note_faults(self, modules: Iterable[str]) -> None:
        for module in modules:
            fault = self._text.fault(module)
            if fault is not None:
                self._faults[module] = fault
            else:
                self._faults.pop(module, None)

    def _answer(self, record: Digest, snapshot: Digest, entry: Entry) -> Fresh | Stale | CannotTell:
        if record not in self.checklist:
            return CannotTell((Reason("code", entry.symbol, "its record is damaged in the store, so it is computed again"),))
        for module in sorted(self.checklist.modules(record) & self._faults.keys()):
            fault = self._faults[module]
            return CannotTell(
                (Reason("code", module, f"{fault.path} is not Python now" if fault.line else str(fault), Place(fault.path, fault.line)),)
            )
        failures = self.checklist.failures(record)
        for kind, answer in (("changed", Stale), ("unknown", CannotTell)):
            some = [f for f in failures if f.answer == kind]
            if some:
                return answer(reasons_for(some, self.snapshot(snapshot), self._text.world, self._text_of))
        return Fresh(tuple(sorted({f.check.symbol for f in failures if isinstance(f.check, CaptureCheck)})))

    def _text_of(self, digest: Digest) -> str | None:
        if digest not in self._texts:
            if len(self._texts) >= _TEXTS:
                self._texts.clear()
            self._texts[digest] = self._store.text(digest)
        return self._texts[digest]


def _added_up(symbol: str, entries: list[Entry]) -> SymbolSummary:
    if not entries:
        return _NOTHING._replace(symbol=symbol)
    done = [e for e in entries if e.status == "done"]
    return SymbolSummary(
        symbol,
        len(done),
        sum(e.status == "running" for e in entries),
        sum(e.status == "failed" for e in entries),
        sum(e.kind == "experiment" for e in entries),
        sum(e.wall_ns for e in done),
        sum(e.size for e in done),
        entries[0].id,
    )
