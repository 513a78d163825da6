"""`hitsave hub project`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from hitsave.cli.commands.hub.serve import bytes_of
from hitsave.cli.commands.hub.users import TeamOption
from hitsave.cli.commands.hub.where import BlobsOption, DatabaseOption, FolderOption, open_database


def project_list(database: DatabaseOption = "", blobs: BlobsOption = "", folder: FolderOption = "") -> None:
    """List projects, with what they take."""
    from hitsave.cli.screen import Column, Screen
    from hitsave.freshness import words
    from hitsave_server.hub import overview

    with open_database(database, blobs, folder) as opened:
        projects = opened.read(overview.projects)
    Screen().table(
        [Column("TEAM"), Column("PROJECT", gives=True), Column("ENTRIES", "right"), Column("SIZE", "right"), Column("BUDGET", "right")],
        [
            [
                project.team,
                project.name,
                f"{project.entries:,}",
                words.size(project.held),
                "" if project.budget is None else words.size(project.budget),
            ]
            for project in projects
        ],
    )


def project_budget(
    project: Annotated[str, typer.Argument(help="The project's name.")],
    size: Annotated[str, typer.Argument(help="What it may take: '500 GB', 'none'.")],
    team: TeamOption = "team",
    database: DatabaseOption = "",
    blobs: BlobsOption = "",
    folder: FolderOption = "",
) -> None:
    """Say what a project may take. What is over it goes at the next round of retention, least recently used first."""
    from hitsave.errors import HitSaveError
    from hitsave_server.hub import overview

    allowed = bytes_of(size)
    with open_database(database, blobs, folder) as opened:
        if not opened.write(lambda c: overview.set_budget(c, team, project, allowed)):
            raise HitSaveError(f"{team} has no project {project}", "hitsave hub project list shows them")
    sys.stdout.write("It holds from the next round of retention on.\n")
