"""The table of runs, read from the store alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from hitsave.panel import contract
from hitsave.panel import group as panel_group
from hitsave.panel import table as panel_table
from hitsave.storage.listing import Filter
from hitsave.storage.store import Store
from tests.conftest import ROOT
from tests.panel.answers import rows_of, unpacked


def group(runs, name):
    (found,) = [g for g in runs["groups"] if g["name"] == name]
    return found


def test_a_run_is_a_row_and_its_values_are_columns(swept):
    """Fields of arguments and results are dotted columns; metrics have their last, least and greatest value."""
    fits = group(swept.ask(contract.RUNS), "fit")
    done = [row for row in rows_of(fits) if row["state"] == "fresh"]
    newest = done[0]["cells"]
    assert [newest[name] for name in ("model.degree", "model.ridge", "rate", "seed")] == [3, 0.01, 0.5, 0]
    assert (newest["weights"], newest["figure"]) == ({"shown": "float64 4"}, {"shown": "Figure"})
    assert newest["error (min)"] <= newest["error"] <= newest["error (max)"]
    assert (done[0]["attachments"], done[0]["kind"], len(done[0]["code"])) == (1, "experiment", 6)


def test_a_run_that_failed_is_a_row_with_its_arguments(swept):
    """It has no result and no size."""
    fits = group(swept.ask(contract.RUNS), "fit")
    (failed,) = [row for row in rows_of(fits) if row["state"] == "failed"]
    assert failed["cells"]["rate"] == 2.0
    assert failed["size"] is None


def test_a_run_that_is_repeated_is_a_row_of_its_own(lab):
    """The first one stays: runs are results in themselves."""
    lab.run("from sweep import *; fit(Model(1, 0.0), 0.1); fit(Model(1, 0.0), 0.1); fit.rerun(Model(1, 0.0), 0.1)")
    first, second = rows_of(group(lab.ask(contract.RUNS), "fit"))
    assert (first["state"], second["state"], first["cells"]) == ("fresh", "fresh", second["cells"])
    assert first["id"] != second["id"]


def test_what_is_unchanged_is_not_sent_again(lab):
    """The stamp stands for what was sent; what a person sets changes it, and of the runs only that one is sent."""
    lab.run("from sweep import *; fit(Model(1, 0.0), 0.1); fit(Model(2, 0.0), 0.1)")
    answers = lab.answers()
    first = answers.answer(contract.RUNS, {})
    again = answers.answer(contract.RUNS, {"since": first["stamp"]})
    assert (again["unchanged"], again["groups"]) == (True, [])
    row = rows_of(first["groups"][0])[0]
    done = answers.answer(contract.MARK, {"ids": [row["id"]], "pinned": True, "note": "the <best>", "tags": ["a"], "tag": ["b"]})
    assert done == {"ok": True, "count": 1, "message": ""}
    after = answers.answer(contract.RUNS, {"since": first["stamp"]})["groups"][0]
    assert (after["whole"], after["gone"]) == (False, [])
    (marked,) = rows_of(after)
    assert (after["valued"], after["cells"]) == (0, {})  # its values are what they were
    assert (marked["id"], marked["pinned"], marked["note"], marked["tags"]) == (row["id"], True, "the <best>", "a\nb")


def test_a_run_that_is_made_and_one_that_goes_are_what_is_sent(lab):
    """Runs keep their places; what was deleted can be put back, with what it logged and what was set."""
    lab.run("from sweep import *; fit(Model(1, 0.0), 0.1)")
    answers = lab.answers()
    first = answers.answer(contract.RUNS, {})
    (old,) = rows_of(first["groups"][0])
    answers.answer(contract.MARK, {"ids": [old["id"]], "tags": ["kept"]})
    lab.run("from sweep import *; fit(Model(2, 0.0), 0.1)")
    second = answers.answer(contract.RUNS, {"since": first["stamp"]})
    assert [row["cells"].get("model.degree") for row in rows_of(second["groups"][0])] == [2, None]  # the old one got a tag, and no other values
    before = answers.answer(contract.RUN, {"id": old["id"]})
    assert answers.answer(contract.REMOVE, {"ids": [old["id"]]})["count"] == 1
    third = answers.answer(contract.RUNS, {"since": second["stamp"]})
    assert (third["groups"][0]["gone"], third["groups"][0]["facts"]["ids"]) == ([old["id"]], [])
    assert answers.answer(contract.RESTORE, {"ids": [old["id"]]}) == {"ok": True, "count": 1, "message": ""}
    (back,) = rows_of(answers.answer(contract.RUNS, {"since": third["stamp"]})["groups"][0])
    assert (back["id"], back["tags"], back["cells"]) == (old["id"], "kept", old["cells"])
    assert answers.answer(contract.RUN, {"id": old["id"]}) == before
    assert answers.answer(contract.RESTORE, {"ids": [old["id"]]})["ok"] is False


def test_a_deleted_run_is_computed_again_and_one_that_was_put_back_is_not(lab):
    """Deleting is deleting: no hit comes of it until it is undone."""
    lab.run("from sweep import *; fit(Model(1, 0.0), 0.1)")
    answers = lab.answers()
    (row,) = rows_of(answers.answer(contract.RUNS, {})["groups"][0])
    with Store.open(lab.folder, readonly=True) as store:
        key = store.get(row["id"]).key
        answers.answer(contract.REMOVE, {"ids": [row["id"]]})
        assert store.find(key) == []
        answers.answer(contract.RESTORE, {"ids": [row["id"]]})
        assert [entry.id for entry in store.find(key)] == [row["id"]]


def test_of_many_cells_the_first_columns_come_and_the_others_are_asked_for(swept, monkeypatch):
    """The page gets the table at once, whatever its width."""
    monkeypatch.setattr(panel_group, "MOST_CELLS", 20)
    answers = swept.answers()
    fits = group(answers.answer(contract.RUNS, {}), "fit")
    missing = [c["id"] for c in fits["columns"] if c["id"] not in fits["cells"]]
    assert 0 < len(missing) < len(fits["columns"])
    answer = answers.answer(contract.CELLS, {"symbol": fits["symbol"], "columns": [missing[0], "no such"]})
    assert (list(answer["cells"]), answer["count"]) == ([missing[0]], 3)
    assert len(unpacked(answer["cells"][missing[0]], 3)) == 3


def test_the_wider_a_table_the_fewer_runs_a_page_begins_with(swept, monkeypatch):
    """What comes first is what a screen shows."""
    monkeypatch.setattr(panel_group, "LEAST_FIRST_RUNS", 2)
    monkeypatch.setattr(panel_group, "FIRST_CELLS", 1)
    fits = group(swept.answers().answer(contract.RUNS, {}), "fit")
    assert (len(rows_of(fits)), fits["waiting"]) == (2, 1)


def test_of_many_runs_the_newest_come_first_and_the_others_after_them(lab, monkeypatch):
    """A page has something to show at once; runs that come or go meanwhile disturb nothing, and cells of the older ones are asked for."""
    lab.run("from sweep import *\nfor n in range(7): fit(Model(1, 0.0), 0.1, seed=n)")
    monkeypatch.setattr(panel_group, "FIRST_RUNS", 2)
    monkeypatch.setattr(panel_group, "MORE_RUNS", 3)
    answers = lab.answers()
    first = answers.answer(contract.RUNS, {})
    begun = first["groups"][0]
    assert ([row["cells"]["seed"] for row in rows_of(begun)], begun["waiting"]) == ([6, 5], 5)
    oldest = rows_of(begun)[-1]["id"]
    lab.run("from sweep import *; fit(Model(1, 0.0), 0.1, seed=7)")
    more = answers.answer(contract.RUNS, {"since": first["stamp"], "below": {begun["symbol"]: oldest}})
    (group,) = more["groups"]
    new, *older = rows_of(group)
    assert (new["cells"]["seed"], group["valued"], [row["cells"] for row in older], group["waiting"]) == (7, 1, [{}, {}, {}], 2)
    answers.answer(contract.REMOVE, {"ids": [older[0]["id"]]})
    with Store.open(lab.folder) as store:  # a change of a run that the page has not seen yet leaves no gap above it
        store.set_note(min(entry.id for entry in store.list(Filter(kind="experiment"), limit=10)), "the oldest")
    last = answers.answer(contract.RUNS, {"since": more["stamp"], "below": {begun["symbol"]: older[-1]["id"]}})
    (group,) = last["groups"]
    assert (len(rows_of(group)), group["waiting"], group["gone"]) == (2, 0, [older[0]["id"]])
    assert answers.answer(contract.RUNS, {"since": last["stamp"]})["unchanged"]
    seeds = answers.answer(contract.CELLS, {"symbol": group["symbol"], "columns": ["arg.seed"]})
    assert sorted(unpacked(seeds["cells"]["arg.seed"], seeds["count"])) == [*range(8)]
    some = answers.answer(contract.CELLS, {"symbol": group["symbol"], "columns": ["arg.seed"], "places": [3, 1, 99]})
    assert unpacked(some["cells"]["arg.seed"], some["count"]) == [3, 5, None]


def test_runs_that_take_long_to_read_come_bit_by_bit(lab, monkeypatch):
    """The newest first; until all are there, each answer says how many are not."""
    lab.run("from sweep import *\nfor n in range(6): fit(Model(1, 0.0), 0.1, seed=n)")
    monkeypatch.setattr(panel_table, "_CHUNK", 2)
    table = panel_table.Table(lab.source(), memo=False, seconds=0.0)
    first = table.runs()
    assert [row["cells"]["seed"] for row in rows_of(first["groups"][0])] == [5, 4]
    assert first["groups"][0]["waiting"] == 4
    second = table.runs(since=first["stamp"])
    assert [row["cells"]["seed"] for row in rows_of(second["groups"][0])] == [3, 2]
    third = table.runs(since=second["stamp"])
    assert (third["groups"][0]["waiting"], table.runs(since=third["stamp"])["unchanged"]) == (0, True)


def test_what_a_person_has_set_on_the_page_is_kept_for_the_project(lab):
    """In the store, so that another port or another browser finds it."""
    lab.run("from sweep import *; fit(Model(1, 0.0), 0.1)")
    assert lab.ask(contract.KEPT) == {"state": None}
    assert lab.ask(contract.KEEP, state={"filter": "rate<1"})["ok"]
    assert lab.ask(contract.KEPT) == {"state": {"filter": "rate<1"}}


def test_a_run_is_stale_when_its_code_is_edited(lab):
    """And says why."""
    lab.run("from sweep import *; fit(Model(1, 0.0), 0.1)")
    assert rows_of(group(lab.ask(contract.RUNS), "fit"))[0]["state"] == "fresh"
    path = lab.root / "sweep.py"
    path.write_text(path.read_text().replace("x / 2", "x / 3"))
    (row,) = rows_of(group(lab.ask(contract.RUNS), "fit"))
    assert row["state"] == "stale"
    assert "curve" in row["reason"]


def test_a_project_without_runs_has_an_empty_table(lab):
    """Also where there is no store at all."""
    assert lab.ask(contract.RUNS)["groups"] == []


def test_one_run_with_all_that_is_known(swept):
    """Views, curves, attachments, and the code as it ran, its own function first."""
    row = next(r for r in rows_of(group(swept.ask(contract.RUNS), "fit")) if r["state"] == "fresh")
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
    row = next(r for r in rows_of(group(swept.ask(contract.RUNS), "fit")) if r["state"] == "failed")
    run = swept.ask(contract.RUN, id=row["id"])
    assert "a rate of 2.0 does not settle" in run["error"]
    assert (run["result"], run["snippet"]) == (None, "")


def test_hostile_values_are_plain_json(swept, monkeypatch):
    """Over 150 of them; every answer is JSON that any reader reads."""
    monkeypatch.setattr(panel_group, "LEAST_FIRST_RUNS", 200)
    shown = group(swept.ask(contract.RUNS), "show")
    assert len(rows_of(shown)) >= 150
    for row in rows_of(shown):
        json.dumps(swept.ask(contract.RUN, id=row["id"]), allow_nan=False).encode("ascii")
    json.dumps(shown, allow_nan=False)


def test_answering_unpickles_nothing_and_imports_no_user_code(swept):
    """In a fresh process neither the runtime nor the project's modules are loaded, nor is anything unpickled."""
    code = (
        "import sys, pickle; sys.path.append(sys.argv[1]); pickle.loads = pickle.Unpickler = None\n"
        "from hitsave.panel.answering import Answers; from hitsave.panel.source import StoreSource; from hitsave.panel import contract; from hitsave.storage.store import Store\n"
        "from hitsave.freshness.judging import Judge; from hitsave.freshness.project_text import ProjectText; from hitsave.workspace.settings import Settings\n"
        "import os; store = Store.open(sys.argv[2], readonly=True); text = ProjectText(sys.argv[1], Settings(), store, os.environ)\n"
        "a = Answers(StoreSource(store, sys.argv[1], lambda es: Judge(store, sys.argv[1], lambda _: text).judge(es)))\n"
        "rows = [r for g in a.answer(contract.RUNS, {})['groups'] for r in g['facts']['ids']]\n"
        "[a.answer(contract.RUN, {'id': r}) for r in rows]\n"
        "print(len(rows), sorted({'sweep', 'hostile', 'numpy', 'matplotlib', 'hitsave.runtime', 'hitsave.values.stored'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(swept.root), str(swept.folder)], capture_output=True, text=True, check=False)
    assert (done.stdout.endswith(" []\n"), done.stderr) == (True, "")


def test_the_metrics_of_a_run_that_goes_on_are_told_again(lab):
    """Each look at the same table tells what it has logged since; the last one that it ended."""
    script = subprocess.Popen(
        [sys.executable, "report.py", "6000"], cwd=lab.root, env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "server")))}
    )
    answers = lab.answers()

    def runs(since: str = "") -> dict[str, Any]:
        return answers.answer(contract.RUNS, {"since": since})

    def until(since: str, seen: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            found = runs(since)
            if not found["unchanged"] and found["groups"] and seen(rows_of(group(found, "slow"))[0]):
                return found
            time.sleep(0.1)
        raise AssertionError("it did not come")

    try:
        first = until("", lambda row: row["cells"].get("loss", 1) < 1)
        loss = rows_of(group(first, "slow"))[0]["cells"]["loss"]
        later = until(first["stamp"], lambda row: row["cells"]["loss"] < loss)
        (lab.root / "enough").touch()
        until(later["stamp"], lambda row: row["state"] == "fresh")
    finally:
        script.kill()
        script.wait()
