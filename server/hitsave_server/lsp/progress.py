"""What a person sees while projects are looked through for the first time."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from concurrent.futures import Future

    from hitsave_server.lsp.server import HitSaveServer

log = logging.getLogger(__name__)


class Reporter:
    """One progress bar at a time, in editors that have them."""

    def __init__(self, server: HitSaveServer) -> None:
        self._server = server
        self._token: str | None = None
        self._number = 0
        self._last = ""

    def say(self, message: str) -> None:
        """Show `message`; "" when there is nothing to wait for any more."""
        window = self._server.client_capabilities.window
        if window is None or not window.work_done_progress:
            return
        self._last = message
        if not message:
            if self._token is not None:
                self._server.work_done_progress.end(self._token, types.WorkDoneProgressEnd(message="done"))
                self._token = None
        elif self._token is None:
            self._number += 1
            token = f"hitsave-{self._number}"
            self._token = token
            created: Future[None] = self._server.window_work_done_progress_create(types.WorkDoneProgressCreateParams(token=token))
            created.add_done_callback(lambda future: self._begun(token, future))
        else:
            self._server.work_done_progress.report(self._token, types.WorkDoneProgressReport(message=message))

    def _begun(self, token: str, future: Future[None]) -> None:
        if future.cancelled() or future.exception() is not None:
            log.info("the editor shows no progress")
            return
        self._server.work_done_progress.begin(token, types.WorkDoneProgressBegin(title="HitSave", message=self._last))
        if self._token != token:
            self._server.work_done_progress.end(token, types.WorkDoneProgressEnd(message="done"))
