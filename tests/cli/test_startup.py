"""The command as a process: what it imports, how it ends, what it completes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

import hitsave as package
from hitsave.cli.main import COMMANDS, GROUPS
from tests.conftest import ROOT

COMMAND = [sys.executable, "-m", "hitsave.cli.main"]


@pytest.fixture
def environment():
    """What a shell would give the command."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "server")]), "PYTHONDONTWRITEBYTECODE": "1"}


def loaded_after(run_python, arguments: list[str], cwd) -> set[str]:
    """The modules that are loaded when a command has ended."""
    code = """
import sys
from hitsave.cli.main import main
main(sys.argv[1:])
sys.stderr.write(" ".join(sys.modules))
"""
    ran = run_python(code, *arguments, cwd=cwd)
    assert ran.status == 0
    return set(ran.stderr.split())


def test_the_version_is_printed_at_once(run_python, tmp_path):
    """No parser, no numbers, no runtime, not even the store."""
    loaded = loaded_after(run_python, ["--version"], tmp_path)
    assert not loaded & {"libcst", "numpy", "pandas", "msgpack", "sqlite3", "blake3"}
    assert not [name for name in loaded if name.startswith(("hitsave.runtime", "hitsave.storage", "hitsave.codegraph", "hitsave.values"))]


@pytest.mark.parametrize(
    "command",
    [["status"], ["ls"], ["why", "clean"], ["deps", "clean"], ["ls", "--json"], ["export"], ["clear", "--stale"], ["gc"], ["fsck"], ["doctor"]],
)
def test_no_command_loads_the_runtime_or_the_users_code(pipeline, run_python, command):
    """They read text; what is heavy stays out."""
    loaded = loaded_after(run_python, command, pipeline.root)
    assert not [name for name in loaded if name.startswith("hitsave.runtime")]
    assert not loaded & {"app", "util", "numpy", "pandas"}


def test_a_second_command_needs_no_parser(pipeline, run_python):
    """What one analysed, the next one finds."""
    loaded_after(run_python, ["why", "clean"], pipeline.root)
    assert "libcst" not in loaded_after(run_python, ["why", "clean"], pipeline.root)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], [], ["ls", "--help"], ["-h"]])
def test_help_and_version_print_and_succeed(hitsave, arguments):
    """Without a command, the list of commands."""
    said = hitsave(*arguments)
    assert (said.status, said.stderr) == (0, "")
    if arguments == ["--version"]:
        assert said.stdout == f"hitsave {package.__version__}\n"
    else:
        assert "Usage: hitsave" in said.stdout
        assert not set(said.stdout) & set("╭│─╰")


def test_help_lists_every_command(hitsave):
    """One line each."""
    lines = [line.strip() for line in hitsave("--help").stdout.splitlines()]
    listed = lines[lines.index("Commands:") + 1 :]
    assert [line.split()[0] for line in listed] == [*(command.__name__ for command in COMMANDS), *GROUPS]
    assert all(line.endswith(".") and "..." not in line for line in listed)


def test_a_reader_that_has_seen_enough_is_no_error(pipeline, environment):
    """``hitsave why f | head -1`` ends in silence."""
    with subprocess.Popen([*COMMAND, "ls", "--json"], cwd=pipeline.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""


def test_ctrl_c_ends_with_130_and_no_traceback(pipeline, environment, store_dir):
    """However deep in its work the command is."""
    code = """
import sys, threading, _thread
from hitsave.storage.store import Store
def interrupt(*a, **k): raise KeyboardInterrupt
Store.list = interrupt
from hitsave.cli.main import run
run(["ls"])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=pipeline.root, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_terminal_gets_colours_and_a_pipe_does_not(pipeline, environment):
    """The same command, looked at and piped."""
    environment = {**environment, "TERM": "xterm-256color", "COLUMNS": "100"}
    environment.pop("NO_COLOR", None)
    main_end, other_end = pty.openpty()
    process = subprocess.Popen([*COMMAND, "ls"], cwd=pipeline.root, env=environment, stdin=other_end, stdout=other_end, stderr=other_end)
    os.close(other_end)
    seen = b""
    while True:
        try:
            chunk = os.read(main_end, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    process.wait()
    os.close(main_end)
    assert b"\x1b[32mfresh" in seen
    piped = subprocess.run([*COMMAND, "ls"], cwd=pipeline.root, env=environment, capture_output=True, check=True).stdout
    assert b"\x1b" not in piped


def test_the_shell_completes_commands_and_functions(pipeline, environment):
    """As typer does it; functions come from the store."""

    def completed(words: str) -> list[str]:
        asked = {**environment, "_HITSAVE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
        code = "from hitsave.cli.main import run; run([])"
        done = subprocess.run([sys.executable, "-c", code], cwd=pipeline.root, env=asked, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.stdout.split()

    assert completed("hitsave st") == ["status"]
    assert completed("hitsave why tr") == ["train"]
    assert completed("hitsave ls app:") == ["app:clean", "app:train"]


def test_output_survives_a_terminal_that_knows_no_arrows(pipeline, environment):
    """What can't be encoded is written out."""
    pipeline.edit("util.py", "return x + 1", "return x + 1.5  # ü→")
    environment = {**environment, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([*COMMAND, "why", "train"], cwd=pipeline.root, env=environment, capture_output=True, check=False)
    assert done.returncode == 0
    assert rb"train \u2192 clean" in done.stdout


def test_the_entry_point_is_what_the_package_names():
    """`pyproject.toml` leads to a function that exists."""
    import tomllib

    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    module, _, name = scripts["hitsave"].partition(":")
    assert callable(getattr(__import__(module, fromlist=[name]), name))
