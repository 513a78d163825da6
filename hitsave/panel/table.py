"""The table: the runs of a project by function, kept between two looks, so that a look costs what changed."""

from __future__ import annotations

import ast
import os
import secrets
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from hitsave.freshness.arguments import Argument, read_arguments
from hitsave.freshness.judging import Judged
from hitsave.freshness.views import EntryViews, views_in
from hitsave.panel.cells import flattened, number_cell
from hitsave.panel.contract import PANEL_VERSION, Cell, Cells, Runs, State
from hitsave.panel.group import Listed, RunsOfFunction, Values
from hitsave.panel.logs import summed
from hitsave.panel.source import Marks, Source
from hitsave.storage.entry import Entry
from hitsave.storage.listing import Numbered

MOST_RUNS: Final = 100_000
"""Of one function, the newest."""
_SECONDS: Final = 0.3
"""Of reading runs for one answer; those that are left come with the next."""
_FIRST_SECONDS: Final = 0.06
"""For the first answer, which a page waits for with nothing on it."""
_CHUNK: Final = 200
_NOTHING: Final[Marks] = (False, "", ())
_NO_RUNS: Final[Mapping[str, str]] = {}
Judging = tuple[object, ...]
"""What an answer about a run goes by: runs that have it in common are judged once."""
Told = tuple[State, str]
"""A state, and why."""


class Table:
    """The table of a source; `memo`: with the results of memoised functions. A page that has an answer of this table is told what changed after it."""

    def __init__(self, source: Source, *, memo: bool, seconds: float = _SECONDS) -> None:
        self._source = source
        self._memo = memo
        self._seconds = seconds
        self._epoch = secrets.token_hex(4)
        self._revision = 0
        self._seen = ""
        self._groups: dict[str, RunsOfFunction] = {}
        self._where: dict[int, tuple[str, str]] = {}  # by number, the symbol and the ID
        self._left: list[Numbered] = []  # of what stood in the store when it was last listed, what is still to be read
        self._told: dict[Judging, Told] = {}
        self._logged: dict[str, Values] = {}  # by ID, what is known of a run that goes on

    def runs(self, *, since: str = "", look: bool = False, below: Mapping[str, str] = _NO_RUNS) -> Runs:
        """The table, or what changed in it after the stamp `since`; with `look`, what is stale is judged again though nothing was stored.

        `below` are the oldest runs that the page has of functions of which older ones are still to come.
        """
        stamp = self._source.stamp()
        if look or stamp != self._seen or not self._settled:
            self._refresh(listing=look or stamp != self._seen)
            self._seen = stamp
        answer = empty_runs(self._source.root, "", name=self._source.name)
        after = self._after(since)
        if after == self._revision and not below:
            answer["unchanged"] = True
        else:
            groups = sorted((g for g in self._groups.values() if g.newest or g.waiting), key=lambda g: g.newest, reverse=True)
            answer["groups"] = [group.answer(after, below.get(group.symbol, "")) for group in groups]
        settled = self._settled and all(group["waiting"] == 0 for group in answer["groups"])
        answer["stamp"] = f"{self._epoch}.{self._revision}.{'settled' if settled else 'moving'} {stamp}"
        return answer

    def cells(self, symbol: str, columns: Sequence[str], places: Sequence[int] = ()) -> Cells:
        """The cells of some columns of a function's runs at some places, or at all."""
        group = self._groups.get(symbol)
        return {"count": 0, "cells": {}} if group is None else group.cells(columns, places)

    @property
    def _settled(self) -> bool:
        return not any(group.waiting or group.running for group in self._groups.values())

    def _after(self, since: str) -> int:
        epoch, _, rest = since.partition(".")
        revision = rest.partition(".")[0]
        return int(revision) if epoch == self._epoch and revision.isdecimal() else -1

    def _refresh(self, *, listing: bool) -> None:
        """Read on, and with `listing` look again at what stands in the store, and judge that again."""
        self._revision += 1
        before = self._revision
        if listing:
            self._list_store()
            self._told.clear()
        changed = self._read()
        changed |= self._take_running()
        if listing:
            changed |= self._take_marks()
            changed |= self._take_judgements()
        if not changed and all(group.revision < before for group in self._groups.values()):
            self._revision -= 1

    def _list_store(self) -> None:
        standing = {place.number: place for place in self._source.numbered(memo=self._memo)}
        gone = self._where.keys() - standing.keys()
        there = {place.id for place in standing.values()} if gone else set[str]()
        for number in gone:
            symbol, identity = self._where.pop(number)
            if identity not in there:
                self._groups[symbol].drop(identity, self._revision)
        self._left = self._to_read([place for number, place in standing.items() if number not in self._where])

    def _to_read(self, new: list[Numbered]) -> list[Numbered]:
        """What is new, the newest first; of a function with too many, only so many."""
        new.sort(key=attrgetter("id"), reverse=True)
        room: dict[str, int] = {}
        chosen: list[Numbered] = []
        for place in new:
            group = self._groups.get(place.symbol)
            if group is None:
                group = self._groups[place.symbol] = RunsOfFunction(place.symbol, self._revision)
            left = room.setdefault(place.symbol, MOST_RUNS - len(group.places))
            if left > 0 or place.id in group.places:
                room[place.symbol] = left - 1
                chosen.append(place)
            else:
                group.more = True
        return chosen

    def _read(self) -> bool:
        places = self._left
        end = time.monotonic() + (self._seconds if self._where else min(self._seconds, _FIRST_SECONDS))
        marks: Mapping[int, Marks] = self._source.marks() if places else {}
        done = 0
        while done < len(places) and (done == 0 or time.monotonic() < end):
            some = places[done : done + _CHUNK]
            found = self._source.entries([place.number for place in some])
            self._judge(list(found.values()))
            pictured = dict(zip(found, self._values(list(found.values())), strict=True))
            for place in some:
                self._where[place.number] = place.symbol, place.id
                entry = found.get(place.number)
                if entry is not None:
                    key = _judged_by(entry)
                    listed = Listed(_slim(entry), place.number, key, *self._told[key], marks.get(place.number, _NOTHING), self._revision)
                    self._groups[place.symbol].take(listed, pictured[place.number])
            done += len(some)
        self._left = places[done:]
        waiting = Counter(place.symbol for place in self._left)
        for symbol, group in self._groups.items():
            group.waiting = waiting[symbol]
        return done > 0

    def _take_running(self) -> bool:
        """Of what runs, what it logged so far; and whether its process still lives."""
        running = {one.number: one for group in self._groups.values() for one in group.running}
        logged, self._logged = self._logged, {}
        changed = False
        for number, entry in self._source.entries(list(running)).items():
            one = running[number]
            (judged,), (values,) = self._source.judge([entry]), self._values([entry])
            self._logged[entry.id] = values
            now = judged.state, first_reason(judged)
            if now != (one.state, one.reason) or (values != logged.get(entry.id) and one.revision != self._revision):
                (one.state, one.reason), one.revision, changed = now, self._revision, True
                self._groups[entry.symbol].take(one, values)
        return changed

    def _take_marks(self) -> bool:
        marks = self._source.marks()
        changed = False
        for group in self._groups.values():
            for one in group.listed:
                now = marks.get(one.number, _NOTHING)
                if one.marks != now:
                    one.marks, one.revision, changed = now, self._revision, True
                    group.changed(one)
        return changed

    def _take_judgements(self) -> bool:
        ended = [one for group in self._groups.values() for one in group.listed if one.entry.status == "done"]
        self._judge([one.entry for one in {one.judged_by: one for one in ended}.values()])
        changed = False
        for one in ended:
            now = self._told[one.judged_by]
            if now != (one.state, one.reason):
                (one.state, one.reason), one.revision, changed = now, self._revision, True
                self._groups[one.entry.symbol].changed(one)
        return changed

    def _judge(self, entries: list[Entry]) -> None:
        """Of those of which nothing is told yet."""
        new = {key: entry for entry in entries if (key := _judged_by(entry)) not in self._told}
        if new:
            for key, judged in zip(new, self._source.judge(list(new.values())), strict=True):
                self._told[key] = judged.state, first_reason(judged)

    def _values(self, entries: list[Entry]) -> list[Values]:
        arguments = read_arguments(self._source, entries)
        views = self._source.contents("view", {entry.view for entry in entries if entry.view is not None})
        return [_values_of(arguments[e.id], views_in(None if e.view is None else views.get(e.view)), summed(self._source, e)) for e in entries]


def _values_of(arguments: Iterable[Argument], views: EntryViews, metrics: Mapping[str, tuple[float, float, float, int]]) -> Values:
    """The cells that a run's arguments, result and metrics make."""
    values: Values = {}
    for argument in arguments:
        view = views.arguments.get(argument.name)
        looked_at = view is not None and view.get("kind") not in {"cut", "failed"}
        cells = flattened(argument.name, view) if looked_at else [(argument.name, _read_text(argument.text))]
        values |= {f"arg.{name}": ("argument", name, cell) for name, cell in cells}
    if views.result is not None and views.result.get("kind") != "none":
        values |= {f"result.{name}".rstrip("."): ("result", name or "result", cell) for name, cell in flattened("", views.result)}
    for name, (last, least, most, count) in metrics.items():
        values[f"metric.{name}"] = ("metric", name, number_cell(last))
        if count > 1:
            values[f"metric.{name}.min"] = ("metric", f"{name} (min)", number_cell(least))
            values[f"metric.{name}.max"] = ("metric", f"{name} (max)", number_cell(most))
    return values


def empty_runs(root: str, stamp: str, problem: str = "", *, name: str = "") -> Runs:
    """A table without any runs, and why."""
    return {
        "version": PANEL_VERSION,
        "stamp": stamp,
        "unchanged": False,
        "root": root,
        "project": name or os.path.basename(root) or root,  # noqa: PTH119 - a name that is text
        "problem": problem,
        "groups": [],
    }


def is_settled(since: str, stamp: str) -> bool:
    """Whether an answer with the stamp `since` still holds for a source with the stamp `stamp`: nothing changed, and nothing was going on.

    >>> is_settled("3fa2.7.settled 1 2", "1 2"), is_settled("3fa2.7.moving 1 2", "1 2")
    (True, False)
    """
    told, _, seen = since.partition(" ")
    return seen == stamp and told.endswith(".settled")


def first_reason(judged: Judged) -> str:
    """Why a run is not fresh, in one sentence; "" of one that is."""
    return str(judged.reasons[0])[:500] if judged.reasons else ""


def _judged_by(entry: Entry) -> Judging:
    if entry.status == "done":
        return entry.project, entry.symbol, entry.record, entry.snapshot
    return ("failed",) if entry.status == "failed" else ("running", entry.id)


def _slim(entry: Entry) -> Entry:
    """Without what takes room and is read again where it is needed."""
    return entry._replace(inline=None, extra=None, metrics=None, signer=None, signature=None)


def _read_text(text: str) -> Cell:
    """An argument of which there is only a short text: a number, a text or a truth value where it is one."""
    if text in {"nan", "inf", "-inf"}:
        return {"number": text}
    try:
        value: Any = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return {"shown": text}
    if isinstance(value, (bool, str)):
        return value
    return number_cell(value) if isinstance(value, float) or (isinstance(value, int) and abs(value) < 1 << 53) else {"shown": text}
