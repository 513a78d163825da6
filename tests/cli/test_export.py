"""`hitsave export` and `hitsave diff`: results for other programs, and side by side."""

from __future__ import annotations

import csv
import io
import json


def test_results_are_exported_as_csv(pipeline, hitsave):
    """A line an entry; arguments and metrics are columns."""
    pipeline.edit("app.py", "return rate * sum(clean(2))", "import hitsave; hitsave.log(loss=0.5); hitsave.log(loss=float('nan')); return rate")
    pipeline.run("import app; app.train(0.25)")
    rows = list(csv.DictReader(io.StringIO(hitsave("export").stdout)))
    assert sorted(row["symbol"] for row in rows) == ["app:clean"] * 3 + ["app:train"] * 2
    new, old = [row for row in rows if row["symbol"] == "app:train"]
    assert (new["arg.rate"], new["metric.loss"], new["metric.loss.min"], old["metric.loss"]) == ("0.25", "nan", "0.5", "")
    assert (new["state"], old["state"]) == ("fresh", "stale")
    (only,) = list(csv.DictReader(io.StringIO(hitsave("export", "train", "--experiments").stdout)))[1:]
    assert only["symbol"] == "app:train"


def test_results_are_exported_as_json_to_a_file(pipeline, hitsave, tmp_path):
    """As `ls --json` has them, with metrics."""
    path = tmp_path / "out.json"
    assert hitsave("export", "-f", "json", "-o", str(path)).stdout == ""
    told = json.loads(path.read_text())
    assert (told["format"], len(told["entries"])) == (1, 4)
    assert set(told["entries"][0]) == {*hitsave("ls", "--json").json["entries"][0], "metrics"}


def test_a_text_is_no_formula(pipeline, hitsave):
    """A spreadsheet would run what begins with an equals sign."""
    identity = hitsave("ls", "train", "--json").json["entries"][0]["id"]
    hitsave("note", identity, "=1+1")
    hitsave("tag", identity, "best")
    (row,) = csv.DictReader(io.StringIO(hitsave("export", "train", "--tag", "best").stdout))
    assert row["note"] == "'=1+1"


def test_a_file_that_can_not_be_written_is_a_line(pipeline, hitsave):
    """No traceback."""
    said = hitsave("export", "-o", "no/such/folder.csv")
    assert (said.status, len(said.stderr.splitlines())) == (2, 1)


def test_two_results_side_by_side(pipeline, hitsave):
    """Arguments, results, metrics, code by function, and what else differs."""
    first = hitsave("ls", "clean", "--json").json["entries"][0]["id"]
    pipeline.edit("util.py", "return x + 1", "return x + 2")
    pipeline.edit("app.py", "LIMIT = 3", "LIMIT = 2")
    pipeline.run("import app; app.clean(3)")
    second = hitsave("ls", "clean", "--json").json["entries"][0]["id"]
    said = hitsave("diff", first, second)
    assert [line for line in said.lines if line and not line.startswith(" ")][3:] == ["Arguments", "Result", "What else differs", "Code"]
    assert "    -    return x + 1" in said.lines
    assert "    +    return x + 2" in said.lines
    told = hitsave("diff", first, second, "--json").json
    assert list(told) == ["format", "before", "after", "arguments", "result", "metrics", "surroundings", "code"]
    assert [(a["name"], a["same"]) for a in told["arguments"]] == [("n", False), ("name", True)]
    assert (told["result"]["same"], told["result"]["after"]["kind"]) == (False, "sequence")
    assert [c["symbol"] for c in told["code"]] == ["app:LIMIT", "util:helper"]
    assert [s["name"] for s in told["surroundings"]] == ["value of app:LIMIT"]


def test_a_result_against_itself_is_the_same(pipeline, hitsave):
    """And says so."""
    identity = hitsave("ls", "clean", "--json").json["entries"][0]["id"]
    said = hitsave("diff", identity, identity)
    assert said.lines[-2:] == ["Code", "  the same"]
    assert said.lines[said.lines.index("Result") + 1] == "  the same"
