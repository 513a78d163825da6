"""What all pages have in common: who asks, and whether what a form says comes from one of these pages."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hitsave_server.hub import accounts
from hitsave_server.hub.accounts import AccountError
from hitsave_server.hub.bodies import Held, read_bytes
from hitsave_server.hub.page import html, sessions
from hitsave_server.hub.page.html import element
from hitsave_server.hub.page.sessions import Session
from hitsave_server.hub.refusals import Refusal, forbidden, malformed
from hitsave_server.hub.routes.answering import service_of
from hitsave_server.hub.service import Service

Handler = Callable[[Request, Service, Session], Awaitable[Response]]
_MOST_FORM: Final = 1 << 16
COMES_BACK: Final = re.compile(r"/approve\?code=[A-Z]{4}-[A-Z]{4}")
"""The page that one comes back to after logging in."""


def shown(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A page for who is logged in; others are sent to log in."""

    async def route(request: Request) -> Response:
        service = service_of(request)
        session = await sessions.session_of(request, service)
        if session is None:
            if request.method != "GET":
                raise Refusal(401, "unauthenticated", "log in first")
            asked = f"{request.url.path}?{request.url.query}"
            return RedirectResponse(f"/login?next={quote(asked)}" if COMES_BACK.fullmatch(asked) else "/login", 303, html.HEADERS)
        return await handler(request, service, session)

    route.__name__ = f"page_{handler.__name__}"
    return route


def changing(handler: Callable[[Request, Service, Session, dict[str, str]], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """A form that changes something: from this origin, of this session."""

    async def checked(request: Request, service: Service, session: Session) -> Response:
        fields = await form_fields(request)
        sessions.must_have_token(session, fields.get("csrf"))
        try:
            return await handler(request, service, session, fields)
        except AccountError as problem:
            return html.page("That can't be done", element("p", str(problem), class_="problem"), member=session.member.name, status=400)

    checked.__name__ = handler.__name__
    return shown(checked)


async def form_fields(request: Request) -> dict[str, str]:
    """What a form says; 403 unless it is of a page of this origin."""
    sessions.must_be_ours(request)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Refusal(415, "malformed", "the body must be a form")
    with Held(request, _MOST_FORM) as size:
        content = bytes(await read_bytes(request, size))
    try:
        given = parse_qs(content.decode("ascii"), max_num_fields=50, errors="strict")
    except ValueError:
        raise malformed("the form is not one") from None
    fields = {name: values[-1] for name, values in given.items()}
    if any(accounts.clean(value) != value for value in fields.values()):
        raise forbidden("the form has characters that can't be stored")
    return fields
