"""`hitsave/snippet`: Python that loads a result."""

from __future__ import annotations

from typing import Any

from hitsave.storage.entry import Entry
from hitsave_server.lsp import contract
from hitsave_server.lsp.analysis import Analysis
from hitsave_server.lsp.explaining import calls
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import find, table, text


def register(server: HitSaveServer) -> None:
    """Answer it."""

    @server.feature(contract.SNIPPET)
    async def snippet(params: Any) -> contract.Snippet:
        return await loading(server, table(params))


async def loading(server: HitSaveServer, given: dict[str, Any]) -> contract.Snippet:
    """The snippet for the result that is meant: without an ID, the newest finished one."""
    found = find(server, given)
    if found is None:
        return {"text": "", "message": "There is no such function here"}
    picture, function = found
    identity = text(given, "entry")

    def choose(analysis: Analysis) -> tuple[Entry, str] | None:
        stored = analysis.stored(function.symbol, status="done")
        entry = next((e for e in stored if identity in {None, e.id}), None)
        return None if entry is None else (entry, calls(analysis, [entry])[entry.id])

    chosen = await server.ask(picture.root, choose)
    if chosen is None:
        return {"text": "", "message": f"{function.name}() has no result to load. Run it once"}
    entry, call = chosen
    call = call if len(call) <= 80 else call[:79] + "…"
    return {"text": f'import hitsave\n\nresult = hitsave.get("{entry.id}")  # {call}\n', "message": f"Loads the result of {call}"}
