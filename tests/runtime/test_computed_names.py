"""Modules and code that text can't name: everything that is loaded counts, but a name that was added only for who may look for it."""

from __future__ import annotations

import sys

import pytest

what_never_ran = pytest.mark.skipif(
    sys.version_info < (3, 12), reason="what never ran is not known there, and what is reached may look through all that is loaded"
)
APP = """
    from importlib import import_module
    from hitsave import memo
    import plugins.squares
    import listing

    @memo
    def applied(plugin, x):
        print("applied")
        module = import_module("plugins." + plugin)
        return getattr(module, plugin)(x)

    @memo
    def executed(text):
        print("executed")
        found = {}
        exec(text, found)
        return found["answer"]

    print(applied("squares", 3), executed("answer = 42"), listing.listed("squares"))
"""
LISTING = """
    from importlib import import_module
    from hitsave import memo

    def everything(plugin):
        return vars(import_module("plugins." + plugin))

    @memo
    def listed(plugin):
        print("listed")
        return [name for name in everything(plugin) if name[0] != "_"]
"""


@pytest.fixture
def plugged(project):
    """A project that takes a plug-in by its name, in two ways."""
    project.write("main.py", APP)
    project.write("listing.py", LISTING)
    project.write("plugins/__init__.py", "")
    project.write("plugins/squares.py", "def squares(x):\n    return x * x\n")
    assert project.run().quiet == ["applied", "executed", "listed", "9 42 ['squares']"]
    assert project.run().quiet == ["9 42 ['squares']"]
    return project


@what_never_ran
def test_another_definition_beside_the_one_that_is_asked_for_changes_nothing(plugged):
    """Who lists the names of the module finds it; who asks for one does not."""
    plugged.edit("plugins/squares.py", "def squares", "def cubes(x):\n    return x**3\n\ndef squares")
    assert plugged.run().printed == ["listed", "9 42 ['cubes', 'squares']"]


def test_the_plug_in_that_is_taken_by_its_name_counts(plugged):
    """Its text was never named by the code that runs it."""
    plugged.edit("plugins/squares.py", "x * x", "x * x + 1")
    printed = plugged.run().printed
    assert printed[-1] == "10 42 ['squares']"
    assert "applied" in printed


@what_never_ran
def test_a_function_that_never_ran_lists_no_names(project):
    """It is reached, and might look through every module that is loaded."""
    project.write(
        "main.py",
        """
        import listing, plugins.squares
        from hitsave import memo

        @memo
        def run(x):
            print("runs")
            return x if x else listing.everything("squares")

        print(run(1))
        """,
    )
    project.write("listing.py", LISTING)
    project.write("plugins/__init__.py", "")
    project.write("plugins/squares.py", "def squares(x):\n    return x * x\n")
    assert project.run().quiet == ["runs", "1"]
    project.edit("plugins/squares.py", "def squares", "def cubes(x):\n    return x**3\n\ndef squares")
    assert project.run().quiet == ["1"]


CATCHING = """
    from hitsave import memo
    import plugins.squares
    from loading import load

    @memo
    def run(plugin, name, x):
        print("runs")
        try:
            return load(plugin, name)(x)
        except AttributeError:
            return None

    print(run("squares", "cubes", 2))
"""


@pytest.mark.parametrize(
    "taking",
    [
        "from importlib import import_module\n\ndef load(plugin, name):\n    return getattr(import_module('plugins.' + plugin), name)\n",
        "import sys\n\ndef load(plugin, name):\n    return getattr(sys.modules['plugins.' + plugin], name)\n",
    ],
)
def test_a_name_that_was_missed_and_is_there_now_is_found(project, taking):
    """The failure was caught, and the result was made of that."""
    project.write("main.py", CATCHING)
    project.write("loading.py", taking)
    project.write("plugins/__init__.py", "")
    project.write("plugins/squares.py", "def squares(x):\n    return x * x\n")
    assert project.run().quiet == ["runs", "None"]
    assert project.run().quiet == ["None"]
    project.edit("plugins/squares.py", "def squares", "def cubes(x):\n    return x**3\n\ndef squares")
    assert project.run().printed == ["runs", "8"]


def test_a_global_name_that_was_missed_is_found(project):
    """Of one's own module."""
    text = """
    from hitsave import memo

    @memo
    def run(name, x):
        print("runs")
        try:
            return globals()[name](x)
        except KeyError:
            return None

    print(run("cubes", 2))
    """
    project.write("main.py", text)
    assert project.run().quiet == ["runs", "None"]
    project.edit("main.py", "@memo", "def cubes(x):\n        return x**3\n\n    @memo".replace("\n    ", "\n"))
    assert project.run().printed == ["runs", "8"]
