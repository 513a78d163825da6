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
