"""What code asks of its process counts: the words of the command line, and the current folder."""

from __future__ import annotations

import sys

import pytest

TEXT = """
    import argparse, functools, os, sys
    from pathlib import Path
    from hitsave import memo

    def options():
        parser = argparse.ArgumentParser()
        parser.add_argument("--rate", type=float, default=0.1)
        return parser.parse_args()

    @functools.lru_cache
    def once():
        return options()

    @memo
    def parsed(n):
        print("parsed")
        return options().rate * n

    @memo
    def kept(n):
        print("kept")
        return once().rate * n

    @memo
    def words(n):
        print("words")
        return sys.argv[1:]

    @memo
    def where(n):
        print("where")
        return os.path.basename(os.getcwd()), Path.cwd().name

    @memo
    def goes(n):
        print("goes")
        before = os.getcwd()
        os.chdir(os.path.dirname(os.path.abspath(__file__)))
        os.chdir(before)
        return n

    def complain():
        sys.exit(sys.argv)

    @memo
    def neither(n):
        print("neither")
        if not n:
            complain()
        return n

    def main():
        print(parsed(2), kept(2), words(2), where(2), goes(2), neither(2))

    main()
"""
NEITHER = ["neither"] if sys.version_info < (3, 12) else []
"""What never ran can be told from Python 3.12 on."""
EVERY = ["parsed", "kept", "words", "where", "goes", "neither"]


def test_the_command_line_counts_where_it_is_read(project):
    """By `sys.argv` and by `argparse`, also where a cache keeps what was parsed; not for those whose code never came to read it, nor for `main`'s own reading."""
    project.write("main.py", TEXT)
    plain = "0.2 0.2 [] ('project', 'project') 2 2"
    assert project.run("main.py").quiet == [*EVERY, plain]
    assert project.run("main.py").quiet == [plain]
    faster = project.run("main.py", "--rate", "0.5", HITSAVE_NOTICES="off").quiet
    assert faster == ["parsed", "kept", "words", *NEITHER, "1.0 1.0 ['--rate', '0.5'] ('project', 'project') 2 2"]
    assert project.run("main.py").quiet == [plain]
    assert project.run("main.py", "--rate", "0.7").notices[:1] == ["parsed() runs again: the command line is another"]


def test_the_current_folder_counts_where_it_is_asked_for(project):
    """But not for who goes elsewhere and asks only to come back."""
    project.write("main.py", TEXT)
    other = project.root / "other"
    other.mkdir()
    project.run("main.py")
    main = str(project.root / "main.py")
    said = project.run(main, cwd=other)
    assert said.printed == ["where", "0.2 0.2 [] ('other', 'other') 2 2"]
    assert said.notices == ["where() runs again: the current folder is another"]
    assert project.run(main, cwd=other).quiet == ["0.2 0.2 [] ('other', 'other') 2 2"]


@pytest.mark.parametrize("words", ["sys.argv = ['x', '--rate', '2']", "sys.argv[1:] = ['--rate', '2']"])
def test_words_that_the_program_sets_itself_are_the_command_line(project, words):
    """In one process as well."""
    said = project.script(TEXT.replace("\n    main()\n", f"\n    main()\n    {words}\n    main()\n"), HITSAVE_NOTICES="off")
    assert said.quiet[7:] == ["parsed", "kept", "words", *NEITHER, "4.0 0.2 ['--rate', '2'] ('project', 'project') 2 2"]


CHILD = """
    import os, subprocess, sys, time
    from datetime import datetime
    from hitsave import memo
    import setting

    @memo
    def child(n):
        print("child")
        os.environ["OF_THE_CALL"] = "1"
        return subprocess.run([sys.executable, "-c", "import os; print(os.environ.get('LEVEL'))"], capture_output=True, text=True).stdout.strip()

    @memo
    def alone(n):
        print("alone")
        return n

    @memo
    def at(seconds):
        print("at")
        return datetime.fromtimestamp(seconds).isoformat()

    print(child(1), alone(1), at(0))
"""


def test_what_a_module_gives_to_all_children_counts_for_who_makes_one(project):
    """Variables of the environment that this process has set, and no others; those that the evaluation itself sets are no input. And the time zone counts for who asks for local times."""
    project.write("setting.py", "import os, time\nos.environ['LEVEL'] = '3'\nos.environ['TZ'] = 'UTC'\ntime.tzset()\n")
    assert project.script(CHILD).quiet == ["child", "alone", "at", "3 1 1970-01-01T00:00:00"]
    assert project.run().quiet == ["3 1 1970-01-01T00:00:00"]
    project.edit("setting.py", "'3'", "'4'")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["child", "4 1 1970-01-01T00:00:00"]
    project.edit("setting.py", "UTC", "JST-9")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["child", "at", "4 1 1970-01-01T09:00:00"]
