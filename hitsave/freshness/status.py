"""The only answers about freshness, and the reasons that come with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

ReasonKind = Literal["code", "name", "capture", "external", "python", "file", "environment", "version"]


@dataclass(frozen=True, slots=True)
class Place:
    """A line in a file: `path`, relative to the project where it is inside, and `line`, which counts from 1; 0 is the file as a whole."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Reason:
    """One check of a Record that does not hold, or can't be told.

    `kind`     "code", "name", "capture" (a variable), "external" (a library), "python", "file", "environment" or "version".
    `subject`  what changed: a symbol, a file, a distribution, a variable.
    `message`  one phrase: ``helper() changed``.
    `place`    where it is now (or was, if it is gone).
    `chain`    symbols from the memoised function to the subject.
    `before`, `after`  text or value then and now, None where there was or is none.
    """

    kind: ReasonKind
    subject: str
    message: str
    place: Place | None = None
    chain: tuple[str, ...] = ()
    before: str | None = None
    after: str | None = None

    def __str__(self) -> str:
        """``helper() changed, util.py:12, reached through train → step → helper``."""
        parts = [self.message]
        if self.place is not None and self.place.line:
            parts.append(str(self.place))
        if len(self.chain) > 2:
            parts.append("reached through " + " → ".join(c.rpartition(":")[2] for c in self.chain))
        return ", ".join(parts)


class _Shown:
    """How notebooks show an answer."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from hitsave.freshness.html import answer_html

        return answer_html(cast("Freshness", self))


@dataclass(frozen=True, slots=True)
class Fresh(_Shown):
    """The stored result is what the code as it stands would give.

    `assuming`   values that only a run can look at, and that are taken to be unchanged.
    `untracked`  what the evaluation may have depended on besides, and could not be followed.
    """

    assuming: tuple[str, ...] = ()
    untracked: tuple[str, ...] = ()

    def __str__(self) -> str:
        assumed = f", if {', '.join(self.assuming)} {'is' if len(self.assuming) == 1 else 'are'} unchanged" if self.assuming else ""
        return "fresh" + assumed + (f"; not tracked: {'; '.join(self.untracked)}" if self.untracked else "")


@dataclass(frozen=True, slots=True)
class Stale(_Shown):
    """Something that the stored result depended on is different now: each `Reason` in `reasons` says what."""

    reasons: tuple[Reason, ...]

    def __str__(self) -> str:
        return "stale: " + "; ".join(str(r) for r in self.reasons)


@dataclass(frozen=True, slots=True)
class NeverEvaluated(_Shown):
    """No result is stored under these arguments (or, asked for a function: none at all)."""

    def __str__(self) -> str:
        return "never evaluated"


@dataclass(frozen=True, slots=True)
class CannotTell(_Shown):
    """Only a run can tell: each `Reason` in `reasons` is about a value that code computes, from text that changed, or a file that can't be read now."""

    reasons: tuple[Reason, ...]

    def __str__(self) -> str:
        return "can't tell: " + "; ".join(str(r) for r in self.reasons)


Freshness = Fresh | Stale | NeverEvaluated | CannotTell
