"""`hitsave/pin`: keep a result from ever being evicted, or no longer."""

from __future__ import annotations

import asyncio
from typing import Any

from hitsave.storage.entry import Entry
from hitsave_server.lsp import acting, contract
from hitsave_server.lsp.analysis import Analysis
from hitsave_server.lsp.explaining import calls
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import find, nothing, table, text


def register(server: HitSaveServer) -> None:
    """Answer it."""

    @server.feature(contract.PIN)
    async def pin_result(params: Any) -> contract.Done:
        given = table(params)
        return await pin(server, given, on=given.get("pinned") is not False)


async def pin(server: HitSaveServer, given: dict[str, Any], *, on: bool) -> contract.Done:
    """Pin or unpin the result that is meant: without an ID the newest finished one, or the newest pinned one."""
    await server.caught_up()
    found = find(server, given)
    if found is None:
        return nothing("There is no such function here")
    picture, function = found
    identity = text(given, "entry")

    def choose(analysis: Analysis) -> tuple[Entry, str] | None:
        stored = analysis.stored(function.symbol, status="done", pinned=None if on else True)
        entry = next((e for e in stored if identity in {None, e.id}), None)
        return None if entry is None else (entry, calls(analysis, [entry])[entry.id])

    chosen = await server.ask(picture.root, choose)
    if chosen is None:
        return nothing(f"{function.name}() has no result to pin" if on else f"No result of {function.name}() is pinned")
    done = await asyncio.to_thread(acting.pin, picture.store.folder, *chosen, on=on)
    server.analyst.look(store=True)
    server.refresh()
    return done
