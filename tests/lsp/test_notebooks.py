"""Notebooks: the cells of one are one module."""

from __future__ import annotations

import json

from tests.lsp.client import Editor
from tests.lsp.conftest import made

CELLS = ["# Title", "%matplotlib inline\nfrom hitsave import memo\nK = 2\n", "@memo\ndef f(x):\n    return x * K\n", "f(1)"]
KINDS = [1, 2, 2, 2]


def open_notebook(editor: Editor, path) -> list[str]:
    """Open it as an editor does; the URIs of its cells."""
    uris = [f"vscode-notebook-cell:{path}#W{n}" for n in range(len(CELLS))]
    for uri, text in zip(uris, CELLS, strict=True):
        editor.texts[uri] = text
        editor._versions[uri] = 1
    editor.notify(
        "notebookDocument/didOpen",
        {
            "notebookDocument": {
                "uri": path.as_uri(),
                "notebookType": "jupyter-notebook",
                "version": 1,
                "cells": [{"kind": kind, "document": uri} for kind, uri in zip(KINDS, uris, strict=True)],
            },
            "cellTextDocuments": [
                {"uri": uri, "languageId": "python" if kind == 2 else "markdown", "version": 1, "text": text}
                for uri, text, kind in zip(uris, CELLS, KINDS, strict=True)
            ],
        },
    )
    return uris


def notebook(tmp_path):
    cells = [{"cell_type": "code" if k == 2 else "markdown", "source": t} for t, k in zip(CELLS, KINDS, strict=True)]
    content = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    return made(tmp_path, {"pyproject.toml": '[project]\nname = "p"\n', "n.ipynb": content})


def test_a_function_in_a_cell_has_its_hint_in_that_cell(tmp_path, start):
    """On its own line of its own document."""
    project = notebook(tmp_path)
    editor = start(project)
    uris = open_notebook(editor, project.folder / "n.ipynb")
    assert editor.hint(uris[2], "def f(x):") == "never run"
    assert editor.hints(uris[1]) == editor.hints(uris[3]) == {}
    tree = editor.request("hitsave/functions", {})["projects"][0]["files"][0]
    assert (tree["path"], tree["functions"][0]["place"]["uri"]) == ("n.ipynb", uris[2])


def test_cells_that_are_edited_added_and_removed_are_one_module_still(tmp_path, start):
    """A change of the notebook's structure moves what is below."""
    project = notebook(tmp_path)
    editor = start(project)
    uris = open_notebook(editor, project.folder / "n.ipynb")
    editor.hint(uris[2], "def f(x):")
    new = uris[0] + "new"
    editor.texts[new] = "@memo\ndef g(x):\n    return f(x)\n"
    document = {"uri": (project.folder / "n.ipynb").as_uri(), "version": 2}
    structure = {
        "array": {"start": 1, "deleteCount": 0, "cells": [{"kind": 2, "document": new}]},
        "didOpen": [{"uri": new, "languageId": "python", "version": 1, "text": editor.texts[new]}],
    }
    editor.notify("notebookDocument/didChange", {"notebookDocument": document, "change": {"cells": {"structure": structure}}})
    assert editor.hint(uris[2], "def f(x):") == "never run"
    text = "\n\n@memo\ndef f(x):\n    return x\n"
    editor.texts[uris[2]] = text
    change = {"document": {"uri": uris[2], "version": 2}, "changes": [{"text": text}]}
    editor.notify("notebookDocument/didChange", {"notebookDocument": {**document, "version": 3}, "change": {"cells": {"textContent": [change]}}})
    assert [h["position"]["line"] for h in editor.raw_hints(uris[2])] == [3]
    actions = editor.request(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": uris[2]},
            "range": {"start": {"line": 3, "character": 5}, "end": {"line": 3, "character": 5}},
            "context": {"diagnostics": []},
        },
    )
    assert "Show what f() depends on" in [a["title"] for a in actions]
