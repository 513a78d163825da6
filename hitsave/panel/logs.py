"""What runs logged, as the store has it: numbers by name, and the end of what was printed. docs/formats.md has the encoding."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from hitsave.freshness.comparing import metrics_of
from hitsave.panel.cells import number_cell
from hitsave.panel.contract import Curve
from hitsave.panel.source import Source
from hitsave.storage.entry import Entry
from hitsave.storage.packing import unpack
from hitsave.storage.rows import Logged

MOST_POINTS: Final = 2_000
"""Of one curve; of a longer one every n-th."""

Row = tuple[float, float | None, dict[str, float]]
"""What was logged at once: seconds since 1970, the step, the values by name."""


def logged_row(content: bytes) -> Row:
    """A row of numbers; nothing of a row that can't be read or holds something else."""
    try:
        at, step, values = unpack(content)
        return float(at), None if step is None else float(step), {str(name): float(value) for name, value in values.items()}
    except (ValueError, TypeError, AttributeError):
        return 0.0, None, {}


def output(rows: Iterable[Logged]) -> tuple[str, bool]:
    """The end of what was printed, and whether there was more before it."""
    for row in reversed(list(rows)):
        try:
            _, text, cut = unpack(row.content)
        except (ValueError, TypeError):
            continue
        if isinstance(text, str):
            return text, cut is True
    return "", False


def summed(source: Source, entry: Entry) -> dict[str, tuple[float, float, float, int]]:
    """The last, least and greatest value of each metric and how often it was logged; of a run that goes on or failed, from what it has logged so far."""
    found = metrics_of(entry)
    if found or entry.status == "done":
        return found
    for row in source.logged(entry.id):
        for name, value in logged_row(row.content)[2].items():
            _, least, most, count = found.get(name, (value, value, value, 0))
            found[name] = (value, min(least, value), max(most, value), count + 1)
    return found


def curves(entry: Entry, rows: Sequence[Logged]) -> list[Curve]:
    """What the run logged, one curve a metric."""
    found: dict[str, tuple[list[float | None], list[float], list[float]]] = {}
    for row in rows:
        at, step, values = logged_row(row.content)
        for name, value in values.items():
            steps, times, logged = found.setdefault(name, ([], [], []))
            steps.append(step if step is None or math.isfinite(step) else None)
            times.append(at - entry.created_ns / 1e9)
            logged.append(value)
    return [_curve(name, *of_metric) for name, of_metric in found.items()]


def _curve(name: str, steps: list[float | None], times: list[float], values: list[float]) -> Curve:
    every = -(-len(values) // MOST_POINTS)
    finite = [value for value in values if math.isfinite(value)]
    # The last one is always there: it is what the table shows.
    chosen = [*range(0, len(values) - 1, every), len(values) - 1]
    return {
        "name": name,
        "steps": [steps[n] for n in chosen],
        "times": [times[n] for n in chosen],
        "values": [values[n] if math.isfinite(values[n]) else None for n in chosen],
        "last": number_cell(values[-1]),
        "min": min(finite, default=None),
        "max": max(finite, default=None),
        "count": len(values),
    }
