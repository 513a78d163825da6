"""`hitsave pin`, `hitsave unpin`."""

from __future__ import annotations

from typing import Annotated

import typer

from hitsave.cli.consent import JSON_HELP
from hitsave.cli.marking import EntryIds, mark


def pin(ids: EntryIds, as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Keep results from ever being removed.

    A pinned result is neither evicted nor cleared, until hitsave unpin.
    """
    mark(ids, lambda store, entry: store.pin([entry.id], on=True), lambda _: "pinned", as_json=as_json)


def unpin(ids: EntryIds, as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Undo hitsave pin."""
    mark(ids, lambda store, entry: store.pin([entry.id], on=False), lambda _: "not pinned", as_json=as_json)
