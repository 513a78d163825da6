"""An editor that pulls diagnostics is told when to, and is pushed none; any other is pushed them."""

from __future__ import annotations

import pytest

from tests.lsp.client import CAPABILITIES

PULLS = {
    **CAPABILITIES,
    "workspace": {**CAPABILITIES["workspace"], "diagnostics": {"refreshSupport": True}},
    "textDocument": {**CAPABILITIES["textDocument"], "diagnostic": {"dynamicRegistration": False}},
}
FORGETFUL = {**PULLS, "workspace": CAPABILITIES["workspace"]}


def pull(editor, uri):
    """Those about stale results; advice is held by tests of its own."""
    return [d for d in editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})["items"] if d["code"] == "stale"]


def test_who_pulls_has_them_when_another_file_changes(project, start):
    """Told to pull again; nothing is pushed; and they go when the edit is undone."""
    editor = start(project, capabilities=PULLS)
    main, util = editor.open(project.folder / "main.py"), editor.open(project.folder / "util.py")
    assert editor.capabilities["diagnosticProvider"]["interFileDependencies"] is True
    assert editor.hint(main, "def train(").startswith("cached")
    assert pull(editor, main) == []
    editor.replace(util, "return x", "return x + 1")
    editor.until(lambda: [r for r in editor.requests if r["method"] == "workspace/diagnostic/refresh"])
    (found,) = pull(editor, main)
    assert found["message"].startswith("train() is stale: deeper() changed, util.py:8")
    assert (found["code"], found["source"]) == ("stale", "hitsave")
    assert pull(editor, util) == []
    editor.replace(util, "return x + 1", "return x")
    assert pull(editor, main) == []
    assert editor.said("textDocument/publishDiagnostics") == []


@pytest.mark.parametrize("capabilities", [CAPABILITIES, FORGETFUL])
def test_who_can_not_be_told_to_pull_again_is_pushed_them(project, start, capabilities):
    """And is answered with none, where it pulls all the same, or it would have each twice."""
    editor = start(project, capabilities=capabilities)
    main, util = editor.open(project.folder / "main.py"), editor.open(project.folder / "util.py")
    editor.hint(main, "def train(")
    editor.replace(util, "return x", "return x + 1")
    (pushed,) = editor.until(
        lambda: [d for p in editor.said("textDocument/publishDiagnostics") if p["uri"] == main for d in p["diagnostics"] if d["code"] == "stale"]
    )
    assert pushed["message"].startswith("train() is stale")
    assert pull(editor, main) == []
