"""The one line that says why a function runs again: only where that is news."""

from __future__ import annotations

APP = """
    from hitsave import memo
    from helper import step, RATE

    @memo
    def f(x):
        print("runs", x)
        return step(x) * RATE

    @memo
    def g(x):
        print("runs g", x)
        return f(x)

    @memo
    def alone(x):
        print("alone", x)
        return x

    print(f(1), f(2), g(1), alone(1))
"""
HELPER = "RATE = 2\n\n\ndef step(x):\n    return x + 1\n"


def test_a_function_says_once_why_it_runs_again(project):
    """Where the same arguments were computed under other code: once a function and process, and not where nothing changed or nothing was there."""
    project.write("helper.py", HELPER)
    assert project.script(APP).quiet == ["runs 1", "runs 2", "runs g 1", "alone 1", "4 6 4 1"]
    assert project.run().quiet == ["4 6 4 1"]
    project.edit("helper.py", "x + 1", "x + 2")
    said = project.run()
    assert said.printed == ["runs 1", "runs 2", "runs g 1", "6 8 6 1"]
    assert said.notices == [
        "f() runs again: step() changed, helper.py:4",
        "g() runs again: step() changed, helper.py:4, reached through g → f → step",
    ]
    assert (said.warnings, said.rest) == ([], "")
    assert project.run().quiet == ["6 8 6 1"]
    project.edit("helper.py", "RATE = 2", "RATE = 3")
    project.edit("helper.py", "x + 2", "x - 2")
    said = project.run("-W", "error", "main.py", HITSAVE_NOTICES="on")
    assert said.notices[0] == "f() runs again: step() changed, helper.py:4 (and 1 more)"
    project.edit("main.py", "f(1), f(2), g(1)", "f(3), f(4), g(3)")
    assert project.run().notices == []


def test_undoing_an_edit_brings_the_old_results_back_without_a_word(project):
    """They are as good as they were."""
    project.write("helper.py", HELPER)
    project.script(APP)
    project.edit("helper.py", "x + 1", "x + 2")
    project.run()
    project.edit("helper.py", "x + 2", "x + 1")
    assert project.run().quiet == ["4 6 4 1"]


def test_what_cannot_matter_is_no_news(project):
    """Comments, formatting, docstrings, annotations, unrelated code."""
    project.write("helper.py", HELPER)
    project.script(APP)
    project.write(
        "helper.py", "# about\nRATE = (2)\ndef other():\n    pass\n\ndef step(x: int) -> int:\n    '''Says what.'''\n    return (x+1)  # so\n"
    )
    assert project.run().quiet == ["4 6 4 1"]


def test_notices_can_be_switched_off(project):
    """And are not given where results are computed anew on purpose."""
    project.write("helper.py", HELPER)
    project.script(APP)
    project.edit("helper.py", "x + 1", "x + 2")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["runs 1", "runs 2", "runs g 1", "6 8 6 1"]
    project.edit("helper.py", "x + 2", "x + 3")
    assert project.run(HITSAVE="refresh").notices == []


def test_a_warning_points_at_the_line_that_called(project):
    """Whoever called it, through whatever of ours."""
    project.write(
        "main.py",
        """
        import warnings
        from hitsave import memo

        @memo
        def f(x):
            return 1

        @memo
        def outer():
            return f(n for n in "ab")

        class A:
            @memo
            def m(self, x):
                return 1

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            outer()
            A().m(n for n in "ab")
            list(f(n for n in "ab") for _ in range(3))
        print([(str(w.message).partition("(")[0], w.filename == __file__, w.lineno) for w in caught])
        """,
    )
    assert project.run().quiet == ["[('f', True, 11), ('A.m', True, 21)]"]


def test_reasons_are_said_in_a_persons_words(project):
    """A value, a name, a file, a variable of the environment."""
    project.write("helper.py", HELPER)
    project.write("in.txt", "one")
    text = """
        import os
        import helper
        from hitsave import memo

        def inner(x):
            return sum([x])

        @memo
        def by_value():
            return helper.RATE

        @memo
        def by_name():
            return inner(1)

        @memo
        def by_file():
            return open("in.txt").read()

        @memo
        def by_environment():
            return os.environ.get("UNIT")

        by_value(), by_name(), by_file(), by_environment()
    """
    assert project.script(text).quiet == []
    project.write("helper.py", HELPER.replace("RATE = 2", "RATE = 3"))
    project.write("in.txt", "two")
    project.write("main.py", text.replace("        def inner(x):", "        def sum(x):\n            return 3\n\n        def inner(x):"))
    said = project.run(UNIT="m")
    assert said.notices == [
        "by_value() runs again: RATE changed, helper.py:1",
        "by_name() runs again: sum in main is main:sum, was the built-in sum",
        "by_file() runs again: in.txt changed",
        "by_environment() runs again: environment variable UNIT changed",
    ]


def test_a_function_that_was_replaced_is_told_from_what_replaced_it(project):
    """Both are called by one name."""
    project.write("app.py", "from hitsave import memo\n\ndef rate():\n    return 2\n\n@memo\ndef total(n):\n    return n * rate()\n")
    said = project.script("""
        import app

        app.total(3)
        app.rate = lambda: 10
        print(app.total(3))
    """)
    assert said.printed == ["30"]
    assert said.notices == ["total() runs again: rate in app is what was put in the place of app:rate, was app:rate"]
