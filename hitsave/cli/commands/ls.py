"""`hitsave ls`: stored evaluations, newest first."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from hitsave.cli.completing import complete_symbol

if TYPE_CHECKING:
    from hitsave.cli.here import Here
    from hitsave.freshness.judging import Judged
    from hitsave.storage.listing import Filter


def ls(
    symbol: Annotated[
        str | None, typer.Argument(metavar="SYMBOL", help="Only this function: a name, module:name or file.py:name.", autocompletion=complete_symbol)
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many to show.")] = 20,
    tag: Annotated[str | None, typer.Option("--tag", help="Only what has this tag.")] = None,
    pinned: Annotated[bool, typer.Option("--pinned", help="Only what is pinned.")] = False,
    before: Annotated[str | None, typer.Option(metavar="ID", help="Only those older than this entry: how a long list goes on.")] = None,
    all_projects: Annotated[bool, typer.Option("--all-projects", "-a", help="Those of all projects, not only of the current folder's.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; docs/cli.md has the shape.")] = False,
) -> None:
    """List stored results, newest first.

    Each with its function, arguments and state: fresh, stale (the code has changed), can't tell (only a run can), running or failed.
    """
    from hitsave.cli.finding import find_symbol
    from hitsave.cli.here import Here
    from hitsave.freshness.judging import Judge
    from hitsave.storage.listing import Filter

    with Here() as here:
        asked = None if symbol is None else str(find_symbol(here, symbol))
        project = None if all_projects else here.root
        chosen = Filter(symbol=asked, project=project, tag=tag, pinned=True if pinned else None)
        begin = None if before is None else here.store.get(before).id
        entries = here.store.list(chosen._replace(before=begin), limit=limit + 1)
        more = len(entries) > limit
        entries = entries[:limit]
        judged = Judge(here.store, here.root, here.text).judge(entries)
        total = here.store.count(chosen)
        if as_json:
            from hitsave.cli.shapes import entry_shape, print_json
            from hitsave.freshness.arguments import read_arguments

            arguments = read_arguments(here.store, entries)
            print_json(
                {
                    "project": project,
                    "symbol": asked,
                    "total": total,
                    "next_before": entries[-1].id if more else None,
                    "entries": [entry_shape(j, arguments[j.entry.id]) for j in judged],
                }
            )
            return
        if not entries:
            _say_nothing_found(here, chosen, first_page=begin is None)
            return
        _say_entries(here, judged, all_projects=all_projects)
        _say_rest(judged, total, more=more)


def _say_entries(here: Here, judged: Sequence[Judged], *, all_projects: bool) -> None:
    from hitsave.cli.finding import short_ids
    from hitsave.cli.screen import Column, Line, Screen, state_text
    from hitsave.freshness import words
    from hitsave.freshness.arguments import in_one_line, read_arguments
    from hitsave.freshness.judging import IN_WORDS
    from hitsave.storage.entry import held_size

    entries = [j.entry for j in judged]
    arguments = read_arguments(here.store, entries)
    now, screen = time.time_ns(), Screen()
    columns = [
        Column("ID"),
        Column("FUNCTION", gives=True),
        Column("ARGUMENTS", gives=True),
        Column("STATE"),
        Column("RESULT", "right", spare=True),
        Column("TOOK", "right"),
        Column("WHEN", "right"),
        Column("HITS", "right", spare=True),
    ]
    rows: list[list[Line]] = []
    for short, item in zip(short_ids(here.store, [e.id for e in entries]), judged, strict=True):
        entry = item.entry
        done = entry.status == "done"
        cells: list[Line] = [
            short,
            entry.symbol,
            in_one_line(arguments[entry.id]),
            state_text(item.state, IN_WORDS[item.state]),
            words.size(held_size(entry)) if done else "",
            words.duration(entry.wall_ns) if entry.status != "running" else words.duration(max(now - entry.created_ns, 0)),
            words.ago(entry.created_ns, now),
            f"{entry.hits:,}",
        ]
        if all_projects:
            cells.append(entry.project.rstrip("/\\").replace("\\", "/").rpartition("/")[2] if screen.pretty else entry.project)
        rows.append(cells)
    if all_projects:
        columns.append(Column("PROJECT", gives=True))
    screen.table(columns, rows)


def _say_rest(judged: Sequence[Judged], total: int, *, more: bool) -> None:
    from hitsave.cli.screen import Screen

    screen = Screen()
    if not screen.pretty:
        return
    hints: list[str] = []
    if more:
        hints.append(f"{len(judged):,} of {total:,}; the next ones: hitsave ls --before {judged[-1].entry.id}")
    if any(j.state in {"stale", "cannot_tell"} for j in judged):
        hints.append("hitsave why ID says what changed")
    for hint in hints:
        screen.say(hint, style="dim")


def _say_nothing_found(here: Here, chosen: Filter, *, first_page: bool) -> None:
    from hitsave.cli.passages import say_first_steps
    from hitsave.cli.screen import Screen
    from hitsave.freshness import words
    from hitsave.storage.listing import Filter

    screen, asked, project = Screen(), chosen.symbol, chosen.project
    elsewhere = here.store.count(Filter(symbol=asked)) if project is not None else 0
    marked = [f"has the tag {chosen.tag}"] * bool(chosen.tag) + ["is pinned"] * bool(chosen.pinned)
    if not first_page:
        screen.say("No entry is older than that one.")
    elif marked and here.store.count(chosen._replace(tag=None, pinned=None)):
        screen.say(f"No result{f' of {asked}' if asked else ''}{f' in {project}' if project else ''} {' and '.join(marked)}.")
    elif elsewhere:
        of_it = f" of {asked}" if asked else ""
        screen.say(
            f"Nothing{of_it} is stored in {project}. Other projects have {words.counted(elsewhere, 'entry', 'entries')}: hitsave ls --all-projects"
        )
    elif asked:
        screen.say(f"{asked} has no stored results yet; hitsave deps {asked} shows what they would depend on.")
    else:
        say_first_steps(screen, here.store.folder)
