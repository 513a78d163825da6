"""The one audit hook of this process. Hooks can't be removed and are called at every event, so there is one, which does as little as it can for those that nobody listens to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

Listener = Callable[[tuple[Any, ...]], None]
_listeners: Final[dict[str, Listener]] = {}
_wanted: Final[dict[str, list[Listener]]] = {}
_hooked: Final[list[bool]] = []


def listen(event: str, listener: Listener) -> None:
    """Have `listener` called with the arguments of each event of this name, in the thread where it happens, until `ignore`. It must not raise."""
    known = _wanted.setdefault(event, [])
    if listener not in known:
        known.append(listener)
        _listeners[event] = _one_of(known)
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_hook)


def ignore(event: str, listener: Listener) -> None:
    """Have this listener called at this event no longer."""
    known = _wanted.get(event, [])
    if listener in known:
        known.remove(listener)
        if known:
            _listeners[event] = _one_of(known)
        else:
            _listeners.pop(event, None)


def _one_of(listeners: list[Listener]) -> Listener:
    """One listener that stands for several; the one itself, where there is but one."""
    if len(listeners) == 1:
        return listeners[0]
    several = tuple(listeners)

    def all_of_them(args: tuple[Any, ...]) -> None:
        for listener in several:
            listener(args)

    return all_of_them


# The names that it needs are its own: a hook is still called when this module's are gone.
def _hook(event: str, args: tuple[Any, ...], listener_of: Callable[[str], Listener | None] = _listeners.get) -> None:
    listener = listener_of(event)
    if listener is not None:
        listener(args)
