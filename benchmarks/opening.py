"""What the audit hook costs who opens files: processes with and without HitSave open the same files in turns, so that both meet the same machine.

Most of it is what Python takes to call any audit hook at all: the first row. The times are the least of 300 batches: who else works on the machine only adds.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tables import Row
from timing import environment

BATCH = 100
FLOOR = "the same without HitSave"
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
    begin = time.process_time()
    for n in range(count):
        open(names[n % 10]).close()
    sys.stdout.write(f"{(time.process_time() - begin) / count}\\n")
    sys.stdout.flush()
"""


class Worker:
    """A process that opens files whenever it is asked to."""

    def __init__(self, how: str, folder: Path) -> None:
        command = [sys.executable, "-c", WORKER, how, str(BATCH)]
        self.process = subprocess.Popen(command, cwd=folder, env=environment(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

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


def rows(folder: Path, *, tiny: bool) -> list[Row]:
    """The rows: openings with a hook that does nothing, with HitSave's while nothing is evaluated, and within an evaluation, each next to openings without any."""
    for n in range(10):
        (folder / f"data{n}.txt").write_text("text\n" * 100, encoding="utf-8")
    found: list[Row] = []
    for how, what in (
        ("empty", "an audit hook that does nothing"),
        ("idle", "HitSave, while nothing is evaluated"),
        ("live", "HitSave, within an evaluation"),
    ):
        one, other = Worker(how, folder), Worker("without", folder)
        pairs = [(one.seconds(), other.seconds()) if n % 2 else (other.seconds(), one.seconds())[::-1] for n in range(10 if tiny else 300)]
        one.end()
        other.end()
        ratios = sorted(hooked / bare for hooked, bare in pairs)
        least, floor = min(hooked for hooked, _ in pairs), min(bare for _, bare in pairs)
        noise = (ratios[len(ratios) * 3 // 4] - ratios[len(ratios) // 4]) / 2
        targets = () if how == "empty" else (("more", 0.5e-6),)
        found.append(Row(f"opening a file with {what}", least, FLOOR, floor, least / floor, noise, targets))
    return found
