"""docs/cli.md names every command and option that there is, and none that there isn't."""

from __future__ import annotations

import re

import pytest

from hitsave.cli.main import COMMANDS, GROUPS
from tests.conftest import ROOT

PAGE = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
NAMES = {command.__name__ for command in COMMANDS}


def test_every_command_that_the_docs_name_exists():
    """In prose, tables and headings."""
    named = set(re.findall(r"hitsave ([a-z]+)\b", PAGE))
    assert named <= NAMES | set(GROUPS)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_command_is_in_the_docs(name):
    """With what it says as JSON."""
    assert f"`hitsave {name}" in PAGE
    assert name in {"ui", "verify"} or re.search(rf"^### .*\b{name}\b", PAGE, re.MULTILINE), "its JSON has no heading"


@pytest.mark.parametrize("name", sorted(NAMES))
def test_help_names_every_option_and_ends_in_sentences(hitsave, name):
    """Each argument and option has a line that says what it is for."""
    said = hitsave(name, "--help")
    assert said.status == 0
    options = set(re.findall(r"^\s+(?:-\w, )?--([a-z-]+)", said.stdout, re.MULTILINE)) - {"help"}
    assert options, said.stdout
    assert "--json" in said.stdout or name in {"export", "ui", "verify"}
    assert max(len(line) for line in said.lines) <= 100


def test_every_option_that_the_docs_name_exists(hitsave):
    """Of any command."""
    everything = hitsave("--help").stdout + "".join(hitsave(name, "--help").stdout for name in NAMES)
    assert {option for option in re.findall(r"--[a-z][a-z-]+", PAGE) if option not in everything} == set()
