"""Whether a thread works for an evaluation at the moment.

Generators and coroutines run in steps. Between two of them the thread works for somebody else: the caller of the generator, other tasks of the loop.
Tasks that an evaluation began inherit its context, and work for it all the time; so do the threads that it left working.
"""

from __future__ import annotations

import threading
from contextvars import ContextVar, Token
from typing import Final

_working_for: Final[ContextVar[tuple[Suspension, ...]]] = ContextVar("hitsave_working_for", default=())


class Suspension:
    """The steps of one evaluation: `enter` begins one, `leave` ends it for good, `suspend` until the next."""

    __slots__ = ("_thread", "_token")

    def __init__(self) -> None:
        self._thread: int | None = None
        self._token: Token[tuple[Suspension, ...]] | None = None

    def enter(self) -> None:
        """This thread works for the evaluation from here on."""
        self._thread = None
        self._token = _working_for.set((*_working_for.get(), self))

    def leave(self) -> None:
        """It does not any more."""
        token, self._token = self._token, None
        if token is None:
            return
        try:
            _working_for.reset(token)
        except ValueError:  # a generator may be left in another context than it was entered in
            _working_for.set(tuple(s for s in _working_for.get() if s is not self))

    def suspend(self) -> None:
        """This thread works for others until `enter`."""
        self.leave()
        self._thread = threading.get_ident()

    def is_suspended_here(self) -> bool:
        """Whether what this thread does now is no work of the evaluation."""
        return self._thread is not None and self._thread == threading.get_ident() and self not in _working_for.get()
