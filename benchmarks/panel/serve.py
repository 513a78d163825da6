"""serve.py RUNS COLUMNS: serves the experiments page on a table of that size that is in memory, prints its link, and ends when its standard input does.

What is measured is the way from the host's table to the screen: choosing, packing and sending, reading, and drawing. The runs are made up; the table is the real one.
"""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Mapping
from typing import Any

from hitsave.digest import digest_bytes
from hitsave.panel import contract
from hitsave.panel.group import Listed, RunsOfFunction
from hitsave.panel.serving import PanelServer
from hitsave.panel.table import empty_runs
from hitsave.storage.entry import NewEntry
from hitsave.storage.writing import NewContents, make_entry

NONE = digest_bytes("benchmark", b"")


def table(runs: int, columns: int) -> RunsOfFunction:
    """A function with so many runs, each with so many values: numbers, short texts, truth values, some missing."""
    chance = random.Random(0)
    first = NewEntry(NONE, "sweep:fit", "/home/someone/sweep", NONE, kind="experiment", host="machine", user="someone")
    model = make_entry("0" * 26, first, NewContents(first, record=b"", snapshot=b"", texts={}), None, "done", None)
    group = RunsOfFunction("sweep:fit", 1)
    ids = [f"arg.p{c}" for c in range(columns)]
    # Some hundreds of values a column, in turns of a length that no other column has.
    made = [[("argument", f"p{c}", _cell(chance, c)) for _ in range(500 + c)] for c in range(columns)]
    for n in range(runs):
        entry = model._replace(id=f"01{n:024d}", created_ns=1_700_000_000_000_000_000 + n * 10**9, wall_ns=chance.randrange(10**12))
        values = {ids[c]: made[c][n % (500 + c)] for c in range(columns) if c % 10 != 9 or n % 3}
        group.take(Listed(entry, n, (), "stale" if n % 7 == 0 else "fresh", "", (False, "", ()), 1), values)  # pyright: ignore[reportArgumentType]
    return group


def _cell(chance: random.Random, column: int) -> Any:
    match column % 5:
        case 0:
            return chance.random()
        case 1:
            return chance.randrange(1000)
        case 2:
            return chance.choice(["adam", "sgd", "lion"])
        case 3:
            return chance.random() < 0.5
        case _:
            return round(chance.gauss(0, 1), 3)


def main() -> None:
    """Serve until the standard input ends."""
    group = table(int(sys.argv[1]), int(sys.argv[2]))

    def answer(method: str, given: Mapping[str, Any]) -> Any:
        if method == contract.RUNS:
            runs = empty_runs("/home/someone/sweep", "1")
            seen, below = given.get("since") == "1", given.get("below", {})
            runs["unchanged"] = seen and not below
            runs["groups"] = [] if runs["unchanged"] else [group.answer(1 if seen else -1, below.get(group.symbol, ""))]
            return runs
        if method == contract.CELLS:
            return group.cells(given["columns"], given.get("places", ()))
        return {"state": None, "ok": True, "count": 0, "message": ""}

    with PanelServer(answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write(f"{server.link}\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
