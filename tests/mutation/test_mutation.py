"""A short campaign over packages of the lock; ``./dev mutation`` is the long one."""

from __future__ import annotations

import sys

import pytest

from tests.mutation.campaign import STALE, WRONG, run_subject


@pytest.mark.mutation
def test_no_hit_on_mutated_code_is_wrong(tmp_path):
    """Every stored result that is given is what the code as it is now gives; unchanged code hits from the second process on."""
    outcomes = [run_subject(name, sys.executable, tmp_path / name, changing=3, never=2, seed=7, edits=False) for name in ("h11", "pluggy")]
    verdicts = [v for outcome in outcomes for v in outcome.verdicts]
    assert [v for v in verdicts if v.verdict in {STALE, WRONG}] == []
    assert [outcome.missed for outcome in outcomes] == [{}, {}]
    assert any(v.changed for v in verdicts)
