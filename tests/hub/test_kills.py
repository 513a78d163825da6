"""Ended by kill -9 in the middle of its work: whatever was answered is true, and fsck finds nothing. 100 rounds each of the hub, PostgreSQL and radosgw are `./dev hub`."""

from __future__ import annotations

import os
import random
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from hitsave.storage.entry import Entry, body
from tests.hub.running import Client, Hub
from tests.hub.servers import Postgres, Radosgw, until

ROUNDS = int(os.environ.get("HITSAVE_TEST_KILLS", "100"))


class Load:
    """Clients that upload without end, and remember what they were told is stored."""

    def __init__(self, client: Client, threads: int = 4) -> None:
        self.stored: list[tuple[Entry, bytes]] = []
        self.broken = 0
        self._client = client
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._go) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Stop all."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _go(self) -> None:
        while not self._over.is_set():
            value = secrets.token_bytes(random.choice([100, 70_000, 1_500_000]))
            try:
                self.stored.append((self._client.put(value), value))
            except (httpx.HTTPError, AssertionError):  # no answer, or one that says 503: nothing was promised
                self.broken += 1
                time.sleep(0.05)


def kill_under_load(hub: Hub, rounds: int, kill: Callable[[], None], revive: Callable[[], None]) -> Load:
    """So many rounds of work, a kill, and a new start; the work that was done, with all that was promised looked at."""
    client = hub.key()
    load = Load(client)
    try:
        for _ in range(rounds):
            before = len(load.stored)
            until(lambda before=before: len(load.stored) > before, "an entry that is stored")
            time.sleep(random.uniform(0, 0.5))
            kill()
            revive()
    finally:
        load.end()
    told = hub.command("fsck", "--deep")
    assert "all is well" in told, told
    assert len({entry.id for entry, _ in load.stored}) == len(load.stored)
    for start in range(0, len(load.stored), 500):
        some = load.stored[start : start + 500]
        assert client.look(*(entry for entry, _ in some)) == [[body(entry)] for entry, _ in some]
    for entry, value in random.sample(load.stored, min(50, len(load.stored))):
        assert client.send("GET", f"…/objects/{entry.value}/bytes").content == value
    return load


def test_an_embedded_hub_that_is_killed(tmp_path: Path):
    """A few times; the rest are slow."""
    hub = Hub(tmp_path / "hub")
    hub.member()
    hub.start()
    try:
        load = kill_under_load(hub, 3, hub.kill, lambda: hub.start() and None)
        assert load.stored
    finally:
        hub.stop()


@pytest.fixture(scope="module")
def durable(tmp_path_factory: pytest.TempPathFactory):
    """PostgreSQL and radosgw as in real use, which keep on disk what they have promised; and a hub on them."""
    folder = tmp_path_factory.mktemp("durable")
    postgres, store = Postgres(durable=True), Radosgw(folder / "radosgw", durable=True)
    environment = {**store.environment, "HITSAVE_HUB_DATABASE": postgres.new_database(), "HITSAVE_HUB_BLOBS": store.new_bucket()}
    hub = Hub(folder / "hub", environment, "--workers", "2")
    hub.member()
    hub.start()
    yield hub, postgres, store
    hub.stop()
    postgres.stop()
    store.stop()


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["hub", "postgres", "radosgw"])
def test_a_hundred_kills(durable: tuple[Hub, Postgres, Radosgw], victim: str):
    """The hub with its workers, the database, or the gateway of the store, each under load."""
    hub, postgres, store = durable
    kill, revive = {
        "hub": (hub.kill, lambda: hub.start() and None),
        "postgres": (postgres.kill, postgres.start),
        "radosgw": (lambda: store.kill("rgw"), lambda: store.start("rgw")),
    }[victim]
    load = kill_under_load(hub, ROUNDS, kill, revive)
    print(f"{victim}: {ROUNDS} kills, {len(load.stored)} entries stored, {load.broken} requests broken off")  # noqa: T201 - what `./dev hub` reports
    assert load.stored
