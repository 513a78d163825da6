"""Connections to SQLite or PostgreSQL, and transactions on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import psycopg
from sqlalchemy import Connection, Dialect, Engine, any_, bindparam, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from hitsave.errors import SettingError

_BUSY_SECONDS: Final = 30
_CONNECT_SECONDS: Final = 5
_TRIES: Final = 5
# Serialisation failure, deadlock: the database chose this transaction to be done again.
_AGAIN: Final = frozenset({"40001", "40P01"})

_T = TypeVar("_T")


class Database:
    """The database at `address`: `sqlite:///FILE` or `postgresql://…`. Statements run on the calling thread."""

    def __init__(self, address: str, *, connections: int = 8) -> None:
        self.engine = _make_engine(address, connections)
        # A statement that reads is a transaction by itself: on the way to PostgreSQL and back once, not three times.
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite, which has one writer at a time and locks no rows."""
        return self.engine.dialect.name == "sqlite"

    def read(self, what: Callable[[Connection], _T]) -> _T:
        """What `what` finds, on one connection."""
        for _ in range(_TRIES - 1):
            try:
                with self._reading.connect() as connection:
                    return what(connection)
            except DBAPIError as error:
                # The database was started again since this connection was last used. All that are as old were dropped with it.
                if not error.connection_invalidated:
                    raise
        with self._reading.connect() as connection:
            return what(connection)

    def write_alone(self, what: Callable[[Connection], _T]) -> _T:
        """What `what` does by one statement, which is a transaction by itself. It may be called several times, and must be the same done twice."""
        return self.read(what)

    def write(self, what: Callable[[Connection], _T]) -> _T:
        """What `what` does, in one transaction, done again where the database asks for that or was away for a moment: it may be called several times, and must be the same done twice."""
        for attempt in range(_TRIES):
            try:
                with self.engine.connect() as connection, connection.begin():
                    if self.is_sqlite:
                        connection.exec_driver_sql("BEGIN IMMEDIATE")
                    return what(connection)
            except DBAPIError as error:
                again = error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _AGAIN
                if attempt == _TRIES - 1 or not again:
                    raise
        raise AssertionError("the last try returns or raises")

    def insert_new(self, table: Any) -> Any:
        """An INSERT that leaves a row alone that is there already."""
        if self.is_sqlite:
            return sqlite.insert(table).on_conflict_do_nothing()
        return postgresql.insert(table).on_conflict_do_nothing()

    def insert_or(self, table: Any, *, key: list[str], change: Callable[[Any], dict[str, Any]]) -> Any:
        """An INSERT that, of a row with this key that is there, changes what `change` says, given the row that would have been inserted."""
        statement = sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)
        return statement.on_conflict_do_update(index_elements=key, set_=change(statement.excluded))

    def one_of(self, column: Any, name: str) -> Any:
        """That `column` is one of the list which is given as `name`; the same text for every length, where the database can, so that it is prepared once."""
        if self.is_sqlite:
            return column.in_(bindparam(name, expanding=True))
        return column == any_(bindparam(name, type_=postgresql.ARRAY(column.type)))

    def numbered(self) -> Dialect:
        """SQL with its parameters as $1, $2, …, as PostgreSQL itself has them."""
        return psycopg_dialect(paramstyle="numeric_dollar")

    def connect_alone(self) -> psycopg.Connection:
        """A connection to PostgreSQL of one's own, none of the pool's."""
        arguments, named = self.engine.dialect.create_connect_args(self.engine.url)
        return psycopg.connect(*arguments, **{**named, "autocommit": True, "connect_timeout": _CONNECT_SECONDS})

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def is_outage(error: BaseException) -> bool:
    """Whether the database did not answer, so that asking again later may help."""
    return isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def _make_engine(address: str, connections: int) -> Engine:
    scheme = address.partition(":")[0]
    match scheme:
        case "sqlite":
            engine = create_engine(
                address, poolclass=QueuePool, pool_size=connections, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}
            )
            event.listen(engine, "connect", _settle_sqlite)
            return engine
        case "postgresql" | "postgres" | "postgresql+psycopg":
            rest = address.partition(":")[2]
            try:
                return create_engine(
                    f"postgresql+psycopg:{rest}",
                    pool_size=connections,
                    max_overflow=connections,
                    pool_timeout=_BUSY_SECONDS,
                    connect_args={"connect_timeout": _CONNECT_SECONDS},
                )
            except ArgumentError:
                pass
        case _:
            pass
    raise SettingError(f"The database {scheme}:… is not an address that a hub can use", "Give sqlite:///FILE or postgresql://USER@HOST/NAME")


def _settle_sqlite(connection: Any, _record: Any) -> None:
    # Transactions begin where this program says so, not where Python's module guesses.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")
