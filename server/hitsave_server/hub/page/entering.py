"""Into the page and out of it, and machines that are let in by a person."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hitsave_server.hub import logins
from hitsave_server.hub.page import html, sessions
from hitsave_server.hub.page.asked import COMES_BACK, changing, form_fields, shown
from hitsave_server.hub.page.html import Markup, element, form, table
from hitsave_server.hub.page.sessions import Session
from hitsave_server.hub.refusals import unknown
from hitsave_server.hub.routes.answering import service_of
from hitsave_server.hub.service import Service


async def login(request: Request) -> Response:
    """`/login`."""
    service = service_of(request)
    asked = request.query_params.get("next", "")
    after = asked if COMES_BACK.fullmatch(asked) else "/"
    problem = ""
    if request.method == "POST":
        fields = await form_fields(request)
        after = fields["next"] if COMES_BACK.fullmatch(fields.get("next", "")) else "/"
        secret = await service.threads.run(lambda: service.database.write(lambda c: sessions.enter(c, fields.get("invitation", ""))))
        if secret is not None:
            return sessions.keep(RedirectResponse(after, 303, html.HEADERS), secret, secure=_is_secure(request, service))
        problem = "This link has been used, or is too old. Ask for another: hitsave hub user link NAME"
    box = element("input", name="invitation", type="password", autocomplete="off", required=True)
    return html.page(
        "Log in",
        element("p", problem, class_="problem") if problem else Markup(""),
        element("p", "You come in by a link that whoever runs this team server gives you. Open it, or put what stands in it after invitation= here."),
        element(
            "form", element("input", type="hidden", name="next", value=after), box, " ", element("button", "Log in"), method="post", action="/login"
        ),
        script="/static/login.js",
        status=403 if problem else 200,
    )


@changing
async def logout(_request: Request, service: Service, session: Session, _fields: dict[str, str]) -> Response:
    """`/logout`."""
    await service.threads.run(lambda: service.database.write(lambda c: sessions.leave(c, session.secret)))
    answer = RedirectResponse("/login", 303, html.HEADERS)
    answer.delete_cookie(sessions.COOKIE, path="/", httponly=True, samesite="strict")
    return answer


@shown
async def approve(request: Request, service: Service, session: Session) -> Response:
    """`/approve?code=`."""
    code = request.query_params.get("code", "")
    found = await service.threads.run(lambda: service.database.read(lambda c: logins.waiting(c, code)))
    if found is None:
        return html.page(
            "No machine waits",
            element("p", "This code is of no machine that waits now. Start again with: hitsave login"),
            member=session.member.name,
            status=404,
        )
    hidden = element("input", type="hidden", name="code", value=found.code)
    return html.page(
        "Log in a machine?",
        element("p", "A machine wants a key in your name. Go on only if it is yours and shows this code:"),
        element("p", found.code, class_="code"),
        table(("Machine", "User"), [(found.machine, found.user)]),
        form(
            "/approve",
            session.token,
            hidden,
            element("button", "Approve", name="decision", value="yes"),
            " ",
            element("button", "Refuse", name="decision", value="no"),
        ),
        member=session.member.name,
    )


@changing
async def decide(_request: Request, service: Service, session: Session, fields: dict[str, str]) -> Response:
    """`/approve`, decided."""
    approved = fields.get("decision") == "yes"
    decided = await service.threads.run(
        lambda: service.database.write(lambda c: logins.decide(c, fields.get("code", ""), session.member.member, approved=approved))
    )
    if not decided:
        raise unknown("this code is of no machine that waits now")
    return html.page(
        "Approved" if approved else "Refused", element("p", "The machine will know in a moment. You can close this page."), member=session.member.name
    )


def _is_secure(request: Request, service: Service) -> bool:
    return (service.settings.address or str(request.url)).startswith("https://")
