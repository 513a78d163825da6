"""Whether results are looked up and kept: ``HITSAVE=off|readonly|refresh|verify`` and `disabled`."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Literal

from hitsave.runtime.notices import warn_once
from hitsave.runtime.process import unrecorded

Mode = Literal["on", "off", "readonly", "refresh", "verify"]
MODES: Final = ("on", "off", "readonly", "refresh", "verify")
_disabled: ContextVar[bool] = ContextVar("hitsave_disabled", default=False)


is_disabled: Final = _disabled.get
"""Whether `disabled` is in force in this thread or task."""


def current_mode() -> Mode:
    """How calls are treated now.

    on        looked up and stored
    off       run as if undecorated
    readonly  looked up, never stored
    refresh   run, and stored in place of what was stored
    verify    looked up and stored; a sample of what is found is run again and compared
    """
    if _disabled.get():
        return "off"
    text = unrecorded.get("HITSAVE", "on").strip().lower() or "on"
    if text in MODES:
        return text
    if text in {"0", "false", "no"}:
        return "off"
    if text in {"1", "true", "yes"}:
        return "on"
    warn_once(("mode", text), f"HITSAVE={text!r} is not one of {', '.join(MODES)}; it is taken as 'on'. Set it to one of these or unset it.")
    return "on"


@contextmanager
def disabled() -> Generator[None]:
    """Within it, memoised functions run as if undecorated, in this thread or task: nothing is looked up or stored.

    >>> from hitsave import memo
    >>> @memo
    ... def double(n):
    ...     return 2 * n
    >>> with disabled():
    ...     result = double(4)
    >>> result, double.is_cached(4)
    (8, False)
    """
    token = _disabled.set(True)
    try:
        yield
    finally:
        _disabled.reset(token)
