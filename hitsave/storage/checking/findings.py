"""What was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from sqlite3 import Connection
from typing import Literal

from hitsave.structs import NamedTuple

FindingKind = Literal["database", "entry", "value", "content", "mark", "log", "document", "litter", "permission", "interrupted"]

Mend = Callable[[Connection], bool]
"""Looks again, in a transaction, whether something is wrong, and mends it; False if it is not wrong any more."""

Progress = Callable[[str, int, int], None]
"""Told what is being looked at, how much of it is done, and how much there is."""


class Finding(NamedTuple):
    """One thing that is wrong: `subject` says what, as far as it can be named (an entry's ID, a file's path, a digest), `problem` what is wrong with it, `cure` what mending does or did.

    >>> str(Finding("value", "01j9", "its file is missing", "the entry goes"))
    'value 01j9: its file is missing'
    """

    kind: FindingKind
    subject: str
    problem: str
    cure: str
    mended: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.problem}"


def untold(_what: str, _done: int, _of: int) -> None:
    """Nobody is told of the progress."""


@dataclass
class Checked:
    """How much was looked at, and what was wrong. `mended` says whether the store was to be mended."""

    entries: int = 0
    values: int = 0
    value_bytes: int = 0
    contents: int = 0
    mended: bool = False
    findings: list[Finding] = field(default_factory=list[Finding])

    @property
    def left(self) -> list[Finding]:
        """What is wrong still."""
        return [finding for finding in self.findings if not finding.mended]
