"""What every benchmark here shares: rows of a table, and how a time is taken.

A time alone says more about the machine than about the code. So each row has a floor, taken in the same process and at the same moment, and the ratio to it.
"""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Row(NamedTuple):
    """`seconds` of what is measured, and of the `floor` that it is compared with."""

    what: str
    seconds: float
    floor: str
    floor_seconds: float

    @property
    def ratio(self) -> float:
        """How many times the floor it is."""
        return self.seconds / self.floor_seconds


def best_pair(one: Callable[[], object], other: Callable[[], object], *, rounds: int, calls: int = 1) -> tuple[float, float]:
    """Seconds that a call of each takes: medians of `rounds`, in which they take turns, so that a change of the machine's speed meets both."""
    first: list[float] = []
    second: list[float] = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for work, times in ((one, first), (other, second)):
                begin = time.perf_counter()
                for _ in range(calls):
                    work()
                times.append((time.perf_counter() - begin) / calls)
    finally:
        gc.enable()
    return statistics.median(first), statistics.median(second)


def in_process(script: str, *arguments: str, folder: Path, **environment: str) -> list[Row]:
    """The rows that a Python script prints as JSON, in a process of its own."""
    import os

    paths = os.pathsep.join([str(ROOT), str(ROOT / "benchmarks")])
    done = subprocess.run(
        [sys.executable, script, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, "HITSAVE_DIR": str(folder / "store"), "HITSAVE_NOTICES": "off", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return [Row(*row) for row in json.loads(done.stdout.splitlines()[-1])]


def spoken(seconds: float) -> str:
    """A duration in three digits: ``1.23 ms``."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def table(rows: list[Row]) -> str:
    """Rows as a Markdown table."""
    lines = ["| | takes | floor | takes | ratio |", "|---|---:|---|---:|---:|"]
    lines += [f"| {r.what} | {spoken(r.seconds)} | {r.floor} | {spoken(r.floor_seconds)} | {r.ratio:.3g} |" for r in rows]
    return "\n".join(lines) + "\n"
