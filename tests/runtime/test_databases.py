"""SQLite databases are files that SQLite opens itself."""

from __future__ import annotations

DATABASE = """
    import sqlite3, os
    from contextlib import closing
    from hitsave import memo

    def changed(statement, name="data.db"):
        with closing(sqlite3.connect(name)) as connection, connection:
            connection.execute(statement)

    @memo
    def largest(name):
        print("largest")
        with closing(sqlite3.connect(name, uri=name.startswith("file:"))) as connection:
            return connection.execute("select max(n) from t").fetchone()[0]

    @memo
    def made(n):
        print("made")
        with closing(sqlite3.connect("made.db")) as connection, connection:
            connection.execute("create table if not exists t(n)")
        with closing(sqlite3.connect(":memory:")) as connection:
            return connection.execute("select ?", (n,)).fetchone()[0]
"""


def test_a_database_that_is_read_is_an_input(project):
    """Its path is told to SQLite, which opens it itself. What a function makes new is its output."""
    calls = "\n    print(largest('data.db'), largest('file:data.db?mode=ro'), made(1))\n"
    begin = "\n    changed('create table t(n)'); changed('insert into t values (1)')"
    assert project.script(DATABASE + begin + calls, HITSAVE_NOTICES="off").quiet == ["largest", "largest", "made", "1 1 1"]
    assert project.script(DATABASE + calls).quiet == ["1 1 1"]
    more = "\n    changed('insert into t values (2)')"
    assert project.script(DATABASE + more + calls, HITSAVE_NOTICES="off").quiet == ["largest", "largest", "2 2 1"]
    assert project.script(DATABASE + calls).quiet == ["2 2 1"]
