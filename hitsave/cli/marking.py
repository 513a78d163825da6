"""What `pin`, `unpin`, `tag` and `note` have in common: they set something on entries, and say what these are then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from hitsave.storage.entry import Entry
    from hitsave.storage.store import Store

EntryIds: TypeAlias = Annotated[list[str], typer.Argument(metavar="ID...", help="Entries, each by its ID or as much of it as only one has.")]


def mark(ids: Sequence[str], change: Callable[[Store, Entry], object], said: Callable[[Entry], str], *, as_json: bool) -> None:
    """Change each of these entries, all of which must exist; then say of each what it is now."""
    from hitsave.cli.finding import find_entry
    from hitsave.cli.here import Here

    with Here() as here:
        entries = [find_entry(here, typed) for typed in ids]
        for entry in entries:
            change(here.writable, entry)
        entries = [here.writable.get(entry.id) for entry in entries]
        if as_json:
            from hitsave.cli.shapes import entry_shape, print_json
            from hitsave.freshness.arguments import read_arguments
            from hitsave.freshness.judging import Judge

            arguments = read_arguments(here.store, entries)
            judged = Judge(here.store, here.root, here.text).judge(entries)
            print_json({"entries": [entry_shape(j, arguments[j.entry.id]) for j in judged]})
            return
        from hitsave.cli.finding import short_ids
        from hitsave.cli.screen import Screen

        screen = Screen()
        for entry, short in zip(entries, short_ids(here.store, [e.id for e in entries]), strict=True):
            screen.say(f"{short}  {entry.symbol}  {said(entry)}")
