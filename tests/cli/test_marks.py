"""`hitsave pin`, `unpin`, `tag` and `note`."""

from __future__ import annotations


def newest(hitsave, symbol="train"):
    return hitsave("ls", symbol, "--json").json["entries"][0]["id"]


def test_a_result_is_pinned_and_unpinned(pipeline, hitsave):
    """Several at once; `ls --pinned` lists them."""
    ids = [entry["id"] for entry in hitsave("ls", "--json").json["entries"]]
    said = hitsave("pin", *ids[:2])
    assert [line.split()[-1] for line in said.lines] == ["pinned", "pinned"]
    assert [entry["id"] for entry in hitsave("ls", "--pinned", "--json").json["entries"]] == ids[:2]
    assert hitsave("unpin", ids[0], "--json").json["entries"][0]["pinned"] is False
    assert len(hitsave("ls", "--pinned", "--json").json["entries"]) == 1


def test_one_unknown_id_changes_nothing(pipeline, hitsave):
    """All or none."""
    said = hitsave("pin", newest(hitsave), "0000nothing")
    assert (said.status, len(said.stderr.splitlines())) == (2, 1)
    assert hitsave("ls", "--pinned", "--json").json["entries"] == []


def test_tags_are_added_and_taken_away(pipeline, hitsave):
    """`ls --tag` finds them."""
    identity = newest(hitsave)
    assert hitsave("tag", identity, "best", "paper one").lines[0].endswith("tagged best, paper one")
    assert [entry["id"] for entry in hitsave("ls", "--tag", "paper one", "--json").json["entries"]] == [identity]
    assert hitsave("tag", identity, "best", "--remove", "--json").json["entries"][0]["tags"] == ["paper one"]
    assert hitsave("tag", identity, "paper one", "-r").lines[0].endswith("has no tags")


def test_a_note_is_written_and_taken_away(pipeline, hitsave):
    """Any text."""
    identity = newest(hitsave)
    assert hitsave("note", identity, "the good one\n[bold]").lines[0].endswith("noted: the good one")
    assert hitsave("show", identity, "--json").json["entry"]["note"] == "the good one\n[bold]"
    assert hitsave("note", identity, "").lines[0].endswith("has no note")


def test_a_mark_that_no_result_has_is_said_to_be_that(pipeline, hitsave):
    """Not that nothing is stored."""
    assert hitsave("ls", "--tag", "best").stdout == f"No result in {pipeline.root} has the tag best.\n"
    assert (
        hitsave("ls", "clean", "--tag", "best", "--pinned").stdout == f"No result of app:clean in {pipeline.root} has the tag best and is pinned.\n"
    )
