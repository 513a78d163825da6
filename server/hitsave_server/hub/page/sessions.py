"""Browsers that are let in: by an invitation, once; from then on by a cookie. What the session's cookie is good for, its token in a form must say again."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, select
from starlette.requests import Request
from starlette.responses import Response

from hitsave.digest import digest_bytes
from hitsave_server.hub import accounts
from hitsave_server.hub.accounts import Member
from hitsave_server.hub.clock import now
from hitsave_server.hub.refusals import forbidden
from hitsave_server.hub.service import Service
from hitsave_server.hub.tables import INVITATIONS, SESSIONS
from hitsave_server.hub.tokens import new_secret, secret_digest

COOKIE: Final = "hitsave-session"
SECONDS: Final = 30 * 24 * 60 * 60
_CSRF_CONTEXT: Final = "hitsave 2026 v1 hub form token"


@dataclass(frozen=True, slots=True)
class Session:
    """A member in a browser. `token` stands in every form."""

    member: Member
    token: str
    secret: str


def enter(connection: Connection, invitation: str) -> str | None:
    """The secret of a new session, for an invitation that is good; it is not any more then."""
    ours = INVITATIONS.c.secret == secret_digest(invitation)
    row = connection.execute(delete(INVITATIONS).where(ours).returning(INVITATIONS.c.member, INVITATIONS.c.expires)).first()
    if row is None or row.expires <= now() or accounts.member_numbered(connection, row.member) is None:
        return None
    secret = new_secret()
    connection.execute(insert(SESSIONS).values(secret=secret_digest(secret), member=row.member, created=now(), expires=now() + SECONDS))
    return secret


def leave(connection: Connection, secret: str) -> None:
    """End a session."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.secret == secret_digest(secret)))


async def session_of(request: Request, service: Service) -> Session | None:
    """Who is in this browser; None if nobody is."""
    secret = request.cookies.get(COOKIE, "")
    if not secret:
        return None

    def look(connection: Connection) -> Member | None:
        row = connection.execute(select(SESSIONS.c.member).where(SESSIONS.c.secret == secret_digest(secret), SESSIONS.c.expires > now())).first()
        return None if row is None else accounts.member_numbered(connection, row.member)

    member = await service.threads.run(lambda: service.database.read(look))
    return None if member is None else Session(member, digest_bytes(_CSRF_CONTEXT, secret.encode()).hex(), secret)


def must_be_ours(request: Request) -> None:
    """403 unless the request comes from a page of this origin, as far as the browser says."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in {"same-origin", "none"}:
        raise forbidden("the request comes from another site")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise forbidden("the request comes from another origin")
    if site is None and origin is None:
        raise forbidden("the request does not say where it comes from")


def must_have_token(session: Session, given: object) -> None:
    """403 unless a form came with the session's own token."""
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), session.token.encode()):
        raise forbidden("the form is not of this session. Load the page again")


def keep(response: Response, secret: str, *, secure: bool) -> Response:
    """Give the browser its cookie."""
    response.set_cookie(COOKIE, secret, max_age=SECONDS, path="/", httponly=True, samesite="strict", secure=secure)
    return response
