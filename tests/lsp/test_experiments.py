"""What the experiments page asks, answered by the language server."""

from __future__ import annotations

import pytest

from hitsave.panel import contract
from tests.lsp.client import ResponseError
from tests.panel.answers import rows_of


def test_the_experiments_page_is_answered_under_the_text_of_the_editor(session, project):
    """The table, one run, and marks; a run is stale when its code is edited in a buffer."""
    runs = session.editor.request(contract.RUNS, {"root": str(project.folder), "memo": True})
    (train,) = [g for g in runs["groups"] if g["name"] == "train"]
    assert [row["state"] for row in rows_of(train)] == ["fresh"] * 3
    run = session.editor.request(contract.RUN, {"id": rows_of(train)[0]["id"]})
    assert run["sources"][0]["symbol"] == "main:train"
    assert session.editor.request(contract.MARK, {"id": run["id"], "pinned": True})["ok"]
    assert session.editor.request(contract.RUNS, {"root": str(project.folder)})["groups"] == []


def test_what_is_unchanged_is_not_sent_again_to_the_editor(session):
    """Asked once a second, it costs two looks at a file."""
    first = session.editor.request(contract.RUNS, {"memo": True})
    again = session.editor.request(contract.RUNS, {"memo": True, "since": first["stamp"]})
    assert (again["unchanged"], again["groups"]) == (True, [])


def test_a_run_that_is_not_there_is_a_sentence(session):
    """For whoever looks at the page."""
    with pytest.raises(ResponseError, match="There is no entry"):
        session.editor.request(contract.RUN, {"id": "0" * 26})
