"""Which project code ran, on Python 3.11, which has no `sys.monitoring`: told by the interpreter's own profiler, which is written in C.

It makes calls 1.7 to 6 times slower, so it runs only for evaluations whose code calls what nobody can tell by reading it.
A thread has one profiler at a time. Where somebody else's is at work it is left alone, and the entry says that nothing was recorded.
Threads are watched from their start; those that were there before are not.
"""

from __future__ import annotations

import sys
import threading
from _thread import get_ident
from types import CodeType
from typing import Any, Final

from hitsave.runtime.forking import free_at_fork

_lock: Final = threading.RLock()
free_at_fork(_lock)
_profilers: Final[dict[int, Any]] = {}
"""By thread; each thread has one of its own, because it keeps the stack of calls."""
_before: Any = None


class Watched:
    """The code that one evaluation ran, while it is `active`. `lost` says why that is not all, or ""."""

    def __init__(self) -> None:
        self.code: set[CodeType] = set()
        self.active = False
        self.lost = "" if threading.active_count() == 1 else "threads that were there before are not watched on Python 3.11"


_watched: Final[list[Watched]] = []


def somebody_elses() -> bool:
    """Whether another profiler is at work in this thread."""
    return sys.getprofile() not in {None, _profilers.get(get_ident())}


def begin() -> Watched:
    """Watch an evaluation, from `go_on` on."""
    global _before  # noqa: PLW0603 - one hook a process
    watched = Watched()
    with _lock:
        if not _watched:
            _before = threading.getprofile()
            threading.setprofile(_thread_begins)
        _watched.append(watched)
    return watched


def end(watched: Watched) -> None:
    """Watch no longer."""
    pause(watched)
    with _lock:
        if watched in _watched:
            _watched.remove(watched)
        if not _watched:
            _profilers.clear()
            if threading.getprofile() is _thread_begins:
                threading.setprofile(_before)


def go_on(watched: Watched) -> None:
    """This thread works for the evaluation from here on."""
    with _lock:
        _harvest()
        watched.active = True
        if somebody_elses():
            watched.lost = "another profiler is at work"
        else:
            _run(_profiler())


def pause(watched: Watched) -> None:
    """This thread works for others from here on."""
    with _lock:
        if watched.active and sys.getprofile() is not _profilers.get(get_ident()):
            watched.lost = watched.lost or "another profiler took over while it ran"
        _harvest()
        watched.active = False
        if any(other.active for other in _watched) and not somebody_elses():
            _run(_profiler())


def _profiler() -> Any:
    import _lsprof

    known = _profilers.get(get_ident())
    if known is None:
        known = _profilers[get_ident()] = _lsprof.Profiler()
    return known


def _run(profiler: Any) -> None:
    profiler.enable(subcalls=False, builtins=False)


def _harvest() -> None:
    """Give what ran until now to the evaluations that are active; afterwards this thread's profiler stands still."""
    here = _profilers.get(get_ident())
    if here is not None and sys.getprofile() is here:
        here.disable()
    for profiler in list(_profilers.values()):
        code = {entry.code for entry in profiler.getstats() if isinstance(entry.code, CodeType)}
        for watched in _watched:
            if watched.active:
                watched.code |= code
    if here is not None:
        here.clear()


def _thread_begins(frame: Any, event: str, argument: object) -> None:
    """The first call in a new thread: from the next one on, its own profiler watches. The first is that of the thread's machinery."""
    if callable(_before):
        _before(frame, event, argument)
        return
    sys.setprofile(None)
    with _lock:
        if _watched:
            _run(_profiler())
