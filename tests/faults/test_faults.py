"""The campaign against faults, in short; ``./dev faults`` plays it in full."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.faults.run import PARTS

# What gives every call one error is a share of what gives them all errors in turn.
EVERYTHING = [part for part, (name, _) in PARTS.items() if part == name and part not in {"network", "forged"}]  # those are in tests/hub_client
IN_CI = {"damage", "flight", "full", "hostile", "kill", "model", "places", "plants"}
"""Half a minute together; the others need strace, or many processes for long."""


@pytest.mark.skipif(sys.platform != "linux", reason="faults are made by means of Linux")
@pytest.mark.parametrize("part", [pytest.param(part, marks=[] if part in IN_CI else pytest.mark.slow) for part in EVERYTHING])
def test_a_fault_costs_time_at_most(part, pytestconfig):
    """No wrong value, nothing raised, one warning at most, no function run twice, nothing lost that was stored, nothing left over."""
    command = [sys.executable, "tests/faults/run.py", part, "--short", "--jobs", "1"]
    done = subprocess.run(command, cwd=pytestconfig.rootpath, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
