"""`hitsave pull`."""

from __future__ import annotations

from typing import Annotated

import typer

from hitsave.cli.consent import JSON_HELP


def pull(
    what: Annotated[str, typer.Argument(metavar="SYMBOL or ID", help="A function, of which all results are fetched, or one result.")],
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Fetch results from the team server beforehand.

    Each is fetched only if somebody whom you trust has signed it, and is used only where the code is what it was computed with, as ever.
    """
    from hitsave.cli.finding import find_symbol
    from hitsave.cli.here import Here
    from hitsave.cli.progress import shown_progress
    from hitsave.cli.team_here import team_here
    from hitsave.errors import UnknownSymbolError
    from hitsave.freshness import words
    from hitsave.storage.ids import normal_id
    from hitsave.storage.team.pulling import Pull, Pulled
    from hitsave.storage.team.signing import public_text

    with Here() as here:
        using = team_here(here)
        pulling = Pull(here.writable, using.hub, using.trust, here.settings.team.tiers, here.root)
        try:
            symbol = str(find_symbol(here, what))
        except UnknownSymbolError:
            if normal_id(what) is None or len(what) < 4:
                raise
            pulled = Pulled((pulling.identity(what),), 0, ())
        else:
            with shown_progress(quiet=as_json) as told:
                pulled = pulling.symbol(symbol, lambda done, of: told("fetching", done, of))
        if as_json:
            from hitsave.cli.shapes import print_json

            keys = [public_text(signer) for signer in pulled.strangers]
            print_json({"ids": [entry.id for entry in pulled.entries], "already": pulled.already, "not_trusted": keys})
            return
        from hitsave.cli.screen import Screen

        screen = Screen()
        new = len(pulled.entries) - pulled.already
        screen.say(f"Fetched {words.counted(new, 'result')}." if new or not pulled.already else "All that there is was here before.")
        for signer in pulled.strangers:
            screen.say(f"Others are signed with {public_text(signer)}, which is not trusted here.")
