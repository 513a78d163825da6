"""The text of files, with open buffers over them: where all code that is analysed comes from.

A text is read as Python would read it: byte order mark, coding cookie, universal newlines. What can't be read is a value that says why,
never an exception.
"""

from __future__ import annotations

import codecs
import os
import stat
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, Literal, Protocol

from hitsave.digest import Digest, digest_bytes
from hitsave.structs import NamedTuple
from hitsave.workspace.folders import RACY_NS
from hitsave.workspace.notebooks import Cell, code_cells, join_cells

if TYPE_CHECKING:
    from _typeshed import StrPath

TEXT_CONTEXT: Final = "hitsave 2026 v1 file text"
CONTENT_CONTEXT: Final = "hitsave 2026 v1 file content"
LARGEST_SOURCE: Final = 32 * 1024 * 1024
"""Bytes; no source is larger, and a file that pretends to be one shall not fill the memory of an editor."""

_NEVER_SOURCE: Final = frozenset({"idna", "punycode", "undefined"})
"""Text encodings by name only; two of them take time that grows with the square of the size."""

Why = Literal["missing", "not a file", "not permitted", "undecodable", "too large", "not a notebook"]


class Signature(NamedTuple):
    """What the file system says of a file's state. ctime can't be set back by a program, so an equal signature is an equal content, once it has settled."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Signature:
        """The signature in a stat result."""
        return cls(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)

    def settled(self, looked_at_ns: int) -> bool:
        """Whether a content read at `looked_at_ns` can be told from a later one by its signature: see `RACY_NS`."""
        return looked_at_ns - max(self.mtime_ns, self.ctime_ns) > RACY_NS


class SourceText(NamedTuple):
    """A text, decoded, with a newline character between lines.

    `digest` is of the text, so neither encoding nor line ends count. `signature` is None for an open buffer.
    `cells` say which cell of a notebook each line is from; a file has none.
    """

    path: str
    text: str
    digest: Digest
    signature: Signature | None = None
    cells: tuple[Cell, ...] = ()

    def in_cell(self, line: int) -> tuple[int, int] | None:
        """(number of the cell, line in it from 1) of a line of a notebook's text, from 1; None for a file, and for lines that are in no cell."""
        for cell in self.cells:
            if cell.first <= line < cell.first + cell.lines:
                return cell.number, line - cell.first + 1
        return None

    def line_of(self, cell: int, line: int) -> int | None:
        """The line in a notebook's text of a line of a cell; None if there is no such cell."""
        return next((place.first + line - 1 for place in self.cells if place.number == cell), None)


class Written(NamedTuple):
    """A module of project code as it is written."""

    name: str
    source: SourceText
    is_package: bool


class Unreadable(NamedTuple):
    """A file that is no text, and why; `detail` is a sentence's end for a person: "byte 17 is not utf-8"."""

    path: str
    why: Why
    detail: str


class Sources(Protocol):
    """Gives texts by path. Implementations may be called from several threads."""

    def read(self, path: StrPath) -> SourceText | Unreadable:
        """The text of the file at `path` now."""
        ...

    def digest_of(self, path: StrPath) -> Digest | Unreadable:
        """The digest of the bytes of the file at `path` now: of a compiled extension, say. Not the same as the digest of a text."""
        ...


class DiskSources:
    """Reads files, again only when the file system says that they may have changed."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[Signature, bool, SourceText | Unreadable]] = {}
        self._digests: dict[str, tuple[Signature, bool, Digest]] = {}

    def read(self, path: StrPath) -> SourceText | Unreadable:
        """The text of the file at `path` now."""
        file = os.path.abspath(path)
        known = self._texts.get(file)
        if known is not None and known[1] and _signature(file) == known[0]:
            return known[2]
        looked_at = time.time_ns()
        loaded = _load(file, LARGEST_SOURCE)
        if isinstance(loaded, Unreadable):
            self._texts.pop(file, None)
            return loaded
        content, signature = loaded
        found = decode_notebook(file, content, signature) if file.endswith(".ipynb") else decode_source(file, content, signature)
        self._texts[file] = (signature, signature.settled(looked_at), found)
        return found

    def digest_of(self, path: StrPath) -> Digest | Unreadable:
        """The digest of the bytes of the file at `path` now."""
        file = os.path.abspath(path)
        known = self._digests.get(file)
        if known is not None and known[1] and _signature(file) == known[0]:
            return known[2]
        looked_at = time.time_ns()
        loaded = _load(file, None)
        if isinstance(loaded, Unreadable):
            self._digests.pop(file, None)
            return loaded
        content, signature = loaded
        digest = digest_bytes(CONTENT_CONTEXT, content)
        self._digests[file] = (signature, signature.settled(looked_at), digest)
        return digest


class OverlaySources:
    """Open buffers over other sources. Immutable: an edit makes a new one, so that an answer can go on working from the texts that it began with."""

    def __init__(self, below: Sources, buffers: Mapping[str, SourceText] | None = None) -> None:
        self.below = below
        self.buffers: Mapping[str, SourceText] = {} if buffers is None else buffers

    def read(self, path: StrPath) -> SourceText | Unreadable:
        """The text of the open buffer of `path`, else of the file."""
        file = os.path.abspath(path)
        return self.buffers.get(file) or self.below.read(file)

    def digest_of(self, path: StrPath) -> Digest | Unreadable:
        """The digest of the bytes of the file at `path`: what runs is what is on disk."""
        return self.below.digest_of(path)

    def with_buffer(self, path: StrPath, text: str) -> OverlaySources:
        """These sources with a buffer of `path` that has `text`."""
        file = os.path.abspath(path)
        return self._with(_source_text(file, text, None))

    def with_notebook(self, path: StrPath, cells: Iterable[tuple[int, str]]) -> OverlaySources:
        """These sources with an open notebook: its code cells, (number in the notebook, source)."""
        text, places = join_cells(cells)
        return self._with(_source_text(os.path.abspath(path), text, None, places))

    def without(self, path: StrPath) -> OverlaySources:
        """These sources with no buffer of `path`."""
        file = os.path.abspath(path)
        return OverlaySources(self.below, {other: text for other, text in self.buffers.items() if other != file})

    def _with(self, source: SourceText) -> OverlaySources:
        return OverlaySources(self.below, {**self.buffers, source.path: source})


def text_digest(text: str) -> Digest:
    """The digest of a file's text, which its facts are stored under."""
    return digest_bytes(TEXT_CONTEXT, text.encode("utf-8", "surrogatepass"))


def decode_source(path: str, content: bytes, signature: Signature | None = None) -> SourceText | Unreadable:
    """The text of a Python file with these bytes."""
    without_mark = content.removeprefix(codecs.BOM_UTF8)
    encoding = _normal_encoding(_cookie(without_mark) or "utf-8")
    if encoding in _NEVER_SOURCE:
        return Unreadable(path, "undecodable", f"{encoding!r} is no encoding of source text")
    if len(without_mark) < len(content) and encoding != "utf-8":
        return Unreadable(path, "undecodable", f"it has the byte order mark of utf-8, and says that it is {encoding}")
    try:
        text = without_mark.decode(encoding)
    except UnicodeDecodeError as fault:
        return Unreadable(path, "undecodable", f"byte {fault.start} is not {fault.encoding}")
    except (LookupError, UnicodeError, ValueError) as fault:
        return Unreadable(path, "undecodable", f"{encoding!r} can't be decoded: {fault}")
    return _source_text(path, text, signature)


def decode_notebook(path: str, content: bytes, signature: Signature | None = None) -> SourceText | Unreadable:
    """The text of the code cells of a notebook with these bytes."""
    import json

    try:
        cells = code_cells(json.loads(content))
    except (ValueError, RecursionError) as fault:
        return Unreadable(path, "not a notebook", str(fault))
    text, places = join_cells(cells)
    return _source_text(path, text, signature, places)


def _source_text(path: str, text: str, signature: Signature | None, cells: tuple[Cell, ...] = ()) -> SourceText:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SourceText(path, text, text_digest(text), signature, cells)


def _cookie(content: bytes) -> str | None:
    """The encoding that one of the first two lines names (PEP 263), None if none does."""
    end = content.find(b"\n", content.find(b"\n") + 1)
    head = content[:end] if end >= 0 else content[: 64 * 1024]
    if b"coding" not in head:
        return None
    for line in head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[:2]:
        blank, mark, comment = line.partition(b"#")
        if blank.strip(b" \t\f"):
            return None
        if not mark:
            continue
        for piece in comment.split(b"coding")[1:]:
            if piece[:1] in {b":", b"="}:
                name = piece[1:].lstrip(b" \t")
                length = next((n for n, c in enumerate(name) if not (chr(c).isalnum() and c < 128) and c not in b"-_."), len(name))
                if length:
                    return name[:length].decode("ascii")
    return None


def _normal_encoding(name: str) -> str:
    """As the tokenizer understands it: editors add line ends to names, ``utf-8-unix``."""
    plain = name.lower().replace("_", "-")
    for normal, others in (("utf-8", ("utf-8", "utf8")), ("iso-8859-1", ("latin-1", "iso-8859-1", "iso-latin-1"))):
        if plain in others or plain.startswith(tuple(other + "-" for other in others)):
            return normal
    return plain


def _signature(file: str) -> Signature | None:
    try:
        return Signature.of(os.stat(file))
    except (OSError, ValueError):
        return None


def _load(file: str, largest: int | None) -> tuple[bytes, Signature] | Unreadable:
    """The bytes of a file and a signature that fits them: one from before that still holds afterwards."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError):
        return Unreadable(file, "missing", "there is no such file")
    except IsADirectoryError:
        return Unreadable(file, "not a file", "it is a folder")
    except (OSError, ValueError) as fault:
        return Unreadable(file, "not permitted", str(getattr(fault, "strerror", None) or fault))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):  # a pipe or device would never end
            return Unreadable(file, "not a file", "it is no regular file")
        if largest is not None and status.st_size > largest:
            return Unreadable(file, "too large", f"it has {status.st_size:,} bytes")
        content = _read_all(descriptor, status.st_size)
        after = os.fstat(descriptor)
        if Signature.of(after) != Signature.of(status):  # it was being written: once more, and then it is what it is
            os.lseek(descriptor, 0, os.SEEK_SET)
            content = _read_all(descriptor, after.st_size)
        return content, Signature.of(after)
    except OSError as fault:
        return Unreadable(file, "not permitted", str(fault.strerror or fault))
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, expected: int) -> bytes:
    content = os.read(descriptor, expected + 1)
    if len(content) == expected:
        return content
    pieces = [content]
    while piece := os.read(descriptor, 1 << 20):
        pieces.append(piece)
    return b"".join(pieces)
