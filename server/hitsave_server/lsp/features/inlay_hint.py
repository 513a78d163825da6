"""Hints at the end of the ``def`` line of memoised functions, and at what they reach where its text costs something."""

from __future__ import annotations

import time
from typing import Any

from lsprotocol import types

from hitsave_server.lsp.documents import OpenFile
from hitsave_server.lsp.labels import price_label, price_sentence, state_label, state_sentence
from hitsave_server.lsp.placing import placed
from hitsave_server.lsp.server import HitSaveServer


def register(server: HitSaveServer) -> None:
    """Answer requests for hints, and for their tooltips."""

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT, types.InlayHintOptions(resolve_provider=True))
    async def inlay_hint(params: types.InlayHintParams) -> list[types.InlayHint]:
        await server.caught_up()
        file = server.file(params.text_document.uri)
        return [] if file is None else hints(server, file, params.text_document.uri, params.range)

    @server.feature(types.INLAY_HINT_RESOLVE)
    def resolve(hint: types.InlayHint) -> types.InlayHint:
        server.pointed_at()
        hint.tooltip = _tooltip(server, hint.data)
        return hint


def hints(server: HitSaveServer, file: OpenFile, uri: str, within: types.Range) -> list[types.InlayHint]:
    """The hints of a document, or cell, in a range of lines."""
    shown = placed(file, list(server.pictures.values()))
    now = time.time_ns()
    found: list[types.InlayHint] = []

    def add(line: int, label: str, data: dict[str, Any]) -> None:
        document, number = file.in_editor(line)
        if document != uri and file.from_editor(uri, number) != line:
            return
        if within.start.line <= number <= within.end.line:
            end = server.units(file.line(line).rstrip())
            found.append(types.InlayHint(types.Position(number, end), label, padding_left=True, data=data))

    if server.settings.inlay_hints:
        for function, line in shown.functions:
            add(line, state_label(function, now, broken=shown.broken), {"symbol": function.symbol})
    if server.settings.prices:
        for price, line in shown.prices:
            add(line, price_label(price), {"price": price.subject})
    return found


def _tooltip(server: HitSaveServer, data: Any) -> str | None:
    if not isinstance(data, dict):
        return None
    symbol, subject = data.get("symbol"), data.get("price")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    for picture in server.pictures.values():
        if isinstance(symbol, str) and (function := picture.function(symbol)) is not None:
            broken = any(path in picture.broken for path in (function.path,))
            note = " This is of the last text that was Python." if broken else ""
            return state_sentence(function, time.time_ns()) + note
        for price in picture.prices:
            if price.subject == subject:
                return price_sentence(price)
    return None
