"""Projects and people."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from hitsave_server.hub import accounts, overview, signers
from hitsave_server.hub.page import html
from hitsave_server.hub.page.asked import shown
from hitsave_server.hub.page.html import element, form, table
from hitsave_server.hub.page.sessions import Session
from hitsave_server.hub.page.words import hours, moment, size
from hitsave_server.hub.service import Service


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
            size(project.held),
            "" if not project.budget else size(project.budget),
            f"{project.hits:,}",
            hours(project.saved_ns),
        )
        for project in projects
    ]
    said = [(moment(each["at"]), each["project"], each["what"], each["about"]) for each in reports]
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
        rows.append((member.name, "disabled" if member.disabled else "admin" if member.admin else "", f"{count:,}", hours(wall_ns), moment(last)))
    return html.page(
        "People",
        table(("Member", "", "Results", "Compute", "Last shared"), rows),
        element("h2", "Machines"),
        table(
            ("Machine", "Results", "Compute", "Last shared"),
            [(host, f"{count:,}", hours(wall), moment(last)) for host, count, wall, last in machines],
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
                    moment(key["created"]),
                    "revoked" if key["revoked"] else "",
                )
                for key in keys
            ],
        ),
        member=session.member.name,
    )


def _public(key: bytes) -> str:
    return f"ed25519:{b64encode(key).decode()}"
