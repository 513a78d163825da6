"""Lists of cells as they are sent: a column of one value is one value, a few texts that come again and again are sent once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hitsave.panel.contract import Cell, Packed

_AGAIN: Final = 4
"""How often a text must come on average to be sent once."""


def packed(cells: Sequence[Cell]) -> Packed:
    """Cells in as few bytes as a page reads quickly.

    >>> packed(["a", "a", "b", "b", "a", "b", "a", "a"]), packed([1.0, 1.0]), packed([1, True])
    ({'of': ['a', 'b'], 'at': [0, 0, 1, 1, 0, 1, 0, 0]}, {'all': 1.0}, {'each': [1, True]})
    """
    if not cells:
        return {"each": []}
    first = cells[0]
    if not differs(cells):
        return {"all": first}
    if isinstance(first, str) or first is None:
        places: dict[str | None, int] = {}
        for cell in cells:
            if not (isinstance(cell, str) or cell is None) or len(places) * _AGAIN > len(cells):
                return {"each": list(cells)}
            places.setdefault(cell, len(places))
        if len(places) * _AGAIN <= len(cells):
            return {"of": list(places), "at": [places[cell] for cell in cells]}  # pyright: ignore[reportArgumentType] - looked at above
    return {"each": list(cells)}


def differs(cells: Sequence[Cell]) -> bool:
    """Whether not all cells are the same, types included.

    >>> differs([1, 1]), differs([1, True]), differs([0.0, -0.0])
    (False, True, True)
    """
    first = cells[0] if cells else None
    kind = type(first)
    return any(cell is not first and (type(cell) is not kind or cell != first or repr(cell) != repr(first)) for cell in cells)
