"""The code that runs when a stored result is loaded. It counts whether it ran in the evaluation or not: a hit runs it."""

from __future__ import annotations

from collections.abc import Iterable
from types import FunctionType
from typing import Any, Final

from hitsave.codegraph.symbols import Symbol
from hitsave.errors import NoSourceError
from hitsave.runtime.live import LiveWalker
from hitsave.runtime.objects import ExternalCode

_CALLED: Final = frozenset(
    {"__setstate__", "__new__", "__init__", "__setattr__", "__setitem__", "__hash__", "__eq__", "append", "extend", "add", "_missing_"}
)
"""Methods that pickle calls, or what a reduced object's constructor is."""


def code_that_loads(walker: LiveWalker, code: Iterable[Any]) -> set[Symbol]:
    """What runs to load a result that holds these functions and classes, with all that it reaches."""
    found: set[Symbol] = set()
    for value in code:
        if isinstance(value, FunctionType):
            found |= _symbol(walker, value)
        elif isinstance(value, type):
            for base in value.__mro__:
                for name in _CALLED & vars(base).keys():
                    found |= _symbol(walker, getattr(vars(base)[name], "__func__", vars(base)[name]))
    waiting = list(found)
    for symbol in waiting:
        new = [target for target in walker.graph.edges.get(symbol, ()) if target not in found]
        found.update(new)
        waiting.extend(new)
    return found


def _symbol(walker: LiveWalker, function: Any) -> set[Symbol]:
    try:
        made = walker.objects.function(function) if isinstance(function, FunctionType) else None
    except NoSourceError:
        made = None
    return set() if made is None or isinstance(made, ExternalCode) else {made.symbol}
