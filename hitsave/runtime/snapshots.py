"""`FileSnapshot` and `DirectorySnapshot`: files as values, which count by what they hold, wherever they lie."""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, ClassVar, Final, Self, final

from hitsave.digest import Digest
from hitsave.errors import PathError, StoreError
from hitsave.files import stored
from hitsave.files.keeping import Kept, decoded_kept, keep
from hitsave.files.restoring import build, refuse_links_out, restore
from hitsave.files.tree import FileNode
from hitsave.freshness.snapshots import keep_entry
from hitsave.runtime import recorder
from hitsave.runtime.behalf import note_read, note_written
from hitsave.runtime.engine import engine
from hitsave.runtime.met import note_met
from hitsave.storage.blobs import remove_unfinished
from hitsave.storage.entry import Entry
from hitsave.storage.reading import Reading
from hitsave.storage.store import Store
from hitsave.values.reducers import register_reducer

_put_together: Final[dict[tuple[int, str, Digest], str]] = {}
"""Folders of this process (its ID, for forked children) in which snapshots lie to be read, by store and digest."""


class AnySnapshot:
    """What both kinds of snapshots have in common."""

    _is_folder: ClassVar[bool]
    __slots__ = ("_digest", "_kept", "_origin")

    def __init__(self, kept: Kept, origin: str) -> None:
        if kept.tree.is_folder != self._is_folder:
            kind, other = ("folder", FileSnapshot) if self._is_folder else ("file", DirectorySnapshot)
            raise PathError(f"{origin or 'This snapshot'} is not a {kind}", f"Use {other.__name__}", path=origin)
        self._kept = kept
        self._origin = origin
        self._digest = kept.tree.digest()

    @classmethod
    def snap(cls, path: str | os.PathLike[str], *, progress: Callable[[int, int], None] | None = None) -> Self:
        """Keep what is at `path` now. What is known and kept already is not read again. `progress` is told how many bytes were read, of how many.

        PathError for what can't be read or is no such thing, ChangedError if it changed meanwhile, StoreError if it can't be stored.
        """
        full = _absolute(path)
        if os.path.isdir(full) != cls._is_folder and os.path.exists(full):
            kind, other = ("file", "FileSnapshot") if cls._is_folder else ("folder", "DirectorySnapshot")
            raise PathError(f"{full} is a {kind}", f"Use {other}.snap", path=full)
        with recorder.own_work():
            store = _store()
            begun = time.perf_counter_ns()
            kept = keep(full, store, engine().library.file_digests, progress)
            wall_ns = time.perf_counter_ns() - begun
            made = cls(kept, full)
            keep_entry(kept, store, path=full, project=engine().library.root, wall_ns=wall_ns)
        note_read(full, folder=cls._is_folder)
        return made

    @classmethod
    def from_digest(cls, digest: Digest | str | bytes) -> Self:
        """The snapshot with this digest (or, as text, a digest that begins so), if it is in the store; UnknownEntryError if it is not."""
        with recorder.own_work():
            store = _store()
            exact = stored.named(digest, store) if isinstance(digest, str) else Digest(digest)
            return cls(stored.find(exact, store), "")

    @property
    def digest(self) -> Digest:
        """What it holds, in 32 bytes: names, modes, links and contents. Where it was does not count, nor what its root was called."""
        return self._digest

    @property
    def size(self) -> int:
        """The bytes in its files."""
        return self._kept.tree.size()

    @property
    def path(self) -> Path:
        """Where it can be read, as long as this process lives; nothing there may be changed. DamagedError if it is not in the store any more."""
        with recorder.own_work():
            return Path(self._readable(_store()))

    def restore(self, *, replace: bool = False, links_out: bool = False) -> Path:
        """Put it back where it was; as `restore_at`. PathError if that isn't known."""
        if not self._origin:
            raise PathError("This snapshot does not know where it was", "Use restore_at")
        return self.restore_at(self._origin, replace=replace, links_out=links_out)

    def restore_at(self, path: str | os.PathLike[str], *, replace: bool = False, links_out: bool = False) -> Path:
        """Put it at `path`, with its names, modes, empty folders and links; gives the path. What is there already, and the same, stays.

        PathError if something else is there and is not to be replaced (`replace`), or if a link of it leads out of it and that is not said to be right (`links_out`).
        """
        full = _absolute(path)
        with recorder.own_work():
            store = _store()
            if not self._is_at(full, store):
                restore(self._kept, store, full, replace=replace, links_out=links_out)
        note_written(full)
        return Path(path)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._digest == other._digest

    def __hash__(self) -> int:
        return hash(self._digest)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self._digest)[:12]}, {self.size:,} bytes>"

    def __reduce__(self) -> tuple[Any, ...]:
        note_met(self._kept)
        return unpickled, (self._is_folder, self._kept.encode(), self._origin)

    def __hitsave_view__(self) -> dict[str, Any]:
        nodes = self._kept.tree.nodes
        shown = {"digest": str(self._digest), "bytes": self.size}
        return shown | {"names": [os.fsdecode(node.path) for node in nodes[1:51]], "more": max(len(nodes) - 51, 0)} if self._is_folder else shown

    def _is_at(self, path: str, store: Store) -> bool:
        if not os.path.lexists(path) or os.path.islink(path) or os.path.isdir(path) != self._is_folder:
            return False
        nodes = self._kept.tree.nodes
        if not self._is_folder and os.path.getsize(path) != self.size:
            return False
        return sum(1 for _ in _below(path, len(nodes))) == len(nodes) - 1 and keep(path, store, engine().library.file_digests).tree == self._kept.tree

    def _readable(self, store: Store) -> str:
        root = self._kept.tree.nodes[0]
        if isinstance(root, FileNode) and not root.mode & 0o111:
            where = self._kept.slices[root.content]
            if where.blob.size == root.size:
                store.open_taken(where.blob).release()
                return store.path_of(where.blob)
        refuse_links_out(self._kept, links_out=False)
        key = os.getpid(), store.folder, self._digest
        path = _put_together.get(key)
        if path is None or not os.path.lexists(path):
            folder = store.new_folder()
            path = os.path.join(folder, "file" if isinstance(root, FileNode) else "folder")
            build(self._kept, store, path, shared=True)
            if not _put_together:
                atexit.register(_take_apart, os.getpid())
            _put_together[key] = path
        return path


@final
class FileSnapshot(AnySnapshot):
    """A file as it was: its content and mode. As an argument or a result it counts by these; a result keeps them in the store, and needs the file no more.

    >>> from tempfile import mkdtemp
    >>> folder = Path(mkdtemp())
    >>> written = (folder / "report.txt").write_text("all is well")
    >>> report = FileSnapshot.snap(folder / "report.txt")
    >>> report.restore_at(folder / "copy.txt").read_text()
    'all is well'
    """

    _is_folder = False
    __slots__ = ()


@final
class DirectorySnapshot(AnySnapshot):
    """A folder as it was: names, contents, modes, empty folders, and links as links, which are never followed. Else as `FileSnapshot`.

    >>> from tempfile import mkdtemp
    >>> folder = Path(mkdtemp())
    >>> written = (folder / "a.txt").write_text("one")
    >>> kept = DirectorySnapshot.snap(folder)
    >>> [path.name for path in kept.path.iterdir()]
    ['a.txt']
    """

    _is_folder = True
    __slots__ = ()


register_reducer(FileSnapshot, lambda snapshot: ("hitsave file", snapshot.digest))
register_reducer(DirectorySnapshot, lambda snapshot: ("hitsave folder", snapshot.digest))


def unpickled(is_folder: bool, kept: bytes, origin: str) -> AnySnapshot:  # noqa: FBT001 - called by pickle
    """What `__reduce__` took apart. Stored results name this function: it stays where it is."""
    return (DirectorySnapshot if is_folder else FileSnapshot)(decoded_kept(kept), origin)


def snapshot_in(entry: Entry, store: Reading) -> AnySnapshot:
    """The snapshot that an entry is."""
    kept = stored.kept_in(entry, store)
    return (DirectorySnapshot if kept.tree.is_folder else FileSnapshot)(kept, "")


def _below(path: str, most: int) -> Generator[str]:
    """Names below a folder, as far as `most` and a few more go."""
    for number, (folder, folders, names) in enumerate(os.walk(path)):
        yield from (os.path.join(folder, name) for name in (*folders, *names))
        if number > most:
            return


def _absolute(path: str | os.PathLike[str]) -> str:
    return os.path.abspath(path if isinstance(path, str) else path.__fspath__())


def _store() -> Store:
    store = engine().store()
    if store is None:
        raise StoreError("The store can't be used", "The warning says why")
    return store


def _take_apart(process: int) -> None:
    if process == os.getpid():
        for path in _put_together.values():
            remove_unfinished(os.path.dirname(path))
