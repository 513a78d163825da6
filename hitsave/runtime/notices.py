"""What HitSave says while a program runs: one warning a cause and process, on the warnings channel."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Hashable
from typing import Final

from hitsave.errors import HitSaveWarning
from hitsave.runtime.forking import free_at_fork
from hitsave.runtime.frames import caller
from hitsave.runtime.process import unrecorded

_said: Final[set[Hashable]] = set()
_lock: Final = threading.Lock()
free_at_fork(_lock)


def warn_once(cause: Hashable, text: str) -> None:
    """Warn with `text` unless something was said about `cause` in this process; never raises, whatever the warning filters say."""
    with _lock:
        if cause in _said:
            return
        _said.add(cause)
    try:
        warnings.warn(text, HitSaveWarning, stacklevel=_caller_level())
    except HitSaveWarning as raised:
        warnings.showwarning(raised, HitSaveWarning, "hitsave", 0)


def notices_are_on() -> bool:
    """Whether the lines on standard error are wanted that are no warnings: ``HITSAVE_NOTICES=off`` says no."""
    return unrecorded.get("HITSAVE_NOTICES", "on").lower() not in {"off", "0", "no"}


def forget_said() -> None:
    """Let every warning be said again; for tests."""
    with _lock:
        _said.clear()


def _caller_level() -> int:
    level, frame = 1, caller(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith("hitsave."):
        frame = frame.f_back
        level += 1
    return level
