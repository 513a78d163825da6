"""What hints say: at most 43 characters, in words, the most important first.

What does not fit goes, from the end, before anything is cut short; what was left out is in the hint's tooltip.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hitsave.freshness.words import ago, counted, duration
from hitsave_server.lsp.picture import FunctionPicture, Price

LONGEST: Final = 43
"""The editor cuts longer hints short (VS Code: `editor.inlayHints.maximumLength`)."""
_BEFORE_THE_FAULT: Final = "was "
_NS: Final = 1_000_000_000


def state_label(function: FunctionPicture, now_ns: int, *, broken: bool = False) -> str:
    """The state of a memoised function. `broken`: its file is not Python at the moment, so it is that of the last text that was.

    >>> state_label(FunctionPicture("app:f", "memo", "app.py", 1, "never_run"), 0)
    'never run'
    """
    longest = LONGEST - (len(_BEFORE_THE_FAULT) if broken else 0)
    newest = function.explained.entry if function.explained else function.newest
    age = ago(newest.created_ns + newest.wall_ns, now_ns) if newest else ""
    match function.state:
        case "fresh":
            cached = f"cached ×{function.fresh:,}" + (f", {function.stale:,} stale" if function.stale else "")
            label = _fitting([cached, duration(newest.wall_ns) if newest else "", age], longest)
        case "stale":
            redo = f"≈ {roughly(function.redo_ns)}"
            label = _reason("stale", function, [f"{redo} to redo", redo, ""], longest)
        case "cannot_tell":
            label = _reason("can't tell", function, [""], longest)
        case "running":
            label = "running…"
        case "failed":
            label = _fitting(["failed", age, f"cached ×{function.fresh:,}" if function.fresh else ""], longest)
        case "never_run":
            label = "never run"
    return (_BEFORE_THE_FAULT if broken else "") + label


def price_label(price: Price) -> str:
    """What an edit costs: ``invalidates train(): 12 results, 6 h 30 min``."""
    first, *others = price.spoiled
    verb = "invalidates" if price.certain else "may invalidate"
    name = first.symbol.partition(":")[2]
    more = f" +{len(others)}" if others else ""
    results, cost = counted(price.count, "result"), duration(price.wall_ns)
    for text in (f"{verb} {name}(){more}: {results}, {cost}", f"{verb} {results}, {cost}", f"{verb} {results}"):
        if len(text) <= LONGEST:
            return text
    return cut(f"{verb} {results}", LONGEST)


def price_sentence(price: Price) -> str:
    """The same in full."""
    verb = "invalidates" if price.certain else "may invalidate"
    each = [f"{s.symbol.partition(':')[2]}() ({counted(s.count, 'result')}, {duration(s.wall_ns)})" for s in price.spoiled]
    return f"This differs from what stored results were computed with. It {verb} {', '.join(each)}."


def state_sentence(function: FunctionPicture, now_ns: int) -> str:
    """The state of a function for a tooltip, or a screen reader."""
    name = function.name + "()"
    stored = f"{counted(function.entries, 'result')} stored, {duration(function.wall_ns)} of compute"
    newest = function.explained.entry if function.explained else function.newest
    when = f", the newest {ago(newest.created_ns + newest.wall_ns, now_ns)}" if newest else ""
    match function.state:
        case "fresh":
            spoiled = f", {function.stale:,} spoiled" if function.stale else ""
            return f"{name} is cached for {counted(function.fresh, 'call')}{spoiled}: {stored}{when}."
        case "stale":
            reasons = "; ".join(str(r) for r in function.explained.reasons[:3]) if function.explained else ""
            return f"{name} is stale: {reasons}. About {roughly(function.redo_ns)} to compute again. {stored}{when}."
        case "cannot_tell":
            reasons = "; ".join(str(r) for r in function.explained.reasons[:3]) if function.explained else ""
            return f"Only a run can tell whether {name} is cached: {reasons}. {stored}{when}."
        case "running":
            return f"{name} is running. {stored}."
        case "failed":
            return f"{name} raised an exception when it ran last. {stored}."
        case "never_run":
            return f"{name} has no stored result."


def roughly(ns: int) -> str:
    """How long, to about one figure of its largest unit.

    >>> [roughly(n * 10**9) for n in (0, 4, 230, 14_000, 250_000)]
    ['0 s', '4.0 s', '4 min', '4 h', '3 d']
    """
    seconds = ns / _NS
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 1.5 * size or (unit != "min" and seconds >= size):
            return f"{round(seconds / size)} {unit}"
    return duration(ns)


def cut(text: str, longest: int) -> str:
    """`text`, cut short where it is longer."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _reason(state: str, function: FunctionPicture, endings: Iterable[str], longest: int) -> str:
    reasons = function.explained.reasons if function.explained else ()
    if not reasons:
        return state
    message = " ".join(reasons[0].message.split())
    more = f" +{len(reasons) - 1}" if len(reasons) > 1 else ""
    for ending in endings:
        text = f"{state}: {message}{more}" + (f" · {ending}" if ending else "")
        if len(text) <= longest:
            return text
    return cut(f"{state}: {message}", longest)


def _fitting(parts: list[str], longest: int) -> str:
    parts = [part for part in parts if part]
    while len(parts) > 1 and len(" · ".join(parts)) > longest:
        parts.pop()
    return cut(" · ".join(parts), longest)
