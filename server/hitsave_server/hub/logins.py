"""Logging in a machine by a person's word in a browser.

The machine gets a secret and shows a code; the person, who is logged in, sees the code, the machine's name and its user, and approves; the machine asks with its secret and is given a key, once.
The key is made when it is fetched, so that its token is never stored.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from hitsave_server.hub import accounts
from hitsave_server.hub.clock import now
from hitsave_server.hub.refusals import Refusal
from hitsave_server.hub.tables import LOGINS
from hitsave_server.hub.tokens import Token, new_code, new_secret, secret_digest

INTERVAL: Final = 2
SECONDS: Final = 600
_MOST_WAITING: Final = 1_000
_DAYS: Final = 365


class Waiting(NamedTuple):
    """A machine that waits to be approved."""

    code: str
    machine: str
    user: str
    public_key: bytes | None


def begin(connection: Connection, machine: str, user: str, public_key: bytes | None) -> tuple[str, str]:
    """A login that waits: the machine's secret, and the code."""
    connection.execute(delete(LOGINS).where(LOGINS.c.expires < now()))
    if connection.execute(select(func.count()).select_from(LOGINS)).scalar_one() >= _MOST_WAITING:
        raise Refusal(429, "busy", "too many machines wait to be logged in", headers={"Retry-After": "30"})
    device, code = new_secret(), new_code()
    connection.execute(
        insert(LOGINS).values(
            device=secret_digest(device),
            code=code,
            machine=machine,
            user=user,
            public_key=public_key,
            expires=now() + SECONDS,
            state="waiting",
            member=None,
        )
    )
    return device, code


def waiting(connection: Connection, code: str) -> Waiting | None:
    """The machine that shows this code."""
    row = connection.execute(
        select(LOGINS.c.code, LOGINS.c.machine, LOGINS.c.user, LOGINS.c.public_key).where(
            LOGINS.c.code == code, LOGINS.c.state == "waiting", LOGINS.c.expires > now()
        )
    ).first()
    return None if row is None else Waiting(*row)


def decide(connection: Connection, code: str, member: int, *, approved: bool) -> bool:
    """A person has decided; whether there was something to decide."""
    ours = (LOGINS.c.code == code) & (LOGINS.c.state == "waiting") & (LOGINS.c.expires > now())
    changed = connection.execute(update(LOGINS).where(ours).values(state="approved" if approved else "refused", member=member))
    return changed.rowcount > 0


def poll(connection: Connection, device: str) -> tuple[str, Token | None]:
    """The state of a machine's login, and its key where it is approved, which is made now."""
    ours = LOGINS.c.device == secret_digest(device)
    row = connection.execute(select(LOGINS).where(ours, LOGINS.c.expires > now()).with_for_update()).mappings().first()
    if row is None:
        return "gone", None
    if row["state"] == "waiting":
        return "waiting", None
    connection.execute(delete(LOGINS).where(ours))
    member = accounts.member_numbered(connection, row["member"])
    if row["state"] != "approved" or member is None:
        return "gone", None
    return "approved", accounts.make_key(connection, member, name=f"{row['user']}@{row['machine']}", days=_DAYS)
