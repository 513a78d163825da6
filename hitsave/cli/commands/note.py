"""`hitsave note`."""

from __future__ import annotations

from typing import Annotated

import typer

from hitsave.cli.consent import JSON_HELP
from hitsave.cli.marking import mark


def note(
    entry_id: Annotated[str, typer.Argument(metavar="ID", help="An entry's ID, or as much of it as only one entry has.")],
    text: Annotated[str, typer.Argument(help="What to note, in place of what was noted; '' takes it away.")],
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Write a note to a result."""
    mark(
        [entry_id],
        lambda store, entry: store.set_note(entry.id, text),
        lambda entry: f"noted: {entry.note}" if entry.note else "has no note",
        as_json=as_json,
    )
