"""The one audit hook of this process. Hooks can't be removed and are called at every event, so there is one, which does as little as it can for those that nobody listens to."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

Listener = Callable[[tuple[Any, ...]], None]
_listeners: Final[dict[str, Listener]] = {}
_hooked: Final[list[bool]] = []


def listen(event: str, listener: Listener) -> None:
    """Have `listener` called with the arguments of each event of this name, in the thread where it happens, until `ignore`. It must not raise."""
    _listeners[event] = listener
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_hook)


def ignore(event: str) -> None:
    """Listen to this event no longer."""
    _listeners.pop(event, None)


# The names that it needs are its own: a hook is still called when this module's are gone.
def _hook(event: str, args: tuple[Any, ...], listener_of: Callable[[str], Listener | None] = _listeners.get) -> None:
    listener = listener_of(event)
    if listener is not None:
        listener(args)
