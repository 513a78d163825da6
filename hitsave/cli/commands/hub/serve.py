"""`hitsave hub serve` and `hitsave hub migrate`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from hitsave.cli.commands.hub.where import BlobsOption, DatabaseOption, FolderOption, open_database, settings_of


def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen on; 0.0.0.0 for all, behind a proxy that speaks TLS.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8640,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that share the port.")] = 1,
    address: Annotated[str, typer.Option("--address", metavar="URL", help="What people type to reach it, if a proxy is before it.")] = "",
    budget: Annotated[str | None, typer.Option("--budget", metavar="SIZE", help="What each project may take: '500 GB', 'none'.")] = None,
    grace: Annotated[int | None, typer.Option("--grace", metavar="SECONDS", help="How long what nothing needs is kept, twice over.")] = None,
    tidy_every: Annotated[int | None, typer.Option("--tidy", metavar="SECONDS", help="Between two rounds of retention; 0 for none.")] = None,
    database: DatabaseOption = "",
    blobs: BlobsOption = "",
    folder: FolderOption = "",
) -> None:
    """Run the team server, until it is told to stop.

    Without any option it keeps everything in one folder, and needs nothing else.
    """
    from dataclasses import replace

    settings = settings_of(database, blobs, folder)
    settings = replace(
        settings,
        address=address or settings.address,
        budget=settings.budget if budget is None else bytes_of(budget),
        grace=settings.grace if grace is None else grace,
        tidy=settings.tidy if tidy_every is None else tidy_every,
    )
    from hitsave_server.hub import accounts
    from hitsave_server.hub.serving import serve as run

    with open_database(database, blobs, folder) as opened:
        if not opened.read(accounts.list_members):
            sys.stdout.write("Nobody can log in yet. Make the first member with: hitsave hub user add NAME --admin\n")
    sys.stdout.write(f"The team server listens on http://{host}:{port}\n")
    sys.stdout.flush()
    run(settings, host=host, port=port, workers=workers)


def migrate(database: DatabaseOption = "", blobs: BlobsOption = "", folder: FolderOption = "") -> None:
    """Bring the hub's database to this HitSave's version, as serve does."""
    from hitsave_server.hub.migrations import VERSION

    with open_database(database, blobs, folder):
        sys.stdout.write(f"The database has version {VERSION}.\n")


def bytes_of(written: str) -> int:
    """A size as a person writes it; 0 for none."""
    from hitsave.errors import SettingError
    from hitsave.workspace.settings import read_budget

    try:
        return read_budget(written) or 0
    except ValueError:
        raise SettingError(f"{written!r} is no size", "It can be '500 GB' or 'none'") from None
