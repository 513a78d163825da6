"""A change that a person declares not to matter: results that it spoiled are good again, in the editor and for the program."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.lsp.conftest import FILES, made


@pytest.fixture
def changed(tmp_path, start):
    """An editor on a project whose deeper() is another now, saved; with the hint of train()."""
    project = made(tmp_path, FILES, "main.py")
    editor = start(project)
    main, util = editor.open(project.folder / "main.py"), editor.open(project.folder / "util.py")
    editor.hint(main, "def train(")
    editor.replace(util, "return x\n", "return x + 0\n")
    project.write({"util.py": editor.texts[util]})
    editor.until(lambda: editor.hints(main)["def train("][0].startswith("stale"))
    return project, editor, main, util


def test_what_would_be_good_again_is_said_before_anything_is_accepted(changed):
    """A preview changes nothing."""
    project, editor, main, _ = changed
    said = editor.request("hitsave/accept", {"root": str(project.folder), "symbol": "main:train", "preview": True})
    assert (said["ok"], said["count"]) == (True, 3)
    assert said["message"].startswith("deeper changed: 3 results, ")
    assert editor.hints(main)["def train("][0].startswith("stale")


def test_an_accepted_change_spoils_nothing_any_more(changed):
    """The hint says cached, the price is gone, the program goes by it; the next change of the same function is a change again, and undoing that mends it."""
    project, editor, main, util = changed
    assert "def deeper(x):" in editor.hints(util)
    said = editor.request("hitsave/accept", {"root": str(project.folder), "symbol": "main:train"})
    assert said["ok"], said
    assert "takes it back" in said["message"]
    editor.until(lambda: editor.hints(main)["def train("][0].startswith("cached ×3"))
    assert editor.hints(util) == {}
    assert editor.request("hitsave/accept", {"symbol": "main:train"})["message"] == "No change spoils results of train()"
    project.run("main.py")
    entries = editor.until(lambda: (found := editor.request("hitsave/entries", {"symbol": "main:train"})["entries"])[0]["hits"] and found)
    assert [e["hits"] for e in entries] == [1, 1, 1]  # no call ran again
    editor.replace(util, "return x + 0\n", "return x + 1\n")
    editor.until(lambda: editor.hints(main)["def train("][0].startswith("stale"))
    editor.replace(util, "return x + 1\n", "return x + 0\n")
    editor.until(lambda: editor.hints(main)["def train("][0].startswith("cached ×3"))


def test_what_is_taken_back_elsewhere_is_seen(changed):
    """On the command line, for instance."""
    project, editor, main, _ = changed
    assert editor.request("hitsave/accept", {"root": str(project.folder), "subject": "util:deeper"})["ok"]
    editor.until(lambda: editor.hints(main)["def train("][0].startswith("cached ×3"))
    done = subprocess.run(
        [sys.executable, "-m", "hitsave", "accept", "deeper", "--undo"],
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    editor.until(lambda: editor.hints(main)["def train("][0].startswith("stale"))


def test_what_is_taken_back_in_the_editor_is_stale_again(changed):
    """Chosen from what is on record; what is not, is said to be not."""
    project, editor, main, _ = changed
    assert editor.request("hitsave/accepted") == {"changes": []}
    assert editor.request("hitsave/accept", {"root": str(project.folder), "subject": "util:deeper"})["ok"]
    editor.until(lambda: editor.hints(main)["def train("][0].startswith("cached ×3"))
    (change,) = editor.request("hitsave/accepted")["changes"]
    assert (change["root"], change["subject"], change["note"]) == (str(project.folder), "util:deeper", "")
    taken = {"root": change["root"], "subject": change["subject"]}
    assert editor.request("hitsave/withdraw", taken)["message"] == "Took back 1 declaration about util:deeper"
    editor.until(lambda: editor.hints(main)["def train("][0].startswith("stale"))
    assert editor.request("hitsave/withdraw", taken)["ok"] is False


def test_the_change_can_be_accepted_where_it_stands(changed):
    """At the price, by a code action that names how many results it saves."""
    _, editor, main, util = changed
    at = editor.at(util, "deeper(x):")
    params = {**at, "range": {"start": at["position"], "end": at["position"]}, "context": {"diagnostics": []}}
    action = next(a for a in editor.request("textDocument/codeAction", params) if a["title"].startswith("Accept"))
    assert action["title"] == "Accept this change: 3 results stay good"
    editor.request("workspace/executeCommand", action["command"])
    editor.until(lambda: editor.hints(main)["def train("][0].startswith("cached ×3"))


def test_what_can_not_be_accepted_says_why(changed):
    """A variable that code computes, a name that is nothing, a function that is gone."""
    project, editor, main, util = changed
    root = str(project.folder)
    editor.replace(main, '"models", "a"', '"models", "b"')
    editor.until(lambda: editor.hints(main)['def where(n): return (MODEL_PATH, n)  # "🙂"'][0].startswith("can't tell"))
    assert "only a run can tell" in editor.request("hitsave/accept", {"root": root, "symbol": "main:where"})["message"]
    assert editor.request("hitsave/accept", {"root": root, "subject": "nonsense"})["ok"] is False
    assert editor.request("hitsave/accept", {"root": root, "subject": "util:nobody"})["ok"] is False
    editor.change(util, "K = 2\n\n\ndef helper(x):\n    return x * 2\n")
    editor.until(lambda: "helper() changed" in editor.hints(main)["def train("][0])
    assert "gone" in editor.request("hitsave/accept", {"root": root, "subject": "util:deeper"})["message"]
