"""A report on the sweep: everything that a page draws of a value, and runs within a run."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from plotly import graph_objects
from sweep import Model, fit

import hitsave


@dataclass
class Note:
    text: str

    def _repr_markdown_(self) -> str:
        return self.text


@hitsave.experiment
def report(rates: tuple[float, ...], title: str = "rates") -> dict[str, object]:
    errors = [fit(Model(2, 0.1), rate).error for rate in rates]
    lines = graph_objects.Figure(graph_objects.Scatter(x=rates, y=errors))
    lines.update_layout(title=title)
    image = np.add.outer(np.sin(np.linspace(0, 6, 90)), np.cos(np.linspace(0, 9, 120)))
    table = pd.DataFrame({"rate": rates * 10, "error": errors * 10})
    return {"note": Note(f"## {title}\n\nThe best error is **{min(errors):.3f}**."), "lines": lines, "image": image, "table": table}


@hitsave.experiment
def slow(steps: int) -> int:
    """Goes on until it is told that it is enough, by a file, so that whoever looks at it has the time that they need."""
    for step in range(steps):
        hitsave.log(step=step, loss=1 / (1 + step))
        time.sleep(0.1)
        if Path("enough").exists():
            break
    return steps


if __name__ == "__main__":
    if len(sys.argv) > 1:
        slow(int(sys.argv[1]))
    else:
        report((0.1, 0.3))
