"""`hitsave gc`, `fsck` and `doctor`: the store kept small, whole and known."""

from __future__ import annotations

import pytest

from hitsave.storage.store import Store


def test_gc_says_what_goes_and_evicts_it(pipeline, hitsave):
    """Results of memoised functions; experiments stay, and it is said that they do."""
    said = hitsave("gc", "--budget", "10 B", "--yes")
    assert said.lines[0].endswith("of 10 B that they may take.")
    assert said.lines[2].split()[:2] == ["app:clean", "3"]
    assert "That is not enough" in said.stdout
    assert any(line.startswith("Evicted 3 results") for line in said.lines)
    assert [entry["symbol"] for entry in hitsave("ls", "--json").json["entries"]] == ["app:train"]


def test_gc_within_the_budget_only_sweeps(pipeline, hitsave):
    """Nobody is asked."""
    said = hitsave("gc", "--json").json
    assert (said["done"], said["to_evict"], said["budget_bytes"], said["enough"]) == (True, [], 50_000_000_000, True)
    assert hitsave("gc", "--budget", "none").lines[-1] == "There was nothing to sweep."
    assert hitsave("gc", "--budget", "0", "--dry-run", "--json").json["evicted"]["entries"] == 0
    assert len(hitsave("ls", "--json").json["entries"]) == 4


def test_gc_without_a_person_or_yes_evicts_nothing(pipeline, hitsave):
    """A pipe can't answer; a size that is none is asked back."""
    said = hitsave("gc", "--budget", "0")
    assert (said.status, "Say --yes" in said.stderr) == (2, True)
    assert hitsave("gc", "--budget", "much").stderr == "hitsave: --budget is 'much'. It can be a size, such as '20 GB', or 'none'.\n"


def test_gc_and_fsck_of_no_store_make_none(project, hitsave, store_dir):
    """Asking does not make a folder."""
    assert hitsave("gc").lines[-1] == "There was nothing to sweep."
    assert hitsave("fsck").status == 0
    assert not store_dir.exists()


def test_fsck_finds_damage_and_mends_it(pipeline, hitsave, store_dir):
    """The exit status is 1 as long as damage is left."""
    import sqlite3

    assert "no damage" in hitsave("fsck").stdout
    with Store.open(store_dir) as store:
        entry = store.list(limit=1)[0]
    with sqlite3.connect(store_dir / "hitsave.sqlite") as connection:
        connection.execute("UPDATE entries SET seal = x'00' WHERE id = ?", (entry.id,))
    connection.close()
    found = hitsave("fsck")
    assert (found.status, found.lines[1].split()[:2]) == (1, ["entry", entry.id])
    assert found.lines[-1] == "hitsave fsck --repair mends it."
    mended = hitsave("fsck", "--repair", "--json")
    assert (mended.status, mended.json["left"], mended.json["repair"]) == (0, 0, True)
    assert [list(f) for f in mended.json["findings"]] == [["kind", "subject", "problem", "cure", "mended"]] * len(mended.json["findings"])
    assert hitsave("fsck", "--json").json["findings"] == []


def test_doctor_tells_versions_settings_store_and_problems(pipeline, hitsave, monkeypatch):
    """Fit to be passed on: no arguments, no results, no secrets."""
    monkeypatch.setenv("HITSAVE", "readonly")
    monkeypatch.setenv("HITSAVE_API_TOKEN", "sk-123")
    said = hitsave("doctor")
    assert "sk-123" not in said.stdout
    sections = [line for line in said.lines if line and not line.startswith(" ")]
    assert [section for section in sections if section != "Not worth memoising"] == [
        "Versions",
        "Settings",
        "Store",
        "Project",
        "Problems",
    ]
    told = hitsave("doctor", "--json").json
    assert list(told) == ["format", "versions", "settings", "store", "project", "slow", "untracked", "problems"]
    assert told["settings"]["mode"] == "readonly"
    assert any("HITSAVE=readonly" in problem for problem in told["problems"])
    assert {row["symbol"] for row in told["slow"]} <= {"app:clean"}


@pytest.mark.parametrize("text", ["[tool.hitsave]\ntrak = 1\n[project]\nname='p'", "[project\n# hitsave"])
def test_doctor_goes_on_where_something_is_broken(project, hitsave, text):
    """What is wrong is among the problems; the rest is told."""
    project.write({"pyproject.toml": text, ".git/HEAD": ""})
    told = hitsave("doctor", "--json").json
    assert told["versions"]["hitsave"]
    assert any("pyproject.toml" in problem for problem in told["problems"])
