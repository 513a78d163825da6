"""Libraries that compile functions run them where the interpreter sees nothing: what they run is never taken for code that never ran."""

from __future__ import annotations

NUMBA = """
import operator

def call(function, x):
    return x + operator.attrgetter("__code__.co_consts")(function)[-1]
"""
"""Stands for the compiler, which can't be installed everywhere: it does what a function says without its body being run."""

APP = """
    import numba
    from hitsave import memo

    def step(x):
        return x + 1

    @memo
    def run(x):
        print("runs")
        return numba.call(step, x)

    print(run(1))
"""


def test_a_body_that_a_compiler_took_counts(project):
    """Though the interpreter never began it."""
    project.write("numba.py", NUMBA)
    assert project.script(APP).printed == ["runs", "2"]
    assert project.script(APP.replace("x + 1", "x + 5"), HITSAVE_NOTICES="off").printed == ["runs", "6"]
