"""The processes of a hub: one, or several workers that share a port."""

from __future__ import annotations

import os
import tempfile
from typing import Final

import uvicorn

from hitsave_server.hub import logs
from hitsave_server.hub.database import Database
from hitsave_server.hub.migrations import migrate
from hitsave_server.hub.settings import HubSettings

_GRACEFUL_SECONDS: Final = 30


def serve(settings: HubSettings, *, host: str, port: int, workers: int = 1) -> None:
    """Answer until a signal ends it: SIGTERM or SIGINT lets requests that are under way come to their end, for 30 seconds."""
    logs.set_up()
    database = Database(settings.database)
    migrate(database)
    database.close()
    os.environ.update(settings.as_environment())
    with tempfile.TemporaryDirectory(prefix="hitsave-hub-") as folder:
        if workers > 1:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        uvicorn.run(
            "hitsave_server.hub.app:app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            http="httptools",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=True,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=_GRACEFUL_SECONDS,
            backlog=2048,
            h11_max_incomplete_event_size=None,
        )
