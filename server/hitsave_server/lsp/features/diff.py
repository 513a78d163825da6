"""`hitsave/diff`: the recorded text of what changed and its text now, for the editor's diff view."""

from __future__ import annotations

from typing import Any

from hitsave_server.lsp import contract, convert
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import chosen, find, table, text


def register(server: HitSaveServer) -> None:
    """Answer it."""

    @server.feature(contract.DIFF)
    async def diff(params: Any) -> contract.Diff | None:
        await server.caught_up()
        return difference(server, table(params))


def difference(server: HitSaveServer, given: dict[str, Any]) -> contract.Diff | None:
    """The two texts; None if nothing that has a text changed."""
    found = find(server, given)
    judged = chosen(found[1], given) if found is not None else None
    if found is None or judged is None:
        return None
    subject = text(given, "subject")
    for reason in judged.reasons:
        if convert.has_diff(reason) and subject in {None, reason.subject}:
            name = reason.subject.partition(":")[2].removesuffix(".<value>") or reason.subject
            return {
                "title": f"{name}: as recorded ↔ now",
                "path": reason.place.path if reason.place is not None else f"{name}.py",
                "before": reason.before or "",
                "after": reason.after or "",
                "place": convert.place(server, found[0].root, reason.place),
            }
    return None
