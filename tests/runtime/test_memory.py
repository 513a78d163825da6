"""The memory tier: a call repeated in one process gives what the ordinary way would give, whatever was changed in between."""

from __future__ import annotations

import pytest

START = """
    import os
    from hitsave import memo, disabled
    import conf

    RATE = 2

    def step(x, factor=1, *, more=0):
        return sum([x * RATE, conf.SHIFT]) * factor + more

    class Model:
        scale = 1
        def run(self, x):
            return step(x) * self.scale

    def made(cell):
        @memo
        def local(x):
            print("runs")
            return x * cell
        def set(value):
            nonlocal cell
            cell = value
        return local, set

    local, set_cell = made(5)

    @memo
    def f(x, y=0, *, z=0):
        print("runs")
        return Model().run(x) + y + z

    def asked(call):
        \"\"\"What a call prints and gives; the first of them may compute, the others must not.\"\"\"
        return [call() for _ in range(5)][-1]

    print(asked(lambda: f(3)))
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("", ["16"]),
        ("RATE = 3", ["runs", "19"]),
        ("RATE = 2.0", ["runs", "16.0"]),
        ("RATE = 3; asked(lambda: f(3)); RATE = 2", ["runs", "16"]),
        ("conf.SHIFT = 1", ["runs", "7"]),
        ("step = lambda x: 0", ["runs", "0"]),
        ("def step(x): return 1", ["runs", "1"]),
        ("step.__code__ = (lambda x, factor: 2).__code__", ["runs", "2"]),
        ("step.__defaults__ = (2,)", ["runs", "32"]),
        ("step.__kwdefaults__['more'] = 1", ["runs", "17"]),
        ("step.__kwdefaults__['more'] = False", ["runs", "16"]),
        ("f.__wrapped__.__kwdefaults__['z'] = 1", ["runs", "17"]),
        ("step.mark = 1", ["runs", "16"]),
        ("Model.run.mark = 1", ["runs", "16"]),
        ("asked.mark = 1", ["16"]),
        ("Model.scale = 2", ["runs", "32"]),
        ("Model.scale = True", ["runs", "16"]),
        ("Model.run = lambda self, x: 4", ["runs", "4"]),
        ("Model.__add__ = lambda self, x: 4", ["runs", "16"]),
        ("sum = len", ["runs", "2"]),
        ("del RATE; import builtins; builtins.RATE = 1", ["runs", "13"]),
        ("import sys; sys.modules['conf'] = conf = type(sys)('conf'); conf.SHIFT = 0", ["runs", "6"]),
        ("f.function.__defaults__ = (1,)", ["runs", "17"]),
        ("os.environ['HITSAVE'] = 'off'", ["runs"] * 5 + ["16"]),
        ("os.environ['HITSAVE_DIR'] += '-other'", ["runs", "16"]),
        ("f.clear()", ["runs", "16"]),
    ],
)
def test_what_was_changed_in_between_counts(project, change, expected):
    """Rebound, patched, shadowed, switched off or cleared: no call gives what held before."""
    project.write("conf.py", "SHIFT = 10\n")
    text = START + f"    {change}\n    print(asked(lambda: f(3)))\n"
    said = project.script(text, HITSAVE_NOTICES="off")
    assert said.printed == ["runs", "16", *expected]


def test_values_that_python_holds_equal_are_told_apart(project):
    """By their types, and zeros by their signs; however the call is written."""
    project.write("conf.py", "SHIFT = 10\n")
    text = """
    @memo
    def g(x, y=0):
        return repr((x, y))

    for _ in range(4):
        print(g(1), g(1.0), g(True), g(0.0), g(-0.0), g(0), g("1"), g(b"1"), g(None), g(1, 1), g(1, y=1), g(x=1, y=True), g(y=1, x=2))
    """
    row = "(1, 0) (1.0, 0) (True, 0) (0.0, 0) (-0.0, 0) (0, 0) ('1', 0) (b'1', 0) (None, 0) (1, 1) (1, 1) (1, True) (2, 1)"
    assert project.script(START.split("print(asked", 1)[0] + text).printed == [row] * 4


def test_files_variables_and_folders_are_looked_at_again(project):
    """As they are at each call."""
    project.write("conf.py", "SHIFT = 10\n")
    project.write("words.txt", "one")
    (project.root / "sub").mkdir()
    project.write("sub/words.txt", "other")
    said = project.script(
        """
        import os, time
        from hitsave import memo

        @memo
        def words():
            with open("words.txt") as file:
                return file.read() + os.environ.get("SUFFIX", "")

        def asked():
            return [words() for _ in range(5)][-1]

        os.utime("words.txt", (1, 1))
        time.sleep(2.1)
        print(asked())
        os.environ["SUFFIX"] = "s"
        print(asked())
        os.chdir("sub")
        print(asked())
        os.chdir("..")
        with open("words.txt", "w") as file:
            file.write("two")
        print(asked())
        """,
        HITSAVE_NOTICES="off",
    )
    assert said.printed == ["one", "ones", "others", "twos"]


def test_results_that_can_be_changed_are_not_shared(project):
    """Each call gets one of its own."""
    project.write("conf.py", "SHIFT = 10\n")
    said = project.script(
        """
        from hitsave import memo

        @memo
        def rows(n):
            return list(range(n))

        for _ in range(5):
            found = rows(3)
            print(found)
            found.append("spoiled")
        """
    )
    assert said.printed == ["[0, 1, 2]"] * 5


def test_a_closure_variable_that_was_set_counts(project):
    """Though no name was rebound."""
    project.write("conf.py", "SHIFT = 10\n")
    text = START + "    print(asked(lambda: local(2)))\n    set_cell(7)\n    print(asked(lambda: local(2)))\n"
    assert project.script(text, HITSAVE_NOTICES="off").printed == ["runs", "16", "runs", "10", "runs", "14"]


@pytest.mark.parametrize("change", ["from collections import namedtuple; namedtuple('Late', 'a', defaults=(1,))", "asked.__defaults__ = (1,)"])
def test_a_call_is_remembered_again_after_functions_of_no_account_were_replaced(project, change):
    """Each class that `collections.namedtuple` makes with defaults replaces those of a function; libraries make some at any time."""
    project.write("conf.py", "SHIFT = 10\n")
    text = START + f"    {change}\n    f(3)\n    f(3)\n    print(f.memory.recall((3,), {{}}))\n"
    assert project.script(text).printed == ["runs", "16", "16"]


def test_hits_are_counted_and_disabling_holds(project):
    """Every hit, also those that the store was not asked for."""
    project.write("conf.py", "SHIFT = 10\n")
    text = (
        START
        + """
    with disabled():
        f(3)
    for _ in range(100):
        f(3)
    from hitsave.runtime import statistics
    statistics.flush()
    print([entry.hits for entry in f.entries()])
    """
    )
    assert project.script(text).printed == ["runs", "16", "runs", "[104]"]


def test_what_another_process_cleared_is_computed_again(project):
    """At the latest a second or so later."""
    project.write("conf.py", "SHIFT = 10\n")
    text = (
        START
        + """
    import subprocess, sys, time
    subprocess.run([sys.executable, "-c", "import main"], check=True, stdout=subprocess.DEVNULL, env={**os.environ, "CLEARS": "1"})
    time.sleep(1.2)
    print(f(3))
    """
    )
    clearing = text.replace(
        "    print(asked(lambda: f(3)))\n", "    if os.environ.get('CLEARS'):\n        f.clear(); raise SystemExit\n    print(asked(lambda: f(3)))\n"
    )
    assert project.script(clearing).printed == ["runs", "16", "runs", "16"]
