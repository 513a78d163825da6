"""SQLite's databases are files, though SQLite opens them by itself."""

from __future__ import annotations

import sqlite3

import pytest

READING = """
    import sqlite3
    import pandas
    from hitsave import memo

    @memo
    def total():
        print("total")
        with sqlite3.connect(NAME) as connection:
            return connection.execute("SELECT sum(x) FROM measured").fetchone()[0]

    @memo
    def framed():
        print("framed")
        return int(pandas.read_sql("SELECT x FROM measured", sqlite3.connect(NAME))["x"].max())

    @memo
    def in_memory():
        print("memory")
        return sqlite3.connect(":memory:").execute("SELECT 1").fetchone()[0]

    print(total(), framed(), in_memory())
"""


def add(project, value: int, *, journal: str = "delete"):
    """Add a row, and leave the connection open, so that a write-ahead log stays."""
    connection = sqlite3.connect(project.root / "data.db")
    connection.execute(f"PRAGMA journal_mode={journal}")
    connection.execute("CREATE TABLE IF NOT EXISTS measured (x)")
    connection.execute("INSERT INTO measured VALUES (?)", (value,))
    connection.commit()
    return connection


@pytest.mark.parametrize("name", ["'data.db'", "'file:data.db?mode=ro', uri=True"])
def test_a_database_that_is_read_is_an_input(project, name):
    """By its content."""
    add(project, 3).close()
    assert project.script(READING.replace("NAME", name)).quiet == ["total", "framed", "memory", "3 3 1"]
    assert project.run().quiet == ["3 3 1"]
    add(project, 4).close()
    said = project.run()
    assert said.printed == ["total", "framed", "7 4 1"]
    assert said.notices[0] == "total() runs again: data.db changed"
    assert project.run().quiet == ["7 4 1"]


def test_what_is_only_in_its_log_yet_counts(project):
    """Another process has the database open, and writes ahead."""
    add(project, 3, journal="wal").close()
    assert project.script(READING.replace("NAME", "'data.db'")).quiet == ["total", "framed", "memory", "3 3 1"]
    assert project.run().quiet == ["3 3 1"]
    writing = add(project, 4, journal="wal")
    assert project.run().printed == ["total", "framed", "7 4 1"]
    writing.close()


def test_a_database_that_the_function_makes_is_no_input(project):
    """It is there the next time."""
    text = """
        import sqlite3
        from hitsave import memo

        @memo
        def kept(n):
            print("runs")
            with sqlite3.connect("made.db") as connection:
                connection.execute("CREATE TABLE kept (x)")
                connection.execute("INSERT INTO kept VALUES (?)", (n,))
                return connection.execute("SELECT sum(x) FROM kept").fetchone()[0]

        print(kept(2))
    """
    assert project.script(text).quiet == ["runs", "2"]
    assert project.run().quiet == ["2"]
