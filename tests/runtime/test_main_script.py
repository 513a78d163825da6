"""What the main script defines has the name that it has when imported: in stored results as in symbols."""

from __future__ import annotations

import pytest

KINDS = """
    import collections, dataclasses, enum
    from hitsave import memo

    Pair = collections.namedtuple("Pair", "a b")

    class Colour(enum.Enum):
        RED = 1

    @dataclasses.dataclass
    class Point:
        x: int

        class Inner:
            pass

    class Failure(Exception):
        pass

    def double(x):
        return 2 * x

    @memo
    def made(n):
        print("made")
        return [Pair(1, 2), Colour.RED, Point(n), Point.Inner(), Failure("no"), double, Point]

    def told(module):
        pair, colour, point, inner, failure, function, cls = made(3)
        same = [type(pair) is module.Pair, colour is module.Colour.RED, type(point) is module.Point, point == module.Point(3)]
        return [*same, type(inner) is module.Point.Inner, type(failure) is module.Failure, function is module.double, cls is module.Point]

    if __name__ == "__main__":
        import sys
        print(set(told(sys.modules["__main__"])), "tools.app" in sys.modules or "app" in sys.modules)
"""
IMPORTING = """
    import sys
    import app
    print(set(app.told(app)), len([m for m in list(sys.modules.values()) if getattr(m, "__file__", "").endswith("app.py")]))
"""


@pytest.fixture
def kinds(project):
    """A script that defines classes of all kinds, and another that imports it."""
    project.write("app.py", KINDS)
    project.write("other.py", IMPORTING)
    return project


def test_what_a_script_stored_others_load(kinds):
    """Classes, enumerations, named tuples, exceptions and functions of the script are those of the module that the other one imports."""
    assert kinds.run("app.py").quiet == ["made", "{True} False"]
    assert kinds.run("app.py").quiet == ["{True} False"]
    assert kinds.run("other.py").quiet == ["{True} 1"]


def test_what_was_stored_by_import_the_script_itself_loads(kinds):
    """It finds its own classes, and does not import itself a second time."""
    assert kinds.run("other.py").quiet == ["made", "{True} 1"]
    assert kinds.run("app.py").quiet == ["{True} False"]


def test_a_module_that_is_started_by_name_is_the_same(kinds):
    """``python -m tools.app`` and ``import tools.app``."""
    kinds.write("tools/__init__.py", "")
    kinds.write("tools/app.py", KINDS)
    kinds.write("other.py", IMPORTING.replace("import app\n", "import tools.app as app\n"))
    assert kinds.run("-m", "tools.app").quiet == ["made", "{True} False"]
    assert kinds.run("other.py").quiet == ["{True} 1"]


def test_a_child_process_of_multiprocessing_loads_and_stores_alike(kinds):
    """There the script has yet another name."""
    kinds.write(
        "main.py",
        """
        import dataclasses, multiprocessing
        from hitsave import memo

        @dataclasses.dataclass
        class Point:
            x: int

        @memo
        def made(n):
            print("made", flush=True)
            return Point(n)

        def work(n):
            return type(made(n)) is Point

        if __name__ == "__main__":
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                print(pool.map(work, [1, 2]), flush=True)
            print(made(1) == Point(1))
        """,
    )
    kinds.write("other.py", "import main\nprint(main.made(2) == main.Point(2))\n")
    assert kinds.run().quiet == ["made", "made", "[True, True]", "True"]
    assert kinds.run("other.py").quiet == ["True"]


def test_a_class_that_is_gone_makes_a_miss(kinds):
    """With a warning that says what was looked for."""
    kinds.write(
        "main.py",
        "from hitsave import memo\nclass A:\n    n = 1\n@memo\ndef f():\n    print('f')\n    return make()\ndef make():\n    return globals()['A']()\nprint(f().n)\n",
    )
    assert kinds.run().printed == ["f", "1"]
    assert kinds.run().printed == ["1"]


def test_names_that_are_no_text(project, store_dir):
    """A project folder, a file that is read, and an argument with bytes that are no UTF-8 are names like any other."""
    import os

    folder = os.path.join(os.fsencode(project.root), b"caf\xe9")
    try:
        os.makedirs(folder)
    except OSError:
        pytest.skip("the file system takes no such names")
    project.root = type(project.root)(os.fsdecode(folder))
    project.write("pyproject.toml", '[project]\nname = "q"\n')
    with open(os.path.join(folder, b"data\xfe.txt"), "w") as file:
        file.write("one")
    text = """
        import os
        from hitsave import memo

        @memo
        def read(path):
            print("runs")
            with open(path) as file:
                return file.read(), len(os.listdir())

        print(read(os.fsdecode(b"data\\xfe.txt")))
    """
    assert project.script(text).quiet == ["runs", "('one', 3)"]
    assert project.run().quiet == ["('one', 3)"]
    with open(os.path.join(folder, b"data\xfe.txt"), "w") as file:
        file.write("two")
    assert project.run().printed == ["runs", "('two', 3)"]
    for command in (["ls"], ["why", "read"], ["status"], ["ls", "--json"]):
        assert project.run("-m", "hitsave", *command).rest == ""


def test_what_lies_beside_a_script_in_a_folder_is_looked_at_as_it_is_now(project):
    """It is imported by another name than it has from the project's root on: values and functions that were replaced count there, too."""
    project.write(
        "scripts/app.py",
        """
        from hitsave import memo
        import conf

        TABLE = dict(conf.RATES)

        def rate():
            return conf.RATE

        @memo
        def total(n):
            return n * rate() * TABLE["a"]
    """,
    )
    project.write("scripts/conf.py", "RATE = 2\nRATES = {'a': 1}\n")
    project.write(
        "scripts/run.py",
        """
        import app, conf

        def other():
            return 10

        print(app.total(1))
        conf.RATE = 5
        print(app.total(1))
        app.TABLE["a"] = 7
        print(app.total(1))
        app.rate = other
        print(app.total(1))
    """,
    )
    for _ in range(2):
        assert project.run("scripts/run.py", HITSAVE_NOTICES="off").quiet == ["2", "5", "35", "70"]
