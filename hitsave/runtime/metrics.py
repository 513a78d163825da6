"""Metrics: what a running evaluation logs belongs to the nearest enclosing experiment, and comes again when a hit stands for the evaluation.

Each evaluation on the way keeps what was logged in it, because a later hit of it may lie in an experiment.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from hitsave.runtime import recorder
from hitsave.runtime.engine import Evaluation, current_evaluation, engine
from hitsave.storage.packing import pack, unpack

if TYPE_CHECKING:
    from hitsave.storage.entry import Entry
    from hitsave.storage.store import Store

_EVERY: Final = 0.5
"""Seconds between two writes of what was logged."""


def log(*, step: float | None = None, **metrics: float) -> None:
    """Log metrics of the nearest enclosing experiment. Outside of one they are shown nowhere.

    `step`     where the values lie on an axis; without it they are numbered from 0.
    `metrics`  numbers by name, of any type that `float` takes. TypeError for text, booleans and anything else.

    Where a hit stands for a memoised function that logged something, the experiment that it is called in gets that again.

    >>> log(step=3, loss=0.2, accuracy=0.97)
    """
    for name, value in metrics.items():
        if isinstance(value, (bool, str, bytes)) or not hasattr(value, "__float__"):
            raise TypeError(f"hitsave.log() takes numbers, and {name} is a {type(value).__name__}")
    _log(None if step is None else float(step), {n: float(v) for n, v in metrics.items()})


def replay(store: Store, entry: Entry) -> None:
    """Log again what the evaluation of `entry` had logged, if anything. What an experiment logged is its own: running it again would log nothing in the one around it."""
    if entry.metrics is None or entry.kind == "experiment" or current_evaluation.get() is None:
        return
    for row in store.logged(entry.id):
        _, step, values = unpack(row.content)
        _log(step, values)


def _log(step: float | None, values: dict[str, float]) -> None:
    now = time.time()
    evaluation = current_evaluation.get()
    while evaluation is not None:
        if evaluation.kind == "experiment":
            evaluation.logged.append((now, float(len(evaluation.logged)) if step is None else step, values))
            _show(evaluation, now)
            return
        evaluation.logged.append((now, step, values))
        evaluation = evaluation.parent


def _show(evaluation: Evaluation, now: float) -> None:
    if evaluation.entry_id is not None and now - evaluation.written_at >= _EVERY:
        evaluation.written_at = now
        with suppress(Exception), recorder.own_work():  # what could not be shown is written with what comes next, at last when the experiment ends
            store = engine().store()
            if store is not None:
                write_metrics(store, evaluation)


def write_metrics(store: Store, evaluation: Evaluation) -> None:
    """Write what was logged since the last write, so that a panel sees it while the experiment runs."""
    rows = logged_rows(evaluation, after=evaluation.written)
    if rows and evaluation.entry_id is not None:
        store.log(evaluation.entry_id, rows)
        evaluation.written += len(rows)


def logged_rows(evaluation: Evaluation, *, after: int = 0) -> list[bytes]:
    """What was logged, as the store keeps it: msgpack [seconds since 1970, step, {name: value}]; of a memoised function that gave no step, that is None."""
    return [pack([at, step, values]) for at, step, values in evaluation.logged[after:]]


def metrics_summary(evaluation: Evaluation) -> bytes | None:
    """The last, least and greatest value of each metric: msgpack {name: [last, least, greatest, count]}; None if nothing was logged."""
    summary: dict[str, list[float]] = {}
    for _, _, values in evaluation.logged:
        for name, value in values.items():
            if name in summary:
                known = summary[name]
                known[:] = [value, min(known[1], value), max(known[2], value), known[3] + 1]
            else:
                summary[name] = [value, value, value, 1]
    return pack(summary) if summary else None
