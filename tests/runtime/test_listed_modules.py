"""Modules of which code asks what they hold: what they are given from elsewhere is part of that."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("argument", ["1", "[1]"])
def test_what_a_module_is_given_counts(project, argument):
    """Between two calls of a process, and where another process gives it something else, or nothing."""
    project.write("conf.py", "SIZE = 1\n\ndef scale():\n    return 2\n")
    text = f"""
        import sys
        from hitsave import memo
        import conf

        @memo
        def run(x):
            print("runs")
            return sorted((name, value) for name, value in vars(conf).items() if type(value) is int)

        for more in sys.argv[1:]:
            setattr(conf, *more.split("="))
            vars(conf)[more.split("=")[0]] = int(more.split("=")[1])
        print([run({argument}) for _ in range(4)][-1])
        vars(conf)["DEPTH"] = 3
        print([run({argument}) for _ in range(4)][-1])
        """
    assert project.script(text, HITSAVE_NOTICES="off").printed == ["runs", "[('SIZE', 1)]", "runs", "[('DEPTH', 3), ('SIZE', 1)]"]
    assert project.run(HITSAVE_NOTICES="off").printed == ["[('SIZE', 1)]", "[('DEPTH', 3), ('SIZE', 1)]"]
    more = project.run("main.py", "DEPTH=4", HITSAVE_NOTICES="off").printed
    assert more == ["runs", "[('DEPTH', 4), ('SIZE', 1)]", "[('DEPTH', 3), ('SIZE', 1)]"]
    others = project.run("main.py", "WIDTH=5", HITSAVE_NOTICES="off").printed
    assert others == ["runs", "[('SIZE', 1), ('WIDTH', 5)]", "runs", "[('DEPTH', 3), ('SIZE', 1), ('WIDTH', 5)]"]


@pytest.mark.parametrize("argument", ["1", "[1]"])
def test_the_function_that_a_module_asks_for_names_counts(project, argument):
    """Where it was given another one, too."""
    project.write("conf.py", "def __getattr__(name):\n    return name.upper()\n")
    text = f"""
        import sys
        from hitsave import memo
        import conf

        def quiet(name):
            return name.lower()

        @memo
        def run(x):
            print("runs")
            return conf.Depth

        @memo
        def importing(x):
            print("imports")
            from conf import Depth
            return Depth

        if "quiet" in sys.argv:
            conf.__getattr__ = quiet
        print([run({argument}) + importing({argument}) for _ in range(4)][-1])
        conf.__getattr__ = quiet
        print([run({argument}) + importing({argument}) for _ in range(4)][-1])
        """
    assert project.script(text, HITSAVE_NOTICES="off").printed == ["runs", "imports", "DEPTHDEPTH", "runs", "imports", "depthdepth"]
    assert project.run(HITSAVE_NOTICES="off").printed == ["DEPTHDEPTH", "depthdepth"]
    assert project.run("main.py", "quiet", HITSAVE_NOTICES="off").printed == ["depthdepth", "depthdepth"]
