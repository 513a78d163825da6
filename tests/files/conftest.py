"""A store, what is known of files, and folders to take in."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from hitsave.files.keeping import Kept, keep
from hitsave.storage.store import Store
from hitsave.workspace import file_digests
from hitsave.workspace.facts_table import FactsTable
from hitsave.workspace.file_digests import FileDigests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    with Store.open(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def digests(store: Store) -> FileDigests:
    """What is known of files, which is nothing yet."""
    return FileDigests(FactsTable(store.folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one of everything."""
    root = tmp_path / "data"
    (root / "inner" / "deep").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / "small.txt").write_text("small", encoding="utf-8")
    (root / "inner" / "same.txt").write_text("small", encoding="utf-8")
    (root / "inner" / "nothing").touch()
    (root / "inner" / "deep" / "large.bin").write_bytes(os.urandom(200_000))
    (root / "run").write_text("#!/bin/sh", encoding="utf-8")
    (root / "run").chmod(0o750)
    (root / "link").symlink_to("inner/same.txt")
    (root / "inner" / "up").symlink_to("../empty")
    os.mkdir(os.fsencode(root) + b"/no-text-\xff")
    (root / "empty").chmod(0o710)
    return root


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock, an hour has gone by: what was written up to now is settled."""
    monkeypatch.setattr(file_digests, "time", SimpleNamespace(time_ns=lambda: time.time_ns() + 3600 * 10**9))


@pytest.fixture
def kept(folder: Path, store: Store, digests: FileDigests) -> Kept:
    """The folder, kept."""
    return keep(str(folder), store, digests)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """A function that gives the names of the files that were read since it was last asked."""
    seen: list[str] = []
    read = FileDigests.read

    def noting(path: str, *rest):
        seen.append(os.path.basename(path))
        return read(path, *rest)

    monkeypatch.setattr(FileDigests, "read", staticmethod(noting))

    def asked() -> list[str]:
        found, seen[:] = sorted(seen), []
        return found

    return asked
