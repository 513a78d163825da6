"""What data files hold, by digest, each read once for as long as its signature stays what it was: as git's index has it.

A file that changed shortly before it was read may change again within the same tick of the clock that signatures are made of, and no signature would tell:
what is known of such a file is not kept.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection
from typing import Final, TypeVar, cast

from blake3 import blake3

from hitsave.digest import Digest, digest_parts
from hitsave.errors import ChangedError
from hitsave.structs import NamedTuple
from hitsave.workspace import locked_files
from hitsave.workspace.facts_table import FactsTable, MemoryFactsTable, decode, encode

T = TypeVar("T")
FileSignature = tuple[int, int, int, int]
"""Inode, size, mtime and ctime in nanoseconds."""

FILE_CONTEXT: Final = "hitsave 2026 v1 file"
PLACE_CONTEXT: Final = "hitsave 2026 v1 place of files"
PLACES_VERSION: Final = 1
RACY_NS: Final = 2_000_000_000
"""A file that changed this shortly before it was looked at may change again unseen; the coarsest clock of a file system ticks so slowly (FAT)."""
_CHUNK: Final = 1 << 20
_SMALL: Final = 256 << 10
"""Bytes below which a single file is read sooner than looked up."""
_MOST_PLACES: Final = 256
_FLAGS: Final[int] = (
    getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
)  # a pipe in its place must not be waited for


class File(NamedTuple):
    """What is known of one file: its signature when it was read, and what its content came to."""

    signature: FileSignature
    content: bytes


class Place:
    """What is known of the file at a path, or of those in a folder by their path from there (b"" is the file itself)."""

    def __init__(self, digest: Digest, files: dict[bytes, File]) -> None:
        self.digest = digest
        self._files = files
        self._is_new = False

    def known(self, name: bytes, signature: FileSignature) -> bytes | None:
        """What the content of a file with this signature came to; None if it has to be read."""
        found = self._files.get(name)
        return found.content if found is not None and found.signature == signature else None

    def note(self, name: bytes, signature: FileSignature, content: bytes, read_ns: int) -> None:
        """What came of reading a file that had this signature before and after, at `read_ns` by the clock."""
        if max(signature[2], signature[3]) <= read_ns - RACY_NS:
            self._files[name] = File(signature, content)
            self._is_new = True
        elif self._files.pop(name, None) is not None:
            self._is_new = True

    def only(self, names: Collection[bytes]) -> None:
        """Forget the files that are not among `names`."""
        gone = [name for name in [*self._files] if name not in names]
        for name in gone:
            del self._files[name]
        self._is_new |= bool(gone)

    def encoded(self) -> bytes | None:
        """What to keep of it; None if that is kept already."""
        if not self._is_new:
            return None
        self._is_new = False
        return encode([[name, *file.signature, file.content] for name, file in [*self._files.items()]])


class FileDigests:
    """What is known of files, in this process and, by `table`, between processes."""

    def __init__(self, table: FactsTable | MemoryFactsTable) -> None:
        self._table = table
        self._places: dict[Digest, Place] = {}

    def place(self, path: str, use: str) -> Place:
        """What is known of the file or folder at a path (absolute); `use` says what for, so that each may keep other bytes."""
        digest = digest_parts(PLACE_CONTEXT, use.encode(), os.fsencode(path))
        place = self._places.get(digest)
        if place is None:
            if len(self._places) >= _MOST_PLACES:
                self._places.clear()
            content = self._table.get_places([digest], PLACES_VERSION).get(digest)
            place = self._places[digest] = Place(digest, {} if content is None else _decoded(content))
        return place

    def keep(self, place: Place) -> None:
        """Keep what is new of a place for other processes."""
        content = place.encoded()
        if content is not None:
            self._table.put_places({place.digest: content}, PLACES_VERSION)

    def content(self, path: str) -> Digest | None:
        """The digest of a file's content; None if there is no readable file. Of a large one that is known it is not read."""
        signature = file_signature(path)
        if signature is None:
            return None
        if signature[1] < _SMALL:
            return content_digest(path)
        place = self.place(path, "content")
        known = place.known(b"", signature)
        if known is None:
            try:
                known, read_ns = self.read(path, signature, read_content)
            except ChangedError:
                return content_digest(path)
            except (OSError, ValueError):
                return None
            place.note(b"", signature, known, read_ns)
            self.keep(place)
        return Digest(known)

    @staticmethod
    def read(path: str, signature: FileSignature, reader: Callable[[int], T]) -> tuple[T, int]:
        """What `reader` makes of the open file that had this signature, and when it was read, for `Place.note`. ChangedError if it is another, or changed meanwhile; OSError if it can't be read."""
        file = os.open(path, os.O_RDONLY | _FLAGS)
        try:
            begun = time.time_ns()
            if signature_of(os.fstat(file)) == signature:
                found = reader(file)
                if signature_of(os.fstat(file)) == signature:
                    return found, begun
        finally:
            locked_files.close(file)
        raise ChangedError(f"{path} changed while it was read", "Wait until nobody writes it any more", value_path=path)


def file_signature(path: str) -> FileSignature | None:
    """What changes when a file's content does: inode, size, mtime and ctime in nanoseconds; None where there is no file."""
    try:
        return signature_of(os.stat(path))
    except (OSError, ValueError):
        return None


def signature_of(status: os.stat_result) -> FileSignature:
    """The signature of a file with this status."""
    return (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def content_digest(path: str) -> Digest | None:
    """The digest of a file's content, None if there is no readable file."""
    try:
        file = os.open(path, os.O_RDONLY | _FLAGS)
        try:
            return Digest(read_content(file))
        finally:
            locked_files.close(file)
    except (OSError, ValueError):
        return None


def read_content(file: int) -> bytes:
    """The digest of what an open file holds from where it stands."""
    hasher = blake3(derive_key_context=FILE_CONTEXT)
    while chunk := os.read(file, _CHUNK):
        hasher.update(chunk)
    return hasher.digest()


def _decoded(content: bytes) -> dict[bytes, File]:
    try:
        rows = cast("list[tuple[bytes, int, int, int, int, bytes]]", decode(content))
        return {name: File((inode, size, mtime, ctime), found) for name, inode, size, mtime, ctime, found in rows}
    except (ValueError, TypeError):
        return {}
