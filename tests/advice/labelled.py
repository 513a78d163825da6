"""Asks the rules about the labelled functions: ``./dev labels`` prints recall and precision, and with ``tuned`` each error in that half."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from hitsave.advice.adviser import Adviser
from hitsave.advice.finding import Finding
from hitsave.codegraph.symbols import Symbol
from hitsave.workspace.library import WorkspaceLibrary
from hitsave.workspace.project import Project
from hitsave.workspace.settings import Settings

LABELS = Path(__file__).with_name("labels.toml")


class Labelled(NamedTuple):
    """A function with its label, and what the rules say of it."""

    function: str
    half: str
    memoisable: bool
    reason: str
    findings: tuple[Finding, ...]

    @property
    def advised_against(self) -> bool:
        """Whether a rule says not to memoise it; notes don't say that."""
        return any(f.level == "warning" for f in self.findings)


class Score(NamedTuple):
    """How many functions that should not be memoised there are, how many were advised against, and how many of these rightly."""

    bad: int
    advised: int
    right: int

    @property
    def recall(self) -> float:
        """The share that was found of those that should not be memoised."""
        return self.right / self.bad

    @property
    def precision(self) -> float:
        """The share that was right of those that were advised against."""
        return self.right / self.advised


def asked(half: str | None = None) -> Iterator[Labelled]:
    """The labelled functions of a half, or of both; only of distributions that are installed in the version that was read."""
    advisers: dict[str, Adviser] = {}
    for row in tomllib.loads(LABELS.read_text(encoding="utf-8"))["function"]:
        if (half is None or row["half"] == half) and version(row["package"]) == row["version"]:
            symbol = Symbol.parse(row["function"])
            package = symbol.module.partition(".")[0]
            if package not in advisers:
                advisers[package] = adviser(package, row["package"])
            yield Labelled(row["function"], row["half"], row["memoisable"], row["reason"], advisers[package].advise(symbol))


def adviser(package: str, distribution: str) -> Adviser:
    """One that takes a distribution for project code."""
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.origin is not None
    root = Path(found.origin).parent.parent
    return Adviser(WorkspaceLibrary(Project(Path("/nonexistent"), Settings(track=(distribution,))), [str(root), *sys.path]))


def score(functions: list[Labelled]) -> Score:
    """Recall and precision of "a rule says not to memoise it"."""
    advised = [f for f in functions if f.advised_against]
    return Score(sum(not f.memoisable for f in functions), len(advised), sum(not f.memoisable for f in advised))


if __name__ == "__main__":
    for name in ("tuned", "held out"):
        functions = list(asked(name))
        found = score(functions)
        print(f"{name}: {len(functions)} functions, {found.bad} not memoisable; recall {found.recall:.0%}, precision {found.precision:.0%}")
        for f in functions if name in sys.argv[1:] else ():
            if f.advised_against == f.memoisable:
                print(f"  {'wrongly advised against' if f.memoisable else 'missed'}: {f.function} ({f.reason})")
                for finding in f.findings[:4] if f.memoisable else ():
                    if finding.level == "warning":
                        print(f"      {finding.code} {finding.message} [{finding.span.path.rpartition('site-packages/')[2]}:{finding.span.line}]")
