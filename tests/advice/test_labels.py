"""How many of the functions that should not be memoised are found, and how many are blamed wrongly: 200 functions of real packages, labelled by hand."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.advice.labelled import LABELS, asked, score
from tests.conftest import ROOT


def test_the_labels_are_two_hundred_in_two_halves():
    """Each with a reason."""
    rows = tomllib.loads(LABELS.read_text(encoding="utf-8"))["function"]
    assert len({row["function"] for row in rows}) == len(rows) == 200
    assert [sum(row["half"] == half for row in rows) for half in ("tuned", "held out")] == [100, 100]
    assert all(len(row["reason"]) > 8 for row in rows)


@pytest.mark.slow
def test_enough_is_found_and_little_is_blamed():
    """Over both halves, recall is at least 90 % and precision at least 80 %; the page of the rules has the numbers."""
    functions = list(asked())
    if len(functions) < 200:
        pytest.skip("a labelled package is not installed in the version that was read")
    found = score(functions)
    assert found.recall >= 0.9
    assert found.precision >= 0.8
    page = (ROOT / "docs/rules/README.md").read_text(encoding="utf-8")
    for name, half in (("tuned on", "tuned"), ("held out", "held out"), ("both", None)):
        its = score([f for f in functions if half in {None, f.half}])
        (row,) = re.findall(rf"^\| {name} \| .*$", page, re.MULTILINE)
        assert f"| {its.recall:.0%} | {its.precision:.0%} |".replace("%", " %") in row
