"""`hitsave ls` lists what is stored, newest first, with its state."""

from __future__ import annotations

import re

import pytest

ENTRY_KEYS = {
    "id": str,
    "symbol": str,
    "project": str,
    "kind": str,
    "status": str,
    "state": str,
    "arguments": list,
    "created": str,
    "wall_seconds": float,
    "cpu_seconds": float,
    "result_bytes": int,
    "codec": str,
    "hits": int,
    "saved_seconds": float,
    "last_used": (str, type(None)),
    "pinned": bool,
    "note": str,
    "tags": list,
    "host": str,
    "user": str,
    "commit": (str, type(None)),
    "parent": (str, type(None)),
    "local_only": bool,
    "attachments": list,
}


def test_results_are_listed_newest_first(pipeline, hitsave):
    """A line a result: function, arguments, state, size, time, age, hits."""
    pipeline.run("import app; app.clean(3)")
    said = hitsave("ls")
    assert said.lines[0].split() == ["ID", "FUNCTION", "ARGUMENTS", "STATE", "RESULT", "TOOK", "WHEN", "HITS"]
    rows = [re.split(r" {2,}", line) for line in said.lines[1:]]
    assert rows[0][1:4] == ["app:clean", "n=3, name='a'", "fresh"]
    assert sorted(row[1:4] + row[-1:] for row in rows[1:]) == [
        ["app:clean", "n=1, name='a'", "fresh", "0"],
        ["app:clean", "n=2, name='a'", "fresh", "0"],
        ["app:clean", "n=2, name='b'", "fresh", "0"],
        ["app:train", "rate=0.5, log=None", "fresh", "1"],
    ]
    assert (said.status, said.stderr) == (0, "")


def test_json_has_a_fixed_shape(pipeline, hitsave):
    """Programs rely on these keys and types."""
    listed = hitsave("ls", "--json").json
    assert list(listed) == ["format", "project", "symbol", "total", "next_before", "entries"]
    assert (listed["format"], listed["project"], listed["symbol"], listed["total"], listed["next_before"]) == (1, str(pipeline.root), None, 4, None)
    for entry in listed["entries"]:
        assert list(entry) == list(ENTRY_KEYS)
        assert [key for key, kind in ENTRY_KEYS.items() if not isinstance(entry[key], kind)] == []
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", entry["created"])
    (train,) = [entry for entry in listed["entries"] if entry["symbol"] == "app:train"]
    assert (train["symbol"], train["kind"], train["status"], train["state"], train["hits"]) == ("app:train", "experiment", "done", "fresh", 1)
    rate, log = train["arguments"]
    assert (rate["name"], rate["text"], len(rate["digest"])) == ("rate", "0.5", 64)
    assert log == {"name": "log", "text": "None", "digest": None}


def test_one_function_is_listed_by_any_of_its_names(pipeline, hitsave):
    """A name, module:name, a path or the Python way mean the same function."""
    for name in ("clean", "app:clean", "app.clean", "app.py:clean", "./app.py:clean", "clean()"):
        listed = hitsave("ls", name, "--json").json
        assert (listed["symbol"], listed["total"]) == ("app:clean", 3)


def test_a_long_list_goes_on_page_by_page(pipeline, hitsave):
    """What `next_before` says leads through all entries, once each."""
    ids = [entry["id"] for entry in hitsave("ls", "--json").json["entries"]]
    first = hitsave("ls", "--limit", "3", "--json").json
    second = hitsave("ls", "--limit", "3", "--before", first["next_before"], "--json").json
    assert [entry["id"] for page in (first, second) for entry in page["entries"]] == ids
    assert (first["total"], second["next_before"]) == (4, None)
    assert hitsave("ls", "--before", ids[-1]).stdout == "No entry is older than that one.\n"


def test_states_follow_the_text(pipeline, hitsave):
    """An edit makes results stale, undoing it makes them fresh; a comment does nothing."""

    def states():
        return {entry["symbol"]: entry["state"] for entry in hitsave("ls", "--json").json["entries"]}

    pipeline.edit("util.py", "return x + 1", "return x + 2  # more")
    assert states() == {"app:train": "stale", "app:clean": "stale"}
    pipeline.edit("util.py", "return x + 2  # more", "return x + 1  # as before")
    assert states() == {"app:train": "fresh", "app:clean": "fresh"}
    pipeline.edit("app.py", "return rate *", "return 2 * rate *")
    assert states() == {"app:train": "stale", "app:clean": "fresh"}


def test_ids_are_as_short_as_they_can_be(pipeline, hitsave):
    """Each ID that is printed names its entry, and is no longer than needed to."""
    shown = [line.split()[0] for line in hitsave("ls").lines[1:]]
    assert len({len(identity) for identity in shown}) == 1
    full = [entry["id"] for entry in hitsave("ls", "--json").json["entries"]]
    assert [hitsave("show", identity, "--json").json["entry"]["id"] for identity in shown] == full


def test_other_projects_are_a_flag_away(pipeline, hitsave, tmp_path, monkeypatch):
    """A list is of the current folder's project, and says where else results are."""
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert hitsave("ls").stdout == f"Nothing is stored in {tmp_path / 'other'}. Other projects have 4 entries: hitsave ls --all-projects\n"
    lines = hitsave("ls", "--all-projects").lines
    assert lines[0].split()[-1] == "PROJECT"
    assert {line.split()[-1] for line in lines[1:]} == {str(pipeline.root)}
    assert hitsave("ls", "--all-projects", "--json").json["total"] == 4


def test_a_folder_inside_a_project_is_the_project(pipeline, hitsave, monkeypatch):
    """It doesn't matter where in the project one stands; paths are looked for from there."""
    (pipeline.root / "sub").mkdir()
    monkeypatch.chdir(pipeline.root / "sub")
    assert hitsave("ls", "../app.py:clean", "--json").json["total"] == 3


def test_a_moved_project_keeps_its_results(pipeline, hitsave, tmp_path, monkeypatch):
    """The project is not in the key: entries listed under the former folder are judged by the text where it is now."""
    moved = tmp_path / "moved"
    pipeline.root.rename(moved)
    monkeypatch.chdir(moved)
    assert {entry["state"] for entry in hitsave("ls", "--all-projects", "--json").json["entries"]} == {"fresh"}


def test_of_a_project_that_is_gone_nothing_can_be_told(pipeline, hitsave, tmp_path, monkeypatch):
    """Results outlive their project; whether they are good is not known."""
    pipeline.root.rename(tmp_path / "moved")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert {entry["state"] for entry in hitsave("ls", "--all-projects", "--json").json["entries"]} == {"cannot_tell"}
    identity = hitsave("ls", "--all-projects").lines[-1].split()[0]
    assert "is not there any more" in hitsave("why", identity).stdout


@pytest.mark.parametrize("arguments", [(), ("--all-projects",)])
def test_an_empty_store_says_what_to_do(project, hitsave, arguments, store_dir):
    """The first steps, as code that runs."""
    said = hitsave("ls", *arguments)
    assert said.lines[0].startswith(f"The store in {store_dir} is empty.")
    example = "\n".join(line.removeprefix("    ") for line in said.lines if line.startswith("    "))
    compile(example, "example", "exec")
    assert "@memo" in example
    assert not store_dir.exists()


def test_a_function_without_results_says_so(pipeline, hitsave):
    """It is memoised, and has not run."""
    assert hitsave("ls", "unused").stdout == "app:unused has no stored results yet; hitsave deps app:unused shows what they would depend on.\n"
    assert hitsave("ls", "unused", "--json").json["entries"] == []


def test_arguments_are_on_one_line_and_uncut_in_a_pipe(project, hitsave):
    """However long an argument's text is, a result is one line."""
    project.write({"app.py": "from hitsave import memo\n@memo\ndef f(text, key_path): return 1\n"})
    project.run(r"import app; app.f('a\nb' * 50, 'x' * 150)")
    (line,) = hitsave("ls").lines[1:]
    assert r"a\nba\nb" in line
    assert "x" * 150 in line
