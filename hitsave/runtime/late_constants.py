"""Constants of modules that are first loaded while a function runs, by an import inside of one.

A process that has not loaded such a module has to take their text for them. That is right while nobody binds them to anything else, as programs do to set options.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitsave.digest import Digest
from hitsave.runtime.made import codes_of
from hitsave.runtime.rebinding import bound_globals
from hitsave.values.digester import Digester
from hitsave.values.stored import is_atomic

if TYPE_CHECKING:
    from hitsave.codegraph.definitions import Maker
    from hitsave.runtime.live import LiveWalker


def see_late_constants(walker: LiveWalker) -> None:
    """Have those that an evaluation loaded count by the values that they have, and not by their text alone: what they are bound to later is a change.

    Not those that it may have bound itself: nobody saw what they were before.
    """
    before = walker.before
    if before is None:
        return
    late = [s for s, digest in walker.values.items() if digest is None and s.module not in before and "." not in s.name]
    late = [s for s in late if is_atomic(walker.objects.object_at(s))]
    if not late:
        return
    bound = {(s.module, name) for s in walker.graph.code for code in codes_of(walker.objects.object_at(s)) for name in bound_globals(code)}
    for symbol in late:
        maker = walker.graph.captures.get(symbol)
        if maker is not None and (symbol.module, symbol.name) not in bound and not walker.is_volatile(maker):
            digest = Digester(walker.names).digest(walker.objects.object_at(symbol), symbol.name)
            if not (maker.literal and is_otherwise(maker, digest)):
                walker.values[symbol] = digest


def is_otherwise(maker: Maker, value: bytes) -> bool:
    """Whether the literal that makes a variable is surely of another value than the one with this digest."""
    from hitsave.freshness.literals import literal_digest  # loads Python's parser

    literal: Digest | None = literal_digest(maker)
    return literal is not None and literal != value
