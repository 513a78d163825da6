"""How long a call waits for whoever computes the same, in another thread, another process or on another machine."""

from __future__ import annotations

import threading
from typing import Final

from hitsave.runtime.engine import current_evaluation

_WAIT: Final = 3600.0
"""Seconds that a call at the top of the main thread waits for the same evaluation elsewhere."""
_WAIT_WITHIN: Final = 60.0
"""The same within another evaluation or on another thread, where the one waited for may be waiting for us."""


def longest_wait() -> float:
    """Seconds that this call may wait for the same evaluation elsewhere, on this machine or another."""
    alone = threading.current_thread() is threading.main_thread() and current_evaluation.get() is None
    return _WAIT if alone else _WAIT_WITHIN
