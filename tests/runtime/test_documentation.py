"""Docstrings and annotations count where something reads them, and nowhere else."""

from __future__ import annotations

import pytest

TYPED = """
    import functools, typer
    from typer.testing import CliRunner
    from hitsave import memo

    app = typer.Typer()

    @app.command()
    def tool(n: int = 1):
        \"\"\"Shows a number.\"\"\"
        typer.echo(repr(n))

    @functools.singledispatch
    def kind(x):
        return "other"

    @kind.register
    def _of_number(x: int):
        return "number"

    def helper(x: int):
        \"\"\"Helps.\"\"\"
        return x

    @memo
    def run(what):
        print("ran")
        return CliRunner().invoke(app, ["--n", what]).output.strip()

    @memo
    def dispatched(x):
        print("ran")
        return kind(helper(x))

    print(run("3"), dispatched(2.5))
"""


@pytest.mark.parametrize(
    ("before", "after", "printed"),
    [
        ("n: int", "n: float", ["ran", "3.0 other"]),
        ("_of_number(x: int)", "_of_number(x: float)", ["ran", "3 number"]),
        ("helper(x: int)", "helper(x: str)", ["3 other"]),
        ("Helps.", "Helps well.", ["3 other"]),
    ],
)
def test_annotations_that_a_library_dispatches_on_count(project, before, after, printed):
    """Of what it decorates; those of other functions don't."""
    project.script(TYPED)
    project.edit("main.py", before, after)
    assert project.run(HITSAVE_NOTICES="off").printed == printed


COPIES = """
    from hitsave import memo

    def told(function):
        def telling(x):
            return function(x)
        telling.__doc__ = function.__doc__
        telling.__annotations__ = {"x": int}
        return telling

    @told
    def helper(x: int):
        \"\"\"Helps.\"\"\"
        return x

    def title(function):
        return function.__doc__

    @memo
    def run(x):
        print("ran")
        return helper(x)

    @memo
    def titled(x):
        print("ran")
        return title(helper), x

    print(run(1))
"""


def test_who_stores_documentation_does_not_read_it(project):
    """Nor who copies it from one function to another; and who reads docstrings does not read annotations."""
    assert project.script(COPIES).quiet == ["ran", "1"]
    project.edit("main.py", "Helps.", "Helps well.")
    project.edit("main.py", "helper(x: int)", "helper(x: str)")
    assert project.run().quiet == ["1"]
    project.edit("main.py", "print(run(1))", "print(titled(1))")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["ran", "('Helps well.', 1)"]
    project.edit("main.py", "helper(x: str)", "helper(x: bool)")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["('Helps well.', 1)"]
    project.edit("main.py", "Helps well.", "Helps.")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["ran", "('Helps.', 1)"]


GIVEN = """
    import inspect, typer
    from typer.testing import CliRunner
    from hitsave import memo

    cli = typer.Typer()

    def command(f):
        return cli.command()(f)

    @command
    def decorated(n: int = 1):
        typer.echo(repr(n))

    def handed(n: int = 1):
        typer.echo(repr(n))

    def helper(x: int):
        return x

    @memo
    def through_our_own(x):
        print("ran")
        return CliRunner().invoke(cli, [x]).output.strip()

    @memo
    def on_the_spot(x):
        print("ran")
        app = typer.Typer()
        app.command()(handed)
        return CliRunner().invoke(app, [x]).output.strip()

    print(through_our_own("--n=3"), on_the_spot("--n=4"), helper(5))
"""


@pytest.mark.parametrize(
    ("before", "after", "printed"),
    [
        ("decorated(n: int", "decorated(n: float", ["ran", "3.0 4 5"]),
        ("handed(n: int", "handed(n: float", ["ran", "3 4.0 5"]),
        ("helper(x: int)", "helper(x: str)", ["3 4 5"]),
    ],
)
def test_what_is_given_to_a_library_counts_with_its_documentation(project, before, after, printed):
    """By a decorator of the project's own, or by a call; a function that is only called, without it."""
    project.script(GIVEN)
    project.edit("main.py", before, after)
    assert project.run(HITSAVE_NOTICES="off").printed == printed


PLACES = """
    import inspect
    from inspect import getsource as text_of
    from hitsave import memo

    # above
    def helper():
        return 1  # one

    def other():
        return 2  # two

    @memo
    def source(x):
        print("ran")
        return text_of(helper)

    @memo
    def line(x):
        print("ran")
        return helper.__code__.co_firstlineno

    @memo
    def here(x):
        print("ran")
        return inspect.currentframe().f_lineno

    @memo
    def nowhere(x):
        print("ran")
        return helper()

    print(CALL)
"""


@pytest.mark.parametrize(
    ("call", "edits", "runs"),
    [
        ("source(1)", [("# one", "# uno")], True),
        ("line(1)", [("# above", "# further\n# above")], True),
        ("line(1)", [("# two", "# due")], False),
        ("here(1)", [("# above", "# further\n# above")], True),
        ("nowhere(1)", [("# above", "# further\n# above"), ("# one", "# uno")], False),
    ],
)
def test_comments_and_lines_count_where_they_are_read(project, call, edits, runs):
    """And nowhere else."""
    project.script(PLACES.replace("CALL", call))
    for before, after in edits:
        project.edit("main.py", before, after)
    assert ("ran" in project.run(HITSAVE_NOTICES="off").printed) is runs


READ_BY_NAME = """
    from hitsave import memo

    def helper():
        \"\"\"Helps.\"\"\"
        return 1

    def other():
        \"\"\"Does something.\"\"\"
        return 2

    @memo
    def titled(x):
        print("ran")
        return helper.__doc__, other()

    print(titled(1))
"""


def test_documentation_that_is_read_by_name_is_that_of_one_definition(project):
    """That of others doesn't count."""
    project.script(READ_BY_NAME)
    project.edit("main.py", "Does something.", "Does anything.")
    assert project.run().quiet == ["('Helps.', 2)"]
    project.edit("main.py", "Helps.", "Helps well.")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["ran", "('Helps well.', 2)"]
