"""What recording costs a function that runs: an evaluation with nothing in it, and how much slower a call-heavy function is while it is recorded."""

from __future__ import annotations

import json
import sys

from tables import Row, best_pair

CALLS = 1_000_000
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


def measure() -> list[Row]:
    """The rows of this process. Each evaluation has another argument, so that none hits; what an empty one costs is taken off the others."""
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
    recording, bare = best_pair(recorded, lambda: heavy.plain(0), rounds=200)
    rows = [Row("recording, begun and ended", recording, "the function, undecorated", bare)]
    numbers = iter(range(1, 100_000))
    empty, _ = best_pair(lambda: heavy.closed(-next(numbers)), lambda: None, rounds=40)
    rows.append(Row("an evaluation with nothing in it: analysed, run, recorded, stored", empty, "the function, undecorated", bare))
    for name, what in (("closed", "whose code can be read"), ("opened", "with a dispatch that only a run shows")):
        function = getattr(heavy, name)
        function(-next(numbers))
        seconds, floor = best_pair(lambda function=function: function(CALLS + next(numbers)), lambda: heavy.plain(CALLS), rounds=5)
        rows.append(Row(f"1,000,000 calls in an evaluation {what}", seconds - empty, "the same, undecorated", floor))
    return rows


if __name__ == "__main__":
    sys.path.insert(0, "")
    print(json.dumps(measure()))
