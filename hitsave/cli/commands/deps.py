"""`hitsave deps`: what a function depends on."""

from __future__ import annotations

from typing import Annotated

import typer

from hitsave.cli.completing import complete_symbol


def deps(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="A function: a name, module:name or file.py:name.", autocompletion=complete_symbol)],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; docs/cli.md has the shape.")] = False,
) -> None:
    """Show what a function depends on, as a tree.

    And what of it is not tracked. From its text alone: nothing is run or imported, and it need not have been run before.
    """
    from hitsave.cli.finding import find_symbol
    from hitsave.cli.here import Here
    from hitsave.freshness.dependencies import Dependencies, recorded_untracked

    with Here() as here:
        found = find_symbol(here, symbol)
        dependencies = Dependencies(here.text(), found, recorded_untracked(here.store, found))
        if as_json:
            from hitsave.cli.shapes import dependencies_shape, print_json

            print_json({"symbol": str(dependencies.symbol), "project": here.root, **dependencies_shape(dependencies)})
            return
        from hitsave.cli.passages import say_dependencies
        from hitsave.cli.screen import Screen

        say_dependencies(Screen(), dependencies)
