"""What a team sees of an experiment while it goes on, when it has failed, and of its results elsewhere."""

from __future__ import annotations

from pathlib import Path

from tests.hub.browser import Browser
from tests.hub.running import Hub
from tests.hub.servers import until
from tests.hub_client.machines import REQUIRED, ended
from tests.panel.answers import rows_of

MAIN = """\
    import os
    import time
    from pathlib import Path
    from hitsave import experiment, log

    @experiment
    def train(rate):
        for step in range(3):
            log(step=step, loss=rate / (step + 1))
            time.sleep(0.6)  # so that each is written
        while not Path(os.environ["GO"]).exists():
            time.sleep(0.05)
        if rate < 0:
            raise ValueError("diverged")
        return rate

    print(train(float(os.environ["RATE"])))
"""


def test_an_experiment_is_seen_while_it_runs_and_when_it_ended(hub: Hub, three, tmp_path: Path):
    """With what it logs; a failed one with that it failed, and a done one with all that it logged, once."""
    ada = three[0]
    ada.write("main.py", MAIN)
    go = tmp_path / "go"
    browser = Browser(hub)
    browser.enter(hub.link("ada"))

    def seen() -> dict[float, tuple[str, int]]:
        """State and number of logged losses of each run, by its rate."""
        if tmp_path.name not in browser.http.get("/").text:  # the first upload makes the project
            return {}
        groups = browser.ask(tmp_path.name, "hitsave/panel/runs")["result"]["groups"]
        return {row["cells"]["rate"]: (row["state"], len(_losses(browser, tmp_path.name, row["id"]))) for group in groups for row in rows_of(group)}

    running = [ada.start(RATE=rate, GO=str(go), **REQUIRED) for rate in ("1.0", "-1.0")]
    until(lambda: seen() == {1.0: ("running", 3), -1.0: ("running", 3)}, "the runs on the page")
    go.write_text("")
    assert ended(running[0]).printed == ["1.0"]
    running[1].communicate()
    until(lambda: seen() == {1.0: ("cannot_tell", 3), -1.0: ("failed", 3)}, "their ends on the page")
    browser.http.close()


def test_a_result_is_had_anywhere_by_its_id(three):
    """Where it is not in the store, it comes from the server, if it is trusted; and a hit brings the text of its code along."""
    ada, bob, cyd = three
    ada.run(**REQUIRED)
    with ada.opened() as store:
        (identity,) = [entry.id for entry in store.list() if entry.symbol == "main:slow"]
    load = "import sys, hitsave; print(hitsave.get(sys.argv[1])[0])"
    assert bob.run("-c", load, identity).printed == ["6"]
    cyd.trust()
    assert "is not trusted here" in cyd.run("-c", f"try:\n    {load}\nexcept Exception as problem:\n    print(problem)", identity).printed[0]


def test_a_hit_brings_the_text_of_its_code_along(three):
    """So reasons can be shown with the text before and after."""
    ada, bob, _ = three
    ada.run(**REQUIRED)
    bob.run(**REQUIRED)
    bob.write("util.py", "def step(n):\n    return n * 3\n")
    why = "\n".join(bob.command("why", "slow").printed)
    assert "step() changed" in why
    assert "return n * 2" in why


def _losses(browser: Browser, project: str, identity: str) -> list[float]:
    curves = browser.ask(project, "hitsave/panel/run", id=identity)["result"]["curves"]
    return curves[0]["values"] if curves else []
