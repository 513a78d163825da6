"""Values that have to say, while a result is pickled, what else the store must keep for them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hitsave.files.keeping import Kept
    from hitsave.storage.entry import Attachment

_met: Final[ContextVar[list[Kept] | None]] = ContextVar("hitsave_files_met", default=None)


@contextmanager
def files_met() -> Generator[list[Kept]]:
    """The snapshots of files that are pickled within it."""
    met: list[Kept] = []
    token = _met.set(met)
    try:
        yield met
    finally:
        _met.reset(token)


def note_met(kept: Kept) -> None:
    """A snapshot of files is pickled."""
    met = _met.get()
    if met is not None:
        met.append(kept)


def attachments_of(met: list[Kept]) -> list[Attachment]:
    """What an entry must keep for these snapshots, each blob once."""
    found = {attachment.blob: attachment for number, kept in enumerate(met) for attachment in kept.attachments(number)}
    return [*found.values()]
