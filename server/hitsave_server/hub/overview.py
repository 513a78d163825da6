"""What projects take, and what has been reported of them."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, func, select, update

from hitsave.storage.entry import read_entry
from hitsave_server.hub.retention import held
from hitsave_server.hub.tables import ENTRIES, MEMBERS, PROJECTS, REPORTS, TEAMS

_MOST_READ: Final = 5_000


class Project(NamedTuple):
    """A project, added up. `held` in bytes; `budget` None where it is as the hub is set; `saved_ns`: what its hits spared people."""

    number: int
    team: str
    name: str
    entries: int
    held: int
    budget: int | None
    hits: int
    saved_ns: int


def projects(connection: Connection, team: int | None = None) -> list[Project]:
    """All projects, or those of a team."""
    rows = (
        select(PROJECTS.c.project, TEAMS.c.name.label("team"), PROJECTS.c.name, PROJECTS.c.budget).join(TEAMS).order_by(TEAMS.c.name, PROJECTS.c.name)
    )
    if team is not None:
        rows = rows.where(PROJECTS.c.team == team)
    return [_project(connection, row) for row in connection.execute(rows)]


def set_budget(connection: Connection, team: str, project: str, budget: int) -> bool:
    """What a project may take, in bytes, 0 for no bound; whether there is one."""
    teams = select(TEAMS.c.team).where(TEAMS.c.name == team).scalar_subquery()
    return connection.execute(update(PROJECTS).where(PROJECTS.c.team == teams, PROJECTS.c.name == project).values(budget=budget)).rowcount > 0


def members_at_work(connection: Connection, numbers: list[int]) -> list[tuple[str, int, int, int]]:
    """The members who stored something in these projects: name, entries, compute in nanoseconds, when last."""
    rows = (
        select(MEMBERS.c.name, func.count(), func.sum(ENTRIES.c.wall_ns), func.max(ENTRIES.c.stored))
        .join(MEMBERS, MEMBERS.c.member == ENTRIES.c.member)
        .where(ENTRIES.c.project.in_(numbers))
        .group_by(MEMBERS.c.name)
        .order_by(MEMBERS.c.name)
    )
    return [(name, count, int(wall or 0), last) for name, count, wall, last in connection.execute(rows)]


def machines(connection: Connection, numbers: list[int]) -> list[tuple[str, int, int, int]]:
    """The machines on which the newest thousands of results were computed: name, entries, compute in nanoseconds, when last."""
    rows = select(ENTRIES.c.body, ENTRIES.c.stored).where(ENTRIES.c.project.in_(numbers)).order_by(ENTRIES.c.number.desc()).limit(_MOST_READ)
    found: dict[str, tuple[int, int, int]] = {}
    for body, stored in connection.execute(rows):
        entry = read_entry(body)
        count, wall_ns, last = found.get(entry.host, (0, 0, 0))
        found[entry.host] = (count + 1, wall_ns + entry.wall_ns, max(last, stored))
    return [(host, *added) for host, added in sorted(found.items())]


def reports(connection: Connection, numbers: list[int], *, most: int = 50) -> list[dict[str, Any]]:
    """What has been reported of these projects, the last first."""
    rows = (
        select(REPORTS.c.at, REPORTS.c.what, REPORTS.c.about, PROJECTS.c.name.label("project"))
        .join(PROJECTS, PROJECTS.c.project == REPORTS.c.project)
        .where(REPORTS.c.project.in_(numbers))
        .order_by(REPORTS.c.report.desc())
        .limit(most)
    )
    return [dict(row) for row in connection.execute(rows).mappings()]


def _project(connection: Connection, row: Any) -> Project:
    added = select(func.count(), func.coalesce(func.sum(ENTRIES.c.hits), 0), func.coalesce(func.sum(ENTRIES.c.saved_ns), 0))
    count, hits, saved = connection.execute(added.where(ENTRIES.c.project == row.project)).one()
    return Project(row.project, row.team, row.name, count, held(connection, row.project), row.budget, int(hits), int(saved))
