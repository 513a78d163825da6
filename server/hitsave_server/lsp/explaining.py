"""Explanations as Markdown: why a function's results are good or not, what it depends on, its last runs."""

from __future__ import annotations

import difflib
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hitsave.errors import HitSaveError
from hitsave.freshness.arguments import in_one_line, read_arguments
from hitsave.freshness.dependencies import Branch
from hitsave.freshness.judging import IN_WORDS, Judged
from hitsave.freshness.record import UntrackedPlace
from hitsave.freshness.status import Fresh, Place, Reason
from hitsave.freshness.words import ago, counted, duration, listed
from hitsave.storage.entry import Entry
from hitsave_server.lsp import convert
from hitsave_server.lsp.analysis import Analysis
from hitsave_server.lsp.labels import price_sentence, state_sentence
from hitsave_server.lsp.picture import FunctionPicture, Price
from hitsave_server.lsp.server import HitSaveServer

MOST_BRANCHES: Final = 20
_MOST_REASONS: Final = 8
_MOST_LINES: Final = 40
_RUNS: Final = 5
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")


@dataclass(frozen=True, slots=True)
class Background:
    """What has to be looked up for an explanation. `branches` are the dependency tree, `problem` why there is none."""

    branches: tuple[Branch, ...]
    untracked: tuple[UntrackedPlace, ...]
    calls: dict[str, str]
    newest: tuple[Entry, ...]
    problem: str = ""


def background(analysis: Analysis, function: FunctionPicture) -> Background:
    """Look it up, on the analysis thread."""
    newest = tuple(analysis.entries([j.entry for j in function.judged[:_RUNS]]))
    branches: tuple[Branch, ...] = ()
    untracked: list[UntrackedPlace] = []
    problem = ""
    try:
        dependencies = analysis.dependencies(function.symbol)
        branches = tuple(dependencies.tree())
        untracked = dependencies.untracked()
    except HitSaveError as wrong:
        problem = str(wrong)
    explained = function.explained
    snapshot = analysis.results.snapshot(explained.entry.snapshot) if explained is not None else None
    if snapshot is not None:
        untracked = list(snapshot.untracked)
    return Background(branches, tuple(dict.fromkeys(untracked)), calls(analysis, newest), newest, problem)


def calls(analysis: Analysis, entries: Sequence[Entry]) -> dict[str, str]:
    """Each entry's call as it was written, by ID."""
    arguments = read_arguments(analysis.store, entries)
    return {e.id: f"{e.symbol.partition(':')[2]}({in_one_line(arguments[e.id])})" for e in entries}


def why(server: HitSaveServer, root: str, function: FunctionPicture, known: Background, *, whole: bool) -> str:
    """The explanation of a function: for a hover, or `whole`, for a document."""
    parts = [f"**{escaped(function.name)}()** {IN_WORDS.get(_word(function), '')}", escaped(state_sentence(function, time.time_ns()))]
    explained = function.explained
    if explained is not None:
        parts.append(_reasons(server, root, explained.reasons, whole=whole))
        if isinstance(explained.answer, Fresh) and explained.answer.assuming:
            names = listed([f"`{name.partition(':')[2].removesuffix('.<value>')}`" for name in explained.answer.assuming])
            parts.append(
                f"If {names} {'is' if len(explained.answer.assuming) == 1 else 'are'} unchanged: only a run can look at values that code computes."
            )
    parts.extend(
        (_runs(function, known), _tree(server, root, known.branches, most=10_000 if whole else MOST_BRANCHES), _untracked(server, root, known))
    )
    if known.problem and whole:
        parts.append(escaped(known.problem))
    return "\n\n".join(part for part in parts if part)


def price(found: Price, reasons: Iterable[Reason]) -> str:
    """What an edit costs, and what it is."""
    first = next(iter(reasons), None)
    return "\n\n".join(part for part in (escaped(price_sentence(found)), _difference(first) if first is not None else "") if part)


def escaped(text: str) -> str:
    """Plain text in Markdown: what a project wrote can't make links, images or HTML."""
    return _SPECIAL.sub(r"\\\1", text)


def link(server: HitSaveServer, root: str, where: Place) -> str:
    """A link to a place."""
    found = convert.location(server, root, where)
    return f"[{escaped(str(where))}]({_target(found.uri)}#L{found.range.start.line + 1})"


def difference(before: str | None, after: str | None) -> str:
    """Two texts as a diff, cut short where it is long."""
    lines = list(difflib.unified_diff((before or "").splitlines(), (after or "").splitlines(), lineterm="", n=2))[2:]
    lines = [line for line in lines if not line.startswith("@@")]
    more = [f"… {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else []
    return fenced("\n".join([*lines[:_MOST_LINES], *more]), "diff")


def fenced(text: str, language: str) -> str:
    """A code block that its own text can't end."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}"


def _word(function: FunctionPicture) -> str:
    return "never_evaluated" if function.state == "never_run" else function.state


def _reasons(server: HitSaveServer, root: str, reasons: Sequence[Reason], *, whole: bool) -> str:
    parts: list[str] = []
    for number, reason in enumerate(reasons[: 1000 if whole else _MOST_REASONS]):
        where = f", {link(server, root, reason.place)}" if reason.place is not None else ""
        through = f", reached through {escaped(' → '.join(c.rpartition(':')[2] for c in reason.chain))}" if len(reason.chain) > 2 else ""
        parts.append(f"- {escaped(reason.message)}{where}{through}")
        if (whole or number == 0) and convert.has_diff(reason):
            parts.append("\n" + _difference(reason) + "\n")
    if len(reasons) > _MOST_REASONS and not whole:
        parts.append(f"- and {counted(len(reasons) - _MOST_REASONS, 'more reason')}")
    return "\n".join(parts)


def _difference(reason: Reason) -> str:
    return difference(reason.before, reason.after) if convert.has_diff(reason) else ""


def _runs(function: FunctionPicture, known: Background) -> str:
    if not known.newest:
        return ""
    states: dict[str, Judged] = {j.entry.id: j for j in function.judged}
    now = time.time_ns()
    rows = ["| Last runs | took | when | |", "|---|---|---|---|"]
    for entry in known.newest:
        state = IN_WORDS[states[entry.id].state] if entry.id in states else ""
        call = known.calls.get(entry.id, "")
        call = call if len(call) <= 80 else call[:79] + "…"
        rows.append(f"| {escaped(call)} | {duration(entry.wall_ns)} | {ago(entry.created_ns, now)} | {state} |")
    hits, saved = sum(e.hits for e in known.newest), sum(e.saved_ns for e in known.newest)
    used = f"\n\nThese were used {counted(hits, 'time')}, which saved {duration(saved)}." if hits else ""
    return "\n".join(rows) + used


def _tree(server: HitSaveServer, root: str, branches: Sequence[Branch], *, most: int) -> str:
    if len(branches) < 2:
        return ""
    shown: list[str] = []
    for branch in branches[:most]:
        dependency = branch.dependency
        name = dependency.symbol.name.replace(".<locals>.", ".")
        title = f"{name}()" if dependency.kind == "function" else name
        where = f" {link(server, root, dependency.place)}" if dependency.place is not None else ""
        shown.append(f"{'  ' * branch.depth}- {escaped(title)}{where}{' (see above)' if branch.above else ''}")
    if len(branches) > most:
        shown.append(f"- … and {len(branches) - most:,} more: *HitSave: Show dependencies* has all")
    return "Depends on\n\n" + "\n".join(shown)


def _untracked(server: HitSaveServer, root: str, known: Background) -> str:
    if not known.untracked:
        return ""
    rows: list[str] = []
    for found in known.untracked[:_MOST_REASONS]:
        where = f", {link(server, root, Place(found.path, found.line))}" if found.path else ""
        rows.append(f"- {escaped(found.why)}, in {escaped(found.symbol.partition(':')[2] or found.symbol)}{where}")
    return "Not tracked\n\n" + "\n".join(rows)


def _target(uri: str) -> str:
    return uri.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
