"""What a host answers has the form that the contract says, key by key; so have the answers that the page's own tests are made of."""

from __future__ import annotations

import json
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from hitsave.panel import contract

FIXTURES = Path(__file__).parent / "fixtures"


def faults(value: Any, kind: Any, where: str = "answer") -> list[str]:
    """Where a value has not the form of a type of the contract."""
    if kind is Any:
        return []
    if is_typeddict(kind):
        hints = get_type_hints(kind)
        if not isinstance(value, dict):
            return [f"{where} is no {kind.__name__}"]
        missing = [f"{where} lacks {name}" for name in kind.__required_keys__ - value.keys()]
        unknown = [f"{where} has {name}" for name in value.keys() - hints.keys()]
        return [*missing, *unknown, *(fault for name in hints.keys() & value.keys() for fault in faults(value[name], hints[name], f"{where}.{name}"))]
    origin, parts = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        tried = [faults(value, part, where) for part in parts]
        return [] if [] in tried else min(tried, key=len)
    if origin is Literal:
        return [] if value in parts else [f"{where} is {value!r}"]
    if origin is list:
        return (
            [fault for n, item in enumerate(value) for fault in faults(item, parts[0], f"{where}[{n}]")]
            if isinstance(value, list)
            else [f"{where} is no list"]
        )
    if origin is dict:
        return [fault for name, item in value.items() for fault in faults(item, parts[1], f"{where}.{name}")]
    fits = isinstance(value, kind) or (kind is float and type(value) is int)
    return [] if fits and (kind is bool or kind is NoneType or not isinstance(value, bool)) else [f"{where} is {value!r}, no {kind.__name__}"]


@pytest.mark.parametrize(("name", "kind"), [("runs", contract.Runs), ("changed", contract.Runs), ("run", contract.Run)])
def test_the_answers_that_the_page_is_tested_with_are_of_the_contract(name, kind):
    """The files are read by the tests of the page and of the extension, too."""
    assert faults(json.loads((FIXTURES / f"{name}.json").read_text()), kind) == []


def test_the_answers_of_a_real_host_are_of_the_contract(swept):
    """For runs that ended, failed, and hold anything."""
    answers = swept.answers()
    runs = answers.answer(contract.RUNS, {})
    assert faults(runs, contract.Runs) == []
    for group in runs["groups"]:
        assert (
            faults(answers.answer(contract.CELLS, {"symbol": group["symbol"], "columns": [c["id"] for c in group["columns"]]}), contract.Cells) == []
        )
        ids = group["facts"]["ids"]
        assert faults(answers.answer(contract.CURVES, {"ids": ids[:20]}), contract.RunCurves) == []
        for identity in ids:
            run = answers.answer(contract.RUN, {"id": identity})
            assert faults(run, contract.Run) == []
    attached = next(
        (identity, a["name"])
        for g in runs["groups"]
        for identity in g["facts"]["ids"]
        for a in answers.answer(contract.RUN, {"id": identity})["attachments"]
    )
    assert faults(answers.answer(contract.ATTACHMENT, {"id": attached[0], "name": attached[1]}), contract.AttachmentBytes) == []
    assert faults(answers.answer(contract.LIBRARY, {"name": "plotly"}), contract.LibraryText) == []
    assert faults(answers.answer(contract.KEPT, {}), contract.Kept) == []
    assert faults(answers.answer(contract.MARK, {"ids": [attached[0]], "pinned": True}), contract.Done) == []


def test_a_fault_is_one():
    """A check that finds nothing wrong with anything would be none."""
    run = json.loads((FIXTURES / "run.json").read_text())
    assert faults(run | {"state": "good"}, contract.Run)
    assert faults({name: value for name, value in run.items() if name != "output"}, contract.Run) == ["answer lacks output"]
    assert faults(run | {"python": 3}, contract.Run) == ["answer.python is 3, no str"]
