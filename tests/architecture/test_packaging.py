"""The distribution: two packages, typed, one version, dependencies that the lock pins."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile

import pytest

import hitsave
from tests.architecture.source import ROOT

LOCK = ROOT / "requirements/dev.lock"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel that this tree makes."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_a_wheel_holds_both_packages_and_nothing_else(wheel):
    """What is installed is `hitsave` and `hitsave_server`, with the mark that says they are typed."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"hitsave", "hitsave_server", f"hitsave-{hitsave.__version__}.dist-info"}
    assert {"hitsave/py.typed", "hitsave_server/py.typed", "hitsave_server/lsp/__init__.py"} <= set(names)


def test_a_wheel_is_imported_without_the_tree_it_was_made_from(wheel, tmp_path):
    """No module is found by accident of where the tests run."""
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import hitsave, hitsave_server.lsp; print(hitsave.__file__)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.startswith(str(tmp_path))


def test_the_version_is_written_once():
    """The distribution takes it from the package; the extension's manifest says the same."""
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["version"] == hitsave.__version__


def test_every_dependency_is_pinned_in_the_lock():
    """The lock was made from this pyproject.toml: `./dev lock` makes it again."""
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    names = {re.match(r"[\w.-]+", requirement)[0] for requirement in asked}
    pinned = set(re.findall(r"^([\w.-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    assert names <= pinned


def test_the_lock_names_no_host():
    """It says what to install, not from where: digests make sure that it is the same everywhere."""
    text = LOCK.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(index|extra-index|find-links|trusted)", text, re.MULTILINE)
    assert all("--hash=sha256:" in block for block in re.findall(r"^\S+==(?:.*\\\n)+.*", text, re.MULTILINE))
