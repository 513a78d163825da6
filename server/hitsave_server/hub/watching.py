"""The outermost layer: every request is measured and logged, and nothing that goes wrong below gets out as anything but an answer."""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hitsave.storage import wire
from hitsave_server.hub import metrics
from hitsave_server.hub.database import is_outage
from hitsave_server.hub.refusals import Refusal, unavailable, unknown
from hitsave_server.hub.service import Service

_LOG: Final = logging.getLogger("hitsave.hub")


class Watching:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["hub"] = self._service
        scope["app"] = self  # with one, a router raises where it would answer by itself
        began, status, sent = time.perf_counter(), 0, 0

        async def watched(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                sent += len(message.get("body", b""))
            await send(message)

        metrics.TALLY.under_way += 1
        try:
            await self._app(scope, receive, watched)
        except Exception as problem:
            if status:  # the answer has begun: ending the connection early is all that is left to say
                _LOG.warning("an answer broke off", extra={"problem": type(problem).__name__, "path": scope["path"]})
                raise
            await answer_to(problem, scope)(scope, receive, watched)
        finally:
            metrics.TALLY.under_way -= 1
            _note(scope, status, sent, time.perf_counter() - began)


def answer_to(problem: Exception, scope: Scope) -> Response:
    """What is said to who asked, when this happened."""
    if isinstance(problem, HTTPException):
        found = problem.status_code != 404
        problem = (
            Refusal(405, "method", "not by this method", headers=dict(problem.headers or {}))
            if found
            else unknown("there is nothing at this address")
        )
    if not isinstance(problem, Refusal):
        if is_outage(problem) or isinstance(problem, PoolTimeout):
            _LOG.warning("the database does not answer", extra={"problem": type(problem).__name__, "path": scope["path"]})
            problem = unavailable("the database does not answer")
        else:
            _LOG.error("a request failed", exc_info=problem, extra={"path": scope["path"]})
            problem = Refusal(500, "failed", "the hub failed to answer; its log says why")
    fault: dict[str, Any] = {"error": problem.error, "message": problem.message, **problem.beside}
    # A body that was not read to its end would be taken for the next request.
    headers = {**problem.headers, "Connection": "close"} if scope["method"] in {"POST", "PUT"} and problem.status != 409 else problem.headers
    return Response(wire.encode(fault), problem.status, headers, media_type=wire.MEDIA)


def _note(scope: Scope, status: int, sent: int, seconds: float) -> None:
    route = getattr(scope.get("endpoint"), "__name__", "none")
    tally = metrics.TALLY
    tally.note(route, status, seconds)
    tally.bytes_out += sent
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and len(value) < 16:
            tally.bytes_in += int(value)
    if status >= 500 or _LOG.isEnabledFor(logging.DEBUG):
        _LOG.log(
            logging.WARNING if status >= 500 else logging.DEBUG,
            "answered",
            extra={"method": scope["method"], "path": scope["path"], "status": status, "ms": round(seconds * 1000, 1)},
        )
