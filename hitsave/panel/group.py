"""The runs of one function, by columns: each run has a place that stays, and each column has its cell there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from hitsave.panel.contract import Cell, Cells, Column, ColumnKind, Facts, Group, State
from hitsave.panel.packed import differs, packed
from hitsave.panel.source import Marks
from hitsave.storage.entry import Entry

MOST_COLUMNS: Final = 500
MOST_CELLS: Final = 40_000
"""That are sent with the runs; of a group with more, the first columns."""
FIRST_CELLS: Final = 10_000
LEAST_FIRST_RUNS: Final = 50
"""As many as a large screen shows."""
FIRST_RUNS: Final = 400
"""With which a page begins, the newest, or with as many as have `FIRST_CELLS`; `MORE_RUNS` come with each answer after it, so that it can be used meanwhile."""
MORE_RUNS: Final = 10_000
_LEAST_COLUMNS: Final = 4
_ORDER: Final[dict[ColumnKind, int]] = {"argument": 0, "result": 1, "metric": 2}

Values = dict[str, tuple[ColumnKind, str, Cell]]
"""The cells of one run: by column, with its kind and title."""


@dataclass(slots=True)
class Listed:
    """One run as it is listed. `judged_by` is shared by all runs of which the same will be said; `revision` is when it changed last, `valued` when its values did."""

    entry: Entry
    number: int
    judged_by: tuple[object, ...]
    state: State
    reason: str
    marks: Marks
    revision: int
    valued: int = 0


@dataclass(slots=True)
class _Known:
    kind: ColumnKind
    title: str
    settled: bool
    cells: list[Cell]
    alike: int = 0
    """How many of the first cells are known to be the same, but for those that are `rewritten`."""
    rewritten: list[int] = field(default_factory=list[int])
    differs: bool = False

    def forget(self, place: int) -> None:
        """Another cell may come to a place."""
        if self.differs or place == 0:
            self.alike, self.rewritten, self.differs = 0, [], False
        elif place < self.alike:
            self.rewritten.append(place)

    def tell(self) -> bool:
        """Whether not all cells are the same, of which those are looked at that came since this was last asked."""
        if not self.differs:
            new = [*self.cells[self.alike :], *(self.cells[place] for place in self.rewritten)]
            self.differs = differs([*self.cells[:1], *new])
            self.alike, self.rewritten = len(self.cells), []
        return self.differs


class RunsOfFunction:
    """Takes in runs, and says what changed after a revision. `born` is the revision that it began with."""

    def __init__(self, symbol: str, revision: int) -> None:
        self.symbol = symbol
        self.born = self.revision = revision
        self.places: dict[str, int] = {}
        self.waiting = 0
        self.more = False
        self._listed: list[Listed | None] = []
        self._gone: list[tuple[int, str]] = []
        self._columns: dict[str, _Known] = {}
        self._running: set[str] = set()
        self._oldest_first: list[str] | None = None
        self._short, self._ends = 6, set[str]()

    def take(self, listed: Listed, values: Values) -> None:
        """A run that is new, or stands in place of what was known of it."""
        identity = listed.entry.id
        place = self.places.setdefault(identity, len(self._listed))
        if place == len(self._listed):
            self._listed.append(listed)
            self._oldest_first = None
            self._tell_apart(identity)
        else:
            if self._listed[place] is None:
                self._oldest_first = None
            self._listed[place] = listed
            for known in self._columns.values():
                if place < len(known.cells):
                    known.cells[place] = None
                    known.forget(place)
        # Of a run that did not end there are no Views, so those that did settle the order of columns.
        ended = listed.entry.status == "done"
        for column, (kind, title, cell) in values.items():
            known = self._columns.get(column)
            if known is None:
                if len(self._columns) >= MOST_COLUMNS:
                    continue
                known = self._columns[column] = _Known(kind, title, ended, [])
            known.settled = known.settled or ended
            known.cells.extend([None] * (place + 1 - len(known.cells)))
            known.cells[place] = cell
        (self._running.add if listed.entry.status == "running" else self._running.discard)(identity)
        listed.valued = listed.revision
        self.changed(listed)

    def changed(self, listed: Listed) -> None:
        """Something of a run did."""
        self.revision = max(self.revision, listed.revision)

    def drop(self, identity: str, revision: int) -> None:
        """A run is gone. Its place stays empty, and is taken again if it comes back."""
        place = self.places.get(identity)
        if place is not None and self._listed[place] is not None:
            self._listed[place] = None
            self._oldest_first = None
            self._running.discard(identity)
            self._gone.append((revision, identity))
            self.revision = revision

    @property
    def running(self) -> list[Listed]:
        """Those that go on."""
        return [listed for identity in self._running if (listed := self.get(identity)) is not None]

    @property
    def listed(self) -> list[Listed]:
        """Those that are there."""
        return [listed for listed in self._listed if listed is not None]

    def get(self, identity: str) -> Listed | None:
        """One of them."""
        place = self.places.get(identity)
        return None if place is None else self._listed[place]

    @property
    def newest(self) -> str:
        """The ID of the run that began last; IDs begin with when that was."""
        return self._ids[-1] if self._ids else ""

    def answer(self, since: int, below: str = "") -> Group:
        """What changed after the revision `since`, and the runs before `below`; if the group is younger than that, what a page begins with."""
        whole = since < self.born
        if whole:
            end = len(self._ids)
            begin = max(0, end - min(FIRST_RUNS, max(LEAST_FIRST_RUNS, FIRST_CELLS // max(1, len(self._columns)))))
            places = self._places(begin, end)
            valued = len(places)
        else:
            end = bisect_left(self._ids, below)
            begin = max(0, end - MORE_RUNS)
            changed = self._changed(since, below)
            valued = sum(self._at(place).valued > since for place in changed)
            places = [*changed, *self._places(begin, end)]
        ordered = self._ordered()
        sent = ordered if valued else []
        if valued * len(ordered) > MOST_CELLS:
            sent = ordered[: max(_LEAST_COLUMNS, MOST_CELLS // valued)]
        with_cells = places[:valued]
        in_order = with_cells == list(range(valued))
        return {
            "symbol": self.symbol,
            "name": self.symbol.partition(":")[2],
            "columns": [self._column(identity) for identity in ordered],
            "whole": whole,
            "facts": _facts([self._at(place) for place in places], [] if places == list(range(len(places))) else places),
            "gone": [] if whole else [identity for revision, identity in self._gone if revision > since and self.get(identity) is None],
            "valued": valued,
            "cells": {identity: packed(_at(self._columns[identity].cells, with_cells, in_order=in_order)) for identity in sent},
            "short": self._short,
            "waiting": self.waiting + begin,
            "more": self.more,
        }

    def cells(self, columns: Sequence[str], places: Sequence[int] = ()) -> Cells:
        """The cells of some columns at some places, or at all."""
        wanted = places or range(len(self._listed))
        known = {identity: self._columns[identity].cells for identity in columns if identity in self._columns}
        return {"count": len(wanted), "cells": {identity: packed(_at(cells, wanted, in_order=not places)) for identity, cells in known.items()}}

    @property
    def _ids(self) -> list[str]:
        if self._oldest_first is None:
            self._oldest_first = sorted(listed.entry.id for listed in self._listed if listed is not None)
        return self._oldest_first

    def _places(self, begin: int, end: int) -> list[int]:
        """Of those that came after one another, the newest first."""
        return [self.places[identity] for identity in reversed(self._ids[begin:end])]

    def _changed(self, since: int, below: str) -> list[int]:
        """Those that changed, of which the values did first. What is older than `below` the page has not seen yet: it comes as it is then."""
        if self.revision <= since:
            return []
        changed = [place for place, one in enumerate(self._listed) if one is not None and one.revision > since and one.entry.id >= below]
        return sorted(changed, key=lambda place: self._at(place).valued <= since)

    def _at(self, place: int) -> Listed:
        listed = self._listed[place]
        assert listed is not None
        return listed

    def _tell_apart(self, identity: str) -> None:
        """As many characters at the end of the IDs as they need to differ, at least six."""
        while identity[-self._short :] in self._ends and self._short < len(identity):
            self._short += 1
            self._ends = {other[-self._short :] for other in self.places if other != identity}
        self._ends.add(identity[-self._short :])

    def _ordered(self) -> list[str]:
        return sorted(self._columns, key=lambda identity: (_ORDER[self._columns[identity].kind], not self._columns[identity].settled))

    def _column(self, identity: str) -> Column:
        known = self._columns[identity]
        short = len(known.cells) < len(self._listed)
        told = bool(known.cells) and (known.tell() or (short and known.cells[0] is not None))
        return {"id": identity, "title": known.title, "kind": known.kind, "differs": told}


def _at(cells: list[Cell], places: Sequence[int], *, in_order: bool) -> list[Cell]:
    if in_order:
        return cells[: len(places)] + [None] * (len(places) - len(cells))
    return [cells[place] if 0 <= place < len(cells) else None for place in places]


def _facts(listed: list[Listed], places: list[int]) -> Facts:
    entries = [one.entry for one in listed]
    return {
        "ids": [e.id for e in entries],
        "places": places,
        "kind": packed([e.kind for e in entries]),
        "state": packed([one.state for one in listed]),
        "reason": packed([one.reason for one in listed]),
        "created": packed([e.created_ns // 1_000_000 for e in entries]),
        "seconds": packed([e.wall_ns / 1e9 for e in entries]),
        "cpu": packed([e.cpu_ns / 1e9 for e in entries]),
        "size": packed([e.size if e.status == "done" else None for e in entries]),
        "host": packed([e.host for e in entries]),
        "user": packed([e.user for e in entries]),
        "commit": packed([(e.commit or "")[:10] for e in entries]),
        "code": packed([e.snapshot.hex()[:6] if e.status == "done" else "" for e in entries]),
        "pinned": packed([one.marks[0] for one in listed]),
        "note": packed([one.marks[1] for one in listed]),
        "tags": packed(["\n".join(one.marks[2]) for one in listed]),
        "attachments": packed([len(e.attachments) for e in entries]),
        "parent": packed([e.parent or "" for e in entries]),
    }
