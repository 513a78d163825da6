"""`hitsave push`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hitsave.cli.consent import JSON_HELP

if TYPE_CHECKING:
    from hitsave.cli.here import Here
    from hitsave.storage.entry import Entry


def push(
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[SYMBOL or ID]...", help="What to send; with --all, everything of this project.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Send all results of the current folder's project.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> int:
    """Send results that were computed before there was a team server.

    What is computed from then on is sent by itself. Results of functions with local_only=True, and those that came from others, are left out.
    """
    from hitsave.cli.commands.sync import say_sent, send_waiting
    from hitsave.cli.here import Here
    from hitsave.cli.team_here import team_here
    from hitsave.errors import HitSaveError
    from hitsave.storage.exchanging import HubProject

    with Here() as here:
        if not what and not everything:
            raise HitSaveError("Nothing was said to send", "Name a function or a result, or say --all")
        using = team_here(here)
        ids = [entry.id for entry in _chosen(here, what or []) if entry.status == "done" and not entry.local_only and entry.signer is None]
        here.writable.outbox.add(ids, HubProject(using.login.address, using.hub.project))
        return say_sent(here, using, send_waiting(here, using, quiet=as_json), as_json=as_json)


def _chosen(here: Here, what: list[str]) -> list[Entry]:
    from hitsave.cli.finding import find_entry_or_symbol
    from hitsave.codegraph.symbols import Symbol
    from hitsave.storage.listing import Filter

    if not what:
        return here.store.list(Filter(project=here.root), limit=None)
    chosen: list[Entry] = []
    for typed in what:
        found = find_entry_or_symbol(here, typed)
        chosen += here.store.find_symbol(str(found), project=here.root) if isinstance(found, Symbol) else [found]
    return chosen
