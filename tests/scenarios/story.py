"""Reads scenarios from Markdown.

A file is about one thing; each ``##`` heading in it is a scenario: a small project that is run, edited and run again.
README.md in this folder says how one is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

_FENCE: Final = re.compile(r"^(`{3,})(\w*)[ ]?(.*)$")
_STEP: Final = re.compile(r"^- (.+?): (.+)$")
_DETAIL: Final = re.compile(r"^  - (.+?): (.+)$")
_DIRECTION: Final = re.compile(r"^(Delete|Rename|Each run starts) (?:`([^`]+)`|the project's folder)(?: to `([^`]+)`)?\.$")
_RUNS: Final = re.compile(r"^(.+) runs?$")
_TIMES: Final = re.compile(r"^(.+?)(?: ×(\d+))?$")


class StoryError(Exception):
    """A scenario that is not written as README.md says; `line` counts from 1 in its file."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")


@dataclass(frozen=True, slots=True)
class State:
    """What is on disk before a run: the folder's name, files by path in it, and the script that is started."""

    files: dict[str, str] = field(default_factory=dict)
    folder: str = "project"
    script: str = ""

    def with_file(self, path: str, text: str | None) -> State:
        """This state with one file written, or gone (None)."""
        files = {p: t for p, t in self.files.items() if p != path}
        return replace(self, files=files if text is None else {**files, path: text})

    @property
    def start(self) -> str:
        """The script that is started: the one named, else ``main.py``, else ``app.py``."""
        return self.script or next((p for p in ("main.py", "app.py") if p in self.files), "")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a scenario says of one run.

    `ran`      how often each memoised function runs, by qualified name.
    `depends`  symbol of a memoised function → all that the Snapshots made by this run consist of.
    `why`      name of a function that runs again → the reasons, in order.
    `says`     name of a function → what text alone says instead of what the run then shows.
    `differs`  symbol → why text alone sees it otherwise than the run did; the keys begin with "live only ", "text only " or "differs ".
    `warns`    warnings, as far as they are quoted.
    """

    ran: dict[str, int]
    depends: dict[str, frozenset[str]] = field(default_factory=dict)
    why: dict[str, tuple[str, ...]] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)
    differs: dict[str, str] = field(default_factory=dict)
    warns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One run: `line` is where its expectation stands."""

    line: int
    when: str
    state: State
    expected: Expected


@dataclass(frozen=True, slots=True)
class Scenario:
    """A heading and its steps. `name` is ``file.md > heading``."""

    name: str
    steps: tuple[Step, ...]


def scenarios_of(path: Path) -> Iterator[Scenario]:
    """The scenarios of a file, in order; StoryError for one that can't be understood."""
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [n for n, line in _outside_of_fences(lines) if line.startswith("## ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        steps = tuple(_Reader(lines, start + 1, end).steps())
        if not steps:
            raise StoryError(start + 1, "a heading without a run")
        yield Scenario(f"{path.name} > {lines[start][3:].strip()}", steps)


def _outside_of_fences(lines: list[str]) -> Iterator[tuple[int, str]]:
    fence = ""
    for number, line in enumerate(lines):
        found = _FENCE.match(line)
        if fence:
            fence = "" if line.rstrip() == fence else fence
        elif found:
            fence = found[1]
        else:
            yield number, line


class _Reader:
    def __init__(self, lines: list[str], start: int, end: int) -> None:
        self.lines = lines
        self.at = start
        self.end = end
        self.state = State()

    def steps(self) -> Iterator[Step]:
        first: State | None = None
        while self.at < self.end:
            number, line = self.at + 1, self.lines[self.at]
            self.at += 1
            try:
                if fence := _FENCE.match(line):
                    self.block(fence[1], fence[2], fence[3].strip())
                elif direction := _DIRECTION.match(line):
                    self.direct(direction[1], direction[2] or "", direction[3] or "")
                elif step := _STEP.match(line):
                    if "undone" in step[1]:
                        if first is None:
                            raise StoryError(number, "nothing to undo")
                        self.state = first
                    first = first or self.state
                    yield Step(number, step[1], self.state, self.expected(step[2]))
                elif line.startswith(("- ", "  - ")):
                    raise StoryError(number, f"not understood: {line.strip()}")
            except ValueError as problem:
                raise StoryError(number, str(problem)) from problem

    def block(self, fence: str, language: str, path: str) -> None:
        begin = self.at
        while self.at < self.end and self.lines[self.at].rstrip() != fence:
            self.at += 1
        content = self.lines[begin : self.at]
        self.at += 1
        if not path:
            raise ValueError("a block without a path")
        if language == "diff":
            if path not in self.state.files:
                raise ValueError(f"there is no {path} to edit")
            text = edited(self.state.files[path], content)
        else:
            text = "".join(line + "\n" for line in content)
        self.state = self.state.with_file(path, text)

    def direct(self, what: str, one: str, other: str) -> None:
        match what:
            case "Delete":
                self.state = self.state.with_file(one, None)
            case "Rename" if one:
                text = self.state.files[one]
                self.state = self.state.with_file(one, None).with_file(other, text)
            case "Rename":
                self.state = replace(self.state, folder=other)
            case _:
                self.state = replace(self.state, script=one)

    def expected(self, what: str) -> Expected:
        result = Expected(_ran(what))
        warns: list[str] = []
        for key, value in self.details():
            match key.split():
                case [name, "depends", "on"]:
                    result.depends[name] = frozenset(_listed(value))
                case ["why", name]:
                    result.why[name] = tuple(value.split("; "))
                case ["text", "says", "of", name]:
                    result.says[name] = value
                case _ if key in {"live only", "text only", "differs"}:
                    symbols, dash, why = value.partition(" — ")
                    if not dash:
                        raise ValueError("a difference needs its reason after a dash")
                    result.differs.update({f"{key} {s}": why for s in _listed(symbols)})
                case ["warns"]:
                    warns.append(value)
                case _:
                    raise ValueError(f"not understood: {key}")
        return replace(result, warns=tuple(warns))

    def details(self) -> Iterator[tuple[str, str]]:
        while self.at < self.end and (found := _DETAIL.match(self.lines[self.at])):
            value = found[2]
            self.at += 1
            while self.at < self.end and self.lines[self.at].startswith("    "):
                value += " " + self.lines[self.at].strip()
                self.at += 1
            yield found[1], value


def _ran(what: str) -> dict[str, int]:
    if what == "nothing runs":
        return {}
    found = _RUNS.match(what)
    if not found:
        raise ValueError(f"which functions run? {what}")
    counted: dict[str, int] = {}
    for name in _listed(found[1].replace(" and ", ", ")):
        times = _TIMES.match(name)
        assert times is not None
        counted[times[1]] = int(times[2] or 1)
    return counted


def _listed(text: str) -> list[str]:
    return [part.strip().strip("`") for part in text.split(",")]


def edited(text: str, change: list[str]) -> str:
    r"""`text` with the lines of a diff applied: those after " " or "-" are found in it once, those after " " or "+" stand there instead; ``@@`` begins another place.

    >>> edited("a\\nb\\n", [" a", "-b", "+c"])
    'a\\nc\\n'
    """
    hunks: list[list[str]] = [[]]
    for line in change:
        if line.startswith("@@"):
            hunks.append([])
        else:
            hunks[-1].append(line or " ")
    for hunk in hunks:
        old = "".join(line[1:] + "\n" for line in hunk if line[0] in " -")
        new = "".join(line[1:] + "\n" for line in hunk if line[0] in " +")
        places = [at for at in range(len(text)) if text.startswith(old, at) and (at == 0 or text[at - 1] == "\n")]
        if len(places) != 1:
            raise ValueError(f"the lines to edit stand in the file {len(places)} times:\n{old}")
        text = text[: places[0]] + new + text[places[0] + len(old) :]
    return text
