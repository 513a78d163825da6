"""Questions about files that are not opened: an answer that changes is a change."""

from __future__ import annotations

import sys

import pytest

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.11 has nothing that tells of such questions at no cost")

ASKING = """
    import os
    from pathlib import Path
    from hitsave import memo

    @memo
    def by_path(x):
        print("by_path")
        return Path("flag").exists()

    @memo
    def by_name(x):
        print("by_name")
        return os.path.isfile("flag"), os.path.isdir("flag")

    @memo
    def by_size(x):
        print("by_size")
        return os.path.getsize("always")

    print(by_path(1), by_name(1), by_size(1))
"""


def test_a_file_that_appears_or_goes_is_noticed(project):
    """And that a folder has taken its place."""
    project.write("always", "12")
    assert project.script(ASKING).quiet == ["by_path", "by_name", "by_size", "False (False, False) 2"]
    assert project.run("main.py").quiet == ["False (False, False) 2"]
    project.write("flag", "")
    said = project.run("main.py")
    assert said.printed == ["by_path", "by_name", "True (True, False) 2"]
    assert said.notices == ["by_path() runs again: flag appeared", "by_name() runs again: flag appeared"]
    project.write("flag", "its content was not asked for")
    assert project.run("main.py").quiet == ["True (True, False) 2"]
    (project.root / "flag").unlink()
    assert project.run("main.py").quiet == ["False (False, False) 2"]
    (project.root / "flag").mkdir()
    assert project.run("main.py").printed == ["by_path", "by_name", "True (False, True) 2"]


def test_a_size_counts_by_the_content(project):
    """A file that is asked for its size is read, in a way."""
    project.write("always", "12")
    project.script(ASKING)
    project.write("always", "123")
    assert project.run("main.py").printed == ["by_size", "False (False, False) 3"]


def test_what_an_evaluation_made_itself_is_not_its_input(project):
    """It asks, finds nothing, and makes it; the next process finds it there."""
    made = """
        import os
        from hitsave import memo

        @memo
        def saved(x):
            print("saved")
            if not os.path.exists("out"):
                os.makedirs("out/plots")
            if not os.path.exists("out/plots/one.txt"):
                with open("out/plots/one.txt", "w") as file:
                    file.write("one")
            return os.path.exists("out/plots/one.txt")

        print(saved(1))
    """
    assert project.script(made).quiet == ["saved", "True"]
    assert project.run("main.py").quiet == ["True"]
    assert project.run("main.py").quiet == ["True"]


def test_what_lies_in_a_folder_that_an_evaluation_made_is_not_its_input(project):
    """A program writes into a temporary folder, where nobody sees it; the folder is gone when the next process asks."""
    made = """
        import os, subprocess, sys, tempfile
        from hitsave import memo

        @memo
        def converted(x):
            print("converted")
            with tempfile.TemporaryDirectory() as folder:
                out = os.path.join(folder, "out.txt")
                subprocess.run([sys.executable, "-c", f"open({out!r}, 'w').write('done')"], check=True)
                assert os.path.exists(out) and os.listdir(folder)
                with open(out) as file:
                    return file.read()

        print(converted(1))
    """
    assert project.script(made).quiet == ["converted", "done"]
    assert project.run("main.py").quiet == ["done"]


def test_what_lies_in_a_folder_that_was_there_before_is(project):
    """Making sure that there is one makes nothing."""
    project.write("data/in.txt", "one")
    made = """
        import os
        from hitsave import memo

        @memo
        def read(x):
            print("read")
            os.makedirs("data", exist_ok=True)
            with open("data/in.txt") as file:
                return file.read(), os.path.exists("data/more.txt"), sorted(os.listdir("data"))

        print(read(1))
    """
    assert project.script(made).quiet == ["read", "('one', False, ['in.txt'])"]
    assert project.run("main.py").quiet == ["('one', False, ['in.txt'])"]
    project.write("data/in.txt", "two")
    assert project.run("main.py").printed == ["read", "('two', False, ['in.txt'])"]
    project.write("data/more.txt", "")
    assert project.run("main.py").printed == ["read", "('two', True, ['in.txt', 'more.txt'])"]


def test_questions_to_the_system_are_inputs(project):
    """A file's size and presence, asked of `os.stat`, `os.access` and an entry of a listing; where there is none, that there is none."""
    project.write("data/a.txt", "12")
    text = """
        import os
        from hitsave import memo

        @memo
        def size(name):
            print("size")
            try:
                return os.stat(name).st_size
            except OSError:
                return None

        @memo
        def readable(name):
            print("readable")
            return os.access(name, os.R_OK)

        @memo
        def sizes(folder):
            print("sizes")
            return sorted((entry.name, entry.stat().st_size) for entry in os.scandir(folder))

        print(size("data/b.txt"), readable("data/b.txt"), sizes("data"))
    """
    first = "None False [('a.txt', 2)]"
    assert project.script(text).quiet == ["size", "readable", "sizes", first]
    assert project.script(text).quiet == [first]
    project.write("data/a.txt", "123")
    assert project.script(text, HITSAVE_NOTICES="off").quiet == ["sizes", "None False [('a.txt', 3)]"]
    project.write("data/b.txt", "1")
    assert project.script(text, HITSAVE_NOTICES="off").quiet == ["size", "readable", "sizes", "1 True [('a.txt', 3), ('b.txt', 1)]"]
    project.write("data/b.txt", "1234")
    assert project.script(text, HITSAVE_NOTICES="off").quiet == ["size", "sizes", "4 True [('a.txt', 3), ('b.txt', 4)]"]
