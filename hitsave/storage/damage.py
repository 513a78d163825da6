"""What this process has found damaged, so that the next result stored puts it right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hitsave.digest import Digest


class Damage:
    """By key, the rows that are damaged and the IDs of entries whose value is; and damaged contents by digest. Damaged blobs are noticed again where they would be kept.

    There is no lock that a fork could leave locked: what one thread notes in the moment in which another takes is noted again by whoever reads it next.
    """

    def __init__(self) -> None:
        self._rows: dict[Digest, set[int]] = {}
        self._ids: dict[Digest, set[str]] = {}
        self._contents: set[Digest] = set()

    @property
    def has_contents(self) -> bool:
        """Whether any content is known to be damaged."""
        return bool(self._contents)

    def note_rows(self, key: Digest, rows: Iterable[int]) -> None:
        """These rows, found under `key`, can't be used."""
        self._rows.setdefault(key, set()).update(rows)

    def note_entry(self, key: Digest, identity: str) -> None:
        """The entry with this ID, under `key`, has lost its value."""
        self._ids.setdefault(key, set()).add(identity)

    def note_content(self, digest: Digest) -> None:
        """What is stored under `digest` is something else."""
        self._contents.add(digest)

    def take(self, key: Digest) -> tuple[set[int], set[str]]:
        """The damaged rows and entries under `key`, which the caller replaces."""
        return self._rows.pop(key, set()), self._ids.pop(key, set())

    def is_content(self, digest: Digest) -> bool:
        """Whether what is stored under `digest` is to be replaced; asked once, as the caller does that."""
        if digest not in self._contents:
            return False
        self._contents.discard(digest)
        return True
