"""Hints at memoised functions, and at what they reach."""

from __future__ import annotations

import pytest

from tests.lsp.client import CAPABILITIES, Editor
from tests.lsp.conftest import FILES, made

TRAIN, WHERE, NEVER = "def train(", 'def where(n): return (MODEL_PATH, n)  # "🙂"', "def never(n):"


def test_each_memoised_function_says_its_state_where_it_is_defined(session):
    """How many calls are cached, what the newest took, how long ago; in words, at the end of the line with ``def``."""
    hints = session.editor.hints(session.main)
    assert set(hints) == {TRAIN, WHERE, NEVER}
    assert hints[TRAIN][0].startswith("cached ×3 · ")
    assert hints[WHERE][0].startswith("cached ×1 · ")
    assert hints[NEVER] == ["never run"]
    lines = session.editor.texts[session.main].splitlines()
    for hint in session.editor.raw_hints(session.main):
        line = lines[hint["position"]["line"]]
        assert hint["position"]["character"] == len(line.encode("utf-16-le")) // 2
    assert session.editor.hints(session.util) == {}


def test_an_edit_that_is_not_saved_makes_stale_and_has_its_price(session):
    """At the function: what changed and what it takes to redo; at what changed: what that invalidates. Undone, both are gone."""
    editor = session.editor
    editor.replace(session.util, "deeper(x) * 2", "deeper(x) * 3")
    assert editor.hints(session.main)[TRAIN][0].startswith("stale: helper() changed · ≈ ")
    assert editor.hints(session.util)["def helper(x):"][0].startswith("invalidates train(): 3 results, ")
    editor.replace(session.util, "deeper(x) * 3", "deeper(x) * 2")
    assert editor.hints(session.main)[TRAIN][0].startswith("cached ×3")
    assert editor.hints(session.util) == {}


def test_a_variable_has_its_price_too(session):
    """At the line that gives it its value."""
    session.editor.replace(session.util, "K = 2", "K = 5")
    assert session.editor.hints(session.util)["K = 5"][0].startswith("invalidates train(): 3 results, ")


def test_what_only_a_run_can_tell_is_said_so(session):
    """A computed value whose text changed."""
    session.editor.replace(session.main, '"models", "a"', '"models", "b"')
    assert session.editor.hints(session.main)[WHERE] == ["can't tell: MODEL_PATH changed"]
    assert session.editor.hints(session.main)['MODEL_PATH = os.path.join("models", "b")'][0].startswith("may invalidate where(): 1 result, ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    return deeper(x) * 2\n", "    # twice\n    return deeper(x)*2\n"),
        ("def helper(x):\n", 'def helper(x: int) -> int:\n    """Twice."""\n'),
        ("K = 2\n", "K = 2\n\nOTHER = 3\n"),
    ],
)
def test_an_edit_that_can_not_matter_costs_nothing(session, old, new):
    """Comments, spaces, docstrings, annotations, unrelated code."""
    session.editor.replace(session.util, old, new)
    assert session.editor.hints(session.main)[TRAIN][0].startswith("cached ×3")
    assert session.editor.hints(session.util) == {}


def test_a_tooltip_is_made_when_it_is_asked_for(session):
    """The whole sentence, which the hint has no room for."""
    session.editor.replace(session.util, "return x", "return x + 1")
    by_line = {h["position"]["line"]: h for h in session.editor.raw_hints(session.main)}
    hint = by_line[FILES["main.py"].splitlines().index(TRAIN)]
    assert "tooltip" not in hint
    tooltip = session.editor.request("inlayHint/resolve", hint)["tooltip"]
    assert "train() is stale: deeper() changed, util.py:8, reached through train → helper → deeper." in tooltip
    assert "3 results stored" in tooltip
    price = session.editor.request("inlayHint/resolve", session.editor.raw_hints(session.util)[0])["tooltip"]
    assert price.startswith("This differs from what stored results were computed with. It invalidates train() (3 results, ")


def test_no_hint_is_longer_than_editors_show(session):
    """43 characters, whatever the names."""
    name = "a_helper_with_a_name_that_says_exactly_what_it_does"
    session.editor.change(session.util, FILES["util.py"].replace("deeper(x) * 2", f"{name}(x)") + f"\n\ndef {name}(x):\n    return x\n")
    labels = [h["label"] for uri in (session.main, session.util) for h in session.editor.raw_hints(uri)]
    assert labels
    assert all(len(label) <= 43 for label in labels), labels


def test_while_the_text_is_broken_the_last_hints_stay_and_say_so(session):
    """A bracket is open somewhere else in the file: the function's hint stays with it, marked; the one that is typed in has none."""
    editor = session.editor
    editor.replace(session.main, "def never(n):\n    return n", "def never(n):\n    return (n")
    hints = editor.hints(session.main)
    assert hints[TRAIN][0].startswith("was cached ×3")
    editor.replace(session.main, "import os\n", "import os\nimport sys\n")
    assert editor.hints(session.main)[TRAIN][0].startswith("was cached ×3")
    editor.replace(session.main, "return (n", "return (n)")
    assert editor.hints(session.main)[TRAIN][0].startswith("cached ×3")


def test_a_function_that_is_memoised_in_the_editor_has_a_hint_before_it_is_saved(session):
    """Text counts, wherever it is."""
    session.editor.replace(session.main, "def plain(n):", "@memo\ndef plain(n):")
    assert session.editor.hints(session.main)["def plain(n):"] == ["never run"]
    session.editor.replace(session.util, "def deeper", "from hitsave import memo\n@memo\ndef deeper")
    assert "never run" in session.editor.hints(session.util)["def deeper(x):"]


def test_a_run_elsewhere_is_seen_without_an_edit(tmp_path, start):
    """The store is watched: the editor is told to ask again."""
    project = made(tmp_path, FILES, "main.py")
    editor = start(project)
    uri = editor.open(project.folder / "main.py")
    assert editor.hint(uri, NEVER) == "never run"
    project.run("-c", "import main; main.never(1)")
    editor.until(lambda: editor.hints(uri)[NEVER][0].startswith("cached ×1"))
    assert [r for r in editor.requests if r["method"] == "workspace/inlayHint/refresh"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_positions_are_in_the_encoding_that_the_editor_prefers(project, start, encoding):
    """At the end of a line with a character outside of the basic plane; and edits before it arrive where they were made."""
    editor = start(project, encodings=[encoding])
    assert editor.encoding == encoding
    uri = editor.open(project.folder / "main.py")
    editor.hint(uri, WHERE)
    sizes = {"utf-8": len(WHERE.encode()), "utf-16": len(WHERE.encode("utf-16-le")) // 2, "utf-32": len(WHERE)}
    line = editor.texts[uri].splitlines().index(WHERE)
    assert [h["position"]["character"] for h in editor.raw_hints(uri) if h["position"]["line"] == line] == [sizes[encoding]]
    editor.replace(uri, '# "🙂"', '# "🙂🙂" é')
    editor.replace(uri, '" é', '" e')
    edited = editor.texts[uri].splitlines()[line]
    sizes = {"utf-8": len(edited.encode()), "utf-16": len(edited.encode("utf-16-le")) // 2, "utf-32": len(edited)}
    assert [h["position"]["character"] for h in editor.raw_hints(uri) if h["position"]["line"] == line] == [sizes[encoding]]


def test_line_ends_of_other_systems_and_form_feeds_are_no_trouble(tmp_path, start):
    """Edits land on the right line in a file with CRLF, and in one with a form feed, which ends no line."""
    files = {**FILES, "util.py": "K = 2\r\n\x0c\r\ndef helper(x):\r\n    return deeper(x) * 2\r\n\r\n\r\ndef deeper(x):\r\n    return x\r\n"}
    project = made(tmp_path, files, "main.py")
    editor = start(project)
    main = editor.open(project.folder / "main.py")
    util = editor.open(project.folder / "util.py", files["util.py"])
    assert editor.hint(main, TRAIN).startswith("cached ×3")
    editor.replace(util, "    return x\r\n", "    return x + 1\r\n")
    assert editor.hints(main)[TRAIN][0].startswith("stale: deeper() changed")
    assert [h["position"]["line"] for h in editor.raw_hints(util)] == [6]


def test_hints_and_prices_can_be_turned_off(project, start):
    """Settings, at the beginning and later."""
    editor = start(project, options={"settings": {"inlayHints": False}})
    main, util = editor.open(project.folder / "main.py"), editor.open(project.folder / "util.py")
    editor.until(lambda: editor.request("hitsave/functions", {})["complete"])
    editor.replace(util, "return x", "return x + 1")
    assert editor.hints(main) == {}
    assert editor.hints(util) != {}
    editor.notify("workspace/didChangeConfiguration", {"settings": {"hitsave": {"inlayHints": True, "prices": False}}})
    assert set(editor.hints(main)) == {TRAIN, WHERE, NEVER}
    assert editor.hints(util) == {}


def test_two_folders_are_two_projects(tmp_path, start):
    """Each with its own text and results; a folder can come and go."""
    one, other = made(tmp_path / "one", FILES, "main.py"), made(tmp_path / "other", FILES)
    editor = start(one, one.folder, other.folder)
    first, second = editor.open(one.folder / "main.py"), editor.open(other.folder / "main.py")
    assert editor.hint(first, TRAIN).startswith("cached ×3")
    projects = editor.until(lambda: (f := editor.request("hitsave/functions", {})) and f["complete"] and f)["projects"]
    assert {p["root"] for p in projects} == {str(one.folder), str(other.folder)}
    editor.hints(second)
    change = {"added": [], "removed": [{"uri": other.folder.as_uri(), "name": "other"}]}
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": change})
    editor.notify("textDocument/didClose", {"textDocument": {"uri": second}})
    editor.until(lambda: len(editor.request("hitsave/functions", {})["projects"]) == 1)


def test_a_project_that_is_reached_through_a_link_is_the_same_project(tmp_path, start):
    """The editor's spelling of the path and the run's need not be one."""
    project = made(tmp_path, FILES, "main.py")
    link = tmp_path / "link"
    link.symlink_to(project.folder, target_is_directory=True)
    editor = start(project, link)
    main, util = editor.open(link / "main.py"), editor.open(link / "util.py")
    assert editor.hint(main, TRAIN).startswith("cached ×3")
    editor.replace(util, "return x", "return x + 1")
    assert editor.hints(main)[TRAIN][0].startswith("stale: deeper() changed")


def test_an_editor_that_can_do_little_is_served_too(project, start):
    """No refresh, no watching, no progress: the server asks nothing of it."""
    bare = {key: CAPABILITIES[key] for key in ("general", "textDocument")}
    editor = start(project, capabilities=bare)
    uri = editor.open(project.folder / "main.py")
    assert editor.hint(uri, TRAIN).startswith("cached ×3")
    assert editor.requests == []


def test_a_change_of_a_file_on_disk_is_seen_by_an_editor_that_tells_nothing(tmp_path, start):
    """Files are looked at now and then, where the editor does not watch them."""
    project = made(tmp_path, FILES, "main.py")
    bare = {key: CAPABILITIES[key] for key in ("general", "textDocument")}
    editor = start(project, capabilities=bare)
    uri = editor.open(project.folder / "main.py")
    assert editor.hint(uri, TRAIN).startswith("cached ×3")
    editor.until(lambda: editor.request("hitsave/functions", {})["complete"])
    project.write({"util.py": FILES["util.py"].replace("return x", "return x + 1")})
    editor.until(lambda: editor.hints(uri)[TRAIN][0].startswith("stale: deeper() changed"))


def test_a_file_of_no_folder_is_a_project_of_its_own(project, start):
    """Opened by itself, without a workspace."""
    editor = start(project, project.folder)
    outside = project.folder.parent / "alone" / "script.py"
    outside.parent.mkdir(exist_ok=True)
    outside.write_text("from hitsave import memo\n\n@memo\ndef f(x):\n    return x\n")
    uri = editor.open(outside)
    assert editor.hint(uri, "def f(x):") == "never run"


def test_a_hint_that_changes_under_the_mouse_is_shown_as_it_is_when_the_mouse_leaves(session):
    """VS Code puts the old one back then; so it is asked to ask again, for a while after, though nothing changes any more."""
    editor = session.editor
    (hint, *_) = editor.raw_hints(session.main)
    editor.request("inlayHint/resolve", hint)
    editor.replace(session.util, "return x", "return x + 1")
    editor.until(lambda: editor.hints(session.main)["def train("][0].startswith("stale"))
    count = len(refreshes(editor))
    editor.until(lambda: len(refreshes(editor)) >= count + 3)


def refreshes(editor):
    return [r for r in editor.requests if r["method"] == "workspace/inlayHint/refresh"]


def test_an_answer_that_can_not_wait_is_given_from_what_is_known(project):
    """The hints of before, or those of now; and those of now as soon as they are there."""
    editor = Editor({**project.environment, "HITSAVE_LSP_PATIENCE": "0"}, cwd=project.folder.parent)
    editor.begin(project.folder)
    main, util = editor.open(project.folder / "main.py"), editor.open(project.folder / "util.py")
    before = editor.until(lambda: editor.hints(main))
    editor.replace(util, "return x", "return x + 1")
    at_once = editor.hints(main)
    now = editor.until(lambda: editor.hints(main) if editor.hints(main)[TRAIN][0].startswith("stale") else None)
    assert at_once in (before, now)
    editor.close()
