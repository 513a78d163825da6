"""What a forked child must not inherit: locks that threads of its parent held."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Protocol


class _Lock(Protocol):
    def acquire(self) -> object: ...
    def release(self) -> object: ...


def free_at_fork(lock: _Lock) -> None:
    """Fork only while no other thread holds `lock`. For locks that are held shortly, and under which no code of the user runs."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)


def in_forked_child(renew: Callable[[], None]) -> None:
    """Have `renew` called in each forked child."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=renew)
