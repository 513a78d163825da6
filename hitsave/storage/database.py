"""Connections to the database: one to read and one to write a process, each under a lock, opened when first needed, left behind by a forked child.

Invariant: nothing else in a process opens the database's file, because closing any descriptor of it would drop the locks by which SQLite keeps other processes out.
While the folder holds no database, queries find nothing, and only a transaction makes it. A database that was found damaged is mended before the next transaction.
"""

from __future__ import annotations

import os
import time
import weakref
from _thread import allocate_lock, get_ident
from typing import TYPE_CHECKING, Any, Final

from hitsave.errors import StoreError
from hitsave.storage import faults, opening, platform
from hitsave.storage.entry import clean
from hitsave.storage.folder import DATABASE

if TYPE_CHECKING:
    from _thread import LockType
    from collections.abc import Callable
    from sqlite3 import Connection

    from hitsave.storage.locks import KeyLock
    from hitsave.storage.opening import Place

_LOOK_AGAIN: Final = 0.5  # seconds after which a reader looks whether the database is still the one that it has open
_FORK_WAIT: Final = 1.0
_MOST_MENDINGS: Final = 3  # a disk that damages what is written can't be mended


class Database:
    """The database in `folder`. `readonly`: nothing is written, not even when the folder could be. `making` gives the lock under which the file is made or replaced."""

    def __init__(self, folder: str, *, readonly: bool, making: Callable[[], KeyLock]) -> None:
        self.folder = folder
        self.readonly = readonly
        self.notices: list[str] = []
        self._making = making
        self._pid = os.getpid()
        self._read_lock = allocate_lock()
        self._write_lock = allocate_lock()
        self._reader: Connection | None = None
        self._writer: Connection | None = None
        self._read_place: Place | None = None
        self._write_place: Place | None = None
        self._looked = 0.0
        self._network: bool | None = None
        self._damaged: Place | None = None
        self._mendings = 0
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
            try:
                reader = self._reader
                if reader is None or time.monotonic() - self._looked > _LOOK_AGAIN:
                    reader = self._current_reader()
                    if reader is None:
                        return []
                try:
                    return reader.execute(statement, parameters).fetchall()
                except UnicodeEncodeError:
                    return reader.execute(statement, [clean(p) if isinstance(p, str) else p for p in parameters]).fetchall()
                except Exception as error:
                    if "decode" not in str(error):
                        raise
                    return _query_somehow(reader, statement, parameters)
            except Exception as error:
                if faults.is_damage(error):
                    self._damaged = self._read_place
                raise

    def transaction(self) -> Transaction:
        """A write transaction, as a context: committed if all went well, else undone."""
        return Transaction(self)

    def mend_next(self) -> None:
        """Have the next transaction mend the database, as if damage had been met."""
        self._damaged = opening.place_of(self.folder)
        self._mendings = 0

    def close(self) -> None:
        """Close the connections; they open again if the database is used again."""
        if self._pid != os.getpid():
            self.leave_behind()
        with self._read_lock:
            self._close_reader()
        with self._write_lock:
            self._close_writer()

    def __del__(self) -> None:
        # Python 3.13 warns of connections that nobody closed; those of a parent process are not ours to close.
        if self._pid == os.getpid():
            self._close_reader()
            self._close_writer()

    # -- for Transaction ----------------------------------------------------------------------------------------------

    def begin(self) -> Connection:
        """The writing connection, in a transaction, with the lock held."""
        if self._pid != os.getpid():
            self.leave_behind()
        if self.readonly:
            raise faults.read_only(self.folder)
        deadline = time.monotonic() + opening.BUSY_SECONDS
        if not self._write_lock.acquire(timeout=opening.BUSY_SECONDS):
            raise StoreError(f"The store in {self.folder} is busy: another thread has been writing it for too long", "Try again", path=self.folder)
        try:
            self._mend(deadline)
            writer = self._current_writer(deadline)
            opening.begin(writer, deadline)
            while opening.place_of(self.folder) != self._write_place:  # mended while we waited: what is written here would be lost
                self._undo(writer)
                writer = self._current_writer(deadline)
                opening.begin(writer, deadline)
        except BaseException as error:
            self._note_damage(error)
            self._write_lock.release()
            raise
        return writer

    def end(self, error: BaseException | None) -> None:
        """Commit, or undo after `error`, and release the lock."""
        if self._pid != os.getpid():  # a forked child ends what its parent began
            return
        try:
            writer = self._writer
            if writer is None:
                return
            if error is not None:
                self._note_damage(error)
                self._undo(writer)
                return
            try:
                writer.execute("COMMIT")
            except BaseException as problem:
                self._note_damage(problem)
                self._undo(writer)
                raise
        finally:
            self._write_lock.release()

    def _undo(self, writer: Connection) -> None:
        try:
            if writer.in_transaction:
                writer.execute("ROLLBACK")
        except Exception:  # noqa: BLE001 - what matters is the error that led here; the next write opens the database again
            self._close_writer()

    # -- connections --------------------------------------------------------------------------------------------------

    def _current_reader(self) -> Connection | None:
        place = opening.place_of(self.folder)
        if place != self._read_place:
            self._close_reader()
        self._looked = time.monotonic()
        self._read_place = place
        if self._reader is None and place is not None:
            self._reader = opening.open_reader(self.folder, self._notice)
        return self._reader

    def _current_writer(self, deadline: float) -> Connection:
        place = opening.place_of(self.folder)
        if self._writer is None or place != self._write_place:
            self._close_writer()  # deleted, or replaced, while it was open
            self._looked = 0.0  # so what is read next is to be read there, too
            self._write_place = place
            self._writer, self._write_place = opening.open_writer(
                self.folder, network=self.network, making=self._making(), deadline=deadline, notice=self._notice
            )
        return self._writer

    def _mend(self, deadline: float) -> None:
        damaged, self._damaged = self._damaged, None
        if damaged is None or self._mendings >= _MOST_MENDINGS:
            return
        from hitsave.storage.mending import mend

        self._mendings += 1
        self._close_writer()
        if opening.alone(self._making(), deadline, self.folder, lambda: mend(self.folder, damaged)):
            self._notice(
                f"The database of the store in {self.folder} was damaged; what of it was good is in a new one, and the old one in {DATABASE}.damaged"
            )
        self._looked = 0.0

    def _note_damage(self, error: BaseException) -> None:
        if isinstance(error, Exception) and faults.is_damage(error):
            self._damaged = self._write_place

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _notice(self, text: str) -> None:
        if text not in self.notices:
            self.notices.append(text)

    # -- forks --------------------------------------------------------------------------------------------------------

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

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._database.end(error)


def _query_somehow(reader: Connection, statement: str, parameters: tuple[Any, ...] | list[Any]) -> list[Any]:
    # A changed bit made text undecodable. Read it somehow: its row's seal will not fit.
    reader.text_factory = decode_somehow
    try:
        return reader.execute(statement, parameters).fetchall()
    finally:
        reader.text_factory = str


def decode_somehow(raw: bytes) -> str:
    """Text of the database in which a bit may have changed."""
    return raw.decode("utf-8", "replace")


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
