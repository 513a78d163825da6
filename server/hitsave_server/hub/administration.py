"""The hub's database, opened for a command."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from hitsave.errors import HitSaveError
from hitsave_server.hub.database import Database
from hitsave_server.hub.migrations import migrate
from hitsave_server.hub.settings import HubSettings


@contextmanager
def opened(settings: HubSettings) -> Generator[Database]:
    """The database, of the version that this program knows. HitSaveError if it does not answer."""
    database = Database(settings.database, connections=2)
    try:
        migrate(database)
        yield database
    except DBAPIError as problem:
        said = str(problem.orig).splitlines()[0] if problem.orig else type(problem).__name__
        raise HitSaveError(f"The hub's database does not answer: {said}", "Look whether it runs, and whether --database is its address") from problem
    finally:
        database.close()
