"""Statements that never ran in a process are no part of what its results depend on; what they do without being run is."""

from __future__ import annotations

import sys

import pytest

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="which lines ran is recorded from Python 3.12 on")

MAIN = """
    from hitsave import memo
    import lib
    @memo
    def run(x):
        print("ran")
        if x > 100:
            return "large"
        return lib.f(x)
    print(run(1))
"""
LIB = """
    def f(x):
        if x < 0:
            y = -x
            return y
        for i in range(x):
            if i > 50:
                break
            x += 1
        try:
            x = int(x)
        except ValueError:
            x = 0
        def inner(k):
            if k == 77:
                return 0
            return k
        def idle():
            return 5
        return inner(x), shown(x)

    def shown(x):
        if x > 10:
            z = 1
        return sorted(locals())
"""
RUNS = [
    ("lib.py", "y = -x", "y = -x * 2", False),
    ("lib.py", "return y", "return [y]", False),
    ("lib.py", "x = 0", "raise", False),
    ("lib.py", "x = 0", "x = 1", False),
    ("lib.py", "return 0", "return 1", False),
    ("lib.py", "return 5", "return 6", False),
    ("main.py", '"large"', '"huge"', False),
    ("lib.py", "i > 50", "i > 40", True),
    ("lib.py", "break", "pass", True),  # too little for the interpreter to tell
    ("lib.py", "return y", "yield y", True),  # now it is a generator
    ("lib.py", "y = -x", "global y; y = -x", True),
    ("lib.py", "return k\n", "return k + 1\n", True),
    ("lib.py", "z = 1", "z = 2", True),  # in a function that looks at its own names
]


@pytest.mark.parametrize(("file", "before", "after", "runs"), RUNS)
def test_only_edits_of_statements_that_ran_or_of_names_run_the_function_again(project, file, before, after, runs):
    """And of statements that leave no trace when they run."""
    project.write("lib.py", LIB)
    project.script(MAIN)
    project.edit(file, before, after)
    said = project.run(HITSAVE_NOTICES="off")
    assert ("ran" in said.printed) == runs


def test_equal_functions_on_equal_lines_of_two_files_are_told_apart(project):
    """The interpreter takes their code for equal."""
    text = """
        def f(x):
            return x + 1
    """
    project.write("one.py", text)
    project.write("two.py", text)
    project.script("""
        from hitsave import memo
        import one, two
        TABLE = {"one": one.f, "two": two.f}
        @memo
        def run(x):
            return TABLE["one"](x), TABLE["two"](x)
        print(run(1))
    """)
    project.edit("two.py", "x + 1", "x + 2")
    assert project.run(HITSAVE_NOTICES="off").printed == ["(2, 3)"]


@pytest.mark.parametrize("deep", [False, True])
def test_a_statement_that_reads_code_reads_none_where_it_never_ran(project, deep):
    """Then idle statements of others are left out as ever; where it ran, all of the code counts."""
    project.write(
        "lib.py",
        """
        def described(function, deep):
            if deep:
                return len(function.__code__.co_consts) > 1
            return function.__name__

        def helper(x):
            if x > 100:
                return "large"
            return x
        """,
    )
    project.script(f"""
        from hitsave import memo
        import lib
        @memo
        def run(x):
            print("ran")
            return lib.described(lib.helper, {deep}), lib.helper(x)
        print(run(1))
    """)
    project.edit("lib.py", '"large"', '"huge"')
    assert ("ran" in project.run(HITSAVE_NOTICES="off").printed) is deep


def test_functions_of_a_module_that_was_never_loaded_never_ran(project):
    """One that is only imported where an error is told of, and reads code there, keeps nothing from being left out."""
    project.write("errors.py", "def told(function):\n    return function.__code__.co_code\n")
    project.write("lib.py", "def helper(x):\n    if x > 100:\n        return 'large'\n    return x\n")
    project.script("""
        from hitsave import memo
        import lib
        @memo
        def run(x):
            print("ran")
            try:
                return lib.helper(x)
            except TypeError:
                from errors import told
                return told(lib.helper)
        print(run(1))
    """)
    project.edit("errors.py", "co_code", "co_consts")
    project.edit("lib.py", "'large'", "'huge'")
    assert project.run(HITSAVE_NOTICES="off").printed == ["1"]


def test_a_module_that_was_loaded_by_another_name_of_its_folder_did_run(project):
    """A link to a folder is on the import path."""
    project.write("real/lib.py", "def helper(x):\n    return x + 1\n")
    (project.root / "linked").symlink_to("real", target_is_directory=True)
    text = """
        import os, sys
        sys.path.insert(0, os.path.join(os.path.dirname(__file__), "linked"))
        from hitsave import memo
        import lib
        @memo
        def run(x):
            print("ran")
            return lib.helper(x)
        print(run(1))
    """
    assert project.script(text).quiet == ["ran", "2"]
    assert project.run().quiet == ["2"]
    project.edit("real/lib.py", "x + 1", "x + 2")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["ran", "3"]


LOADED = """
    from hitsave import memo

    class Point:
        def __init__(self, x):
            self.x = x

        def __getstate__(self):
            return {"x": self.x}

        def __setstate__(self, state):
            self.x = state["x"] + 0

    class Line:
        def __init__(self, length):
            self.length = length

        def __reduce__(self):
            return rebuilt, (self.length,)

    def rebuilt(length):
        return Line(whole(length))

    def whole(length):
        return length

    @memo
    def point(x):
        print("point", x)
        return Point(x)

    @memo
    def line(x):
        print("line", x)
        return Line(x)

    print(point(1).x, line(2).length)
"""


def test_what_runs_to_load_a_result_counts_though_it_never_ran(project):
    """A hit would make something else of what was stored."""
    assert project.script(LOADED).quiet == ["point 1", "line 2", "1 2"]
    assert project.run().quiet == ["1 2"]
    project.edit("main.py", '["x"] + 0', '["x"] + 5')
    assert project.run(HITSAVE_NOTICES="off").quiet == ["point 1", "1 2"]
    project.edit("main.py", "    return length", "    return length + 7")
    assert project.run(HITSAVE_NOTICES="off").quiet[0] == "line 2"
