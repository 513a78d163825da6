"""Teams, members and their keys, projects: made, listed, ended."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Connection, delete, insert, select, update

from hitsave.errors import HitSaveError
from hitsave.storage.entry import clean
from hitsave.storage.wire import MOST_NAME, TIERS, Tier
from hitsave_server.hub.caller import SCOPES, Caller
from hitsave_server.hub.clock import now
from hitsave_server.hub.database import Database
from hitsave_server.hub.tables import INVITATIONS, KEYS, LEASES, MEMBERS, PROJECTS, SESSIONS, TEAMS
from hitsave_server.hub.tokens import Token, new_secret, new_token, read_token, secret_digest

DEFAULT_TEAM: Final = "team"
INVITATION_SECONDS: Final = 7 * 24 * 60 * 60


class AccountError(HitSaveError):
    """An account can't be made, or there is none."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a team."""

    member: int
    team: int
    team_name: str
    name: str
    admin: bool
    disabled: bool


@dataclass(frozen=True, slots=True)
class Key:
    """What is listed of a key: all but its secret. Times in seconds since 1970."""

    key: str
    member: str
    name: str
    scopes: tuple[str, ...]
    tier: Tier
    projects: tuple[str, ...] | None
    created: int
    expires: int | None
    revoked: int | None
    last_used: int | None


# --- people -----------------------------------------------------------------------------------------------------------


def add_member(connection: Connection, name: str, *, team: str = DEFAULT_TEAM, admin: bool = False) -> Member:
    """A new member; the team is made if it is new. AccountError if there is one of that name."""
    name, team = _good_name(name), _good_name(team)
    number = connection.execute(select(TEAMS.c.team).where(TEAMS.c.name == team)).scalar()
    if number is None:
        number = connection.execute(insert(TEAMS).values(name=team, created=now()).returning(TEAMS.c.team)).scalar_one()
    if connection.execute(select(MEMBERS.c.member).where(MEMBERS.c.team == number, MEMBERS.c.name == name)).first() is not None:
        raise AccountError(f"{team} has a member {name}", "Choose another name")
    connection.execute(insert(MEMBERS).values(team=number, name=name, admin=admin, created=now()))
    return find_member(connection, name, team=team)


def find_member(connection: Connection, name: str, *, team: str = DEFAULT_TEAM) -> Member:
    """The member of that name; AccountError if there is none."""
    for member in list_members(connection, team=team):
        if member.name == name:
            return member
    raise AccountError(f"{team} has no member {name}", "hitsave hub user list shows them")


def list_members(connection: Connection, *, team: str | None = None) -> list[Member]:
    """The members of a team, or of all."""
    rows = select(MEMBERS, TEAMS.c.name.label("team_name")).join(TEAMS).order_by(TEAMS.c.name, MEMBERS.c.name)
    if team is not None:
        rows = rows.where(TEAMS.c.name == team)
    return [_member(row) for row in connection.execute(rows).mappings()]


def member_numbered(connection: Connection, number: int) -> Member | None:
    """A member that is not disabled."""
    rows = select(MEMBERS, TEAMS.c.name.label("team_name")).join(TEAMS).where(MEMBERS.c.member == number, MEMBERS.c.disabled.is_(None))
    row = connection.execute(rows).mappings().first()
    return None if row is None else _member(row)


def disable_member(connection: Connection, member: Member) -> None:
    """Nobody gets in as this member any more; what they computed stays."""
    connection.execute(update(MEMBERS).where(MEMBERS.c.member == member.member).values(disabled=now()))
    connection.execute(update(KEYS).where(KEYS.c.member == member.member, KEYS.c.revoked.is_(None)).values(revoked=now()))
    for table in (SESSIONS, INVITATIONS):
        connection.execute(delete(table).where(table.c.member == member.member))


def invite(connection: Connection, member: Member) -> str:
    """A secret that lets a browser in as this member, once, for a week."""
    secret = new_secret()
    connection.execute(insert(INVITATIONS).values(secret=secret_digest(secret), member=member.member, expires=now() + INVITATION_SECONDS))
    return secret


# --- keys -------------------------------------------------------------------------------------------------------------


def make_key(
    connection: Connection,
    member: Member,
    *,
    name: str = "",
    scopes: Iterable[str] = ("read", "write"),
    tier: str = "member",
    projects: Iterable[str] | None = None,
    days: int | None = None,
) -> Token:
    """A new key of a member. Its token is told once, here."""
    chosen = tuple(scope for scope in SCOPES if scope in set(scopes))
    if not chosen or set(chosen) != set(scopes):
        raise AccountError(f"A key may {', '.join(SCOPES)}", "Name some of these")
    if tier not in TIERS:
        raise AccountError(f"There is no tier {tier}", f"Choose {', '.join(TIERS)}")
    if "admin" in chosen and not member.admin:
        raise AccountError(f"{member.name} is no admin", "Give the key the scopes read and write")
    if days is not None and not 0 < days <= 36_500:
        raise AccountError(f"A key can't be good for {days} days", "Give 1 to 36500")
    limited = None if projects is None else "\n".join(_good_name(project) for project in projects)
    token = new_token()
    connection.execute(
        insert(KEYS).values(
            key=token.name,
            secret=secret_digest(token.secret),
            member=member.member,
            name=clean(name)[:MOST_NAME],
            scopes=" ".join(chosen),
            tier=tier,
            projects=limited,
            created=now(),
            expires=None if days is None else now() + days * 86_400,
        )
    )
    return token


def list_keys(connection: Connection, *, team: int | None = None, member: int | None = None) -> list[Key]:
    """Keys, the newest first."""
    rows = select(KEYS, MEMBERS.c.name.label("member_name")).join(MEMBERS).order_by(KEYS.c.created.desc(), KEYS.c.key)
    if team is not None:
        rows = rows.where(MEMBERS.c.team == team)
    if member is not None:
        rows = rows.where(KEYS.c.member == member)
    return [
        Key(
            row["key"],
            row["member_name"],
            row["name"],
            tuple(row["scopes"].split()),
            row["tier"],
            None if row["projects"] is None else tuple(row["projects"].split("\n")),
            row["created"],
            row["expires"],
            row["revoked"],
            row["last_used"],
        )
        for row in connection.execute(rows).mappings()
    ]


def revoke_key(connection: Connection, key: str, *, team: int | None = None, member: int | None = None) -> bool:
    """End a key, of this team and member if they are given; whether there was one."""
    owners = select(MEMBERS.c.member)
    if team is not None:
        owners = owners.where(MEMBERS.c.team == team)
    if member is not None:
        owners = owners.where(MEMBERS.c.member == member)
    ended = connection.execute(update(KEYS).where(KEYS.c.key == key, KEYS.c.revoked.is_(None), KEYS.c.member.in_(owners)).values(revoked=now()))
    return ended.rowcount > 0


def caller_of(connection: Connection, text: str) -> Caller | None:
    """Whom a token is of; None if it is of nobody now."""
    token = read_token(text)
    if token is None:
        return None
    rows = (
        select(KEYS, MEMBERS.c.name.label("member_name"), MEMBERS.c.disabled, MEMBERS.c.team, TEAMS.c.name.label("team_name"))
        .join(MEMBERS, MEMBERS.c.member == KEYS.c.member)
        .join(TEAMS, TEAMS.c.team == MEMBERS.c.team)
        .where(KEYS.c.key == token.name)
    )
    row = connection.execute(rows).mappings().first()
    if row is None or not hmac.compare_digest(row["secret"], secret_digest(token.secret)):
        return None
    if row["revoked"] is not None or row["disabled"] is not None or (row["expires"] is not None and row["expires"] <= now()):
        return None
    return Caller(
        team=row["team"],
        team_name=row["team_name"],
        member=row["member"],
        member_name=row["member_name"],
        key=row["key"],
        scopes=frozenset(row["scopes"].split()),
        tier=row["tier"],
        projects=None if row["projects"] is None else frozenset(row["projects"].split("\n")),
        expires=row["expires"],
    )


def note_use(connection: Connection, keys: dict[str, int]) -> None:
    """When keys were last used."""
    for key, at in sorted(keys.items()):
        connection.execute(update(KEYS).where(KEYS.c.key == key).values(last_used=at))


# --- projects ---------------------------------------------------------------------------------------------------------


def find_project(connection: Connection, team: int, name: str) -> int | None:
    """The number of a team's project."""
    return connection.execute(select(PROJECTS.c.project).where(PROJECTS.c.team == team, PROJECTS.c.name == name)).scalar()


def make_project(database: Database, connection: Connection, team: int, name: str) -> int:
    """The same, of one that is made if it is new."""
    connection.execute(database.insert_new(PROJECTS).values(team=team, name=name, created=now(), stamp=0))
    return cast("int", find_project(connection, team, name))


def projects_of(connection: Connection, team: int) -> dict[str, int]:
    """A team's projects by name."""
    rows = connection.execute(select(PROJECTS.c.name, PROJECTS.c.project).where(PROJECTS.c.team == team).order_by(PROJECTS.c.name))
    return {row.name: row.project for row in rows}


def stamp(connection: Connection, project: int) -> None:
    """Say that something which the page shows of the project has changed."""
    connection.execute(update(PROJECTS).where(PROJECTS.c.project == project).values(stamp=PROJECTS.c.stamp + 1))


def drop_ended(connection: Connection) -> None:
    """Forget sessions, invitations and leases that have ended."""
    for table in (SESSIONS, INVITATIONS):
        connection.execute(delete(table).where(table.c.expires < now()))
    connection.execute(delete(LEASES).where(LEASES.c.expires_ms < now() * 1_000))


def _member(row: Any) -> Member:
    return Member(row["member"], row["team"], row["team_name"], row["name"], bool(row["admin"]), row["disabled"] is not None)


def _good_name(name: str) -> str:
    name = " ".join(clean(name).split())
    if not 0 < len(name) <= MOST_NAME:
        raise AccountError("A name has 1 to 200 characters", "Choose another")
    return name
