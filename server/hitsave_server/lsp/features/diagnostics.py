"""Stale results as diagnostics, pushed whenever they change.

Not pulled as well: an editor that can do both shows each twice.
What else is to be reported of a function (the rules of `hitsave lint`, once there are any) is one more function in `SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lsprotocol import types

from hitsave_server.lsp import convert
from hitsave_server.lsp.documents import OpenFile, OpenFiles
from hitsave_server.lsp.picture import FunctionPicture, Picture
from hitsave_server.lsp.placing import placed
from hitsave_server.lsp.server import HitSaveServer

_RELATED: Final = 10


def register(server: HitSaveServer) -> None:
    """Push them."""
    sent: dict[str, list[types.Diagnostic]] = {}

    def push(_: Mapping[str, Picture], now: Mapping[str, Picture]) -> None:
        found = of_files(server, server.files, now)
        for uri in sent.keys() | found.keys():
            diagnostics = found.get(uri, [])
            if sent.get(uri, []) != diagnostics:
                server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics))
        sent.clear()
        sent.update({uri: diagnostics for uri, diagnostics in found.items() if diagnostics})

    server.listeners.append(push)


def of_files(server: HitSaveServer, files: OpenFiles, pictures: Mapping[str, Picture]) -> dict[str, list[types.Diagnostic]]:
    """The diagnostics of all open files, by document."""
    found: dict[str, list[types.Diagnostic]] = {}
    for file in files.by_path.values():
        shown = placed(file, list(pictures.values()))
        if shown.broken:
            continue  # there is enough to report of it
        for function, line in shown.functions:
            root = next((p.root for p in pictures.values() if p.function(function.symbol) is function), "")
            for source in SOURCES:
                for uri, diagnostic in source(server, file, root, function, line):
                    found.setdefault(uri, []).append(diagnostic)
    return found


def stale(server: HitSaveServer, file: OpenFile, root: str, function: FunctionPicture, line: int) -> Iterator[tuple[str, types.Diagnostic]]:
    """That the newest results of a function are not good any more, and why."""
    severity = server.settings.severity
    if severity is None or function.state not in {"stale", "cannot_tell"} or function.explained is None:
        return
    reasons = [*function.explained.reasons]
    if not reasons:
        return
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    verb = "is stale" if function.state == "stale" else "may be stale, only a run can tell"
    uri, number = file.in_editor(line)
    related = [
        types.DiagnosticRelatedInformation(convert.location(server, root, reason.place), str(reason))
        for reason in reasons[:_RELATED]
        if reason.place is not None
    ]
    data: dict[str, Any] = {"root": root, "symbol": function.symbol}
    yield (
        uri,
        types.Diagnostic(
            range=name_range(server, file, line, number, function.name.rpartition(".")[2]),
            message=f"{function.name}() {verb}: {reasons[0]}{more}",
            severity=severity,
            code="stale",
            source="hitsave",
            related_information=related,
            data=data,
        ),
    )


Source = Callable[[HitSaveServer, OpenFile, str, FunctionPicture, int], Iterator[tuple[str, types.Diagnostic]]]
SOURCES: Final[tuple[Source, ...]] = (stale,)


def name_range(server: HitSaveServer, file: OpenFile, line: int, number: int, name: str) -> types.Range:
    """The name on a ``def`` line, or the line as a whole."""
    text = file.line(line)
    units = server.units
    start = text.find(name)
    if start < 0:
        return types.Range(types.Position(number, 0), types.Position(number, units(text)))
    return types.Range(types.Position(number, units(text[:start])), types.Position(number, units(text[: start + len(name)])))
