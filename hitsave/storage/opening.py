"""Opening the database: for reading, whatever the folder's permissions; for writing, with folder, file and schema made where they are missing."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from hitsave.errors import StoreError
from hitsave.storage import faults, platform
from hitsave.storage import folder as folders
from hitsave.storage.schema import VERSION, check_version, migrate

if TYPE_CHECKING:
    from collections.abc import Callable
    from sqlite3 import Connection

    from hitsave.storage.locks import KeyLock

BUSY_SECONDS: Final = 10.0  # how long a write waits for those of other processes and threads
_SQLITE_BUSY_SECONDS: Final = 2.0  # how long SQLite itself waits, where it must (rollback journals, recovery)
_FIRST_PAUSE: Final = 0.0003
_LONGEST_PAUSE: Final = 0.005
_CHECKPOINT_PAGES: Final = 4_000
_JOURNAL_LIMIT: Final = 64 << 20

Place: TypeAlias = "tuple[int, int]"  # device and inode: which file it is, whatever its name

R = TypeVar("R")


def place_of(folder: str) -> Place | None:
    """Which file the database in `folder` is; None if there is none, or an empty one, whose making was never finished."""
    status = folders.database_there(folder)
    if status is None or (status.st_size == 0 and not has_log(os.path.join(folder, folders.DATABASE))):
        return None
    return status.st_dev, status.st_ino


def has_log(path: str) -> bool:
    """Whether beside the database at `path` lies a write-ahead log with something in it."""
    try:
        return os.stat(path + "-wal").st_size > 0
    except OSError:
        return False


def connect(path: str, mode: str) -> Connection:
    """A connection, in a mode as in SQLite's file addresses: ``mode=rw``."""
    import sqlite3

    name = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = sqlite3.connect(f"file:{name}?{mode}", uri=True, isolation_level=None, check_same_thread=False, timeout=_SQLITE_BUSY_SECONDS)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")  # damage is noticed where it is, not where it leads
    except BaseException:
        connection.close()
        raise
    return connection


def open_reader(folder: str, notice: Callable[[str], None]) -> Connection | None:
    """A connection that only reads; None if the database is being made right now."""
    path = os.path.join(folder, folders.DATABASE)
    # Read-only folders: SQLite can follow a write-ahead log there only where the log's index file lies ready, so failing that it is told that nothing will change.
    writable = os.access(folder, os.W_OK) and os.access(path, os.W_OK)
    modes = ["mode=rw"] if writable else ["mode=ro", "mode=ro&immutable=1"]
    for mode in modes:
        connection = connect(path, mode)
        try:
            version = check_version(connection, folder)
            connection.execute("PRAGMA query_only = ON")
        except Exception as error:
            connection.close()
            if mode != modes[-1] and getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR")):
                continue
            raise
        if "immutable" in mode and has_log(path):
            notice(f"The store in {folder} can't be written, so results that were stored last may not be seen")
        if version == 0:
            connection.close()
            return None
        return connection
    return None


def open_writer(folder: str, *, network: bool, making: KeyLock, deadline: float, notice: Callable[[str], None]) -> tuple[Connection, Place]:
    """A connection that writes, and which file it writes to. What is missing is made."""
    path = os.path.join(folder, folders.DATABASE)
    was_refused = False
    while True:
        place = place_of(folder)
        if place is None:
            alone(making, deadline, folder, lambda: _make(folder, path, network=network, deadline=deadline))
            continue
        if not os.access(folder, os.W_OK) or not os.access(path, os.W_OK):
            raise faults.unwritable(folder)
        connection = connect(path, "mode=rw")
        try:
            version = patiently(lambda c=connection: check_version(c, folder), deadline)
            if version >= VERSION:
                mode = _set_up(connection, network=network, deadline=deadline)
                if mode != "wal":
                    notice(_without_log(folder, network=network))
                _try_to_write(connection, version, deadline)
                if place_of(folder) == place:
                    return connection, place
                # Another file took its place between the look and the opening (see `mending`). Nothing was written.
        except BaseException as error:
            connection.close()
            if getattr(error, "sqlite_errorname", "") != "SQLITE_READONLY":
                raise
            if was_refused:  # and by no permission: its header has a version that SQLite only reads
                raise faults.damaged(folder, "its database says that it is not to be written") from error
            was_refused = True
            continue
        connection.close()
        if version < VERSION:
            alone(making, deadline, folder, lambda: _make(folder, path, network=network, deadline=deadline))


def _try_to_write(connection: Connection, version: int, deadline: float) -> None:
    """Write what is there, and undo it: a transaction alone does not tell whether the file may be written."""
    begin(connection, deadline)
    try:
        connection.execute(f"PRAGMA user_version = {version}")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def alone(making: KeyLock, deadline: float, folder: str, action: Callable[[], R]) -> R:
    """Do what only one thread of one process may do at a time: make the database file, or put another in its place."""
    if not making.acquire(timeout=max(deadline - time.monotonic(), 0)):
        raise StoreError(f"The store in {folder} is busy: another process is making or mending it", "Try again", path=folder)
    try:
        return action()
    finally:
        making.release()


def make_file(path: str) -> None:
    """An empty file for this user alone. SQLite would give it the permissions that the umask leaves; the log beside it gets those of this file."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | platform.OPEN_FLAGS, 0o600))


def begin(connection: Connection, deadline: float) -> None:
    """Begin a write transaction."""
    patiently(lambda: connection.execute("BEGIN IMMEDIATE"), deadline)


def patiently(action: Callable[[], R], deadline: float) -> R:
    """What `action` gives, tried again while the database is busy, until `deadline`."""
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


def _make(folder: str, path: str, *, network: bool, deadline: float) -> None:
    """Make what is missing of folder, file and schema, alone."""
    if not folders.inspect_folder(folder):
        folders.make_folder(folder)
    if not os.access(folder, os.W_OK):
        raise faults.unwritable(folder)
    if folders.database_there(folder) is None:
        from hitsave.storage.mending import finish

        if not finish(path):
            make_file(path)
    connection = connect(path, "mode=rw")
    try:
        version = patiently(lambda: check_version(connection, folder), deadline)
        if version == 0:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # can't be had later: it lets a collection give room back in small steps
        _set_up(connection, network=network, deadline=deadline)
        if version < VERSION:
            begin(connection, deadline)
            try:
                migrate(connection, version)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
    finally:
        connection.close()


def _set_up(connection: Connection, *, network: bool, deadline: float) -> str:
    """Say how the connection is to write; the kind of journal that it keeps."""
    answer: tuple[Any, ...] = patiently(lambda: connection.execute(f"PRAGMA journal_mode = {'truncate' if network else 'wal'}").fetchone(), deadline)
    mode = str(answer[0])
    connection.execute(f"PRAGMA synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_LIMIT}")
    if mode == "wal":
        connection.execute("PRAGMA busy_timeout = 0")  # only a transaction's beginning waits for others, and that better by itself: see `patiently`
    return mode


def _without_log(folder: str, *, network: bool) -> str:
    if network:
        return f"The store in {folder} lies on a network file system, so only one process at a time can use it and each waits for the others"
    return f"The store in {folder} can't keep a write-ahead log, so readers wait for writers"
