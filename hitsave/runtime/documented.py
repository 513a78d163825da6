"""Whose documentation counts where it was seen of what it was read: that of these definitions, instead of that of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hitsave.codegraph.documentation import ANNOTATIONS, DOCSTRINGS, NOTHING
from hitsave.codegraph.symbols import Symbol
from hitsave.codegraph.telling import is_told
from hitsave.runtime import documentation_reads
from hitsave.runtime.documentation_reads import Place
from hitsave.runtime.executed import NeverRan, documentation_read_of, replayed
from hitsave.runtime.live import LiveWalker

_BITS: Final = {DOCSTRINGS: documentation_reads.DOCSTRING, ANNOTATIONS: documentation_reads.ANNOTATIONS}


def told_documentation(walker: LiveWalker, never: NeverRan, reading: Mapping[Symbol, int]) -> dict[Symbol, int]:
    """By definition that reads documentation, which of it was read of nothing but what the process saw."""
    known = NOTHING
    for bit, word in _BITS.items():
        if never.can_tell and documentation_read_of(word) is not None:
            known |= bit
    return {symbol: what & known for symbol, what in reading.items() if what & known and _is_seen(walker, symbol, never)}


def read_by_text() -> int:
    """What of documentation was read by code that was executed as text, if that was seen."""
    found = NOTHING
    for bit, word in _BITS.items():
        documentation_read_of(word)
        found |= bit if word in documentation_reads.by_text else NOTHING
    return found


def seen_of(walker: LiveWalker, told: Mapping[Symbol, int]) -> dict[Symbol, int]:
    """By definition, what was seen to be read of its documentation, of that which was `told`."""
    wanted = NOTHING
    for what in told.values():
        wanted |= what
    found: dict[Symbol, int] = {}
    for bit, word in _BITS.items():
        places = documentation_read_of(word) if wanted & bit else None
        for symbol, node in walker.graph.code.items() if places else ():
            if node.kind == "class":
                place = Place(symbol.name.partition("#")[0], 0)
            else:
                definition = walker.find(symbol)
                place = Place(node.path, definition.first_line if definition is not None else 0)
            if places is not None and place in places:
                found[symbol] = found.get(symbol, NOTHING) | bit
    return found


def _is_seen(walker: LiveWalker, symbol: Symbol, never: NeverRan) -> bool:
    """Whether the process sees all that a definition reads of documentation."""
    found = walker.find(symbol)
    return (
        found is not None
        and found.definition.kind in {"function", "lambda"}
        and not found.definition.shell.reflects
        and symbol not in walker.graph.reading_by_alias
        and symbol not in walker.graph.reading_source
        and str(symbol) not in replayed
        and never.saw(found.path, found.first_line)
        and is_told(found.text)
    )
