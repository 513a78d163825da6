"""`hitsave clear`: what would go is said first; pinned results and experiments stay."""

from __future__ import annotations

import pytest


def left(hitsave):
    return {entry["symbol"]: entry["id"] for entry in hitsave("ls", "--json").json["entries"]}


def test_the_results_of_a_function_are_removed(pipeline, hitsave):
    """It says how many, and how much compute."""
    said = hitsave("clear", "clean", "--yes")
    assert said.lines[0].split() == ["TO", "BE", "REMOVED", "RESULTS", "COMPUTE", "SIZE"]
    assert said.lines[1].split()[:2] == ["app:clean", "3"]
    assert said.lines[-1].startswith("Removed 3 results;")
    assert set(left(hitsave)) == {"app:train"}


def test_all_means_the_memoised_functions_of_the_project(pipeline, hitsave):
    """Experiments stay unless they are asked for."""
    said = hitsave("clear", "--all", "--yes")
    assert "1 experiment (--experiments removes them) stay." in said.lines
    assert set(left(hitsave)) == {"app:train"}
    assert hitsave("clear", "--all", "--experiments", "--yes").status == 0
    assert left(hitsave) == {}


def test_only_what_is_stale_goes_with_stale(pipeline, hitsave):
    """Of the project, or of one function."""
    assert hitsave("clear", "--stale", "--yes").lines == ["There is nothing to remove."]
    pipeline.edit("app.py", "return [step(i)", "return [1 + step(i)")
    pipeline.run("import app; app.clean(1)")
    said = hitsave("clear", "clean", "--stale", "--yes", "--json").json
    assert (len(said["entries"]), said["done"], said["functions"][0]["entries"]) == (3, True, 3)
    assert len(hitsave("ls", "clean", "--json").json["entries"]) == 1


def test_pinned_results_stay_whatever_is_asked_for(pipeline, hitsave):
    """Until they are unpinned."""
    identity = left(hitsave)["app:clean"]
    hitsave("pin", identity)
    said = hitsave("clear", "clean", "--yes", "--json").json
    assert (len(said["entries"]), said["kept"]) == (2, {"pinned": 1, "experiments": 0, "running": 0})
    assert left(hitsave)["app:clean"] == identity
    assert hitsave("clear", identity, "--yes").lines[0] == "There is nothing to remove."
    hitsave("unpin", identity)
    assert hitsave("clear", identity, "--yes").lines[-1].startswith("Removed 1 result;")


def test_a_dry_run_removes_nothing(pipeline, hitsave):
    """It only says what would go."""
    said = hitsave("clear", "--all", "--dry-run", "--json").json
    assert (len(said["entries"]), said["done"], said["freed_bytes"]) == (3, False, None)
    assert set(left(hitsave)) == {"app:clean", "app:train"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "There is nothing said of what to clear. Name a function, or say --stale or --all."),
        (("clean", "--all"), "--all means all of the project, not only clean. Say hitsave clear clean, or hitsave clear --all."),
        (("claen",), "There is no function claen in the store or in this project. Perhaps you mean app:clean."),
    ],
)
def test_what_is_not_meant_is_asked_back(pipeline, hitsave, arguments, said):
    """In one line, with what to do."""
    assert hitsave("clear", *arguments).stderr == f"hitsave: {said}\n"


def test_without_a_person_or_yes_nothing_is_removed(pipeline, hitsave):
    """A pipe can't answer."""
    said = hitsave("clear", "--all")
    assert (said.status, "Say --yes" in said.stderr) == (2, True)
    assert len(left(hitsave)) == 2
