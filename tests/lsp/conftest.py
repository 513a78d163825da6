"""A small project that ran, and an editor on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lsp.client import REPOSITORY, Editor

FILES = {
    "pyproject.toml": '[project]\nname = "p"\n',
    "main.py": """\
import os
from hitsave import memo
from util import helper, K

MODEL_PATH = os.path.join("models", "a")


@memo
def train(
    n,
):
    return helper(n) + K


@memo
def where(n): return (MODEL_PATH, n)  # "🙂"


@memo
def never(n):
    return n


def plain(n):
    return train(n)


if __name__ == "__main__":
    for n in range(3):
        train(n)
    where(1)
""",
    "util.py": "K = 2\n\n\ndef helper(x):\n    return deeper(x) * 2\n\n\ndef deeper(x):\n    return x\n",
}


@dataclass
class Project:
    """A project's folder and its store."""

    folder: Path
    store: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a person who works on it."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("HITSAVE", "PYTEST"))}
        return {**own, "HITSAVE_DIR": str(self.store), "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "server")])}

    def write(self, files: dict[str, str]) -> None:
        """Write files."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")

    def run(self, *arguments: str) -> str:
        """Run Python in it; what it prints."""
        done = subprocess.run([sys.executable, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def uri(self, name: str) -> str:
        """The URI of a file of it."""
        return (self.folder / name).as_uri()


def made(base: Path, files: dict[str, str], *arguments: str) -> Project:
    """A new project in `base`, run once with these arguments."""
    project = Project(base / "project", base / "store")
    project.write(files)
    if arguments:
        project.run(*arguments)
    return project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project, with three results of train() and one of where(). Shared by the tests of a file, so nothing of it is changed on disk."""
    return made(tmp_path_factory.mktemp("lsp"), FILES, "main.py")


@pytest.fixture
def start() -> Iterator[Callable[..., Editor]]:
    """Starts editors, which end with the test."""
    editors: list[Editor] = []

    def begin(project: Project, *folders: Path, **options: object) -> Editor:
        editor = Editor(project.environment, cwd=project.folder.parent)
        editors.append(editor)
        editor.begin(*(folders or [project.folder]), **options)
        return editor

    yield begin
    for editor in editors:
        editor.close()


@dataclass
class Session:
    """An editor with main.py and util.py open."""

    editor: Editor
    main: str
    util: str


@pytest.fixture
def session(project: Project, start: Callable[..., Editor]) -> Session:
    """An editor that shows the project."""
    editor = start(project)
    found = Session(editor, editor.open(project.folder / "main.py"), editor.open(project.folder / "util.py"))
    editor.until(lambda: editor.hints(found.main))
    editor.until(lambda: editor.request("hitsave/functions", {})["complete"])
    return found
