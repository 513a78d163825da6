"""Leases: who computes what, so that others wait instead of computing it, too. Nothing relies on them to be right."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from hitsave.digest import Digest
from hitsave.storage.wire import Lease
from hitsave_server.hub.clock import now_ms
from hitsave_server.hub.database import Database
from hitsave_server.hub.tables import LEASES
from hitsave_server.hub.tokens import new_secret, secret_digest


def lease(database: Database, connection: Connection, project: int, name: Digest, *, owner: str, ttl_ms: int, token: str | None) -> Lease:
    """Give the lease of this name, or renew it, or say who holds it."""
    ours = (LEASES.c.project == project) & (LEASES.c.name == name)
    row = connection.execute(select(LEASES.c.secret, LEASES.c.owner, LEASES.c.expires_ms).where(ours).with_for_update()).first()
    held = row is not None and row.expires_ms > now_ms()
    if row is not None and held and (token is None or secret_digest(token) != row.secret):
        return {"granted": False, "owner": row.owner, "ttl_ms": row.expires_ms - now_ms()}
    if held and token is not None:
        connection.execute(update(LEASES).where(ours).values(expires_ms=now_ms() + ttl_ms, owner=owner))  # a client's word that it is still at it
        return {"granted": True, "owner": owner, "ttl_ms": ttl_ms, "token": token}
    given = new_secret()
    values = {"secret": secret_digest(given), "owner": owner, "expires_ms": now_ms() + ttl_ms}
    if row is not None:
        connection.execute(update(LEASES).where(ours).values(**values))
    elif connection.execute(database.insert_new(LEASES).values(project=project, name=name, **values).returning(LEASES.c.name)).first() is None:
        # Somebody else's came in between the look and the insert, and is as good as one that was there before.
        return lease(database, connection, project, name, owner=owner, ttl_ms=ttl_ms, token=token)
    return {"granted": True, "owner": owner, "ttl_ms": ttl_ms, "token": given}


def release(connection: Connection, project: int, name: Digest, token: str) -> None:
    """End a lease, if it is still the one with this token."""
    connection.execute(delete(LEASES).where(LEASES.c.project == project, LEASES.c.name == name, LEASES.c.secret == secret_digest(token)))
