"""Modules that are first loaded while a function runs."""

from __future__ import annotations

import pytest

LAZY = """
    import functools

    def counting(function):
        @functools.wraps(function)
        def counted(x):
            return function(x) + counted.step
        counted.step = 1
        return counted

    class Rule:
        names = {"a": 1}
        size = len(names)

        def apply(self, x):
            return x + self.size

    @counting
    def apply(x):
        return Rule().apply(x)
"""
MAIN = """
    from hitsave import memo

    @memo
    def run(x):
        print("ran")
        import lazy
        return lazy.apply(x)

    print(run(1))
"""


def test_whether_they_are_loaded_before_or_not_is_no_change(project):
    """What they define has the same text."""
    project.write("lazy.py", LAZY)
    assert project.script(MAIN).quiet == ["ran", "3"]
    assert project.run().quiet == ["3"]
    project.edit("main.py", "from hitsave", "import lazy\nfrom hitsave")
    assert project.run().quiet == ["3"]
    project.edit("lazy.py", "counted.step = 1", "counted.step = 2")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["ran", "4"]
    project.edit("lazy.py", '"a": 1}', '"a": 1, "b": 2}')
    assert project.run(HITSAVE_NOTICES="off").quiet == ["ran", "5"]


def test_code_that_is_read_as_text_counts(project):
    """Python itself reads its sources as bytes, so whoever reads text wants to know it."""
    project.write("step.py", "def f(x):\n    return x + 1\n")
    project.script("""
        from hitsave import memo
        @memo
        def run(x):
            print("ran")
            space = {}
            exec(open("step.py").read(), space)
            return space["f"](x)
        print(run(1))
    """)
    assert project.run().printed == ["2"]
    project.edit("step.py", "x + 1", "x + 2")
    assert project.run(HITSAVE_NOTICES="off").printed == ["ran", "3"]


def test_files_that_a_child_process_is_told_of_count(project):
    """The script that it runs and what it is to read, in a shell's command line too; not what it writes."""
    project.write("double.py", "import sys\nprint(int(open(sys.argv[1]).read()) * 2, file=open(sys.argv[2], 'w'))\n")
    project.write("n.txt", "3")
    project.script("""
        import subprocess, sys
        from hitsave import memo
        @memo
        def run(x):
            print("ran")
            subprocess.run([sys.executable, "double.py", "n.txt", "out.txt"], check=True)
            return open("out.txt").read().strip(), subprocess.run("cat n.txt", shell=True, capture_output=True, text=True).stdout
        print(run(1))
    """)
    assert project.run().quiet == ["('6', '3')"]
    project.write("n.txt", "4")
    assert project.run(HITSAVE_NOTICES="off").printed == ["ran", "('8', '4')"]
    project.edit("double.py", "* 2", "* 3")
    assert project.run(HITSAVE_NOTICES="off").printed == ["ran", "('12', '4')"]


REGISTRY = {
    "base.py": "class Base:\n    name = 'base'\n",
    "plug.py": "from base import Base\n\nclass One(Base):\n    name = 'one'\n",
    "conf.py": "RATE = 2\n",
}


@pytest.mark.parametrize(
    ("file", "before", "after", "runs"),
    [
        ("plug.py", "'one'", "'uno'", True),
        ("plug.py", "class One", "class Two(Base):\n    name = 'two'\n\nclass One", True),
        ("plug.py", "class One", "# more\nclass One", False),
        ("conf.py", "RATE = 2", "RATE = 3", True),
    ],
)
def test_subclasses_and_loaded_modules_that_code_asks_for_count(project, file, before, after, runs):
    """``Base.__subclasses__()`` and ``sys.modules[name]`` name nothing that text could follow."""
    for name, text in REGISTRY.items():
        project.write(name, text)
    project.script("""
        import sys
        import base, conf, plug
        from hitsave import memo
        @memo
        def run(x):
            print("ran")
            return [c.name for c in base.Base.__subclasses__()], sys.modules["co" + "nf"].RATE
        print(run(1))
    """)
    project.edit(file, before, after)
    assert ("ran" in project.run(HITSAVE_NOTICES="off").printed) is runs


@pytest.mark.parametrize(("after", "runs"), [("def more(x):\n    return x\n\ndef step", True), ("# more\ndef step", False)])
def test_a_module_that_is_looked_through_counts_with_all_its_names(project, after, runs):
    """A function that is added to it may be one that is looked for."""
    project.write("steps.py", "def step(x):\n    return x + 1\n")
    project.script("""
        import steps
        from hitsave import memo
        @memo
        def run(x):
            print("ran")
            return [name for name in dir(steps) if not name.startswith("_")]
        print(run(1))
    """)
    project.edit("steps.py", "def step", after)
    assert ("ran" in project.run(HITSAVE_NOTICES="off").printed) is runs


UNWRITTEN = """
    import sys, types
    from hitsave import memo

    made = types.ModuleType("virtual")
    made.rate = 3
    sys.modules["virtual"] = made

    @memo
    def late(x):
        print("late")
        import names
        return x * names.RATE + names.f_b(x)

    @memo
    def virtual(x):
        print("virtual")
        import virtual
        return x * virtual.rate + made.rate

    print(late(2), virtual(2))
"""


def test_names_that_no_statement_binds_count(project):
    """In a module that only the call loads, all of its text does, and what that reaches; a module that the program has made is what is in it."""
    project.write(
        "names.py", "import maker\nfor n, v in [('RATE', 5)]:\n    globals()[n] = v\nfor n in 'ab':\n    globals()['f_' + n] = maker.make(n)\n"
    )
    project.write("maker.py", "K = 3\ndef make(n):\n    def f(x):\n        return x * K\n    return f\n")
    assert project.script(UNWRITTEN).quiet == ["late", "virtual", "16 9"]
    assert project.run().quiet == ["16 9"]
    project.edit("names.py", "('RATE', 5)", "('RATE', 6)")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["late", "18 9"]
    project.edit("maker.py", "K = 3", "K = 4")
    project.edit("main.py", "made.rate = 3", "made.rate = 4")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["late", "virtual", "20 12"]


LOADED_OTHERWISE = """
    import importlib.abc, importlib.util, os, sys

    class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, name, path=None, target=None):
            file = os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".dsl")
            return importlib.util.spec_from_file_location(name, file, loader=self) if os.path.exists(file) else None
        def create_module(self, spec):
            return None
        def exec_module(self, module):
            factor = int(open(module.__spec__.origin).read())
            module.apply = lambda x: x * factor

    sys.meta_path.insert(0, Finder())
"""


def test_a_module_of_no_python_text_counts_by_what_is_in_it(project):
    """Whatever an import hook made of its file."""
    project.write("hook.py", LOADED_OTHERWISE)
    project.write("rules.dsl", "3")
    text = """
        from hitsave import memo
        import hook
        import rules

        @memo
        def run(x):
            print("ran")
            return rules.apply(x)

        print(run(2))
    """
    assert project.script(text).quiet == ["ran", "6"]
    assert project.run().quiet == ["6"]
    project.write("rules.dsl", "4")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["ran", "8"]


def test_a_module_that_is_run_and_not_imported_counts_by_its_text(project):
    """`runpy` leaves nothing behind of it."""
    project.write("plugins/__init__.py", "")
    project.write("plugins/constants.py", "FACTOR = 2\n")
    text = """
        import runpy
        from hitsave import memo

        @memo
        def scaled(name, x):
            print("scaled")
            return runpy.run_module(name)["FACTOR"] * x

        print(scaled("plugins.constants", 5))
    """
    assert project.script(text).quiet == ["scaled", "10"]
    assert project.run().quiet == ["10"]
    project.write("plugins/constants.py", "FACTOR = 3\n")
    assert project.run().printed == ["scaled", "15"]


def test_what_they_are_set_to_counts(project):
    """Before the call in another process, or between two calls in one."""
    project.write("settings.py", 'RATE = 1\nLABEL = "a" * 2\n')
    project.write(
        "work.py",
        """
        from hitsave import memo

        @memo
        def run(x):
            print("ran")
            import settings
            return settings.RATE * x, settings.LABEL
        """,
    )
    project.write(
        "main.py",
        """
        import sys
        from work import run

        def change(name, value):
            import settings
            setattr(settings, name, value)

        if sys.argv[1:2] == ["first"]:
            change("RATE", 5)
        print(run(1), run(2))
        if sys.argv[1:2] == ["later"]:
            change("RATE", 6)
            print(run(1), run(2))
            change("LABEL", "b")
            print(run(1), run(2))
        """,
    )
    as_written, as_set = "(1, 'aa') (2, 'aa')", "(5, 'aa') (10, 'aa')"
    assert project.run("main.py", "first", HITSAVE_NOTICES="off").printed == ["ran", "ran", as_set]
    assert project.run("main.py", HITSAVE_NOTICES="off").printed == ["ran", "ran", as_written]
    for _ in range(2):
        assert project.run("main.py", "first", HITSAVE_NOTICES="off").printed == [as_set]
        assert project.run("main.py", HITSAVE_NOTICES="off").printed == [as_written]
    later = [as_written, "(6, 'aa') (12, 'aa')", "(6, 'b') (12, 'b')"]
    printed = project.run("main.py", "later", HITSAVE_NOTICES="off").printed
    assert [line for line in printed if line != "ran"] == later
    assert project.run("main.py", "later", HITSAVE_NOTICES="off").printed == later
