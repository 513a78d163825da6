"""The options of the decorators."""

from __future__ import annotations

import pytest


def test_what_is_ignored_is_not_looked_at(project):
    """A parameter, a part of one, what a star collects; each by the path that a person would write."""
    text = """
        import sys
        from hitsave import memo

        class Client:
            def __init__(self, name):
                self.name = name
                self.session = (n for n in "ab")

            @memo(ignore=("self.session", "log"))
            def fetch(self, what, log=print):
                log("runs")
                return f"{self.name} {what}"

        @memo(ignore="progress")
        def slow(x, *, progress):
            print("slow")
            return x

        @memo(ignore=("options", 'config["connection"]'))
        def configured(config, **options):
            print("configured")
            return config["rate"]

        name = sys.argv[1] if sys.argv[1:] else "a"
        print(Client(name).fetch("x"), Client(name).fetch("x", log=lambda word: print("logged", word)), Client(name).fetch("y"))
        print(slow(1, progress=open(__file__)), slow(1, progress=None), slow(2, progress=None))
        print(configured({"rate": 1, "connection": sys.stdin}, a=1), configured({"rate": 1, "connection": object()}, b=2))
    """
    assert project.script(text).quiet == ["runs", "runs", "a x a x a y", "slow", "slow", "1 1 2", "configured", "1 1"]
    assert project.run("main.py", "b").quiet == ["runs", "runs", "b x b x b y", "1 1 2", "1 1"]


def test_another_set_of_ignored_parameters_is_another_function(project):
    """What was stored while `log` counted says nothing about a function for which it doesn't."""
    text = """
        from hitsave import memo

        @memo{options}
        def f(x, log=None):
            print("runs")
            return x

        print(f(1))
    """
    assert project.script(text.format(options="")).quiet == ["runs", "1"]
    assert project.script(text.format(options="(ignore='log')")).quiet == ["runs", "1"]
    assert project.script(text.format(options="")).quiet == ["1"]


def test_what_it_depends_on_besides_can_be_named(project):
    """Functions, classes, modules and values that analysis can't see."""
    project.write("plugin.py", "LIMIT = 3\ndef run(x):\n    return x + LIMIT\n")
    text = """
        import plugin
        from hitsave import memo

        FUNCTIONS = {"run": lambda x: plugin.run(x)}

        @memo(depends=(plugin.run, "schema 1"))
        def f(x):
            print("runs")
            return vars(plugin)["r" + "un"](x)

        print(f(1))
    """
    assert project.script(text).quiet == ["runs", "4"]
    assert project.run().quiet == ["4"]
    project.edit("plugin.py", "x + LIMIT", "x - LIMIT")
    said = project.run()
    assert said.printed == ["runs", "-2"]
    project.edit("plugin.py", "LIMIT = 3", "LIMIT = 1")
    assert project.run().printed == ["runs", "0"]
    project.edit("main.py", "schema 1", "schema 2")
    assert project.run().printed == ["runs", "0"]
    project.edit("main.py", "schema 2", "schema 1")
    assert project.run().quiet == ["0"]


def test_another_version_is_another_function(project):
    """And going back brings the old results back."""
    text = """
        from hitsave import memo

        @memo(version="{version}")
        def f(x):
            print("runs")
            return x

        print(f(1))
    """
    assert project.script(text.format(version="1")).quiet == ["runs", "1"]
    assert project.script(text.format(version="2")).quiet == ["runs", "1"]
    assert project.script(text.format(version="1")).quiet == ["1"]


@pytest.mark.parametrize("decorators", [("memo", "experiment"), ("experiment", "memo(local_only=True)")])
def test_the_decorator_itself_is_no_part_of_the_code(project, decorators):
    """Turning a memo into an experiment, or keeping it to this machine, keeps its results."""
    text = """
        from hitsave import experiment, memo

        @{decorator}
        def f(x):
            print("runs")
            return x

        print(f(1), f.entries()[0].kind, f.entries()[0].local_only)
    """
    first, second = decorators
    assert project.script(text.format(decorator=first)).quiet == ["runs", f"1 {first} False"]
    assert project.script(text.format(decorator=second)).quiet == [f"1 {first} False"]


def test_arguments_are_the_same_however_the_call_is_written(project):
    """By position, by name, by default, by star; another type is another argument."""
    said = project.script("""
        from hitsave import memo

        @memo
        def f(a, b=2, *rest, c=3, **more):
            print("runs", a, b, rest, c, more)

        f(1), f(1, 2), f(1, b=2), f(a=1), f(b=2, a=1, c=3), f(*[1], **{"c": 3})
        f(1, 2, 3), f(1, 2, *[3])
        f(1, x=1, y=2), f(1, y=2, x=1)
        f(True), f(1.0), f("1"), f([1]), f((1,))
    """)
    assert said.quiet == [
        *("runs 1 2 () 3 {}", "runs 1 2 (3,) 3 {}"),
        *("runs 1 2 () 3 {'x': 1, 'y': 2}", "runs 1 2 () 3 {'y': 2, 'x': 1}"),
        *("runs True 2 () 3 {}", "runs 1.0 2 () 3 {}", "runs 1 2 () 3 {}", "runs [1] 2 () 3 {}", "runs (1,) 2 () 3 {}"),
    ]
