"""What the audit hook costs who opens files: two processes, one with HitSave and one without, open the same files in turns, so that both meet the same machine.

Most of it is what Python takes to call any audit hook at all: the first row.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tables import ROOT, Row

PAIRS, BATCH = 300, 100
WORKER = """
import sys, time
how, count = sys.argv[1], int(sys.argv[2])
if how == "empty":
    sys.addaudithook(lambda event, args: None)
elif how != "without":
    from hitsave.runtime import recorder
    import hitsave.runtime.memo
    from hitsave.runtime.suspension import Suspension
    recording = recorder.start(Suspension())
    if how == "idle":
        recorder.stop(recording)
names = [f"data{n}.txt" for n in range(10)]
for _ in sys.stdin:
    begin = time.perf_counter()
    for n in range(count):
        open(names[n % 10]).close()
    sys.stdout.write(f"{(time.perf_counter() - begin) / count}\\n")
    sys.stdout.flush()
"""


class Worker:
    """A process that opens files whenever it is asked to."""

    def __init__(self, how: str, folder: Path) -> None:
        import os

        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, how, str(BATCH)], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def seconds(self) -> float:
        """What one opening took, in a batch just now."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def end(self) -> None:
        """Let the process end."""
        self.process.communicate()


def measure(folder: Path) -> list[Row]:
    """The rows: openings with a hook that does nothing, with HitSave's while nothing is evaluated, and within an evaluation, each next to openings without any."""
    rows: list[Row] = []
    for how, what in (("empty", "with an audit hook that does nothing"), ("idle", "while nothing is evaluated"), ("live", "within an evaluation")):
        one, other = Worker(how, folder), Worker("without", folder)
        pairs = [(one.seconds(), other.seconds()) if n % 2 else (other.seconds(), one.seconds())[::-1] for n in range(PAIRS)]
        one.end()
        other.end()
        floor = min(without for _, without in pairs)  # the quietest moment of each: who else works on the machine only adds
        more = min(hooked for hooked, _ in pairs) - floor
        rows.append(Row(f"opening a file {what} (+{more * 1e6:.2f} µs)", floor + more, "the same without HitSave", floor))
    return rows
