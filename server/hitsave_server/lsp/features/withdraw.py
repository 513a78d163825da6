"""`hitsave/accepted` and `hitsave/withdraw`: which changes were declared not to matter, and taking that back."""

from __future__ import annotations

import asyncio
from typing import Any

from hitsave.freshness.accepted import Acceptance, acceptances
from hitsave.freshness.words import moment
from hitsave_server.lsp import acting, contract
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import nothing, table, text


def register(server: HitSaveServer) -> None:
    """Answer them."""

    @server.feature(contract.ACCEPTED)
    async def accepted(_: Any) -> contract.Accepted:
        roots = {picture.store.folder: picture.root for picture in server.pictures.values()}  # projects may share a store
        rows: list[tuple[str, Acceptance]] = []
        for root in roots.values():
            found = await server.ask(root, lambda analysis: acceptances(analysis.store))
            last = {a.symbol: a for a in sorted(found or (), key=lambda a: a.at_ns)}
            rows += [(root, a) for a in last.values()]
        rows.sort(key=lambda row: -row[1].at_ns)
        return {"changes": [{"root": root, "subject": a.symbol, "user": a.user, "when": moment(a.at_ns), "note": a.note} for root, a in rows]}

    @server.feature(contract.WITHDRAW)
    async def withdraw(params: Any) -> contract.Done:
        given = table(params)
        root, subject = text(given, "root"), text(given, "subject")
        picture = next((p for p in server.pictures.values() if p.root == root), None)
        if picture is None or subject is None:
            return nothing("There is no such project here")
        done = await asyncio.to_thread(acting.withdraw, picture.store.folder, subject)
        server.analyst.look(store=True)
        return done
