"""`hitsave lint --format sarif` prints SARIF 2.1.0. What it prints was checked against the published schema; here is what a schema does not say, and the shape in small."""

from __future__ import annotations

import json

import pytest

from hitsave.advice.rules import RULES

APP = """\
    from hitsave import memo
    import time


    def now():
        return time.time()


    @memo
    def score(é):
        print(é)
        print(é)
        return now()
    """


@pytest.fixture
def log(project, hitsave):
    """A function that gives what is printed for a text of ``my app.py``."""

    def ask(text: str):
        project.write({"my app.py": text})
        return json.loads(hitsave("lint", "--format", "sarif").stdout)

    return ask


def test_a_log_is_one_run_of_one_tool(log):
    """With all rules, each with its page."""
    found = log(APP)
    assert (found["version"], len(found["runs"])) == ("2.1.0", 1)
    driver = found["runs"][0]["tool"]["driver"]
    assert driver["name"] == "hitsave"
    assert [rule["id"] for rule in driver["rules"]] == [*RULES]
    assert all(rule["help"]["markdown"].startswith(f"# {rule['id']}") for rule in driver["rules"])
    assert {rule["defaultConfiguration"]["level"] for rule in driver["rules"]} <= {"warning", "note"}


def test_a_result_names_its_rule_and_its_place(log):
    """Counted from 1, in code points, with the path relative to the project and escaped."""
    run = log(APP)["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    clock = run["results"][0]
    assert run["tool"]["driver"]["rules"][clock["ruleIndex"]]["id"] == clock["ruleId"] == "HS001"
    (place,) = clock["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "my%20app.py", "uriBaseId": "PROJECTROOT"},
        "region": {"startLine": 6, "startColumn": 12, "endLine": 6, "endColumn": 23},
    }
    assert run["originalUriBaseIds"]["PROJECTROOT"]["uri"].startswith("file:///")
    assert clock["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 10


def test_fingerprints_differ_and_stay_as_lines_move(log):
    """So that a service knows a finding again."""
    before = [r["partialFingerprints"]["hitsave/v1"] for r in log(APP)["runs"][0]["results"]]
    after = [r["partialFingerprints"]["hitsave/v1"] for r in log("\n    # above\n\n" + APP)["runs"][0]["results"]]
    assert before == after
    assert len(set(before)) == len(before) == 3


def test_a_file_that_can_not_be_read_is_told(log):
    """The run did not succeed, and says why."""
    (invocation,) = log("from hitsave import memo\n@memo\ndef f(:\n")["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "my app.py can't be read" in invocation["toolExecutionNotifications"][0]["message"]["text"]
