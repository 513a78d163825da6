"""Notices when the code or the defaults of any function are replaced, as autoreload does.

To look at ``function.__code__`` would be slow: reading it is an audit event, of which every hook is told. So is writing it, and that happens seldom.
"""

from __future__ import annotations

import sys
from typing import Any, Final

_EVENT: Final = "object.__setattr__"
_COUNTED: Final = frozenset({"__code__", "__defaults__", "__kwdefaults__"})
_watching = False
times: int = 0
"""How often it happened in this process since `watch`."""


def watch() -> None:
    """Begin to count. A hook can't be removed, so it is added once."""
    global _watching  # noqa: PLW0603 - one a process
    if not _watching:
        _watching = True
        sys.addaudithook(_noticed)


def _noticed(event: str, args: tuple[Any, ...], counted_event: str = _EVENT, counted: frozenset[str] = _COUNTED) -> None:
    if event == counted_event and args[1] in counted:  # globals are gone when the interpreter ends, defaults are not
        global times  # noqa: PLW0603
        times += 1
