"""Counts hits, and writes the counts to the store in batches, off the hit path."""

from __future__ import annotations

import atexit
import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from hitsave.runtime.forking import free_at_fork, in_forked_child

if TYPE_CHECKING:
    from hitsave.storage.entry import Entry
    from hitsave.storage.store import Store

_EVERY: Final = 5.0
"""Seconds between two writes of counts."""
_lock: Final = threading.Lock()
free_at_fork(_lock)
_pending: dict[str, list[int]] = {}
_counters: Final[list[HitCounter]] = []
"""Those that counted something that was not handed over."""
_last = 0.0
_process = 0
_store: Store | None = None


def note_hit(store: Store, entry: Entry, hits: int = 1) -> None:
    """Count hits of `entry`; the count reaches the store within seconds, or when the process ends."""
    global _last, _process, _store  # noqa: PLW0603 - one batch a process
    now = time.monotonic()
    if now - _last >= _EVERY:
        _settle()
    with _lock:
        if _process != os.getpid():
            _process, _last = os.getpid(), now
            _pending.clear()
            atexit.register(flush)
        if _store is not None and _store is not store:
            _write()
        _store = store
        counted = _pending.setdefault(entry.id, [0, 0])
        counted[0] += hits
        counted[1] += hits * entry.wall_ns
        if now - _last >= _EVERY:
            _last = now
            _write()


class HitCounter:
    """Counts the hits of one entry where even `note_hit` would take too long; `add` at each."""

    __slots__ = ("_entry", "_hits", "_store")

    def __init__(self, store: Store, entry: Entry) -> None:
        self._store = store
        self._entry = entry
        self._hits = 0

    def add(self) -> None:
        """One more hit."""
        if not self._hits:
            _counters.append(self)
        self._hits += 1

    def reset(self) -> None:
        """Forget what was counted."""
        self._hits = 0

    def settle(self) -> None:
        """Hand over what was counted."""
        hits, self._hits = self._hits, 0
        note_hit(self._store, self._entry, hits)


def _settle() -> None:
    while _counters:
        _counters.pop().settle()


def _forget() -> None:
    """What the parent counted is not the child's to report."""
    while _counters:
        _counters.pop().reset()


in_forked_child(_forget)


def flush() -> None:
    """Write what was counted."""
    _settle()
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
