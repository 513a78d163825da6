"""Sixteen machines that need the same result at the same moment."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

from tests.hub.running import Hub
from tests.hub.servers import until
from tests.hub_client.machines import REQUIRED, Machine, acquainted, ended, project_files

MEMBERS = [f"member{n}" for n in range(16)]
MAIN = """\
    import os
    import time
    from pathlib import Path
    from hitsave import memo

    @memo
    def long(n):
        Path("began").write_text("")
        while not Path(os.environ["GO"]).exists():
            time.sleep(0.05)
        return n + 1

    print(long(1))
"""


def all_at_once(hub: Hub, folder: Path) -> tuple[list[Machine], list[subprocess.Popen[str]], Path]:
    """Sixteen machines, one of which has begun to compute what the others have just asked for; and the file that lets whoever computes come to an end."""
    files = {**project_files(hub, folder.name), "main.py": MAIN}
    machines = acquainted(hub, folder, files, *MEMBERS)
    go = folder / "go"
    first = machines[0].start(GO=str(go), **REQUIRED)
    until(lambda: bool(began(machines)), "the first")
    return machines, [first, *(machine.start(GO=str(go), **REQUIRED) for machine in machines[1:])], go


def began(machines: list[Machine]) -> list[Machine]:
    """Those that have begun to compute."""
    return [machine for machine in machines if (machine.project / "began").exists()]


def waiting(hub: Hub, machines: list[Machine]) -> bool:
    """Whether all but the first have asked the server, and so know that somebody is at it."""
    return all((machine.store / "hitsave.sqlite").exists() for machine in machines)


def test_one_computes_and_fifteen_wait(hub: Hub, tmp_path: Path):
    """All sixteen print what one of them computed."""
    machines, processes, go = all_at_once(hub, tmp_path)
    until(lambda: waiting(hub, machines), "the others")
    go.write_text("")
    assert [ended(process).printed for process in processes] == [["2"]] * 16
    assert began(machines) == machines[:1]


def test_when_the_one_that_computes_is_killed_one_other_computes(hub: Hub, tmp_path: Path):
    """It takes the lease over when that has ended, and the others wait for it."""
    machines, processes, go = all_at_once(hub, tmp_path)
    until(lambda: waiting(hub, machines), "the others")
    processes[0].send_signal(signal.SIGKILL)
    processes[0].communicate()
    until(lambda: len(began(machines)) > 1, "another")
    go.write_text("")
    assert [ended(process).printed for process in processes[1:]] == [["2"]] * 15
    assert len(began(machines)) == 2
