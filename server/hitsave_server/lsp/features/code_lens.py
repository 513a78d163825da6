"""The hints as lenses above the ``def`` lines, for those who prefer them; off unless asked for."""

from __future__ import annotations

import time

from lsprotocol import types

from hitsave_server.lsp.commands import command
from hitsave_server.lsp.labels import price_label, state_label
from hitsave_server.lsp.placing import placed
from hitsave_server.lsp.server import HitSaveServer


def register(server: HitSaveServer) -> None:
    """Answer requests for lenses."""

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    async def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        if not server.settings.code_lens:
            return []
        await server.caught_up()
        file = server.file(params.text_document.uri)
        if file is None:
            return []
        shown = placed(file, list(server.pictures.values()))
        now = time.time_ns()
        found: list[types.CodeLens] = []
        rows = [(line, state_label(f, now, broken=shown.broken), f.symbol) for f, line in shown.functions]
        rows += [(line, price_label(p), p.spoiled[0].symbol) for p, line in shown.prices]
        for line, title, symbol in rows:
            uri, number = file.in_editor(line)
            if file.from_editor(params.text_document.uri, number) != line:
                continue
            picture = server.find(symbol)
            target = {"root": picture[0].root if picture else "", "symbol": symbol}
            found.append(types.CodeLens(types.Range(types.Position(number, 0), types.Position(number, 0)), command(server, "why", title, target)))
            del uri
        return found
