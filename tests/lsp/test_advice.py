"""What speaks against memoising a function, in the editor: a diagnostic at the function, with the place, and a comment that leaves it out."""

from __future__ import annotations

import pytest

from hitsave.freshness.project_text import ProjectText
from hitsave.storage.store import Store
from hitsave.workspace.settings import Settings
from hitsave_server.lsp.advising import Advising, SupersededError
from tests.lsp.conftest import made

FILES = {
    "pyproject.toml": '[tool.hitsave]\nignore-rules = ["HS011"]\n',
    "main.py": 'from hitsave import memo\nimport clocks\n\n\n@memo\ndef score(x):\n    return "🙂", clocks.now(x)\n\n\n@memo\ndef pure(x):\n    return x\n',
    "clocks.py": "import time\n\n\ndef now(x):\n    return x + time.time()  # UTC\n",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project that never ran."""
    return made(tmp_path_factory.mktemp("advice"), FILES)


def latest(editor, uri):
    """What was said last of a document."""
    said = [p["diagnostics"] for p in editor.said("textDocument/publishDiagnostics") if p["uri"] == uri]
    return said[-1] if said else []


def ignoring(editor, uri, diagnostics):
    """The edits of the actions that ignore a rule, by title."""
    at = {"range": diagnostics[0]["range"], "textDocument": {"uri": uri}, "context": {"diagnostics": diagnostics}}
    found = [a for a in editor.request("textDocument/codeAction", at) if a["title"].startswith("Ignore")]
    return {a["title"]: editor.request("codeAction/resolve", a)["edit"]["changes"] for a in found}


def test_a_finding_is_a_diagnostic_at_the_function(project, start):
    """With the place and how it is reached as related information, and the rule's page behind its code."""
    editor = start(project)
    main = editor.open(project.folder / "main.py")
    clocks = editor.open(project.folder / "clocks.py")
    (found,) = editor.until(lambda: latest(editor, main))
    assert found["message"] == "score() reads the clock: time.time(), reached through now(). Pass the time in as an argument."
    assert (found["severity"], found["source"], found["code"]) == (2, "hitsave", "HS001")
    assert found["codeDescription"]["href"].endswith("/HS001.md")
    assert found["range"] == {"start": {"line": 5, "character": 4}, "end": {"line": 5, "character": 9}}
    assert found["relatedInformation"] == [
        {
            "location": {"uri": clocks, "range": {"start": {"line": 4, "character": 15}, "end": {"line": 4, "character": 26}}},
            "message": "reads the clock: time.time(), reached through now()",
        }
    ]
    assert latest(editor, clocks) == []


def test_it_follows_the_text(project, start):
    """It goes when the clock does, and comes back with it; a comment takes it away."""
    editor = start(project)
    main = editor.open(project.folder / "main.py")
    clocks = editor.open(project.folder / "clocks.py")
    editor.until(lambda: latest(editor, main))
    editor.replace(clocks, "time.time()", "5")
    editor.until(lambda: latest(editor, main) == [])
    editor.replace(clocks, "+ 5", "+ time.time()")
    editor.until(lambda: latest(editor, main))
    editor.replace(clocks, "# UTC", "# UTC # hitsave: ignore[HS001]")
    editor.until(lambda: latest(editor, main) == [])


def test_a_rule_can_be_ignored_at_the_place_or_at_the_function(project, start):
    """The comment goes behind what stands there; in a file that is not open, too."""
    editor = start(project)
    main = editor.open(project.folder / "main.py")
    found = editor.until(lambda: latest(editor, main))
    end, text = {"line": 4, "character": 33}, "  # hitsave: ignore[HS001]"
    at_place = {(project.folder / "clocks.py").as_uri(): [{"range": {"start": end, "end": end}, "newText": text}]}
    end = {"line": 5, "character": 13}
    at_function = {main: [{"range": {"start": end, "end": end}, "newText": text}]}
    titles = {"Ignore HS001 at clocks.py:5": at_place, "Ignore HS001 in all that it reaches": at_function}
    assert ignoring(editor, main, found) == titles
    editor.open(project.folder / "clocks.py")
    assert ignoring(editor, main, found) == titles


def test_a_project_leaves_rules_out_and_a_person_all_diagnostics(project, start):
    """By a setting each."""
    editor = start(project)
    main = editor.open(project.folder / "main.py")
    editor.until(lambda: latest(editor, main))
    editor.notify("workspace/didChangeConfiguration", {"settings": {"hitsave": {"diagnosticLevel": "off"}}})
    editor.until(lambda: latest(editor, main) == [])


def test_a_fault_in_advice_costs_nothing_else(project, tmp_path, monkeypatch, caplog):
    """It is logged, and the function has none; newer text ends the work and is no fault."""

    def fail(*_):
        raise ZeroDivisionError

    def superseded():
        raise SupersededError

    store = Store.open(tmp_path / "store")
    text = ProjectText(str(project.folder), Settings(), store, {})
    assert [*Advising(text, lambda: None).look(["main:score"])] == ["main:score"]
    with pytest.raises(SupersededError):
        Advising(text, superseded).look(["main:score"])
    monkeypatch.setattr("hitsave.advice.adviser.Adviser.advise", fail)
    assert Advising(text, lambda: None).look(["main:score"]) == {}
    assert "no advice on main:score" in caplog.text
    store.close()
