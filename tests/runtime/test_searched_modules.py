"""Modules that code looks for by computed names, and can do without."""

from __future__ import annotations

import os

import pytest

APP = """
    import importlib
    import importlib.util
    from hitsave import memo

    @memo
    def there(n):
        print("there")
        return importlib.util.find_spec(__package__ + ".extra") is not None

    @memo
    def imported(n):
        print("imported")
        found = []
        for name in ("extra", "more"):
            try:
                found.append(importlib.import_module("." + name, __package__).value(n))
            except ImportError:
                found.append(None)
        return found

    @memo
    def top(n):
        print("top")
        for name in ("settings_local", "settings_site"):
            try:
                return __import__(name).VALUE
            except ImportError:
                pass
"""
MAIN = "from package.app import imported, there, top\nprint(there(3), imported(3), top(3))\n"


def test_one_that_appears_or_goes_is_noticed(project):
    """Found or not found, the answer holds for what was where such a module would be."""
    project.write("package/__init__.py", "")
    project.write("package/app.py", APP)
    assert project.script(MAIN).quiet == ["there", "imported", "top", "False [None, None] None"]
    assert project.script(MAIN).quiet == ["False [None, None] None"]
    extra = project.write("package/extra.py", "def value(n):\n    return n\n")
    local = project.write("settings_local.py", "VALUE = 1\n")
    said = project.script(MAIN)
    assert said.printed == ["there", "imported", "top", "True [3, None] 1"]
    assert said.notices[:2] == [
        "there() runs again: extra in package.app is the project's package.extra, was not defined (and 1 more)",
        "imported() runs again: extra in package.app is the project's package.extra, was not defined (and 1 more)",
    ]
    assert project.script(MAIN).quiet == ["True [3, None] 1"]
    extra.unlink()
    local.unlink()
    assert project.script(MAIN).quiet == ["False [None, None] None"]
    project.write("package/extra.py", "def value(n):\n    return n + 1\n")
    assert project.script(MAIN, HITSAVE_NOTICES="off").quiet == ["imported", "True [4, None] None"]


def test_what_libraries_look_for_does_not_count(project):
    """Only the project's own questions do: libraries try dozens of optional modules."""
    text = """
        from hitsave import memo

        @memo
        def parse(n):
            print("parse")
            import unittest.mock
            import pkgutil
            try:
                pkgutil.resolve_name("nowhere_to_be_found:name")
            except ImportError:
                return n

        print(parse(1))
    """
    assert project.script(text).quiet == ["parse", "1"]
    project.write("nowhere_to_be_found.py", "name = 1\n")
    assert project.script(text).quiet == ["1"]


OPTIONAL = """
    import importlib.util
    from hitsave import memo

    def has_both():
        try:
            import fast
            from kinds import quick
        except ImportError:
            return False
        return True

    @memo
    def imported():
        print("imported")
        return has_both()

    @memo
    def found(name):
        print("found")
        return importlib.util.find_spec(name) is not None

    @memo
    def around():
        print("around")
        return found("fast")

    print(found("fast"), around(), imported())
"""


@pytest.mark.parametrize("place", ["", "site-packages/"], ids=["of the project", "installed"])
def test_whether_something_can_be_imported_may_be_all_that_is_asked(project, place):
    """What is imported is used for nothing else."""
    path = {"PYTHONPATH": os.pathsep.join([str(project.root / "site-packages"), project.environment()["PYTHONPATH"]]), "HITSAVE_NOTICES": "off"}
    project.write("kinds.py", "SLOW = 1\n")
    project.write("site-packages/kept.txt", "")
    assert project.script(OPTIONAL, **path).quiet == ["found", "around", "imported", "False False False"]
    assert project.run(**path).quiet == ["False False False"]
    fast = project.write(f"{place}fast.py", "")
    if place:
        project.write("site-packages/fast-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: fast\nVersion: 1\n")
        project.write("site-packages/fast-1.dist-info/RECORD", "fast.py,,\n")
    assert project.run(**path).quiet == ["found", "around", "imported", "True True False"]
    project.edit("kinds.py", "SLOW", "quick = SLOW")
    assert project.run(**path).quiet == ["imported", "True True True"]
    assert project.run(**path).quiet == ["True True True"]
    fast.unlink()
    assert project.run(**path).printed[-1] == "False False False"
