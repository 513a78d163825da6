"""A project in which the blocks of a page run, and the processes that run them."""

from __future__ import annotations

import difflib
import json
import os
import platform
import re
import shlex
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Final, NamedTuple

from hitsave.workspace.settings import settings_from_table
from tests.conftest import ROOT
from tests.docs.matching import matches, tidy
from tests.docs.pages import Block, PageError, Story, edited

_COMMAND: Final = re.compile(r"^\$ (.+)$", re.MULTILINE)
_SET: Final = re.compile(r"^([A-Z_]+)=(\S*)$")


class Printed(NamedTuple):
    """What a process wrote, and how it ended."""

    stdout: str
    stderr: str
    status: int


class Zygote:
    """The process of `zygote.py`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("zygote.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(folder / "none"),
        )

    def run(self, argv: list[str], cwd: Path, environ: dict[str, str], *, together: bool) -> Printed:
        """Run a script, or `hitsave`; `together` gives both of its streams as the first."""
        out, err = self.folder / "stdout", self.folder / "stderr"
        for path in (out, err):
            path.write_bytes(b"")
        asked = {"argv": argv, "cwd": str(cwd), "environ": environ, "stdout": str(out), "stderr": str(out if together else err)}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        status = int(self.process.stdout.readline())
        return Printed(out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"), status)

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def environment(store: Path) -> dict[str, str]:
    """That of a reader, with a store of the page's own, and one thread for what computes with several."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HITSAVE", "PYTEST", "COV_"))}
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "server")]),
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

    def __init__(self, folder: Path, zygote: Zygote) -> None:
        self.zygote = zygote
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
                said = self.zygote.run([name], self.root, self.environ, together=together)
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

    def command(self, command: str) -> Printed:
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
                return self.zygote.run(words[1:], self.root, environ, together=True)
            case ["hitsave", *_]:
                return self.zygote.run(words, self.root, environ, together=True)
            case ["pytest", *arguments]:
                # Loaded as an installed HitSave would bring it, whether it is installed here or not.
                environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
                return self.fresh(["-m", "pytest", "-p", "hitsave.pytest_plugin", "-p", "no:cacheprovider", *arguments], environ)
            case ["python", *arguments]:
                return self.fresh(arguments, environ)
            case _:
                raise PageError(f"nothing here can run {command!r}: it is python, hitsave or pytest")

    def fresh(self, arguments: list[str], environ: dict[str, str]) -> Printed:
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
        return Printed(done.stdout, "", done.returncode)

    def as_on_pages(self, printed: str) -> str:
        """What was printed, with the paths and names that pages have."""
        for here, there in self.elsewhere.items():
            printed = printed.replace(here, there)
        return tidy(printed)

    def compare(self, shown: str | None, said: Printed, where: str) -> None:
        """Nothing shown: it ended well, and warned of nothing. Otherwise it printed that."""
        if shown is None:
            assert said.status == 0, f"{where} ended with status {said.status}:\n{said.stdout}{said.stderr}"
            assert "Warning" not in said.stdout + said.stderr, f"{where} warned:\n{said.stdout}{said.stderr}"
            return
        printed = self.as_on_pages(said.stdout)
        found = matches(shown, printed)
        if found is None:
            lines = difflib.unified_diff(tidy(shown).splitlines(), printed.splitlines(), "shown", "printed", lineterm="", n=99)
            raise AssertionError("\n".join([where, *lines, said.stderr]))
        self.ids.update(found)
