"""What a command is about is found from the current folder and the store."""

from __future__ import annotations

import os

import pytest

from hitsave.cli.here import Here
from hitsave.digest import Digest
from hitsave.freshness.project_text import IMPORT_ROOTS
from hitsave.storage.entry import NewEntry
from hitsave.storage.packing import pack
from hitsave.storage.store import Store
from hitsave.workspace.project_files import project_files

NOTHING = Digest(bytes(32))


def remember(store_dir, root) -> None:
    """An entry of a project at `root`."""
    with Store.open(store_dir) as store:
        store.begin(NewEntry(NOTHING, "app:f", str(root), NOTHING))


def test_a_folder_without_a_marker_belongs_to_the_nearest_that_ran(tmp_path, store_dir):
    """Where nothing marks a project, a run takes its script's folder for one."""
    inner = tmp_path / "work" / "deep"
    inner.mkdir(parents=True)
    with Here(folder=str(inner)) as here:
        assert here.root == str(inner)
    remember(store_dir, tmp_path / "work")
    with Here(folder=str(inner)) as here:
        assert here.root == str(tmp_path / "work")
    (inner / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    with Here(folder=str(inner)) as here:
        assert here.root == str(inner)


def test_a_project_is_known_under_the_name_that_its_runs_gave_it(tmp_path, store_dir):
    """A symbolic link is another name for the same folder."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    remember(store_dir, tmp_path / "link")
    with Here(folder=str(tmp_path / "real")) as here:
        assert here.root == str(tmp_path / "link")


def test_modules_are_found_where_the_last_run_found_them(project, hitsave, tmp_path, store_dir):
    """A run's import path is kept in the store; what can't be read of it is left out."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "lib.py").write_text("def helper(): ...\n", encoding="utf-8")
    project.write({"app.py": "import lib\ndef f(): return lib.helper()\n"})
    assert len(hitsave("deps", "app:f", "--json").json["nodes"]) == 1
    with Store.open(store_dir) as store:
        store.set_document(str(project.root), IMPORT_ROOTS, pack([str(tmp_path / "elsewhere"), 7]))
    assert [node["symbol"].rpartition(":")[2] for node in hitsave("deps", "app:f", "--json").json["nodes"]] == ["f", "helper"]
    with Store.open(store_dir) as store:
        store.set_document(str(project.root), IMPORT_ROOTS, b"\xc1")
    assert len(hitsave("deps", "app:f", "--json").json["nodes"]) == 1


def test_a_setting_says_where_the_store_is(project, hitsave, monkeypatch):
    """As for a run; the environment wins."""
    in_environment = hitsave("status", "--json").json["store"]["folder"]
    project.write({"pyproject.toml": "[tool.hitsave]\nstore = '.results'\n"})
    assert hitsave("status", "--json").json["store"]["folder"] == in_environment
    monkeypatch.delenv("HITSAVE_DIR")
    assert hitsave("status", "--json").json["store"]["folder"] == str(project.root / ".results")


@pytest.mark.parametrize(("most_files", "most_folders"), [(3, 100), (100, 1)])
def test_a_folder_with_too_many_files_is_not_read_to_its_end(tmp_path, most_files, most_folders):
    """Someone may ask in their home folder."""
    for number in range(4):
        (tmp_path / f"d{number}").mkdir()
        (tmp_path / f"d{number}" / "x.py").write_text("", encoding="utf-8")
    found = project_files(str(tmp_path), most_files=most_files, most_folders=most_folders)
    assert not found.complete
    assert len(found.paths) <= 3
    assert project_files(str(tmp_path)).complete


def test_the_files_of_a_project_are_its_own(tmp_path):
    """Not those of environments, of hidden folders, of what was built, of projects inside."""
    own = ["a.py", "pkg/b.py", "pkg/build/c.py", "notes.ipynb"]
    others = [".git/x.py", ".hidden/x.py", "venv/x.py", "build/x.py", "pkg/__pycache__/x.py", "inner/x.py", "data.txt"]
    for name in [*own, *others, "venv/pyvenv.cfg", "inner/pyproject.toml", "pyproject.toml"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("[project]\n" if name.endswith(".toml") else "", encoding="utf-8")
    assert sorted(os.path.relpath(path, tmp_path) for path in project_files(str(tmp_path)).paths) == sorted(own)
