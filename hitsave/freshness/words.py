"""Times, sizes and counts as people say them."""

from __future__ import annotations

import datetime
from typing import Final

_NS: Final = 1_000_000_000
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_SIZES: Final = ("B", "kB", "MB", "GB", "TB", "PB")


def duration(ns: int) -> str:
    """How long something took, in its two largest units.

    >>> [duration(n) for n in (0, 420_000, 85_000_000, 4_120_000_000, 200_000_000_000, 23_400_000_000_000)]
    ['0 s', '0.4 ms', '85 ms', '4.1 s', '3 min 20 s', '6 h 30 min']
    """
    if ns <= 0:
        return "0 s"
    seconds = ns / _NS
    if seconds < 0.00095:
        return f"{max(seconds * 1000, 0.1):.1f} ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.3g} ms" if seconds < 0.00995 else f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return _two(whole, _MINUTE, "min", 1, "s")
    whole = round(seconds / _MINUTE) * _MINUTE
    if whole < _DAY:
        return _two(whole, _HOUR, "h", _MINUTE, "min")
    return _two(round(seconds / _HOUR) * _HOUR, _DAY, "d", _HOUR, "h")


def ago(then_ns: int, now_ns: int) -> str:
    """How long ago something was; a date where that is easier to think of.

    >>> ago(0, 200 * 10**9)
    '3 min ago'
    """
    seconds = (now_ns - then_ns) // _NS
    if seconds < -_MINUTE:
        return moment(then_ns).partition(" ")[0]  # a clock was wrong: a date at least shows how
    if seconds < 2:
        return "just now"
    for size, unit in ((_MINUTE, "s"), (_HOUR, "min"), (_DAY, "h"), (30 * _DAY, "d")):
        if seconds < size:
            unit_seconds = {"s": 1, "min": _MINUTE, "h": _HOUR, "d": _DAY}[unit]
            return f"{seconds // unit_seconds} {unit} ago"
    return moment(then_ns).partition(" ")[0]


def moment(ns: int) -> str:
    """A point in time, in this machine's zone: ``2026-03-01 14:05:09``."""
    try:
        return datetime.datetime.fromtimestamp(ns / _NS, tz=datetime.UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return f"{ns} ns after 1970"


def iso(ns: int) -> str:
    """A point in time, for programs: UTC, with microseconds.

    >>> iso(0)
    '1970-01-01T00:00:00.000000Z'
    """
    try:
        return datetime.datetime.fromtimestamp(ns // _NS, tz=datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{ns % _NS // 1000:06}Z"
    except (OverflowError, ValueError, OSError):
        return "9999-12-31T23:59:59.999999Z"


def size(count: int) -> str:
    """A number of bytes, in units of a thousand.

    >>> [size(n) for n in (0, 812, 4_096, 12_400_000)]
    ['0 B', '812 B', '4.1 kB', '12 MB']
    """
    amount = float(count)
    for unit in _SIZES:
        if amount < 999.5 or unit == _SIZES[-1]:
            return f"{amount:.1f} {unit}" if unit != "B" and amount < 9.95 else f"{amount:.0f} {unit}"
        amount /= 1000
    raise AssertionError


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "entry", "entries"), counted(12_000, "hit")
    ('1 entry', '12,000 hits')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: list[str], *, last: str = "and") -> str:
    """Names in a sentence.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else ""


def _two(seconds: int, large: int, large_unit: str, small: int, small_unit: str) -> str:
    first, rest = divmod(seconds, large)
    return f"{first} {large_unit}" + (f" {rest // small} {small_unit}" if rest >= small else "")
