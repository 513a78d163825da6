"""`hitsave why` says what changed, where, and how it is reached, from text alone."""

from __future__ import annotations

import re

import pytest

WHY_KEYS = ["format", "symbol", "project", "memoised", "total", "looked_at", "counts", "replaced", "entry", "answer", "untracked", "depends_on"]
REASON_KEYS = ["kind", "subject", "message", "sentence", "place", "chain", "before", "after"]


def test_a_change_is_explained_with_its_place_chain_and_text(pipeline, hitsave):
    """What a person needs to act: which line of which file, and how the function comes to it."""
    pipeline.edit("util.py", "return x + 1", "return x + 100")
    said = hitsave("why", "train")
    lines = [re.sub(r"  0\w+  ", "  ID  ", re.sub(r"took .*", "took …", line)) for line in said.lines]
    assert lines == [
        "app:train: 1 stale",
        "",
        "stale  ID  train(rate=0.5, log=None)  took …",
        "  helper() changed, util.py:1, reached through train → clean → step → helper",
        "    --- util.py:1, as it ran",
        "    +++ util.py:1, now",
        "    @@ -1,2 +1,2 @@",
        "     def helper(x):",
        "    -    return x + 1",
        "    +    return x + 100",
    ]
    assert said.status == 0


def test_json_has_a_fixed_shape(pipeline, hitsave):
    """Programs rely on these keys."""
    pipeline.edit("util.py", "return x + 1", "return x + 100")
    said = hitsave("why", "clean", "--json").json
    assert list(said) == WHY_KEYS
    assert (said["symbol"], said["project"], said["memoised"], said["total"], said["looked_at"]) == ("app:clean", str(pipeline.root), "memo", 3, 3)
    assert said["counts"] == {"fresh": 0, "stale": 3, "cannot_tell": 0, "running": 0, "failed": 0}
    assert (said["replaced"], said["untracked"], said["depends_on"]) == (0, [], None)
    assert said["entry"]["symbol"] == "app:clean"
    assert list(said["answer"]) == ["state", "assuming", "reasons"]
    assert said["answer"]["state"] == "stale"
    (reason,) = said["answer"]["reasons"]
    assert list(reason) == REASON_KEYS
    assert (reason["kind"], reason["subject"], reason["message"]) == ("code", "util:helper", "helper() changed")
    assert reason["place"] == {"path": "util.py", "line": 1}
    assert reason["chain"] == ["app:clean", "util:step", "util:helper"]
    assert (reason["before"], reason["after"]) == ("def helper(x):\n    return x + 1", "def helper(x):\n    return x + 100")


def test_a_constant_is_explained_by_its_value(pipeline, hitsave):
    """Text alone tells a literal; writing it in another way changes nothing."""
    pipeline.edit("app.py", "LIMIT = 3", "LIMIT = 2 + 1")
    assert hitsave("why", "clean", "--json").json["answer"]["state"] == "fresh"
    pipeline.edit("app.py", "LIMIT = 2 + 1", "LIMIT = 30")
    said = hitsave("why", "clean", "--json").json
    assert said["answer"]["state"] == "stale"
    assert [(r["kind"], r["subject"]) for r in said["answer"]["reasons"]] == [("capture", "app:LIMIT")]
    assert "-LIMIT = 3" in hitsave("why", "clean").stdout


def test_a_computed_value_can_only_be_told_by_a_run(project, hitsave):
    """Unchanged text: fresh if the value is; changed text: can't tell."""
    project.write({"app.py": "from hitsave import memo\nimport math\nTABLE = [math.sqrt(n) for n in range(3)]\n@memo\ndef f(x): return TABLE[x]\n"})
    project.run("import app; app.f(1)")
    said = hitsave("why", "f", "--json").json
    assert (said["answer"]["state"], said["answer"]["assuming"]) == ("fresh", ["app:TABLE"])
    assert "if TABLE is unchanged" in hitsave("why", "f").stdout
    project.edit("app.py", "range(3)", "range(4)")
    said = hitsave("why", "f", "--json").json
    assert (said["answer"]["state"], said["counts"]["cannot_tell"]) == ("cannot_tell", 1)
    assert hitsave("why", "f").lines[0] == "app:f: 1 can't tell"


def test_what_is_good_is_said_to_be(pipeline, hitsave):
    """No reason to look further."""
    said = hitsave("why", "clean")
    assert said.lines[0] == "app:clean: 3 fresh"
    assert said.lines[-1] == "  everything that it depended on is as it was"


def test_a_result_that_was_replaced_is_not_explained(pipeline, hitsave):
    """After an edit and a new run, older results of the same calls explain nothing."""
    pipeline.edit("util.py", "return x + 1", "return x + 100")
    pipeline.run("import app; app.clean(1)")
    said = hitsave("why", "clean", "--json").json
    assert (said["counts"]["fresh"], said["counts"]["stale"], said["replaced"]) == (1, 3, 1)
    assert said["answer"]["state"] == "stale"
    assert said["entry"]["arguments"][0]["text"] == "2"
    pipeline.run("import app; app.clean(2); app.clean(2, name='b')")
    said = hitsave("why", "clean")
    assert said.lines[:2] == ["app:clean: 3 fresh, 3 stale", "3 older results of the same calls replaced by fresh ones"]
    assert said.lines[3].startswith("fresh  ")


def test_one_entry_is_explained_by_its_id(pipeline, hitsave):
    """An ID, its beginning, or its end."""
    pipeline.edit("app.py", "return rate *", "return 2 * rate *")
    entry = hitsave("ls", "train", "--json").json["entries"][0]["id"]
    for typed in (entry, entry[:14], entry.upper(), entry[-6:]):
        said = hitsave("why", typed, "--json").json
        assert (said["entry"]["id"], said["answer"]["state"], said["total"]) == (entry, "stale", 1)
    assert hitsave("why", entry).lines[0].startswith("stale  ")


def test_a_function_that_never_ran_shows_what_it_would_depend_on(pipeline, hitsave):
    """The question is answered before anything is computed."""
    said = hitsave("why", "unused")
    assert said.lines == [
        "app:unused: never run, nothing is stored of it",
        "",
        "A result would depend on:",
        "unused()  app.py:19",
        "  util.step()  util.py:5",
        "    util.helper()  util.py:1",
        "",
        "All of it is tracked.",
    ]
    said = hitsave("why", "unused", "--json").json
    assert (said["entry"], said["answer"]["state"], said["memoised"]) == (None, "never_evaluated", "memo")
    assert [node["symbol"] for node in said["depends_on"]["nodes"]] == ["app:unused", "util:step", "util:helper"]


def test_a_function_that_is_not_memoised_is_said_to_be_so(pipeline, hitsave):
    """Nothing will ever be stored of it."""
    assert hitsave("why", "util:step").lines[0] == "util:step: nothing is stored of it, and it is not memoised"
    assert hitsave("why", "util:step", "--json").json["memoised"] is None


def test_a_function_that_was_removed_keeps_its_results(pipeline, hitsave):
    """Its entries are stale, and the reason says that it is gone."""
    pipeline.edit("app.py", "def train(", "def train_again(")
    said = hitsave("why", "app:train", "--json").json
    assert [r["message"] for r in said["answer"]["reasons"]] == ["train() was removed"]
    assert said["answer"]["reasons"][0]["after"] is None


def test_a_file_with_a_fault_makes_an_answer_impossible_not_wrong(pipeline, hitsave):
    """Nothing was removed just because a file can't be read in the middle of an edit."""
    pipeline.edit("util.py", "return x + 1", "return x +")
    said = hitsave("why", "clean")
    assert said.lines[0] == "app:clean: 3 can't tell"
    assert "util.py can't be read: invalid syntax (line 2), util.py:2" in said.stdout


def test_what_is_not_tracked_is_named(project, hitsave):
    """Whatever could not be followed is said, with its place."""
    project.write({"app.py": "from hitsave import memo\n@memo\ndef f(name):\n    return eval(name)\n"})
    project.run("import app; app.f('1 + 1')")
    said = hitsave("why", "f", "--json").json
    assert [(u["symbol"], u["place"]["path"]) for u in said["untracked"]] == [("app:f", "app.py")]
    assert "Not tracked" in hitsave("why", "f").lines


def test_nothing_of_the_users_is_imported(pipeline, hitsave):
    """`why` and `deps` read text: a module that would fail on import is no obstacle."""
    pipeline.edit("app.py", "LIMIT = 3", "raise SystemExit('imported')\nLIMIT = 3")
    assert hitsave("why", "clean").status == 0
    assert hitsave("deps", "clean").status == 0


@pytest.mark.parametrize("name", ["clean", "app:clean", "app.py:clean"])
def test_a_symbol_is_found_from_a_subfolder(pipeline, hitsave, monkeypatch, name):
    """Names are the project's; paths are the folder's."""
    (pipeline.root / "sub").mkdir()
    monkeypatch.chdir(pipeline.root / "sub")
    assert hitsave("why", name if "/" not in name and not name.endswith("py:clean") else f"../{name}").lines[0] == "app:clean: 3 fresh"
