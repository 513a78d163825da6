"""The harness itself: it would notice a memoiser that serves old values, runs for nothing, or breaks."""

from __future__ import annotations

import json
import sys

import pytest

from tests.corpus import score
from tests.corpus.score import Outcome

# Memoisers so simple that their verdicts are known.
FORGETS_NOTHING = """
def memo(f):
    import os, pathlib, pickle
    path = pathlib.Path(os.environ["HITSAVE_DIR"]) / "value"
    def call(*a, **k):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(pickle.dumps(f(*a, **k)))
        return pickle.loads(path.read_bytes())
    return call
""".strip()
TOYS = {
    "never remembers": "memo = lambda f: f",
    "forgets nothing": f"exec({FORGETS_NOTHING!r})",
    "breaks": "memo = lambda f: 1 / 0",
}


@pytest.fixture
def judge_with(monkeypatch, tmp_path):
    """A function that judges the case `case` with the toy memoiser `toy`."""
    monkeypatch.setattr(score.runner(), "DECORATORS", {**score.runner().DECORATORS, **TOYS})
    return lambda case, toy: score.judge(score.cases()[case], sys.executable, tmp_path, toy).verdict


@pytest.mark.parametrize(
    ("case", "toy", "verdict"),
    [
        ("argc_function_body", "forgets nothing", "STALE"),
        ("argc_function_moved_lines", "forgets nothing", "ok"),
        ("argc_function_body", "never remembers", "never_hits"),
        ("argc_function_moved_lines", "never remembers", "needless"),
        ("argc_function_body", "breaks", "unsupported"),
    ],
)
def test_a_faulty_memoiser_gets_the_verdict_it_deserves(judge_with, case, toy, verdict):
    """Serving an old value, running for nothing and failing are told apart."""
    assert judge_with(case, toy) == verdict


def test_the_corpus_is_whole():
    """240 cases, each with an id of its own and an expectation that run.py knows."""
    given = json.loads((score.HERE / "cases.json").read_text(encoding="utf-8"))
    assert len(given) == len(score.cases()) == 240
    assert {case["expect"] for case in given} == {"must_rerun", "must_hit", "ideal_hit", "either"}


def test_what_is_known_is_a_case_and_a_verdict():
    """known.json lists cases that exist, under verdicts other than ok."""
    for listed in json.loads(score.KNOWN.read_text(encoding="utf-8")).values():
        assert set(listed) <= set(score.cases())
        assert set(listed.values()) <= set(score.VERDICTS) - {"ok"}


def outcome(verdict, case="c"):
    return Outcome(case, "args", "must_hit", verdict, "only after the edit")


@pytest.mark.parametrize(
    ("verdict", "listed", "complaint"),
    [
        ("ok", {}, None),
        ("needless", {"c": "needless"}, None),
        ("needless", {}, "c is needless, expected ok (must_hit): only after the edit"),
        ("STALE", {"c": "needless"}, "c is STALE, expected needless (must_hit): only after the edit"),
        ("ok", {"c": "needless"}, "c is ok now, known as needless: take it off the list (./dev corpus --accept)"),
    ],
)
def test_the_list_of_known_cases_only_shrinks(verdict, listed, complaint):
    """A new fault fails, a worse one fails, and so does one that is mended and still listed."""
    assert score.complaint(outcome(verdict), listed) == complaint


def test_accepting_keeps_what_was_not_run(tmp_path):
    """A run of some cases changes the list for those alone, and for its own Python alone."""
    path = tmp_path / "known.json"
    path.write_text('{"3.11": {"a": "STALE", "b": "needless"}}')
    score.accept("3.13", [outcome("ok", "a"), outcome("error", "c")], path)
    assert json.loads(path.read_text()) == {"3.11": {"a": "STALE", "b": "needless"}, "3.13": {"b": "needless", "c": "error"}}


@pytest.mark.parametrize(("version", "listed"), [("3.11", {"a": "STALE"}), ("3.12", {"a": "STALE"}), ("3.13", {}), ("3.14", {})])
def test_a_python_without_a_list_has_that_of_an_older_one(tmp_path, version, listed):
    """A new Python is held to what the last one reached."""
    path = tmp_path / "known.json"
    path.write_text('{"3.11": {"a": "STALE"}, "3.13": {}}')
    assert score.known(version, path) == listed


def test_the_table_counts_by_category_and_verdict():
    """The score is read at a glance: columns only for verdicts that occur, then each case that is not ok."""
    lines = score.table([outcome("ok", "a"), outcome("needless", "b")]).splitlines()
    assert lines[0].split() == ["category", "cases", "ok", "needless"]
    assert lines[1].split() == ["args", "2", "1", "1"]
    assert lines[3].split() == ["needless", "b", "must_hit", "only", "after", "the", "edit"]
    assert lines[-1] == "1 of 2 ok; not ok 1, at most 25 may be"
