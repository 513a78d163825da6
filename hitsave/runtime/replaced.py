"""Notices when the code or the defaults of any function are replaced, as autoreload does.

To look at ``function.__code__`` would be slow: reading it is an audit event, of which every hook is told. So is writing it, and that happens seldom.
"""

from __future__ import annotations

from typing import Any, Final

from hitsave.runtime.auditing import listen

_EVENT: Final = "object.__setattr__"
_COUNTED: Final = frozenset({"__code__", "__defaults__", "__kwdefaults__"})
times: int = 0
"""How often it happened in this process since `watch`."""


def watch() -> None:
    """Begin to count."""
    listen(_EVENT, _noticed)


def _noticed(args: tuple[Any, ...], counted: frozenset[str] = _COUNTED) -> None:
    if args[1] in counted:  # globals are gone when the interpreter ends, defaults are not
        global times  # noqa: PLW0603
        times += 1
