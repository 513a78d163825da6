"""Classes that no class statement made count by what they are made of."""

from __future__ import annotations

import pytest

MADE = {
    "namedtuple": ('namedtuple("P", "a b", defaults=(1, 2))', "(1, 2)", "(1, 3)", "P()"),
    "type": ('type("P", (), {"size": 4})', "4", "5", "P().size"),
    "new_class": ('types.new_class("P", (), {}, lambda space: space.update(size=4))', "4", "5", "P().size"),
    "dataclass": ('dataclasses.make_dataclass("P", [("a", int, 1)])', "int, 1", "int, 2", "P().a"),
    "enumeration": ('enum.Enum("P", {"A": 1, "B": 2})', '"B": 2', '"B": 3', "[m.value for m in P]"),
    "method": ('type("P", (), {"size": lambda self: 4})', "4", "5", "P().size()"),
}


@pytest.mark.parametrize("how", MADE)
def test_an_edit_of_what_a_class_is_made_of_is_a_change(project, how):
    """As a variable of a module: text that only makes it is part of nothing else."""
    made, old, new, used = MADE[how]
    first = project.script(f"""
        import dataclasses, enum, types
        from collections import namedtuple
        from hitsave import memo
        P = {made}

        @memo
        def use(x):
            print("use", x)
            return {used}

        print(use(1))
    """).quiet
    assert first[0] == "use 1"
    assert project.run().quiet == first[1:]
    project.edit("main.py", old, new)
    again = project.run(HITSAVE_NOTICES="off").quiet
    assert again[0] == "use 1"
    assert again[1:] != first[1:]


def test_classes_of_one_name_are_different_arguments(project):
    """Made by one function, given as they are and as the class of an object."""
    script = """
        import dataclasses
        from hitsave import memo

        def make(size):
            return dataclasses.make_dataclass("Model", [("size", int, size)])

        @memo
        def of_class(cls):
            print("class")
            return cls().size

        @memo
        def of_object(model, x):
            print("object")
            return type(model)().size + x

        print([of_class(make(n)) for n in (1, 2)], [of_object(make(n)(), 3) for n in (1, 2)])
    """
    assert project.script(script).quiet == ["class"] * 2 + ["object"] * 2 + ["[1, 2] [4, 5]"]
    assert project.run().quiet == ["[1, 2] [4, 5]"]
