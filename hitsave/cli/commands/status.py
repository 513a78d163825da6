"""`hitsave status`: the store at a glance, and the memoised functions of the current project."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from hitsave.cli.here import Here
    from hitsave.cli.screen import Screen
    from hitsave.codegraph.memoised import MemoisedFunction
    from hitsave.storage.listing import Stats

_TITLES: Final = ("ENTRIES", "EXPERIMENTS", "FUNCTIONS", "COMPUTE", "RESULTS", "HITS", "SAVED")
_NEWEST: Final = 200
"""How many entries of a function are looked at."""


def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON; docs/cli.md has the shape.")] = False) -> None:
    """Show the store at a glance, and this project's functions.

    Where the store is, what is in it by project, and the memoised functions of the current folder's project with the state of their results.
    """
    from hitsave.cli.here import Here

    with Here() as here:
        glance = _look(here)
        if as_json:
            _print_json(here, glance)
        else:
            _say(here, glance)


@dataclass
class _Project:
    """The entries of one project, added up."""

    root: str
    done: int = 0
    running: int = 0
    failed: int = 0
    experiments: int = 0
    functions: int = 0
    wall_ns: int = 0
    size: int = 0
    hits: int = 0
    saved_ns: int = 0

    @property
    def entries(self) -> int:
        return self.done + self.running + self.failed


@dataclass
class _Function:
    """A memoised function of the current project. `counts` are the states of its newest entries, `found` its place in the text, None if it is not there any more."""

    symbol: str
    found: MemoisedFunction | None
    counts: dict[str, int] = field(default_factory=dict[str, int])
    entries: int = 0
    wall_ns: int = 0
    newest: str | None = None


@dataclass
class _Glance:
    stats: Stats
    disk_bytes: int
    projects: list[_Project]
    functions: list[_Function]


def _look(here: Here) -> _Glance:
    store = here.store
    projects: list[_Project] = []
    usage = store.usage()
    for root in store.projects():
        project = _Project(root)
        if root in usage:
            project.hits, project.saved_ns = usage[root]
        for symbol in store.symbols(root):
            project.functions += 1
            project.done += symbol.done
            project.running += symbol.running
            project.failed += symbol.failed
            project.experiments += symbol.experiments
            project.wall_ns += symbol.wall_ns
            project.size += symbol.size
        projects.append(project)
    projects.sort(key=lambda p: (p.root != here.root, p.root))
    return _Glance(store.stats(), _disk_bytes(store.folder), projects, list(_functions(here)))


def _functions(here: Here) -> Iterator[_Function]:
    """Those in the text, by place; then those that only the store knows."""
    from hitsave.freshness.judging import Judge

    judge = Judge(here.store, here.root, here.text)
    summaries = {summary.symbol: summary for summary in here.store.symbols(here.root)}
    found: dict[str, MemoisedFunction | None] = {str(f.symbol): f for f in here.memoised.functions}
    for symbol in [*found, *(s for s in summaries if s not in found)]:
        function = _Function(symbol, found.get(symbol))
        summary = summaries.get(symbol)
        if summary is not None:
            judged = judge.judge(here.store.find_symbol(symbol, project=here.root, limit=_NEWEST))
            function.counts = dict(Counter(j.state for j in judged))
            function.entries, function.wall_ns, function.newest = summary.entries, summary.wall_ns, summary.newest
        yield function


def _disk_bytes(folder: str) -> int:
    """What the store's files take, each counted once."""
    total = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue  # another process sweeps
    return total


def _print_json(here: Here, glance: _Glance) -> None:
    from hitsave.cli.shapes import place_shape, print_json
    from hitsave.freshness.judging import STATES
    from hitsave.freshness.status import Place

    stats = glance.stats
    functions: list[dict[str, Any]] = []
    for function in glance.functions:
        found = function.found
        functions.append(
            {
                "symbol": function.symbol,
                "memoised": found.kind if found else None,
                "place": place_shape(Place(here.shown(found.path), found.line)) if found else None,
                "entries": function.entries,
                "counts": {state: function.counts.get(state, 0) for state in STATES},
                "compute_seconds": round(function.wall_ns / 1e9, 6),
                "newest": function.newest,
            }
        )
    print_json(
        {
            "store": {
                "folder": here.store.folder,
                "exists": os.path.isdir(here.store.folder),  # noqa: PTH112 - pathlib has no business here
                "disk_bytes": glance.disk_bytes,
                "entries": stats.entries,
                "done": stats.done,
                "running": stats.running,
                "failed": stats.failed,
                "experiments": sum(p.experiments for p in glance.projects),
                "functions": sum(p.functions for p in glance.projects),
                "compute_seconds": round(stats.wall_ns / 1e9, 6),
                "hits": stats.hits,
                "saved_seconds": round(stats.saved_ns / 1e9, 6),
            },
            "projects": [
                {
                    "root": p.root,
                    "current": p.root == here.root,
                    "entries": p.entries,
                    "running": p.running,
                    "failed": p.failed,
                    "experiments": p.experiments,
                    "functions": p.functions,
                    "compute_seconds": round(p.wall_ns / 1e9, 6),
                    "result_bytes": p.size,
                    "hits": p.hits,
                    "saved_seconds": round(p.saved_ns / 1e9, 6),
                }
                for p in glance.projects
            ],
            "project": {
                "root": here.root,
                "functions": functions,
                "broken": [{"path": b.path, "line": b.line or None, "why": b.why} for b in here.memoised.broken],
                "complete": here.memoised.complete,
            },
        }
    )


def _say(here: Here, glance: _Glance) -> None:
    from rich.text import Text

    from hitsave.cli.passages import say_first_steps
    from hitsave.cli.screen import Column, Screen
    from hitsave.freshness import words

    screen, stats = Screen(), glance.stats
    if not stats.entries and not glance.functions:
        say_first_steps(screen, here.store.folder)
        return
    functions = sum(p.functions for p in glance.projects)
    experiments = sum(p.experiments for p in glance.projects)
    screen.say(Text.assemble(("Store  ", "dim"), (here.store.folder, "bold")))
    inside = f"{words.counted(stats.entries, 'entry', 'entries')} of {words.counted(functions, 'function')}"
    if experiments:
        inside += f" ({words.counted(experiments, 'experiment')})"
    screen.say(f"{words.size(glance.disk_bytes)} on disk, {inside}, {words.duration(stats.wall_ns)} of compute", indent=7)
    screen.say(f"{words.counted(stats.hits, 'hit')} so far, {words.duration(stats.saved_ns)} saved", indent=7)
    if glance.projects:
        screen.say()
        columns = [Column("PROJECT", gives=True)]
        columns += [Column(title, "right", spare=title in {"EXPERIMENTS", "HITS"}) for title in _TITLES]
        screen.table(
            columns,
            [
                [
                    Text(p.root + (" (here)" if p.root == here.root else "")),
                    f"{p.entries:,}",
                    f"{p.experiments:,}",
                    f"{p.functions:,}",
                    words.duration(p.wall_ns),
                    words.size(p.size),
                    f"{p.hits:,}",
                    words.duration(p.saved_ns),
                ]
                for p in glance.projects
            ],
        )
    _say_functions(here, screen, glance)


def _say_functions(here: Here, screen: Screen, glance: _Glance) -> None:
    from rich.text import Text

    from hitsave.cli.passages import summary
    from hitsave.cli.screen import Column, Line
    from hitsave.files.stored import SNAPSHOT_SYMBOL
    from hitsave.freshness import words
    from hitsave.freshness.status import Place

    screen.say()
    if not glance.functions:
        screen.say(f"No function of {here.root} is memoised.", style="dim")
    rows: list[list[Line]] = []
    for function in glance.functions:
        found = function.found
        place = (
            str(Place(here.shown(found.path), found.line))
            if found
            else "files that were kept"
            if function.symbol == SNAPSHOT_SYMBOL
            else "not memoised any more"
        )
        state = summary(function.counts) if function.counts else Text("never run", "dim")
        rows.append([function.symbol, state, words.duration(function.wall_ns) if function.entries else "", Text(place, "dim")])
    if rows:
        columns = [Column("MEMOISED HERE", gives=True), Column("STATE"), Column("COMPUTE", "right"), Column("PLACE", gives=True)]
        screen.table(columns, rows)
    for fault in here.memoised.broken:
        screen.say(f"not looked into: {fault}", style="yellow")
    if not here.memoised.complete:
        screen.say("there are too many files in this folder to look into them all", style="dim")
