"""The campaigns of `./dev faults` that are about a team server, in short."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="a process's memory is looked at by means of Linux")
@pytest.mark.parametrize("part", ["network", "forged"])
def test_a_server_at_fault_costs_time_at_most(part, pytestconfig):
    """A network that fails and a server that lies: no wrong value, nothing of theirs accepted or run, no long wait, nothing lost."""
    command = [sys.executable, "tests/faults/run.py", part, "--short", "--jobs", "2"]
    done = subprocess.run(command, cwd=pytestconfig.rootpath, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
