"""`hitsave/entries`: the results of one function, newest first."""

from __future__ import annotations

import time
from typing import Any, Final

from hitsave.freshness.judging import Judged
from hitsave_server.lsp import contract, convert
from hitsave_server.lsp.analysis import Analysis
from hitsave_server.lsp.explaining import calls
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import find, table, text

_USUAL: Final = 50
_MOST: Final = 500


def register(server: HitSaveServer) -> None:
    """Answer it."""

    @server.feature(contract.ENTRIES)
    async def entries(params: Any) -> contract.Entries:
        await server.caught_up()
        given = table(params)
        found = find(server, given)
        if found is None:
            return {"entries": [], "more": False}
        picture, function = found
        before, wanted = text(given, "before"), given.get("limit")
        limit = min(wanted, _MOST) if isinstance(wanted, int) and wanted > 0 else _USUAL
        older = [j for j in function.judged if before is None or j.entry.id < before]

        def look_up(analysis: Analysis) -> tuple[list[Judged], dict[str, str]]:
            now = {entry.id: entry for entry in analysis.entries([j.entry for j in older[:limit]])}
            rows = [Judged(now[j.entry.id], j.state, j.answer) for j in older[:limit] if j.entry.id in now]
            return rows, calls(analysis, [j.entry for j in rows])

        rows, written = await server.ask(picture.root, look_up) or ([], {})
        now, short = time.time_ns(), convert.short_length([j.entry.id for j in rows])
        shown = [convert.entry(server, picture.root, j, written.get(j.entry.id, ""), now, short) for j in rows]
        return {"entries": shown, "more": len(older) > limit}
