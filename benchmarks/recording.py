"""What recording costs a function that runs: an evaluation with nothing in it, and how much slower a call-heavy function is while it is recorded."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tables import Row
from timing import in_process, in_turns, row

SOURCE = """\
import sys
from hitsave import memo


def leaf(x):
    return x + 1


def called(n):
    total = 0
    for i in range(n):
        total += leaf(i)
    return total


def plain(n):
    return called(n)


@memo
def closed(n):
    return called(n)


@memo
def opened(n):
    return sys.modules["heavy"].called(n)
"""
BARE = "the same, undecorated"


def rows(folder: Path, *, tiny: bool) -> list[Row]:
    """The rows, of one process."""
    (folder / "heavy.py").write_text(SOURCE, encoding="utf-8")
    (folder / "pyproject.toml").write_text('[project]\nname = "measured"\n', encoding="utf-8")
    return in_process("recording.py", "1000" if tiny else "1000000", folder=folder)


def _measure(calls: int) -> list[Row]:
    """Each evaluation has another argument, so that none hits; what an empty one costs is taken off the others."""
    import heavy

    from hitsave.runtime import executed, recorder
    from hitsave.runtime.suspension import Suspension

    def recorded() -> None:
        suspension = Suspension()
        ran, recording = executed.start(suspension, needed=True), recorder.start(suspension)
        executed.enter(ran)
        executed.leave(ran)
        executed.stop(ran)
        recorder.stop(recording)

    heavy.closed(0)
    times = in_turns({"ours": recorded, "floor": lambda: heavy.plain(0)}, rounds=20, calls=10)
    found = [row("recording, begun and ended", times["ours"], BARE, times["floor"])]
    numbers = iter(range(1, 100_000))

    def empty() -> None:
        heavy.closed(-next(numbers))

    times = in_turns({"ours": empty, "floor": lambda: heavy.plain(0)}, rounds=40 if calls > 1000 else 3)
    found.append(row("an evaluation with nothing in it: analysed, run, recorded, stored", times["ours"], BARE, times["floor"], work=empty))
    apart = found[-1].seconds
    for name, what in (("closed", "whose code can be read"), ("opened", "with a dispatch that only a run shows")):
        function = getattr(heavy, name)
        function(-next(numbers))
        works = {"ours": lambda function=function: function(calls + next(numbers)), "floor": lambda: heavy.plain(calls)}
        times = in_turns(works, rounds=5, clock=time.process_time)
        ours = [max(seconds - apart, 1e-9) for seconds in times["ours"]]
        found.append(row(f"1,000,000 calls in an evaluation {what}", ours, BARE, times["floor"], targets=[("ratio", 1.1)]))
    return found


if __name__ == "__main__":
    sys.path.insert(0, "")
    print(json.dumps(_measure(int(sys.argv[1]))))
