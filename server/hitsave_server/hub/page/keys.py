"""Keys: a member's own, or for an admin the team's."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hitsave_server.hub import accounts
from hitsave_server.hub.page import html
from hitsave_server.hub.page.asked import changing, shown
from hitsave_server.hub.page.html import element, form, table
from hitsave_server.hub.page.sessions import Session
from hitsave_server.hub.page.words import moment
from hitsave_server.hub.refusals import malformed, unknown
from hitsave_server.hub.service import Service


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
            moment(key.last_used) or "never",
            f"revoked {moment(key.revoked)}" if key.revoked else f"until {moment(key.expires)}" if key.expires else "",
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
