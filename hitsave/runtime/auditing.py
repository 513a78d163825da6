"""The one audit hook of this process. Hooks can't be removed and are called at every event, so there is one, which does as little as it can for those that nobody listens to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

Listener = Callable[[tuple[Any, ...]], None]
_listeners: Final[dict[str, tuple[Listener, ...]]] = {}
_hooked: Final[list[bool]] = []


def listen(event: str, listener: Listener) -> None:
    """Have `listener` called with the arguments of each event of this name, in the thread where it happens, until `ignore`. It must not raise; its caller's caller made the event."""
    known = _listeners.get(event, ())
    if listener not in known:
        _listeners[event] = (*known, listener)
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


# The names that it needs are its own: a hook is still called when this module's are gone.
def _hook(event: str, args: tuple[Any, ...], listeners_of: Callable[[str], tuple[Listener, ...] | None] = _listeners.get) -> None:
    listeners = listeners_of(event)
    if listeners is not None:
        for listener in listeners:
            listener(args)
