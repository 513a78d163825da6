"""Hovers, diagnostics, lenses and definitions."""

from __future__ import annotations

from tests.lsp.conftest import FILES


def hover(session, uri, passage, inside=0):
    found = session.editor.request("textDocument/hover", session.editor.at(uri, passage, inside))
    return found["contents"]["value"] if found else None


def test_a_hover_tells_all_that_is_known_of_a_stale_function(session):
    """State, reasons as links, the difference, the tree, the last runs."""
    session.editor.replace(session.util, "return x", "return x + 1")
    text = hover(session, session.main, "train(\n")
    assert "**train()** stale" in text
    assert f"- deeper() changed, [util.py:8]({session.util}#L8), reached through train → helper → deeper" in text
    assert "```diff\n def deeper(x):\n-    return x\n+    return x + 1\n```" in text
    assert "| train(n=2) |" in text
    assert f"  - helper() [util.py:4]({session.util}#L4)\n    - deeper() [util.py:8]({session.util}#L8)" in text


def test_a_hover_where_the_function_is_used_says_the_same(session):
    """On a call of it, in any open file."""
    assert "**train()** fresh" in hover(session, session.main, "train(n)")
    assert hover(session, session.main, "os.path") is None


def test_a_hover_on_what_costs_says_what_it_costs(session):
    """And what changed."""
    session.editor.replace(session.util, "return x", "return x + 1")
    text = hover(session, session.util, "deeper(x):")
    assert text.startswith("This differs from what stored results were computed with. It invalidates train() (3 results, ")
    assert "+    return x + 1" in text


def test_a_long_tree_is_folded(session):
    """Beyond 20 lines."""
    many = "".join(f"def part_{n}(x):\n    return x\n\n\n" for n in range(40))
    calls = " + ".join(f"part_{n}(x)" for n in range(40))
    session.editor.change(session.util, f"K = 2\n\n\n{many}def helper(x):\n    return {calls}\n")
    assert "- … and 23 more: *HitSave: Show dependencies* has all" in hover(session, session.main, "train(\n")


def test_what_a_project_writes_can_not_make_links_or_pictures(session):
    """Names and values are text, not Markdown."""
    session.editor.replace(session.util, "K = 2", "K = '![x](http://example.com/x.png) <b>'")
    text = hover(session, session.main, "train(\n")
    outside = text.partition("```diff")[0] + text.rpartition("```")[2]
    assert "](http://example.com" not in outside.replace("\\]\\(", "")
    assert "<b>" not in outside.replace("\\<b\\>", "")


def test_a_stale_function_has_a_diagnostic_with_its_places(session):
    """Hint-level, at the name, with related locations; gone when the edit is undone."""
    editor = session.editor
    editor.replace(session.util, "return x", "return x + 1")

    def latest():
        said = [p["diagnostics"] for p in editor.said("textDocument/publishDiagnostics") if p["uri"] == session.main]
        return [[d for d in diagnostics if d["code"] == "stale"] for diagnostics in said]

    (diagnostic,) = editor.until(lambda: latest() and latest()[-1])
    assert diagnostic["message"] == "train() is stale: deeper() changed, util.py:8, reached through train → helper → deeper"
    assert (diagnostic["severity"], diagnostic["source"], diagnostic["code"]) == (4, "hitsave", "stale")
    line = FILES["main.py"].splitlines().index("def train(")
    assert diagnostic["range"] == {"start": {"line": line, "character": 4}, "end": {"line": line, "character": 9}}
    (related,) = diagnostic["relatedInformation"]
    assert (related["location"]["uri"], related["location"]["range"]["start"]["line"]) == (session.util, 7)
    editor.replace(session.util, "return x + 1", "return x")
    editor.until(lambda: latest()[-1] == [])


def test_the_level_of_diagnostics_is_a_setting(session):
    """As warnings, or not at all."""
    editor = session.editor
    editor.replace(session.util, "return x", "return x + 1")

    def latest():
        said = [p["diagnostics"] for p in editor.said("textDocument/publishDiagnostics") if p["uri"] == session.main]
        return [[d for d in diagnostics if d["code"] == "stale"] for diagnostics in said]

    editor.until(lambda: latest() and latest()[-1])
    editor.notify("workspace/didChangeConfiguration", {"settings": {"hitsave": {"diagnosticLevel": "warning"}}})
    editor.until(lambda: latest()[-1] and latest()[-1][0]["severity"] == 2)
    editor.notify("workspace/didChangeConfiguration", {"settings": {"hitsave": {"diagnosticLevel": "off"}}})
    editor.until(lambda: latest()[-1] == [])


def test_lenses_are_for_those_who_ask_for_them(session):
    """Off; then the same words as the hints, with a command that says why."""
    document = {"textDocument": {"uri": session.main}}
    assert session.editor.request("textDocument/codeLens", document) == []
    session.editor.notify("workspace/didChangeConfiguration", {"settings": {"hitsave": {"codeLens": True}}})
    lenses = session.editor.request("textDocument/codeLens", document)
    assert [lens["command"]["title"].partition(" ·")[0] for lens in lenses] == ["cached ×3", "cached ×1", "never run"]
    assert lenses[0]["command"]["command"] == "hitsave.server.why"
    assert lenses[0]["command"]["arguments"][0]["symbol"] == "main:train"


def test_the_definition_of_a_stale_function_leads_to_what_made_it_so(session):
    """From its ``def`` line and its decorator; elsewhere others answer."""
    session.editor.replace(session.util, "return x", "return x + 1")
    (place,) = session.editor.request("textDocument/definition", session.editor.at(session.main, "train(\n"))
    assert (place["uri"], place["range"]["start"]["line"]) == (session.util, 7)
    (place,) = session.editor.request("textDocument/definition", session.editor.at(session.main, "@memo\ndef train", 2))
    assert place["uri"] == session.util
    assert session.editor.request("textDocument/definition", session.editor.at(session.main, "helper(n)")) is None
