"""Commands that code actions and lenses name: the client's own where it has registered them, else the server's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lsprotocol import types

from hitsave_server.lsp.server import HitSaveServer

_OURS: Final = {
    "why": "hitsave.why",
    "diff": "hitsave.showDiff",
    "dependencies": "hitsave.showDependencies",
    "clearFunction": "hitsave.clearFunction",
    "clearStale": "hitsave.clearStale",
    "clearAll": "hitsave.clearAll",
    "pin": "hitsave.pinLatest",
    "unpin": "hitsave.unpinLatest",
    "accept": "hitsave.accept",
    "snippet": "hitsave.copySnippet",
    "experiments": "hitsave.openExperiments",  # a panel, which only a client has
}
SERVER: Final = "hitsave.server."


def command(server: HitSaveServer, name: str, title: str, target: Mapping[str, Any]) -> types.Command:
    """A command about `target`, which this client can execute."""
    known = _OURS[name] if server.settings.client_commands else SERVER + name
    return types.Command(title, known, arguments=[dict(target)])
