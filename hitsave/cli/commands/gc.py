"""`hitsave gc`: keep the store within its budget, and give back room that nothing needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hitsave.cli.consent import JSON_HELP, YES_HELP

if TYPE_CHECKING:
    from hitsave.cli.here import Here
    from hitsave.storage.eviction import Evicted, Eviction
    from hitsave.storage.sweep import Swept


def gc(
    budget: Annotated[
        str | None, typer.Option("--budget", metavar="SIZE", help="What results may take: '20 GB', 'none'. Else as the settings say.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only say what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=YES_HELP)] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Bring the store within its budget, and give room back.

    Results go least recently used first, cheap ones before dear ones; experiments and pinned results never go. Files and texts that nothing needs any more go without being asked about.
    """
    from hitsave.cli.here import Here

    with Here() as here:
        allowed = _budget(here, budget)
        planned = here.store.plan_eviction(allowed) if allowed is not None else None
        _gc(here, allowed, planned, dry_run=dry_run, yes=yes, as_json=as_json)


def _gc(here: Here, allowed: int | None, planned: Eviction | None, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    from hitsave.cli.consent import ask
    from hitsave.cli.progress import shown_progress
    from hitsave.freshness import words
    from hitsave.storage.eviction import Evicted
    from hitsave.storage.store import INTERRUPTED
    from hitsave.storage.sweep import Swept

    if not as_json:
        _say_plan(here, allowed, planned)
    evicted, swept, interrupted = Evicted(), Swept(), ()
    goes_on = not dry_run
    if goes_on and planned is not None and planned.chosen:
        what = f"{words.counted(len(planned.chosen), 'result')}, {words.size(planned.size)}, {words.duration(planned.wall_ns)} of compute"
        goes_on = ask(f"Evict {what}?", yes=yes)
    if goes_on and here.store.stats().entries + _files(here) > 0:
        with shown_progress(quiet=as_json) as told:
            interrupted = here.writable.fail_interrupted(INTERRUPTED)
            if planned is not None and planned.chosen:
                evicted = here.writable.evict(planned, progress=lambda done, of: told("evicting", done, of))
            swept = here.writable.sweep()
    if as_json:
        _print_json(allowed, planned, evicted, swept, interrupted, done=goes_on)
    else:
        _say_done(evicted, swept, interrupted, done=goes_on, dry_run=dry_run)


def _budget(here: Here, written: str | None) -> int | None:
    from hitsave.errors import SettingError
    from hitsave.workspace.settings import read_budget

    if written is None:
        return here.settings.budget
    try:
        return read_budget(written)
    except ValueError:
        raise SettingError(f"--budget is {written!r}", "It can be a size, such as '20 GB', or 'none'") from None


def _files(here: Here) -> int:
    from pathlib import Path

    return 1 if (Path(here.store.folder) / "blobs").is_dir() else 0


def _say_plan(here: Here, allowed: int | None, planned: Eviction | None) -> None:
    from hitsave.cli.screen import Column, Line, Screen
    from hitsave.freshness import words

    screen = Screen()
    held = planned.held if planned is not None else here.store.stats().value_bytes
    of = f"of {words.size(allowed)} that they may take" if allowed is not None else "and there is no bound to what they may take"
    screen.say(f"Results take {words.size(held)} {of}.")
    if planned is None or not planned.chosen:
        return
    by_symbol: dict[str, list[int]] = {}
    for candidate in planned.chosen:
        row = by_symbol.setdefault(candidate.symbol, [0, 0, 0])
        row[:] = [row[0] + 1, row[1] + candidate.wall_ns, row[2] + candidate.size]
    rows: list[list[Line]] = [
        [symbol, f"{count:,}", words.duration(wall_ns), words.size(size)] for symbol, (count, wall_ns, size) in sorted(by_symbol.items())
    ]
    screen.table([Column("TO BE EVICTED", gives=True), Column("RESULTS", "right"), Column("COMPUTE", "right"), Column("SIZE", "right")], rows)
    if not planned.enough:
        screen.say(
            "That is not enough: the rest are experiments and pinned results, which only hitsave clear --experiments and hitsave unpin let go."
        )


def _say_done(evicted: Evicted, swept: Swept, interrupted: tuple[str, ...], *, done: bool, dry_run: bool) -> None:
    from hitsave.cli.screen import Screen
    from hitsave.freshness import words

    screen = Screen()
    if not done:
        if not dry_run:
            screen.say("Nothing was removed.")
        return
    if evicted.entries:
        screen.say(f"Evicted {words.counted(evicted.entries, 'result')}, {words.size(evicted.size)}.")
    if interrupted:
        screen.say(f"Marked {words.counted(len(interrupted), 'evaluation')} as failed, whose process had ended.")
    parts = [
        words.counted(number, one, many)
        for number, one, many in (
            (swept.blobs, "file", "files"),
            (swept.contents, "text or picture", "texts or pictures"),
            (swept.unfinished, "unfinished file", "unfinished files"),
        )
        if number
    ]
    given = f" ({words.size(swept.blob_bytes)})" if swept.blob_bytes else ""
    screen.say(f"Swept {words.listed(parts)}{given} that nothing needed." if parts else "There was nothing to sweep.")


def _print_json(allowed: int | None, planned: Eviction | None, evicted: Evicted, swept: Swept, interrupted: tuple[str, ...], *, done: bool) -> None:
    from hitsave.cli.shapes import print_json, seconds

    print_json(
        {
            "done": done,
            "budget_bytes": allowed,
            "result_bytes": planned.held if planned is not None else None,
            "to_evict": [candidate.id for candidate in planned.chosen] if planned is not None else [],
            "enough": planned.enough if planned is not None else True,
            "evicted": {"entries": evicted.entries, "result_bytes": evicted.size, "compute_seconds": seconds(evicted.wall_ns)},
            "swept": {"files": swept.blobs, "file_bytes": swept.blob_bytes, "contents": swept.contents, "unfinished": swept.unfinished},
            "interrupted": list(interrupted),
        }
    )
