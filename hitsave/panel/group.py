"""The runs of one function, by columns: each run has a place that stays, and each column has its cell there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hitsave.panel.contract import Cell, Column, ColumnKind, Facts, Group, Packed, State
from hitsave.panel.packed import differs, packed
from hitsave.panel.source import Marks
from hitsave.storage.entry import Entry

MOST_COLUMNS: Final = 500
MOST_CELLS: Final = 200_000
"""That are sent with the runs; of a group with more, the first columns."""
_LEAST_COLUMNS: Final = 4
_ORDER: Final[dict[ColumnKind, int]] = {"argument": 0, "result": 1, "metric": 2}

Values = dict[str, tuple[ColumnKind, str, Cell]]
"""The cells of one run: by column, with its kind and title."""


@dataclass(slots=True)
class Listed:
    """One run as it is listed. `judged_by` is shared by all runs of which the same will be said; `revision` is when it changed last."""

    entry: Entry
    number: int
    judged_by: tuple[object, ...]
    state: State
    reason: str
    marks: Marks
    revision: int


@dataclass(slots=True)
class _Known:
    kind: ColumnKind
    title: str
    settled: bool
    cells: list[Cell]


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

    def take(self, listed: Listed, values: Values) -> None:
        """A run that is new, or stands in place of what was known of it."""
        place = self.places.setdefault(listed.entry.id, len(self._listed))
        if place == len(self._listed):
            self._listed.append(listed)
        else:
            self._listed[place] = listed
            for known in self._columns.values():
                if place < len(known.cells):
                    known.cells[place] = None
        # Of a run that did not end there are no Views, so those that did settle the order of columns.
        ended = listed.entry.status == "done"
        for identity, (kind, title, cell) in values.items():
            known = self._columns.get(identity)
            if known is None:
                if len(self._columns) >= MOST_COLUMNS:
                    continue
                known = self._columns[identity] = _Known(kind, title, ended, [])
            known.settled = known.settled or ended
            known.cells.extend([None] * (place + 1 - len(known.cells)))
            known.cells[place] = cell
        self.changed(listed)

    def changed(self, listed: Listed) -> None:
        """Something of a run did."""
        self.revision = max(self.revision, listed.revision)

    def drop(self, identity: str, revision: int) -> None:
        """A run is gone. Its place stays empty, and is taken again if it comes back."""
        place = self.places.get(identity)
        if place is not None and self._listed[place] is not None:
            self._listed[place] = None
            self._gone.append((revision, identity))
            self.revision = revision

    @property
    def listed(self) -> list[Listed]:
        """Those that are there."""
        return [listed for listed in self._listed if listed is not None]

    def get(self, identity: str) -> Listed | None:
        """One of them."""
        place = self.places.get(identity)
        return None if place is None else self._listed[place]

    @property
    def newest(self) -> int:
        """When the last run began, in nanoseconds."""
        return max((listed.entry.created_ns for listed in self._listed if listed is not None), default=0)

    def answer(self, since: int) -> Group:
        """What changed after the revision `since`; everything, if the group is younger."""
        whole = since < self.born
        chosen = (
            []
            if self.revision <= since and not whole
            else [(place, listed) for place, listed in enumerate(self._listed) if listed is not None and (whole or listed.revision > since)]
        )
        places = [place for place, _ in chosen]
        ordered = self._ordered()
        sent = ordered
        if whole and len(places) * len(ordered) > MOST_CELLS:
            sent = ordered[: max(_LEAST_COLUMNS, MOST_CELLS // len(places))]
        in_order = places == list(range(len(places)))
        return {
            "symbol": self.symbol,
            "name": self.symbol.partition(":")[2],
            "columns": [self._column(identity) for identity in ordered],
            "whole": whole,
            "facts": _facts([listed for _, listed in chosen], [] if in_order else places),
            "gone": [] if whole else [identity for revision, identity in self._gone if revision > since and self.get(identity) is None],
            "cells": {identity: packed(_at(self._columns[identity].cells, places, in_order=in_order)) for identity in sent},
            "short": _short_length(self.places),
            "waiting": self.waiting,
            "more": self.more,
        }

    def cells(self, columns: list[str]) -> dict[str, Packed]:
        """All cells of some columns, by place."""
        places = list(range(len(self._listed)))
        return {identity: packed(_at(self._columns[identity].cells, places, in_order=True)) for identity in columns if identity in self._columns}

    def _ordered(self) -> list[str]:
        return sorted(self._columns, key=lambda identity: (_ORDER[self._columns[identity].kind], not self._columns[identity].settled))

    def _column(self, identity: str) -> Column:
        known = self._columns[identity]
        short = len(known.cells) < len(self._listed)
        told = bool(known.cells) and (differs(known.cells) or (short and known.cells[0] is not None))
        return {"id": identity, "title": known.title, "kind": known.kind, "differs": told}


def _at(cells: list[Cell], places: list[int], *, in_order: bool) -> list[Cell]:
    if in_order:
        return cells[: len(places)] + [None] * (len(places) - len(cells))
    return [cells[place] if place < len(cells) else None for place in places]


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


def _short_length(ids: dict[str, int]) -> int:
    """How many characters at the end of an ID tell these runs apart, at least six."""
    length = 6
    while length < 26 and len({identity[-length:] for identity in ids}) < len(ids):
        length += 1
    return length
