"""Metrics that a running experiment logs."""

from __future__ import annotations

import time

from hitsave.runtime.engine import current_evaluation


def log(*, step: float | None = None, **metrics: float) -> None:
    """Log metrics of the nearest enclosing experiment: ``hitsave.log(step=3, loss=0.2)``. Outside of an evaluation it does nothing.

    `step` places the values on an axis; without it they are numbered. Values are numbers. TypeError for anything else.
    """
    for name, value in metrics.items():
        if isinstance(value, bool) or not hasattr(value, "__float__"):
            raise TypeError(f"hitsave.log() takes numbers, and {name} is a {type(value).__name__}")
    evaluation = current_evaluation.get()
    while evaluation is not None and evaluation.kind != "experiment":
        evaluation = evaluation.parent
    if evaluation is not None:
        evaluation.logged.append((time.time(), {"step": step, **{n: float(v) for n, v in metrics.items()}}))
