"""`InputFile`, `InputDir` and `OutputFile`: parameters that are paths, and count by what is there."""

from __future__ import annotations

import os
import sqlite3

import pytest

READING = """
    from __future__ import annotations
    import pathlib, sys
    import hitsave
    from hitsave import InputDir, InputFile, OutputFile, memo

    @memo
    def words(path: InputFile) -> int:
        print("computing")
        return len(path.read_text().split())

    @memo
    def size(folder: hitsave.InputDir, more: list[InputFile] = ()):
        print("computing")
        return sum(p.stat().st_size for p in [*folder.rglob("*"), *more] if p.is_file())

    @memo
    def upper(source: InputFile, out: OutputFile):
        print("computing")
        out.write_text(source.read_text().upper())
        return out.stat().st_size
"""


def test_a_file_counts_by_what_it_holds(project):
    """Edited and put back it is a hit; so is the same file in another folder, under the same name; the body gets a Path, whatever was passed."""
    project.write("a.txt", "one two")
    project.write("inner/a.txt", "one two")
    call = "    print(words('a.txt'), words(pathlib.Path('inner/a.txt')), words.is_cached('a.txt'))"
    assert project.script(READING + call).quiet == ["computing", "2 2 True"]
    project.write("a.txt", "one two three")
    assert project.run("main.py").quiet == ["computing", "3 2 True"]
    project.write("a.txt", "one two")
    assert project.run("main.py").quiet == ["2 2 True"]
    project.write("b.txt", "one two")
    assert project.script(READING + "    print(words('b.txt'))").quiet == ["computing", "2"]


def test_readers_in_c_are_seen(project):
    """What no audit hook tells of counts, too."""
    text = """
        import sqlite3
        from hitsave import InputFile, memo

        @memo
        def rows(path: InputFile):
            print("computing")
            return sqlite3.connect(path).execute("SELECT count(*) FROM t").fetchone()[0]

        print(rows("a.db"))
        """

    def add_a_row() -> None:
        with sqlite3.connect(project.root / "a.db") as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS t (x)")
            connection.execute("INSERT INTO t VALUES (1)")
        connection.close()

    add_a_row()
    assert project.script(text).quiet == ["computing", "1"]
    assert project.run("main.py").quiet == ["1"]
    add_a_row()
    assert project.run("main.py").quiet == ["computing", "2"]


def test_a_folder_counts_with_all_that_is_in_it(project):
    """Names, contents and empty folders; containers of paths are paths."""
    project.write("data/a.txt", "one")
    project.write("data/deep/b.txt", "two")
    project.write("c.txt", "three")
    call = "    print(size('data', ['c.txt']))"
    assert project.script(READING + call).quiet == ["computing", "11"]
    assert project.run("main.py").quiet == ["11"]
    project.write("data/deep/b.txt", "TWO")
    assert project.run("main.py").quiet == ["computing", "11"]
    (project.root / "data" / "empty").mkdir()
    assert project.run("main.py").quiet == ["computing", "11"]
    project.write("c.txt", "3")
    assert project.run("main.py").quiet == ["computing", "7"]


def test_where_a_file_lies_counts_if_the_result_tells_of_it(project):
    """A path in a result, or another file that was found from there, would be wrong elsewhere."""
    for folder in ("x", "y"):
        project.write(f"{folder}/a.txt", "same")
        project.write(f"{folder}/beside.txt", folder)
    text = """
        from hitsave import InputFile, memo

        @memo
        def place(path: InputFile):
            print("computing")
            return str(path)

        @memo
        def parent(path: InputFile):
            print("computing")
            return path.parent

        @memo
        def beside(path: InputFile):
            print("computing")
            return (path.parent / "beside.txt").read_text()

        for function in (place, parent, beside):
            print(function("x/a.txt"), function("y/a.txt"), function("x/a.txt"), function("y/a.txt"))
        """
    computed = ["computing", "computing", "x/a.txt y/a.txt x/a.txt y/a.txt", "computing", "computing", "x y x y", "computing", "computing", "x y x y"]
    said = project.script(text)
    assert (said.printed, said.warnings) == (computed, [])


def test_an_evaluation_around_it_depends_on_the_file(project):
    """Whether the call inside was computed or a hit."""
    project.write("a.txt", "one two")
    around = """
    @memo
    def around():
        print("around")
        return words("a.txt")

    """
    assert project.script(READING + around + "words('a.txt'); print(around())").quiet == ["computing", "around", "2"]
    assert project.run("main.py").quiet == ["2"]
    project.write("a.txt", "one")
    assert project.run("main.py").printed == ["computing", "around", "1"]
    assert project.run("main.py").printed == ["1"]


def test_text_alone_says_of_an_edited_file_what_a_call_would_find(project):
    """`hitsave why` and the editor ask without a call: what was computed from another content is stale, and fresh again when it is back."""
    from hitsave.cli.here import Here
    from hitsave.freshness.judging import Judge

    def states() -> list[str]:
        with Here(folder=str(project.root)) as here:
            return [str(judged.answer) for judged in Judge(here.store, here.root, here.text).judge(here.store.list())]

    project.write("a.txt", "one two")
    project.write("data/a.txt", "one")
    project.script(READING + "    words('a.txt'); size('data')")
    assert [state.partition(":")[0] for state in states()] == ["fresh", "fresh"]
    project.write("a.txt", "one")
    project.write("data/a.txt", "two")
    assert states() == ["stale: what is in data changed", "stale: a.txt changed"]
    project.write("a.txt", "one two")
    project.write("data/a.txt", "one")
    assert [state.partition(":")[0] for state in states()] == ["fresh", "fresh"]


def test_what_was_written_is_put_back(project):
    """Where this call says, when it is missing or different; the mode, too. What is there already is left alone."""
    project.write("a.txt", "one")
    call = "    print(upper('a.txt', sys.argv[1]))"
    project.write("main.py", READING + call)
    assert project.run("main.py", "out.txt").quiet == ["computing", "3"]
    out = project.root / "out.txt"
    before = out.stat()
    assert project.run("main.py", "out.txt").quiet == ["3"]
    assert out.stat().st_ino == before.st_ino
    out.write_text("mine")
    assert project.run("main.py", "out.txt").quiet == ["3"]
    assert (out.read_text(), out.stat().st_mode) == ("ONE", before.st_mode)
    out.unlink()
    assert project.run("main.py", "out.txt").quiet == ["3"]
    assert out.read_text() == "ONE"
    (project.root / "there").mkdir()
    assert project.run("main.py", "there/out.txt").quiet == ["3"]
    assert (project.root / "there" / "out.txt").read_text() == "ONE"
    project.write("a.txt", "two")
    assert project.run("main.py", "out.txt").quiet == ["computing", "3"]
    assert out.read_text() == "TWO"


def test_where_nothing_can_be_put_back_the_function_runs(project):
    """And raises what it raises."""
    project.write("a.txt", "one")
    project.write("main.py", READING + "    print(upper('a.txt', sys.argv[1]))")
    project.run("main.py", "out.txt")
    failed = project.run("main.py", "gone/out.txt", fails=True)
    assert failed.printed == ["computing"]
    assert "FileNotFoundError" in failed.rest


def test_what_an_evaluation_around_it_puts_back_is_its_own(project):
    """It reads what a hit in it put there: that is no input."""
    project.write("a.txt", "one")
    around = """
    @memo
    def around():
        print("around")
        upper("a.txt", "out.txt")
        return pathlib.Path("out.txt").read_text()

    """
    assert project.script(READING + "    upper('a.txt', 'out.txt')\n" + around + "print(around())").quiet == ["computing", "around", "ONE"]
    (project.root / "out.txt").unlink()
    assert project.run("main.py").quiet == ["ONE"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("open(out, 'a').write('x')", "before became part of it"),
        ("out.write_text(out.read_text() + 'x')", "before became part of it"),
        ("out.unlink()", "the function removed"),
        ("(out.unlink(), out.mkdir())", "is not a file"),
    ],
)
def test_what_a_hit_could_not_do_again_is_not_stored(project, body, why):
    """One warning says why."""
    project.write("out.txt", "before")
    said = project.script(f"""
        from hitsave import OutputFile, memo

        @memo
        def write(out: OutputFile):
            print("computing")
            {body}

        write("out.txt")
        """)
    assert why in said.warned


@pytest.mark.parametrize(
    "body", ["out.write_text('new')", "open(out, 'xb').write(b'new')", "shutil.copy('a.txt', out)", "os.replace(shutil.copy('a.txt', 'b'), out)"]
)
def test_every_way_to_write_a_whole_file_is_stored(project, body):
    """By its own name, by another that becomes it, by a copy."""
    project.write("a.txt", "new")
    said = project.script(f"""
        import os, shutil
        from hitsave import OutputFile, memo

        @memo
        def write(out: OutputFile):
            print("computing")
            {body}

        write("out.txt")
        """)
    assert said.quiet == ["computing"]
    (project.root / "out.txt").unlink()
    assert project.run("main.py").quiet == []
    assert (project.root / "out.txt").read_text() == "new"


def test_bad_input_runs_uncached_with_one_warning(project):
    """A file that is not there, a folder for a file, a link that leads to itself or out of the folder, a pipe: the function sees it as it is."""
    os.symlink("loop", project.root / "loop")
    project.write("data/a.txt", "one")
    os.symlink("/etc/hostname", project.root / "data" / "out")
    (project.root / "pipes").mkdir()
    os.mkfifo(project.root / "pipes" / "pipe")
    said = project.script("""
        from hitsave import InputDir, InputFile, memo

        @memo
        def one(path: InputFile):
            return "ran"

        @memo
        def all_of(path: InputDir):
            return "ran"

        @memo
        def other(path: InputDir):
            return "ran"

        @memo
        def file(path: InputDir):
            return "ran"

        @memo
        def loops(path: InputFile):
            return "ran"

        for function, path in ((one, "gone"), (one, "gone"), (loops, "loop"), (all_of, "data"), (other, "pipes"), (file, "main.py")):
            print(function(path))
        """)
    assert said.printed == ["ran"] * 6
    root = project.root
    assert [warning.partition("uncached: ")[2] for warning in said.warnings] == [
        f"{root}/gone is not there. Look at its name.",
        f"{root}/loop is a link that leads to itself. Pass what it was meant to lead to.",
        f"{root}/data/out is a link that leads out of the folder, to /etc/hostname, where changes would go unseen. Put what it leads to into the folder, or pass that as an argument of its own.",
        f"{root}/pipes/pipe is neither a file, a folder nor a link, so it has no content to keep. Leave it out.",
        "main.py is a file, where a folder is wanted. Annotate the parameter as InputFile.".replace("main.py", f"{root}/main.py"),
    ]


def test_a_file_that_changes_while_the_function_runs_is_not_stored(project):
    """By the function itself, too."""
    project.write("a.txt", "one")
    said = project.script("""
        from hitsave import InputFile, memo

        @memo
        def write(path: InputFile):
            path.write_text("two")

        write("a.txt")
        """)
    assert "a.txt changed while the function ran" in said.warned


def test_what_two_evaluations_write_at_once_is_nobodys_output(project):
    """The file may hold what the other one wrote; each is computed again."""
    said = project.script("""
        import threading
        from pathlib import Path
        from hitsave import OutputFile, memo

        begun, written = threading.Event(), threading.Event()

        @memo
        def first(out: OutputFile):
            out.write_text("first")
            begun.set()
            written.wait()

        @memo
        def second(out: OutputFile):
            begun.wait()
            out.write_text("second")
            written.set()

        threads = [threading.Thread(target=function, args=("out.txt",)) for function in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for function in (first, second, first):
            function("out.txt")
            print(Path("out.txt").read_text())
    """)
    assert said.printed == ["first", "second", "first"]
    assert {warning.partition("another evaluation wrote")[0] for warning in said.warnings} == {
        f"The result of {name}() is not stored: " for name in ("first", "second")
    }
