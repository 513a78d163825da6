"""The requests of the contract."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hitsave_server.lsp import contract
from tests.lsp.client import REPOSITORY, ResponseError
from tests.lsp.conftest import FILES, made

MIRROR = REPOSITORY / "extension" / "src" / "contract.ts"


def test_the_functions_of_the_workspace_are_listed_by_file(session, project):
    """With states, counts, and the words of their hints."""
    answer = session.editor.request(contract.FUNCTIONS, {})
    (found,) = answer["projects"]
    assert (found["root"], found["problem"], answer["complete"]) == (str(project.folder), "", True)
    (file,) = found["files"]
    assert (file["uri"], file["path"]) == (session.main, "main.py")
    assert [(f["name"], f["state"], f["entries"], f["counts"]["fresh"]) for f in file["functions"]] == [
        ("train", "fresh", 3, 3),
        ("where", "fresh", 1, 1),
        ("never", "never_run", 0, 0),
    ]
    assert session.editor.request(contract.FUNCTIONS, {"uri": session.util})["projects"][0]["files"] == []


def test_a_function_that_is_gone_is_listed_apart(session):
    """Its results are still stored."""
    session.editor.replace(session.main, "@memo\ndef train(", "def train(")
    (found,) = session.editor.request(contract.FUNCTIONS, {})["projects"]
    assert [f["symbol"] for f in found["gone"]] == ["main:train"]
    assert found["gone"][0]["place"] is None


def test_why_is_a_document_and_reasons(session):
    """Of the function at a place, too."""
    session.editor.replace(session.util, "return x", "return x + 1")
    at = session.editor.at(session.main, "return helper(n)")
    found = session.editor.request(contract.WHY, {"uri": session.main, "position": at["position"]})
    assert (found["symbol"], found["state"]) == ("main:train", "stale")
    assert [r["text"] for r in found["reasons"]] == ["deeper() changed, util.py:8, reached through train → helper → deeper"]
    assert found["markdown"].startswith("**train()** stale")


def test_the_difference_has_both_texts_whole(session):
    """What was recorded, and what stands in the editor now."""
    session.editor.replace(session.util, "return x", "return x + 1")
    found = session.editor.request(contract.DIFF, {"symbol": "main:train"})
    assert (found["before"], found["after"]) == ("def deeper(x):\n    return x", "def deeper(x):\n    return x + 1")
    assert found["place"]["uri"] == session.util
    assert session.editor.request(contract.DIFF, {"symbol": "main:train", "subject": "util:helper"}) is None
    assert session.editor.request(contract.DIFF, {"symbol": "main:where"}) is None


def test_dependencies_are_a_tree(session):
    """From the function down, with places."""
    found = session.editor.request(contract.DEPENDENCIES, {"symbol": "main:train"})
    assert [(b["depth"], b["title"]) for b in found["branches"]] == [(0, "train()"), (1, "util.helper()"), (2, "util.deeper()"), (1, "util.K = 2")]
    assert found["problem"] == ""


def test_a_snippet_loads_the_result(session, project):
    """It is Python, and works."""
    found = session.editor.request(contract.SNIPPET, {"symbol": "main:train"})
    assert project.run("-c", found["text"] + "print(result)") == "6\n"
    assert session.editor.request(contract.SNIPPET, {"symbol": "main:never"})["text"] == ""


def test_the_status_says_what_there_is(session, project):
    """For a status bar, told when it changes."""
    status = session.editor.request(contract.STATUS)
    assert (status["health"], status["message"], status["contract"]) == ("ok", "3 functions: 2 cached, 1 never run", contract.VERSION)
    (store,) = status["stores"]
    assert (store["folder"], store["entries"]) == (str(project.store), 4)
    session.editor.replace(session.util, "return x", "return x + 1")
    session.editor.until(lambda: session.editor.said(contract.DID_CHANGE_STATUS)[-1]["functions"]["stale"] == 1)


def test_the_doctor_reports_without_the_users_code(session):
    """Versions and counts; no names, no text."""
    report = session.editor.request(contract.DOCTOR)["markdown"]
    assert "isolated: yes" in report
    assert "train" not in report
    assert "helper" not in report


NONSENSE = [None, [], "x", {"symbol": 7}, {"symbol": "no:such"}, {"uri": "file:///nowhere.py", "position": {"line": 0}}, {"uri": 3}]


def test_nonsense_is_answered_calmly(session):
    """A request about nothing is an empty answer or an error in one line, and the server lives on."""
    for method in [contract.WHY, contract.DIFF, contract.DEPENDENCIES, contract.ENTRIES, contract.SNIPPET, contract.CLEAR, contract.PIN]:
        for params in NONSENSE:
            try:
                session.editor.request(method, params)
            except ResponseError as problem:
                assert "Traceback" not in str(problem)  # noqa: PT017 - either is fine
            assert session.editor.request(contract.STATUS)["health"] == "ok", (method, params)


def test_a_request_that_is_cancelled_is_not_answered_with_a_result(session):
    """An error of its own kind, or the result where it was ready already."""
    number = session.editor.ask(contract.DEPENDENCIES, {"symbol": "main:train"})
    session.editor.notify("$/cancelRequest", {"id": number})
    try:
        assert session.editor.result(number)["branches"]
    except ResponseError as problem:
        assert problem.args[0]["code"] == -32800  # noqa: PT017 - either is fine


def test_the_extension_mirrors_the_contract():
    """Every method, command and type of this side is named on the other."""
    if not MIRROR.exists():
        pytest.skip("the extension is not in this tree")
    mirror = MIRROR.read_text(encoding="utf-8")
    methods = {value for name, value in vars(contract).items() if name.isupper() and isinstance(value, str)}
    missing = {value for value in (*methods, *contract.CLIENT_COMMANDS) if not re.search(rf"""['"]{re.escape(value)}['"]""", mirror)}
    assert missing == set()
    types = {name for name, value in vars(contract).items() if hasattr(value, "__required_keys__") and value.__module__ == contract.__name__}
    absent = {name for name in types if not re.search(rf"\b(interface|type)\s+\w*{name}\w*\b", mirror)}
    assert absent == set()


def test_the_contract_names_nothing_of_this_machine():
    """It is read by two programs and many people."""
    assert str(Path.home()) not in (REPOSITORY / "server" / "hitsave_server" / "lsp" / "contract.py").read_text(encoding="utf-8")


def test_a_file_is_shown_by_one_project_of_several(tmp_path, start):
    """By the innermost that it lies in, as a program that runs there names its functions; once, whichever was opened first."""
    inner = {f"inner/{name}": text for name, text in FILES.items()}
    project = made(
        tmp_path, {**FILES, **inner, "../second/pyproject.toml": FILES["pyproject.toml"], "../second/main.py": FILES["main.py"]}, "main.py"
    )
    folders = [project.folder, project.folder / "inner", tmp_path / "second"]
    editor = start(project, *folders)
    uris = [editor.open(folder / "main.py") for folder in folders]
    editor.until(lambda: editor.request("hitsave/functions", {})["complete"])
    for uri in uris:
        editor.until(lambda uri=uri: list(map(len, editor.hints(uri).values())) == [1, 1, 1])
    assert editor.hint(uris[0], "def train(").startswith("cached ×3")
    tree = editor.request("hitsave/functions", {})["projects"]
    assert {p["root"]: p["files"][0]["path"] for p in tree if p["root"] != str(project.folder)} == {str(f): "main.py" for f in folders[1:]}
