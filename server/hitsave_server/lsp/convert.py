"""From what the layers below say to what an editor is told."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Literal

from lsprotocol import types

from hitsave.freshness import status
from hitsave.freshness.judging import Judged
from hitsave.freshness.words import ago, counted, duration, size
from hitsave_server.lsp import contract
from hitsave_server.lsp.documents import OpenFile, uri_of
from hitsave_server.lsp.labels import state_label, state_sentence
from hitsave_server.lsp.picture import FunctionPicture, Picture
from hitsave_server.lsp.server import HitSaveServer

_DIFFED = frozenset({"code", "capture"})
SHORT_ID = 8


def location(server: HitSaveServer, root: str, place: status.Place) -> types.Location:
    """Where a place is in the editor: in the cell of an open notebook, in a file, whose lines are counted from 0."""
    path = os.path.join(root, place.path)
    file = server.files.of_path(path)
    if file is None:
        line = max(place.line - 1, 0)
        return types.Location(uri_of(path), types.Range(types.Position(line, 0), types.Position(line, 0)))
    uri, line = file.in_editor(place.line)
    text = file.line(place.line)
    units = server.units
    start = units(text[: len(text) - len(text.lstrip())])
    return types.Location(uri, types.Range(types.Position(line, start), types.Position(line, units(text.rstrip()))))


def place(server: HitSaveServer, root: str, where: status.Place | None) -> contract.Place | None:
    """The same for our own requests."""
    if where is None or not where.path:
        return None
    found = location(server, root, where)
    start, end = found.range.start, found.range.end
    return {
        "uri": found.uri,
        "range": {"start": {"line": start.line, "character": start.character}, "end": {"line": end.line, "character": end.character}},
        "text": str(where),
    }


def reason(server: HitSaveServer, root: str, found: status.Reason) -> contract.Reason:
    """A reason."""
    return {
        "kind": found.kind,
        "subject": found.subject,
        "message": found.message,
        "text": str(found),
        "place": place(server, root, found.place),
        "chain": list(found.chain),
        "diff": has_diff(found),
    }


def has_diff(found: status.Reason) -> bool:
    """Whether there are texts to compare."""
    return found.kind in _DIFFED and found.before != found.after


def function(server: HitSaveServer, picture: Picture, found: FunctionPicture, now_ns: int) -> contract.Function:
    """A function."""
    broken = found.path in picture.broken
    shown = status.Place(relative(found.path, picture.root), found.line) if found.path else None
    return {
        "symbol": found.symbol,
        "name": found.name,
        "kind": found.kind,
        "place": place(server, picture.root, shown),
        "state": found.state,
        "label": state_label(found, now_ns, broken=broken),
        "detail": state_sentence(found, now_ns),
        "counts": counts([j.state for j in found.judged]),
        "entries": found.entries,
        "seconds": found.wall_ns / 1e9,
    }


def counts(states: Sequence[str]) -> contract.Counts:
    """How many are in each state."""
    return {
        "fresh": states.count("fresh"),
        "stale": states.count("stale"),
        "cannot_tell": states.count("cannot_tell"),
        "running": states.count("running"),
        "failed": states.count("failed"),
        "never_run": states.count("never_run"),
    }


def short_length(ids: Sequence[str]) -> int:
    """How much of these IDs tells them apart, eight characters at least."""
    length = SHORT_ID
    while length < max(map(len, ids), default=0) and len({i[:length] for i in ids}) < len(ids):
        length += 1
    return length


def entry(server: HitSaveServer, root: str, judged: Judged, call: str, now_ns: int, short: int = SHORT_ID) -> contract.Entry:
    """A result; `short` is how much of its ID is shown."""
    found = judged.entry
    shown: Literal["fresh", "stale", "cannot_tell", "running", "failed"] = judged.state
    words = {"fresh": "cached", "stale": "stale", "cannot_tell": "can't tell", "running": "running", "failed": "failed"}[shown]
    took = duration(found.wall_ns) if found.status != "running" else ""
    when = ago(found.created_ns + found.wall_ns, now_ns)
    reasons = "; ".join(str(r) for r in judged.reasons)
    used = f"used {counted(found.hits, 'time')}, {duration(found.saved_ns)} saved" if found.hits else "not used yet"
    return {
        "id": found.id,
        "short": found.id[:short],
        "state": shown,
        "label": " · ".join(part for part in (words, took, when) if part),
        "detail": f"{words}{': ' + reasons if reasons else ''}. {size(found.size)}, {used}{', pinned' if found.pinned else ''}.",
        "call": call,
        "kind": found.kind,
        "pinned": found.pinned,
        "created": found.created_ns // 1_000_000,
        "seconds": found.wall_ns / 1e9,
        "saved": found.saved_ns / 1e9,
        "hits": found.hits,
        "size": found.size,
        "reasons": [reason(server, root, r) for r in judged.reasons],
    }


def relative(path: str, root: str) -> str:
    """A path as people read it: from the project's root where inside it."""
    prefix = root.rstrip(os.sep) + os.sep
    return path[len(prefix) :].replace(os.sep, "/") if path.startswith(prefix) else path


def name_range(server: HitSaveServer, file: OpenFile, line: int, number: int, name: str) -> types.Range:
    """The name on a ``def`` line, or the line as a whole."""
    text = file.line(line)
    units = server.units
    start = text.find(name)
    if start < 0:
        return types.Range(types.Position(number, 0), types.Position(number, units(text)))
    return types.Range(types.Position(number, units(text[:start])), types.Position(number, units(text[: start + len(name)])))
