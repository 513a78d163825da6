"""How long a process waits for a team server: the account of it, and the circuit breaker.

All that a process ever loses to a server that is dead, slow or lying is LIMIT. What is waited for in vain is paid from a purse that holds a little less:
the rest is for what speaking to a server takes besides, loading the library for it above all.
A server that answers at once (within QUICK) and has nothing may be asked as often as the calls cost much more than the asking: an evaluation pays back a part of its own time.
A hit pays back what it saved. After a fault the server is left alone for a while, each time longer, with full jitter, so that many clients don't come back at one moment.
"""

from __future__ import annotations

import random
import time
from _thread import allocate_lock
from typing import Final

LIMIT: Final = 2.0
PURSE: Final = 1.6
QUICK: Final = 0.1
SHARE: Final = 0.05
"""The part of an evaluation's time that asking before it may have taken."""
_FIRST_REST: Final = 1.0
_LONGEST_REST: Final = 60.0
_LONGEST_AFTER: Final = 3600.0
_chance: Final = random.Random()  # noqa: S311 - its own, so that the program's random numbers stay what they are


def jittered(attempt: int, *, first: float = _FIRST_REST, longest: float = _LONGEST_REST) -> float:
    """Seconds to wait before attempt number `attempt` + 1: anything up to a bound that doubles each time."""
    return _chance.uniform(0, min(longest, first * 2 ** min(attempt, 30)))


class Patience:
    """The account of one process and one server. Times are in seconds."""

    def __init__(self, limit: float = PURSE) -> None:
        self._limit = limit
        self._lock = allocate_lock()
        self._spent = 0.0
        self._quick = 0.0
        self._faults = 0
        self._rest_until = 0.0
        self._ended = ""

    def allowance(self, most: float) -> float:
        """How long may be waited now, `most` at most; 0 while the server is to be left alone."""
        with self._lock:
            if self._ended or time.monotonic() < self._rest_until:
                return 0.0
            return max(min(most, self._limit - self._spent - self._quick), 0.0)

    def left(self, most: float) -> float:
        """How long may still be waited in all, `most` at most, whether or not the server is to be left alone."""
        with self._lock:
            return max(min(most, self._limit - self._spent - self._quick), 0.0)

    def answered(self, seconds: float) -> None:
        """The server answered, after `seconds`, and had nothing that helped."""
        with self._lock:
            self._faults = 0
            if seconds <= QUICK:
                self._quick += seconds
            else:
                self._spent += seconds

    def failed(self, seconds: float, *, retry_after: float | None = None) -> None:
        """There was no answer in `seconds`, or none that can be used."""
        with self._lock:
            self._spent += seconds
            rest = jittered(self._faults) if retry_after is None else min(retry_after, _LONGEST_AFTER) + jittered(0)
            self._faults += 1
            self._rest_until = max(self._rest_until, time.monotonic() + rest)

    def waited(self, seconds: float) -> None:
        """`seconds` went by in vain, through nobody's fault that could be seen."""
        with self._lock:
            self._spent += seconds

    def evaluated(self, seconds: float) -> None:
        """An evaluation took `seconds`: asking before it was cheap beside that."""
        with self._lock:
            self._quick = max(self._quick - SHARE * seconds, 0.0)

    def saved(self, seconds: float) -> None:
        """A hit saved `seconds`, all waiting for it taken off."""
        with self._lock:
            self._faults = 0
            paid = min(max(seconds, 0.0), self._quick)
            self._quick -= paid
            self._spent = max(self._spent - max(seconds - paid, 0.0), 0.0)

    def end(self, why: str) -> None:
        """Leave the server alone for as long as this process lives."""
        with self._lock:
            self._ended = self._ended or why

    @property
    def rests_for(self) -> float:
        """Seconds until the server may be spoken to again."""
        with self._lock:
            return float("inf") if self._ended else max(self._rest_until - time.monotonic(), 0.0)
