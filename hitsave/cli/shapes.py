"""What the commands know, as JSON. docs/cli.md documents these shapes; keys may be added, none is renamed or removed while FORMAT stays."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from hitsave.freshness import words
from hitsave.freshness.arguments import Argument
from hitsave.freshness.dependencies import Dependencies
from hitsave.freshness.judging import Judged
from hitsave.freshness.record import Record, Snapshot, UntrackedPlace
from hitsave.freshness.status import CannotTell, Fresh, Place, Reason, Stale
from hitsave.freshness.surroundings import CURRENT_FOLDER
from hitsave.storage.entry import Entry

FORMAT: Final = 1
Shape = dict[str, Any]


def print_json(shape: Shape) -> None:
    """Print one JSON object. Only ASCII, so that no terminal, pipe or file name can spoil it."""
    sys.stdout.write(json.dumps({"format": FORMAT, **shape}, indent=2) + "\n")
    sys.stdout.flush()


def entry_shape(judged: Judged, arguments: Sequence[Argument]) -> Shape:
    """An entry, as a line of `ls` has it."""
    entry = judged.entry
    return {
        "id": entry.id,
        "symbol": entry.symbol,
        "project": entry.project,
        "kind": entry.kind,
        "status": entry.status,
        "state": judged.state,
        "arguments": [{"name": a.name, "text": a.text, "digest": _hex(a.digest)} for a in arguments],
        "created": words.iso(entry.created_ns),
        "wall_seconds": seconds(entry.wall_ns),
        "cpu_seconds": seconds(entry.cpu_ns),
        "result_bytes": entry.size if entry.status == "done" else None,
        "codec": entry.codec or None,
        "hits": entry.hits,
        "saved_seconds": seconds(entry.saved_ns),
        "last_used": words.iso(entry.last_used_ns) if entry.last_used_ns else None,
        "pinned": entry.pinned,
        "note": entry.note,
        "tags": list(entry.tags),
        "host": entry.host,
        "user": entry.user,
        "commit": entry.commit,
        "parent": entry.parent,
        "local_only": entry.local_only,
        "attachments": [{"name": a.name, "media": a.media, "bytes": a.size} for a in entry.attachments],
    }


def answer_shape(answer: Fresh | Stale | CannotTell | None) -> Shape:
    """What is known about freshness: `state`, what it assumes, the reasons."""
    match answer:
        case Fresh(assuming):
            return {"state": "fresh", "assuming": list(assuming), "reasons": []}
        case Stale(reasons):
            return {"state": "stale", "assuming": [], "reasons": [reason_shape(r) for r in reasons]}
        case CannotTell(reasons):
            return {"state": "cannot_tell", "assuming": [], "reasons": [reason_shape(r) for r in reasons]}
        case None:
            return {"state": "never_evaluated", "assuming": [], "reasons": []}


def reason_shape(reason: Reason) -> Shape:
    """One reason; `sentence` is the whole of it in words."""
    return {
        "kind": reason.kind,
        "subject": reason.subject,
        "message": reason.message,
        "sentence": str(reason),
        "place": place_shape(reason.place),
        "chain": list(reason.chain),
        "before": reason.before,
        "after": reason.after,
    }


def place_shape(place: Place | None) -> Shape | None:
    """A line in a file; `line` counts from 1, and is null for the file as a whole."""
    return None if place is None else {"path": place.path, "line": place.line or None}


def untracked_shape(places: Iterable[UntrackedPlace]) -> list[Shape]:
    """What is not tracked, and where."""
    return [{"why": u.why, "symbol": u.symbol, "place": place_shape(Place(u.path, u.line)) if u.path else None} for u in places]


def record_shape(record: Record | None, snapshot: Snapshot | None) -> Shape:
    """Everything that an entry depended on; lists are empty where the Record is damaged."""
    record = record or Record("", 0)
    texts = snapshot.by_symbol() if snapshot else {}

    def place(symbol: str) -> Shape | None:
        text = texts.get(symbol)
        return place_shape(Place(text.path, text.line)) if text else None

    return {
        "python": record.python or None,
        "optimize": record.optimize,
        "code": [{"symbol": c.symbol, "kind": c.kind, "place": place(c.symbol), "shell": _hex(c.shell), "body": _hex(c.body)} for c in record.code],
        "names": [{"module": n.module, "name": n.name, "resolution": n.resolution} for n in record.names],
        "captures": [{"symbol": c.symbol, "place": place(c.symbol), "value": _hex(c.value), "literal": c.literal} for c in record.captures],
        "externals": [{"distribution": e.distribution, "version": e.version, "sensitivity": e.sensitivity} for e in record.externals],
        "compiled": [{"module": module, "digest": _hex(digest)} for module, digest in record.compiled],
        "files": [{"path": f.path, "kind": f.kind, "digest": _hex(f.digest)} for f in record.files],
        "environment": [{"name": e.name, "digest": _hex(e.digest)} for e in record.environment if e.name != CURRENT_FOLDER],
        "current_folder": next((_hex(e.digest) for e in record.environment if e.name == CURRENT_FOLDER), None),
        "untracked": untracked_shape(snapshot.untracked if snapshot else ()),
    }


def dependencies_shape(dependencies: Dependencies) -> Shape:
    """The graph: each node names what it depends on directly."""
    graph = dependencies.graph
    nodes: list[Shape] = []
    for symbol in dependencies.symbols():
        found, below = dependencies.dependency(symbol), [str(s) for s in graph.edges.get(symbol, [])]
        nodes.append({"symbol": str(symbol), "kind": found.kind, "place": place_shape(found.place), "depends_on": below})
    return {
        "nodes": nodes,
        "externals": [
            {"distribution": e.distribution, "version": e.version, "sensitivity": e.sensitivity, "named": e.named} for e in dependencies.libraries()
        ],
        "compiled": sorted(graph.compiled),
        "untracked": untracked_shape(dependencies.untracked()),
    }


def snippet(entry: Entry) -> str:
    """Python that loads the result."""
    return f'hitsave.get("{entry.id}")'


def seconds(ns: int) -> float:
    """A duration, to the microsecond."""
    return round(ns / 1e9, 6)


def _hex(digest: bytes | None) -> str | None:
    return None if digest is None else digest.hex()
