"""A project in a folder of its own, and real processes that run it.

What a function did is seen by what it prints: a list that it appended to would be a capture that it changes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest

from tests.forks import run_python

ROOT = Path(__file__).resolve().parents[2]
_WARNING = re.compile(r"^(.*?): HitSaveWarning: (.*)$")


HELPED = """
    import sys
    from hitsave import memo
    import helpers

    @memo
    def run(x):
        print("ran")
        return helpers.work(x)

    exec(sys.argv[1] if len(sys.argv) > 1 else "")
    print(run(1))
"""
"""A script whose function is what one of ``helpers.py`` makes of its argument; what it is given on its command line is done before the call."""


class Said(NamedTuple):
    """What a process that ended said: on standard output line by line, what HitSave said on standard error, and all else there."""

    printed: list[str]
    warnings: list[str]
    notices: list[str]
    rest: str

    @property
    def quiet(self) -> list[str]:
        """What was printed, by a process that said nothing else."""
        assert (self.warnings, self.notices, self.rest) == ([], [], "")
        return self.printed

    @property
    def warned(self) -> str:
        """The one warning of a process that otherwise ended well."""
        (warning,) = self.warnings
        assert (self.notices, self.rest) == ([], "")
        return warning


class Project:
    """Files in a folder."""

    def __init__(self, root: Path, store: Path) -> None:
        self.root = root
        self.store = store

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file, its text dedented."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return path

    def edit(self, name: str, before: str, after: str) -> None:
        """Replace a piece of a file's text."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert before in text
        (self.root / name).write_text(text.replace(before, after), encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        """How Python is started; ``main.py`` where nothing is said."""
        return [sys.executable, *(arguments or ("main.py",))]

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of the project's processes."""
        paths = [*os.environ.get("PYTHONPATH", "").split(os.pathsep), str(ROOT), str(ROOT / "server")]
        return {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in paths if p), "PYTHONDONTWRITEBYTECODE": "1", **more}

    def run(self, *arguments: str, stdin: str = "", cwd: Path | None = None, fails: bool = False, **environment: str) -> Said:
        """Run Python in the project's folder to its end, which is a good one unless it `fails`."""
        if not stdin and len(arguments) == 1 and arguments[0].endswith(".py"):
            done = run_python([*arguments], cwd or self.root, self.environment(**environment))
        else:
            done = subprocess.run(
                self.command(*arguments),
                cwd=cwd or self.root,
                env=self.environment(**environment),
                input=dedent(stdin),
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
        assert (done.returncode != 0) == fails, f"{done.stdout}\n{done.stderr}"
        return said(done.stdout, done.stderr)

    def script(self, text: str, *options: str, **environment: str) -> Said:
        """Write ``main.py`` and run it, with these options of Python's own."""
        self.write("main.py", text)
        return self.run(*options, "main.py", **environment)

    def entries(self) -> int:
        """How many results are stored."""
        from hitsave.storage.store import Store

        with Store.open(self.store, readonly=True) as store:
            return len(store.list(limit=None))


def said(output: str, errors: str) -> Said:
    """What a process said, sorted by who said it."""
    warnings: list[str] = []
    notices: list[str] = []
    rest: list[str] = []
    shows_source = False
    for line in errors.splitlines():
        if shows_source and line.startswith("  "):  # the line of source that a warning points at
            shows_source = False
        elif found := _WARNING.match(line):
            warnings.append(found[2])
            shows_source = True
        elif line.startswith("hitsave: "):
            notices.append(line.removeprefix("hitsave: "))
        else:
            rest.append(line)
    return Said(output.splitlines(), warnings, notices, "\n".join(rest))


@pytest.fixture
def project(tmp_path: Path, store_dir: Path) -> Project:
    """An empty folder that is a project."""
    root = tmp_path / "project"
    root.mkdir()
    made = Project(root, store_dir)
    made.write("pyproject.toml", '[project]\nname = "p"\n')
    return made
