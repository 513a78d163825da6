"""The call that a run was, as Python."""

from __future__ import annotations

import ast
import math

import pytest

from hitsave.panel.rerun import literal, rerun
from hitsave.values.views.bounds import Allowance
from hitsave.values.views.looking import Look


def view(value):
    return Look(Allowance(), None).view(value)


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -2.5, 2.0, 10**40, 0.0, "a 'b' \n\ud800", [], [1, [2]], (), (1,), {"a": {"b": (None, False)}}, {1, 2}, {(1, 2): "x"}],
    ids=repr,
)
def test_what_is_whole_and_plain_is_its_own_literal(value):
    """It reads back as what it was, of the same type."""
    written = literal(view(value))
    assert written is not None
    assert written.isascii()
    read = ast.literal_eval(written)
    assert (read, type(read)) == (value, type(value))


def test_numbers_that_have_no_literal_are_calls():
    """Of ``float``."""
    assert literal(view(math.inf)) == "float('inf')"
    assert literal(view([math.nan])) == "[float('nan')]"


@pytest.mark.parametrize("value", [object(), "x" * 200_000, list(range(1_000)), [object()], b"bytes", set(), print], ids=lambda v: repr(v)[:20])
def test_what_is_cut_or_no_literal_has_none(value):
    """Half a list would be another call."""
    assert literal(view(value)) is None


def test_the_call_imports_the_function_from_where_the_run_did():
    """A source folder is put on the path; what hostile text an argument holds stays within its quotes, in the shell as well."""
    hostile = "'; rm -rf ~ $(x) `y` \" \\"
    found = rerun("lab.fit:train", "src/lab/fit.py", [{"name": "name", "text": "", "view": view(hostile)}])
    assert found is not None
    calls = [node for node in ast.walk(ast.parse(found["code"])) if isinstance(node, ast.Call)]
    assert hostile in [keyword.value.value for call in calls for keyword in call.keywords if isinstance(keyword.value, ast.Constant)]
    assert "sys.path.insert(0, 'src')" in found["code"]


@pytest.mark.parametrize(
    ("symbol", "path"),
    [
        ("fit:Model.train", "fit.py"),
        ("fit:f.<locals>.g", "fit.py"),
        ("fit:train", "/elsewhere/fit.py"),
        ("fit:train", "../fit.py"),
        ("fit:train", ""),
    ],
)
def test_what_can_not_be_imported_by_name_has_no_call(symbol, path):
    """Methods, local functions, files outside of the project."""
    assert rerun(symbol, path, []) is None
