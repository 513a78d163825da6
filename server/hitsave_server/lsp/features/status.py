"""`hitsave/status`, asked for and told: how the server is, and what there is."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Any

from hitsave import __version__
from hitsave.freshness.status import Place
from hitsave.freshness.words import counted
from hitsave_server.lsp import contract, convert
from hitsave_server.lsp.picture import Picture, StorePicture
from hitsave_server.lsp.server import HitSaveServer


def register(server: HitSaveServer) -> None:
    """Answer it, and tell whenever it is another."""
    told: list[contract.Status] = []

    @server.feature(contract.STATUS)
    def status(_: Any) -> contract.Status:
        return status_of(server, server.pictures)

    def tell(_: Mapping[str, Picture], pictures: Mapping[str, Picture]) -> None:
        now = status_of(server, pictures)
        if not told or told[-1] != now:
            told[:] = [now]
            server.protocol.notify(contract.DID_CHANGE_STATUS, now)

    server.listeners.append(tell)


def status_of(server: HitSaveServer, pictures: Mapping[str, Picture]) -> contract.Status:
    """The status."""
    functions = [f for p in pictures.values() for f in p.functions]
    stores = {p.store.folder: p.store for p in pictures.values()}
    problems = [_problem(server, p.root, t.message, t.advice) for p in pictures.values() for t in (p.trouble, p.store.trouble) if t is not None]
    broken = {(p.root, b.path): b for p in pictures.values() for b in (*p.faults, *p.broken.values())}
    places = [
        _problem(server, root, str(b), "Correct it; until then its functions can't be looked at", Place(b.path, b.line))
        for (root, _), b in broken.items()
    ]
    counts = convert.counts([f.state for f in functions])
    failed = any(s.trouble is not None for s in stores.values())
    searching = not pictures or not all(p.complete for p in pictures.values())
    health: contract.Health = "error" if failed else "starting" if searching else "warning" if problems or places else "ok"
    return {
        "contract": contract.VERSION,
        "version": __version__,
        "python": platform.python_version(),
        "health": health,
        "message": _message(health, problems or places, counts, len(functions)),
        "functions": counts,
        "stores": [_store(store) for store in stores.values()],
        "problems": [*problems, *places],
        "canAccept": any(s.exists and s.trouble is None for s in stores.values()),
    }


def _message(health: contract.Health, problems: list[contract.Problem], counts: contract.Counts, functions: int) -> str:
    if health == "error":
        return problems[0]["message"]
    if health == "starting":
        return "Looking for memoised functions"
    if not functions:
        return "No function here is memoised"
    words = {"fresh": "cached", "stale": "stale", "cannot_tell": "can't tell", "running": "running", "failed": "failed", "never_run": "never run"}
    parts = [f"{number} {words[state]}" for state, number in counts.items() if number]
    return f"{counted(functions, 'function')}: {', '.join(parts)}" if parts else counted(functions, "function")


def _problem(server: HitSaveServer, root: str, message: str, advice: str, place: Place | None = None) -> contract.Problem:
    return {"message": message, "advice": advice, "place": convert.place(server, root, place)}


def _store(store: StorePicture) -> contract.StoreStatus:
    return {
        "folder": store.folder,
        "exists": store.exists,
        "entries": store.stats.entries,
        "experiments": store.experiments,
        "size": store.disk_bytes,
        "seconds": store.stats.wall_ns / 1e9,
        "hits": store.stats.hits,
        "saved": store.stats.saved_ns / 1e9,
        "problem": store.trouble.message if store.trouble else "",
        "advice": store.trouble.advice if store.trouble else "",
    }
