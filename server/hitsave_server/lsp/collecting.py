"""When cyclic garbage is collected: all of it while nobody types, since a full collection takes longer than the answer to a keystroke."""

from __future__ import annotations

import gc
from typing import Final

_SELDOM: Final = 1_000_000
_MANY: Final = 30
"""Changes after which a quiet moment is used; each leaves some hundreds of kilobytes at most."""
_TOO_MANY: Final = 500
"""Changes after which it is done in any case: about a minute of typing without a pause."""


class Collecting:
    """Counts changes, and collects when it suits."""

    def __init__(self) -> None:
        self._changes = 0

    def begin(self) -> None:
        """What is here by now stays, and is not gone through again. Only the young are collected by themselves from here on."""
        gc.collect()
        gc.freeze()
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, _SELDOM)
        gc.enable()

    def changed(self) -> None:
        """Something was taken in."""
        self._changes += 1
        if self._changes > _TOO_MANY:
            self._collect()

    def quiet(self) -> None:
        """Nothing comes for a while."""
        if self._changes > _MANY:
            self._collect()

    def _collect(self) -> None:
        self._changes = 0
        gc.collect()
