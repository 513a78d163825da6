"""The table of runs, read from the store alone."""

from __future__ import annotations

import json
import subprocess
import sys

from hitsave.panel import contract


def group(runs, name):
    (found,) = [g for g in runs["groups"] if g["name"] == name]
    return found


def by_title(of, row):
    return {c["title"]: cell for c, cell in zip(of["columns"], row["cells"], strict=True) if cell is not None}


def test_a_run_is_a_row_and_its_values_are_columns(swept):
    """Fields of arguments and results are dotted columns; metrics have their last, least and greatest value."""
    fits = group(swept.ask(contract.RUNS), "fit")
    done = [row for row in fits["rows"] if row["state"] == "fresh"]
    newest = by_title(fits, done[0])
    assert [newest[name] for name in ("model.degree", "model.ridge", "rate", "seed")] == [3, 0.01, 0.5, 0]
    assert (newest["weights"], newest["figure"]) == ({"shown": "float64 4"}, {"shown": "Figure"})
    assert newest["error (min)"] <= newest["error"] <= newest["error (max)"]
    assert (done[0]["attachments"], done[0]["kind"], len(done[0]["code"])) == (1, "experiment", 6)


def test_a_run_that_failed_is_a_row_with_its_arguments(swept):
    """It has no result and no size."""
    fits = group(swept.ask(contract.RUNS), "fit")
    (failed,) = [row for row in fits["rows"] if row["state"] == "failed"]
    assert by_title(fits, failed)["rate"] == 2.0
    assert failed["size"] is None


def test_what_is_unchanged_is_not_sent_again(lab):
    """The stamp stands for the state of the store; what a person sets changes it."""
    lab.run("from sweep import *; fit(Model(1, 0.0), 0.1)")
    first = lab.ask(contract.RUNS)
    again = lab.ask(contract.RUNS, since=first["stamp"])
    assert (again["unchanged"], again["groups"]) == (True, [])
    row = first["groups"][0]["rows"][0]
    assert lab.ask(contract.MARK, id=row["id"], pinned=True, note="the <best>", tags=["a", "b"]) == {"ok": True, "message": ""}
    marked = lab.ask(contract.RUNS, since=first["stamp"])["groups"][0]["rows"][0]
    assert (marked["pinned"], marked["note"], marked["tags"]) == (True, "the <best>", ["a", "b"])


def test_a_run_is_stale_when_its_code_is_edited(lab):
    """And says why."""
    lab.run("from sweep import *; fit(Model(1, 0.0), 0.1)")
    assert group(lab.ask(contract.RUNS), "fit")["rows"][0]["state"] == "fresh"
    path = lab.root / "sweep.py"
    path.write_text(path.read_text().replace("x / 2", "x / 3"))
    (row,) = group(lab.ask(contract.RUNS), "fit")["rows"]
    assert row["state"] == "stale"
    assert "curve" in row["reason"]


def test_a_project_without_runs_has_an_empty_table(lab):
    """Also where there is no store at all."""
    assert lab.ask(contract.RUNS)["groups"] == []


def test_one_run_with_all_that_is_known(swept):
    """Views, curves, attachments, and the code as it ran, its own function first."""
    row = next(r for r in group(swept.ask(contract.RUNS), "fit")["rows"] if r["state"] == "fresh")
    run = swept.ask(contract.RUN, id=row["id"])
    assert [a["name"] for a in run["arguments"]] == ["model", "rate", "seed"]
    assert run["result"]["view"]["kind"] == "object"
    assert [(c["name"], c["count"], len(c["values"])) for c in run["curves"]] == [("error", 60, 60), ("size", 60, 60)]
    assert run["curves"][0]["steps"][:3] == [0.0, 1.0, 2.0]
    assert run["sources"][0]["symbol"] == "sweep:fit"
    assert {"sweep:curve", "sweep:Model"} <= {s["symbol"] for s in run["sources"]}
    (attached,) = run["attachments"]
    figure = swept.ask(contract.ATTACHMENT, id=row["id"], name=attached["name"])
    assert (figure["media"], figure["base64"][:8]) == ("image/png", "iVBORw0K")


def test_a_failed_run_has_its_traceback(swept):
    """With what it logged, if anything."""
    row = next(r for r in group(swept.ask(contract.RUNS), "fit")["rows"] if r["state"] == "failed")
    run = swept.ask(contract.RUN, id=row["id"])
    assert "a rate of 2.0 does not settle" in run["error"]
    assert (run["result"], run["snippet"]) == (None, "")


def test_hostile_values_are_plain_json(swept):
    """Thirty of them; every answer is JSON that any reader reads."""
    shown = group(swept.ask(contract.RUNS), "show")
    assert len(shown["rows"]) == 30
    for row in shown["rows"]:
        json.dumps(swept.ask(contract.RUN, id=row["id"]), allow_nan=False).encode("ascii")
    json.dumps(shown, allow_nan=False)


def test_answering_unpickles_nothing_and_imports_no_user_code(swept):
    """In a fresh process neither the runtime nor the project's modules are loaded, nor is anything unpickled."""
    code = (
        "import sys, pickle; sys.path.append(sys.argv[1]); pickle.loads = pickle.Unpickler = None\n"
        "from hitsave.panel.answering import Answers; from hitsave.panel import contract; from hitsave.storage.store import Store\n"
        "from hitsave.freshness.judging import Judge; from hitsave.freshness.project_text import ProjectText; from hitsave.workspace.settings import Settings\n"
        "import os; store = Store.open(sys.argv[2], readonly=True); text = ProjectText(sys.argv[1], Settings(), store, os.environ)\n"
        "a = Answers(store, sys.argv[1], lambda es: Judge(store, sys.argv[1], lambda _: text).judge(es))\n"
        "rows = [r for g in a.answer(contract.RUNS, {})['groups'] for r in g['rows']]\n"
        "[a.answer(contract.RUN, {'id': r['id']}) for r in rows]\n"
        "print(len(rows), sorted({'sweep', 'hostile', 'numpy', 'matplotlib', 'hitsave.runtime', 'hitsave.values.stored'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(swept.root), str(swept.folder)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("33 []\n", "")
