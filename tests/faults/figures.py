"""What a part of the campaign is asked for, and what it comes to."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.faults.children import spread

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Plan:
    """`folder` is empty, and the campaign's own. `short`: a sample, for CI; else all of it. `jobs`: how many processes do the rounds."""

    folder: Path
    short: bool
    seed: int = 4
    jobs: int = 2
    minutes: float = 15.0

    def of(self, full: int, short: int) -> int:
        """A count: in full, and in CI."""
        return short if self.short else full

    def play(self, figures: Figures, rounds: Iterable[T], one: Callable[[T], R], *, jobs: int | None = None) -> Iterator[R]:
        """What `one` gives for each of the rounds, in random order; where that takes more than `minutes`, of those that were begun by then, and the figures say so."""
        todo = list(rounds)
        random.Random(self.seed).shuffle(todo)
        played = 0
        for result in spread(todo, one, jobs or self.jobs, until=time.monotonic() + 60 * self.minutes):
            played += 1
            yield result
        if played < len(todo):
            figures.notes.append(
                f"{played:,} of {len(todo):,} rounds, chosen at random, were played in {self.minutes:g} minutes; `--minutes` gives it more."
            )


@dataclass
class Figures:
    """A table, and all that was not as it has to be."""

    rows: dict[str, Counter[str]] = field(default_factory=dict[str, "Counter[str]"])
    problems: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])

    def count(self, row: str, **counts: int) -> None:
        """Add to the counts in a row."""
        self.rows.setdefault(row, Counter()).update(counts)

    def wrong(self, row: str, where: str, problems: Iterable[str]) -> None:
        """Note what was not as it has to be, and count it."""
        problems = list(problems)
        self.count(row, problems=len(problems))
        self.problems += [f"{row}, {where}: {problem}" for problem in problems]
