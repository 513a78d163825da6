"""`hitsave logout`."""

from __future__ import annotations

from typing import Annotated

import typer

from hitsave.cli.consent import JSON_HELP


def logout(
    address: Annotated[str | None, typer.Argument(metavar="[ADDRESS]", help="The team server; the one of the last login if none is given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Forget the token for a team server.

    The key that signs your results stays, and so does what came from there, as long as you trust who signed it.
    """
    import os

    from hitsave.errors import HubError
    from hitsave.storage.team.accounts import config_folder, read_logins, remove_login
    from hitsave.storage.team.address import normal_address

    folder = config_folder(os.environ)
    logins = read_logins(folder)
    asked = normal_address(address) if address is not None else next(reversed([login.address for login in logins.values()]), None)
    removed = None if asked is None else remove_login(folder, asked)
    if removed is None:
        raise HubError(f"You are not logged in{f' to {asked}' if asked else ''}", "hitsave whoami shows where you are")
    if as_json:
        from hitsave.cli.shapes import print_json

        print_json({"address": removed.address})
        return
    from hitsave.cli.screen import Screen

    Screen().say(f"Logged out of {removed.address}. To make the token worthless, revoke it there.")
