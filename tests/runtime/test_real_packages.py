"""What mutating real packages found (tests/mutation), each in a small example."""

from __future__ import annotations

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
    said = project.script("""
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
        """)
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
