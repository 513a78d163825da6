"""How much of a value is looked at: bytes, levels, elements, and time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

MOST_BYTES: Final = 64 << 10
"""Of one value's View, as JSON."""
MOST_BYTES_IN_ALL: Final = 256 << 10
"""Of all Views of an evaluation."""
MOST_SECONDS: Final = 0.2
"""For all Views of an evaluation."""
MOST_SECONDS_WITH_PICTURES: Final = 3.0
"""The same, of an experiment: another figure is begun within it, and the last one may take longer."""
MOST_WORK: Final = 1_000_000
"""Elements that are looked at for all Views of an evaluation: items, array elements, characters in tens."""

MOST_LEVELS: Final = 6
"""Containers on a way down."""
ITEMS: Final = (50, 20, 10, 8, 5, 5)
"""Items of a container that are shown, by its level."""
MOST_NODES: Final = 1_500
"""Views within a View."""
SAMPLE: Final = 1 << 16
"""Elements of an array, or of all columns of a frame, that statistics are made of."""
LEAST_SAMPLE: Final = 500
"""The same, where many others came before it."""

LONG_TEXT: Final = 16_000
"""Characters of a text that is a value by itself; `SHORT_TEXT` of one that is part of a value."""
SHORT_TEXT: Final = 300
LEAST_ROOM: Final = 80
"""Bytes below which a part isn't begun."""


class SpentError(Exception):
    """The allowance is used up."""


class Allowance:
    """What may be spent on the Views of one evaluation. `spent` counts elements, whatever the clock says.

    >>> allowance = Allowance(work=10)
    >>> allowance.spend(4)
    >>> allowance.spent
    4
    """

    def __init__(self, *, work: int = MOST_WORK, seconds: float = MOST_SECONDS, clock: Callable[[], float] = time.perf_counter) -> None:
        self.spent = 0
        self._work = work
        self._clock = clock
        self._end = clock() + seconds

    @property
    def left(self) -> bool:
        """Whether there is any."""
        return self.spent < self._work and self._clock() < self._end

    def spend(self, work: int) -> None:
        """Take `work` elements from it before they are looked at; SpentError if they are more than is left."""
        if self.spent + work > self._work or self._clock() >= self._end:
            raise SpentError
        self.spent += work
