"""How far many calls are: one line on standard error, which is written over where someone looks at a terminal or a notebook, and said seldom in a pipe or a file."""

from __future__ import annotations

import sys
from contextlib import suppress
from time import monotonic
from typing import Any, Final

from hitsave.freshness.words import counted, duration
from hitsave.runtime.notices import notices_are_on

_NS: Final = 1_000_000_000
_QUICK: Final = 0.5
"""Seconds that nobody needs to be told about, unless they asked."""
_REFRESHED: Final = 0.1
_SAID_AGAIN: Final = 30.0
"""Seconds between two lines in a pipe."""


class Progress:
    """Counts calls as they end, and says so. `wanted` is None where it is to be seen whether there is anything to tell."""

    def __init__(self, name: str, total: int, *, wanted: bool | None) -> None:
        self._name = name
        self._total = total
        self._wanted = wanted
        self._hits = self._computed = self._failed = 0
        self._misses: int | None = None
        self._began = self._computing = monotonic()
        self._is_live = _is_live(sys.stderr)
        self._said_at = self._began
        self._shown = 0

    def hit(self) -> None:
        """A stored result was the answer."""
        self._hits += 1
        self._tell()

    def to_compute(self, count: int) -> None:
        """So many calls are going to be computed."""
        self._misses = (self._misses or 0) + count
        self._computing = monotonic()
        self._tell()

    def computed(self) -> None:
        """A call that had to be computed ended."""
        self._computed += 1
        self._tell()

    def failed(self) -> None:
        """A call that had to be computed raised an exception."""
        self._failed += 1
        self._tell()

    def end(self) -> None:
        """No more calls follow."""
        took = monotonic() - self._began
        if self._wanted is True or self._shown or took >= _QUICK:
            self._write(self._line(f" in {duration(int(took * _NS))}"), "\n")

    def _tell(self) -> None:
        now = monotonic()
        pause = _REFRESHED if self._is_live else _SAID_AGAIN
        if now - self._said_at >= pause and (self._wanted or now - self._began >= _QUICK):
            self._said_at = now
            self._write(self._line(self._left(now)), "" if self._is_live else "\n")

    def _left(self, now: float) -> str:
        done = self._computed + self._failed
        rest = (self._misses or 0) - done
        if not done or not rest:
            return ""
        return f" · about {duration(int((now - self._computing) / done * rest * _NS))} left"

    def _line(self, end: str) -> str:
        done = self._hits + self._computed + self._failed
        parts = [f"{self._name}: {done} of {self._total}", counted(self._hits, "hit")]
        if self._misses is not None:
            parts.append(f"{self._computed} of {counted(self._misses, 'miss', 'misses')} computed")
        if self._failed:
            parts.append(f"{self._failed} failed")
        return " · ".join(parts) + end

    def _write(self, line: str, end: str) -> None:
        if self._wanted is False or not notices_are_on():
            return
        covered = "\r" + line.ljust(self._shown) if self._is_live else f"hitsave: {line}"
        self._shown = len(line)
        with suppress(OSError, ValueError, AttributeError):  # a standard error that is closed, or that there is none
            sys.stderr.write(covered + end)
            sys.stderr.flush()


def _is_live(stream: Any) -> bool:
    """Whether a line that was written can be written over: in a terminal, and in a notebook."""
    with suppress(Exception):
        return bool(stream.isatty()) or type(stream).__module__.startswith("ipykernel.")
    return False
