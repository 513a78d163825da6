"""Stale results as diagnostics: pulled where the editor can and can be told to pull again, else pushed whenever they change.

Never both: an editor that is given each twice shows each twice.
They wait until no other picture has come for a moment: hints go first, and a word that is typed has them made once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lsprotocol import types

from hitsave_server.lsp import convert
from hitsave_server.lsp.documents import OpenFile, OpenFiles, same_uri
from hitsave_server.lsp.features.advice import Advice, Located
from hitsave_server.lsp.picture import FunctionPicture, Picture
from hitsave_server.lsp.placing import placed
from hitsave_server.lsp.server import HitSaveServer

_RELATED: Final = 10
_PAUSE: Final = 0.1
"""Seconds after the last change of what is so until diagnostics are told."""


def register(server: HitSaveServer) -> None:
    """Push them, and answer who pulls them."""
    sent: dict[str, list[types.Diagnostic]] = {}
    advice = Advice()
    due: list[asyncio.TimerHandle] = []

    @server.feature(
        types.TEXT_DOCUMENT_DIAGNOSTIC, types.DiagnosticOptions(identifier="hitsave", inter_file_dependencies=True, workspace_diagnostics=False)
    )
    async def pull(params: types.DocumentDiagnosticParams) -> types.RelatedFullDocumentDiagnosticReport:
        uri = params.text_document.uri
        await server.caught_up()
        file = server.file(uri) if _pulls(server) else None
        found = of_files(server, OpenFiles([file]), advice) if file is not None else {}
        return types.RelatedFullDocumentDiagnosticReport(items=[d for at, of_document in found.items() if same_uri(at, uri) for d in of_document])

    def soon(_before: Mapping[str, Picture], _now: Mapping[str, Picture]) -> None:
        for earlier in due:
            earlier.cancel()
        due[:] = [asyncio.get_running_loop().call_later(_PAUSE, push)]

    def push() -> None:
        found = of_files(server, server.files, advice)
        if _pulls(server):
            if sent != found:
                server.workspace_diagnostic_refresh(None)
                sent.clear()
                sent.update(found)
            return
        for uri in sent.keys() | found.keys():
            diagnostics = found.get(uri, [])
            if sent.get(uri, []) != diagnostics:
                server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics))
        sent.clear()
        sent.update({uri: diagnostics for uri, diagnostics in found.items() if diagnostics})

    server.listeners.append(soon)


def _pulls(server: HitSaveServer) -> bool:
    """Whether the editor asks for diagnostics, and asks again when it is told that they are others: an edit of one file changes those of another."""
    document, workspace = server.client_capabilities.text_document, server.client_capabilities.workspace
    can = document is not None and document.diagnostic is not None
    return bool(can and workspace is not None and workspace.diagnostics is not None and workspace.diagnostics.refresh_support)


def of_files(server: HitSaveServer, files: OpenFiles, advice: Advice) -> dict[str, list[types.Diagnostic]]:
    """The diagnostics of all open files, by document."""
    found: dict[str, list[types.Diagnostic]] = {}
    pictures = server.pictures
    for file in files.by_path.values():
        shown = placed(file, list(pictures.values()))
        if shown.broken:
            continue  # there is enough to report of it
        for function, line in shown.functions:
            root = next((p.root for p in pictures.values() if p.function(function.symbol) is function), "")
            for uri, diagnostic in (*_stale(server, file, root, function, line), *advice.of_function(server, file, root, function, line)):
                found.setdefault(uri, []).append(diagnostic)
    return found


def _stale(server: HitSaveServer, file: OpenFile, root: str, function: FunctionPicture, line: int) -> Iterator[Located]:
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
            range=convert.name_range(server, file, line, number, function.name.rpartition(".")[2]),
            message=f"{function.name}() {verb}: {reasons[0]}{more}",
            severity=severity,
            code="stale",
            source="hitsave",
            related_information=related,
            data=data,
        ),
    )
