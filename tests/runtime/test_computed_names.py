"""Modules and code that text can't name: everything that is loaded counts, but a name that was added only for who may look for it."""

from __future__ import annotations

import sys
from textwrap import dedent

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
PLUGGING = """
    from importlib import import_module
    from hitsave import memo

    @memo
    def applied(plugin, x):
        print("applied")
        return getattr(import_module("plugins." + plugin), plugin)(x)

    print(applied("squares", 5))
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


@what_never_ran
def test_of_what_is_loaded_only_what_was_taken_counts(plugged):
    """A module that is loaded for something else is no plug-in, whatever else catches errors."""
    plugged.write("beside.py", "LIMIT = 3\n\ndef looked(x):\n    try:\n        return x.nothing\n    except AttributeError:\n        return LIMIT\n")
    plugged.write("plugins/cubes.py", "def cubes(x):\n    return x**3\n")
    plugged.edit("main.py", "import listing", "import listing, beside, plugins.cubes")
    plugged.edit("main.py", 'print(applied("squares", 3)', 'beside.looked(1)\n\nprint(applied("squares", 3)')
    assert plugged.run().quiet == ["9 42 ['squares']"]
    plugged.edit("beside.py", "LIMIT = 3", "LIMIT = 4")
    plugged.edit("plugins/cubes.py", "x**3", "x * x * x")
    plugged.edit("plugins/__init__.py", "", "SIZE = 3\n")
    assert plugged.run().quiet == ["9 42 ['squares']"]


def test_what_a_plug_in_that_was_taken_before_depends_on_counts(project):
    """It was kept in a variable before the memoised function was called."""
    project.write(
        "main.py",
        """
        from hitsave import memo
        from loading import load

        load("squares")

        @memo
        def applied(x):
            print("applied")
            return load("squares").scaled(x)

        print(applied(3))
        """,
    )
    project.write(
        "loading.py",
        """
        import importlib

        _loaded = {}

        def load(name):
            if name not in _loaded:
                _loaded[name] = importlib.import_module("." + name, "plugins")
            return _loaded[name]
        """,
    )
    project.write("plugins/__init__.py", "")
    project.write("plugins/squares.py", "from plugins.scales import *\n\ndef scaled(x):\n    return x * FACTOR\n")
    project.write("plugins/scales.py", "FACTOR = 2\n")
    assert project.run().quiet == ["applied", "6"]
    assert project.run().quiet == ["6"]
    project.edit("plugins/scales.py", "2", "5")
    assert project.run().printed == ["applied", "15"]


def test_modules_that_are_taken_as_a_module_loads_count(project):
    """By a loop over names at the top of it."""
    project.write(
        "main.py",
        """
        from hitsave import memo
        import loading

        @memo
        def applied(x):
            print("applied")
            return [part.scaled(x) for part in loading.parts]

        print(applied(3))
        """,
    )
    project.write("loading.py", "import importlib\n\nparts = [importlib.import_module('plugins.' + name) for name in ('one', 'two')]\n")
    project.write("plugins/__init__.py", "")
    project.write("plugins/one.py", "FACTOR = 2\n\ndef scaled(x):\n    return x * FACTOR\n")
    project.write("plugins/two.py", "FACTOR = 3\n\ndef scaled(x):\n    return x * FACTOR\n")
    assert project.run().quiet == ["applied", "[6, 9]"]
    assert project.run().quiet == ["[6, 9]"]
    project.edit("plugins/two.py", "3", "4")
    assert project.run().printed == ["applied", "[6, 12]"]


@pytest.mark.parametrize(
    "taking",
    ["sys.modules['sc' + 'ales'[:x]]", "import_module('sc' + 'ales'[:x])", "eval('sys.mod' + 'ules'[:x])['scales']"],
    ids=["of what is loaded", "by importing", "by executing"],
)
def test_what_a_plug_in_computes_itself_counts(project, taking):
    """It is met when what was computed before is taken in."""
    project.write("main.py", f"import scales\n{dedent(PLUGGING)}")
    project.write("plugins/__init__.py", "")
    project.write(
        "plugins/squares.py",
        f"import sys\nfrom importlib import import_module\n\ndef squares(x):\n    return getattr({taking}, 'FACTOR'[:9 * x]) * x\n",
    )
    project.write("scales.py", "FACTOR = 2\n")
    assert project.run().quiet == ["applied", "10"]
    assert project.run().quiet == ["10"]
    project.edit("scales.py", "2", "3")
    assert project.run().printed == ["applied", "15"]


@what_never_ran
@pytest.mark.parametrize("reader", ["return found", "return other"], ids=["itself", "by another variable"])
def test_a_variable_that_only_code_reads_that_never_ran_lists_no_names(project, reader):
    """What makes it looks through its module, and says so each time; where something reads it that runs, it counts."""
    project.write(
        "main.py",
        """
        from hitsave import memo
        import kinds

        @memo
        def run(x):
            print("runs")
            return kinds.everything() if x > 5 else x

        print(run(1))
        """,
    )
    project.write(
        "kinds.py",
        f"import time\nLIMIT = 3\nfound = [n for n in vars() if n.isupper() and time.time()]\nother = found + []\n\ndef everything():\n    {reader}\n",
    )
    assert project.run().quiet == ["runs", "1"]
    project.edit("kinds.py", "LIMIT", "SIZE = 7\nLIMIT")
    assert project.run().quiet == ["1"]
    project.edit("main.py", "run(1)", "run(9)")
    assert project.run().quiet == ["runs", "['SIZE', 'LIMIT']"]
    project.edit("kinds.py", "LIMIT", "WEIGHT = 7\nLIMIT")
    assert project.run().printed == ["runs", "['SIZE', 'WEIGHT', 'LIMIT']"]
