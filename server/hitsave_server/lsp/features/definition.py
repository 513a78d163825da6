"""From a memoised function that is stale to what made it so: *go to definition* on its decorators and its ``def`` line."""

from __future__ import annotations

from lsprotocol import types

from hitsave_server.lsp import convert
from hitsave_server.lsp.placing import placed
from hitsave_server.lsp.server import HitSaveServer

_ABOVE = 10  # lines of decorators, at most


def register(server: HitSaveServer) -> None:
    """Answer requests for definitions, where nobody else could."""

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: types.DefinitionParams) -> list[types.Location] | None:
        await server.caught_up()
        file = server.file(params.text_document.uri)
        line = file.from_editor(params.text_document.uri, params.position.line) if file is not None else None
        if file is None or line is None:
            return None
        text = file.line(line).lstrip()
        if not text.startswith(("@", "def ", "async def ")):
            return None
        for function, at in placed(file, list(server.pictures.values())).functions:
            if not (at == line or (text.startswith("@") and line < at <= line + _ABOVE and _only_decorators(file.lines[line - 1 : at - 1]))):
                continue
            found = server.find(function.symbol)
            reasons = function.explained.reasons if function.explained is not None and found is not None else ()
            places = [reason.place for reason in reasons if reason.place is not None]
            return [convert.location(server, found[0].root, place) for place in places] if found is not None and places else None
        return None


def _only_decorators(lines: list[str]) -> bool:
    return all(line.lstrip().startswith(("@", ")", "#")) or not line.strip() or line.startswith((" ", "\t")) for line in lines)
