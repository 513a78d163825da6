"""A project in which the blocks of a page run, and the processes that run them."""

from __future__ import annotations

import difflib
import os
import platform
import re
import shlex
import subprocess
import sys
import time
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from hitsave.workspace.settings import settings_from_table
from tests.conftest import ROOT
from tests.docs.matching import matches, tidy
from tests.docs.pages import Block, PageError, Story, edited
from tests.forks import Ended, Server

_COMMAND: Final = re.compile(r"^\$ (.+)$", re.MULTILINE)
_SET: Final = re.compile(r"^([A-Z_]+)=(\S*)$")


_COMMAND_LINE: Final = "import sys; sys.argv[0] = 'hitsave'; from hitsave.cli.main import run; run()"
_LOADED: Final = (
    "libcst",
    "numpy",
    "rich.table",
    "rich.tree",
    "sklearn.datasets",
    "sklearn.linear_model",
    "sklearn.model_selection",
    "sklearn.svm",
    "sqlite3",
    "typer",
    "hitsave.cli.main",
    "hitsave.codegraph.frontend",
    "hitsave.freshness.judging",
    "hitsave.storage.store",
    "hitsave.values.stored",
    "hitsave.workspace.workspace",
)


@cache
def _server() -> Server:
    """What scripts and commands fork from. The runtime is not loaded in it: it notes that a child was made."""
    return Server(environment(Path(os.devnull)), _LOADED)


def environment(store: Path) -> dict[str, str]:
    """That of a reader, with a store of the page's own, and one thread for what computes with several."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HITSAVE", "PYTEST", "COV_"))}
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "server"), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HITSAVE_DIR": str(store),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "LOGNAME": "me",
    }


class Project:
    """A folder, which begins with a ``pyproject.toml`` and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.root.mkdir(parents=True)
        self.environ = environment(folder / "store")
        (self.root / "pyproject.toml").write_text('[project]\nname = "project"\n', encoding="utf-8")
        self.ids: dict[str, str] = {}
        self.scripts = 0
        self.elsewhere = {
            str(folder / "store"): "/home/me/.local/share/hitsave",
            str(self.root): "/home/me/project",
            f"me@{platform.node()}": "me@desk",
        }
        """What is otherwise on every machine → what pages say instead."""

    def play(self, story: Story) -> None:
        """Run all blocks; AssertionError, with the place, at the first that does something else than the page says."""
        for block, following in zip(story.blocks, [*story.blocks[1:], None], strict=True):
            shown = following.text if following is not None and following.language == "text" and following.name == "output" else None
            where = f"{story.page.relative_to(ROOT)}:{block.line}"
            if not block.reason:
                try:
                    self.play_block(block, shown, where)
                except PageError as problem:
                    raise AssertionError(f"{where}: {problem}") from problem

    def play_block(self, block: Block, shown: str | None, where: str) -> None:
        """Run one block."""
        match block.language:
            case "console":
                self.console(block, where)
            case "diff":
                path = self.root / block.name
                path.write_text(edited(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")
            case "toml":
                settings_from_table(tomllib.loads(block.text).get("tool", {}).get("hitsave", {}), "pyproject.toml", str(self.root))
                self.write(block)
            case "python" if block.name:
                compile(block.text, block.name, "exec")
                self.write(block)
            case "python":
                self.scripts += 1
                name = f"example_{self.scripts}.py"
                (self.root / name).write_text(block.text, encoding="utf-8")
                together = block.prints is None
                said = _server().run([name], self.root, self.environ, together=together)
                self.compare(block.prints if shown is None else shown, said, where)
            case _ if block.name and block.name != "output":
                self.write(block)
            case _:
                pass

    def write(self, block: Block) -> None:
        """Write the file that a block is."""
        if block.name:
            path = self.root / block.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")

    def console(self, block: Block, where: str) -> None:
        """Run each command, and compare."""
        parts = _COMMAND.split(block.text)
        assert not parts[0].strip(), f"{where}: text before the first command"
        for command, shown in zip(parts[1::2], parts[2::2], strict=True):
            said = self.command(command)
            self.compare(shown if shown.strip() else None, said, f"{where}: $ {command}")

    def command(self, command: str) -> Ended:
        """Run a command: ``python FILE``, ``hitsave``, ``pytest``, with variables before it."""
        for shown, real in self.ids.items():
            command = re.sub(rf"\b{shown}\b", real, command)
        words = shlex.split(command, comments=True)
        environ = dict(self.environ)
        while words and (found := _SET.match(words[0])):
            environ[found[1]] = str(self.root / found[2]) if found[1] == "HITSAVE_DIR" else found[2]
            words = words[1:]
        match words:
            case ["python", script, *_] if script.endswith(".py"):
                return _server().run(words[1:], self.root, environ, together=True)
            case ["hitsave", *_]:
                return _server().run(["-c", _COMMAND_LINE, *words[1:]], self.root, environ, together=True)
            case ["pytest", *arguments]:
                # Loaded as an installed HitSave would bring it, whether it is installed here or not.
                environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
                return self.fresh(["-m", "pytest", "-p", "hitsave.pytest_plugin", "-p", "no:cacheprovider", *arguments], environ)
            case ["python", *arguments]:
                return self.fresh(arguments, environ)
            case _:
                raise PageError(f"nothing here can run {command!r}: it is python, hitsave or pytest")

    def fresh(self, arguments: list[str], environ: dict[str, str]) -> Ended:
        """Run Python in a process that is no fork."""
        time.sleep(0.1)  # a file as old as the process might have changed after it was loaded
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Ended(done.stdout, "", done.returncode)

    def as_on_pages(self, printed: str) -> str:
        """What was printed, with the paths and names that pages have."""
        for here, there in self.elsewhere.items():
            printed = printed.replace(here, there)
        return tidy(printed)

    def compare(self, shown: str | None, said: Ended, where: str) -> None:
        """Nothing shown: it ended well, and warned of nothing. Otherwise it printed that."""
        if shown is None:
            assert said.returncode == 0, f"{where} ended with status {said.returncode}:\n{said.stdout}{said.stderr}"
            assert "Warning" not in said.stdout + said.stderr, f"{where} warned:\n{said.stdout}{said.stderr}"
            return
        printed = self.as_on_pages(said.stdout)
        found = matches(shown, printed)
        if found is None:
            lines = difflib.unified_diff(tidy(shown).splitlines(), printed.splitlines(), "shown", "printed", lineterm="", n=99)
            raise AssertionError("\n".join([where, *lines, said.stderr]))
        self.ids.update(found)
