"""A connection to PostgreSQL that the loop itself speaks on, for the one statement that is asked more often than all others.

On a thread and through SQLAlchemy it costs five times as much of the processor: waking the thread, and making anew each time what is the same each time.
"""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Select

from hitsave_server.hub.database import Database
from hitsave_server.hub.threads import Threads

_PATIENCE: Final = 30
"""Seconds in which a statement has to be answered."""
_NAME: Final = b"asked"
_BINARY: Final = 1
_ARRAY: Final = struct.Struct("!iiiii")  # dimensions, whether there are nulls, the items' type, how many, the first one's number
_BYTEA, _TEXT = 17, 25

Value = int | Sequence[str] | Sequence[bytes]


class LostError(Exception):
    """There was no answer on this connection. Another may have one."""


class Channel:
    """Asks `statement`, one question at a time, on a connection that is made when it is needed and again when it was lost."""

    def __init__(self, database: Database, threads: Threads, statement: Select[Any, Any, Any]) -> None:
        self._database = database
        self._threads = threads
        compiled = statement.compile(dialect=database.numbered())
        self._text = str(compiled).encode()
        self._order: Sequence[str] = list(getattr(compiled, "positiontup", None) or ())
        self._socket = -1
        self._formats = [_BINARY] * len(self._order)
        self._connection: psycopg.Connection | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._since = 0.0
        self._answer: asyncio.Future[list[PGresult]] | None = None
        self._results: list[PGresult] = []

    async def ask(self, values: Mapping[str, Value]) -> list[tuple[int, bytes, bytes]]:
        """The rows for these values: a number and two columns of bytes each. LostError if there is no connection, or it does not answer."""
        parameters = [_sent(values[name]) for name in self._order]
        try:
            if self._connection is None:
                await self._open()
            (result,) = await self._say(lambda pg: pg.send_query_prepared(_NAME, parameters, param_formats=self._formats, result_format=_BINARY))
        except BaseException as problem:
            self.close()
            if isinstance(problem, psycopg.Error | OSError | ValueError):
                raise LostError from problem
            raise
        get = result.get_value
        return [(int.from_bytes(get(row, 0) or b"", signed=True), get(row, 1) or b"", get(row, 2) or b"") for row in range(result.ntuples)]

    def close(self) -> None:
        """Close the connection."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        connection, self._connection = self._connection, None
        if connection is not None:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._socket)
            loop.remove_writer(self._socket)
            os.close(self._socket)
            connection.close()

    async def _open(self) -> None:
        connection = await self._threads.run(self._database.connect_alone)
        # A number of its own for the socket: libpq closes the one that it has when the connection is lost, and the next file that is opened gets that.
        self._connection, self._socket = connection, os.dup(connection.pgconn.socket)
        asyncio.get_running_loop().add_reader(self._socket, self._arrived)
        await self._say(lambda pg: pg.send_prepare(_NAME, self._text))

    async def _say(self, send: Callable[[PGconn], None]) -> list[PGresult]:
        """Send something, and take in all that is answered."""
        assert self._connection is not None
        loop = asyncio.get_running_loop()
        self._results = []
        self._answer = loop.create_future()
        self._since = loop.time()
        if self._watch is None:
            self._watch = loop.call_later(_PATIENCE, self._look)
        send(self._connection.pgconn)
        self._flush(later=False)
        results = await self._answer
        for result in results:
            if result.status not in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
                raise psycopg.OperationalError(result.error_message.decode(errors="replace"))
        return results

    def _flush(self, *, later: bool = True) -> None:
        """Send what is left to be sent, now or when there is room for it."""
        if self._connection is None:
            return
        pg, loop = self._connection.pgconn, asyncio.get_running_loop()
        try:
            if pg.flush():
                loop.add_writer(self._socket, self._flush)
            elif later:
                loop.remove_writer(self._socket)
        except psycopg.Error as problem:
            self._fail(problem)

    def _arrived(self) -> None:
        """Something came from PostgreSQL, or it has gone."""
        if self._connection is None:
            return
        pg = self._connection.pgconn
        try:
            pg.consume_input()
            while not pg.is_busy():
                result = pg.get_result()
                if result is None:
                    break
                self._results.append(result)
            else:
                return
        except psycopg.Error as problem:
            self._fail(problem)
            return
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(self._results)

    def _look(self) -> None:
        """Give up what has not been answered in time; one timer for all questions, which are many."""
        loop = asyncio.get_running_loop()
        self._watch = None
        if self._answer is None or self._answer.done():
            return
        if loop.time() - self._since >= _PATIENCE:
            self._fail(TimeoutError("PostgreSQL does not answer"))
        else:
            self._watch = loop.call_later(self._since + _PATIENCE - loop.time(), self._look)

    def _fail(self, problem: Exception) -> None:
        self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(problem)


def _sent(value: Value) -> bytes:
    """A value in PostgreSQL's binary form: a number of 8 bytes, or an array of texts or bytes."""
    if isinstance(value, int):
        return value.to_bytes(8, signed=True)
    items = [each.encode() if isinstance(each, str) else each for each in value]
    kind = _TEXT if value and isinstance(value[0], str) else _BYTEA
    head = _ARRAY.pack(1, 0, kind, len(items), 1)
    return head + b"".join([len(each).to_bytes(4) + each for each in items])
