"""Snapshots in a store: a large file is a blob of its own, small ones lie in packs, so that a folder of thousands of them is a few blobs, written and sent at once.

What a tree is, is told by its digest alone; where its contents lie is told beside it, and may differ from store to store.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from struct import Struct
from typing import TYPE_CHECKING, Final

from hitsave.digest import Digest, digest_bytes
from hitsave.errors import PathError
from hitsave.files.reading import Seen, check_unchanged, look, read_ahead, unreadable
from hitsave.files.tree import FileNode, FolderNode, LinkNode, Node, Tree, decoded, tree_of
from hitsave.storage.entry import FILES_MEDIA, Attachment
from hitsave.storage.intake import BLOB_CONTEXT
from hitsave.storage.packing import pack, unpack
from hitsave.storage.taking import Taken
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from hitsave.storage.store import Store
    from hitsave.storage.taking import Taking
    from hitsave.workspace.file_digests import FileDigests, Place

    Progress = Callable[[int, int], None]
    """Is told how many bytes were read, of how many."""

LARGE: Final = 64 << 10
"""Bytes from which on a file is a blob of its own."""
_PACK: Final = 8 << 20
"""Bytes after which a pack is full."""
_MOST_SCRAPS: Final = 32
"""Packs that are mostly empty or small which a snapshot may be spread over; beyond, what is in them is packed anew."""
_NOTE: Final = Struct("<32s32sQ16sQ")


class Slice(NamedTuple):
    """Where a file's content lies: in which blob, and from which byte on."""

    blob: Taken
    start: int


class Kept(NamedTuple):
    """A tree, and where each of its contents lies."""

    tree: Tree
    slices: dict[Digest, Slice]

    def blobs(self) -> list[Taken]:
        """The blobs that it needs, each once."""
        return sorted({place.blob for place in self.slices.values()})

    def attachments(self, number: int = 0) -> list[Attachment]:
        """The blobs as attachments of an entry; `number` tells several trees of one entry apart."""
        return [blob.attached(f"files/{number}/{place}", FILES_MEDIA) for place, blob in enumerate(self.blobs())]

    def encode(self) -> bytes:
        """The tree and the places as bytes."""
        blobs = self.blobs()
        numbers = {blob: number for number, blob in enumerate(blobs)}
        places = [[content, numbers[place.blob], place.start] for content, place in sorted(self.slices.items())]
        return pack([self.tree.encode(), [[*blob] for blob in blobs], places])


def decoded_kept(content: bytes) -> Kept:
    """What `Kept.encode` gave. PathError if these bytes are none of it, or it is not whole."""
    try:
        tree_bytes, blob_rows, place_rows = unpack(content)
        tree = decoded(tree_bytes)
        blobs = [Taken(Digest(blob), int(size), bytes(checksum)) for blob, size, checksum in blob_rows]
        slices = {Digest(found): Slice(blobs[number], int(start)) for found, number, start in place_rows}
    except (ValueError, TypeError, LookupError) as problem:
        raise PathError(f"This is no snapshot of files: {problem}", "Nothing was put back") from problem
    for node in tree.files():
        place = slices.get(node.content)
        if place is None or place.start < 0 or place.start + node.size > place.blob.size:
            raise PathError("This is no snapshot of files: a content of it has no place", "Nothing was put back")
    return Kept(tree, slices)


def keep(path: str, store: Store, digests: FileDigests, progress: Progress | None = None) -> Kept:
    """Take in what there is at a path. Files that are known, and in the store already, are not read.

    An entry has to name the blobs within the hour. PathError for what can't be read, ChangedError if it changed meanwhile, StoreError if the store can't be written.
    """
    seen = look(path)
    files = [each for each in seen if each.kind == "file"]
    place = digests.place(seen[0].path, f"kept in {store.folder}")
    found = _known(files, place, store)
    unknown = [each for each in files if each.name not in found]
    if unknown:
        found |= _take_in(unknown, store, digests, place, progress)
    check_unchanged(seen)
    place.only(found.keys())
    digests.keep(place)
    tree = tree_of(_node(each, found) for each in seen)
    return Kept(tree, dict(found.values()))


def _node(seen: Seen, found: dict[bytes, tuple[Digest, Slice]]) -> Node:
    match seen.kind:
        case "file":
            return FileNode(seen.name, seen.mode, seen.status.st_size, found[seen.name][0])
        case "folder":
            return FolderNode(seen.name, seen.mode)
        case _:
            return LinkNode(seen.name, seen.target)


def _known(files: list[Seen], place: Place, store: Store) -> dict[bytes, tuple[Digest, Slice]]:
    """The files that need not be read; those that lie in too many scraps of packs are to be read again."""
    found: dict[bytes, tuple[Digest, Slice]] = {}
    there: dict[Taken, bool] = {}
    used: dict[Taken, int] = {}
    for each in files:
        known = place.known(each.name, each.signature)
        if known is None:
            continue
        content, where = _read_note(known)
        if where.blob not in there:
            there[where.blob] = store.has(where.blob)
        if there[where.blob]:
            found[each.name] = content, where
            if each.status.st_size < LARGE:
                used[where.blob] = used.get(where.blob, 0) + each.status.st_size
    scraps = {pack for pack, size in used.items() if pack.size < _PACK // 8 or size < pack.size // 2}
    if len(scraps) <= _MOST_SCRAPS:
        return found
    return {name: what for name, what in found.items() if what[1].blob not in scraps}


def _take_in(files: list[Seen], store: Store, digests: FileDigests, place: Place, progress: Progress | None) -> dict[bytes, tuple[Digest, Slice]]:
    with store.taking() as taking:
        intake = _Intake(store, taking, digests, place, sum(each.status.st_size for each in files), progress)
        for each in read_ahead(files, unless=lambda later: taking.clones and later.status.st_size >= LARGE):  # it is the clone that is read
            intake.read(each)
        return intake.finish()


class _Intake:
    """Reads files: large ones into blobs of their own, small ones into packs."""

    def __init__(self, store: Store, taking: Taking, digests: FileDigests, place: Place, size: int, progress: Progress | None) -> None:
        self._store = store
        self._taking = taking
        self._digests = digests
        self._place = place
        self._size = size
        self._done = 0
        self._progress = progress
        self._found: dict[bytes, tuple[Digest, Slice]] = {}
        self._pack = bytearray()
        self._starts: dict[Digest, int] = {}
        self._packed: list[tuple[Seen, Digest, int]] = []

    def read(self, seen: Seen) -> None:
        """Read one file."""
        try:
            if seen.status.st_size >= LARGE:
                taken, read_ns = self._digests.read(seen.path, seen.signature, lambda file: self._taking.take_file(file, told=self._told))
                self._note(seen, taken.blob, Slice(taken, 0), read_ns)
                return
            content, read_ns = self._digests.read(seen.path, seen.signature, _read_all)
        except OSError as problem:
            raise unreadable(problem, seen.path) from problem
        digest = digest_bytes(BLOB_CONTEXT, content)
        if digest not in self._starts:
            self._starts[digest] = len(self._pack)
            self._pack += content
        self._packed.append((seen, digest, read_ns))
        self._told(len(content))
        if len(self._pack) >= _PACK:
            self._close_pack()

    def finish(self) -> dict[bytes, tuple[Digest, Slice]]:
        """The digest of each file that was read, and where its content lies."""
        self._close_pack()
        return self._found

    def _close_pack(self) -> None:
        if not self._packed:
            return
        taken = self._store.take([self._pack])
        for seen, digest, read_ns in self._packed:
            self._note(seen, digest, Slice(taken, self._starts[digest]), read_ns)
        self._pack, self._starts, self._packed = bytearray(), {}, []

    def _note(self, seen: Seen, content: Digest, where: Slice, read_ns: int) -> None:
        self._found[seen.name] = content, where
        self._place.note(seen.name, seen.signature, _NOTE.pack(content, where.blob.blob, where.blob.size, where.blob.checksum, where.start), read_ns)

    def _told(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._size)


def _read_note(note: bytes) -> tuple[Digest, Slice]:
    content, blob, size, checksum, start = _NOTE.unpack(note)
    return Digest(content), Slice(Taken(Digest(blob), size, checksum), start)


def _read_all(file: int) -> bytes:
    pieces: list[bytes] = []
    while piece := os.read(file, LARGE):
        pieces.append(piece)
    return b"".join(pieces)
