"""What a person wants removed: which entries that means, what it would cost to compute them again, and what stays in spite of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hitsave.freshness.judging import Judge
from hitsave.storage.entry import Entry
from hitsave.storage.listing import Filter
from hitsave.storage.store import Store


@dataclass(frozen=True, slots=True)
class Removal:
    """What would go (`entries`, newest first), and how many that were meant stay: pinned ones, experiments that nobody named, evaluations that are running."""

    entries: tuple[Entry, ...]
    pinned: int = 0
    experiments: int = 0
    running: int = 0

    @property
    def wall_ns(self) -> int:
        """The compute that is in what would go."""
        return sum(entry.wall_ns for entry in self.entries)

    @property
    def size(self) -> int:
        """The bytes of its results."""
        return sum(entry.size for entry in self.entries)

    def by_symbol(self) -> dict[str, list[Entry]]:
        """What would go, by function."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.symbol, []).append(entry)
        return dict(sorted(found.items()))


def removal_of(store: Store, chosen: Filter, *, judge: Judge | None = None, experiments: bool = False) -> Removal:
    """The entries that `chosen` describes; with a `judge` only those among them that are stale. Experiments only where they are asked for."""
    entries = store.list(chosen, limit=None)
    if judge is not None:
        entries = [judged.entry for judged in judge.judge(entries) if judged.state == "stale"]
    return sorted_out(store, entries, experiments=experiments)


def sorted_out(store: Store, entries: Iterable[Entry], *, experiments: bool) -> Removal:
    """`entries` without those that stay."""
    go: list[Entry] = []
    pinned = kept = running = 0
    for entry in entries:
        if entry.pinned:
            pinned += 1
        elif entry.kind == "experiment" and not experiments:
            kept += 1
        elif store.is_running(entry):
            running += 1
        else:
            go.append(entry)
    return Removal(tuple(go), pinned, kept, running)


def clear(store: Store, entries: Sequence[Entry]) -> int:
    """Delete `entries` but for those that were pinned meanwhile; how many went. `Store.sweep` gives their room back."""
    return store.delete([entry.id for entry in entries], unless_pinned=True)
