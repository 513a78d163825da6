"""`hitsave snapshot` and `hitsave restore`: files and folders into the store, and out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hitsave.cli.consent import JSON_HELP


def snapshot(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file, or a folder with all that is in it.")],
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Keep a file or folder as it is now.

    Prints its digest, by which hitsave restore and FileSnapshot.from_digest find it. It is pinned, so that it stays until hitsave unpin. What is kept already is not read again.
    """
    import sys
    import time

    from hitsave.cli.here import Here
    from hitsave.cli.progress import shown_progress
    from hitsave.cli.screen import Screen
    from hitsave.cli.shapes import print_json
    from hitsave.files.keeping import keep
    from hitsave.freshness import words
    from hitsave.freshness.snapshots import keep_entry
    from hitsave.workspace.facts_table import FactsTable
    from hitsave.workspace.file_digests import FileDigests

    with Here() as here:
        full, begun = str(path.absolute()), time.perf_counter_ns()
        with shown_progress(quiet=as_json) as told:
            kept = keep(full, here.writable, FileDigests(FactsTable(here.writable.folder)), lambda done, of: told("reading", done, of))
        entry = keep_entry(kept, here.writable, path=full, project=here.root, wall_ns=time.perf_counter_ns() - begun)
        here.writable.pin([entry.id], on=True)
        digest, files = kept.tree.digest(), sum(1 for _ in kept.tree.files())
        if as_json:
            print_json({"digest": str(digest), "id": entry.id, "folder": kept.tree.is_folder, "files": files, "bytes": kept.tree.size()})
            return
        Screen().say(str(digest))
        Screen(sys.stderr).say(f"{words.counted(files, 'file')}, {words.size(kept.tree.size())}; pinned as {entry.id}.")


def restore(
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="What hitsave snapshot printed, or as much of it as only one snapshot has.")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Where to put it.")],
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of what is there.")] = False,
    links_out: Annotated[bool, typer.Option("--links-out", help="Make links, too, that lead out of the folder.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Put a kept file or folder somewhere.

    Names, permissions, empty folders and links are as they were.
    """
    from hitsave.cli.here import Here
    from hitsave.cli.screen import Screen
    from hitsave.cli.shapes import print_json
    from hitsave.files import stored
    from hitsave.files.restoring import restore as put_back
    from hitsave.freshness import words

    with Here() as here:
        exact = stored.named(digest, here.store)
        kept = stored.find(exact, here.store)
        put_back(kept, here.store, str(path.absolute()), replace=replace, links_out=links_out)
        files = sum(1 for _ in kept.tree.files())
        if as_json:
            print_json({"digest": str(exact), "path": str(path.absolute()), "files": files, "bytes": kept.tree.size()})
            return
        Screen().say(f"{path}: {words.counted(files, 'file')}, {words.size(kept.tree.size())}.")
