"""`hitsave show` tells everything about one result."""

from __future__ import annotations

from hitsave.digest import Digest
from hitsave.storage.entry import NewEntry
from hitsave.storage.store import Store

RECORD_KEYS = ["python", "optimize", "code", "names", "captures", "externals", "compiled", "files", "environment", "current_folder", "untracked"]


def newest(hitsave, symbol):
    return hitsave("ls", symbol, "--json").json["entries"][0]["id"]


def test_everything_is_told_in_sections(pipeline, hitsave):
    """State, arguments and dependencies; the line that loads the result stands alone."""
    identity = newest(hitsave, "train")
    said = hitsave("show", identity)
    assert said.lines[0] == "app:train  experiment  fresh"
    assert f'  load it     hitsave.get("{identity}")' in [
        line.replace("load it  ", "load it     ") if "load it" in line else line for line in said.lines
    ] or any(line.endswith(f'hitsave.get("{identity}")') for line in said.lines)
    sections = [line for line in said.lines if line and not line.startswith(" ")]
    assert sections[1:] == ["Arguments", "Result", "Fresh", "Code", "Captures"]
    assert any(line.split()[:2] == ["util:helper", "function"] for line in said.lines)


def test_the_snippet_loads_the_result(pipeline, hitsave):
    """What is printed is Python that works."""
    said = hitsave("show", newest(hitsave, "train"), "--json").json
    assert pipeline.run(f"import hitsave; print({said['snippet']})") == "3.0\n"


def test_json_has_a_fixed_shape(pipeline, hitsave):
    """Programs rely on these keys."""
    said = hitsave("show", newest(hitsave, "clean"), "--json").json
    assert list(said) == ["format", "entry", "answer", "depended_on", "key", "record", "result", "snippet", "error", "views"]
    assert list(said["depended_on"]) == RECORD_KEYS
    assert [list(c) for c in said["depended_on"]["code"]] == [["symbol", "kind", "place", "shell", "body"]] * 3
    assert [c["symbol"] for c in said["depended_on"]["captures"]] == ["app:LIMIT"]
    assert [list(c) for c in said["depended_on"]["captures"]] == [["symbol", "place", "value", "literal"]]
    assert all(len(said[name]) == 64 for name in ("key", "record", "result"))
    assert (said["answer"]["state"], said["error"]) == ("fresh", None)


def test_files_and_environment_variables_that_were_read_are_told(project, hitsave):
    """What the evaluation read besides its inputs is part of what it depended on."""
    project.write(
        {
            "app.py": """\
        import os
        from hitsave import memo

        @memo
        def f():
            with open("data.txt") as file:
                return file.read() + os.environ.get("SOME_SETTING", "")
        """,
            "data.txt": "x",
        }
    )
    project.run("import app; app.f()")
    depended_on = hitsave("show", newest(hitsave, "f"), "--json").json["depended_on"]
    assert [(f["path"], f["kind"]) for f in depended_on["files"]] == [("data.txt", "file")]
    assert [(e["name"], e["digest"]) for e in depended_on["environment"]] == [("SOME_SETTING", None)]
    assert depended_on["current_folder"]  # because the file is named relative to it
    lines = [line.split() for line in hitsave("show", newest(hitsave, "f")).lines]
    assert ["data.txt", "read"] in lines
    assert ["SOME_SETTING", "was", "not", "set"] in lines


def test_a_failed_evaluation_shows_what_it_raised(project, hitsave, store_dir):
    """There is no result and no snippet; the traceback is there."""
    with Store.open(store_dir) as store:
        identity = store.begin(NewEntry(Digest(bytes(32)), "app:f", str(project.root), Digest(bytes(32)), kind="experiment"))
        running = hitsave("show", identity)
        assert running.lines[0] == "app:f  experiment  running"
        assert hitsave("why", identity).lines[-1] == "  it has not ended yet"
        store.fail(identity, b"Traceback (most recent call last):\nValueError: \x1b[31m[bold]no")
    said = hitsave("show", identity)
    assert said.lines[0] == "app:f  experiment  failed"
    assert said.lines[-3:] == ["Raised", "  Traceback (most recent call last):", r"  ValueError: \x1b[31m[bold]no"]
    shown = hitsave("show", identity, "--json").json
    assert (shown["snippet"], shown["result"], shown["entry"]["result_bytes"]) == (None, None, None)
    assert shown["error"].endswith("[bold]no")
    assert shown["answer"]["state"] == "failed"


def test_what_a_person_set_is_shown(pipeline, hitsave, store_dir):
    """Pins, notes and tags."""
    identity = newest(hitsave, "train")
    with Store.open(store_dir) as store:
        store.pin([identity], on=True)
        store.set_note(identity, "the good one")
        store.set_tags(identity, ["paper", "best"])
    lines = [" ".join(line.split()) for line in hitsave("show", identity).lines]
    assert {"pinned never evicted", "note the good one", "tags best, paper"} <= set(lines)
    entry = hitsave("show", identity, "--json").json["entry"]
    assert (entry["pinned"], entry["note"], entry["tags"]) == (True, "the good one", ["best", "paper"])


def test_an_entry_of_another_project_is_judged_by_its_own_text(pipeline, hitsave, tmp_path, monkeypatch):
    """An ID is enough, wherever one stands."""
    identity = newest(hitsave, "clean")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "app.py").write_text("def clean(): ...\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "other")
    assert hitsave("show", identity, "--json").json["answer"]["state"] == "fresh"


def test_the_result_and_the_arguments_are_shown_without_being_loaded(project, hitsave):
    """As their Views have them: the first of many, and never a secret."""
    project.write(
        {
            "app.py": """\
        from hitsave import memo

        @memo
        def f(rates, api_key):
            return {"rates": rates * 50, "name": "n" * 1000, "nothing": None}
        """
        }
    )
    project.run("import app; app.f([0.1, 0.2], 'sk-123')")
    identity = newest(hitsave, "f")
    said = hitsave("show", identity)
    assert "sk-123" not in said.stdout
    begin = said.lines.index("Result")
    assert said.lines[begin + 1 : begin + 6] == [
        "  dict of 3",
        "    'rates'  [0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.1, 0.2, … 92 more]",
        "    'name'  1,000 characters",
        "      " + "n" * 200,
        "    'nothing'  None",
    ]
    views = hitsave("show", identity, "--json").json["views"]
    assert (views["result"]["kind"], views["result"]["length"], views["arguments"]["api_key"]) == ("mapping", 3, {"kind": "secret"})


def test_a_picture_that_is_damaged_is_no_reason_to_show_nothing(pipeline, hitsave, store_dir):
    """The rest of what is known is still told."""
    import sqlite3

    with sqlite3.connect(store_dir / "hitsave.sqlite") as connection:
        connection.execute("UPDATE contents SET content = x'00' WHERE kind = 'view'")
    connection.close()
    said = hitsave("show", newest(hitsave, "train"), "--json").json
    assert (said["views"], said["answer"]["state"]) == ({"result": None, "arguments": {}}, "fresh")
