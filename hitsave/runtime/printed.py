"""What an experiment prints, of which the end is kept with its run.

`print`, `logging` and everything else that writes text to `sys.stdout` or `sys.stderr` is seen, whatever thread it is on; what C code and other processes write is not.
The streams stay the objects that they are, because programs compare them, wrap them and put them back: only their `write` is looked up on the object first, as long as an experiment runs.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from hitsave.runtime.engine import current_evaluation, engine, live_evaluations
from hitsave.runtime.forking import free_at_fork
from hitsave.storage.packing import pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitsave.runtime.engine import Evaluation
    from hitsave.storage.store import Store

MOST: Final = 32_768
"""Characters that are kept."""


class Printed:
    """The end of what was written.

    >>> printed = Printed(most=4)
    >>> printed.add("abc")
    >>> printed.add("def")
    >>> printed.text, printed.cut
    ('cdef', True)
    """

    def __init__(self, most: int = MOST) -> None:
        self.cut = False
        self._most = most
        self._parts: deque[str] = deque()
        self._length = 0

    def add(self, text: str) -> None:
        """Something more was."""
        text = text[-self._most :] if len(text) > self._most else text
        self._parts.append(text)
        self._length += len(text)
        while self._length - len(self._parts[0]) >= self._most:
            self._length -= len(self._parts.popleft())
            self.cut = True

    @property
    def text(self) -> str:
        """The end of it."""
        text = "".join(self._parts)
        if len(text) > self._most:
            self.cut = True
        return text[-self._most :]


_lock: Final = threading.Lock()
_listened: Final[list[tuple[Any, Any]]] = []
"""The streams of which `write` is ours, with it."""
free_at_fork(_lock)


def listen(evaluation: Evaluation) -> None:
    """Begin to keep what the experiment prints. Streams that can't be listened to are left alone."""
    evaluation.printed = Printed()
    with _lock:
        streams: tuple[Any, Any] = (sys.stdout, sys.stderr)
        for stream in streams:
            if stream is not None and not any(known is stream for known, _ in _listened):
                with suppress(Exception):
                    write = _written(stream.write)
                    stream.write = write
                    _listened.append((stream, write))


def stop(evaluation: Evaluation) -> None:
    """The experiment ended. With the last one the streams are as they were."""
    if evaluation.printed is None or any(other.printed is not None for other in live_evaluations if other is not evaluation):
        return
    with _lock:
        while _listened:
            stream, write = _listened.pop()
            with suppress(Exception):
                if stream.__dict__.get("write") is write:  # else somebody else's hands are on it, and ours only passes on
                    del stream.write


def write_output(store: Store, evaluation: Evaluation) -> None:
    """Keep the end of what was printed, if anything was, in a row of what the run logged: msgpack [seconds since 1970, text, whether there was more before]."""
    printed = evaluation.printed
    if printed is not None and evaluation.entry_id is not None and engine().storing().views:
        text = printed.text
        if text:
            store.log(evaluation.entry_id, [pack([time.time(), text.encode("utf-8", "backslashreplace").decode("utf-8"), printed.cut])])


def _written(write: Callable[[str], object]) -> Callable[[str], object]:
    def seen(text: str, *more: Any) -> object:
        given = write(text, *more)  # first: what is wrong with it is the writer's to hear
        with suppress(Exception):
            if type(text) is str:
                printed = _whose()
                if printed is not None:
                    printed.add(text)
        return given

    return seen


def _whose() -> Printed | None:
    """The experiment that this thread works for: the nearest one around it; of a thread that knows of none, the only one there is."""
    evaluation = current_evaluation.get()
    while evaluation is not None:
        if evaluation.printed is not None:
            return evaluation.printed
        evaluation = evaluation.parent
    if threading.current_thread() is threading.main_thread():
        return None
    live = [other.printed for other in live_evaluations if other.printed is not None]
    return live[0] if len(live) == 1 else None
