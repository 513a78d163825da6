"""The benchmarks still run: each measures next to nothing, and gives its table. How long anything takes is not looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECTIONS = ["arrays", "digests", "hits", "opening", "programs", "recording", "starting", "stores"]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_of_the_benchmarks_gives_its_table(section):
    """What a benchmark calls is the engine itself, which changes; its table has rows with a floor each."""
    command = [sys.executable, str(ROOT / "benchmarks" / "run.py"), "--tiny", "--print", "--only", section]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not ran.returncode, ran.stderr
    rows = [line for line in ran.stdout.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(rows) > 2
    assert all(row.count("|") == rows[0].count("|") for row in rows)


def test_every_benchmark_is_a_section_that_is_run_here():
    """A section that is added is run by the test above."""
    shared = {"answering", "editor", "hub", "others", "run", "snapshots", "tables", "timing"}
    assert {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - shared == set(SECTIONS)
