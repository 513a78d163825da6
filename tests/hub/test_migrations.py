"""The schema's versions, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, inspect, text

from hitsave.errors import StoreVersionError
from hitsave_server.hub.database import Database
from hitsave_server.hub.migrations import MIGRATIONS, VERSION, Migration, migrate, version_of
from hitsave_server.hub.tables import METADATA


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """An empty database."""
    address = f"sqlite:///{tmp_path / 'hub.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("scale").database()
    made = Database(address, connections=2)
    yield made
    made.close()


def test_an_empty_database_becomes_that_of_today(database: Database):
    """Once, and then nothing more is done."""
    assert migrate(database) == 0
    assert migrate(database) == VERSION
    assert set(database.read(lambda c: inspect(c).get_table_names())) == set(METADATA.tables)


def test_a_migration_that_fails_leaves_the_version_before(database: Database):
    """All of it or nothing: what it had done is undone."""

    def fail(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (a INTEGER)"))
        raise RuntimeError

    migrate(database)
    with pytest.raises(RuntimeError):
        migrate(database, (*MIGRATIONS, Migration(VERSION + 1, fail)))
    assert database.read(version_of) == VERSION
    assert not database.read(lambda c: inspect(c).has_table("half"))


def test_a_newer_database_is_refused(database: Database):
    """An older hub does not write into what it does not understand."""
    migrate(database, (*MIGRATIONS, Migration(VERSION + 1, lambda c: c.execute(text("ALTER TABLE teams ADD COLUMN later INTEGER")))))
    with pytest.raises(StoreVersionError, match="newer HitSave"):
        migrate(database)


def test_the_next_version_keeps_what_is_there(database: Database):
    """An upgrade of a database with rows in it."""
    migrate(database)
    database.write(lambda c: c.execute(text("INSERT INTO teams (name, created) VALUES ('team', 1)")))
    migrate(database, (*MIGRATIONS, Migration(VERSION + 1, lambda c: c.execute(text("ALTER TABLE teams ADD COLUMN later INTEGER")))))
    assert database.read(lambda c: tuple(c.execute(text("SELECT name, later FROM teams")).one())) == ("team", None)
