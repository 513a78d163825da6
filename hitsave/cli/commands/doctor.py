"""`hitsave doctor`: what there is to know about this installation, fit to be pasted into a bug report."""

from __future__ import annotations

from typing import Annotated

import typer

from hitsave.cli.consent import JSON_HELP


def doctor(as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Show versions, settings and store, and what is wrong.

    Also which memoised functions are not worth it, and what of the code is not tracked. Names no arguments and no results, so it can be pasted into a bug report.
    """
    from hitsave.cli.health import examine
    from hitsave.cli.here import Here

    with Here() as here:
        health = examine(here)
    if as_json:
        from hitsave.cli.shapes import print_json

        print_json(
            {
                **health.facts,
                "slow": [{"symbol": symbol, "why": why} for symbol, why in health.slow],
                "untracked": [{"symbol": symbol, "why": why, "entries": count} for symbol, why, count in health.untracked],
                "problems": health.problems,
            }
        )
        return
    from rich.text import Text

    from hitsave.cli.screen import Column, Line, Screen
    from hitsave.freshness import words

    screen = Screen()
    for title, facts in health.facts.items():
        if title != "versions":
            screen.say()
        screen.say(title.capitalize(), style="bold")
        rows: list[list[Line]] = [[Text(name, "dim"), value] for name, value in facts.items()]
        screen.table([Column(""), Column("", gives=True)], rows, indent=2, titles=False)
    if health.slow:
        screen.heading("Not worth memoising")
        for symbol, why in health.slow:
            screen.say(f"{symbol} {why}", indent=2)
    if health.untracked:
        screen.heading("Not tracked")
        for symbol, why, count in health.untracked:
            screen.say(f"{why}, in {symbol} ({words.counted(count, 'result')})", indent=2)
    screen.heading("Problems")
    for problem in health.problems or ["none found"]:
        screen.say(Text(problem, "yellow" if health.problems else "green"), indent=2)
