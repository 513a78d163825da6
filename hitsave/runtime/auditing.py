"""The one audit hook of this process. Hooks can't be removed and are called at every event, so there is one, which does as little as it can for those that nobody listens to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, Final

Listener = Callable[[tuple[Any, ...]], object]
_listeners: Final[dict[str, tuple[Listener, ...]]] = {}
_hooked: Final[list[bool]] = []
_settled: Final[list[set[tuple[Any, ...]]]] = [set()]
"""In use is the one set that is in here: what files were opened with, of which no listener has to be told again until `unsettle`."""
_MOST_SETTLED: Final = 10_000


def listen(event: str, listener: Listener) -> None:
    """Have `listener` called with the arguments of each event of this name, in the thread where it happens, until `ignore`. It must not raise; its caller's caller made the event.

    Of the event "open", the same arguments are not told again once every listener has returned True, until `unsettle`.
    """
    known = _listeners.get(event, ())
    if listener not in known:
        _listeners[event] = (*known, listener)
        unsettle()
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_hook)


def ignore(event: str, listener: Listener) -> None:
    """Have this listener called at this event no longer."""
    left = tuple(other for other in _listeners.get(event, ()) if other is not listener)
    if left:
        _listeners[event] = left
    else:
        _listeners.pop(event, None)


def unsettle() -> None:
    """What has been told so far may say something new from now on, of every file that is opened.

    Another set takes the place of the one in use, so that a thread that is asking listeners right now adds its answer to one that nobody looks into.
    """
    _settled[0] = set()


# The names that these two need are their own: a hook is still called when this module's are gone.
def _tell_of_opening(
    args: tuple[Any, ...],
    settled: set[tuple[Any, ...]],
    listeners_of: Callable[[str], tuple[Listener, ...] | None] = _listeners.get,
    as_path: Callable[[Any], Any] = os.fspath,
    most: int = _MOST_SETTLED,
) -> None:
    path = args[0] if args else None
    if not isinstance(
        path, (str, bytes, int)
    ):  # `io.FileIO` tells the object that it was given, which may have no hash, and be another path the next time
        try:
            path = as_path(path)
        except Exception:  # noqa: BLE001 - of which nothing is opened either
            return
        args = (path, *args[1:])
    listeners = listeners_of("open")
    answers = [listener(args) for listener in listeners or ()]
    if all(answers):
        if len(settled) >= most:
            settled.clear()
        settled.add(args)


def _hook(
    event: str,
    args: tuple[Any, ...],
    in_use: list[set[tuple[Any, ...]]] = _settled,
    listeners_of: Callable[[str], tuple[Listener, ...] | None] = _listeners.get,
    tell_of_opening: Callable[[tuple[Any, ...], set[tuple[Any, ...]]], None] = _tell_of_opening,
) -> None:
    if event == "open":
        settled = in_use[0]
        try:
            if args in settled:
                return
        except Exception:  # noqa: BLE001, S110 - the hash of what a program opens is the program's
            pass
        tell_of_opening(args, settled)
        return
    listeners = listeners_of(event)
    if listeners is not None:
        for listener in listeners:
            listener(args)
