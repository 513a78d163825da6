"""One run: its Views, what it logged and printed, its attachments, the code as it ran and what else it depended on, its traceback, the runs around it."""

from __future__ import annotations

import base64
from typing import Any, Final

from hitsave.digest import Digest
from hitsave.errors import UnknownEntryError
from hitsave.freshness.arguments import read_arguments
from hitsave.freshness.judging import Judged
from hitsave.freshness.record import Record
from hitsave.freshness.views import read_views
from hitsave.panel.cells import cell, in_words
from hitsave.panel.contract import AttachmentBytes, Dependency, Named, Relative, Run, Source
from hitsave.panel.logs import curves, output
from hitsave.panel.rerun import rerun
from hitsave.panel.source import Source as Runs
from hitsave.storage.entry import Entry

_MOST_SOURCES: Final = 500
_MOST_DEPENDENCIES: Final = 500
_MOST_ATTACHED: Final = 16 << 20


def run(source: Runs, judged: Judged) -> Run:
    """All that is known of the run."""
    entry, views = judged.entry, read_views(source, judged.entry)
    error = None if entry.error is None else source.content("error", entry.error)
    logged = source.logged(entry.id)
    printed, cut = output(logged)
    arguments = [_named(a.name, views.arguments.get(a.name), a.text) for a in read_arguments(source, [entry])[entry.id]]
    sources = _sources(source, judged)
    parents, children = source.related(entry)
    return {
        "id": entry.id,
        "symbol": entry.symbol,
        "state": judged.state,
        "reasons": [str(reason) for reason in judged.reasons],
        "arguments": arguments,
        "result": _named("result", views.result, "") if entry.status == "done" else None,
        "curves": curves(entry, logged),
        "attachments": [{"name": a.name, "media": a.media, "size": a.size} for a in entry.attachments],
        "error": "" if error is None else error.decode("utf-8", "replace"),
        "output": printed,
        "output_cut": cut,
        "sources": sources,
        "python": judged.record.python if judged.record else "",
        "dependencies": _dependencies(judged.record) if judged.record else [],
        "parents": [_relative(parent) for parent in parents],
        "children": [_relative(child) for child in children],
        "snippet": f'hitsave.get("{entry.id}")' if entry.status == "done" else "",
        "rerun": rerun(entry.symbol, next((s["path"] for s in sources if s["symbol"] == entry.symbol), ""), arguments),
    }


def attachment(source: Runs, entry: Entry, name: str) -> AttachmentBytes:
    """The bytes of what was kept beside the run under this name. UnknownEntryError if there is no such thing."""
    for attached in entry.attachments:
        if attached.name == name and attached.size <= _MOST_ATTACHED:
            return {"media": attached.media, "base64": base64.b64encode(source.open_attachment(attached)).decode("ascii")}
    raise UnknownEntryError(f"The run {entry.id} has no attachment {name!r} that can be shown", "hitsave show lists what it has")


def _named(name: str, view: Any, text: str) -> Named:
    if not text:
        shown = cell(view)
        text = str(shown) if isinstance(shown, (str, float, int)) else in_words(view)
    return {"name": name, "text": text, "view": view}


def _sources(source: Runs, judged: Judged) -> list[Source]:
    """The texts of the code that ran, the run's own function first."""
    snapshot = judged.snapshot
    if snapshot is None:
        return []
    texts = snapshot.texts[:_MOST_SOURCES]
    contents = source.contents("text", {Digest(t.text) for t in texts if len(t.text) == 32})
    rows: list[Source] = [
        {
            "symbol": t.symbol,
            "kind": t.kind,
            "path": t.path,
            "line": t.line,
            "text": contents[Digest(t.text)].decode("utf-8", "surrogatepass") if len(t.text) == 32 and Digest(t.text) in contents else "",
            "via": t.via,
        }
        for t in texts
    ]
    return sorted(rows, key=lambda s: s["symbol"] != judged.entry.symbol)


def _dependencies(record: Record) -> list[Dependency]:
    libraries: list[Dependency] = [{"kind": "library", "name": c.distribution, "was": c.version or "not installed"} for c in record.externals]
    values: list[Dependency] = [{"kind": "value", "name": c.symbol, "was": _beginning(c.value, "by its code")} for c in record.captures]
    files: list[Dependency] = [{"kind": "file", "name": c.path, "was": _beginning(c.digest, "absent")} for c in record.files]
    variables: list[Dependency] = [{"kind": "environment", "name": c.name, "was": _beginning(c.digest, "not set")} for c in record.environment]
    return [*libraries, *values, *files, *variables][:_MOST_DEPENDENCIES]


def _beginning(digest: bytes | None, otherwise: str) -> str:
    return otherwise if digest is None else digest.hex()[:12]


def _relative(entry: Entry) -> Relative:
    return {"id": entry.id, "symbol": entry.symbol, "kind": entry.kind, "state": entry.status, "seconds": entry.wall_ns / 1e9}
