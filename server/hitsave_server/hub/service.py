"""The parts of one worker, put together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from hitsave_server.hub import accounts, metrics
from hitsave_server.hub.authentication import Authentication
from hitsave_server.hub.caller import Caller
from hitsave_server.hub.chunks import Chunks
from hitsave_server.hub.corrupt import Examiner
from hitsave_server.hub.database import Database
from hitsave_server.hub.entries import Entries, note_found
from hitsave_server.hub.files import Files
from hitsave_server.hub.lookup import Lookups
from hitsave_server.hub.migrations import migrate
from hitsave_server.hub.objects import Objects
from hitsave_server.hub.refusals import forbidden, malformed, unknown
from hitsave_server.hub.retention import Retention
from hitsave_server.hub.settings import HubSettings
from hitsave_server.hub.threads import Threads

if TYPE_CHECKING:
    from hitsave_server.hub.page.runs import TeamRuns

_CONNECTIONS: Final = 12
_FLUSH_SECONDS: Final = 20
_TELL_SECONDS: Final = 2
LOG: Final = logging.getLogger("hitsave.hub")


class Service:
    """What a worker has: the database, the files, and what works with them."""

    def __init__(self, settings: HubSettings) -> None:
        self.settings = settings
        self.database = Database(settings.database, connections=_CONNECTIONS)
        self.files = Files(settings.blobs)
        self.threads = Threads(_CONNECTIONS)
        self.authentication = Authentication(self.database, self.threads)
        self.chunks = Chunks(self.database, self.files, self.threads)
        self.objects = Objects(self.database, self.chunks, self.threads)
        self.entries = Entries(self.database, self.threads)
        self.lookups = Lookups(self.database, self.threads)
        self.examiner = Examiner(self.database, self.chunks, self.threads)
        self.retention = Retention(self.database, self.files, self.threads, grace=settings.grace, budget=settings.budget)
        self._projects: dict[tuple[int, str], int] = {}
        self._team_runs: TeamRuns | None = None
        self.stopping = False

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """From the first request to the last."""
        await self.threads.run(lambda: migrate(self.database))
        rounds = [asyncio.create_task(self._flush_rounds()), asyncio.create_task(_tell_rounds())]
        if self.settings.tidy:
            rounds.append(asyncio.create_task(self._tidy_rounds()))
        try:
            yield
        finally:
            self.stopping = True
            for task in rounds:
                task.cancel()
            with suppress(Exception):
                await self.flush()
            self.lookups.close()
            self.database.close()

    async def project(self, caller: Caller, name: str, *, make: bool = False) -> int:
        """The number of the caller's project of that name. 404 if there is none, or the key is not for it; with `make`, one is made where the key may."""
        if not caller.may_see(name):
            raise forbidden(f"this key is not for the project {name}")
        known = self._projects.get((caller.team, name))
        if known is None:
            if not 0 < len(name) <= 200 or name != " ".join(accounts.clean(name).split()):
                raise malformed("the name of a project has 1 to 200 characters, and no blanks around them")
            known = await self.threads.run(lambda: self.database.read(lambda c: accounts.find_project(c, caller.team, name)))
            if known is None and make:
                known = await self.threads.run(lambda: self.database.write(lambda c: accounts.make_project(self.database, c, caller.team, name)))
            if known is None:
                raise unknown(f"there is no project {name} yet; it is made by the first upload")
            self._projects[caller.team, name] = known
        return known

    async def is_ready(self) -> None:
        """Refuses (503), or fails, unless database and object store answer."""
        await self.threads.run(lambda: self.database.read(lambda c: c.execute(text("SELECT 1"))))
        await self.files.probe()

    def team_runs(self) -> TeamRuns:
        """What answers the experiments panel; made, and its modules loaded, when somebody looks."""
        if self._team_runs is None:
            from hitsave_server.hub.page.runs import TeamRuns

            self._team_runs = TeamRuns(self)
        return self._team_runs

    async def flush(self) -> None:
        """Write down what was used since it was last written down."""
        used, found = self.authentication.take_used(), self.lookups.take_found()
        if used:
            await self.threads.run(lambda: self.database.write(lambda c: accounts.note_use(c, used)))
        if found:
            await self.threads.run(lambda: self.database.write(lambda c: note_found(c, found)))

    async def _flush_rounds(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            try:
                await self.flush()
            except Exception as problem:  # noqa: BLE001 - the database may be away for a while; the next round tries again
                LOG.warning("usage could not be written down", extra={"problem": type(problem).__name__})

    async def _tidy_rounds(self) -> None:
        while True:
            await asyncio.sleep(self.settings.tidy)
            try:
                done = await self.retention.tidy()
                LOG.info("tidied", extra=done._asdict())
            except Exception as problem:  # noqa: BLE001 - as above
                LOG.warning("a round of retention did not come to its end", extra={"problem": type(problem).__name__})


async def _tell_rounds() -> None:
    while True:
        await asyncio.sleep(_TELL_SECONDS)
        metrics.TALLY.tell()
