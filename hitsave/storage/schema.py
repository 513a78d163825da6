"""The database's schema: its versions, and how one becomes the next.

A migration is SQL that runs once, in one transaction with the others that a store still needs. `compatible` is the oldest version whose code can still use a store after it:
one that only adds tables names an older version, and HitSaves of that version go on working.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from hitsave.errors import StoreError, StoreVersionError
from hitsave.storage import faults
from hitsave.storage import folder as folders
from hitsave.storage.faults import ELSEWHERE
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from sqlite3 import Connection

APPLICATION_ID: Final = 0x48697453  # "HitS"


class Migration(NamedTuple):
    """What leads to one version of the schema."""

    version: int
    compatible: int
    statements: tuple[str, ...]


_VERSION_1 = Migration(
    version=1,
    compatible=1,
    statements=(
        # One row a migration.
        "CREATE TABLE schema (version INTEGER PRIMARY KEY, compatible INTEGER NOT NULL, applied_ns INTEGER NOT NULL)",
        # Rows are inserted and deleted, never updated. `body` and what stands under it are the entry; the columns above only copy what rows are looked up by.
        # AUTOINCREMENT: a row number is never used again, so "rows after this one" means "stored since".
        """CREATE TABLE entries (
            row INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            key BLOB NOT NULL,
            captures BLOB NOT NULL,
            symbol TEXT NOT NULL,
            project TEXT NOT NULL,
            status TEXT NOT NULL,
            kind TEXT NOT NULL,
            wall_ns INTEGER NOT NULL,
            size INTEGER NOT NULL,
            parent TEXT,
            body BLOB NOT NULL,
            seal BLOB NOT NULL,
            signer BLOB,
            signature BLOB,
            inline BLOB)""",
        "CREATE INDEX entries_by_key ON entries (key, captures) WHERE status = 'done'",
        # Covers what `symbols` and `stats` add up, so that they read no rows.
        "CREATE INDEX entries_by_symbol ON entries (symbol, id, project, status, kind, wall_ns, size)",
        "CREATE INDEX entries_by_project ON entries (project, id)",
        "CREATE INDEX entries_by_parent ON entries (parent, id) WHERE parent IS NOT NULL",
        "CREATE INDEX entries_running ON entries (id) WHERE status = 'running'",
        # What use and people change. No row: never used, nothing set.
        """CREATE TABLE marks (
            row INTEGER PRIMARY KEY,
            hits INTEGER NOT NULL DEFAULT 0,
            saved_ns INTEGER NOT NULL DEFAULT 0,
            last_used_ns INTEGER NOT NULL DEFAULT 0,
            pinned INTEGER NOT NULL DEFAULT 0,
            note TEXT NOT NULL DEFAULT '',
            tags TEXT NOT NULL DEFAULT '',
            seal BLOB)""",
        # `needs`: of a snapshot, the digests of its texts, one after the other.
        """CREATE TABLE contents (
            row INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            content BLOB NOT NULL,
            needs BLOB)""",
        # Which rows need which blob file.
        "CREATE TABLE blob_uses (blob BLOB NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (blob, row)) WITHOUT ROWID",
        "CREATE INDEX blob_uses_by_row ON blob_uses (row)",
        # What a running evaluation logs, in order.
        """CREATE TABLE logged (
            id TEXT NOT NULL,
            number INTEGER NOT NULL,
            at_ns INTEGER NOT NULL,
            content BLOB NOT NULL,
            seal BLOB NOT NULL,
            PRIMARY KEY (id, number)) WITHOUT ROWID""",
        # Small named bytes that belong to no entry: a project's import roots, what a person accepted.
        """CREATE TABLE documents (
            scope TEXT NOT NULL,
            name TEXT NOT NULL,
            content BLOB NOT NULL,
            seal BLOB NOT NULL,
            PRIMARY KEY (scope, name)) WITHOUT ROWID""",
    ),
)

_VERSION_2 = Migration(
    version=2,
    compatible=1,
    statements=(
        # What is still to be sent to a team server; `due_ns` is when it is to be tried (again), `problem` why it was not taken.
        """CREATE TABLE outbox (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            hub TEXT NOT NULL,
            project TEXT NOT NULL,
            id TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            due_ns INTEGER NOT NULL DEFAULT 0,
            problem TEXT NOT NULL DEFAULT '',
            UNIQUE (hub, project, id))""",
        # Which entries are on a team server, sent to it or come from it, and under which project's name: with that, what was signed can be made again.
        "CREATE TABLE shared (row INTEGER PRIMARY KEY, hub TEXT NOT NULL, project TEXT NOT NULL)",
    ),
)

MIGRATIONS: Final = (_VERSION_1, _VERSION_2)
VERSION: Final = MIGRATIONS[-1].version


def database_version() -> str:
    """The version of SQLite."""
    import sqlite3

    return sqlite3.sqlite_version


def check_version(connection: Connection, folder: str) -> int:
    """The version of the schema in an open database, 0 if there is none yet.

    StoreVersionError if it is too new, StoreError if it is another program's, DamagedError if it is ours by what is in it or beside it, and its header says something else.
    """
    try:
        application, version, tables = _one_look(connection)
    except Exception as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB" and folders.is_store(folder):
            raise faults.damaged(folder, "its database does not begin as one") from error
        raise
    if (application, version, tables) == (0, 0, 0):
        return 0
    if application != APPLICATION_ID or not 0 < version <= VERSION:
        newest = _newest(connection)
        if newest is not None and (application != APPLICATION_ID or version != newest):
            raise faults.damaged(folder, "its database says that it is another program's, or of another version")
    if application != APPLICATION_ID or version < 1:
        raise StoreError(f"hitsave.sqlite in {folder} is a database of another program", f"Move it away, or {ELSEWHERE}", path=folder)
    if version > VERSION and _compatible(connection) > VERSION:
        raise StoreVersionError(
            f"The store in {folder} was written by a newer HitSave (its schema has version {version}, this one knows {VERSION})",
            f"Upgrade HitSave, or {ELSEWHERE}",
            path=folder,
        )
    return int(version)


def migrate(connection: Connection, version: int) -> None:
    """Bring a database from `version` to VERSION, inside the transaction that is open."""
    for migration in MIGRATIONS:
        if migration.version > version:
            for statement in migration.statements:
                connection.execute(statement)
            connection.execute("INSERT INTO schema VALUES (?, ?, ?)", (migration.version, migration.compatible, time.time_ns()))
            connection.execute(f"PRAGMA user_version = {migration.version}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _one_look(connection: Connection) -> tuple[int, int, int]:
    """Application, version and number of tables, all of one moment: another process may be making them."""
    ours = not connection.in_transaction
    if ours:
        connection.execute("BEGIN")
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        if ours and connection.in_transaction:
            connection.execute("COMMIT")
    return application, version, tables


def _newest(connection: Connection) -> int | None:
    """The version that the list of versions names, in a database that has our tables."""
    import sqlite3

    try:
        (newest,) = connection.execute("SELECT max(version) FROM schema").fetchone()
        connection.execute("SELECT 1 FROM entries, contents, logged, documents LIMIT 0")
    except sqlite3.Error:
        return None
    return newest if isinstance(newest, int) else None


def _compatible(connection: Connection) -> int:
    import sqlite3

    try:
        (oldest,) = connection.execute("SELECT max(compatible) FROM schema").fetchone()
    except sqlite3.Error:
        oldest = None
    return oldest if isinstance(oldest, int) else VERSION + 1
