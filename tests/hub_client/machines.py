"""A real team server in a process of its own, and machines: homes with a project in each, and real processes that run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

from hitsave.storage.store import Store
from hitsave.storage.team.joining import join
from hitsave_server.hub.accounts import AccountError
from tests import forks
from tests.conftest import ROOT
from tests.hub.running import Hub

REQUIRED = {"HITSAVE_HUB_REQUIRED": "1"}
FILES = {
    "pyproject.toml": '[project]\nname = "p"\n',
    "main.py": """\
        from hitsave import experiment, memo
        from util import step

        @memo
        def slow(n):
            print("ran", n)
            return step(n), bytes(40_000)

        @experiment
        def train(rate):
            print("trained", rate)
            return {"rate": rate}

        print(slow(3)[0], train(0.5))
    """,
    "util.py": "def step(n):\n    return n * 2\n",
}
PATHS = os.pathsep.join([str(ROOT), str(ROOT / "server")])


def token_of(hub: Hub, member: str, **options: Any) -> str:
    """A token of a member, who is made where there is none; options are those of a key."""
    with suppress(AccountError):
        hub.member(member, admin=False)
    return hub.key(member, **options).token


@contextmanager
def real_hub(folder: Path) -> Iterator[Hub]:
    """A team server that runs meanwhile: SQLite and a folder."""
    hub = Hub(folder).start()
    try:
        yield hub
    finally:
        hub.stop()


class Said(NamedTuple):
    """What a program printed, on both streams."""

    printed: list[str]
    errors: str


class Machine:
    """Somebody's computer: a home with a store and settings of its own, and a copy of the project."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.home = folder
        self.project = folder / "work" / "project"
        self.project.mkdir(parents=True)
        self.store = folder / "store"
        self.config = folder / "config" / "hitsave"
        for name, text in files.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        (self.project / name).write_text(dedent(text), encoding="utf-8")

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of this machine's processes."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HITSAVE", "XDG"))}
        own = {"HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home / "config"), "HITSAVE_DIR": str(self.store), "PYTHONPATH": PATHS}
        return {**kept, **own, "PYTHONDONTWRITEBYTECODE": "1", **more}

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start Python in the project's folder."""
        return subprocess.Popen(
            [sys.executable, *(arguments or ("main.py",))],
            cwd=self.project,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> Said:
        """Run Python in the project's folder, to a good end, in a process that has loaded already what everything takes long to load."""
        done = _server().run(list(arguments or ("main.py",)), self.project, self.environment(**environment))
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return Said(done.stdout.splitlines(), done.stderr)

    def command(self, *arguments: str, **environment: str) -> Said:
        """Run the command `hitsave` in the project's folder."""
        return self.run("-c", "import runpy; runpy.run_module('hitsave', run_name='__main__', alter_sys=True)", *arguments, **environment)

    def login(self, hub: Hub, member: str, *, at: str = "", **options: Any) -> str:
        """Log in as a member; the public key that this machine signs with."""
        from hitsave.storage.team.signing import public_text

        return public_text(join(str(self.config), at or hub.url, token_of(hub, member, **options)).public)

    def trust(self, *keys: str) -> None:
        """Trust these keys, everywhere on this machine."""
        self.config.mkdir(parents=True, exist_ok=True)
        (self.config / "trusted-keys").write_text("".join(f"{key} somebody\n" for key in keys), encoding="utf-8")

    def opened(self) -> Store:
        """This machine's store."""
        return Store.open(self.store)

    def waiting(self) -> int:
        """How many results are still to be sent."""
        with self.opened() as store:
            return len(store.outbox.all())


@cache
def _server() -> forks.Server:
    return forks.Server({"PYTHONDONTWRITEBYTECODE": "1"}, ("libcst", "httpx", "zstandard", "cryptography.hazmat.primitives.asymmetric.ed25519"))


def ended(process: subprocess.Popen[str]) -> Said:
    """Wait for a process to end well."""
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, f"{output}\n{errors}"
    return Said(output.splitlines(), errors)


def project_files(hub: Hub, name: str) -> dict[str, str]:
    """A project that shares through a hub, under this name."""
    return FILES | {"pyproject.toml": f'[tool.hitsave]\nhub = "{hub.url}"\nhub-project = "{name}"\n'}


def acquainted(hub: Hub, folder: Path, files: dict[str, str], *members: str) -> list[Machine]:
    """A machine for each member, all logged in and all trusting one another."""
    machines = [Machine(folder / member, files) for member in members]
    keys = [machine.login(hub, member) for machine, member in zip(machines, members, strict=True)]
    for machine in machines:
        machine.trust(*keys)
    return machines
