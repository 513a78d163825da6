"""Whether it takes a run to see what code calls: asked where watching a run costs something."""

from __future__ import annotations

from typing import Final

from hitsave.runtime.live import LiveWalker
from hitsave.runtime.made import codes_of

_LEADING_ANYWHERE: Final = frozenset({"gc", "importlib", "pickle", "pkgutil", "runpy"})
"""Modules of the standard library that lead to code which their caller does not name,"""
_NAMES_OF_SUCH: Final = frozenset({"modules", "__subclasses__", "_getframe", "entry_points"})
"""and attributes that do."""


def has_open_dispatch(walker: LiveWalker) -> bool:
    """Whether reached code calls what text and values don't tell, so that only a run shows what it is."""
    graph = walker.graph
    if graph.untracked or any(found.kind == "external" and found.target.partition(".")[0] in _LEADING_ANYWHERE for found in graph.names.values()):
        return True
    live = (walker.function if symbol == walker.root else walker.objects.object_at(symbol) for symbol in graph.code)
    return any(not _NAMES_OF_SUCH.isdisjoint(code.co_names) for value in live for code in codes_of(value))
