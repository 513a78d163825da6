"""Facts that were found by analysing text, kept between processes: one SQLite file of rows by digest.

Everything in it is derived: a row that is missing or damaged is a miss, a file that is damaged is deleted and begun again, a folder that
can't be written is read. Nothing here raises for the state of the disk, and nothing waits longer than `PATIENCE` seconds for another process.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, cast

import msgpack
from xxhash import xxh3_64_digest

from hitsave.digest import Digest
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from _typeshed import StrPath

FILE_NAME: Final = "facts.sqlite"
SCHEMA: Final = 1
MAX_ROWS: Final = 200_000
MOST_ANSWERS: Final = 1_000
"""Of what text answered about Records so many rows are kept, because one is as large as its Record."""
PATIENCE: Final = 0.25

_pack: Final = cast("Callable[..., bytes]", cast("Any", msgpack).packb)  # msgpack has no types of its own
_unpack: Final = cast("Callable[..., Any]", cast("Any", msgpack).unpackb)
_CHECKSUM: Final = 8
_AT_ONCE: Final = 400
_STATEMENTS: Final = 0
_INDEXES: Final = 1
_PLACES: Final = 2
_ANSWERS: Final = 3
_PASSING: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
_T = TypeVar("_T")


class _Spaces(Protocol):
    """Bytes by digest, in four spaces. What is put may not be there later; `version` is that of the analysis which made the bytes: those of another are not found."""

    def get_many(self, digests: Iterable[Digest], version: int) -> dict[Digest, bytes]:
        """The facts of statements that there are, and that are whole; the rest are to be made, and put."""
        return self._get(_STATEMENTS, digests, version)

    def put_many(self, facts: Mapping[Digest, bytes], version: int) -> None:
        """Keep facts of statements, unless the disk is full, the folder read-only, or another process writing for longer than `PATIENCE`."""
        self._put(_STATEMENTS, facts, version)

    def get_indexes(self, digests: Iterable[Digest], version: int) -> dict[Digest, bytes]:
        """The indexes of files that there are, and that are whole."""
        return self._get(_INDEXES, digests, version)

    def put_indexes(self, indexes: Mapping[Digest, bytes], version: int) -> None:
        """Keep indexes of files, if `put_many` would keep facts."""
        self._put(_INDEXES, indexes, version)

    def get_places(self, digests: Iterable[Digest], version: int) -> dict[Digest, bytes]:
        """What there is, and is whole, of what is known of the files at places; see `file_digests`."""
        return self._get(_PLACES, digests, version)

    def put_places(self, places: Mapping[Digest, bytes], version: int) -> None:
        """Keep what is known of the files at places, if `put_many` would keep facts."""
        self._put(_PLACES, places, version)

    def get_answers(self, digests: Iterable[Digest], version: int) -> dict[Digest, bytes]:
        """What there is, and is whole, of what text answered about Records; see `hitsave.runtime.answers`."""
        return self._get(_ANSWERS, digests, version)

    def put_answers(self, answers: Mapping[Digest, bytes], version: int) -> None:
        """Keep what text answered about Records, if `put_many` would keep facts. Beyond `MOST_ANSWERS` the oldest go."""
        self._put(_ANSWERS, answers, version)

    def _get(self, space: int, digests: Iterable[Digest], version: int) -> dict[Digest, bytes]: ...

    def _put(self, space: int, facts: Mapping[Digest, bytes], version: int) -> None: ...


class MemoryFactsTable(_Spaces):
    """The same questions as FactsTable, for as long as the process lasts."""

    def __init__(self) -> None:
        self._rows: dict[bytes, bytes] = {}

    def _get(self, space: int, digests: Iterable[Digest], version: int) -> dict[Digest, bytes]:
        keys = {digest: _key(space, version, digest) for digest in digests}
        return {digest: self._rows[key] for digest, key in keys.items() if key in self._rows}

    def _put(self, space: int, facts: Mapping[Digest, bytes], version: int) -> None:
        self._rows.update({_key(space, version, digest): content for digest, content in facts.items()})


class _Open(NamedTuple):
    """What one process has open. A connection must not be used, nor closed, in a forked child: that could release locks of its parent."""

    process: int
    connections: list[sqlite3.Connection]


_ABANDONED: Final[list[_Open]] = []
"""What forked children inherited, kept so that it is never closed."""

_IN_USE: Final = threading.Lock()
"""Held by whoever is inside of SQLite, and while a process forks: a child whose parent had a thread in there would inherit SQLite's own locks, locked."""


_held_for_fork: list[bool] = []


def _before_fork() -> None:
    _held_for_fork.append(_IN_USE.acquire(timeout=4 * PATIENCE))


def _after_fork_in_parent() -> None:
    if _held_for_fork and _held_for_fork.pop():  # nothing where this file was imported between the two halves of a fork
        _IN_USE.release()


def _after_fork_in_child() -> None:
    _held_for_fork.clear()
    if _IN_USE.locked():  # by the forking thread; or, had it waited in vain, by a thread that is not here
        _IN_USE.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)


class FactsTable(_Spaces):
    """Bytes by digest, in four spaces: facts by the digest of a statement's text, indexes by the digest of a file's text, what is known of data files by that of their place,
    what text answers about a Record by that of the Record and of who asks.

    They are in ``facts.sqlite`` in `folder`, shared by threads and processes; it is opened when first used.
    `version` is that of the analysis which made the bytes: those of another are not found. Beyond `max_rows` rows the oldest go.
    Each row carries a checksum of its key and content, so a flipped bit is a miss.
    """

    def __init__(self, folder: StrPath, *, max_rows: int = MAX_ROWS) -> None:
        self.path = os.path.join(os.path.abspath(folder), FILE_NAME)
        self.max_rows = max_rows
        self._open = _Open(os.getpid(), [])
        self._out_of_use = False

    def put_answers(self, answers: Mapping[Digest, bytes], version: int) -> None:
        super().put_answers(answers, version)
        beyond = "SELECT id FROM facts WHERE key >= ? AND key < ? ORDER BY id DESC LIMIT -1 OFFSET ?"
        space = bytes([_ANSWERS]), bytes([_ANSWERS + 1]), MOST_ANSWERS
        self._try(lambda connection: connection.execute(f"DELETE FROM facts WHERE id IN ({beyond})", space), None)  # noqa: S608 - a text of this file

    def close(self) -> None:
        """Close what this process has open; the next use opens it again."""
        with _IN_USE:
            _close(self._here().connections)

    def __del__(self) -> None:
        # Without the lock: whoever collects this may hold it, and nobody else has this table any more.
        if self._open.process == os.getpid():
            _close(self._open.connections)
        else:
            _ABANDONED.append(self._open)

    def _get(self, space: int, digests: Iterable[Digest], version: int) -> dict[Digest, bytes]:
        keys = {_key(space, version, digest): digest for digest in digests}
        found: dict[Digest, bytes] = {}
        for key, row in self._try(lambda connection: _select(connection, list(keys)), []):
            content = _checked(key, row)
            if content is not None and key in keys:
                found[keys[key]] = content
        return found

    def _put(self, space: int, facts: Mapping[Digest, bytes], version: int) -> None:
        rows = [(key := _key(space, version, digest), _checksum(key, content) + content) for digest, content in facts.items()]
        if rows:
            self._try(lambda connection: self._insert(connection, rows), None)

    def _insert(self, connection: sqlite3.Connection, rows: list[tuple[bytes, bytes]]) -> None:
        with connection:  # one transaction, rolled back if anything fails
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO facts (key, row) VALUES (?, ?)", rows)
            connection.execute("DELETE FROM facts WHERE id <= (SELECT max(id) FROM facts) - ?", (self.max_rows,))

    def _try(self, work: Callable[[sqlite3.Connection], _T], otherwise: _T) -> _T:
        """What `work` gives on the open database, or `otherwise`. Damage is deleted, once a call."""
        with _IN_USE:
            opened = self._here()
            for _ in range(2):
                if self._out_of_use:
                    break
                try:
                    if not opened.connections:
                        if not _is_ours(self.path):
                            self._out_of_use = True
                            break
                        opened.connections.append(_connect(self.path))
                    return work(opened.connections[0])
                except sqlite3.OperationalError as problem:
                    if _is_passing(problem):  # locked, full, read-only: nothing is wrong with the file
                        break
                    _close(opened.connections)
                    _delete(self.path)
                except (sqlite3.Error, OSError, ValueError, OverflowError):
                    _close(opened.connections)
                    _delete(self.path)
            else:
                self._out_of_use = True  # not even a new file works: do without, and don't try at every call
        return otherwise

    def _here(self) -> _Open:
        opened = self._open
        if opened.process != os.getpid():
            _ABANDONED.append(opened)
            opened = self._open = _Open(os.getpid(), [])
        return opened


def encode(plain: Any) -> bytes:
    """Lists, strings, bytes, numbers, booleans and None as bytes. Tuples come back as lists."""
    return _pack(plain, use_bin_type=True, unicode_errors="surrogatepass")


def decode(content: bytes) -> Any:
    """What `encode` was given. ValueError for bytes that it did not make."""
    try:
        return _unpack(content, strict_map_key=False, unicode_errors="surrogatepass")
    except (msgpack.UnpackException, ValueError, TypeError, OverflowError) as problem:
        raise ValueError(f"not facts: {problem}") from problem


def _connect(path: str) -> sqlite3.Connection:
    """The database at `path`, made if need be; read-only where it can't be written."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    try:
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=16)
    except sqlite3.OperationalError:
        return _connect_read_only(path)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("PRAGMA synchronous = OFF")  # derived data: what a power cut breaks is found by checksum and made again
        if version == 0:
            connection.execute("PRAGMA journal_mode = WAL")
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("CREATE TABLE IF NOT EXISTS facts (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, row BLOB NOT NULL)")
                connection.execute(f"PRAGMA user_version = {SCHEMA}")
        elif version != SCHEMA:
            raise sqlite3.DatabaseError(f"schema {version} is not known")
    except sqlite3.OperationalError as problem:
        connection.close()
        if not os.access(path, os.W_OK) or "readonly" in str(problem) or "unable to open" in str(problem):
            return _connect_read_only(path)
        raise
    except BaseException:
        connection.close()
        raise
    return connection


def _is_ours(path: str) -> bool:
    """Whether the table's files are missing or regular ones of whose the folder is: a link would lead elsewhere, a pipe would never answer, and a stranger's facts may be lies."""
    try:
        owner = os.stat(os.path.dirname(path)).st_uid
    except FileNotFoundError:
        return True
    for file in _files(path):
        with suppress(FileNotFoundError):
            status = os.lstat(file)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != owner:
                return False
    return True


def _files(path: str) -> tuple[str, ...]:
    return path, path + "-wal", path + "-shm", path + "-journal"


def _connect_read_only(path: str) -> sqlite3.Connection:
    """As nobody can write the folder of the file, its log can't be needed: `immutable` reads it without one."""
    quoted = "".join(c if c.isalnum() or c in "/-_.~" else "".join(f"%{byte:02X}" for byte in os.fsencode(c)) for c in path)
    return sqlite3.connect(f"file:{quoted}?mode=ro&immutable=1", uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False)


def _select(connection: sqlite3.Connection, keys: list[bytes]) -> list[tuple[bytes, bytes]]:
    rows: list[tuple[bytes, bytes]] = []
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        places = ",".join("?" * len(some))
        rows += connection.execute(f"SELECT key, row FROM facts WHERE key IN ({places})", some).fetchall()  # noqa: S608 - question marks only
    return rows


def _key(space: int, version: int, digest: Digest) -> bytes:
    return bytes([space]) + version.to_bytes(4, "big") + digest


def _checksum(key: bytes, content: bytes) -> bytes:
    return xxh3_64_digest(key + content)


def _checked(key: Any, row: Any) -> bytes | None:
    if not isinstance(key, bytes) or not isinstance(row, bytes):
        return None
    content = row[_CHECKSUM:]
    return content if row[:_CHECKSUM] == _checksum(key, content) else None


def _is_passing(problem: sqlite3.OperationalError) -> bool:
    """Whether an error says something of the moment, and nothing of the file."""
    code = getattr(problem, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _PASSING


def _close(connections: list[sqlite3.Connection]) -> None:
    for connection in connections:
        with suppress(sqlite3.Error):
            connection.close()
    connections.clear()


def _delete(path: str) -> None:
    for file in _files(path):
        with suppress(OSError):
            os.unlink(file)
