"""`hitsave status` shows the store and the project at a glance."""

from __future__ import annotations

import re

STORE_KEYS = [
    "folder", "exists", "disk_bytes", "entries", "done", "running", "failed", "experiments", "functions", "compute_seconds", "hits", "saved_seconds",
]  # fmt: skip
PROJECT_KEYS = [
    "root",
    "current",
    "entries",
    "running",
    "failed",
    "experiments",
    "functions",
    "compute_seconds",
    "result_bytes",
    "hits",
    "saved_seconds",
]
FUNCTION_KEYS = ["symbol", "memoised", "place", "entries", "counts", "compute_seconds", "newest"]


def test_the_store_and_the_functions_of_the_project_are_shown(pipeline, hitsave, store_dir):
    """Where, how much, what it saved; each memoised function with its state and place."""
    said = hitsave("status")
    text = re.sub(r"\d[\d.]* (ms|s|kB|B)\b", "N", said.stdout)
    assert text.splitlines()[0] == f"Store  {store_dir}"
    assert text.splitlines()[1] == "       N on disk, 4 entries of 2 functions (1 experiment), N of compute"
    assert text.splitlines()[2] == "       1 hit so far, N saved"
    rows = [re.split(r" {2,}", line) for line in text.splitlines()[4:]]
    assert rows[0] == ["PROJECT", "ENTRIES", "EXPERIMENTS", "FUNCTIONS", "COMPUTE", "RESULTS", "HITS", "SAVED"]
    assert rows[1] == [f"{pipeline.root} (here)", "4", "1", "2", "N", "N", "1", "N"]
    assert rows[3] == ["MEMOISED HERE", "STATE", "COMPUTE", "PLACE"]
    assert rows[4:] == [
        ["app:clean", "3 fresh", "N", "app.py:9"],
        ["app:train", "1 fresh", "N", "app.py:14"],
        ["app:unused", "never run", "app.py:19"],
    ] or [row[:2] for row in rows[4:]] == [["app:clean", "3 fresh"], ["app:train", "1 fresh"], ["app:unused", "never run"]]
    assert (said.status, said.stderr) == (0, "")


def test_json_has_a_fixed_shape(pipeline, hitsave, store_dir):
    """Programs rely on these keys."""
    said = hitsave("status", "--json").json
    assert list(said) == ["format", "store", "projects", "project"]
    assert list(said["store"]) == STORE_KEYS
    store = said["store"]
    assert (store["folder"], store["exists"], store["entries"], store["done"], store["hits"]) == (str(store_dir), True, 4, 4, 1)
    assert store["disk_bytes"] > 1000
    (project,) = said["projects"]
    assert list(project) == PROJECT_KEYS
    assert (project["root"], project["current"], project["entries"], project["experiments"], project["functions"]) == (
        str(pipeline.root),
        True,
        4,
        1,
        2,
    )
    assert list(said["project"]) == ["root", "functions", "broken", "complete"]
    assert [list(function) for function in said["project"]["functions"]] == [FUNCTION_KEYS] * 3
    clean, train, unused = said["project"]["functions"]
    assert (clean["symbol"], clean["memoised"], clean["place"], clean["entries"], clean["counts"]["fresh"]) == (
        "app:clean", "memo", {"path": "app.py", "line": 9}, 3, 3,
    )  # fmt: skip
    assert (train["memoised"], unused["entries"], unused["newest"]) == ("experiment", 0, None)
    assert (said["project"]["broken"], said["project"]["complete"]) == ([], True)


def test_functions_that_are_gone_are_still_listed(pipeline, hitsave):
    """Their results are in the store until somebody clears them."""
    pipeline.edit("app.py", '@experiment(ignore="log")\n', "")
    function = hitsave("status", "--json").json["project"]["functions"][-1]
    assert (function["symbol"], function["memoised"], function["place"], function["entries"]) == ("app:train", None, None, 1)
    assert hitsave("status").lines[-1].endswith("not memoised any more")


def test_decorators_are_found_wherever_they_come_from(project, hitsave):
    """A project's own module may pass HitSave's decorators on."""
    project.write(
        {
            "lib/__init__.py": "from .shim import cached\n",
            "lib/shim.py": "from hitsave import memo as cached\n",
            "app.py": "import lib\n@lib.cached\ndef f(): ...\n",
            "plain.py": "import functools\n@functools.cache\ndef g(): ...\n",
        }
    )
    assert [f["symbol"] for f in hitsave("status", "--json").json["project"]["functions"]] == ["app:f"]


def test_projects_and_environments_inside_are_not_looked_into(project, hitsave):
    """A nested project has a status of its own; installed code is nobody's project."""
    text = "from hitsave import memo\n@memo\ndef f(): ...\n"
    project.write({"app.py": text, "env/lib/x.py": text, "node_modules/x.py": text, "build/x.py": text, "inner/x.py": text})
    project.write({"env/pyvenv.cfg": "", "inner/pyproject.toml": "[project]\nname = 'inner'\n"})
    assert [f["symbol"] for f in hitsave("status", "--json").json["project"]["functions"]] == ["app:f"]


def test_a_file_that_can_not_be_read_is_named_and_the_rest_is_shown(pipeline, hitsave):
    """One file in the middle of an edit does not hide the others."""
    pipeline.write({"broken.py": "from hitsave import memo\n@memo\ndef f(:\n"})
    pipeline.file("latin.py").write_bytes(b"from hitsave import memo\n@memo\ndef f(): return '\xe9'\n")
    said = hitsave("status", "--json").json
    assert [b["path"] for b in said["project"]["broken"]] == ["broken.py", "latin.py"]
    assert len(said["project"]["functions"]) == 3
    lines = hitsave("status").lines
    assert any(line.startswith("not looked into: broken.py can't be read: ") for line in lines)


def test_an_empty_store_without_a_memoised_function_says_what_to_do(project, hitsave, store_dir):
    """The first steps, and no folder made for looking."""
    assert hitsave("status").lines[0].startswith(f"The store in {store_dir} is empty.")
    assert hitsave("status", "--json").json["store"]["exists"] is False
    assert not store_dir.exists()


def test_a_memoised_function_is_shown_before_anything_ran(project, hitsave, store_dir):
    """The text is enough."""
    project.write({"app.py": "from hitsave import memo\n@memo\ndef f(): ...\n"})
    assert hitsave("status").lines[-1].split() == ["app:f", "never", "run", "app.py:3"]
    assert not store_dir.exists()
