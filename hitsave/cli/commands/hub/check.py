"""`hitsave hub fsck` and `hitsave hub tidy`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from hitsave.cli.commands.hub.where import BlobsOption, DatabaseOption, FolderOption, open_database, settings_of

_FOUND = 1


def fsck(
    repair: Annotated[bool, typer.Option("--repair", help="Count what is damaged as missing, and delete what nothing knows.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Read every file, and compare it with its digest.")] = False,
    database: DatabaseOption = "",
    blobs: BlobsOption = "",
    folder: FolderOption = "",
) -> int:
    """Look whether everything that the hub promises is there. It may go on serving meanwhile.

    The exit status is 1 if something was found that is not mended.
    """
    import asyncio

    settings = settings_of(database, blobs, folder)
    from hitsave_server.hub.checking import Checker
    from hitsave_server.hub.files import Files

    with open_database(database, blobs, folder) as opened:
        checked = asyncio.run(Checker(opened, Files(settings.blobs), grace=settings.grace, repair=repair, deep=deep).check())
    for finding in checked.findings:
        sys.stdout.write(f"{finding.what}: {finding.about}{' (mended)' if finding.mended else ''}\n")
    looked_at = f"{checked.entries:,} entries, {checked.objects:,} objects, {checked.chunks:,} chunks, {checked.files:,} files"
    sys.stdout.write(f"{looked_at}: {f'{len(checked.findings)} things are wrong' if checked.findings else 'all is well'}.\n")
    return _FOUND if any(not finding.mended for finding in checked.findings) else 0


def tidy(database: DatabaseOption = "", blobs: BlobsOption = "", folder: FolderOption = "") -> None:
    """Do a round of retention now.

    Brings projects within their budgets, and takes the next step with what nothing needs.
    """
    import asyncio

    settings = settings_of(database, blobs, folder)
    from hitsave.freshness import words
    from hitsave_server.hub.files import Files
    from hitsave_server.hub.retention import Retention
    from hitsave_server.hub.threads import Threads

    with open_database(database, blobs, folder) as opened:
        retention = Retention(opened, Files(settings.blobs), Threads(2), grace=settings.grace, budget=settings.budget)
        done = asyncio.run(retention.tidy())
    sys.stdout.write(
        f"Evicted {done.evicted:,} entries; condemned {done.condemned:,} objects and chunks; deleted {done.objects:,} objects and "
        f"{done.chunks:,} chunks, {words.size(done.bytes)}.\n"
    )
