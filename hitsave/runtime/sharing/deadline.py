"""Waiting for something that may never end: it is done on a thread of its own, which is left behind when the time is up."""

from __future__ import annotations

import time
from _thread import allocate_lock, start_new_thread
from typing import TYPE_CHECKING, TypeVar

from hitsave.errors import HubError
from hitsave.runtime import recorder

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")


class Clock:
    """Some seconds that may be waited in all, and those that were."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.waited = 0.0
        self._most = seconds

    def may_last(self, seconds: float) -> None:
        """What is waited for from now on is worth `seconds` more, as far as `earn` says that they are used."""
        self._most = self.seconds + seconds

    def earn(self, seconds: float) -> None:
        """Something came that so many seconds may have been waited for."""
        self.seconds = min(self.seconds + seconds, self._most)

    def wait_for(self, action: Callable[[], R]) -> R:
        """What `action` gives or raises; HubError if that takes longer than what is left. What goes on then ends by itself, unseen."""
        ended = allocate_lock()
        ended.acquire()
        gave: list[R] = []
        wrong: list[BaseException] = []

        def beside() -> None:
            try:
                with recorder.own_work():
                    gave.append(action())
            except BaseException as problem:  # noqa: BLE001 - raised again in the thread that waits
                wrong.append(problem)
            finally:
                ended.release()

        begun = time.monotonic()
        try:
            start_new_thread(beside, ())
        except RuntimeError as problem:  # no more threads, or the interpreter is shutting down
            raise HubError("There is no thread left to ask the team server with") from problem
        in_time = False
        while not in_time and (left := self.seconds - self.waited - (time.monotonic() - begun)) > 0:
            in_time = ended.acquire(timeout=left)
        self.waited += time.monotonic() - begun
        if not in_time:
            raise HubError("The team server does not answer in time")
        if wrong:
            raise wrong[0]
        return gave[0]
