"""Keeps the store within its budget: now and then, after a result was stored, a few others are evicted."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Final

from hitsave.errors import HitSaveError
from hitsave.runtime.forking import free_at_fork
from hitsave.storage.store import Store

_SHARE: Final = 50
"""A process looks again when it has stored this part of the budget since it last looked."""
_LARGE: Final = 1 << 20
"""A first result of at least this many bytes makes a process look at once: many short processes that each store one would never look otherwise."""

_lock: Final = threading.Lock()
free_at_fork(_lock)
_stored: dict[str, int] = {}


def keep_within_budget(store: Store, size: int, budget: int | None) -> None:
    """A result of `size` bytes was stored: if that makes too many, evict some. A fault is not worth a word: the result is stored."""
    if budget is None:
        return
    with _lock:
        first = store.folder not in _stored
        since = _stored.get(store.folder, 0) + size
        looks = since > budget // _SHARE or (first and size >= _LARGE)
        _stored[store.folder] = 0 if looks else since
    if looks:
        with suppress(HitSaveError):
            store.keep_within(budget)
