"""The table: the runs of a project by function, with their values as columns."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from hitsave.freshness.arguments import Argument, read_arguments
from hitsave.freshness.comparing import metrics_of
from hitsave.freshness.judging import Judged
from hitsave.freshness.views import read_views
from hitsave.panel.cells import flattened, number_cell
from hitsave.panel.contract import PANEL_VERSION, Cell, Column, ColumnKind, Group, Row, Runs
from hitsave.storage.entry import Entry
from hitsave.storage.listing import Filter
from hitsave.storage.packing import unpack
from hitsave.storage.store import Store

MOST_RUNS: Final = 10_000
"""Of one function, the newest."""
MOST_COLUMNS: Final = 200
_MOST_REMEMBERED: Final = 50_000

Judging = Callable[[Sequence[Entry]], Sequence[Judged]]
Values = dict[str, tuple[ColumnKind, str, Cell]]
"""The cells of one run: by column, with its kind and title."""


class Table:
    """Makes the table of the project at `root`, again and again: what a finished run's values are is read once."""

    def __init__(self, store: Store, root: str) -> None:
        self._store = store
        self._root = root
        self._known: dict[tuple[str, str], Values] = {}

    def runs(self, judge: Judging, stamp: str, *, memo: bool = False) -> Runs:
        """The table as the store is now. `judge` says what became of each run."""
        groups: list[Group] = []
        for summary in self._store.symbols(self._root):
            if memo or summary.experiments:
                chosen = Filter(symbol=summary.symbol, project=self._root, kind=None if memo else "experiment")
                entries = self._store.list(chosen, limit=MOST_RUNS + 1)
                groups.append(self._group(summary.symbol, judge(entries[:MOST_RUNS]), more=len(entries) > MOST_RUNS))
        groups.sort(key=lambda g: max((row["created"] for row in g["rows"]), default=0), reverse=True)
        runs = empty_runs(self._root, stamp)
        runs["groups"] = groups
        return runs

    def _group(self, symbol: str, judged: Sequence[Judged], *, more: bool) -> Group:
        values = self._values([j.entry for j in judged])
        columns: dict[str, Column] = {}
        order: dict[ColumnKind, int] = {"argument": 0, "result": 1, "metric": 2}
        # Of a run that did not end there are no Views, so those that did come first and settle the order.
        for _, of_run in sorted(enumerate(values), key=lambda pair: (judged[pair[0]].entry.status != "done", pair[0])):
            for identity, (kind, title, _) in of_run.items():
                if identity not in columns and len(columns) < MOST_COLUMNS:
                    columns[identity] = {"id": identity, "title": title, "kind": kind}
        ordered = sorted(columns.values(), key=lambda c: order[c["kind"]])
        rows = [
            _row(j, [of_run[c["id"]][2] if c["id"] in of_run else None for c in ordered], short_length(judged))
            for j, of_run in zip(judged, values, strict=True)
        ]
        return {"symbol": symbol, "name": symbol.partition(":")[2], "columns": ordered, "rows": rows, "more": more}

    def _values(self, entries: Sequence[Entry]) -> list[Values]:
        new = [e for e in entries if (e.id, e.status) not in self._known]
        arguments = read_arguments(self._store, new)
        if len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
        found: list[Values] = []
        for entry in entries:
            values = self._known.get((entry.id, entry.status))
            if values is None:
                values = self._read(entry, arguments.get(entry.id) or read_arguments(self._store, [entry])[entry.id])
                if entry.status != "running":
                    self._known[entry.id, entry.status] = values
            found.append(values)
        return found

    def _read(self, entry: Entry, arguments: Iterable[Argument]) -> Values:
        views = read_views(self._store, entry)
        values: Values = {}
        for argument in arguments:
            view = views.arguments.get(argument.name)
            looked_at = view is not None and view.get("kind") not in {"cut", "failed"}
            cells = flattened(argument.name, view) if looked_at else [(argument.name, _read_text(argument.text))]
            values |= {f"arg.{name}": ("argument", name, cell) for name, cell in cells}
        if views.result is not None and views.result.get("kind") != "none":
            values |= {f"result.{name}".rstrip("."): ("result", name or "result", cell) for name, cell in flattened("", views.result)}
        for name, (last, least, most, count) in summed(self._store, entry).items():
            values[f"metric.{name}"] = ("metric", name, number_cell(last))
            if count > 1:
                values[f"metric.{name}.min"] = ("metric", f"{name} (min)", number_cell(least))
                values[f"metric.{name}.max"] = ("metric", f"{name} (max)", number_cell(most))
        return values


def empty_runs(root: str, stamp: str, problem: str = "") -> Runs:
    """A table without any runs, and why."""
    name = Path(root).name or root
    return {"version": PANEL_VERSION, "stamp": stamp, "unchanged": False, "root": root, "project": name, "problem": problem, "groups": []}


def summed(store: Store, entry: Entry) -> dict[str, tuple[float, float, float, int]]:
    """The last, least and greatest value of each metric and how often it was logged; of a run that goes on or failed, from what it has logged so far."""
    found = metrics_of(entry)
    if found or entry.status == "done":
        return found
    for row in store.logged(entry.id):
        for name, value in logged_row(row.content)[2].items():
            _, least, most, count = found.get(name, (value, value, value, 0))
            found[name] = (value, min(least, value), max(most, value), count + 1)
    return found


def logged_row(content: bytes) -> tuple[float, float | None, dict[str, float]]:
    """What was logged at once: seconds since 1970, the step, the values by name; nothing of a row that can't be read."""
    try:
        at, step, values = unpack(content)
        return float(at), None if step is None else float(step), {str(name): float(value) for name, value in values.items()}
    except (ValueError, TypeError, AttributeError):
        return 0.0, None, {}


def short_length(judged: Sequence[Judged]) -> int:
    """How many characters at the end of an ID tell these runs apart, at least six."""
    ids = [j.entry.id for j in judged]
    length = 6
    while length < 26 and len({identity[-length:] for identity in ids}) < len(ids):
        length += 1
    return length


def first_reason(judged: Judged) -> str:
    """Why a run is not fresh, in one sentence; "" of one that is."""
    return str(judged.reasons[0]) if judged.reasons else ""


def _row(judged: Judged, cells: list[Cell], short: int) -> Row:
    entry = judged.entry
    return {
        "id": entry.id,
        "short": entry.id[-short:],
        "kind": entry.kind,
        "state": judged.state,
        "reason": first_reason(judged)[:500],
        "created": entry.created_ns // 1_000_000,
        "seconds": entry.wall_ns / 1e9,
        "cpu": entry.cpu_ns / 1e9,
        "size": entry.size if entry.status == "done" else None,
        "host": entry.host,
        "user": entry.user,
        "commit": (entry.commit or "")[:10],
        "code": entry.snapshot.hex()[:6] if entry.status == "done" else "",
        "pinned": entry.pinned,
        "note": entry.note,
        "tags": list(entry.tags),
        "attachments": len(entry.attachments),
        "cells": cells,
    }


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
