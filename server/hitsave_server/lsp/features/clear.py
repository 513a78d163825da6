"""`hitsave/clear`: delete results."""

from __future__ import annotations

import asyncio
from typing import Any

from hitsave.freshness.clearing import Removal, removal_of, sorted_out
from hitsave.storage.listing import Filter
from hitsave_server.lsp import acting, contract
from hitsave_server.lsp.analysis import Analysis
from hitsave_server.lsp.picture import Picture
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import find, nothing, table, text


def register(server: HitSaveServer) -> None:
    """Answer it."""

    @server.feature(contract.CLEAR)
    async def clear_results(params: Any) -> contract.Done:
        return await clear(server, table(params))


async def clear(server: HitSaveServer, given: dict[str, Any]) -> contract.Done:
    """Delete what is meant, or only count it."""
    await server.caught_up()
    scope, preview = given.get("scope", "function"), given.get("preview") is True
    if scope in {"entry", "function"}:
        found = find(server, given)
        if found is None:
            return nothing("There is no such function here")
        picture, function = found
        identity = text(given, "entry") if scope == "entry" else None
        removal = await server.ask(picture.root, lambda a: _of_function(a, function.symbol, identity))
        done = await asyncio.to_thread(acting.delete, picture.store.folder, removal or Removal(()), preview=preview)
    elif scope in {"stale", "all"}:
        done = nothing("There is nothing to clear")
        root, experiments = text(given, "root"), given.get("everything") is True
        for picture in list(server.pictures.values()):
            if root is None or picture.root == root:
                removal = await server.ask(
                    picture.root, lambda a, p=picture: _of_project(a, p if scope == "stale" else None, experiments=experiments)
                )
                part = await asyncio.to_thread(acting.delete, picture.store.folder, removal or Removal(()), preview=preview)
                done = _together(done, part)
    else:
        return nothing(f"{scope!r} is nothing that can be cleared")
    if not preview:
        server.analyst.look(store=True)
    return done


def _of_function(analysis: Analysis, symbol: str, identity: str | None) -> Removal:
    meant = [entry for entry in analysis.stored(symbol) if identity in {None, entry.id}]
    return sorted_out(analysis.store, meant, experiments=True)


def _of_project(analysis: Analysis, stale_in: Picture | None, *, experiments: bool) -> Removal:
    """What goes of a project: what is stale in a picture, or all."""
    if stale_in is None:
        return removal_of(analysis.store, Filter(project=analysis.root), experiments=experiments)
    meant = analysis.entries(j.entry for f in (*stale_in.functions, *stale_in.gone) for j in f.judged if j.state == "stale")
    return sorted_out(analysis.store, meant, experiments=experiments)


def _together(one: contract.Done, other: contract.Done) -> contract.Done:
    if not (one["ok"] and other["ok"]):
        return other if other["ok"] or not one["ok"] else one
    added = {key: one[key] + other[key] for key in ("count", "seconds", "size")}
    return {
        "ok": True,
        "message": f"{one['message']}; {other['message']}",
        "count": int(added["count"]),
        "seconds": added["seconds"],
        "size": int(added["size"]),
    }
