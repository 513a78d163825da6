"""Where it is seen of what documentation is read, that of nothing else counts; where it is not, that of all does."""

from __future__ import annotations

import sys

import pytest

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="what is read is not seen there, and all documentation counts that may be")
BEGIN = """
    import dataclasses, functools, inspect, typing
    from hitsave import memo

    def helper(x: int):
        "Helps."
        return x

    def other(x: int):
        "Does something else."
        return x

    def bare(x):
        return x
"""
SEEN = (
    BEGIN
    + """
    def title(f):
        return f.__doc__

    def titles(functions):
        found = []
        for f in functions:
            found.append(
                getattr(f, "__doc__", ""))
        return found

    def hints(f):
        return {name: kind.__name__ for name, kind in typing.get_type_hints(f).items()}

    def wrapping(f):
        @functools.wraps(f)
        def inner(*given):
            return f(*given)
        return inner

    COMMANDS = {}

    class Command:
        def __init_subclass__(cls):
            COMMANDS[cls.__name__] = cls.__doc__

    class Sorted(Command):
        "Sorts."

        def key(self, x: int):
            "Of a row."
            return x

    wrapped = wrapping(bare)

    @memo
    def titled():
        print("titled")
        return title(helper), other(1), bare(1)

    @memo
    def hinted():
        print("hinted")
        return hints(helper), str(inspect.signature(wrapped)), other(1)

    @memo
    def through():
        print("through")
        return titles([Sorted().key, wrapped]), other(2)

    @memo
    def registered():
        print("registered")
        return COMMANDS, other(3)

    for f in (titled, hinted, through, registered):
        f()
"""
)


def test_only_what_was_read_counts(project):
    """By an attribute of a name, by `getattr` and by the functions that read it; through wrappers and methods, and while classes are made."""
    assert project.script(SEEN).quiet == ["titled", "hinted", "through", "registered"]
    project.edit("main.py", "Does something else.", "Does it otherwise.")
    project.edit("main.py", "def other(x: int)", "def other(x: str)")
    assert project.run().quiet == []
    project.edit("main.py", "Helps.", "Helps well.")
    project.edit("main.py", "Of a row.", "Of one row.")
    project.edit("main.py", "Sorts.", "Sorts rows.")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["titled", "through", "registered"]
    project.edit("main.py", "def helper(x: int)", "def helper(x: str)")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["hinted"]
    project.edit("main.py", "def bare(x):", "def bare(x: int):\n    'New.'")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["hinted", "through"]


UNSEEN = {
    "of an attribute": "return Holder(f).title()",
    "by one that binds the name on the same line": "return [g.__doc__ for g in (f,)]",
    "by a closure": "return read_later(f)()",
    "by a function that is a value": "return [str(s) + str(f.__doc__) for s in map(inspect.signature, [f])]",
    "of what was copied by hand": "return title(copied(f))",
    "of what was copied and does not tell": "return title(untold(f))",
    "of what was rebound by an inner function": "return rebound(other, f)",
    "by executed text": "return eval('g.__doc__', {'g': f})",
    "of a class that `dataclass` describes": "return title(type('Made', (), {'__doc__': f.__doc__}))",
}
MEANS = (
    BEGIN
    + """
    class Holder:
        def __init__(self, f):
            self.f = f
        def title(self):
            return self.f.__doc__

    def title(f):
        return f.__doc__

    def read_later(f):
        def read():
            return f.__doc__
        return read

    def copied(f):
        def inner(x):
            return f(x)
        for name in ("__doc__", "__annotations__"):
            setattr(inner, name, getattr(f, name))
        return inner

    def untold(f):
        @functools.wraps(f)
        def inner(*given):
            return f(*given)
        del inner.__wrapped__
        return inner

    def rebound(f, g):
        held = f
        def change():
            nonlocal held
            held = g
        return change(), held.__doc__

    def means(f):
        MEANS

    @memo
    def read():
        print("ran")
        return means(helper), means(bare)

    print(read())
"""
)


@pytest.mark.slow
@pytest.mark.parametrize("means", UNSEEN)
def test_what_can_not_be_told_of_whom_it_is_read_counts_of_all(project, means):
    """Also a docstring that is added where there was none."""
    project.script(MEANS.replace("MEANS", UNSEEN[means]))
    project.edit("main.py", "Helps.", "Helps well.")
    ran, said = project.run(HITSAVE_NOTICES="off").quiet
    assert ran == "ran"
    assert "Helps well." in said
    project.edit("main.py", "def bare(x):", "def bare(x):\n    'New.'")
    ran, said = project.run(HITSAVE_NOTICES="off").quiet
    assert ran == "ran"
    assert "New." in said


@pytest.mark.slow
def test_what_a_hit_stood_for_may_have_read(project):
    """What was read by an evaluation of another process, and kept, is not seen in this one."""
    project.script(
        BEGIN
        + """
    import os

    def title(f):
        return f.__doc__

    @memo
    def first():
        print("first")
        return title(helper)

    @memo
    def second(n):
        print("second")
        return first(), n

    first()
    if os.path.exists("go"):
        print(second(1))
"""
    )
    project.write("go", "")
    assert project.run().quiet == ["second", "('Helps.', 1)"]
    project.edit("main.py", "Helps.", "Helps well.")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["first", "second", "('Helps well.', 1)"]


@pytest.mark.slow
def test_the_docstring_of_a_module_that_is_a_value_counts(project):
    """Where something reads what may be it."""
    project.write("lib.py", '"""Says something."""\n')
    project.script(
        """
    from hitsave import memo
    import lib

    def title(of):
        return of.__doc__

    @memo
    def titled():
        print("ran")
        return title(lib)

    print(titled())
"""
    )
    assert project.run().quiet == ["Says something."]
    project.edit("lib.py", "something", "more")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["ran", "Says more."]


@pytest.mark.slow
def test_the_docstring_that_dataclass_writes_says_how_it_is_made(project):
    """Its annotations are read by who reads that."""
    project.script(
        """
    import dataclasses
    from hitsave import memo

    @dataclasses.dataclass(init=False)
    class Point:
        x: int
        def __init__(self, x: int):
            self.x = x

    def title(cls):
        return cls.__doc__

    @memo
    def titled():
        print("ran")
        return title(Point)

    print(titled())
"""
    )
    project.edit("main.py", "self, x: int", "self, x: float")
    ran, said = project.run(HITSAVE_NOTICES="off").quiet
    assert ran == "ran"
    assert "float" in said
