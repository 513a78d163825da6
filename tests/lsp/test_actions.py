"""What can be done at a function: code actions, commands, edits."""

from __future__ import annotations

import pytest

from hitsave.codegraph.decorating import decorate
from tests.lsp.conftest import FILES, made


def actions(session, passage, **context):
    at = session.editor.at(session.main, passage)
    params = {
        "textDocument": at["textDocument"],
        "range": {"start": at["position"], "end": at["position"]},
        "context": {"diagnostics": [], **context},
    }
    return {a["title"]: a for a in session.editor.request("textDocument/codeAction", params)}


def test_a_cached_function_offers_what_can_be_done_with_its_results(session):
    """Ask, show, load, pin, clear."""
    assert list(actions(session, "train(\n")) == [
        "Show what is known of train()",
        "Show what train() depends on",
        "Copy Python that loads the latest result of train()",
        "Pin the latest result of train()",
        "Clear all results of train()",
    ]


def test_a_stale_function_offers_the_reason_first(session):
    """Why, and what changed."""
    session.editor.replace(session.util, "return x", "return x + 1")
    found = actions(session, "train(\n")
    fixes = ["Why is train() stale?", "Show what changed for train()", "Accept: deeper() changed, and results of train() are still good"]
    assert list(found)[:3] == fixes
    assert "Clear all stale results of this project" in found
    assert list(actions(session, "@memo\ndef train", only=["quickfix"])) == fixes


def test_an_editor_with_our_commands_is_given_those(project, start):
    """Named as the contract names them, with a target."""
    editor = start(project, options={"clientCommands": True})
    uri = editor.open(project.folder / "main.py")
    editor.hint(uri, "def train(")
    at = editor.at(uri, "train(\n")
    params = {**at, "range": {"start": at["position"], "end": at["position"]}, "context": {"diagnostics": []}}
    commands = [a["command"] for a in editor.request("textDocument/codeAction", params)]
    assert [c["command"] for c in commands] == [
        "hitsave.why",
        "hitsave.showDependencies",
        "hitsave.copySnippet",
        "hitsave.pinLatest",
        "hitsave.clearFunction",
    ]
    assert {str(c["arguments"]) for c in commands} == {str([{"root": str(project.folder), "symbol": "main:train"}])}


def test_any_other_function_can_be_memoised(session):
    """The edit is made when the action is chosen, and puts the import where it belongs."""
    action = actions(session, "plain(n)")["Record runs of plain() with @experiment"]
    assert "edit" not in action
    edits = session.editor.request("codeAction/resolve", action)["edit"]["changes"][session.main]
    assert [(e["range"]["start"]["line"], e["newText"]) for e in edits] == [
        (1, "from hitsave import memo, experiment\n"),
        (FILES["main.py"].splitlines().index("def plain(n):"), "@experiment\n"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f():\n    pass\n", "from hitsave import memo\n\n\n@memo\ndef f():\n    pass\n"),
        ('"""Doc."""\n\n\ndef f():\n    pass\n', '"""Doc."""\n\nfrom hitsave import memo\n\n\n@memo\ndef f():\n    pass\n'),
        ("import os  # why\n\ndef f(): pass  # c\n", "import os  # why\nfrom hitsave import memo\n\n@memo\ndef f(): pass  # c\n"),
        ("import hitsave as hs\n\ndef f(): pass\n", "import hitsave as hs\n\n@hs.memo\ndef f(): pass\n"),
        ("from hitsave import memo as m\n@other\ndef f(): pass\n", "from hitsave import memo as m\n@m\n@other\ndef f(): pass\n"),
        ("from hitsave import (\n    log,  # x\n)\ndef f(): pass\n", "from hitsave import (\n    log, memo,  # x\n)\n@memo\ndef f(): pass\n"),
        (
            "import os\nmemo = 1\nclass A:\n\tdef f(self): pass\n",
            "import os\nimport hitsave\nmemo = 1\nclass A:\n\t@hitsave.memo\n\tdef f(self): pass\n",
        ),
        (
            "from __future__ import annotations\nasync def f(): pass\n",
            "from __future__ import annotations\nfrom hitsave import memo\n@memo\nasync def f(): pass\n",
        ),
        (
            "#!/usr/bin/python\n# -*- coding: utf-8 -*-\nx = 1\ndef f(): pass",
            "#!/usr/bin/python\n# -*- coding: utf-8 -*-\nfrom hitsave import memo\n\nx = 1\n@memo\ndef f(): pass",
        ),
    ],
)
def test_a_decorator_is_added_and_all_else_stays_as_it_was_written(text, expected):
    """Comments, tabs, parentheses, other decorators; the name that the file has for it already."""
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "def f" in row)
    lines = text.splitlines(keepends=True)
    for edit in reversed(decorate(text, line, "memo")):
        lines[edit.first - 1 : edit.end - 1] = [edit.text]
    assert "".join(lines) == expected


def test_text_that_is_not_python_is_left_alone():
    """There is no telling what an edit would do to it."""
    assert decorate("def f(:\n", 1, "memo") == ()
    assert decorate("x = 1\n", 1, "memo") == ()


def test_commands_do_what_they_say_in_an_editor_without_an_extension(session):
    """Their answer is a message, and a result."""
    target = {"symbol": "main:train"}

    def execute(name):
        return session.editor.request("workspace/executeCommand", {"command": f"hitsave.server.{name}", "arguments": [target]})

    assert execute("why").startswith("**train()** fresh")
    assert execute("dependencies").splitlines()[:2] == ["What train() depends on", "train()"]
    assert execute("diff") is None
    assert "hitsave.get(" in execute("snippet")
    assert execute("accept")["ok"] is False
    messages = [m["message"] for m in session.editor.said("window/showMessage")]
    assert len(messages) == 5
    assert messages[-1] == "No change spoils results of train()"


def test_results_are_pinned_unpinned_and_cleared(tmp_path, start):
    """By the contract's requests; what is done is seen at once."""
    project = made(tmp_path, FILES, "main.py")
    editor = start(project)
    uri = editor.open(project.folder / "main.py")
    editor.hint(uri, "def train(")
    target = {"root": str(project.folder), "symbol": "main:train"}
    assert editor.request("hitsave/pin", {**target, "pinned": False})["ok"] is False
    assert editor.request("hitsave/pin", {**target, "pinned": True})["message"].startswith("Pinned train(n=2)")
    entries = editor.request("hitsave/entries", target)["entries"]
    assert [(e["call"], e["pinned"]) for e in entries] == [("train(n=2)", True), ("train(n=1)", False), ("train(n=0)", False)]
    assert len({e["short"] for e in entries}) == 3
    assert editor.request("hitsave/clear", {"root": str(project.folder), "scope": "all", "preview": True})["count"] == 3  # not the pinned one
    assert editor.request("hitsave/clear", {**target, "scope": "entry", "entry": entries[1]["id"]})["count"] == 1
    editor.until(lambda: editor.hints(uri)["def train("][0].startswith("cached ×2"))
    preview = editor.request("hitsave/clear", {**target, "scope": "function", "preview": True})
    assert (preview["ok"], preview["count"]) == (True, 1)
    assert preview["message"].endswith("; 1 pinned result stays")
    assert editor.request("hitsave/clear", {**target, "scope": "function"})["ok"] is True
    editor.until(lambda: editor.hints(uri)["def train("][0].startswith("cached ×1"))
    assert editor.request("hitsave/clear", {**target, "scope": "function"})["message"] == "There is nothing to clear: 1 pinned result stays"
    assert editor.request("hitsave/pin", {**target, "pinned": False})["ok"] is True
    assert editor.request("hitsave/clear", {**target, "scope": "function"})["ok"] is True
    editor.until(lambda: editor.hints(uri)["def train("] == ["never run"])
    assert editor.request("hitsave/clear", {**target, "scope": "function"})["message"] == "There is nothing to clear"


def test_only_stale_results_are_cleared_where_that_is_asked_for(tmp_path, start):
    """Those that the text as it is now spoils; not others."""
    project = made(tmp_path, FILES, "main.py")
    editor = start(project)
    main, util = editor.open(project.folder / "main.py"), editor.open(project.folder / "util.py")
    editor.hint(main, "def train(")
    editor.replace(util, "return x", "return x + 1")
    editor.until(lambda: editor.hints(main)["def train("][0].startswith("stale"))
    assert editor.request("hitsave/clear", {"scope": "stale"})["count"] == 3
    editor.until(lambda: editor.hints(main)["def train("] == ["never run"])
    assert editor.hints(main)['def where(n): return (MODEL_PATH, n)  # "🙂"'][0].startswith("cached ×1")
