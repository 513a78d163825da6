"""Places where code may reach what text can't name: they make everything count that is loaded, if they ever began to run."""

from __future__ import annotations

import sys

from hitsave.codegraph.flows import catching_lines
from hitsave.codegraph.graph import Unforeseen
from hitsave.codegraph.library import SourceModule
from hitsave.codegraph.symbols import Symbol
from hitsave.runtime.computed_imports import missed_by, taken_by
from hitsave.runtime.executed import NeverRan, replayed
from hitsave.runtime.live import LiveWalker
from hitsave.runtime.recording import bodies_that_never_ran, only_read_by


def take_in_unforeseen(walker: LiveWalker, root: Symbol) -> None:
    """Reach every project module that is loaded, where something that is reached computes which it uses, and may have run; so until nothing more of the kind is reached.

    Who asks modules for names that they have to have finds one that is added only if it was asked for before, and that was caught.
    """
    never = NeverRan()
    known: set[Unforeseen] = set()
    looked_for: set[str] | None = None
    while running := [place for place in _running(walker, never) if place not in known]:
        known.update(running)
        if looked_for is None:  # by what was reached before all that is loaded is
            looked_for = {"all", "names"} if _misses_were_caught(walker, never) else {"all"}
        _take_in(running, walker, root, never, looked_for)
        walker.drain()
        walker.visit_late()
        walker.drain()


def _running(walker: LiveWalker, never: NeverRan) -> list[Unforeseen]:
    """The places that may have run, but for variables that nothing reads that did."""
    found = [place for place in walker.unforeseen if _may_have_run(place, walker, never)]
    if not any(place.symbol in walker.values for place in found):
        return found
    idle = only_read_by(walker, bodies_that_never_ran(walker, never))
    return [place for place in found if place.symbol not in idle]


def _take_in(running: list[Unforeseen], walker: LiveWalker, root: Symbol, never: NeverRan, looked_for: set[str]) -> None:
    computed: list[Unforeseen] = []
    for place in running:
        lines = _lines_of(place, walker)
        taken = _taken_by(place, walker, never, lines)
        if taken is None:
            computed.append(place)
            continue
        missed = place.of_modules == "all" or (place.of_modules == "names" and (lines is None or missed_by(_path_of(place, walker), lines)))
        walker.reach_loaded_modules(place.symbol, listing=[place.symbol] if missed else [], among=taken)
    if computed:
        walker.reach_loaded_modules(root, listing=sorted({place.symbol for place in computed if place.of_modules in looked_for}, key=str))
    for place in computed:
        if place.is_import or place.of_its_own in looked_for:
            walker.reach_module(place.symbol.module, place.symbol, listed=place.of_its_own in looked_for)


def _path_of(place: Unforeseen, walker: LiveWalker) -> str:
    located = walker.library.locate(place.symbol.module)
    return located.path if isinstance(located, SourceModule) else ""


def _lines_of(place: Unforeseen, walker: LiveWalker) -> range | None:
    """The lines of the definition in its file; None for what runs as the file is loaded."""
    found = None if place.at_import else walker.find(place.symbol)
    if found is None:
        return None
    span = found.definition.span
    return range(found.first_line, found.first_line + span.end_line - span.line + 1)


def _taken_by(place: Unforeseen, walker: LiveWalker, never: NeverRan, lines: range | None) -> frozenset[str] | None:
    """The modules that a place took by computed names; None where that is not known."""
    path = _path_of(place, walker)
    if not place.is_import or str(place.symbol) in replayed or not never.saw(path, lines.start if lines is not None else 1):
        return None
    taken = taken_by(path, lines)
    return taken if all(name in sys.modules for name in taken) else None


def _misses_were_caught(walker: LiveWalker, never: NeverRan) -> bool:
    """Whether reached code may have caught that there is no such name."""
    for symbol, node in walker.graph.code.items():
        found = walker.find(symbol) if node.kind != "class" else None
        if found is None or not any(word in found.text for word in ("except", "suppress")):
            continue
        catching = catching_lines(found.text)
        lines = never.lines(node.path, found.first_line) if catching and never.can_tell and str(symbol) not in replayed else None
        if catching and (
            lines is None or any(not lines.isdisjoint(range(found.first_line + r.start - 1, found.first_line + r.stop - 1)) for r in catching)
        ):
            return True
    return False


def _may_have_run(place: Unforeseen, walker: LiveWalker, never: NeverRan) -> bool:
    node, found = walker.graph.code.get(place.symbol), walker.find(place.symbol)
    if (
        place.at_import
        or not never.can_tell
        or node is None
        or found is None
        or node.kind not in {"function", "lambda"}
        or str(place.symbol) in replayed
    ):
        return True
    if never(node.path, found.first_line):
        return False
    lines = never.lines(node.path, found.first_line)
    if lines is None or place.line is None:
        return True
    first = found.line - found.definition.span.name_line
    around = [range(first + p.line, first + p.end_line + 1) for p in node.pieces if first + p.line <= place.line <= first + p.end_line]
    return not around or not lines.isdisjoint(around[-1])
