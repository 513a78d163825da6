"""Databases that the program has locked stay locked when they are read."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

from hitsave.workspace import locked_files
from hitsave.workspace.file_digests import content_digest

WRITES = """
import sqlite3, sys
try:
    sqlite3.connect(sys.argv[1], timeout=0).execute("insert into t values (2)").connection.commit()
except sqlite3.OperationalError as error:
    print(error)
"""


def said(script, path):
    return subprocess.run([sys.executable, "-c", script, str(path)], check=True, capture_output=True, text=True).stdout.strip()


def test_a_database_stays_locked_while_it_is_written(tmp_path):
    """Nobody else writes in the middle of a transaction because the file was read; when it is over, no descriptor is left."""
    path = tmp_path / "data.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("create table t(n)")
        connection.execute("begin immediate")
        connection.execute("insert into t values (1)")
        for _ in range(3):
            assert content_digest(str(path)) is not None
        assert said(WRITES, path) == "database is locked"
        connection.execute("commit")
        assert said(WRITES, path) == ""
    assert content_digest(str(path)) is not None
    if sys.platform == "linux":
        assert not locked_files._open


def test_where_the_system_does_not_tell_databases_are_not_closed(tmp_path, monkeypatch):
    """It may be that they are locked."""
    monkeypatch.setattr(locked_files, "_locked", lambda: None)
    path, other = tmp_path / "data.db", tmp_path / "data.txt"
    other.write_text("1")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table t(n)")
        content_digest(str(path))
        content_digest(str(other))
    assert [os.fstat(file).st_ino for file in locked_files._open] == [path.stat().st_ino]
    for file in list(locked_files._open):
        del locked_files._open[file]
        os.close(file)
