"""Connections to the database: one to read and one to write a process, each under a lock, opened when first needed, left behind by a forked child.

While the folder holds no database, queries find nothing, and only a transaction makes it.
"""

from __future__ import annotations

import os
import time
import weakref
from _thread import allocate_lock, get_ident
from typing import TYPE_CHECKING, Any, Final

from hitsave.errors import StoreError
from hitsave.storage import faults, platform
from hitsave.storage import folder as folders
from hitsave.storage.schema import VERSION, check_version, migrate

if TYPE_CHECKING:
    from _thread import LockType
    from sqlite3 import Connection

BUSY_SECONDS: Final = 10.0  # how long a write waits for those of other processes and threads
_SQLITE_BUSY_MS: Final = 2_000  # how long SQLite itself waits, where it must (rollback journals, recovery)
_FIRST_PAUSE: Final = 0.0003
_LONGEST_PAUSE: Final = 0.005
_CHECKPOINT_PAGES: Final = 4_000
_JOURNAL_LIMIT: Final = 64 << 20
_LOOK_AGAIN: Final = 0.5  # seconds after which a reader looks whether the database is still the one that it has open
_FORK_WAIT: Final = 1.0


class Database:
    """The database in `folder`. `readonly`: nothing is written, not even when the folder could be."""

    def __init__(self, folder: str, *, readonly: bool) -> None:
        self.folder = folder
        self.path = os.path.join(folder, folders.DATABASE)
        self.readonly = readonly
        self.notices: list[str] = []
        self._pid = os.getpid()
        self._read_lock = allocate_lock()
        self._write_lock = allocate_lock()
        self._reader: Connection | None = None
        self._writer: Connection | None = None
        self._read_file = self._write_file = (0, 0)
        self._looked = 0.0
        self._network: bool | None = None
        _databases.add(self)

    @property
    def network(self) -> bool:
        """Whether the folder lies on another machine's file system."""
        if self._network is None:
            self._network = platform.is_network(self.folder)
        return self._network

    def query(self, statement: str, parameters: tuple[Any, ...] | list[Any] = ()) -> list[Any]:
        """All rows that `statement` selects; none while there is no database."""
        if self._pid != os.getpid():
            self.leave_behind()
        with self._read_lock:
            reader = self._reader
            if reader is None or time.monotonic() - self._looked > _LOOK_AGAIN:
                reader = self._current_reader()
                if reader is None:
                    return []
            try:
                return reader.execute(statement, parameters).fetchall()
            except Exception as error:
                if "decode" not in str(error):
                    raise
                return self._query_damaged(reader, statement, parameters)

    def transaction(self) -> Transaction:
        """A write transaction, as a context: committed if all went well, else undone."""
        return Transaction(self)

    def close(self) -> None:
        """Close the connections; they open again if the database is used again."""
        if self._pid != os.getpid():
            self.leave_behind()
        with self._read_lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None
        with self._write_lock:
            self._close_writer()

    def __del__(self) -> None:
        # Python 3.13 warns of connections that nobody closed; those of a parent process are not ours to close.
        for connection in (self._reader, self._writer):
            if connection is not None and self._pid == os.getpid():
                connection.close()

    # -- reading ------------------------------------------------------------------------------------------------------

    def _current_reader(self) -> Connection | None:
        status = folders.database_there(self.folder)
        if status is not None and status.st_size == 0 and not _has_log(self.path):
            status = None  # being made right now, or never finished
        place = (0, 0) if status is None else (status.st_dev, status.st_ino)
        if self._reader is not None and place != self._read_file:
            self._reader.close()
            self._reader = None
        self._looked = time.monotonic()
        if self._reader is None and status is not None:
            self._reader, self._read_file = self._open_reader(), place
        return self._reader

    def _open_reader(self) -> Connection | None:
        # Read-only folders: SQLite can follow a write-ahead log there only where the log's index file lies ready, so failing that it is told that nothing will change.
        writable = os.access(self.folder, os.W_OK) and os.access(self.path, os.W_OK)
        modes = ["mode=rw"] if writable else ["mode=ro", "mode=ro&immutable=1"]
        for mode in modes:
            connection = self._connect(mode)
            try:
                version = check_version(connection, self.folder)
                connection.execute("PRAGMA query_only = ON")
            except Exception as error:
                connection.close()
                if mode != modes[-1] and getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR")):
                    continue
                raise
            if "immutable" in mode and _has_log(self.path):
                self._notice(f"The store in {self.folder} can't be written, so results that were stored last may not be seen")
            if version == 0:
                connection.close()
                return None
            return connection
        return None

    def _query_damaged(self, reader: Connection, statement: str, parameters: tuple[Any, ...] | list[Any]) -> list[Any]:
        # A changed bit made text undecodable. Read it somehow: its row's seal will not fit.
        reader.text_factory = _decode_somehow
        try:
            return reader.execute(statement, parameters).fetchall()
        finally:
            reader.text_factory = str

    # -- writing ------------------------------------------------------------------------------------------------------

    def begin(self) -> Connection:
        """For `Transaction`: the writing connection, in a transaction, with the lock held."""
        if self._pid != os.getpid():
            self.leave_behind()
        if self.readonly:
            raise faults.read_only(self.folder)
        deadline = time.monotonic() + BUSY_SECONDS
        if not self._write_lock.acquire(timeout=BUSY_SECONDS):
            raise StoreError(f"The store in {self.folder} is busy: another thread has been writing it for too long", "Try again", path=self.folder)
        try:
            writer = self._current_writer(deadline)
            _begin(writer, deadline)
        except BaseException:
            self._write_lock.release()
            raise
        return writer

    def end(self, *, good: bool) -> None:
        """For `Transaction`: commit or undo, and release the lock."""
        try:
            writer = self._writer
            if writer is None:  # a forked child ends what its parent began
                return
            if good:
                try:
                    writer.execute("COMMIT")
                except BaseException:
                    self._undo(writer)
                    raise
            else:
                self._undo(writer)
        finally:
            if self._write_lock.locked():
                self._write_lock.release()

    def _undo(self, writer: Connection) -> None:
        try:
            if writer.in_transaction:
                writer.execute("ROLLBACK")
        except Exception:  # noqa: BLE001 - what matters is the error that led here; the next write opens the database again
            self._close_writer()

    def _current_writer(self, deadline: float) -> Connection:
        status = folders.database_there(self.folder)
        place = (0, 0) if status is None else (status.st_dev, status.st_ino)
        if self._writer is not None and place == self._write_file:
            return self._writer
        self._close_writer()  # deleted, or replaced, while it was open
        if status is None:
            self._make_file()
        elif not os.access(self.folder, os.W_OK) or not os.access(self.path, os.W_OK):
            raise faults.unwritable(self.folder)
        writer = self._connect("mode=rw")
        try:
            self._prepare(writer, deadline)
        except BaseException:
            writer.close()
            raise
        status = os.stat(self.path)
        self._writer, self._write_file = writer, (status.st_dev, status.st_ino)
        return writer

    def _make_file(self) -> None:
        if not folders.inspect_folder(self.folder):
            folders.make_folder(self.folder)
        if not os.access(self.folder, os.W_OK):
            raise faults.unwritable(self.folder)
        try:
            # SQLite would give it the permissions that the umask leaves; the log beside it gets those of this file.
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | platform.OPEN_FLAGS, 0o600))
        except FileExistsError:
            folders.database_there(self.folder)

    def _prepare(self, writer: Connection, deadline: float) -> None:
        version = _patiently(lambda: check_version(writer, self.folder), deadline)
        if version == 0:
            writer.execute("PRAGMA auto_vacuum = INCREMENTAL")  # can't be had later: it lets a collection give room back in small steps
        wanted = "truncate" if self.network else "wal"
        (mode,) = _patiently(lambda: writer.execute(f"PRAGMA journal_mode = {wanted}").fetchone(), deadline)
        if mode != "wal":
            self._notice(
                f"The store in {self.folder} lies on a network file system, so only one process at a time can use it and each waits for the others"
                if self.network
                else f"The store in {self.folder} can't keep a write-ahead log, so readers wait for writers"
            )
        writer.execute(f"PRAGMA synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}")
        writer.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        writer.execute(f"PRAGMA journal_size_limit = {_JOURNAL_LIMIT}")
        if version < VERSION:
            _begin(writer, deadline)
            try:
                version = check_version(writer, self.folder)  # another process may have done it meanwhile
                migrate(writer, version) if version < VERSION else None
                writer.execute("COMMIT")
            except BaseException:
                self._undo(writer)
                raise

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    # -- both ---------------------------------------------------------------------------------------------------------

    def _connect(self, mode: str) -> Connection:
        import sqlite3

        name = self.path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        connection = sqlite3.connect(f"file:{name}?{mode}", uri=True, isolation_level=None, check_same_thread=False, timeout=_SQLITE_BUSY_MS / 1000)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")  # damage is noticed where it is, not where it leads
        return connection

    def _notice(self, text: str) -> None:
        if text not in self.notices:
            self.notices.append(text)

    def locks(self) -> tuple[LockType, LockType]:
        """Those that are held while the connections are in use."""
        return self._write_lock, self._read_lock

    def leave_behind(self) -> None:
        """In a forked child: the parent's connections are not ours. SQLite forbids even closing them here."""
        _abandoned.extend(c for c in (self._reader, self._writer) if c is not None)
        self._reader = self._writer = None
        self._read_lock = allocate_lock()
        self._write_lock = allocate_lock()
        self._pid = os.getpid()


class Transaction:
    """A write transaction; see `Database.transaction`."""

    __slots__ = ("_database",)

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Connection:
        return self._database.begin()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._database.end(good=kind is None)


def _begin(writer: Connection, deadline: float) -> None:
    _patiently(lambda: writer.execute("BEGIN IMMEDIATE"), deadline)


def _patiently(action: Any, deadline: float) -> Any:
    # SQLite's own waiting sleeps a millisecond and more at a time; a transaction here takes a tenth of that.
    pause = _FIRST_PAUSE
    while True:
        try:
            return action()
        except Exception as error:
            if not getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or time.monotonic() > deadline:
                raise
        time.sleep(pause * (0.5 + os.urandom(1)[0] / 256))
        pause = min(pause * 1.3, _LONGEST_PAUSE)


def _decode_somehow(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _has_log(path: str) -> bool:
    try:
        return os.stat(path + "-wal").st_size > 0
    except OSError:
        return False


# At a fork no transaction of ours is under way, so that a child's copy of a connection has nothing to undo when the child ends.

_databases: weakref.WeakSet[Database] = weakref.WeakSet()
_abandoned: list[Connection] = []
_held_for_fork: dict[int, list[LockType]] = {}  # by the thread that forks


def _before_fork() -> None:
    _held_for_fork[get_ident()] = [lock for database in list(_databases) for lock in database.locks() if lock.acquire(timeout=_FORK_WAIT)]


def _after_fork_in_parent() -> None:
    for lock in _held_for_fork.pop(get_ident(), ()):
        lock.release()


def _after_fork_in_child() -> None:
    _held_for_fork.clear()
    for database in list(_databases):
        database.leave_behind()


platform.at_fork(before=_before_fork, parent=_after_fork_in_parent, child=_after_fork_in_child)
