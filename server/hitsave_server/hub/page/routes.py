"""The addresses that people type."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hitsave.errors import HitSaveError
from hitsave_server.hub import accounts, logins, overview, signers
from hitsave_server.hub.accounts import AccountError
from hitsave_server.hub.bodies import Held, read_bytes
from hitsave_server.hub.page import html, sessions
from hitsave_server.hub.page.html import Markup, element, form, table
from hitsave_server.hub.page.sessions import Session
from hitsave_server.hub.refusals import Refusal, forbidden, malformed, unknown
from hitsave_server.hub.routes.answering import path_text, service_of
from hitsave_server.hub.service import Service

Handler = Callable[[Request, Service, Session], Awaitable[Response]]
_HERE: Final = Path(__file__).parent
_MOST_FORM: Final = 1 << 16
_MOST_ASKED: Final = 1 << 20
_NEXT: Final = re.compile(r"/approve\?code=[A-Z]{4}-[A-Z]{4}")


def shown(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A page for who is logged in; others are sent to log in."""

    async def route(request: Request) -> Response:
        service = service_of(request)
        session = await sessions.session_of(request, service)
        if session is None:
            if request.method != "GET":
                raise Refusal(401, "unauthenticated", "log in first")
            asked = f"{request.url.path}?{request.url.query}"
            return RedirectResponse(f"/login?next={quote(asked)}" if _NEXT.fullmatch(asked) else "/login", 303, html.HEADERS)
        return await handler(request, service, session)

    route.__name__ = f"page_{handler.__name__}"
    return route


def changing(handler: Callable[[Request, Service, Session, dict[str, str]], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """A form that changes something: from this origin, of this session."""

    async def checked(request: Request, service: Service, session: Session) -> Response:
        fields = await _fields(request)
        sessions.must_have_token(session, fields.get("csrf"))
        try:
            return await handler(request, service, session, fields)
        except AccountError as problem:
            return html.page("That can't be done", element("p", str(problem), class_="problem"), member=session.member.name, status=400)

    checked.__name__ = handler.__name__
    return shown(checked)


# --- in and out -------------------------------------------------------------------------------------------------------


async def login(request: Request) -> Response:
    """`/login`."""
    service = service_of(request)
    asked = request.query_params.get("next", "")
    after = asked if _NEXT.fullmatch(asked) else "/"
    problem = ""
    if request.method == "POST":
        fields = await _fields(request)
        after = fields["next"] if _NEXT.fullmatch(fields.get("next", "")) else "/"
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


# --- what there is ----------------------------------------------------------------------------------------------------


@shown
async def home(_request: Request, service: Service, session: Session) -> Response:
    """`/`: projects, what they take, what was reported."""

    def look(connection: Any) -> tuple[list[overview.Project], list[dict[str, Any]]]:
        found = overview.projects(connection, session.member.team)
        return found, overview.reports(connection, [project.number for project in found])

    projects, reports = await service.threads.run(lambda: service.database.read(look))
    rows = [
        (
            element("a", project.name, href=f"/projects/{quote(project.name, safe='')}/"),
            f"{project.entries:,}",
            _size(project.held),
            "" if not project.budget else _size(project.budget),
            f"{project.hits:,}",
            _hours(project.saved_ns),
        )
        for project in projects
    ]
    said = [(_moment(each["at"]), each["project"], each["what"], each["about"]) for each in reports]
    return html.page(
        "Projects",
        table(("Project", "Results", "Takes", "May take", "Hits", "Compute saved"), rows)
        if rows
        else element("p", "Nobody has shared a result yet."),
        *((element("h2", "Reports"), table(("When", "Project", "What", "About"), said)) if said else ()),
        form("/logout", session.token, element("p", element("button", "Log out"))),
        member=session.member.name,
    )


@shown
async def people(_request: Request, service: Service, session: Session) -> Response:
    """`/people`: members, what they computed, and with which keys they sign."""

    def look(connection: Any) -> tuple[Any, Any, Any]:
        numbers = [project.number for project in overview.projects(connection, session.member.team)]
        return (
            accounts.list_members(connection, team=session.member.team_name),
            {name: rest for name, *rest in overview.members_at_work(connection, numbers)},
            (overview.machines(connection, numbers), signers.listed(connection, session.member.team)),
        )

    members, work, (machines, keys) = await service.threads.run(lambda: service.database.read(look))
    rows: list[tuple[str, ...]] = []
    for member in members:
        count, wall_ns, last = work.get(member.name, (0, 0, None))
        rows.append((member.name, "disabled" if member.disabled else "admin" if member.admin else "", f"{count:,}", _hours(wall_ns), _moment(last)))
    return html.page(
        "People",
        table(("Member", "", "Results", "Compute", "Last shared"), rows),
        element("h2", "Machines"),
        table(
            ("Machine", "Results", "Compute", "Last shared"),
            [(host, f"{count:,}", _hours(wall), _moment(last)) for host, count, wall, last in machines],
        ),
        element("h2", "Keys that they sign with"),
        element("p", "To trust one is each project's own decision; being on this list means nothing.", class_="muted"),
        table(
            ("Member", "Name", "Public key", "Since", ""),
            [
                (
                    key["member"],
                    key["name"],
                    element("code", _public(key["public_key"])),
                    _moment(key["created"]),
                    "revoked" if key["revoked"] else "",
                )
                for key in keys
            ],
        ),
        member=session.member.name,
    )


@shown
async def keys(_request: Request, service: Service, session: Session) -> Response:
    """`/keys`: the member's own; an admin's page has the whole team's."""
    return await _keys(service, session)


@changing
async def add_key(_request: Request, service: Service, session: Session, fields: dict[str, str]) -> Response:
    """`/keys`, a new one."""
    days = fields.get("days", "")
    if days and not (days.isascii() and days.isdigit() and len(days) < 6):
        raise malformed("days must be a number")
    projects = [name for name in fields.get("projects", "").split(",") if name.strip()]
    token = await service.threads.run(
        lambda: service.database.write(
            lambda c: accounts.make_key(
                c,
                session.member,
                name=fields.get("name", ""),
                scopes=[scope for scope in ("read", "write", "admin") if fields.get(scope) == "on"],
                tier=fields.get("tier", "member"),
                projects=projects or None,
                days=int(days) if days else None,
            )
        )
    )
    return await _keys(service, session, str(token))


@changing
async def revoke_key(_request: Request, service: Service, session: Session, fields: dict[str, str]) -> Response:
    """`/keys/revoke`."""
    own = None if session.member.admin else session.member.member
    key = fields.get("key", "")
    if not await service.threads.run(lambda: service.database.write(lambda c: accounts.revoke_key(c, key, team=session.member.team, member=own))):
        raise unknown("there is no such key of yours that is good now")
    service.authentication.forget()
    return RedirectResponse("/keys", 303, html.HEADERS)


@changing
async def link(request: Request, service: Service, session: Session, _fields: dict[str, str]) -> Response:
    """`/keys/link`: lets another browser of the same person in."""
    secret = await service.threads.run(lambda: service.database.write(lambda c: accounts.invite(c, session.member)))
    address = service.settings.address.rstrip("/") or str(request.base_url).rstrip("/")
    return html.page(
        "A link for another browser",
        element("p", "It is good once, within a week, for you alone:"),
        element("p", element("code", f"{address}/login#invitation={secret}")),
        member=session.member.name,
    )


async def _keys(service: Service, session: Session, token: str = "") -> Response:
    member, admin = session.member, session.member.admin
    found = await service.threads.run(
        lambda: service.database.read(lambda c: accounts.list_keys(c, team=member.team, member=None if admin else member.member))
    )
    rows = [
        (
            element("code", f"hsk_{key.key}"),
            key.member,
            key.name,
            " ".join(key.scopes),
            key.tier,
            "all" if key.projects is None else ", ".join(key.projects),
            _moment(key.last_used) or "never",
            f"revoked {_moment(key.revoked)}" if key.revoked else f"until {_moment(key.expires)}" if key.expires else "",
            "" if key.revoked else form("/keys/revoke", session.token, element("button", "Revoke", name="key", value=key.key)),
        )
        for key in found
    ]
    scopes = [
        element("label", element("input", type="checkbox", name=scope, checked=scope != "admin"), f" {scope}")
        for scope in ("read", "write", *(("admin",) if admin else ()))
    ]
    tiers = element("select", [element("option", tier) for tier in ("member", "ci", "untrusted")], name="tier")
    made = (element("p", "The new key. It is shown now and never again:"), element("p", element("code", token))) if token else ()
    return html.page(
        "Keys",
        *made,
        table(("Key", "Member", "Name", "May", "Tier", "Projects", "Last used", "", ""), rows),
        element("h2", "A new key"),
        form(
            "/keys",
            session.token,
            element("p", element("label", "For ", element("input", name="name", maxlength="200")), *scopes, element("label", "Tier ", tiers)),
            element(
                "p",
                element("label", "Only the projects ", element("input", name="projects", placeholder="all")),
                element("label", "Days ", element("input", name="days", size="5", placeholder="no end")),
            ),
            element("button", "Make a key"),
        ),
        element("h2", "Another browser"),
        form("/keys/link", session.token, element("button", "Make a link")),
        member=member.name,
    )


# --- the panel --------------------------------------------------------------------------------------------------------


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


async def _fields(request: Request) -> dict[str, str]:
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


def _is_secure(request: Request, service: Service) -> bool:
    return (service.settings.address or str(request.url)).startswith("https://")


def _public(key: bytes) -> str:
    from base64 import b64encode

    return f"ed25519:{b64encode(key).decode()}"


def _moment(seconds: int | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def _size(size: float) -> str:
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1_000:
            return f"{size:.3g} {unit}"
        size /= 1_000
    return f"{size:.3g} TB"


def _hours(nanoseconds: int) -> str:
    seconds = nanoseconds / 1e9
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3_600 else f"{seconds / 3_600:.1f} h"


PAGES: Final = (
    Route("/", home, methods=["GET"]),
    Route("/login", login, methods=["GET", "POST"]),
    Route("/logout", logout, methods=["POST"]),
    Route("/approve", approve, methods=["GET"]),
    Route("/approve", decide, methods=["POST"]),
    Route("/people", people, methods=["GET"]),
    Route("/keys", keys, methods=["GET"]),
    Route("/keys", add_key, methods=["POST"]),
    Route("/keys/revoke", revoke_key, methods=["POST"]),
    Route("/keys/link", link, methods=["POST"]),
    Route("/projects/{project}/", project, methods=["GET"]),
    Route("/projects/{project}/ask", ask, methods=["POST"]),
    Route("/static/{name}", static, methods=["GET"]),
)
