"""`hitsave/refresh`: look at the disk and the store again, now."""

from __future__ import annotations

from typing import Any

from hitsave_server.lsp import contract
from hitsave_server.lsp.server import HitSaveServer


def register(server: HitSaveServer) -> None:
    """Answer it."""

    @server.feature(contract.REFRESH)
    def refresh(_: Any) -> None:
        server.analyst.look(store=True, disk=True, afresh=True)
