"""What it costs to digest the inputs of a function, kept where that is more than the function takes."""

from __future__ import annotations

from typing import Final

from hitsave.codegraph.symbols import Symbol
from hitsave.storage.packing import pack, unpack
from hitsave.storage.store import Store
from hitsave.structs import NamedTuple

WORTH_KEEPING_NS: Final = 2_000_000
"""Digests that take less are never what makes a program slow."""
_SCOPE: Final = "costly inputs"


class CostlyInput(NamedTuple):
    """An input, by name, whose digest took longer than the function that it was for."""

    name: str
    digest_ns: int
    wall_ns: int


def keep_costly_input(store: Store, symbol: Symbol, costly: CostlyInput) -> None:
    """Remember this of a function, in place of what was remembered before."""
    store.set_document(_SCOPE, str(symbol), pack([costly.name, costly.digest_ns, costly.wall_ns]))


def costly_input(store: Store, symbol: Symbol) -> CostlyInput | None:
    """What is remembered of a function; None if nothing is."""
    content = store.documents(_SCOPE).get(str(symbol))
    if content is None:
        return None
    try:
        name, digest_ns, wall_ns = unpack(content)
        return CostlyInput(str(name), int(digest_ns), int(wall_ns))
    except (ValueError, TypeError):
        return None
