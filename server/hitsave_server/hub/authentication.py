"""A request's key: read, looked up, and remembered for a few seconds, which is how long a key that was revoked may still be taken by a worker."""

from __future__ import annotations

import time
from secrets import token_bytes
from typing import Final

from blake3 import blake3
from starlette.requests import Request

from hitsave_server.hub import accounts
from hitsave_server.hub.caller import Caller
from hitsave_server.hub.clock import now
from hitsave_server.hub.database import Database
from hitsave_server.hub.headers import header
from hitsave_server.hub.refusals import unauthenticated
from hitsave_server.hub.threads import Threads

REMEMBERED: Final = 5.0
_MOST_REMEMBERED: Final = 10_000


class Authentication:
    """Tells who asks."""

    def __init__(self, database: Database, threads: Threads) -> None:
        self._database = database
        self._threads = threads
        self._known: dict[bytes, tuple[float, Caller]] = {}
        self._salt = token_bytes(32)  # tokens are not kept, here neither
        self._used: dict[str, int] = {}

    async def caller(self, request: Request) -> Caller:
        """Who asks; 401 if the request has no key that is good now."""
        scheme, _, token = header(request, b"authorization").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthenticated()
        secret = blake3(token.encode(), key=self._salt).digest()
        known = self._known.get(secret)
        if known is not None and known[0] > time.monotonic():
            caller = known[1]
        else:
            caller = await self._threads.run(lambda: self._database.read(lambda connection: accounts.caller_of(connection, token)))
            if caller is None:
                self._known.pop(secret, None)
                raise unauthenticated("this key is unknown, expired or revoked. Log in again with: hitsave login")
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[secret] = (time.monotonic() + REMEMBERED, caller)
        if caller.expires is not None and caller.expires <= now():
            raise unauthenticated("this key has expired. Log in again with: hitsave login")
        self._used[caller.key] = now()
        return caller

    def forget(self) -> None:
        """Look every key up again."""
        self._known.clear()

    def take_used(self) -> dict[str, int]:
        """When keys were used since this was last asked."""
        used, self._used = self._used, {}
        return used
