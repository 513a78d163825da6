"""Numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(seconds: int | None) -> str:
    """Seconds since 1970 as a day and a time, UTC; "" for None."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def size(count: float) -> str:
    """Bytes.

    >>> size(1_500_000)
    '1.5 MB'
    """
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1_000:
            return f"{count:.3g} {unit}"
        count /= 1_000
    return f"{count:.3g} TB"


def hours(nanoseconds: int) -> str:
    """A time that was computed."""
    seconds = nanoseconds / 1e9
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3_600 else f"{seconds / 3_600:.1f} h"
