"""Parts of what is printed that several commands have: reasons with their diffs, what is not tracked, the tree of dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from rich.text import Text

from hitsave.cli.screen import Column, Line, Screen, state_text
from hitsave.freshness import words
from hitsave.freshness.dependencies import Branch, Dependencies, Dependency
from hitsave.freshness.judging import IN_WORDS
from hitsave.freshness.record import UntrackedPlace
from hitsave.freshness.status import CannotTell, Fresh, Place, Reason, Stale

EXAMPLE: Final = """\
from random import Random
from hitsave import memo

@memo
def average(seed: int, rolls: int) -> float:
    dice = Random(seed)
    return sum(dice.randint(1, 6) for _ in range(rolls)) / rolls

print(average(7, rolls=20_000_000))
"""
_DIFFED: Final = frozenset({"code", "capture"})


def say_answer(screen: Screen, answer: Fresh | Stale | CannotTell, *, indent: int = 0) -> None:
    """Whether it is fresh, and if not, why not, with what changed."""
    match answer:
        case Fresh(()):
            screen.say("everything that it depended on is as it was", indent=indent)
        case Fresh(assuming):
            names = words.listed([_variable(name) for name in assuming])
            are = "is" if len(assuming) == 1 else "are"
            screen.say(f"if {names} {are} unchanged: only a run can look at values that code computes", indent=indent)
        case Stale(reasons) | CannotTell(reasons):
            say_reasons(screen, reasons, indent=indent)


def _variable(symbol: str) -> str:
    """A capture as its reader knows it: `offset` of a closure, the attributes, cells and defaults of a function."""
    name = symbol.partition(":")[2] or symbol
    return f"the values that {name.removesuffix('.<value>')}() holds" if name.endswith(".<value>") else name.replace(".<closure>.", " → ")


def say_reasons(screen: Screen, reasons: Sequence[Reason], *, indent: int = 0) -> None:
    """Each reason with its place and chain, and the text before and after."""
    for number, reason in enumerate(reasons):
        screen.say(_reason_text(reason), indent=indent)
        if reason.kind in _DIFFED and reason.before != reason.after and not (reason.before is None and reason.after is None):
            screen.difference(reason.before, reason.after, str(reason.place or reason.subject), indent=indent + 2)
            if number + 1 < len(reasons):
                screen.say()


def _reason_text(reason: Reason) -> Text:
    rest = "" if reason.kind == "file" else str(reason).removeprefix(reason.message)  # a file's name is its place
    return Text.assemble((reason.message, "bold"), rest)


def say_untracked(screen: Screen, places: Iterable[UntrackedPlace]) -> None:
    """What could not be followed, if anything."""
    places = list(dict.fromkeys(places))
    if not places:
        return
    screen.heading("Not tracked")
    for place in places:
        name = place.symbol.partition(":")[2] or place.symbol
        where = f", {Place(place.path, place.line)}" if place.path else ""
        screen.say(place.why if place.symbol == place.path else f"{place.why}, in {name}{where}", indent=2)


def say_dependencies(screen: Screen, dependencies: Dependencies) -> None:
    """The tree, then the libraries, then what is not tracked."""
    root = dependencies.symbol.module
    screen.tree((branch.depth, _branch_text(branch, root)) for branch in dependencies.tree())
    libraries = dependencies.libraries()
    named, required = [lib for lib in libraries if lib.named], [lib for lib in libraries if not lib.named]
    if libraries or dependencies.graph.compiled:
        screen.heading("Libraries")
        rows: list[list[Line]] = [[lib.distribution, lib.version or "not installed", _counting(lib.sensitivity)] for lib in named]
        rows.extend([module, "", "counts by its file"] for module in sorted(dependencies.graph.compiled))
        screen.table([Column(""), Column(""), Column("")], rows, indent=2, titles=False)
        if required:
            names = ", ".join(f"{lib.distribution} {lib.version}" for lib in required)
            screen.say(f"and what they require: {names}", indent=2, style="dim")
    untracked = dependencies.untracked()
    say_untracked(screen, untracked)
    if not untracked:
        screen.say()
        values = " What variables hold is looked at when it runs." if dependencies.graph.captures else ""
        screen.say(f"All of it is tracked.{values}", style="dim")


def _branch_text(branch: Branch, module: str) -> Text:
    dependency = branch.dependency
    text = Text.assemble((_title(dependency, module), "bold" if branch.depth == 0 else ""))
    if dependency.place is not None:
        text.append(f"  {dependency.place}", "dim")
    if branch.above:
        text.append("  (see above)", "dim")
    return text


def _title(dependency: Dependency, module: str) -> str:
    symbol = dependency.symbol
    name = symbol.name.replace(".<locals>.", ".")
    full = name if symbol.module == module else f"{symbol.module}.{name}"
    match dependency.kind:
        case "function":
            return f"{full}()"
        case "class":
            return f"class {full}"
        case "value":
            text = dependency.text
            return full + text.removeprefix(name) if re.match(rf"{re.escape(name)}\b", text) else f"{full} in {text}" if text else full
        case _:
            return full


def _counting(sensitivity: str) -> str:
    match sensitivity:
        case "exact":
            return "every release counts"
        case "minor":
            return "X.Y of its version counts"
        case "major":
            return "X of its version counts"
        case _:
            return "its version doesn't count"


def summary(counts: dict[str, int]) -> Text:
    """``3 fresh, 1 stale``, in their colours; "nothing" if there is nothing to count."""
    text = Text()
    for state, word in IN_WORDS.items():
        if counts.get(state):
            text.append_text(Text(", ") if text.plain else Text()).append_text(Text(f"{counts[state]:,} ")).append_text(state_text(state, word))
    return text if text.plain else Text("nothing")


def say_first_steps(screen: Screen, folder: str) -> None:
    """What to do with an empty store."""
    screen.say(f"The store in {folder} is empty. Decorate a slow function with @memo and call it:")
    screen.say()
    for line in EXAMPLE.splitlines():
        screen.say(Text(line, "cyan"), indent=4)
    screen.say()
    screen.say("The first run computes; the next ones, in any process, have the result at once. Then: hitsave ls, hitsave why average")
