"""What mutating real packages found (tests/mutation), each in a small example."""

from __future__ import annotations

import sys

import pytest

SHAPES = """
    import functools
    from abc import ABC, abstractmethod
    from hitsave import memo

    class Shape(ABC):
        @property
        @abstractmethod
        def sides(self): ...

        @staticmethod
        @abstractmethod
        def name(scale=[1]): ...

        @functools.cached_property
        def _area(self, unit=(2,)):
            return self.sides * unit[0]

        def area(self):
            return self._area

    class Square(Shape):
        sides = property(lambda self: 4)

        @staticmethod
        def name(scale=[1]):
            return "square" * scale[0]

    @memo
    def measured(n):
        print("measured")
        return Square().area() * n, Square.name()

    print(measured(2))
    """


def test_abstract_properties_and_static_methods_are_what_they_were(project):
    """What is digested of a class member before an evaluation and after it is the same object."""
    first = project.script(SHAPES).quiet
    assert first == ["measured", "(16, 'square')"]
    assert project.run().quiet == first[1:]
    project.edit("main.py", "scale=[1]):\n        return", "scale=[2]):\n        return")
    assert project.run().printed == ["measured", "(16, 'squaresquare')"]


def test_code_that_runs_when_the_interpreter_is_ending_is_not_disturbed(project):
    """Modules are taken apart before the last objects are."""
    said = project.script(
        """
        import os
        import sys
        from hitsave import memo

        class Last:
            def __del__(self, write=os.write):
                write(1, b"last")

        @memo
        def slow(n):
            return n + 1

        print(slow(1))
        sys.stdout.flush()
        os.last_of_all = Last()
        """,
        "-s",
    )
    assert said.quiet == ["2", "last"]


def test_a_class_attribute_without_a_digest_does_not_keep_a_call_from_its_result(project):
    """It counts by its code, when the result is stored and when it is looked up."""
    first = project.script("""
        from hitsave import memo

        class Numbered:
            numbers = (n for n in range(9))

            def double(self, n):
                return n * 2

        @memo
        def doubled(n):
            print("doubled")
            return Numbered().double(n)

        print(doubled(2))
        """).printed
    assert first == ["doubled", "4"]
    assert project.run().printed == ["4"]


def test_who_reads_the_name_of_a_class_reads_no_docstrings(project):
    """`type(x).__name__` and the fields of a dataclass stand in most real code."""
    first = project.script("""
        import dataclasses
        import inspect
        from hitsave import memo

        @dataclasses.dataclass
        class Point:
            x: int

        def helper(p):
            return type(p).__name__, [f.name for f in dataclasses.fields(p)], inspect.isfunction(p)

        @memo
        def told(n):
            print("told")
            return helper(Point(n))

        print(told(2))
        """).quiet
    project.edit("main.py", "def helper(p):", 'def helper(p: Point) -> tuple:\n    """Says more."""')
    assert project.run().quiet == first[1:]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="what ran is not recorded")
def test_documentation_counts_only_where_something_that_reads_it_ran(project):
    """A branch that prints help is no reason to run again for a docstring."""
    first = project.script("""
        from hitsave import memo

        def usage():
            return helper.__doc__

        def helper(n):
            "Once."
            return n + 1

        @memo
        def told(n):
            print("told")
            return helper(n) if n else usage()

        print(told(2))
        """).quiet
    project.edit("main.py", "Once.", "Twice.")
    assert project.run().quiet == first[1:]
    project.edit("main.py", "print(told(2))", "print(told(2), told(0))")
    assert project.run().quiet == ["told", "3 Twice."]
    project.edit("main.py", "Twice.", "Thrice.")
    assert project.run().printed == ["told", "3 Thrice."]


VALUES = """
    import dataclasses
    import enum
    import functools
    import re
    import sys
    import typing
    from hitsave import memo

    class Missing(enum.Enum):
        UNSET = object()

    class Tree:
        pass

    def internal(n):
        return n + 1

    def wrapped(cls):
        @functools.wraps(cls, updated=("__dict__",))
        def make():
            return cls()
        return make

    @wrapped
    class Made:
        def get(self):
            return 5

    internal(1)
    CODES = {internal.__code__}
    BRANCHES = typing.List["Tree"]
    class Marked:
        nothing = object()

    def marked(value, nothing=object(), stream=sys.stdout):
        return value is nothing or value is Marked.nothing or value is marked.other

    marked.other = object()

    MATCH = re.match("(a)b?", "ab")

    @memo
    def told(n, unset=Missing.UNSET):
        print("told")
        return len(CODES), str(BRANCHES.__origin__), MATCH.group(1), unset is Missing.UNSET, marked(n), Made().get() + n

    print(told(2))
    """


def test_values_that_real_packages_keep_at_module_level_have_digests(project):
    """Code objects, forward references, matches, members with bare objects, wrapped classes; none depends on the line that it stands on."""
    first = project.script(VALUES).quiet
    assert first[0] == "told"
    assert project.run().quiet == first[1:]
    project.edit("main.py", "class Tree:", "# a comment\n\n\nclass Tree:")
    assert project.run().quiet == first[1:]
    project.edit("main.py", "return n + 1", "return n + 2")
    assert project.run().printed == first


WRAPPED = """
    import functools
    from hitsave import memo

    def marked(function):
        function.marked = {"yes"}
        return function

    def either(other):
        def decorate(function):
            @functools.wraps(other)
            def wrapper(n):
                return function(n) if n > 1 else other(n)
            return wrapper
        return decorate

    def small(n):
        return -n

    @marked
    @either(small)
    def first(n):
        return n * 10

    def kept(cls):
        def make():
            return cls()
        return make

    @kept
    class Gone:
        factor = [3]
        def get(self, extra=[2]):
            return self.factor[0] * extra[0]

    def made():
        class Local:
            size = [4]
            def get(self):
                return self.size[0]
        return Local

    LOCAL = made()

    @memo
    def told(n):
        print("told")
        return first(n), Gone().get(), LOCAL().get()

    print(told(2))
    """


def test_what_decorators_took_in_is_not_taken_for_what_they_made(project):
    """A function or class that nobody can find by its name counts where it is met; the name stands for what the decorator made."""
    first = project.script(WRAPPED).quiet
    assert first == ["told", "(20, 6, 4)"]
    assert project.run().quiet == first[1:]
    for before, after, expected in (
        ("n * 10", "n * 11", "(22, 6, 4)"),
        ("factor = [3]", "factor = [5]", "(22, 10, 4)"),
        ("size = [4]", "size = [6]", "(22, 10, 6)"),
        ("extra=[2]", "extra=[3]", "(22, 15, 6)"),
        ("n > 1", "n > 2", "(-2, 15, 6)"),
        ("return -n", "return -n - 1", "(-3, 15, 6)"),
    ):
        project.edit("main.py", before, after)
        assert project.run().printed == ["told", expected]
        assert project.run().printed == [expected]
