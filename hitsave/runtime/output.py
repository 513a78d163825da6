"""``@memo(replay_output=True)``: what an evaluation printed and logged is kept with its result, and shown again on a hit.

Seen is what goes through `sys.stdout` and `sys.stderr` and through `logging`; not what C code and other processes write to the terminal themselves.
"""

from __future__ import annotations

import logging
import sys
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, cast

from hitsave.errors import HitSaveError
from hitsave.freshness.words import moment
from hitsave.runtime.frames import caller
from hitsave.runtime.notices import notices_are_on
from hitsave.storage.packing import pack, unpack
from hitsave.storage.writing import NewAttachment

if TYPE_CHECKING:
    from hitsave.runtime.suspension import Suspension
    from hitsave.storage.entry import Entry
    from hitsave.storage.store import Store

OUTPUT_NAME: Final = "output"
OUTPUT_MEDIA: Final = "application/vnd.hitsave.output"
MOST: Final = 1 << 17
"""Characters that are kept of the beginning, and of the end, of what goes to one stream or is logged."""
_LEFT_OUT: Final = "\n… hitsave: {:,} characters are left out here …\n"

Event = tuple[str, list[Any]]
"""A stream, "stdout" or "stderr", and the text; or "log" and what makes the record again."""


class Tape:
    """What one evaluation printed and logged, in order; of much, the beginning and the end."""

    def __init__(self, suspension: Suspension) -> None:
        self.suspension = suspension
        self._head: list[Event] = []
        self._tail: deque[Event] = deque()
        self._sizes: dict[str, list[int]] = {}

    def add(self, kind: str, content: list[Any], size: int) -> None:
        """Something was printed or logged."""
        sizes = self._sizes.setdefault(kind, [0, 0, 0])  # at the beginning, at the end, left out
        if sizes[0] + size <= MOST and not sizes[1]:
            sizes[0] += size
            self._head.append((kind, content))
            return
        if size > MOST:
            sizes[2] += size - MOST
            content, size = [*content[:-1], content[-1][-MOST:]], MOST
        sizes[1] += size
        self._tail.append((kind, content))
        while sizes[1] > MOST:
            place = next(number for number, (other, _) in enumerate(self._tail) if other == kind)
            dropped = len(self._tail[place][1][-1])
            del self._tail[place]
            sizes[1], sizes[2] = sizes[1] - dropped, sizes[2] + dropped

    def attachments(self) -> list[NewAttachment]:
        """What an entry keeps of it: nothing where there was nothing."""
        left_out: list[Event] = [(kind, [_LEFT_OUT.format(sizes[2])]) for kind, sizes in self._sizes.items() if sizes[2] and kind != "log"]
        events = [[kind, *content] for kind, content in (*self._head, *left_out, *self._tail)]
        return [NewAttachment(OUTPUT_NAME, OUTPUT_MEDIA, [pack(events)])] if events else []


class _Tee:
    """Stands in for a standard stream, and notes what is written to it."""

    def __init__(self, kind: str, stream: Any) -> None:
        self.kind = kind
        self.stream = stream

    def write(self, text: str) -> Any:
        """Write, and note."""
        written = self.stream.write(text)
        # What a handler of `logging` writes is noted as the record that it is.
        if isinstance(cast("Any", text), str) and caller(2).f_globals.get("__name__") != "logging":
            _note(self.kind, [text], len(text))
        return written

    def writelines(self, lines: Any) -> None:
        """As `write`, for each."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


_live: Final[list[Tape]] = []


def start(suspension: Suspension) -> Tape:
    """Begin to keep what is printed and logged."""
    tape = Tape(suspension)
    _live.append(tape)
    for kind in ("stdout", "stderr"):
        stream: Any = getattr(sys, kind)
        if stream is not None and not isinstance(stream, _Tee):
            setattr(sys, kind, _Tee(kind, stream))
    if not isinstance(logging.getLogRecordFactory(), _NotingFactory):
        logging.setLogRecordFactory(_NotingFactory(logging.getLogRecordFactory()))
    return tape


def stop(tape: Tape) -> None:
    """End it."""
    _live[:] = [other for other in _live if other is not tape]
    if not _live:
        for kind in ("stdout", "stderr"):
            stream = getattr(sys, kind)
            if isinstance(stream, _Tee):
                setattr(sys, kind, stream.stream)


def replay(name: str, entry: Entry, store: Store) -> None:
    """Show again what the evaluation of `entry`, of the function `name`, printed and logged: each to where it went, after a line on standard error that says so."""
    found = next((a for a in entry.attachments if a.media == OUTPUT_MEDIA), None)
    if found is None:
        return
    try:
        events = unpack(bytes(store.open_attachment(found)))
    except (HitSaveError, ValueError):
        return
    if notices_are_on():
        stream: Any = sys.stderr.stream if isinstance(sys.stderr, _Tee) else sys.stderr
        with suppress(Exception):
            stream.write(f"hitsave: {name}() is not run again; on {moment(entry.created_ns)} it said:\n")
    for kind, *content in events:
        with suppress(Exception):  # a stream that is closed is not worth a failure
            if kind == "log":
                _log_again(*content)
            else:
                getattr(sys, kind).write(content[0])


def _log_again(logger: str, level: int, path: str, line: int, function: str, trace: str | None, message: str) -> None:
    found = logging.getLogger(logger)
    if found.isEnabledFor(level):
        record = logging.makeLogRecord(
            {
                "name": logger,
                "levelno": level,
                "levelname": logging.getLevelName(level),
                "pathname": path,
                "filename": path.rpartition("/")[2],
                "lineno": line,
                "funcName": function,
                "exc_text": trace,
                "msg": message,
                "hitsave_replayed": True,
            }
        )
        _note_record(record)
        found.handle(record)


def _note(kind: str, content: list[Any], size: int) -> None:
    for tape in tuple(_live):
        if not tape.suspension.is_suspended_here():
            tape.add(kind, content, size)


def _note_record(record: logging.LogRecord) -> None:
    trace = record.exc_text
    if trace is None and record.exc_info and record.exc_info[0] is not None:
        trace = logging.Formatter().formatException(record.exc_info)
    message = record.getMessage()
    _note("log", [record.name, record.levelno, record.pathname, record.lineno, record.funcName, trace, message], len(message))


class _NotingFactory:
    """Makes records as the factory before it did, and notes them."""

    def __init__(self, before: Any) -> None:
        self._before = before

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        record = self._before(*args, **kwargs)
        if _live:
            with suppress(Exception):  # a message that can't be made is for its handler to complain of
                _note_record(record)
        return record
