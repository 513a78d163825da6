"""The arguments of an entry, as they are shown; docs/formats.md has the encoding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from hitsave.storage.contents import HasContents
from hitsave.storage.entry import Entry
from hitsave.storage.packing import unpack
from hitsave.structs import NamedTuple


class Argument(NamedTuple):
    """One argument: its name, a short text of its value, and its digest (None of a secret, and of one that is ignored)."""

    name: str
    text: str
    digest: bytes | None


def read_arguments(store: HasContents, entries: Sequence[Entry]) -> dict[str, tuple[Argument, ...]]:
    """The arguments of each entry, by ID; none where they are missing or damaged."""
    contents = store.contents("arguments", {entry.arguments for entry in entries})
    by_digest = {digest: _decoded(content) for digest, content in contents.items()}
    return {entry.id: by_digest.get(entry.arguments, ()) for entry in entries}


def in_one_line(arguments: Sequence[Argument]) -> str:
    """Arguments as in a call.

    >>> in_one_line([Argument("lr", "0.1", None), Argument("name", "'a'", None)])
    "lr=0.1, name='a'"
    """
    return ", ".join(f"{a.name}={' '.join(a.text.split())}" for a in arguments)


def _decoded(content: bytes) -> tuple[Argument, ...]:
    try:
        rows = cast("list[Any]", unpack(content)) if content else []
        return tuple(Argument(str(name), str(text), digest if isinstance(digest, bytes) else None) for name, digest, text in rows)
    except (ValueError, TypeError):
        return ()
