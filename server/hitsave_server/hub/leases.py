"""Leases: who computes what, so that others wait instead of computing it, too. Nothing relies on them to be right."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select, update

from hitsave.digest import Digest
from hitsave.storage.wire import Lease
from hitsave_server.hub.clock import now_ms
from hitsave_server.hub.database import Database
from hitsave_server.hub.tables import LEASES
from hitsave_server.hub.tokens import new_secret, secret_digest


def lease(database: Database, connection: Connection, project: int, name: Digest, *, owner: str, ttl_ms: int) -> Lease:
    """Give the lease of this name, or say who holds it."""
    ours = (LEASES.c.project == project) & (LEASES.c.name == name)
    row = connection.execute(select(LEASES.c.owner, LEASES.c.expires_ms).where(ours).with_for_update()).first()
    if row is not None and row.expires_ms > now_ms():
        return {"granted": False, "owner": row.owner, "ttl_ms": row.expires_ms - now_ms()}
    given = new_secret()
    values = {"secret": secret_digest(given), "owner": owner, "expires_ms": now_ms() + ttl_ms}
    if row is not None:
        connection.execute(update(LEASES).where(ours).values(**values))
    elif connection.execute(database.insert_new(LEASES).values(project=project, name=name, **values).returning(LEASES.c.name)).first() is None:
        # Somebody else's came in between the look and the insert, and is as good as one that was there before.
        return lease(database, connection, project, name, owner=owner, ttl_ms=ttl_ms)
    return {"granted": True, "owner": owner, "ttl_ms": ttl_ms, "token": given}


def renew(database: Database, connection: Connection, project: int, name: Digest, *, owner: str, ttl_ms: int, token: str) -> bool:
    """Renew the lease that is held with this token, by one statement; whether it is. It is what leases are asked for most: a client's word that it is still at it.

    PostgreSQL does not wait for the disk: a word that a power cut takes back saves no work, and is said again soon.
    """
    held = (LEASES.c.project == project) & (LEASES.c.name == name) & (LEASES.c.secret == secret_digest(token)) & (LEASES.c.expires_ms > now_ms())
    if not database.is_sqlite:
        held &= func.set_config("synchronous_commit", "off", True) == "off"
    return connection.execute(update(LEASES).where(held).values(expires_ms=now_ms() + ttl_ms, owner=owner)).rowcount > 0


def release(connection: Connection, project: int, name: Digest, token: str) -> None:
    """End a lease, if it is still the one with this token."""
    connection.execute(delete(LEASES).where(LEASES.c.project == project, LEASES.c.name == name, LEASES.c.secret == secret_digest(token)))
