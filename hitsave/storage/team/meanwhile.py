"""Requests that are under way while others are made: each on a thread of its own, which opens no file and loads no module that the caller's thread has not."""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")


class Meanwhile(Generic[R]):
    """Does `action` on a thread of its own, from now on; at once, where there is no thread to be had."""

    def __init__(self, action: Callable[[], R]) -> None:
        self._action = action
        self._gave: list[R] = []
        self._wrong: BaseException | None = None
        self._ended = allocate_lock()
        self._ended.acquire()
        try:
            start_new_thread(self._run, ())
        except RuntimeError:  # no more threads, or the interpreter is shutting down
            self._run()

    def wait(self) -> None:
        """Wait until it has ended, well or not."""
        with self._ended:
            pass

    def result(self) -> R:
        """Wait for what it gives, or raises."""
        self.wait()
        if self._wrong is not None:
            raise self._wrong
        return self._gave[0]

    def _run(self) -> None:
        try:
            self._gave.append(self._action())
        except BaseException as problem:  # noqa: BLE001 - raised again in the thread that waits
            self._wrong = problem
        finally:
            self._ended.release()
