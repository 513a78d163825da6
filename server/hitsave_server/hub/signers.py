"""The public keys that a team's members sign with: a list to copy from, which nobody trusts for being on it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from hitsave_server.hub.clock import now
from hitsave_server.hub.database import Database
from hitsave_server.hub.tables import MEMBERS, SIGNERS


def add(database: Database, connection: Connection, team: int, member: int, public_key: bytes, name: str) -> None:
    """Put a key on the list. One that is there stays whoever's it is."""
    connection.execute(database.insert_new(SIGNERS).values(team=team, public_key=public_key, member=member, name=name, created=now(), revoked=None))


def revoke(connection: Connection, team: int, public_key: bytes) -> bool:
    """Mark a key as one that is no longer used; whether there was one."""
    ours = (SIGNERS.c.team == team) & (SIGNERS.c.public_key == public_key) & SIGNERS.c.revoked.is_(None)
    return connection.execute(update(SIGNERS).where(ours).values(revoked=now())).rowcount > 0


def listed(connection: Connection, team: int) -> list[dict[str, Any]]:
    """The list."""
    rows = (
        select(SIGNERS.c.public_key, MEMBERS.c.name.label("member"), SIGNERS.c.name, SIGNERS.c.created, SIGNERS.c.revoked)
        .join(MEMBERS)
        .where(SIGNERS.c.team == team)
        .order_by(MEMBERS.c.name, SIGNERS.c.created)
    )
    return [dict(row) for row in connection.execute(rows).mappings()]
