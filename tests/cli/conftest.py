"""A project in a folder of its own, real runs of it, and the command asked about it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import pytest

from hitsave.cli.main import main

PIPELINE = {
    "pyproject.toml": '[project]\nname = "pipeline"\n',
    "app.py": """\
        from hitsave import experiment, memo

        from util import step

        LIMIT = 3


        @memo
        def clean(n, name="a"):
            return [step(i) for i in range(min(n, LIMIT))]


        @experiment(ignore="log")
        def train(rate, log=None):
            return rate * sum(clean(2))


        @memo
        def unused(x):
            return step(x)
    """,
    "util.py": """\
        def helper(x):
            return x + 1


        def step(x):
            return helper(x) * 2


        def unrelated(x):
            return x
    """,
}


class Said(NamedTuple):
    """What the command printed, and its exit status."""

    stdout: str
    stderr: str
    status: int

    @property
    def json(self) -> Any:
        """The object that was printed."""
        assert (self.status, self.stderr) == (0, "")
        assert self.stdout.isascii()
        return json.loads(self.stdout)

    @property
    def lines(self) -> list[str]:
        """The lines on standard output."""
        return self.stdout.splitlines()


@pytest.fixture
def hitsave(capsys: pytest.CaptureFixture[str]):
    """A function that runs the command `hitsave` with these arguments, in this process, in the current folder."""

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        status = main(arguments)
        return Said(*capsys.readouterr(), status)

    return run


class Project:
    """Files in a folder, which is the current one."""

    def __init__(self, root: Path, run_python) -> None:
        self.root = root
        self._run_python = run_python

    def write(self, files: dict[str, str]) -> None:
        """Write these texts under these names."""
        for name, text in files.items():
            self.file(name).write_text(dedent(text), encoding="utf-8")

    def file(self, name: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def edit(self, name: str, before: str, after: str) -> None:
        """Replace a piece of a file's text."""
        text = self.file(name).read_text(encoding="utf-8")
        assert before in text
        self.file(name).write_text(text.replace(before, after), encoding="utf-8")

    def run(self, code: str) -> str:
        """Run `code` in a fresh process, in the project's folder, as a script would; what it printed."""
        ran = self._run_python(f"import sys; sys.path.insert(0, '')\n{dedent(code)}", cwd=self.root, HITSAVE_NOTICES="off")
        assert (ran.status, ran.stderr) == (0, "")
        return ran.stdout


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_python) -> Project:
    """An empty folder that is a project, and the current folder."""
    made = Project(tmp_path / "project", run_python)
    made.write({"pyproject.toml": '[project]\nname = "p"\n'})
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def pipeline(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, run_python, store_dir: Path) -> Project:
    """A project of two files that has run: three results of `clean`, one of `train`, which hit once.

    It really ran, once for all tests; each gets a copy of the store, and the files as they were, where they were.
    """
    made = Project(tmp_path_factory.getbasetemp() / "pipeline", run_python)
    kept = tmp_path_factory.getbasetemp() / "pipeline-store"
    if made.root.exists():
        shutil.rmtree(made.root)
    made.write(PIPELINE)
    if not kept.exists():
        made.run("import app; app.clean(1); app.clean(2, name='b'); app.train(0.5); app.train(0.5)")
        shutil.copytree(store_dir, kept)
    else:
        shutil.copytree(kept, store_dir)
    monkeypatch.chdir(made.root)
    return made
