"""`hitsave why`: whether results are still good, and if not, what changed."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hitsave.cli.completing import complete_symbol

if TYPE_CHECKING:
    from hitsave.cli.here import Here
    from hitsave.cli.screen import Screen
    from hitsave.codegraph.memoised import MemoKind
    from hitsave.codegraph.symbols import Symbol
    from hitsave.freshness.dependencies import Dependencies
    from hitsave.freshness.judging import Judged
    from hitsave.freshness.record import UntrackedPlace
    from hitsave.storage.entry import Entry

_NEWEST: Final = 1000
"""How many entries of a function are looked at."""


def why(
    asked: Annotated[
        str,
        typer.Argument(metavar="SYMBOL|ID", help="A function (name, module:name or file.py:name) or an entry's ID.", autocompletion=complete_symbol),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; docs/cli.md has the shape.")] = False,
) -> None:
    """Say which results are still good, and what changed.

    Each change comes with its place, how it is reached, and the text before and after. From text alone: nothing is run or imported. Of a function that never ran it shows what a result would depend on.
    """
    from hitsave.cli.finding import find_entry_or_symbol
    from hitsave.cli.here import Here
    from hitsave.codegraph.symbols import Symbol

    with Here() as here:
        found = find_entry_or_symbol(here, asked)
        verdict = _of_symbol(here, found) if isinstance(found, Symbol) else _of_entry(here, found)
        if as_json:
            _print_json(here, verdict)
        else:
            _say(here, verdict)


@dataclass
class _Verdict:
    """What is known. `root` is the project whose text was looked at, `chosen` the entry that is explained, `total` the number of entries, of which `judged` were looked at."""

    symbol: Symbol
    root: str
    judged: list[Judged]
    total: int
    chosen: Judged | None
    replaced: int
    memoised: MemoKind | None
    of_one_entry: bool
    depends_on: Dependencies | None = None

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(j.state for j in self.judged))

    @property
    def untracked(self) -> list[UntrackedPlace]:
        if self.chosen is not None and self.chosen.snapshot is not None:
            return list(self.chosen.snapshot.untracked)
        return self.depends_on.untracked() if self.depends_on is not None else []


def _of_entry(here: Here, entry: Entry) -> _Verdict:
    from hitsave.codegraph.symbols import Symbol
    from hitsave.freshness.judging import Judge

    judge = Judge(here.store, here.root, here.text)
    symbol = Symbol.parse(entry.symbol)
    root = judge.root_of(entry)
    if root is not None:
        here.readable(symbol, root)
    judged = judge.judge([entry])
    return _Verdict(symbol, root or entry.project, judged, 1, judged[0], 0, entry.kind, of_one_entry=True)


def _of_symbol(here: Here, symbol: Symbol) -> _Verdict:
    from hitsave.freshness.dependencies import Dependencies
    from hitsave.freshness.judging import Judge
    from hitsave.storage.listing import Filter

    here.readable(symbol)
    chosen = Filter(symbol=str(symbol), project=here.root)
    if not here.store.count(chosen):
        chosen = chosen._replace(project=None)  # stored under the folder's former name, perhaps: the project is not in the key
    judged = Judge(here.store, here.root, here.text).judge(here.store.list(chosen, limit=_NEWEST))
    explained, replaced = _choose(judged)
    verdict = _Verdict(symbol, here.root, judged, here.store.count(chosen), explained, replaced, _memoised_as(here, symbol), of_one_entry=False)
    if explained is None and here.world().definition(symbol) is not None:
        verdict.depends_on = Dependencies(here.text(), symbol)
    return verdict


def _choose(judged: list[Judged]) -> tuple[Judged | None, int]:
    """The entry to explain: the newest that is not good any more and that no good one replaces, else the newest good one. And how many were replaced."""
    good = {j.entry.key for j in judged if j.state == "fresh"}
    spoiled = [j for j in judged if j.state in {"stale", "cannot_tell"}]
    unreplaced = [j for j in spoiled if j.entry.key not in good]
    for state in ("stale", "cannot_tell"):
        for item in unreplaced:
            if item.state == state:
                return item, len(spoiled) - len(unreplaced)
    return next((j for j in judged if j.state == "fresh"), None), len(spoiled) - len(unreplaced)


def _memoised_as(here: Here, symbol: Symbol) -> MemoKind | None:
    from hitsave.codegraph.library import SourceModule
    from hitsave.codegraph.memoised import memoised_functions

    module, walker = here.library().locate(symbol.module), here.world().walker
    if not isinstance(module, SourceModule):
        return None
    return next((f.kind for f in memoised_functions(module, walker.resolver, walker.definitions) if f.symbol == symbol), None)


def _print_json(here: Here, verdict: _Verdict) -> None:
    from hitsave.cli.shapes import answer_shape, dependencies_shape, entry_shape, print_json, untracked_shape
    from hitsave.freshness.arguments import read_arguments
    from hitsave.freshness.judging import STATES

    chosen = verdict.chosen
    answer = answer_shape(chosen.answer if chosen else None)
    if chosen is not None and chosen.answer is None:
        answer["state"] = chosen.state
    print_json(
        {
            "symbol": str(verdict.symbol),
            "project": verdict.root,
            "memoised": verdict.memoised,
            "total": verdict.total,
            "looked_at": len(verdict.judged),
            "counts": {state: verdict.counts.get(state, 0) for state in STATES},
            "replaced": verdict.replaced,
            "entry": entry_shape(chosen, read_arguments(here.store, [chosen.entry])[chosen.entry.id]) if chosen else None,
            "answer": answer,
            "untracked": untracked_shape(verdict.untracked),
            "depends_on": dependencies_shape(verdict.depends_on) if verdict.depends_on else None,
        }
    )


def _say(here: Here, verdict: _Verdict) -> None:
    from rich.text import Text

    from hitsave.cli.passages import say_answer, say_dependencies, say_untracked, summary
    from hitsave.cli.screen import Screen
    from hitsave.freshness import words

    screen = Screen()
    title = Text.assemble((str(verdict.symbol), "bold"))
    if not verdict.of_one_entry:
        if verdict.judged:
            title.append(": ", "").append_text(summary(verdict.counts))
            if verdict.total > len(verdict.judged):
                title.append(f", of the newest {len(verdict.judged):,} of {verdict.total:,}")
        else:
            title.append(": never run, nothing is stored of it" if verdict.memoised else ": nothing is stored of it, and it is not memoised")
        screen.say(title)
        if verdict.replaced:
            screen.say(f"{words.counted(verdict.replaced, 'older result')} of the same calls replaced by fresh ones", style="dim")
    if verdict.chosen is not None:
        if not verdict.of_one_entry:
            screen.say()
        _say_entry(here, screen, verdict.chosen, with_symbol=verdict.of_one_entry)
        if verdict.chosen.answer is not None:
            say_answer(screen, verdict.chosen.answer, indent=2)
        elif verdict.chosen.state == "failed":
            screen.say("it raised an exception, so there is no result: hitsave show has the traceback", indent=2)
        else:
            screen.say("it has not ended yet", indent=2)
        say_untracked(screen, verdict.untracked)
    if verdict.depends_on is not None:
        screen.say()
        screen.say("A result would depend on:", style="dim")
        say_dependencies(screen, verdict.depends_on)


def _say_entry(here: Here, screen: Screen, judged: Judged, *, with_symbol: bool) -> None:
    from rich.text import Text

    from hitsave.cli.finding import short_ids
    from hitsave.cli.screen import state_text
    from hitsave.freshness import words
    from hitsave.freshness.arguments import in_one_line, read_arguments
    from hitsave.freshness.judging import IN_WORDS

    entry = judged.entry
    name = entry.symbol if with_symbol else entry.symbol.partition(":")[2]
    call = f"{name}({in_one_line(read_arguments(here.store, [entry])[entry.id])})"
    text = Text.assemble(state_text(judged.state, IN_WORDS[judged.state]), (f"  {short_ids(here.store, [entry.id])[0]}  ", "dim"), call)
    if entry.status == "done":
        text.append(f"  took {words.duration(entry.wall_ns)}, {words.ago(entry.created_ns, time.time_ns())}", "dim")
    screen.say(text)
