"""`hitsave/accept`: a person declares that what changed does not matter. No store keeps that yet, and this says so."""

from __future__ import annotations

from typing import Any, Final

from hitsave_server.lsp import contract
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import nothing

CAN_ACCEPT: Final = False
NOT_YET: Final = "This version of HitSave can't accept a change yet. Undo it, or let the function run again"


def register(server: HitSaveServer) -> None:
    """Answer it."""

    @server.feature(contract.ACCEPT)
    def accept(_: Any) -> contract.Done:
        return nothing(NOT_YET)
