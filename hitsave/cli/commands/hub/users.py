"""`hitsave hub user`."""

from __future__ import annotations

import sys
from typing import Annotated, Final

import typer

from hitsave.cli.commands.hub.where import BlobsOption, DatabaseOption, FolderOption, open_database

TeamOption = Annotated[str, typer.Option("--team", help="The team; made with its first member.")]
AddressOption = Annotated[str, typer.Option("--address", envvar="HITSAVE_HUB_ADDRESS", metavar="URL", help="What people type to reach the hub.")]
_ADDRESS: Final = "http://127.0.0.1:8640"


def user_add(
    name: Annotated[str, typer.Argument(help="What the member is called.")],
    admin: Annotated[bool, typer.Option("--admin", help="May make and end others' keys on the page.")] = False,
    team: TeamOption = "team",
    address: AddressOption = _ADDRESS,
    database: DatabaseOption = "",
    blobs: BlobsOption = "",
    folder: FolderOption = "",
) -> None:
    """Add a member, and print a link that lets that person in once."""
    from hitsave_server.hub import accounts

    with open_database(database, blobs, folder) as opened:
        _say_link(address, opened.write(lambda c: accounts.invite(c, accounts.add_member(c, name, team=team, admin=admin))))


def user_link(
    name: Annotated[str, typer.Argument()],
    team: TeamOption = "team",
    address: AddressOption = _ADDRESS,
    database: DatabaseOption = "",
    blobs: BlobsOption = "",
    folder: FolderOption = "",
) -> None:
    """Print another such link, for someone whose browser has forgotten."""
    from hitsave_server.hub import accounts

    with open_database(database, blobs, folder) as opened:
        _say_link(address, opened.write(lambda c: accounts.invite(c, accounts.find_member(c, name, team=team))))


def user_list(database: DatabaseOption = "", blobs: BlobsOption = "", folder: FolderOption = "") -> None:
    """List the members of all teams."""
    from hitsave.cli.screen import Column, Screen
    from hitsave_server.hub import accounts

    with open_database(database, blobs, folder) as opened:
        members = opened.read(accounts.list_members)
    rows = [[m.team_name, m.name, "admin" if m.admin else "", "disabled" if m.disabled else ""] for m in members]
    Screen().table([Column("TEAM"), Column("MEMBER", gives=True), Column("ROLE"), Column("STATE")], [list(row) for row in rows])


def user_disable(
    name: Annotated[str, typer.Argument()],
    team: TeamOption = "team",
    database: DatabaseOption = "",
    blobs: BlobsOption = "",
    folder: FolderOption = "",
) -> None:
    """End a member's keys and sessions. What that person computed stays."""
    from hitsave_server.hub import accounts

    with open_database(database, blobs, folder) as opened:
        opened.write(lambda c: accounts.disable_member(c, accounts.find_member(c, name, team=team)))
    sys.stdout.write(f"{name} can't log in any more.\n")


def _say_link(address: str, secret: str) -> None:
    sys.stdout.write(f"This link lets one browser in, within a week:\n{address.rstrip('/')}/login#invitation={secret}\n")
