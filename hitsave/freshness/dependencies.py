"""What a function depends on by its text: a tree for people, a graph for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hitsave.codegraph.closure import Walker
from hitsave.codegraph.graph import BARE, CodeGraph
from hitsave.codegraph.symbols import Symbol
from hitsave.errors import UnknownSymbolError
from hitsave.freshness.project_text import BrokenFile, ProjectText
from hitsave.freshness.record import Snapshot, UntrackedPlace, decoded
from hitsave.freshness.status import Place
from hitsave.storage.store import Store

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something that a function depends on. `kind` is that of a definition, "value" for a module variable; `text` is the beginning of what gives a variable its value."""

    symbol: Symbol
    kind: str
    place: Place | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in the tree: how deep (0: the root), what, and whether what it depends on stands further up already."""

    depth: int
    dependency: Dependency
    above: bool


@dataclass(frozen=True, slots=True)
class Library:
    """A distribution that the code names, or that one of those requires; `sensitivity` is how much of its version counts."""

    distribution: str
    version: str
    sensitivity: str
    named: bool


class Dependencies:
    """What `symbol` depends on. UnknownSymbolError if the text has no such definition, NoSourceError if its file can't be analysed.

    `recorded` is what a run says that it could not track, see `recorded_untracked`.
    """

    def __init__(self, text: ProjectText, symbol: Symbol, recorded: Iterable[UntrackedPlace] = ()) -> None:
        text.readable(symbol)
        self._recorded = tuple(recorded)
        self.symbol = symbol
        self._text = text
        found = text.world.definition(symbol)
        if found is None:
            raise UnknownSymbolError(f"There is no {symbol} in this project any more", "Its results may still be stored: hitsave ls shows them")
        self._root_kind = found.definition.kind
        self.graph: CodeGraph = Walker(text.library).walk([symbol])

    def dependency(self, symbol: Symbol) -> Dependency:
        """One node of the graph."""
        node = self.graph.code.get(symbol)
        if node is not None:
            kind = self._root_kind if node.kind == BARE else node.kind
            return Dependency(symbol, kind, Place(self._text.shown(node.path), node.line))
        maker = self.graph.captures.get(symbol)
        if maker is not None:
            return Dependency(symbol, "value", Place(self._text.shown(maker.path), maker.line), _beginning(maker.text))
        return Dependency(symbol, "value" if symbol in self.graph.captures else "unknown", None)

    def tree(self) -> Iterator[Branch]:
        """From the root down; what is reached in several ways is followed where it comes first."""
        seen: set[Symbol] = set()
        waiting: list[tuple[int, Symbol]] = [(0, self.symbol)]
        while waiting:
            depth, symbol = waiting.pop()
            below = self.graph.edges.get(symbol, [])
            above = symbol in seen and bool(below)
            yield Branch(depth, self.dependency(symbol), above)
            if symbol not in seen:
                seen.add(symbol)
                waiting.extend((depth + 1, target) for target in reversed(below))

    def symbols(self) -> list[Symbol]:
        """All that is reached, the root first."""
        return list(dict.fromkeys([self.symbol, *self.graph.code, *self.graph.captures]))

    def libraries(self) -> list[Library]:
        """The distributions whose versions count, those that the code names first."""
        library = self._text.library
        surroundings = self._text.world.surroundings
        named = sorted(self.graph.externals - {"python", "hitsave"})
        required = sorted({r for d in named for r in library.requires(d)} - {*named, "hitsave"})
        found: list[Library] = []
        for name, direct in [*((n, True) for n in named), *((n, False) for n in required)]:
            sensitivity = library.sensitivity(name, named=direct)
            found.append(Library(name, surroundings.external(name, sensitivity), sensitivity, direct))
        return found

    def untracked(self) -> list[UntrackedPlace]:
        """What could not be followed, and where."""
        places = [UntrackedPlace(u.why, str(u.symbol), self._text.shown(u.path), u.line) for u in self.graph.untracked]
        places += [place for place in self._recorded if place not in places]
        return [*places, *(UntrackedPlace(f"{fault}", fault.path, fault.path, fault.line) for fault in self.broken())]

    def broken(self) -> list[BrokenFile]:
        """Files that the code would reach, and that can't be analysed."""
        found: set[BrokenFile] = set()
        for resolution in self.graph.names.values():
            if resolution.kind != "nothing":
                continue
            parts = resolution.target.split(".")
            for length in range(len(parts), 0, -1):
                fault = self._text.fault(".".join(parts[:length]))
                if fault is not None:
                    found.add(fault)
        return sorted(found)


def _beginning(text: str) -> str:
    lines = text.strip().splitlines() or [""]
    first = lines[0].strip()
    return f"{first[: _SHOWN - 2]} …" if len(lines) > 1 or len(first) > _SHOWN else first


def recorded_untracked(store: Store, symbol: Symbol) -> tuple[UntrackedPlace, ...]:
    """What the newest stored evaluation of a function could not track: beyond what its text shows, whether the code that ran was recorded."""
    for entry in store.find_symbol(str(symbol)):
        snapshot = decoded(Snapshot, store.snapshot(entry.snapshot)) if entry.status == "done" else None
        if snapshot is not None:
            return snapshot.untracked
    return ()
