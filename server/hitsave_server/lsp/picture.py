"""What an analysis found, frozen: all that handlers answer from. They never wait for work that is under way, and never see half of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hitsave.advice.finding import Finding
from hitsave.codegraph.memoised import MemoKind
from hitsave.freshness.judging import Judged
from hitsave.freshness.project_text import BrokenFile
from hitsave.freshness.status import Reason
from hitsave.storage.entry import Entry
from hitsave.storage.listing import Stats

FunctionState = Literal["fresh", "stale", "cannot_tell", "running", "failed", "never_run"]


@dataclass(frozen=True, slots=True)
class Blame:
    """What one change costs one function: `count` results that took `wall_ns`. `certain` is False where only a run can tell."""

    reason: Reason
    count: int
    wall_ns: int
    certain: bool


@dataclass(frozen=True, slots=True)
class FunctionPicture:
    """A memoised function and its results.

    `path`, `line`  where its ``def`` is, from 1; "" and 0 of one that only the store knows.
    `judged`        its newest results, newest first; `entries` and `wall_ns` count all that are stored.
    `fresh`, `stale`  how many calls have a result that is good, and how many have none but spoiled ones.
    `explained`     the result that the state is that of; `redo_ns` what it takes to compute again all that were spoiled with it.
    """

    symbol: str
    kind: MemoKind
    path: str
    line: int
    state: FunctionState
    judged: tuple[Judged, ...] = ()
    entries: int = 0
    wall_ns: int = 0
    fresh: int = 0
    stale: int = 0
    explained: Judged | None = None
    redo_ns: int = 0
    blames: tuple[Blame, ...] = ()

    @property
    def name(self) -> str:
        """The qualified name."""
        return self.symbol.partition(":")[2]

    @property
    def module(self) -> str:
        """The module that it is in."""
        return self.symbol.partition(":")[0]

    @property
    def newest(self) -> Entry | None:
        """The newest result."""
        return self.judged[0].entry if self.judged else None


@dataclass(frozen=True, slots=True)
class Spoiled:
    """The results of one function that a change spoils."""

    symbol: str
    count: int
    wall_ns: int


@dataclass(frozen=True, slots=True)
class Price:
    """What the text at a place costs, for differing from what results recorded: `subject` is a function, class or variable, `path` and `line` where it stands."""

    subject: str
    path: str
    line: int
    spoiled: tuple[Spoiled, ...]
    certain: bool

    @property
    def count(self) -> int:
        """How many results."""
        return sum(s.count for s in self.spoiled)

    @property
    def wall_ns(self) -> int:
        """What they took."""
        return sum(s.wall_ns for s in self.spoiled)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, in a sentence, and what to do about it."""

    message: str
    advice: str = ""
    kind: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class StorePicture:
    """The store of a project. `disk_bytes` is what its files take."""

    folder: str
    exists: bool = False
    stats: Stats = field(default_factory=Stats)
    experiments: int = 0
    disk_bytes: int = 0
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """One project.

    `revision`  of the editor's buffers that were looked at.
    `advice`    what speaks against memoising functions, by symbol.
    `texts`     of open files, what was analysed: the last text that could be; `broken` are those of which it is not the text now.
    `faults`    files that can't be analysed at all.
    `complete`  False while functions are still being looked for, and where there are too many files.
    """

    root: str
    revision: int = 0
    functions: tuple[FunctionPicture, ...] = ()
    gone: tuple[FunctionPicture, ...] = ()
    prices: tuple[Price, ...] = ()
    advice: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict[str, tuple[Finding, ...]])
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    broken: Mapping[str, BrokenFile] = field(default_factory=dict[str, BrokenFile])
    faults: tuple[BrokenFile, ...] = ()
    complete: bool = False
    store: StorePicture = field(default_factory=lambda: StorePicture(""))
    trouble: Trouble | None = None

    def function(self, symbol: str) -> FunctionPicture | None:
        """The function with this symbol."""
        return next((f for f in (*self.functions, *self.gone) if f.symbol == symbol), None)
