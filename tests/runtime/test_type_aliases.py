"""What a `type` statement names is a value like any other to who looks into it."""

from __future__ import annotations

import sys

import pytest

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="the statement is new there")
TEXT = """
    from hitsave import memo

    type Number = int
    type Numbers = list[Number] | dict[str, Numbers]
    type Later = Unknown

    @memo
    def is_one(x):
        print("is one")
        return isinstance(x, Number.__value__)

    @memo
    def shown():
        print("shown")
        return str(Numbers.__value__)

    @memo
    def annotated(x: Number) -> Later:
        print("annotated")
        return x

    print(is_one(3), shown(), annotated(3))
"""


def test_what_an_alias_stands_for_counts_where_it_is_looked_at(project):
    """Also through another; not where it only annotates."""
    result = "True list[Number] | dict[str, Numbers] 3"
    assert project.script(TEXT).quiet == ["is one", "shown", "annotated", result]
    assert project.run().quiet == [result]
    project.edit("main.py", "Number = int", "Number = str")
    assert project.run(HITSAVE_NOTICES="off").quiet == ["is one", "shown", f"False{result[4:]}"]
