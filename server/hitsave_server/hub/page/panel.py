"""The experiments panel of a project, and the files that pages are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, cast

from starlette.requests import Request
from starlette.responses import Response

from hitsave.errors import HitSaveError
from hitsave_server.hub import accounts
from hitsave_server.hub.bodies import Held, read_bytes
from hitsave_server.hub.page import html, sessions
from hitsave_server.hub.page.asked import shown
from hitsave_server.hub.page.sessions import Session
from hitsave_server.hub.refusals import Refusal, malformed, unknown
from hitsave_server.hub.routes.answering import path_text, service_of
from hitsave_server.hub.service import Service

_HERE: Final = Path(__file__).parent
_MOST_ASKED: Final = 1 << 20


@shown
async def project(request: Request, service: Service, session: Session) -> Response:
    """`/projects/NAME/`: the experiments panel."""
    name = path_text(request, "project")
    await _project(service, session, name)
    return html.panel(name)


@shown
async def ask(request: Request, service: Service, session: Session) -> Response:
    """`/projects/NAME/ask`: what the panel asks. Only a page of this origin can send JSON here."""
    sessions.must_be_ours(request)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refusal(415, "malformed", "the body must be JSON")
    with Held(request, _MOST_ASKED) as size:
        content = bytes(await read_bytes(request, size))
    try:
        given: Any = json.loads(content)
    except (ValueError, RecursionError):
        raise malformed("the body is not JSON") from None
    if not isinstance(given, dict):
        raise malformed("the body must be an object")
    asked = cast("dict[str, Any]", given)
    params = asked.get("params")
    name = path_text(request, "project")
    number = await _project(service, session, name)
    runs = service.team_runs()
    try:
        result = await service.threads.run(
            lambda: runs.answer(number, name, str(asked.get("method")), cast("dict[str, Any]", params) if isinstance(params, dict) else {})
        )
        answer: dict[str, Any] = {"result": result}
    except HitSaveError as problem:
        answer = {"error": str(problem)}
    # In ASCII, so that lone surrogates arrive as they are.
    return Response(json.dumps(answer, allow_nan=False).encode("ascii"), 200, html.HEADERS, media_type="application/json")


async def static(request: Request) -> Response:
    """`/static/NAME`, open: scripts and styles, which are the same for everybody."""
    from hitsave.panel.serving import PAGE

    files = {
        "hub.css": (_HERE / "hub.css", "text/css"),
        "login.js": (_HERE / "login.js", "text/javascript"),
        "panel.css": (PAGE / "panel.css", "text/css"),
        "panel.js": (PAGE / "panel.js", "text/javascript"),
    }
    found = files.get(path_text(request, "name"))
    if found is None:
        raise unknown("there is no such file")
    path, media = found
    content = await service_of(request).threads.run(path.read_bytes)
    return Response(content, 200, {**html.HEADERS, "Cache-Control": "public, max-age=300"}, media_type=media)


async def _project(service: Service, session: Session, name: str) -> int:
    number = await service.threads.run(lambda: service.database.read(lambda c: accounts.find_project(c, session.member.team, name)))
    if number is None:
        raise unknown("there is no such project")
    return number
