"""A hit within an evaluation passes on what its own evaluation had depended on."""

from __future__ import annotations

import pytest

INNER = """
    import importlib, os
    from hitsave import memo

    def helper(n):
        return n + 1

    @memo
    def by_code(n):
        print("by_code")
        return helper(n)

    @memo
    def by_name(n):
        print("by_name")
        return getattr(importlib.import_module("plug" + "ged"), "f")(n)

    @memo
    def by_file(n):
        print("by_file")
        with open("numbers.txt") as file:
            return n + int(file.read())

    @memo
    def by_listing(n):
        print("by_listing")
        return n + len(os.listdir("folder"))

    @memo
    def by_variable(n):
        print("by_variable")
        return n + int(os.environ["NUMBER"])
"""
OUTER = """
    import sys
    import inner
    from hitsave import memo

    def chosen():
        return vars(inner)[sys.argv[2]]

    @memo
    def middle(name, n):
        print("middle")
        return getattr(inner, name)(n)

    @memo
    def outer(name, n):
        print("outer")
        return middle(name, n) * 10

    name = sys.argv[1]
    if sys.argv[2] == "inner":
        print(getattr(inner, name)(1))
    if sys.argv[2] == "middle":
        print(middle(name, 1))
    if sys.argv[2] == "outer":
        print(outer(name, 1))
"""


@pytest.fixture
def nested(project):
    """A project in which an outer function finds by a computed name the memoised one that it calls."""
    project.write("inner.py", INNER)
    project.write("plugged.py", "def f(n):\n    return n + 1\n")
    project.write("main.py", OUTER)
    project.write("numbers.txt", "1")
    project.write("folder/one.txt", "")
    return project


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("by_code", lambda project: (project.edit("inner.py", "return n + 1", "return n + 2"), {})),
        ("by_name", lambda project: (project.edit("plugged.py", "n + 1", "n + 2"), {})),
        ("by_file", lambda project: (project.write("numbers.txt", "2"), {})),
        ("by_listing", lambda project: (project.write("folder/two.txt", ""), {})),
        ("by_variable", lambda _: (None, {"NUMBER": "2"})),
    ],
)
def test_an_outer_result_depends_on_what_a_hit_in_it_depended_on(nested, name, change):
    """Code, files, listings and environment variables that only the inner evaluation saw count for the outer one, through two hits, in other processes."""
    environment = {"NUMBER": "1"}
    nested.run("main.py", name, "inner", **environment)
    assert nested.run("main.py", name, "middle", **environment).printed == ["middle", "2"]
    assert nested.run("main.py", name, "outer", **environment).printed == ["outer", "20"]
    assert nested.run("main.py", name, "outer", **environment).printed == ["20"]
    _, changed = change(nested)
    said = nested.run("main.py", name, "outer", **{**environment, **changed})
    assert said.printed == ["outer", "middle", name, "30"]
    assert nested.run("main.py", name, "outer", **{**environment, **changed}).printed == ["30"]


def test_a_later_hit_in_the_same_process_passes_on_as_much(nested):
    """The second hit of a process, which guards answer without reading its Record, passes on the same."""
    nested.write(
        "main.py",
        """
        import inner
        from hitsave import memo

        @memo
        def outer(n):
            return inner.by_file(n) * 10

        inner.by_file(1), inner.by_file(1)
        print(outer(1))
    """,
    )
    nested.run()
    nested.run()
    nested.write("numbers.txt", "2")
    assert nested.run().printed == ["by_file", "30"]
