"""Lists of entries, and how notebooks show them: one line each, with what became of it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any, Final

from hitsave.storage.entry import Entry

if TYPE_CHECKING:
    from hitsave.runtime.memo import Memoised

_MOST: Final = 50
_COLUMNS: Final = ("ID", "Function", "Arguments", "State", "Took", "When", "Hits")
_SHORT_ID: Final = 10
"""Characters of an ID that tell entries of about one time apart; `hitsave.get` takes such a beginning."""


class Entries(list[Entry]):
    """Entries of memoised functions, a list. A notebook shows it as a table, in which `hitsave.get` takes the IDs.

    `memoised`  the functions that they are of.
    """

    def __init__(self, entries: Iterable[Entry], *memoised: Memoised[..., Any]) -> None:
        super().__init__(entries)
        self.memoised = memoised

    def _repr_html_(self) -> str:
        from hitsave.freshness.html import state_html, table_html

        rows = [
            [f"<code>{escape(cells[0])}</code>", *map(escape, cells[1:3]), state_html(state, cells[3]), *map(escape, cells[4:])]
            for state, cells in self._rows()
        ]
        return table_html(_COLUMNS, rows, below=self._more())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002, FBT001 - as IPython calls it
        rows = [_COLUMNS, *(cells for _, cells in self._rows())]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        printer.text("\n".join(filter(None, [*lines, self._more()])))

    def _more(self) -> str:
        return f"and {len(self) - _MOST:,} more" if len(self) > _MOST else ""

    def _rows(self) -> list[tuple[str, tuple[str, ...]]]:
        """The state and the cells of each line."""
        from hitsave.freshness.arguments import in_one_line, read_arguments
        from hitsave.freshness.judging import IN_WORDS
        from hitsave.freshness.words import ago, duration
        from hitsave.runtime.engine import engine

        shown, store, now = self[:_MOST], engine().store(), time.time_ns()
        arguments = read_arguments(store, shown) if store is not None else {}
        rows: list[tuple[str, tuple[str, ...]]] = []
        for entry in shown:
            state = self._state(entry)
            call = in_one_line(arguments.get(entry.id, ()))
            name = entry.symbol.rpartition(":")[2]
            cells = entry.id[:_SHORT_ID], name, call, IN_WORDS[state], duration(entry.wall_ns), ago(entry.created_ns, now), f"{entry.hits:,}"
            rows.append((state, cells))
        return rows

    def _state(self, entry: Entry) -> str:
        from hitsave.freshness.status import Fresh, Stale
        from hitsave.runtime.asking import judged, symbol_of

        if entry.status != "done":
            return entry.status
        memoised = next(memo for memo in self.memoised if symbol_of(memo) == entry.symbol)
        match judged(memoised, entry):
            case Fresh():
                return "fresh"
            case Stale():
                return "stale"
            case _:
                return "cannot_tell"
