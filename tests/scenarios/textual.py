"""What text alone says of a project: nothing in it is imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hitsave.codegraph.closure import Walker
from hitsave.codegraph.symbols import Symbol
from hitsave.freshness.explain import freshness_of
from hitsave.freshness.record import Record, Snapshot, text_digest
from hitsave.freshness.static import StaticWorld
from hitsave.freshness.status import CannotTell, Fresh, Stale
from hitsave.freshness.surroundings import Surroundings
from hitsave.storage.entry import Entry
from hitsave.storage.store import Store
from hitsave.workspace.library import WorkspaceLibrary
from hitsave.workspace.project import find_project


@dataclass(frozen=True, slots=True)
class Remembered:
    """A stored entry with its Record and Snapshot."""

    entry: Entry
    record: Record
    snapshot: Snapshot


def remembered(store: Store) -> list[Remembered]:
    """Everything in a store, newest first."""
    found: list[Remembered] = []
    for entry in store.list(limit=None):
        record, snapshot = store.record(entry.record), store.snapshot(entry.snapshot)
        assert record is not None
        assert snapshot is not None
        found.append(Remembered(entry, Record.decode(record), Snapshot.decode(snapshot)))
    return sorted(found, key=lambda r: r.entry.id, reverse=True)


class Text:
    """The project at `folder`, whose runs have `import_roots` as their path."""

    def __init__(self, folder: Path, import_roots: list[str]) -> None:
        self.library = WorkspaceLibrary(find_project(folder, script_folder=folder), import_roots)
        self.world = StaticWorld(self.library, Surroundings(self.library, self.library.root))

    def answer(self, stored: Remembered, store: Store) -> Fresh | Stale | CannotTell:
        """Whether a result is still good."""
        return freshness_of(stored.record, stored.snapshot, self.world, store.text)

    def differences(self, stored: Remembered) -> list[str]:
        """How the Snapshot that text alone gives for an entry's function differs from the one that the run made; one line a symbol; what follows a dash is for people."""
        graph = Walker(self.library).walk((Symbol.parse(stored.entry.symbol),))
        by_text: dict[str, dict[str, object]] = {}
        for symbol, node in graph.code.items():
            by_text[str(symbol)] = {
                "kind": node.kind,
                "shell": node.shell,
                "body": node.body,
                "documentation": node.documented,
                "text": text_digest(node.text),
            }
        for symbol, maker in graph.captures.items():
            by_text[str(symbol)] = {"kind": "value", "maker": maker and maker.digest, "text": maker and text_digest(maker.text)}
        named = {d for d in graph.externals if d not in {"python", "hitsave"}}
        required = {r for d in named for r in self.library.requires(d)} - {"hitsave"}
        by_text.update({d: {"kind": "distribution"} for d in named | required if self.library.version(d, "exact") or d in named})

        texts = {t.symbol: t.text for t in stored.snapshot.texts}
        live: dict[str, dict[str, object]] = {}
        for check in stored.record.code:
            live[check.symbol] = {
                "kind": check.kind,
                "shell": check.shell,
                "body": check.body,
                "documentation": check.documented,
                "text": texts.get(check.symbol),
            }
        for check in stored.record.captures:
            live[check.symbol] = {"kind": "value", "maker": check.made_by, "text": texts.get(check.symbol)}
        live.update({c.distribution: {"kind": "distribution"} for c in stored.record.externals})

        # What surely never ran counts by its shell alone, statements that never ran not at all, nor what only functions that never ran read:
        # facts of the run, which no text knows.
        unneeded = {c.symbol for c in stored.record.code if c.body is None}
        for check in stored.record.code:
            if check.left_out and (node := graph.code.get(Symbol.parse(check.symbol))):
                by_text[check.symbol]["body"] = node.without(check.left_out)
        for symbol in unneeded & by_text.keys():
            by_text[symbol]["body"] = None
        for check in stored.record.code:
            if check.left_out and check.symbol in by_text:
                by_text[check.symbol]["body"] = graph.code[Symbol.parse(check.symbol)].without(check.left_out)
        for capture in graph.captures:
            readers = {str(s) for s, targets in graph.edges.items() if capture in targets}
            if readers and readers <= unneeded:
                by_text.pop(str(capture))

        found = [f"live only {s}" for s in live.keys() - by_text.keys()] + [f"text only {s}" for s in by_text.keys() - live.keys()]
        for symbol in live.keys() & by_text.keys():
            unequal = [part for part in live[symbol] if live[symbol][part] != by_text[symbol].get(part)]
            if unequal:
                found.append(f"differs {symbol} — its {', '.join(unequal)}")
        return sorted(found)


def consists_of(stored: Remembered) -> frozenset[str]:
    """The symbols of an entry's code and captures."""
    return frozenset([c.symbol for c in stored.record.code] + [c.symbol for c in stored.record.captures])
