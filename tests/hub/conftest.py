"""Hubs to test: the embedded one, and one on PostgreSQL and S3, which all of a run's processes share."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.hub.running import Client, Hub
from tests.hub.servers import Postgres, Radosgw


class Scale(NamedTuple):
    """Where PostgreSQL and S3 are."""

    database: Callable[[], str]
    bucket: Callable[[], str]
    environment: dict[str, str]


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def scale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scale]:
    """PostgreSQL and radosgw: started by the first process of the run that asks, ended by the one that started them."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "scale"
    known, users = shared / "known.json", shared / "users"
    started: list[Any] = []
    with _turn(shared):
        users.touch()
        if not known.exists():
            with ThreadPoolExecutor(2) as pool:
                postgres = pool.submit(Postgres)
                started = [Radosgw(shared / "radosgw"), postgres.result()][::-1]
            known.write_text(json.dumps({"postgres": started[0].port, "rgw": started[1].port}))
        ports = json.loads(known.read_text())
        users.write_text(users.read_text() + f"{os.getpid()}\n")
    try:
        yield _reached(ports)
    finally:
        with _turn(shared):
            left = [pid for pid in users.read_text().split() if pid != str(os.getpid())]
            users.write_text("\n".join(left))
        if started:
            # The others may still use them.
            while any(Path(f"/proc/{pid}").exists() for pid in _pids(shared, users)):
                pass
            for each in started:
                each.stop()


def _pids(shared: Path, users: Path) -> list[str]:
    import time

    time.sleep(0.2)
    with _turn(shared):
        return users.read_text().split()


def _reached(ports: dict[str, int]) -> Scale:
    postgres, rgw = object.__new__(Postgres), object.__new__(Radosgw)
    postgres.port, rgw.port = ports["postgres"], ports["rgw"]
    postgres._as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    return Scale(postgres.new_database, rgw.new_bucket, rgw.environment)


@contextmanager
def running(hub: Hub) -> Iterator[Hub]:
    """A hub that is stopped afterwards."""
    try:
        yield hub.start()
    finally:
        hub.stop()


@pytest.fixture(scope="session", params=["embedded", "scale"])
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub with the member ana: on SQLite and a folder, and on PostgreSQL and S3 with two workers."""
    folder = tmp_path_factory.mktemp("hub")
    if request.param == "embedded":
        made = Hub(folder, {}, "--grace", "3600")
    else:
        scale: Scale = request.getfixturevalue("scale")
        environment = {**scale.environment, "HITSAVE_HUB_DATABASE": scale.database(), "HITSAVE_HUB_BLOBS": scale.bucket()}
        made = Hub(folder, environment, "--workers", "2", "--grace", "3600")
    made.member()
    with running(made):
        yield made


@pytest.fixture(scope="session")
def ana(hub: Hub) -> Client:
    """A member who may do everything."""
    return hub.key(scopes=("read", "write", "admin"))


@pytest.fixture
def project(ana: Client, request: pytest.FixtureRequest) -> Client:
    """The same, in a project of the test's own."""
    return Client(ana.url, ana.token, project=request.node.name.partition("[")[0])
