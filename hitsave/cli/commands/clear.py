"""`hitsave clear`: remove stored results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hitsave.cli.completing import complete_symbol
from hitsave.cli.consent import JSON_HELP, YES_HELP

if TYPE_CHECKING:
    from hitsave.cli.here import Here
    from hitsave.cli.screen import Screen
    from hitsave.freshness.clearing import Removal


def clear(
    asked: Annotated[
        str | None, typer.Argument(metavar="SYMBOL|ID", help="A function, or one entry by its ID.", autocompletion=complete_symbol)
    ] = None,
    stale: Annotated[
        bool, typer.Option("--stale", help="Only results that the code as it stands would not give (of SYMBOL, or of the project).")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="All results of the current folder's project.")] = False,
    all_projects: Annotated[bool, typer.Option("--all-projects", "-a", help="Of all projects, not only of the current folder's.")] = False,
    experiments: Annotated[bool, typer.Option("--experiments", help="Experiments too, which stay otherwise.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only say what would be removed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=YES_HELP)] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Remove stored results.

    Says first what would go and how much compute that is. Pinned results stay, whatever is asked for; experiments stay unless they are named or --experiments is given.
    """
    from hitsave.cli.here import Here
    from hitsave.errors import HitSaveError

    if asked is None and not (stale or everything):
        raise HitSaveError("There is nothing said of what to clear", "Name a function, or say --stale or --all")
    if asked is not None and everything:
        raise HitSaveError(f"--all means all of the project, not only {asked}", f"Say hitsave clear {asked}, or hitsave clear --all")
    with Here() as here:
        removal = _removal(here, asked, stale=stale, project=None if all_projects else here.root, experiments=experiments)
        freed = _carry_out(here, removal, dry_run=dry_run, yes=yes, quiet=as_json)
        if as_json:
            _print_json(removal, freed)


def _removal(here: Here, asked: str | None, *, stale: bool, project: str | None, experiments: bool) -> Removal:
    from hitsave.cli.finding import find_entry_or_symbol
    from hitsave.freshness.clearing import removal_of, sorted_out
    from hitsave.freshness.judging import Judge
    from hitsave.storage.entry import Entry
    from hitsave.storage.listing import Filter

    judge = Judge(here.store, here.root, here.text) if stale else None
    if asked is None:
        return removal_of(here.store, Filter(project=project), judge=judge, experiments=experiments)
    found = find_entry_or_symbol(here, asked)
    if isinstance(found, Entry):
        return sorted_out(here.store, [found], experiments=True)
    chosen = Filter(symbol=str(found), project=project)
    if not here.store.count(chosen):
        chosen = chosen._replace(project=None)
    return removal_of(here.store, chosen, judge=judge, experiments=True)


def _carry_out(here: Here, removal: Removal, *, dry_run: bool, yes: bool, quiet: bool) -> int | None:
    """Remove; the bytes that were given back, None if nothing was done."""
    from hitsave.cli.consent import ask
    from hitsave.cli.progress import shown_progress
    from hitsave.cli.screen import Screen
    from hitsave.freshness import clearing, words

    screen = Screen()
    if not quiet:
        _say_what(screen, removal)
    if dry_run or not removal.entries:
        return None
    what = words.counted(len(removal.entries), "result")
    if not ask(f"Remove {what}, {words.duration(removal.wall_ns)} of compute?", yes=yes):
        screen.say("Nothing was removed.") if not quiet else None
        return None
    with shown_progress(quiet=quiet) as told:
        gone = 0
        for start in range(0, len(removal.entries), 500):
            gone += clearing.clear(here.writable, removal.entries[start : start + 500])
            told("removing", min(start + 500, len(removal.entries)), len(removal.entries))
        swept = here.writable.sweep(grace_seconds=60.0)
    if not quiet:
        screen.say(f"Removed {words.counted(gone, 'result')}; {words.size(swept.blob_bytes)} of files given back.")
    return swept.blob_bytes


def _say_what(screen: Screen, removal: Removal) -> None:
    from hitsave.cli.screen import Column, Line
    from hitsave.freshness import words

    if removal.entries:
        rows: list[list[Line]] = [
            [symbol, f"{len(entries):,}", words.duration(sum(e.wall_ns for e in entries)), words.size(sum(e.size for e in entries))]
            for symbol, entries in removal.by_symbol().items()
        ]
        if len(rows) > 1:
            rows.append(["in all", f"{len(removal.entries):,}", words.duration(removal.wall_ns), words.size(removal.size)])
        screen.table([Column("TO BE REMOVED", gives=True), Column("RESULTS", "right"), Column("COMPUTE", "right"), Column("SIZE", "right")], rows)
    else:
        screen.say("There is nothing to remove.")
    kept = [
        words.counted(removal.pinned, "pinned result") if removal.pinned else "",
        words.counted(removal.experiments, "experiment") + " (--experiments removes them)" if removal.experiments else "",
        words.counted(removal.running, "evaluation") + " that run" if removal.running else "",
    ]
    if any(kept):
        screen.say(f"{words.listed([k for k in kept if k])} stay.", style="dim")


def _print_json(removal: Removal, freed: int | None) -> None:
    from hitsave.cli.shapes import print_json, seconds

    print_json(
        {
            "done": freed is not None,
            "entries": [entry.id for entry in removal.entries],
            "compute_seconds": seconds(removal.wall_ns),
            "result_bytes": removal.size,
            "freed_bytes": freed,
            "functions": [
                {
                    "symbol": symbol,
                    "entries": len(entries),
                    "compute_seconds": seconds(sum(e.wall_ns for e in entries)),
                    "result_bytes": sum(e.size for e in entries),
                }
                for symbol, entries in removal.by_symbol().items()
            ],
            "kept": {"pinned": removal.pinned, "experiments": removal.experiments, "running": removal.running},
        }
    )
