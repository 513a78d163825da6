"""Answers about code that are kept with the modules that they depend on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import Generic, Protocol, TypeVar

from hitsave.codegraph.library import Library

_K = TypeVar("_K")
_V = TypeVar("_V")


class NotingLibrary(Library, Protocol):
    """A library that notes what it is asked for."""

    def asked(self) -> AbstractContextManager[set[str]]:
        """Notes the modules that are located meanwhile."""
        ...

    def note_asked(self, modules: Collection[str]) -> None:
        """Note these modules as if they had been located now."""
        ...


class Remembered(Generic[_K, _V]):
    """Answers by module and key. Who is given one again is noted to have asked for all that it depends on."""

    def __init__(self, library: NotingLibrary) -> None:
        self._library = library
        self._known: dict[tuple[str, _K], tuple[_V, frozenset[str]]] = {}

    def get(self, module: str, key: _K, make: Callable[[], _V]) -> _V:
        """The answer for `key`, which is something of `module`; `make` gives it once."""
        known = self._known.get((module, key))
        if known is None:
            with self._library.asked() as asked:
                made = make()
            self._known[module, key] = made, frozenset((*asked, module))
            return made
        self._library.note_asked(known[1])
        return known[0]

    def forget(self, modules: Collection[str]) -> None:
        """Let go of what depends on one of these modules."""
        self._known = {key: known for key, known in self._known.items() if known[1].isdisjoint(modules)}
