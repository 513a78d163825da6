"""What a shell makes of ``hitsave why tr`` and the TAB key, in the shells themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.cli.conftest import Project

pytestmark = pytest.mark.slow  # a run of the command for each answer, in shells that ./dev test-slow installs
COMMAND = """#!/bin/sh
# The shell asks the real command what to offer; a line that was completed is only shown.
[ -z "$_HITSAVE_COMPLETE" ] || exec "{python}" -m hitsave "$@"
printf '<%s>' "$@"
"""
BEGIN = {
    "bash": (["--norc", "--noprofile", "-i"], "source <(_HITSAVE_COMPLETE=source_bash hitsave)"),
    "zsh": (["-f", "-i"], 'autoload -Uz compinit; compinit -u -d "$HOME/dump"; source <(_HITSAVE_COMPLETE=source_zsh hitsave)'),
}


@pytest.fixture
def environment(pipeline: Project, tmp_path: Path) -> dict[str, str]:
    """A home without settings, and `hitsave` on PATH, in a project that has results of clean() and train()."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "hitsave").write_text(COMMAND.format(python=sys.executable), encoding="utf-8")
    (folder / "hitsave").chmod(0o755)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path), "TERM": "xterm"}


@pytest.mark.parametrize("name", BEGIN)
def test_tab_completes_functions_with_results_and_shows_commands(name: str, environment: dict[str, str]):
    """The one function that begins so is put into the line; of several commands, the names are shown."""
    arguments, source = BEGIN[name]
    shell = pexpect.spawn(name, arguments, env=environment, encoding="utf-8", timeout=60, dimensions=(50, 200))  # pyright: ignore[reportArgumentType]
    shell.sendline(f"{source}; echo rea''dy")
    shell.expect("ready\r")
    shell.send("hitsave why tr\t\r")
    shell.expect_exact("<why><train>")
    shell.send("hitsave wh\t\t")
    shell.expect_exact("whoami")
    shell.close()


def test_fish_offers_functions_with_results_and_commands_with_what_they_do(environment: dict[str, str]):
    """Fish tells what it would offer, one a line, with what it is for after a tab."""
    asking = '_HITSAVE_COMPLETE=source_fish hitsave | source; for line in "hitsave why tr" "hitsave wh"; complete --do-complete $line; end'
    said = subprocess.run(["fish", "--no-config", "--command", asking], env=environment, capture_output=True, text=True, check=True).stdout
    train, whoami, why = (line.split("\t") for line in said.splitlines())
    assert (train, whoami[0], why[0]) == (["train"], "whoami", "why")
    assert why[1].startswith("Say which results are still good")
