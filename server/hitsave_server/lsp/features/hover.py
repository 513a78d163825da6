"""Hover on a memoised function's name, where it is defined or used, and on what costs results."""

from __future__ import annotations

import re

from lsprotocol import types

from hitsave.codegraph.facts import Read
from hitsave_server.lsp import explaining
from hitsave_server.lsp.analysis import Analysis
from hitsave_server.lsp.documents import OpenFile, real
from hitsave_server.lsp.picture import FunctionPicture, Picture
from hitsave_server.lsp.placing import placed
from hitsave_server.lsp.server import HitSaveServer

_NAMES = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def register(server: HitSaveServer) -> None:
    """Answer hovers."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        await server.caught_up()
        file = server.file(params.text_document.uri)
        line = file.from_editor(params.text_document.uri, params.position.line) if file is not None else None
        if file is None or line is None:
            return None
        shown = placed(file, list(server.pictures.values()))
        name = chain_at(server, file, line, params.position.character)
        parts: list[str] = []
        function = next((f for f, at in shown.functions if at == line and (name is None or name == f.name.rpartition(".")[2])), None)
        price = next((p for p, at in shown.prices if at == line), None)
        found = None
        if function is None and price is None and name is not None:
            found = await used_at(server, file, name)
        elif function is not None:
            found = server.find(function.symbol)
        if found is not None:
            picture, function = found
            known = await server.ask(picture.root, lambda a: explaining.background(a, function))
            if known is not None:
                parts.append(explaining.why(server, picture.root, function, known, whole=False))
        if price is not None:
            reasons = [b.reason for p in server.pictures.values() for f in p.functions for b in f.blames if b.reason.subject == price.subject]
            parts.append(explaining.price(price, reasons))
        if not parts:
            return None
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(parts)))


def chain_at(server: HitSaveServer, file: OpenFile, line: int, character: int) -> str | None:
    """The dotted name at a position, up to and with the part that the position is in; None if there is none."""
    text = file.line(line)
    codec = server.workspace.position_codec
    column = codec.position_from_client_units([text], types.Position(0, character)).character
    for match in _NAMES.finditer(text):
        if match.start() <= column <= match.end():
            end = text.find(".", max(column, match.start()), match.end())
            return text[match.start() : end if end >= 0 else match.end()]
    return None


async def used_at(server: HitSaveServer, file: OpenFile, name: str) -> tuple[Picture, FunctionPicture] | None:
    """The memoised function that a name in a file stands for, if it is one."""
    for picture in list(server.pictures.values()):
        if not any(f.name.rpartition(".")[2] == name.rpartition(".")[2] for f in picture.functions):
            continue
        symbol = await server.ask(picture.root, lambda a: _symbol(a, real(file.path), name))
        if symbol is not None and (found := server.find(symbol, picture.root)) is not None:
            return found
    return None


def _symbol(analysis: Analysis, path: str, name: str) -> str | None:
    module = analysis.module_of(path)
    for found in analysis.text.world.walker.resolver.resolve(module, Read(tuple(name.split(".")), 0)):
        if found.kind == "symbol":
            return str(found.symbol)
    return None
