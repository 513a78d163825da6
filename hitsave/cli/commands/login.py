"""`hitsave login`."""

from __future__ import annotations

from typing import Annotated

import typer

from hitsave.cli.consent import JSON_HELP


def login(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The team server, such as https://hub.example.")],
    token: Annotated[bool, typer.Option("--token", help="Ask for a token, or read it from a pipe, instead of a browser.")] = False,
    no_open: Annotated[bool, typer.Option("--no-open", help="Only print the page to approve on; open nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Log in to a team server.

    From then on results are looked up there, and yours are sent there. The token is kept for this address only, and a key is made that your results are signed with.
    """
    import os
    import sys

    from hitsave.storage.team.accounts import config_folder
    from hitsave.storage.team.joining import Asked, approved_token, join

    def show(asked: Asked) -> None:
        print(f"Approve this login on {asked.url}\nThe page has to show the code {asked.code}", file=sys.stderr)  # noqa: T201 - not part of the answer
        if not no_open:
            typer.launch(asked.url)

    folder = config_folder(os.environ)
    if not sys.stdin.isatty():
        given = sys.stdin.readline().strip()
        token = token or bool(given)
    else:
        given = typer.prompt("Token", hide_input=True, err=True) if token else ""
    joined = join(folder, address, given if token else approved_token(folder, address, show))
    _say(joined.login.address, joined.me["member"], joined.me["team"], joined.me["tier"], joined.public, as_json=as_json)


def _say(address: str, member: str, team: str, tier: str, public: bytes, *, as_json: bool) -> None:
    from hitsave.storage.team.signing import public_text

    if as_json:
        from hitsave.cli.shapes import print_json

        print_json({"address": address, "member": member, "team": team, "tier": tier, "public_key": public_text(public)})
        return
    from hitsave.cli.screen import Screen

    screen = Screen()
    screen.say(f"Logged in to {address} as {member} of {team}.")
    screen.say(f"Your results are signed with {public_text(public)}; who is to believe them lists that key.")
