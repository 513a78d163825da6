"""A short campaign over packages of the lock; ``./dev mutation`` is the long one."""

from __future__ import annotations

import sys

import pytest

from tests.mutation.campaign import STALE, WRONG, run_subject


@pytest.mark.mutation
@pytest.mark.parametrize(("subject", "mutants"), [("attrs", 6), ("h11", 6), ("pluggy", 6)])
def test_no_hit_on_mutated_code_is_wrong(subject, mutants, tmp_path):
    """Every stored result that is given is what the code as it is now gives; unchanged code hits from the second process on."""
    outcome = run_subject(subject, sys.executable, tmp_path / subject, mutants=mutants, seed=7, edits=False)
    assert [v for v in outcome.verdicts if v.verdict in {STALE, WRONG}] == []
    assert outcome.missed == {}
    assert any(v.changed for v in outcome.verdicts)
