"""240 small projects are run, edited and run again: is a wrong value served, is anything run again for nothing?"""

from __future__ import annotations

import os
import sys

import pytest

from tests.corpus import score
from tests.corpus.conftest import VERSION


@pytest.mark.corpus
@pytest.mark.parametrize("case", score.cases())
def test_case(case, record_outcome, tmp_path, pytestconfig, monkeypatch):
    """The edited project gives the value that it would give without HitSave, and runs only what the edit made necessary."""
    for library in score.cases()[case]["needs"]:
        pytest.importorskip(library)
    with monkeypatch.context() as as_a_person:  # who runs the project without pytest
        for name in [name for name in os.environ if name.startswith("PYTEST")]:
            as_a_person.delenv(name)
        outcome = score.judge(score.cases()[case], sys.executable, tmp_path)
    record_outcome(outcome)
    if not pytestconfig.getoption("--accept-corpus", default=False):
        problem = score.complaint(outcome, score.known(VERSION))
        assert problem is None, problem


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_few_cases_are_known_not_to_be_ok(version):
    """Every case is ok or known, so the length of the list is the score."""
    assert len(score.known(version)) <= score.MOST_NOT_OK
