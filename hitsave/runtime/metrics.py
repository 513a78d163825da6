"""Metrics that a running experiment logs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from hitsave.runtime import recorder
from hitsave.runtime.engine import Evaluation, current_evaluation, engine
from hitsave.storage.packing import pack

if TYPE_CHECKING:
    from hitsave.storage.store import Store

_EVERY: Final = 0.5
"""Seconds between two writes of what was logged."""


def log(*, step: float | None = None, **metrics: float) -> None:
    """Log metrics of the nearest enclosing experiment: ``hitsave.log(step=3, loss=0.2)``. Outside of one it does nothing.

    `step` places the values on an axis; without it they are numbered from 0. TypeError for values that are not numbers.
    """
    for name, value in metrics.items():
        if isinstance(value, (bool, str, bytes)) or not hasattr(value, "__float__"):
            raise TypeError(f"hitsave.log() takes numbers, and {name} is a {type(value).__name__}")
    evaluation = current_evaluation.get()
    while evaluation is not None and evaluation.kind != "experiment":
        evaluation = evaluation.parent
    if evaluation is None:
        return
    number = float(len(evaluation.logged)) if step is None else float(step)
    now = time.time()
    evaluation.logged.append((now, number, {n: float(v) for n, v in metrics.items()}))
    if evaluation.entry_id is not None and now - evaluation.written_at >= _EVERY:
        evaluation.written_at = now
        store = engine().store()
        if store is not None:
            with recorder.own_work():
                write_metrics(store, evaluation)


def write_metrics(store: Store, evaluation: Evaluation) -> None:
    """Write what was logged since the last write, so that a panel sees it while the experiment runs."""
    rows = evaluation.logged[evaluation.written :]
    if rows and evaluation.entry_id is not None:
        evaluation.written = len(evaluation.logged)
        store.log(evaluation.entry_id, [pack([at, step, values]) for at, step, values in rows])


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
