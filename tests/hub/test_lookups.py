"""Look-ups where there is much to look through, and where the database goes away."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import uvloop
from sqlalchemy import event, insert, text

from hitsave.storage.wire import TIERS
from hitsave_server.hub.channel import Channel, LostError
from hitsave_server.hub.database import Database
from hitsave_server.hub.lookup import entries_under
from hitsave_server.hub.migrations import migrate
from hitsave_server.hub.tables import ENTRIES, MEMBERS, PROJECTS, TEAMS
from hitsave_server.hub.threads import Threads
from tests.hub.conftest import Scale
from tests.hub.servers import Postgres

KEYS = [secrets.token_bytes(32) for _ in range(3_000)]


@pytest.fixture(params=["embedded", "scale"])
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with a project of thousands of entries, which it knows the statistics of."""
    address = f"sqlite:///{tmp_path / 'hub.sqlite'}"
    if request.param == "scale":
        scale: Scale = request.getfixturevalue("scale")
        address = scale.database()
    database = Database(address)
    fill(database)
    yield database
    database.close()


def fill(database: Database) -> None:
    """Make a project of thousands of entries."""
    migrate(database)
    rows = [
        dict.fromkeys(("symbol", "status", "kind", "note", "tags"), "")
        | dict.fromkeys(("created_ns", "wall_ns", "size", "stored", "hits", "saved_ns", "last_used"), 0)
        | dict.fromkeys(("record", "captures", "body", "signer"), b"")
        | {"number": n, "project": 1, "id": str(n), "standing": "found", "blocked": False, "tier": TIERS[n % 3]}
        | {"key": key, "signature": bytes(64), "member": 1, "pinned": False}
        for n, key in enumerate(KEYS)
    ]
    with database.engine.begin() as connection:
        connection.execute(insert(TEAMS).values(team=1, name="team", created=0))
        connection.execute(insert(MEMBERS).values(member=1, team=1, name="ana", admin=False, created=0))
        connection.execute(insert(PROJECTS).values(project=1, team=1, name="app", created=0))
        connection.execute(insert(ENTRIES), rows)
        connection.execute(text("ANALYZE"))


def test_a_lookup_reads_what_it_asks_for_and_not_the_project(filled: Database):
    """By the index, with project, tier and key; on PostgreSQL also by the plan that is made for any values."""
    statement = entries_under(filled)
    if filled.is_sqlite:

        def explain(_c: object, _cursor: object, sql: str, values: object, *_: object) -> tuple[str, object]:
            return f"EXPLAIN QUERY PLAN {sql}", values

        with filled.engine.connect() as connection:
            event.listen(connection, "before_cursor_execute", explain, retval=True)
            plan = str(connection.execute(statement, {"of": 1, "tiers": list(TIERS), "wanted": KEYS[:10]}).cursor.fetchall())
        assert "entries_found (project=? AND tier=? AND key=?)" in plan
        return
    with filled.connect_alone() as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE asked(bigint, text[], bytea[]) AS {statement.compile(dialect=filled.numbered())}".encode())
        cursor.execute("EXPLAIN EXECUTE asked(%s, %s, %s)", (1, list(TIERS), KEYS[:10]))
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "entries_found" in plan
    assert all(f"({name} = " in plan for name in ("project", "tier", "key"))
    assert "Filter: (blocked IS FALSE)" in plan


async def _ask(channel: Channel, *keys: bytes) -> list[bytes]:
    return [key for _, key, _ in await channel.ask({"of": 1, "tiers": list(TIERS), "wanted": keys})]


def test_a_channel_that_was_lost_is_made_anew():
    """PostgreSQL ends the connection while nothing is asked, and while something is; who asks then is told, and the next is answered. So much is asked that it is not sent at once."""
    postgres = Postgres(durable=True)
    try:
        database = Database(postgres.new_database())
        fill(database)

        async def use() -> None:
            channel = Channel(database, Threads(2), entries_under(database))
            assert await _ask(channel) == []
            assert sorted(await _ask(channel, *KEYS, *(secrets.token_bytes(32) for _ in range(50_000)))) == sorted(KEYS)
            postgres.kill()
            with pytest.raises(LostError):
                await _ask(channel, KEYS[0])
            with pytest.raises(LostError):
                await _ask(channel, KEYS[0])
            postgres.start()
            assert await _ask(channel, KEYS[0]) == KEYS[:1]
            ended = asyncio.create_task(_ask(channel, *KEYS * 50))
            await asyncio.sleep(0)
            postgres.kill()
            with pytest.raises(LostError):
                await ended
            postgres.start()
            assert await _ask(channel, KEYS[1]) == KEYS[1:2]
            channel.close()

        uvloop.run(use())
        database.close()
    finally:
        postgres.stop()
