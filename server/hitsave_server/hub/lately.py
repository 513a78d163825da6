"""What a worker remembers of what it read lately. Only what can't go out of date belongs here: bytes under a name that says what they are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lately(Generic[K, V]):
    """The values that were asked for last, of so many bytes at most; for any number of threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def among(self, keys: Iterable[K]) -> dict[K, V]:
        """Those of these that are remembered."""
        found: dict[K, V] = {}
        with self._lock:
            for key in keys:
                known = self._values.get(key)
                if known is not None:
                    self._values.move_to_end(key)
                    found[key] = known[0]
        return found

    def put(self, key: K, value: V, size: int) -> None:
        """Remember a value of so many bytes, and forget those that were not asked for the longest."""
        with self._lock:
            if key in self._values or size > self._most // 4:
                return
            self._values[key] = value, size
            self._held += size
            while self._held > self._most:
                _, (_, freed) = self._values.popitem(last=False)
                self._held -= freed
