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


WARNING = """
    import sys, warnings
    from hitsave import memo

    def root(x):
        if x < 0:
            warnings.warn("below zero", RuntimeWarning)
        return abs(x)

    @memo
    def warns(x):
        print("warns")
        return root(x)

    @memo
    def minds(x):
        print("minds")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return x

    def tried():
        try:
            return warns(-1), minds(1)
        except RuntimeWarning:
            return "raised"
"""


def test_warnings_that_are_errors_count_for_who_warns(project):
    """A result of before would hide the error. Other filters change nothing, and who sets them for a while asks for none."""
    text = WARNING + "\n    print(tried())\n"
    project.script(text, "-W", "ignore", HITSAVE_NOTICES="off")
    assert project.script(text, "-W", "ignore").quiet == ["(1, 1)"]
    assert project.run("-W", "ignore::UserWarning", "main.py").quiet == ["(1, 1)"]
    assert project.run("-W", "ignore::UserWarning", "-W", "error", "main.py").printed == ["warns", "raised"]
    assert project.run("-W", "ignore", "main.py").quiet == ["(1, 1)"]
    said = project.run("-W", "ignore::RuntimeWarning", "-W", "error::UserWarning", "main.py")
    assert said.printed == ["warns", "(1, 1)"]
    assert said.notices == ["warns() runs again: other warnings are errors"]


def test_a_filter_that_the_program_sets_counts(project):
    """In one process as well, for calls that memory answers too."""
    text = WARNING.replace("import sys, warnings", "import sys, warnings\n    warnings.simplefilter('ignore')")
    calls = "\n    print([tried() for _ in range(9)])\n    warnings.simplefilter('error')\n    print(tried())\n    warnings.simplefilter('ignore')\n    print(tried())\n"
    assert project.script(text + calls, HITSAVE_NOTICES="off").printed == ["warns", "minds", str([(1, 1)] * 9), "warns", "raised", "(1, 1)"]


@pytest.mark.skipif(sys.version_info < (3, 13), reason="warnings.deprecated is new there")
def test_who_calls_what_is_deprecated_warns(project):
    """By its decorator."""
    text = """
        import warnings
        from hitsave import memo

        @warnings.deprecated("gone soon")
        def old(x):
            return x

        @memo
        def uses(x):
            print("uses")
            return old(x)

        print(uses(1))
    """
    assert project.script(text, "-W", "ignore").quiet == ["uses", "1"]
    assert "DeprecationWarning: gone soon" in project.run("-W", "error", "main.py", fails=True).rest


STATES = """
    import decimal, locale, sys
    from decimal import Decimal
    from hitsave import memo
    import setting

    @memo
    def divided(x):
        print("divided")
        return str(Decimal(1) / x)

    @memo
    def exact(x):
        print("exact")
        decimal.getcontext().prec = 5
        return str(Decimal(1) / x)

    @memo
    def exact_for_a_while(x):
        print("for a while")
        with decimal.localcontext() as context:
            context.prec = 5
            return str(Decimal(1) / x)

    @memo
    def spoken():
        print("spoken")
        return locale.getlocale()[1]

    @memo
    def deepest():
        print("deepest")
        return sys.getrecursionlimit()

    @memo
    def deep(x):
        print("deep")
        sys.setrecursionlimit(max(4000 + x, sys.getrecursionlimit()))
        return x

    print(divided(3), exact_for_a_while(3), spoken(), deepest(), deep(1), deep(2), exact(3), exact(4))
"""


def test_what_the_process_is_set_to_counts_for_who_goes_by_it(project):
    """The context of decimals, the locale, the limits of the interpreter; not for who sets them itself, whatever a call before has left."""
    quiet = {"HITSAVE_NOTICES": "off", "LC_ALL": "C.UTF-8"}
    project.write("setting.py", "import decimal, locale, sys\n")
    every = ["divided", "for a while", "spoken", "deepest", "deep", "deep", "exact", "exact"]
    result = "0.3333333333333333333333333333 0.33333 UTF-8 1000 1 2 0.33333 0.25"
    assert project.script(STATES, **quiet).quiet == [*every, result]
    assert project.run(**quiet).quiet == [result]
    project.write("setting.py", "import decimal, locale, sys\ndecimal.getcontext().prec = 7\nsys.setrecursionlimit(3000)\n")
    assert project.run(**quiet).quiet == ["divided", "deepest", "0.3333333 0.33333 UTF-8 3000 1 2 0.33333 0.25"]
    project.write("setting.py", "import decimal, locale, sys\nlocale.setlocale(locale.LC_ALL, 'C')\n")
    assert project.run(**quiet).quiet == ["spoken", "0.3333333333333333333333333333 0.33333 None 1000 1 2 0.33333 0.25"]


def test_what_is_asked_for_may_have_another_name(project):
    """That of an import."""
    text = """
        from os import getcwd as here
        from sys import argv as words
        from time import localtime as local
        from hitsave import memo

        @memo
        def asked():
            print("asked")
            return here()[-7:], words[1:], local(0).tm_hour

        print(asked())
    """
    assert project.script(text, TZ="UTC").quiet == ["asked", "('project', [], 0)"]
    assert project.run("main.py", TZ="UTC").quiet == ["('project', [], 0)"]
    assert project.run("main.py", "-v", TZ="UTC", HITSAVE_NOTICES="off").quiet == ["asked", "('project', ['-v'], 0)"]
    assert project.run("main.py", "-v", TZ="JST-9", HITSAVE_NOTICES="off").quiet == ["asked", "('project', ['-v'], 9)"]
