"""The schema's versions, and how one becomes the next. A hub refuses a database that a newer one has changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, NamedTuple

from sqlalchemy import Connection, insert, inspect, select, text

from hitsave.errors import StoreVersionError
from hitsave_server.hub.database import Database
from hitsave_server.hub.tables import METADATA, SCHEMA

_LOCK: Final = 0x48697453  # one hub migrates at a time


class Migration(NamedTuple):
    """What leads to one version of the schema. Statements of a later one name columns as they were then, not as `tables` has them now."""

    version: int
    apply: Callable[[Connection], None]


MIGRATIONS: Final = (Migration(1, METADATA.create_all),)
VERSION: Final = MIGRATIONS[-1].version


def version_of(connection: Connection) -> int:
    """The version of the schema in a database, 0 if there is none."""
    if not inspect(connection).has_table(SCHEMA.name):
        return 0
    return connection.execute(select(SCHEMA.c.version).order_by(SCHEMA.c.version.desc()).limit(1)).scalar() or 0


def migrate(database: Database, migrations: tuple[Migration, ...] = MIGRATIONS) -> int:
    """Bring the database to the last version, in one transaction; the version that it had. StoreVersionError if it is newer than this program."""

    def apply(connection: Connection) -> int:
        if not database.is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        found = version_of(connection)
        newest = migrations[-1].version
        if found > newest:
            raise StoreVersionError(
                f"The hub's database was written by a newer HitSave (its schema has version {found}, this one knows {newest})", "Upgrade this one"
            )
        for migration in migrations:
            if migration.version > found:
                migration.apply(connection)
                connection.execute(insert(SCHEMA).values(version=migration.version, applied=int(time.time())))
        return found

    return database.write(apply)
