"""What is in the place of the database: a newer one, another program's, nothing yet, or no database at all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from hitsave.errors import StoreError, StoreVersionError
from hitsave.storage.schema import APPLICATION_ID
from hitsave.storage.store import Store


def test_a_newer_store_is_refused(folder, remember):
    """With the versions, and what to do."""
    remember(0)
    _set_version(folder, 99, compatible=99)
    with pytest.raises(StoreVersionError, match=r"newer HitSave \(its schema has version 99, this one knows 2\)\. Upgrade HitSave"):
        Store.open(folder)


def test_a_newer_store_that_says_it_is_compatible_is_used(folder, remember, key):
    """A later schema may only have added a table."""
    remember(0)
    _set_version(folder, 99, compatible=1)
    with Store.open(folder) as opened:
        assert len(opened.find(key(0))) == 1
        remember(1, into=opened)
        assert len(opened.find(key(1))) == 1


def test_a_newer_store_without_a_list_of_versions_is_refused(folder):
    """Whatever it is like inside."""
    folder.mkdir(mode=0o700)
    with sqlite3.connect(folder / "hitsave.sqlite") as connection:
        connection.execute("CREATE TABLE other (x)")
        connection.execute("PRAGMA user_version = 7")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.close()
    (folder / "hitsave.sqlite").chmod(0o600)
    with pytest.raises(StoreVersionError):
        Store.open(folder)


def test_another_programs_database_is_left_alone(folder):
    """Neither read nor written."""
    folder.mkdir(mode=0o700)
    with sqlite3.connect(folder / "hitsave.sqlite") as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    (folder / "hitsave.sqlite").chmod(0o600)
    before = (folder / "hitsave.sqlite").read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store.open(folder)
    assert (folder / "hitsave.sqlite").read_bytes() == before


def test_a_file_that_is_no_database_is_said(folder):
    """And left as it is."""
    folder.mkdir(mode=0o700)
    (folder / "hitsave.sqlite").write_bytes(b"not a database" * 1000)
    (folder / "hitsave.sqlite").chmod(0o600)
    with pytest.raises(StoreError, match="is not a database"):
        Store.open(folder)
    assert (folder / "hitsave.sqlite").read_bytes() == b"not a database" * 1000


def test_a_database_that_was_never_finished_is_empty(folder, remember, key):
    """A process may have been killed just as it had made the file."""
    folder.mkdir(mode=0o700)
    (folder / "hitsave.sqlite").touch(mode=0o600)
    with Store.open(folder) as opened:
        assert opened.list() == []
        remember(0, into=opened)
        assert len(opened.find(key(0))) == 1


def _set_version(folder: Path, version: int, *, compatible: int) -> None:
    with sqlite3.connect(folder / "hitsave.sqlite") as connection:
        connection.execute("INSERT INTO schema VALUES (?, ?, 0)", (version, compatible))
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
