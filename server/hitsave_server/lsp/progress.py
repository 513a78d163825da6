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
    """One progress bar at a time, in editors that have them. All of it on the event loop.

    Invariant: nothing is said of a bar before the editor has agreed to it and heard that it begins, and nothing after its end.
    """

    def __init__(self, server: HitSaveServer) -> None:
        self._server = server
        self._number = 0
        self._asked: str | None = None
        """The bar that the editor was asked for, until it answers."""
        self._shown: str | None = None
        """The bar that has begun and not ended."""
        self._last = ""

    def say(self, message: str) -> None:
        """Show `message`; "" when there is nothing to wait for any more."""
        window = self._server.client_capabilities.window
        if window is None or not window.work_done_progress:
            return
        self._last = message
        progress = self._server.work_done_progress
        if self._shown is not None and message:
            progress.report(self._shown, types.WorkDoneProgressReport(message=message))
        elif self._shown is not None:
            progress.end(self._shown, types.WorkDoneProgressEnd(message="done"))
            self._shown = None
        elif message and self._asked is None:
            self._number += 1
            token = self._asked = f"hitsave-{self._number}"
            created: Future[None] = self._server.window_work_done_progress_create(types.WorkDoneProgressCreateParams(token=token))
            created.add_done_callback(lambda future: self._answered(token, future))

    def _answered(self, token: str, future: Future[None]) -> None:
        self._asked = None
        if future.cancelled() or future.exception() is not None:
            log.info("the editor shows no progress")
            return
        self._shown = token
        self._server.work_done_progress.begin(token, types.WorkDoneProgressBegin(title="HitSave", message=self._last or "done"))
        if not self._last:
            self.say("")
