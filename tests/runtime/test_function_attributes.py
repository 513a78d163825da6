"""Attributes that functions are given while a process runs."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("argument", ["1", "[1]"])
def test_attributes_that_functions_get_count_also_of_those_that_never_ran(project, argument):
    """Between two calls in one process, and from one process to the next."""
    text = f"""
        import sys
        from hitsave import memo

        def handler():
            return 0

        class Plugin:
            def load(self):
                return 0

        @memo
        def run(x):
            print("runs")
            return getattr(handler, "priority", 1) + getattr(Plugin.load, "priority", 1)

        exec(sys.argv[1] if len(sys.argv) > 1 else "")
        print([run({argument}) for _ in range(4)][-1])
        handler.priority = 10
        print([run({argument}) for _ in range(4)][-1])
        Plugin.load.priority = 20
        print([run({argument}) for _ in range(4)][-1])
        """
    first = project.script(text, HITSAVE_NOTICES="off").printed
    assert first == ["runs", "2", "runs", "11", "runs", "30"]
    assert project.run(HITSAVE_NOTICES="off").printed == ["2", "11", "30"]
    assert project.run("main.py", "handler.priority = 5", HITSAVE_NOTICES="off").printed == ["runs", "6", "11", "30"]
