"""Evaluations that are under way, that failed, and whose process was killed."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.lsp.conftest import made

FILES = {
    "pyproject.toml": '[project]\nname = "p"\n',
    "slow.py": """\
import os
import time
from hitsave import experiment


@experiment
def wait(n):
    if n < 0:
        raise ValueError(n)
    while not os.path.exists("go"):
        time.sleep(0.05)
    return n
""",
}


def test_a_run_that_is_under_way_is_shown_and_then_its_result(tmp_path, start):
    """While its process computes; then as cached; one that was killed is shown no more, one that failed says so."""
    project = made(tmp_path, FILES)
    editor = start(project)
    uri = editor.open(project.folder / "slow.py")
    assert editor.hint(uri, "def wait(n):") == "never run"
    killed = subprocess.Popen([sys.executable, "-c", "import slow; slow.wait(7)"], cwd=project.folder, env=project.environment)
    editor.until(lambda: editor.hints(uri)["def wait(n):"] == ["running…"])
    killed.kill()
    killed.wait()
    editor.until(lambda: editor.hints(uri)["def wait(n):"] == ["never run"])
    process = subprocess.Popen([sys.executable, "-c", "import slow; slow.wait(1)"], cwd=project.folder, env=project.environment)
    editor.until(lambda: editor.hints(uri)["def wait(n):"] == ["running…"])
    (project.folder / "go").write_text("")
    process.wait()
    editor.until(lambda: editor.hints(uri)["def wait(n):"][0].startswith("cached ×1"))
    time.sleep(0.01)
    subprocess.run(
        [sys.executable, "-c", "import slow; slow.wait(-1)"], cwd=project.folder, env=project.environment, capture_output=True, check=False
    )
    editor.until(lambda: editor.hints(uri)["def wait(n):"][0].startswith("failed · "))
    assert editor.hints(uri)["def wait(n):"][0].endswith(" · cached ×1")
