"""A store in a fresh folder, and evaluations to put into it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hitsave.digest import Digest
from hitsave.storage.contents import content_digest
from hitsave.storage.entry import Entry, NewEntry
from hitsave.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORKERS = Path(__file__).with_name("workers.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a store is made when something is stored."""
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    """An open, empty store."""
    with Store.open(folder) as opened:
        yield opened


@pytest.fixture
def key() -> Callable[[int], Digest]:
    """The EntryKey of an example, by number."""
    return lambda number: content_digest("view", number.to_bytes(8, "big"))


@pytest.fixture
def new(key: Callable[[int], Digest]) -> Callable[..., NewEntry]:
    """What is said of an example, by number."""

    def make(number: int = 0, **changes: Any) -> NewEntry:
        return NewEntry(key(number), "app.train:fit", "/home/ada/app", Digest(bytes(32)), arguments=b"\x91\x01", codec="pickle5")._replace(**changes)

    return make


@pytest.fixture
def remember(store: Store, new: Callable[..., NewEntry]) -> Callable[..., Entry]:
    """Put an example, by number, into the store."""

    def put(number: int = 0, value: bytes = b"a result", into: Store = store, **changes: Any) -> Entry:
        text = "def fit(): ..."
        texts = {content_digest("text", text.encode()): text}
        return into.put(new(number, **changes), record=b"the Record", snapshot=b"the Snapshot", texts=texts, value=[value])

    return put


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a worker (see workers.py) as a process of its own; what is left of them at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(worker: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", str(WORKERS), worker, *map(str, arguments)]
        environ = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ)
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def run(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., Any]:
    """Run a worker to its end; what it answered, decoded."""

    def end(worker: str, *arguments: object) -> Any:
        process = start(worker, *arguments)
        answer, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        assert errors == ""
        return json.loads(answer) if answer else None

    return end
