"""The Record: everything that an evaluation depended on besides its key, as checks that can be made again.

A Record is frozen and content-addressed. Its encoding is part of the formats (docs/formats.md): a msgpack array, every list in it sorted, so that equal Records have equal bytes.
The Snapshot stands beside it: for people, the text of each binding that counted and where it stood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Literal, TypeVar

from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest, digest_bytes
from hitsave.storage.packing import pack, unpack
from hitsave.structs import NamedTuple

RECORD_FORMAT: Final = 1
SNAPSHOT_FORMAT: Final = 1
RECORD_CONTEXT: Final = "hitsave 2026 v1 record"
SNAPSHOT_CONTEXT: Final = "hitsave 2026 v1 snapshot"
TEXT_CONTEXT: Final = "hitsave 2026 v1 text"
CAPTURES_CONTEXT: Final = "hitsave 2026 v1 captures"
GIVEN_CONTEXT: Final = "hitsave 2026 v1 given elsewhere"


class CodeCheck(NamedTuple):
    """A definition has this shell and body. `body` is None where only the shell counts; `documented`: what of its documentation the shell's
    digest covers, 1 the docstring, 2 annotations, 3 both.

    `left_out` are the places of statements that `body` is digested without (hitsave.codegraph.pieces).
    """

    symbol: str
    kind: str
    shell: bytes
    body: bytes | None
    documented: int
    left_out: tuple[int, ...] = ()


class NameCheck(NamedTuple):
    """In `module`, `name` stands for `resolution`."""

    module: str
    name: str
    resolution: str


class CaptureCheck(NamedTuple):
    """A module variable, class attribute or closure cell has a value with this digest; None: it counts by its code.

    `made_by` is the digest of the text that makes it, for asking without a live value; None where no text does, and `given_elsewhere` where the value is surely another.
    `literal`: that text is a literal, so that text alone tells the value.
    `unordered` is another digest of the value, whatever its order, and of all code that makes it; None where its order is no accident.
    """

    symbol: str
    value: bytes | None
    made_by: bytes | None
    literal: bool
    unordered: bytes | None = None


class ExternalCheck(NamedTuple):
    """A distribution is installed in this version, as far as `sensitivity` (exact, minor, major, any) looks."""

    distribution: str
    sensitivity: str
    version: str


class FileCheck(NamedTuple):
    """A file has this content ("file"), a folder this listing ("listing") or, with all that is in it, this content ("folder"), or neither exists ("absent",
    digest None); or there is a file, a folder or (digest None) nothing of that name ("present"). Paths inside the project are relative to its root.

    A file ("input") or folder ("input folder") that was an argument has this content: at a call, that is part of the key; the check tells
    whoever looks without a call that what is at that path now would be another argument.
    """

    path: str
    kind: Literal["file", "listing", "folder", "absent", "present", "input", "input folder"]
    digest: bytes | None


def is_of_a_call(check: FileCheck) -> bool:
    """Whether it says what an argument was: of no one but who makes a call with it."""
    return check.kind in {"input", "input folder"}


class EnvironmentCheck(NamedTuple):
    """An environment variable has a value with this digest; None: it is not set."""

    name: str
    digest: bytes | None


class Record(NamedTuple):
    """All checks. `python` is X.Y, `optimize` the level of ``-O``."""

    python: str
    optimize: int
    code: tuple[CodeCheck, ...] = ()
    names: tuple[NameCheck, ...] = ()
    captures: tuple[CaptureCheck, ...] = ()
    externals: tuple[ExternalCheck, ...] = ()
    compiled: tuple[tuple[str, bytes], ...] = ()
    files: tuple[FileCheck, ...] = ()
    environment: tuple[EnvironmentCheck, ...] = ()

    def encode(self) -> bytes:
        """The canonical bytes."""
        return pack(
            [
                RECORD_FORMAT,
                self.python,
                self.optimize,
                _code_rows(self.code),
                _rows(self.names),
                _rows(c if c.unordered is not None else c[:-1] for c in self.captures),
                _rows(self.externals),
                sorted([list(c) for c in self.compiled]),
                _rows(self.files),
                _rows(self.environment),
            ]
        )

    @classmethod
    def decode(cls, content: bytes) -> Record:
        """The Record that `content` encodes; ValueError if it encodes none of this format."""
        try:
            form, python, optimize, code, names, captures, externals, compiled, files, environment = unpack(content)
            if form != RECORD_FORMAT:
                raise ValueError(f"Record format {form} is not known")
            return cls(
                python,
                optimize,
                tuple(_code_check(*c) for c in code),
                tuple(NameCheck(*c) for c in names),
                tuple(CaptureCheck(*c) for c in captures),
                tuple(ExternalCheck(*c) for c in externals),
                tuple((m, d) for m, d in compiled),
                tuple(FileCheck(*c) for c in files),
                tuple(EnvironmentCheck(*c) for c in environment),
            )
        except (TypeError, ValueError) as problem:
            raise ValueError(f"not a Record: {problem}") from problem

    def digest(self) -> Digest:
        """What the Record is stored under."""
        return record_digest(self.encode())

    def captures_digest(self) -> Digest:
        """One digest for all captures, by which entries that share a key are told apart quickly."""
        return digest_bytes(CAPTURES_CONTEXT, pack([[c.symbol, c.value] for c in self.captures]))


class SnapshotText(NamedTuple):
    """One binding as it was: the digest of its text, where it stood, and the symbol it was reached through ("" for a root). `line` counts from 1."""

    symbol: str
    kind: str
    text: bytes
    path: str
    line: int
    via: str


class UntrackedPlace(NamedTuple):
    """Something that was not tracked, and where."""

    why: str
    symbol: str
    path: str
    line: int


class Snapshot(NamedTuple):
    """The texts of a Record's code and captures, for reasons and for "the code exactly as it ran"."""

    root: str
    texts: tuple[SnapshotText, ...]
    untracked: tuple[UntrackedPlace, ...] = ()

    def encode(self) -> bytes:
        """The canonical bytes."""
        return pack([SNAPSHOT_FORMAT, self.root, _rows(self.texts), _rows(self.untracked)])

    @classmethod
    def decode(cls, content: bytes) -> Snapshot:
        """The Snapshot that `content` encodes; ValueError if it encodes none."""
        try:
            form, root, texts, untracked = unpack(content)
            if form != SNAPSHOT_FORMAT:
                raise ValueError(f"Snapshot format {form} is not known")
            return cls(root, tuple(SnapshotText(*t) for t in texts), tuple(UntrackedPlace(*u) for u in untracked))
        except (TypeError, ValueError) as problem:
            raise ValueError(f"not a Snapshot: {problem}") from problem

    def by_symbol(self) -> dict[str, SnapshotText]:
        """The texts by symbol."""
        return {t.symbol: t for t in self.texts}


_R = TypeVar("_R", Record, Snapshot)


def code_in(content: bytes, is_asked: Callable[[str], bool]) -> Iterator[CodeCheck]:
    """The checks of an encoded Record of code in modules that are asked for; without making the others, which may be thousands. ValueError or TypeError if it is none."""
    for row in unpack(content)[3]:
        if is_asked(row[0].partition(":")[0]):
            yield _code_check(*row)


def decoded(kind: type[_R], content: bytes | None) -> _R | None:
    """The Record or Snapshot that `content` encodes; None if there is no content or it is damaged, which is how a store answers."""
    try:
        return None if content is None else kind.decode(content)
    except ValueError:
        return None


def record_digest(content: bytes) -> Digest:
    """The digest of an encoded Record."""
    return digest_bytes(RECORD_CONTEXT, content)


def snapshot_digest(content: bytes) -> Digest:
    """The digest of an encoded Snapshot."""
    return digest_bytes(SNAPSHOT_CONTEXT, content)


def text_digest(text: str) -> Digest:
    """The digest that a binding's text is stored under."""
    return digest_bytes(TEXT_CONTEXT, text.encode("utf-8", "surrogatepass"))


def symbol_of(text: str) -> Symbol:
    """The symbol that a check names."""
    return Symbol.parse(text)


def _code_check(symbol: str, kind: str, shell: bytes, body: bytes | None, documented: int, left_out: list[int] | None = None) -> CodeCheck:
    return CodeCheck(symbol, kind, shell, body, documented, tuple(left_out or ()))


def _code_rows(checks: tuple[CodeCheck, ...]) -> list[list[Any]]:
    rows = [[c.symbol, c.kind, c.shell, c.body, c.documented, *([list(c.left_out)] if c.left_out else [])] for c in checks]
    return sorted(rows, key=pack)


def _rows(checks: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return sorted(map(list, checks), key=pack)


def given_elsewhere(made_by: bytes) -> Digest:
    """What stands for the text that makes a variable, where other code gave that another value: a process that has not loaded its module can't take it to be the same."""
    return digest_bytes(GIVEN_CONTEXT, made_by)
