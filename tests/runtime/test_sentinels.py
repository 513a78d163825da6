"""Bare objects, which are nothing but themselves: a hit gives the very one."""

from __future__ import annotations

APP = """
    from hitsave import memo

    MISSING = object()

    class Marks:
        ANY = object()

    @memo
    def found(n):
        print("found")
        return {"value": MISSING, "marks": [MISSING, Marks.ANY]}
"""
MAIN = """
    import app
    from app import MISSING
    from hitsave import memo

    OWN = object()

    @memo
    def own(n):
        print("own")
        return OWN

    result = app.found(1)
    print(result["value"] is MISSING, result["marks"][0] is app.MISSING, result["marks"][1] is app.Marks.ANY, own(1) is OWN)
"""


def test_a_bare_object_that_a_variable_names_comes_back_as_itself(project):
    """From a module, a class, or the main script; and in another program."""
    project.write("app.py", APP)
    assert project.script(MAIN).quiet == ["found", "own", "True True True True"]
    assert project.script(MAIN).quiet == ["True True True True"]
    project.write("other.py", "import app\nprint(app.found(1)['value'] is app.MISSING)\n")
    assert project.run("other.py").quiet == ["True"]


def test_one_that_nothing_names_is_another_one(project):
    """But the same wherever it stands in one result."""
    text = """
        from hitsave import memo

        @memo
        def pair(n):
            print("pair")
            made = object()
            return made, [made]

        first, (second,) = pair(1)
        print(first is second, type(first))
    """
    assert project.script(text).quiet == ["pair", "True <class 'object'>"]
    assert project.script(text).quiet == ["True <class 'object'>"]
