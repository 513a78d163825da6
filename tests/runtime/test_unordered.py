"""Captures whose order is that of a set: another one in every process, and no reason to run again."""

from __future__ import annotations

import pytest

MAIN = """
    from hitsave import memo

    def names():
        return {"a", "b", "c", "d", "e"}

    def table():
        return {name: [name, len(name)] for name in names()}

    TABLE = table()
    FIXED = [n for n in ("x", "y")]

    @memo
    def run(n):
        print("ran")
        return sorted(TABLE.items())[n], FIXED

    print(run(1))
"""


def test_a_dictionary_built_from_a_set_is_the_same_in_every_process(project):
    """Whatever the hash seed makes of its order."""
    project.write("main.py", MAIN)
    said = [project.run(PYTHONHASHSEED=seed).quiet for seed in ("1", "2", "3", "4")]
    assert [lines.count("ran") for lines in said] == [1, 0, 0, 0]


@pytest.mark.parametrize(("before", "after"), [("len(name)]", "len(name) + 1]"), ('"a", "b"', '"0", "b"'), ('("x", "y")', '("y", "x")')])
def test_other_contents_or_another_order_that_no_set_made_run_it_again(project, before, after):
    """What is in it, the code that makes it, and the order of what no set has a part in."""
    project.write("main.py", MAIN)
    project.run(PYTHONHASHSEED="1")
    project.edit("main.py", before, after)
    assert "ran" in project.run(PYTHONHASHSEED="2", HITSAVE_NOTICES="off").printed


def test_an_order_that_the_environment_gives_counts(project):
    """Code that reads more than the project may get its order from there."""
    project.script(
        "import os\n" + MAIN.replace("\n    ", "\n").replace("for name in names()", 'for name in [*os.environ["ORDER"], *names()]'), ORDER="xy"
    )
    assert "ran" in project.run(ORDER="yx", HITSAVE_NOTICES="off").printed
