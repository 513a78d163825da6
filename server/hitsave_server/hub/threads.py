"""The threads on which statements run, so that the loop never waits for the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

_T = TypeVar("_T")


class Threads:
    """So many at most at a time; the rest wait in line."""

    def __init__(self, count: int) -> None:
        self._limiter = anyio.CapacityLimiter(count)

    async def run(self, work: Callable[[], _T]) -> _T:
        """What `work` returns, done on a thread."""
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)
