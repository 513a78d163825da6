"""`hitsave hub key`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from hitsave.cli.commands.hub.users import TeamOption
from hitsave.cli.commands.hub.where import BlobsOption, DatabaseOption, FolderOption, open_database


def key_add(
    member: Annotated[str, typer.Argument(help="Whose key it is.")],
    name: Annotated[str, typer.Option("--name", help="What it is for.")] = "",
    scope: Annotated[list[str] | None, typer.Option("--scope", help="read, write or admin; several. Else read and write.")] = None,
    tier: Annotated[str, typer.Option("--tier", help="The tier that it writes: ci, member or untrusted.")] = "member",
    project: Annotated[list[str] | None, typer.Option("--project", help="The only projects that it is for; several.")] = None,
    days: Annotated[int | None, typer.Option("--days", help="How long it is good; else until it is revoked.")] = None,
    team: TeamOption = "team",
    database: DatabaseOption = "",
    blobs: BlobsOption = "",
    folder: FolderOption = "",
) -> None:
    """Make a key, and print its token, once."""
    from hitsave_server.hub import accounts

    with open_database(database, blobs, folder) as opened:
        token = opened.write(
            lambda c: accounts.make_key(
                c, accounts.find_member(c, member, team=team), name=name, scopes=scope or ("read", "write"), tier=tier, projects=project, days=days
            )
        )
    sys.stdout.write(f"{token}\n")


def key_list(database: DatabaseOption = "", blobs: BlobsOption = "", folder: FolderOption = "") -> None:
    """List the keys of all teams: by the first characters of their tokens, as nothing else is stored."""
    from hitsave.cli.screen import Column, Screen
    from hitsave_server.hub import accounts

    with open_database(database, blobs, folder) as opened:
        keys = opened.read(accounts.list_keys)
    columns = [Column("KEY"), Column("MEMBER"), Column("NAME", gives=True), Column("SCOPES"), Column("TIER"), Column("LAST USED"), Column("STATE")]
    Screen().table(
        columns,
        [
            [
                f"hsk_{key.key}",
                key.member,
                key.name,
                " ".join(key.scopes),
                key.tier,
                _day(key.last_used) or "never",
                f"revoked {_day(key.revoked)}" if key.revoked else f"until {_day(key.expires)}" if key.expires else "",
            ]
            for key in keys
        ],
    )


def key_revoke(
    key: Annotated[str, typer.Argument(help="The key, as key list shows it.")],
    database: DatabaseOption = "",
    blobs: BlobsOption = "",
    folder: FolderOption = "",
) -> None:
    """End a key. A worker that has just seen it may take it for five more seconds."""
    from hitsave.errors import HitSaveError
    from hitsave_server.hub import accounts

    name = key.removeprefix("hsk_")[:8]
    with open_database(database, blobs, folder) as opened:
        if not opened.write(lambda c: accounts.revoke_key(c, name)):
            raise HitSaveError(f"There is no key {key} that is good now", "hitsave hub key list shows them")
    sys.stdout.write("The key is revoked.\n")


def _day(seconds: int | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
