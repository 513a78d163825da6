"""The runs of one function, by columns."""

from __future__ import annotations

import random

from hitsave.digest import digest_bytes
from hitsave.panel.group import Listed, RunsOfFunction
from hitsave.panel.packed import differs
from hitsave.storage.entry import NewEntry
from hitsave.storage.writing import NewContents, make_entry

NONE = digest_bytes("test", b"")


def listed(number, revision):
    new = NewEntry(NONE, "sweep:fit", "/home/someone/sweep", NONE, kind="experiment")
    entry = make_entry(f"{number:026d}", new, NewContents(new, record=b"", snapshot=b"", texts={}), None, "done", None)
    return Listed(entry, number, (), "fresh", "", (False, "", ()), revision)


def test_whether_a_column_differs_is_known_however_its_cells_came():
    """Runs come, and come again with other values, some without any; what is said is what all cells say."""
    chance = random.Random(0)
    group = RunsOfFunction("sweep:fit", 1)
    now = [[], []]
    said = set()
    for revision in range(2, 400):
        number = chance.randrange(len(now[0]) + 1) if chance.random() < 0.6 else len(now[0])
        values = {f"arg.{c}": ("argument", str(c), chance.choice([1, 1, 1, 1, True, None] if revision % 80 > 60 else [1])) for c in range(2)}
        if chance.random() < 0.02:
            del values["arg.0"]
        group.take(listed(number, revision), values)
        for c, cells in enumerate(now):
            cells[number : number + 1] = [values[f"arg.{c}"][2] if f"arg.{c}" in values else None]
        if chance.random() < 0.5:
            told = {column["id"]: column["differs"] for column in group.answer(-1)["columns"]}
            assert told == {f"arg.{c}": differs(cells) for c, cells in enumerate(now)}
            said |= {*told.values()}
    assert said == {True, False}
