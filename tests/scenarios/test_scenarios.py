"""Small projects are run, edited and run again; text alone and a process that imports the code come to the same answers.

Each ``##`` heading in the Markdown files beside this one is a test. README.md says how they are written.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.scenarios.playing import Player
from tests.scenarios.story import scenarios_of

FOLDER = Path(__file__).parent
SCENARIOS = {s.name: s for path in sorted(FOLDER.glob("*.md")) if path.name != "README.md" for s in scenarios_of(path)}
KNOWN_GAPS = tomllib.loads((FOLDER / "known_gaps.toml").read_text(encoding="utf-8"))


def marked(name: str):
    """A scenario as a parameter; one that shows a known gap has to go on failing until it leaves the list."""
    return pytest.param(name, marks=[pytest.mark.xfail(reason=KNOWN_GAPS[name], strict=True)] if name in KNOWN_GAPS else [])


@pytest.mark.parametrize("name", [marked(name) for name in SCENARIOS])
def test_scenario(name, tmp_path):
    """What runs, and why, is what the scenario says; no wrong value is given; text alone says the same."""
    problems = Player(SCENARIOS[name], tmp_path).play()
    assert not problems, "\n".join(["", *problems])


def test_there_are_enough_scenarios():
    """Sixty small stories, each told by text and by a process."""
    assert len(SCENARIOS) >= 60


def test_every_known_gap_is_a_scenario():
    """The list of gaps names what exists."""
    assert set(KNOWN_GAPS) <= set(SCENARIOS)
