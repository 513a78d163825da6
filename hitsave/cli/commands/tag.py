"""`hitsave tag`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hitsave.cli.consent import JSON_HELP
from hitsave.cli.marking import mark

if TYPE_CHECKING:
    from hitsave.storage.entry import Entry


def tag(
    entry_id: Annotated[str, typer.Argument(metavar="ID", help="An entry's ID, or as much of it as only one entry has.")],
    tags: Annotated[list[str], typer.Argument(metavar="TAG...", help="Tags to add.")],
    remove: Annotated[bool, typer.Option("--remove", "-r", help="Take these tags away instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Tag a result, to find it again.

    hitsave ls --tag TAG lists what has a tag.
    """

    def said(entry: Entry) -> str:
        return "tagged " + ", ".join(entry.tags) if entry.tags else "has no tags"

    def changed(entry: Entry) -> list[str]:
        return [tag for tag in entry.tags if tag not in tags] if remove else [*entry.tags, *tags]

    mark([entry_id], lambda store, entry: store.set_tags(entry.id, changed(entry)), said, as_json=as_json)
