"""One run: its Views, what it logged, its attachments, the code as it ran, its traceback."""

from __future__ import annotations

import base64
import math
from typing import Any, Final

from hitsave.digest import Digest
from hitsave.errors import UnknownEntryError
from hitsave.freshness.arguments import read_arguments
from hitsave.freshness.judging import Judged
from hitsave.freshness.views import read_views
from hitsave.panel.cells import cell, in_words, number_cell
from hitsave.panel.contract import AttachmentBytes, Curve, Named, Run, Source
from hitsave.panel.runs import logged_row
from hitsave.storage.entry import Entry
from hitsave.storage.store import Store

MOST_POINTS: Final = 2_000
"""Of one curve; of a longer one every n-th."""
_MOST_SOURCES: Final = 500
_MOST_ATTACHED: Final = 16 << 20


def run(store: Store, judged: Judged) -> Run:
    """All that is known of the run."""
    entry, views = judged.entry, read_views(store, judged.entry)
    error = None if entry.error is None else store.content("error", entry.error)
    return {
        "id": entry.id,
        "symbol": entry.symbol,
        "state": judged.state,
        "reasons": [str(reason) for reason in judged.reasons],
        "arguments": [_named(a.name, views.arguments.get(a.name), a.text) for a in read_arguments(store, [entry])[entry.id]],
        "result": _named("result", views.result, "") if entry.status == "done" else None,
        "curves": curves(store, entry),
        "attachments": [{"name": a.name, "media": a.media, "size": a.size} for a in entry.attachments],
        "error": "" if error is None else error.decode("utf-8", "replace"),
        "sources": _sources(store, judged),
        "python": judged.record.python if judged.record else "",
        "libraries": [f"{e.distribution} {e.version}" for e in judged.record.externals] if judged.record else [],
        "snippet": f'hitsave.get("{entry.id}")' if entry.status == "done" else "",
    }


def attachment(store: Store, entry: Entry, name: str) -> AttachmentBytes:
    """The bytes of what was kept beside the run under this name. UnknownEntryError if there is no such thing."""
    for attached in entry.attachments:
        if attached.name == name and attached.size <= _MOST_ATTACHED:
            return {"media": attached.media, "base64": base64.b64encode(store.open_attachment(attached)).decode("ascii")}
    raise UnknownEntryError(f"The run {entry.id} has no attachment {name!r} that can be shown", "hitsave show lists what it has")


def curves(store: Store, entry: Entry) -> list[Curve]:
    """What the run logged, one curve a metric."""
    found: dict[str, tuple[list[float | None], list[float], list[float]]] = {}
    for row in store.logged(entry.id):
        at, step, values = logged_row(row.content)
        for name, value in values.items():
            steps, times, logged = found.setdefault(name, ([], [], []))
            steps.append(step if step is None or math.isfinite(step) else None)
            times.append(at - entry.created_ns / 1e9)
            logged.append(value)
    return [_curve(name, *of_metric) for name, of_metric in found.items()]


def _curve(name: str, steps: list[float | None], times: list[float], values: list[float]) -> Curve:
    every = -(-len(values) // MOST_POINTS)
    finite = [value for value in values if math.isfinite(value)]
    return {
        "name": name,
        "steps": steps[::every],
        "times": times[::every],
        "values": [value if math.isfinite(value) else None for value in values[::every]],
        "last": number_cell(values[-1]),
        "min": min(finite, default=None),
        "max": max(finite, default=None),
        "count": len(values),
    }


def _named(name: str, view: Any, text: str) -> Named:
    if not text:
        shown = cell(view)
        text = str(shown) if isinstance(shown, (str, float, int)) else in_words(view)
    return {"name": name, "text": text, "view": view}


def _sources(store: Store, judged: Judged) -> list[Source]:
    """The texts of the code that ran, the run's own function first."""
    snapshot = judged.snapshot
    if snapshot is None:
        return []
    texts = snapshot.texts[:_MOST_SOURCES]
    contents = store.contents("text", {Digest(t.text) for t in texts if len(t.text) == 32})
    rows: list[Source] = [
        {
            "symbol": t.symbol,
            "kind": t.kind,
            "path": t.path,
            "line": t.line,
            "text": contents[Digest(t.text)].decode("utf-8", "surrogatepass") if len(t.text) == 32 and Digest(t.text) in contents else "",
        }
        for t in texts
    ]
    return sorted(rows, key=lambda s: s["symbol"] != judged.entry.symbol)
