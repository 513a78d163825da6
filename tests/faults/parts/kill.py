"""`kill -9` at random moments. Two programs at a time store results, small and large, and experiments in one store; one of them is killed, and another takes its place.

After every twentieth kill the last ones end by themselves, and a new process asks for all that was ever finished: how many are hits, whether each value is right, whether `fsck` finds anything.
"""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

from tests.faults.children import Child, run, wait_until
from tests.faults.figures import Figures, Plan
from tests.faults.program import calls, calls_and_check, faults_of, hits, litter

ROW = "random moments"
_A_STORE = 20
_SPAN = 400


def measure(plan: Plan) -> Figures:
    """Play the rounds."""
    figures = Figures()
    stores = plan.of(1000, 40) // _A_STORE
    for counts, problems in plan.play(figures, range(stores), lambda number: _one_store(plan.folder / f"store{number}", plan.seed * 1000 + number)):
        figures.count(ROW, **counts)
        figures.wrong(ROW, "a store", problems)
    row = figures.rows[ROW]
    row["hits, %"] = round(100 * row["hits"] / max(row["finished before"], 1))
    if row["hits"] < 0.95 * row["finished before"]:
        figures.problems.append(f"only {row['hits']} of {row['finished before']} finished calls are hits")
    return figures


def _one_store(store: Path, seed: int) -> tuple[dict[str, int], list[str]]:
    chance = random.Random(seed)
    problems: list[str] = []
    finished: set[int] = set()
    next_number = 0
    running: list[tuple[Child, range]] = []

    def begin() -> None:
        nonlocal next_number
        numbers = range(next_number, next_number + _SPAN)
        next_number += _SPAN
        running.append((Child(calls, store, numbers), numbers))

    def take(child: Child, numbers: range, *, killed: bool) -> None:
        ended = child.end()
        problems.extend(faults_of(ended, numbers, killed=killed))
        finished.update(n for n in numbers if ended.done[n])

    begin()
    begin()
    for _ in range(_A_STORE):
        child, numbers = running.pop(chance.randrange(2))
        wait_until(lambda c=child, n=numbers: c.done[n.start] == 1)  # or young ones would never come to store anything
        time.sleep(chance.random() * 0.08)
        child.signal(signal.SIGKILL)
        begin()
        take(child, numbers, killed=True)
    for child, numbers in running:
        child.signal(signal.SIGKILL)
        take(child, numbers, killed=True)
    asked = sorted(finished)
    again = run(calls_and_check, store, asked, timeout=600)
    problems += [f"afterwards: {problem}" for problem in faults_of(again, asked)] + litter(store)
    return {"kills": _A_STORE + 2, "finished before": len(asked), "hits": hits(again, asked)}, problems
