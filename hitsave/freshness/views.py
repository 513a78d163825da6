"""The Views that were made when an entry was recorded; docs/formats.md has the encoding. Nothing is decoded but JSON."""

from __future__ import annotations

import json
from typing import Any, Final, cast

from hitsave.storage.contents import HasContents
from hitsave.storage.entry import Entry
from hitsave.structs import NamedTuple

VIEW_FORMAT: Final = 1
Shape = dict[str, Any]


class EntryViews(NamedTuple):
    """The View of the result (None if there is none), and those of the arguments by name."""

    result: Shape | None = None
    arguments: dict[str, Shape] = {}  # noqa: RUF012 - never changed


def read_views(store: HasContents, entry: Entry) -> EntryViews:
    """The Views of an entry; none where they are missing, damaged, or of a format that is not known."""
    return views_in(None if entry.view is None else store.content("view", entry.view))


def views_in(content: bytes | None) -> EntryViews:
    """The Views in the bytes that are stored under `Entry.view`."""
    if content is None:
        return EntryViews()
    try:
        shape: Any = json.loads(content)
    except (ValueError, RecursionError):
        return EntryViews()
    if not isinstance(shape, dict) or cast("Shape", shape).get("format") != VIEW_FORMAT:
        return EntryViews()
    result, arguments = cast("Shape", shape).get("result"), cast("Shape", shape).get("arguments")
    return EntryViews(
        cast("Shape", result) if isinstance(result, dict) else None, cast("dict[str, Shape]", arguments) if isinstance(arguments, dict) else {}
    )
