"""One request a file: wait until the text is taken in, find the place, look at the picture, convert. What is asked often answers from memory alone."""

from __future__ import annotations

from collections.abc import Mapping

from hitsave_server.lsp.features import (
    accept,
    clear,
    code_action,
    code_lens,
    definition,
    dependencies,
    diagnostics,
    diff,
    doctor,
    entries,
    execute_command,
    experiments,
    functions,
    hover,
    inlay_hint,
    lifecycle,
    pin,
    refresh,
    snippet,
    status,
    why,
    withdraw,
)
from hitsave_server.lsp.server import HitSaveServer

_FEATURES = (
    lifecycle,
    inlay_hint,
    hover,
    diagnostics,
    code_action,
    code_lens,
    definition,
    execute_command,
    functions,
    entries,
    experiments,
    why,
    diff,
    dependencies,
    clear,
    pin,
    accept,
    withdraw,
    snippet,
    status,
    doctor,
    refresh,
)


def make_server(environ: Mapping[str, str]) -> HitSaveServer:
    """A server that answers everything that it can."""
    server = HitSaveServer(environ)
    for feature in _FEATURES:
        feature.register(server)
    return server
