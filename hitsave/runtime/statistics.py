"""Counts hits, and writes the counts to the store in batches, off the hit path."""

from __future__ import annotations

import atexit
import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from hitsave.runtime.forking import free_at_fork

if TYPE_CHECKING:
    from hitsave.storage.entry import Entry
    from hitsave.storage.store import Store

_EVERY: Final = 5.0
"""Seconds between two writes of counts."""
_lock: Final = threading.Lock()
free_at_fork(_lock)
_pending: dict[str, list[int]] = {}
_last = 0.0
_process = 0
_store: Store | None = None


def note_hit(store: Store, entry: Entry) -> None:
    """Count a hit of `entry`; the count reaches the store within seconds, or when the process ends."""
    global _last, _process, _store  # noqa: PLW0603 - one batch a process
    now = time.monotonic()
    with _lock:
        if _process != os.getpid():
            _process, _last = os.getpid(), now
            _pending.clear()
            atexit.register(flush)
        if _store is not None and _store is not store:
            _write()
        _store = store
        counted = _pending.setdefault(entry.id, [0, 0])
        counted[0] += 1
        counted[1] += entry.wall_ns
        if now - _last >= _EVERY:
            _last = now
            _write()


def flush() -> None:
    """Write what was counted."""
    with _lock:
        if _process == os.getpid():
            _write()


def _write() -> None:
    counts = {entry: (hits, saved) for entry, (hits, saved) in _pending.items()}
    _pending.clear()
    if not counts or _store is None:
        return
    with suppress(Exception):  # statistics are not worth a word to the user
        _store.note_hits(counts)
