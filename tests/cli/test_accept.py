"""`hitsave accept`: a person declares on record that a change of one symbol does not matter."""

from __future__ import annotations

import pytest

EDIT = ("util.py", "return x + 1", "return 1 + x")


def states(hitsave, symbol):
    return [entry["state"] for entry in hitsave("ls", symbol, "--json").json["entries"]]


def evaluations(pipeline, code):
    """How many entries a run of `code` adds."""
    count = "from hitsave.storage.store import Store; import os; print(len(Store.open(os.environ['HITSAVE_DIR'], readonly=True).list(limit=None)))"
    before = int(pipeline.run(count))
    pipeline.run(code)
    return int(pipeline.run(count)) - before


def test_an_accepted_change_leaves_results_good(pipeline, hitsave):
    """For the command line and for the program: nothing is computed again."""
    pipeline.edit(*EDIT)
    assert states(hitsave, "clean") == ["stale"] * 3
    said = hitsave("accept", "helper", "--yes", "--note", "only the order")
    assert said.status == 0
    assert said.lines[:3] == ["--- util:helper, as it ran", "+++ util:helper, now", "@@ -1,2 +1,2 @@"]
    assert "4 results" in said.stdout
    assert said.lines[-1] == "Accepted; hitsave accept helper --undo takes it back."
    assert states(hitsave, "clean") == ["fresh"] * 3
    assert hitsave("why", "train", "--json").json["answer"]["state"] == "fresh"
    assert evaluations(pipeline, "import app; app.clean(1); app.clean(2, name='b'); app.train(0.5)") == 0


def test_it_holds_through_edits_elsewhere_and_ends_with_the_next_change(pipeline, hitsave):
    """What was declared is about two texts of one function, and nothing else."""
    pipeline.edit(*EDIT)
    hitsave("accept", "util:helper", "--yes")
    pipeline.edit("util.py", "def unrelated(x):\n    return x", "def unrelated(x):\n    return -x")
    pipeline.edit("util.py", "return 1 + x", "return 1 + x  # really")
    assert states(hitsave, "clean") == ["fresh"] * 3
    pipeline.edit("util.py", "return 1 + x", "return 2 + x")
    assert states(hitsave, "clean") == ["stale"] * 3
    pipeline.edit("util.py", "return 2 + x", "return x + 1")
    assert states(hitsave, "clean") == ["fresh"] * 3, "as it was computed"


def test_steps_follow_each_other(pipeline, hitsave):
    """From A to B and from B to C leads from A to C; and other changes still spoil."""
    pipeline.edit(*EDIT)
    hitsave("accept", "helper", "--yes")
    pipeline.run("import app; app.clean(3)")
    pipeline.edit("util.py", "return 1 + x", "return x - -1")
    said = hitsave("accept", "helper", "--yes", "--json").json
    assert (len(said["good"]), said["other_texts"]) == (1, 1)
    assert states(hitsave, "clean") == ["fresh"] * 4
    pipeline.edit("util.py", "return helper(x) * 2", "return helper(x) * 3")
    assert states(hitsave, "clean") == ["stale"] * 4
    assert evaluations(pipeline, "import app; app.clean(1)") == 1


def test_what_other_changes_spoil_stays_stale(pipeline, hitsave):
    """And is said to."""
    pipeline.edit(*EDIT)
    pipeline.edit("util.py", "* 2", "* 3")
    said = hitsave("accept", "helper", "--yes", "--json").json
    assert (said["good"], len(said["still_stale"]), said["done"]) == ([], 4, True)
    hitsave("accept", "step", "--yes")
    assert states(hitsave, "clean") == ["fresh"] * 3


def test_a_variable_that_text_tells_can_be_accepted(pipeline, hitsave):
    """A literal; of a computed one only a run knows the value."""
    pipeline.edit("app.py", "LIMIT = 3", "LIMIT = 4")
    assert hitsave("accept", "LIMIT", "--yes").status == 0
    assert states(hitsave, "clean") == ["fresh"] * 3
    assert evaluations(pipeline, "import app; app.clean(1)") == 0
    pipeline.edit("app.py", "LIMIT = 4", "LIMIT = len('abc') + 2")
    said = hitsave("accept", "LIMIT", "--yes")
    assert (said.status, "only a run can tell its value" in said.stderr) == (2, True)


def test_it_is_on_record_and_can_be_taken_back(pipeline, hitsave):
    """Who, when and why."""
    pipeline.edit(*EDIT)
    hitsave("accept", "helper", "--yes", "--note", "only the order")
    (listed, *_) = hitsave("accept", "--list", "--json").json["accepted"]
    assert (listed["symbol"], listed["what"], listed["note"]) == ("util:helper", "code", "only the order")
    assert listed["user"]
    assert hitsave("accept", "--list").lines[1].split()[0] == "util:helper"
    assert hitsave("accept", "helper", "--undo").lines == ["Took back 1 declaration about util:helper."]
    assert states(hitsave, "clean") == ["stale"] * 3
    assert hitsave("accept", "--list").lines == ["Nothing was accepted."]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "There is nothing said of what to accept. Name what changed; hitsave why names it."),
        (("helper",), "No stored result is spoiled by a change of helper. hitsave why helper says what is stored of it."),
        (("helper", "--undo"), "Nothing was accepted of helper. hitsave accept --list shows what was."),
    ],
)
def test_what_can_not_be_accepted_is_said_in_one_line(pipeline, hitsave, arguments, said):
    """With what to do."""
    assert hitsave("accept", *arguments).stderr == f"hitsave: {said}\n"


def test_without_a_person_or_yes_nothing_is_accepted(pipeline, hitsave):
    """A pipe can't answer."""
    pipeline.edit(*EDIT)
    said = hitsave("accept", "helper")
    assert (said.status, "Say --yes" in said.stderr) == (2, True)
    assert states(hitsave, "clean") == ["stale"] * 3


def test_what_is_gone_can_not_be_accepted(pipeline, hitsave):
    """There is no text to accept."""
    pipeline.edit("util.py", "def helper(x):\n    return x + 1\n", "")
    said = hitsave("accept", "util:helper", "--yes")
    assert (said.status, "is gone" in said.stderr) == (2, True)


def test_a_damaged_declaration_declares_nothing(pipeline, hitsave, store_dir):
    """A result is never good on the word of damaged bytes."""
    from hitsave.freshness.accepted import SCOPE
    from hitsave.storage.store import Store

    pipeline.edit(*EDIT)
    with Store.open(store_dir) as store:
        store.set_document(SCOPE, "util:helper", b"\x93nonsense")
    assert states(hitsave, "clean") == ["stale"] * 3
