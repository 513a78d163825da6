"""Where a panel's runs come from: what it asks of a store on this machine, and may ask of any other place that keeps runs.

A host gives `Answers` a Source, and nothing else of it is asked. `StoreSource` is the one of this machine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from hitsave.errors import UnknownEntryError
from hitsave.freshness.judging import Judged
from hitsave.storage.contents import HasContents
from hitsave.storage.entry import Attachment, Entry
from hitsave.storage.listing import Filter, Numbered
from hitsave.storage.rows import Logged
from hitsave.storage.store import Store
from hitsave.storage.undoing import Removed

Judging = Callable[[Sequence[Entry]], Sequence[Judged]]
Marks = tuple[bool, str, tuple[str, ...]]
"""Pinned, note, tags."""
_FILES: Final = ("hitsave.sqlite", "hitsave.sqlite-wal")


class Source(HasContents, Protocol):
    """Runs of one project: read, judged, marked, and deleted. Any method may raise a HitSaveError with a sentence for a person.

    `root` is what the runs are listed under, `name` what a person calls it.
    """

    @property
    def root(self) -> str: ...
    @property
    def name(self) -> str: ...
    def stamp(self) -> str:
        """What stands for the state of all that can be read; another one whenever it changed. Asked once a second, so it costs next to nothing. Without a line break."""
        ...

    def numbered(self, *, memo: bool) -> Sequence[Numbered]:
        """Where the runs stand, in no order; of `@memo` functions only if asked for. A run that was replaced has another number."""
        ...

    def entries(self, numbers: Sequence[int]) -> Mapping[int, Entry]:
        """The entries with these numbers, but for those that are gone."""
        ...

    def entry(self, identity: str) -> Entry:
        """One entry by its ID; UnknownEntryError if there is none here."""
        ...

    def related(self, entry: Entry) -> tuple[Sequence[Entry], Sequence[Entry]]:
        """The runs that it was called in, the nearest first, and the first of those that it called."""
        ...

    def marks(self) -> Mapping[int, Marks]:
        """What people have set, by number; runs on which nothing is set are left out."""
        ...

    def logged(self, identity: str) -> Sequence[Logged]: ...
    def open_attachment(self, attachment: Attachment) -> memoryview: ...
    def judge(self, entries: Sequence[Entry]) -> Sequence[Judged]:
        """What became of them under the code as it is now."""
        ...

    def mark(self, identity: str, *, pinned: bool | None = None, note: str | None = None, tags: Sequence[str] | None = None) -> None:
        """Set what is given."""
        ...

    def remove(self, ids: Sequence[str]) -> Sequence[Removed]:
        """Delete those that have ended; what puts them back."""
        ...

    def restore(self, removed: Removed) -> None: ...
    def kept(self) -> bytes | None:
        """What was kept for the page."""
        ...

    def keep(self, content: bytes) -> None: ...


class StoreSource:
    """The runs of the project at `root` in a store. `judge` is asked in one thread at a time. What is written is written through a store that is opened for it alone."""

    def __init__(self, store: Store, root: str, judge: Judging) -> None:
        self._store = store
        self._judge = judge
        self.root = root
        self.name = os.path.basename(root) or root  # noqa: PTH119 - a name that is text
        self.content = store.content
        self.contents = store.contents
        self.logged = store.logged
        self.open_attachment = store.open_attachment
        self.entries = store.numbers

    def stamp(self) -> str:
        return store_stamp(self._store.folder)

    def numbered(self, *, memo: bool) -> Sequence[Numbered]:
        return self._store.numbered(Filter(project=self.root, kind=None if memo else "experiment"))

    def entry(self, identity: str) -> Entry:
        entry = self._store.get(identity)
        if entry.project != self.root:
            raise UnknownEntryError(f"The run {entry.id} is of another project", "hitsave show tells more")
        return entry

    def related(self, entry: Entry) -> tuple[Sequence[Entry], Sequence[Entry]]:
        parents: list[Entry] = []
        above = entry.parent
        while above is not None and len(parents) < _MOST_LEVELS:
            try:
                parents.append(self._store.get(above))
            except UnknownEntryError:  # it was deleted
                break
            above = parents[-1].parent
        return parents, self._store.list(Filter(parent=entry.id), limit=_MOST_CHILDREN)

    def marks(self) -> Mapping[int, Marks]:
        return self._store.marked(self.root)

    def judge(self, entries: Sequence[Entry]) -> Sequence[Judged]:
        return self._judge(entries)

    def mark(self, identity: str, *, pinned: bool | None = None, note: str | None = None, tags: Sequence[str] | None = None) -> None:
        with Store.open(self._store.folder) as store:
            if pinned is not None:
                store.pin([identity], on=pinned)
            if note is not None:
                store.set_note(identity, note)
            if tags is not None:
                store.set_tags(identity, tags)

    def remove(self, ids: Sequence[str]) -> Sequence[Removed]:
        with Store.open(self._store.folder) as store:
            return store.remove(ids)

    def restore(self, removed: Removed) -> None:
        with Store.open(self._store.folder) as store:
            store.restore(removed)

    def kept(self) -> bytes | None:
        return self._store.documents(self.root).get(_KEPT)

    def keep(self, content: bytes) -> None:
        with Store.open(self._store.folder) as store:
            store.set_document(self.root, _KEPT, content)


_KEPT: Final = "experiments page"
_MOST_LEVELS: Final = 20
_MOST_CHILDREN: Final = 200


def store_stamp(folder: str) -> str:
    """What stands for the state of a store: what the file system says of its database. Two calls of `stat`.

    >>> store_stamp("/no/such/folder")
    '- -'
    """
    return " ".join(_stamp(os.path.join(folder, name)) for name in _FILES)  # noqa: PTH118 - a name of our own in a folder that is text


def _stamp(path: str) -> str:
    try:
        found = os.stat(path)  # noqa: PTH116 - as above
    except OSError:
        return "-"
    return f"{found.st_mtime_ns:x}.{found.st_size:x}.{found.st_ino:x}"
