"""Three machines and a team server between them, end to end, on both kinds of server: who computed, who hit, and what everybody sees."""

from __future__ import annotations

from pathlib import Path

from hitsave.storage.listing import Filter
from tests.hub.browser import Browser
from tests.hub.running import Hub
from tests.hub_client.machines import REQUIRED, acquainted, project_files
from tests.panel.answers import rows_of

TRIPLED = "def step(n):\n    return n * 3\n"
DOUBLED_AGAIN = "def step(n):\n    return n * 2  # as it was\n"


def test_what_one_computed_the_others_hit(either_hub: Hub, tmp_path: Path):
    """And whoever goes back to code that somebody ran hits what that gave; the experiments of all three are on one page."""
    files = project_files(either_hub, tmp_path.name)
    ada, bob, cyd = acquainted(either_hub, tmp_path, files, "ada", "bob", "cyd")
    assert ada.run(**REQUIRED).printed == ["ran 3", "trained 0.5", "6 {'rate': 0.5}"]
    assert ada.waiting() == 0
    for machine in (bob, cyd):
        said = machine.run(**REQUIRED)
        assert (said.printed, said.errors) == (["6 {'rate': 0.5}"], "")
    with bob.opened() as store:
        store.trust = None
        (entry,) = store.list(Filter(kind="experiment"))
        assert (entry.project, entry.tier, entry.local_only) == (str(bob.project), "member", False)
        assert entry.signer is not None

    ada.write("util.py", TRIPLED)
    assert ada.run(**REQUIRED).printed[0] == "ran 3"
    bob.write("util.py", TRIPLED)
    assert bob.run(**REQUIRED).printed == ["9 {'rate': 0.5}"]
    ada.write("util.py", DOUBLED_AGAIN)
    cyd.write("util.py", DOUBLED_AGAIN)
    for machine in (ada, cyd):
        assert machine.run(HITSAVE_HUB="off").printed == ["6 {'rate': 0.5}"]  # what came once is here

    for machine, rate in ((bob, "0.6"), (cyd, "0.7")):
        machine.write("main.py", files["main.py"].replace("train(0.5)", f"train({rate})"))
        assert f"trained {rate}" in machine.run(**REQUIRED).printed
    browser = Browser(either_hub)
    browser.enter(either_hub.link())
    (group,) = browser.ask(tmp_path.name, "hitsave/panel/runs")["result"]["groups"]
    assert {row["cells"]["rate"] for row in rows_of(group)} == {0.5, 0.6, 0.7}
    browser.http.close()
