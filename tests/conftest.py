"""What every test gets: a store of its own, an environment without anyone's settings, and the Pythons at hand."""

from __future__ import annotations

import compileall
import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# No deadline: how long an example takes says more about the machine than about the code.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

_store_number = itertools.count()


def pytest_addoption(parser: pytest.Parser) -> None:
    """What only the corpus asks for stands here, because pytest reads no options from folders below."""
    parser.addoption(
        "--corpus", choices=["all", "quarter", "rest"], default="all", help="which cases to run: every fourth, the others, or (the default) all"
    )
    parser.addoption("--accept-corpus", action="store_true", help="make this run's verdicts the known ones, instead of failing on them")


def pytest_configure(config: pytest.Config) -> None:
    """Compile HitSave once. The processes of tests write no bytecode, or a file edited twice in a second would keep its old one; they read it."""
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(ROOT / "hitsave", quiet=2)
        compileall.compile_dir(ROOT / "server", quiet=2)


@pytest.fixture(autouse=True)
def store_dir(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that this test's store would be in; it is not made here. Settings from outside are gone."""
    for name in os.environ:
        if name.startswith("HITSAVE"):
            monkeypatch.delenv(name)
    folder = tmp_path_factory.getbasetemp() / f"store-{next(_store_number)}"
    monkeypatch.setenv("HITSAVE_DIR", str(folder))
    return folder


class Python(NamedTuple):
    """An interpreter with HitSave and all that the tests need. `version` is of the form "3.13"."""

    version: str
    path: Path


def pythons_at_hand() -> list[Python]:
    """The interpreters that ``./dev setup`` made environments for, and the one that runs now, newest first; one a version."""
    here = Python(f"{sys.version_info[0]}.{sys.version_info[1]}", Path(sys.executable))
    made = {folder.name.removeprefix("py"): folder / "bin" / "python" for folder in (ROOT / ".venv").glob("py3.*") if (folder / "stamp").exists()}
    all_of_them = [Python(version, path) for version, path in made.items() if version != here.version] + [here]
    return sorted(all_of_them, key=lambda python: int(python.version.partition(".")[2]), reverse=True)


@pytest.fixture(scope="session")
def pythons() -> list[Python]:
    """Every Python at hand, for what must come out the same under all of them."""
    return pythons_at_hand()


class Ran(NamedTuple):
    """What a process that has ended printed, and its exit status."""

    stdout: str
    stderr: str
    status: int


@pytest.fixture
def run_python():
    """A function that runs `code` in a fresh interpreter (this one, unless `python` names another) and returns what it printed."""

    def run(code: str, *arguments: str, cwd: Path | None = None, python: Path | None = None, **environment: str) -> Ran:
        paths = os.pathsep.join([str(ROOT), str(ROOT / "server")])
        done = subprocess.run(
            [str(python or sys.executable), "-c", code, *arguments],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.stdout, done.stderr, done.returncode)

    return run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the failures that tests/known_failures.toml lists, each with its reason."""
    import tomllib

    listed: dict[str, str] = tomllib.loads((ROOT / "tests" / "known_failures.toml").read_text(encoding="utf-8"))
    for item in items:
        reason = listed.get(item.nodeid)
        if reason is not None:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=False))
