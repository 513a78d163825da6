"""Counts in memory how often each call was evaluated. Lies in a site-packages folder, so that it is nobody's code."""

from __future__ import annotations

import os
import threading

MOST = 100_000
AFTER = MOST // 2
"""Added to the number of a call whose function is about to return."""
_threads = threading.local()
ran = memoryview(bytearray(MOST))


def mark(n: int) -> None:
    """The function was run for the call of number `n`."""
    ran[n] = min(ran[n] + 1, 255)


def is_deep() -> bool:
    """Whether this thread has been here before."""
    _threads.depth = getattr(_threads, "depth", 0) + 1
    return _threads.depth > 1


def anew() -> str:
    """Text that nobody was given before."""
    return os.urandom(8).hex()
