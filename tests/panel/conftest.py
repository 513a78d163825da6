"""A project with runs in a store, and what the panel answers about it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hitsave.freshness.judging import Judge, Judged
from hitsave.freshness.project_text import ProjectText
from hitsave.panel.answering import Answers
from hitsave.panel.source import StoreSource
from hitsave.storage.entry import Entry
from hitsave.storage.store import Store
from hitsave.workspace.settings import Settings

PROJECT = Path(__file__).parent / "project"


class Lab:
    """A copy of the sample project, in which runs are made by real processes."""

    def __init__(self, root: Path, store: Path, run_python) -> None:
        self.root = root
        self.folder = store
        self._run = run_python
        shutil.copytree(PROJECT, root)
        (root / "pyproject.toml").write_text("[tool.hitsave]\n")

    def run(self, code: str) -> None:
        """Run `code` in the project's folder."""
        done = self._run(code, cwd=self.root, HITSAVE_DIR=str(self.folder), PYTHONWARNINGS="ignore")
        assert (done.status, done.stderr) == (0, "")

    def answers(self) -> Answers:
        """What answers the page about it."""
        return Answers(self.source())

    def source(self) -> StoreSource:
        """Its runs."""
        store = Store.open(self.folder, readonly=True)
        text = ProjectText(str(self.root), Settings(), store, os.environ)

        def judge(entries: Sequence[Entry]) -> Sequence[Judged]:
            text.forget_files()
            return Judge(store, str(self.root), lambda _: text).judge(entries)

        return StoreSource(store, str(self.root), judge)

    def ask(self, method: str, **params: Any) -> Any:
        """One answer."""
        return self.answers().answer(method, params)


@pytest.fixture
def lab(tmp_path: Path, store_dir: Path, run_python) -> Lab:
    """The project without any runs."""
    return Lab(tmp_path / "lab", store_dir, run_python)


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The project with three runs of the sweep, one of which failed."""
    import subprocess
    import sys

    from tests.conftest import ROOT, Ran

    def run_python(code: str, *, cwd: Path, **environment: str) -> Ran:
        known = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "server")]), **environment}
        done = subprocess.run([sys.executable, "-c", code], cwd=cwd, env=known, capture_output=True, text=True, check=False)
        return Ran(done.stdout, done.stderr, done.returncode)

    lab = Lab(tmp_path_factory.mktemp("swept") / "lab", tmp_path_factory.mktemp("store") / "store", run_python)
    lab.run(
        "from sweep import *\nfit(Model(2, 0.0), 0.2)\nfit(Model(3, 0.01), 0.5)\n"
        "try:\n    fit(Model(1, 0.0), 2.0)\nexcept ValueError:\n    pass\n"
        "import hostile\nfor name, value in hostile.VALUES.items():\n    hostile.show(name, value)\n"
    )
    return lab
