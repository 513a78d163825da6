"""What is wrong is said plainly; hints of what can be seen stay, and editing goes on."""

from __future__ import annotations

import sqlite3

from tests.lsp.client import Editor
from tests.lsp.conftest import FILES, made


def test_a_store_of_a_newer_version_is_named_with_what_to_do(tmp_path, start):
    """The status says so; functions have hints still."""
    project = made(tmp_path, FILES, "main.py")
    with sqlite3.connect(project.store / "hitsave.sqlite") as database:
        database.execute("INSERT INTO schema VALUES (99, 99, 0)")
        database.execute("PRAGMA user_version = 99")
    database.close()
    editor = start(project)
    uri = editor.open(project.folder / "main.py")
    assert editor.hint(uri, "def never(n):") == "never run"
    status = editor.until(lambda: (s := editor.request("hitsave/status"))["health"] == "error" and s)
    assert "newer" in status["stores"][0]["problem"]
    assert status["stores"][0]["advice"]
    assert status["message"] == status["stores"][0]["problem"]


def test_a_store_that_is_no_database_is_named(tmp_path, start):
    """And a change of the text is still taken in."""
    project = made(tmp_path, FILES)
    project.store.mkdir(mode=0o700)
    (project.store / "hitsave.sqlite").write_bytes(b"nothing of the kind" * 1000)
    editor = start(project)
    uri = editor.open(project.folder / "main.py")
    assert editor.hint(uri, "def never(n):") == "never run"
    editor.replace(uri, "def plain(n):", "@memo\ndef plain(n):")
    assert editor.hints(uri)["def plain(n):"] == ["never run"]
    assert editor.request("hitsave/status")["health"] == "error"


def test_a_store_that_appears_is_seen(tmp_path, start):
    """The first run of a project makes it, while the editor is open."""
    project = made(tmp_path, FILES)
    editor = start(project)
    uri = editor.open(project.folder / "main.py")
    assert editor.hint(uri, "def train(") == "never run"
    project.run("main.py")
    editor.until(lambda: editor.hints(uri)["def train("][0].startswith("cached ×3"))


def test_a_store_that_is_deleted_takes_the_states_with_it(tmp_path, start):
    """Nothing is shown of what is not there."""
    project = made(tmp_path, FILES, "main.py")
    editor = start(project)
    uri = editor.open(project.folder / "main.py")
    assert editor.hint(uri, "def train(").startswith("cached ×3")
    for path in sorted(project.store.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    project.store.rmdir()
    editor.until(lambda: editor.hints(uri)["def train("] == ["never run"])


def test_a_file_that_was_never_python_is_listed_with_its_fault(tmp_path, start):
    """The others go on; what depends on it can't be told."""
    project = made(tmp_path, FILES, "main.py")
    project.write({"util.py": "def helper(x:\n"})
    editor = start(project)
    uri = editor.open(project.folder / "main.py")
    assert editor.hint(uri, "def train(").startswith("can't tell: util.py is not Python now")
    status = editor.until(lambda: (s := editor.request("hitsave/status"))["health"] == "warning" and s)
    assert "util.py" in status["problems"][0]["message"]


def test_settings_that_can_not_be_read_are_named(tmp_path, start):
    """A fault in pyproject.toml; the defaults hold."""
    project = made(tmp_path, {**FILES, "pyproject.toml": '[project]\nname = "p"\n[tool.hitsave]\nstores = 1\n'})
    editor = start(project)
    uri = editor.open(project.folder / "main.py")
    assert editor.hint(uri, "def never(n):") == "never run"
    status = editor.until(lambda: (s := editor.request("hitsave/status"))["health"] == "warning" and s)
    assert "has no setting 'stores'" in status["problems"][0]["message"]


def test_the_first_look_shows_progress(project, start):
    """Begun, and ended."""
    editor = start(project)
    editor.until(lambda: [p for p in editor.said("$/progress") if p["value"]["kind"] == "end"])
    assert next(p["value"]["kind"] for p in editor.said("$/progress")) == "begin"


def test_progress_waits_for_an_editor_that_is_slow_to_agree_to_it(project):
    """Nothing is reported of a bar that the editor has not heard of; when it agrees at last, the bar begins and ends."""
    editor = Editor(project.environment, cwd=project.folder.parent)
    try:
        editor.slow_with = {"window/workDoneProgress/create"}
        editor.begin(project.folder)
        editor.open(project.folder / "main.py")
        editor.until(lambda: editor.request("hitsave/functions", {})["complete"])
        assert editor.said("$/progress") == []
        (asked,) = [r for r in editor.requests if r["method"] in editor.slow_with]
        editor.reply(asked)
        editor.until(lambda: len(editor.said("$/progress")) == 2)
        assert [(p["token"], p["value"]["kind"]) for p in editor.said("$/progress")] == [(asked["params"]["token"], k) for k in ("begin", "end")]
    finally:
        editor.close()
