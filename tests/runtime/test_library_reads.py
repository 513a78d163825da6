"""Files that libraries read in C or Rust: they count by what they hold, as those that Python opens do."""

from __future__ import annotations

import sys

import polars
import pytest

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 has nothing that tells of such functions at no cost")

POLARS = """
    from pathlib import Path
    import polars as pl
    from hitsave import memo

    @memo
    def whole(n):
        print("whole")
        return pl.read_csv("one.csv")["a"].sum()

    @memo
    def lazily(n):
        print("lazily")
        return pl.scan_csv(source=Path("one.csv")).select(pl.col("a").max()).collect().item()

    @memo
    def matching(n):
        print("matching")
        return pl.read_csv("parts/*.csv")["a"].sum()

    @memo
    def listed(n):
        print("listed")
        return pl.scan_csv(["one.csv", "parts/two.csv"]).collect()["a"].sum()

    print(whole(0), lazily(0), matching(0), listed(0))
"""


def test_what_a_library_in_rust_reads_counts(project):
    """Whole or lazily, by name, pattern or list; also a file that is new where files are matched."""
    project.write("one.csv", "a\n1\n")
    project.write("parts/two.csv", "a\n2\n")
    assert project.script(POLARS).quiet == ["whole", "lazily", "matching", "listed", "1 1 2 3"]
    assert project.run("main.py").quiet == ["1 1 2 3"]
    project.write("one.csv", "a\n5\n")
    said = project.run("main.py")
    assert said.printed == ["whole", "lazily", "listed", "5 5 2 7"]
    assert said.notices[0] == "whole() runs again: one.csv changed"
    project.write("parts/three.csv", "a\n10\n")
    assert project.run("main.py").printed == ["matching", "5 5 12 7"]
    (project.root / "parts/three.csv").unlink()
    project.write("one.csv", "a\n1\n")
    assert project.run("main.py").quiet == ["1 1 2 3"]


def test_a_file_that_a_library_is_to_write_is_not_read(project):
    """As its `mode` says; one that is opened to be read counts, also as part of a folder."""
    project.write(
        "site-packages/container.py",
        """
        class File:
            def __init__(self, name, mode="r"):
                self.name = name

        def open_store(folder):
            return folder
        """,
    )
    project.write("data.h5", "1")
    project.write("data.zarr/a/0", "1")
    script = """
        import sys
        sys.path.insert(0, "site-packages")
        import container
        from hitsave import memo

        @memo
        def opened(mode):
            print("opened", mode)
            container.File("data.h5", mode)

        @memo
        def store():
            print("store")
            container.open_store("data.zarr")

        opened("r"), opened("w"), store()
    """
    assert project.script(script).quiet == ["opened r", "opened w", "store"]
    assert project.run("main.py").quiet == []
    project.write("data.h5", "2")
    assert project.run("main.py").printed == ["opened r"]
    project.write("data.zarr/a/0", "2")
    assert project.run("main.py").printed == ["store"]
    project.write("data.zarr/b", "")
    assert project.run("main.py").printed == ["store"]


def test_what_a_function_in_c_reads_counts_where_the_project_calls_it(project):
    """By a path that the same line is given again."""
    text = """
        import polars
        from polars import _plr
        from hitsave import memo

        @memo
        def names(*paths):
            print("runs")
            return [[*_plr.read_ipc_schema(path)] for path in paths]

        print(names("one.ipc", "two.ipc"))
    """
    polars.DataFrame({"a": [1]}).write_ipc(project.root / "one.ipc")
    polars.DataFrame({"a": [1]}).write_ipc(project.root / "two.ipc")
    assert project.script(text).quiet == ["runs", "[['a'], ['a']]"]
    assert project.run("main.py").quiet == ["[['a'], ['a']]"]
    polars.DataFrame({"b": [1]}).write_ipc(project.root / "two.ipc")
    assert project.run("main.py", HITSAVE_NOTICES="off").quiet == ["runs", "[['a'], ['b']]"]
