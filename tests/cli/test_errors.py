"""What is wrong with a person's input ends as one line on standard error and exit status 2."""

from __future__ import annotations

import os
import re
import sqlite3

import pytest

COMMANDS = [("status",), ("ls",), ("show", "01"), ("why", "f"), ("deps", "app:f")]


def fails(said) -> str:
    """The one line on standard error of a command that printed nothing else."""
    assert said.status == 2, said
    assert said.stdout == ""
    (line,) = said.stderr.splitlines()
    assert line.startswith("hitsave: ")
    assert "Traceback" not in line
    return line.removeprefix("hitsave: ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show", "zzzz"], "There is no entry zzzz in the store in {store}. hitsave ls shows the IDs."),
        (["show", "not an id"], "'not an id' is not an entry ID. hitsave ls shows the IDs."),
        (["why", "0123456789"], "There is no entry 0123456789 in the store in {store}. hitsave ls shows the IDs."),
        (["ls", "--before", "0123456789"], "There is no entry 0123456789 in the store in {store}. hitsave ls shows the IDs."),
        (["why", "claen"], "There is no function claen in the store or in this project. Perhaps you mean app:clean."),
        (["why", "app:trian"], "There is no function app:trian in the store or in this project. Perhaps you mean app:train."),
        (["deps", "zzz"], "There is no function zzz in the store or in this project. hitsave status shows those that are memoised."),
        (["deps", "nosuch:f"], "There is no function nosuch:f in the store or in this project. hitsave status shows those that are memoised."),
        (["deps", "nosuch.py:f"], "There is no file nosuch.py. Paths are looked for from the current folder."),
        (["deps", "app.py:"], "'app.py:' names no function. Write module:name, path/to/file.py:name, or a name."),
        (["deps", ":"], "':' names no function. Write module:name, path/to/file.py:name, or a name."),
        (["deps", ""], "'' names no function. Write module:name, path/to/file.py:name, or a name."),
        (["show", "train"], "train is a function, and one result is meant. hitsave ls train shows their IDs."),
        (["pin", "app:train"], "app:train is a function, and one result is meant. hitsave ls app:train shows their IDs."),
        (["diff", "clean()", "train"], "clean is a function, and one result is meant. hitsave ls clean shows their IDs."),
        (["deps"], "Missing argument 'SYMBOL'. hitsave deps --help shows what it takes."),
        (["nosuch"], "No such command 'nosuch'. hitsave --help shows what it takes."),
        (["ls", "--nosuch"], "No such option: --nosuch… hitsave ls --help shows what it takes."),
        (["ls", "--limit", "x"], "Invalid value for '--limit' / '-n': … hitsave ls --help shows what it takes."),
        (["show"], "Missing argument 'ID'. hitsave show --help shows what it takes."),
        (["deps", "app:f", "g"], "Got unexpected extra argument… hitsave deps --help shows what it takes."),
    ],
)
def test_a_question_that_has_no_answer_says_what_to_ask(pipeline, hitsave, store_dir, arguments, says):
    """Each with what to do next."""
    line = fails(hitsave(*arguments))
    assert re.fullmatch(re.escape(says.format(store=store_dir)).replace("…", ".*"), line)  # what typer says is its own affair


def test_an_ambiguous_name_lists_what_it_may_mean(project, hitsave):
    """Two modules may have a function of one name."""
    text = "from hitsave import memo\n@memo\ndef f(): ...\n"
    project.write({"one.py": text, "two.py": text})
    assert fails(hitsave("why", "f")) == "f may mean one:f or two:f. Write one of them in full."


def test_an_ambiguous_beginning_of_an_id_asks_for_more(pipeline, hitsave):
    """All IDs of a year begin alike."""
    first = hitsave("ls", "--json").json["entries"][0]["id"][:3]
    line = fails(hitsave("show", first))
    assert re.fullmatch(rf"{first} may mean any of 4 entries, such as \w+, \w+, \w+. Give more of the ID.", line)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c[0])
class TestAnyCommand:
    """Surroundings that no command can work with."""

    def test_a_store_that_is_no_folder(self, project, hitsave, monkeypatch, command):
        """HITSAVE_DIR may name a file by mistake."""
        file = project.file("file")
        file.write_text("x")
        monkeypatch.setenv("HITSAVE_DIR", str(file))
        assert fails(hitsave(*command)) == f"{file} is not a folder. Set HITSAVE_DIR to a folder."

    def test_a_store_of_a_newer_version(self, pipeline, hitsave, store_dir, command):
        """An upgrade is the way out."""
        with sqlite3.connect(store_dir / "hitsave.sqlite") as database:
            database.execute("PRAGMA user_version = 99")
            database.execute("INSERT INTO schema VALUES (99, 99, 0)")
        database.close()
        assert "was written by a newer HitSave" in fails(hitsave(*command))

    def test_a_store_that_is_damaged(self, pipeline, hitsave, store_dir, command):
        """What is there is not a database any more."""
        for file in store_dir.glob("hitsave.sqlite*"):
            file.write_bytes(b"not a database" * 400)
        assert "is damaged: its database does not begin as one. It is mended when the next result is stored" in fails(hitsave(*command))

    def test_a_store_that_others_can_write(self, pipeline, hitsave, store_dir, command):
        """What others could have changed is not shown as if it were sure."""
        store_dir.chmod(0o777)
        assert "Other users can write the store's folder" in fails(hitsave(*command))

    def test_settings_that_are_no_toml(self, pipeline, hitsave, command):
        """The file and the place are named."""
        pipeline.write({"pyproject.toml": "[project]\nname = 'x'\n[tool.hitsave\n"})
        assert "pyproject.toml is not valid TOML" in fails(hitsave(*command))

    def test_a_setting_that_does_not_exist(self, pipeline, hitsave, command):
        """The settings that there are, are named."""
        pipeline.write({"pyproject.toml": "[project]\nname = 'x'\n[tool.hitsave]\nstroe = 'x'\n"})
        assert "has no setting 'stroe'" in fails(hitsave(*command))

    def test_a_current_folder_that_is_gone(self, project, hitsave, tmp_path, monkeypatch, command):
        """It can happen to any terminal."""
        gone = tmp_path / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
        assert fails(hitsave(*command)) == "The current folder does not exist any more. Go to one that does."


@pytest.mark.parametrize("command", ["why", "deps"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"def clean(:\n", "app.py can't be read: invalid syntax (line 1). Correct it and ask again."),
        (b"def clean(): return '\xe9'\n", "app.py can't be read: "),
        (b"# coding: nosuch\ndef clean(): ...\n", "app.py can't be read: "),
        (b"def clean(): ...\0", "app.py can't be read: "),
    ],
)
def test_source_that_can_not_be_read_is_named(pipeline, hitsave, command, content, says):
    """Syntax errors and foreign encodings are the person's to correct."""
    pipeline.file("app.py").write_bytes(content)
    line = fails(hitsave(command, "app:clean"))
    assert line.startswith(says)


@pytest.mark.parametrize(
    "text",
    [
        "old = new\nnew = old\ndef f(): return new\n",
        f"def f(): return {'(' * 150}1{')' * 150}\n",
        f"def f(): return {'-' * 3000}1\n",
        f"def f(): return {' + '.join(['x'] * 5000)}\n",
        f"def f(): return {'9' * 10_000}\n",
        "import app\ndef f(): return app.f\n",
        "from app import *\ndef f(): return g\n",
        "def f():\n" + "".join(f"{' ' * n}if {n}:\n" for n in range(1, 90)) + " " * 91 + "pass\n",
    ],
    ids=["circle", "parentheses", "signs", "sum", "digits", "itself", "star", "blocks"],
)
@pytest.mark.parametrize("command", ["why", "deps"])
def test_code_that_is_hard_to_analyse_is_no_crash(project, hitsave, command, text):
    """An answer, or one line that says why there is none."""
    project.write({"app.py": text})
    said = hitsave(command, "app:f")
    assert "Traceback" not in said.stderr
    assert (said.status == 0) == bool(said.stdout)
    if said.status:
        fails(said)


def test_source_without_permission_is_named(pipeline, hitsave):
    """The file exists, and is not ours to read."""
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    pipeline.file("app.py").chmod(0)
    assert fails(hitsave("why", "app:clean")).startswith("app.py can't be read: ")


def test_a_list_goes_on_without_the_file_that_can_not_be_read(pipeline, hitsave):
    """A list answers what it can: entries of a file in the middle of an edit can't be told."""
    pipeline.edit("app.py", "def clean(", "def clean(:")
    listed = hitsave("ls", "--json").json
    assert {entry["state"] for entry in listed["entries"]} == {"cannot_tell"}
    assert hitsave("status").status == 0


def test_a_function_that_is_gone_and_has_no_results_is_unknown(pipeline, hitsave):
    """Asked about by its full name, it is not in the text."""
    assert fails(hitsave("deps", "app:gone")).startswith("There is no function app:gone")
    pipeline.edit("app.py", "def train(", "def other(")
    assert (
        fails(hitsave("deps", "app:train"))
        == "There is no app:train in this project any more. Its results may still be stored: hitsave ls shows them."
    )


def test_another_projects_settings_are_no_obstacle(pipeline, hitsave, tmp_path, monkeypatch):
    """Its entries are listed with default settings."""
    pipeline.write({"pyproject.toml": "[project]\nname = 'x'\n[tool.hitsave]\nstroe = 'x'\n"})
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert hitsave("ls", "--all-projects", "--json").json["total"] == 4
