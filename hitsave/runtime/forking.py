"""What a forked child must not inherit: locks that threads of its parent held, and modules that they were importing."""

from __future__ import annotations

import os
import sys
import time
from _thread import get_ident
from collections.abc import Callable
from typing import Final, Protocol

_LOADED_LATE: Final = frozenset({"hitsave", "sqlite3", "_sqlite3", "msgpack", "xxhash", "blake3", "libcst"})
"""What the first calls import."""
LONGEST_WAIT: Final = 5.0
"""Seconds that a fork waits for what other threads import or analyse."""


class _Lock(Protocol):
    def acquire(self) -> object: ...
    def release(self) -> object: ...


_locks: Final[list[_Lock]] = []
_held: Final[dict[int, list[_Lock]]] = {}
"""By the thread that forks: a lock may be made between the two halves of a fork, and is not to be released then."""


def free_at_fork(lock: _Lock) -> None:
    """Fork only while no other thread holds `lock`. For locks that are held shortly, and under which no code of the user runs."""
    _locks.append(lock)


def in_forked_child(renew: Callable[[], None]) -> None:
    """Have `renew` called in each forked child."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=renew)


def _before() -> None:
    _wait_for_imports()
    held = _held[get_ident()] = list[_Lock]()
    for lock in reversed(_locks):
        lock.acquire()
        held.append(lock)


def _after() -> None:
    for lock in reversed(_held.pop(get_ident(), [])):
        lock.release()


def _wait_for_imports() -> None:
    """Let other threads finish what their first calls import: Python leaves a child the locks of modules that were being imported, locked for ever."""
    deadline = time.monotonic() + LONGEST_WAIT
    while _is_importing() and time.monotonic() < deadline:
        time.sleep(0.001)


def _is_importing() -> bool:
    ours = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in _LOADED_LATE]
    return any(getattr(getattr(module, "__spec__", None), "_initializing", False) for module in ours)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)
