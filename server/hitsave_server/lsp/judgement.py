"""From judged results to the state of a function, and to the price of an edit."""

from __future__ import annotations

import os
from collections.abc import Container, Sequence
from dataclasses import replace

from hitsave.codegraph.memoised import MemoisedFunction
from hitsave.freshness.judging import Judged
from hitsave.freshness.status import Reason
from hitsave_server.lsp.picture import Blame, FunctionPicture, FunctionState, Price, Spoiled
from hitsave_server.lsp.results import Results


def picture_of(symbol: str, found: MemoisedFunction | None, results: Results, known: FunctionPicture | None) -> FunctionPicture:
    """A function with what became of its results; `known` is how it was, where only its place may be another now."""
    path, line = (found.path, found.line) if found is not None else ("", 0)
    if known is not None and found is not None:
        return replace(known, path=path, line=line, kind=found.kind)
    stored = results.stored.get(symbol)
    judged = tuple([results.judge(entry) for entry in stored.entries]) if stored is not None else ()
    kind = found.kind if found is not None else judged[0].entry.kind if judged else "memo"
    if stored is None or not judged:
        return FunctionPicture(symbol, kind, path, line, "never_run")
    good = {j.entry.key for j in judged if j.state == "fresh"}
    spoiled = _unreplaced(judged, good)
    explained = _explained(judged, spoiled)
    with_it = [j for j in spoiled if explained is not None and j.reasons[:1] == explained.reasons[:1]]
    return FunctionPicture(
        symbol,
        kind,
        path,
        line,
        state=_state(judged, explained),
        judged=judged,
        entries=stored.summary.entries,
        wall_ns=stored.summary.wall_ns,
        fresh=len(good),
        stale=len(spoiled),
        explained=explained,
        redo_ns=sum(j.entry.wall_ns for j in with_it),
        blames=_blames(spoiled),
    )


def _unreplaced(judged: Sequence[Judged], good: Container[object]) -> list[Judged]:
    """The newest result of each call that has none that is good, newest first."""
    found: dict[object, Judged] = {}
    for item in judged:
        if item.state in {"stale", "cannot_tell"} and item.entry.key not in good:
            found.setdefault(item.entry.key, item)
    return list(found.values())


def _explained(judged: Sequence[Judged], spoiled: Sequence[Judged]) -> Judged | None:
    """The newest finished result, of those that stand for something: an old one whose call has a good result since says nothing."""
    alive = {id(j) for j in spoiled}
    return next((j for j in judged if j.state == "fresh" or id(j) in alive), None)


def _state(judged: Sequence[Judged], explained: Judged | None) -> FunctionState:
    if any(j.state == "running" for j in judged):
        return "running"
    if judged[0].state == "failed" or explained is None:
        return judged[0].state if judged[0].state != "fresh" else "fresh"
    return explained.state


def _blames(spoiled: Sequence[Judged]) -> tuple[Blame, ...]:
    """What each change costs: a result that two changes spoil counts for both, as undoing one does not bring it back."""
    found: dict[tuple[str, str], Blame] = {}
    for item in spoiled:
        for reason in item.reasons:
            if reason.place is None or reason.kind not in {"code", "capture"}:
                continue
            key = reason.kind, reason.subject
            known = found.get(key)
            certain = item.state == "stale"
            if known is None:
                found[key] = Blame(reason, 1, item.entry.wall_ns, certain)
            else:
                found[key] = Blame(known.reason, known.count + 1, known.wall_ns + item.entry.wall_ns, known.certain or certain)
    return tuple(found.values())


def prices_of(functions: Sequence[FunctionPicture], root: str) -> tuple[Price, ...]:
    """What each changed function, class or variable costs, by place; not what a memoised function costs itself, which its own hint says."""
    places: dict[str, Reason] = {}
    spoiled: dict[str, list[Spoiled]] = {}
    certain: set[str] = set()
    for function in functions:
        for blame in function.blames:
            subject = blame.reason.subject.removesuffix(".<value>")
            if subject == function.symbol:
                continue
            places.setdefault(subject, blame.reason)
            spoiled.setdefault(subject, []).append(Spoiled(function.symbol, blame.count, blame.wall_ns))
            if blame.certain:
                certain.add(subject)
    found: list[Price] = []
    for subject, reason in places.items():
        if reason.place is not None and reason.after is not None:
            most = tuple(sorted(spoiled[subject], key=lambda s: -s.wall_ns))
            found.append(Price(subject, os.path.join(root, reason.place.path), reason.place.line, most, subject in certain))
    return tuple(sorted(found, key=lambda p: (p.path, p.line)))
