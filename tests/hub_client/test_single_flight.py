"""Sixteen machines that need the same result at the same moment."""

from __future__ import annotations

import signal
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
        Path(f"began-{n}").write_text("")
        while not Path(os.environ["GO"] + str(n)).exists():
            time.sleep(0.05)
        return n + 1

    for n in (1, 2):
        Path(f"asks-{n}").write_text("")
        print(long(n))
"""


def with_file(name: str, machines: list[Machine]) -> list[Machine]:
    """Those on which the program has written this file."""
    return [machine for machine in machines if (machine.project / name).exists()]


def test_one_computes_and_when_it_is_killed_one_other(hub: Hub, tmp_path: Path):
    """All print what one of them computed, which the others waited for. When that one is killed, one other takes the lease over when it has ended, and the rest wait for that."""
    machines = acquainted(hub, tmp_path, {**project_files(hub, tmp_path.name), "main.py": MAIN}, *MEMBERS)
    go = tmp_path / "go-"
    processes = [machines[0].start(GO=str(go), **REQUIRED)]
    until(lambda: bool(with_file("began-1", machines)), "the first")
    processes += [machine.start(GO=str(go), **REQUIRED) for machine in machines[1:]]
    until(lambda: all((machine.store / "hitsave.sqlite").exists() for machine in machines), "the others' questions")
    Path(f"{go}1").write_text("")

    until(lambda: with_file("asks-2", machines) == machines, "all of them, with the first result")
    assert with_file("began-1", machines) == machines[:1]
    until(lambda: bool(with_file("began-2", machines)), "the second result's first")
    (killed,) = with_file("began-2", machines)
    process = processes.pop(machines.index(killed))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    until(lambda: len(with_file("began-2", machines)) > 1, "another")
    Path(f"{go}2").write_text("")

    assert [ended(process).printed for process in processes] == [["2", "3"]] * 15
    assert len(with_file("began-2", machines)) == 2
