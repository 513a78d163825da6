"""`hitsave/why`: the whole explanation of a function's state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hitsave_server.lsp import contract, convert, explaining
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import chosen, find, table, text


def register(server: HitSaveServer) -> None:
    """Answer it."""

    @server.feature(contract.WHY)
    async def why(params: Any) -> contract.Why | None:
        await server.caught_up()
        return await explain(server, table(params))


async def explain(server: HitSaveServer, given: dict[str, Any]) -> contract.Why | None:
    """The explanation of the function that is meant, or of one of its results; None if there is no such function."""
    found = find(server, given)
    if found is None:
        return None
    picture, function = found
    judged = chosen(function, given)
    shown = replace(function, explained=judged) if text(given, "entry") and judged is not None else function
    known = await server.ask(picture.root, lambda a: explaining.background(a, shown))
    if known is None:
        return None
    return {
        "symbol": function.symbol,
        "title": f"{function.name}()",
        "state": judged.state if judged is not None else function.state,
        "entry": judged.entry.id if judged is not None else "",
        "markdown": explaining.why(server, picture.root, shown, known, whole=True),
        "reasons": [convert.reason(server, picture.root, r) for r in judged.reasons] if judged is not None else [],
    }
