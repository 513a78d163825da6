"""What a hit costs, by what its Record holds; started in a folder of its own, twice: the first run computes, the second hits.

A hit is measured three ways: the first of a process (the Record is checked against text and live objects), a later one with other arguments
than scalars (guards stand for the Record), and a repeated one with scalars (the memory tier).
The floor is the least that a store in a database does: one SELECT by key, and unpickling what it gives.
"""

from __future__ import annotations

import importlib
import json
import pickle
import sqlite3
import sys
import time
from pathlib import Path

from tables import Row, best_pair

FLOOR = "SELECT and unpickle"
KINDS = {"code": "25 functions and 25 constants", "classes": "5 classes", "files": "10 recorded files", "nothing": "nothing else"}


def sources() -> dict[str, str]:
    """The modules that are measured, by name."""
    functions = "\n\n".join(f"RATE{n} = {n} + 0.5\n\n\ndef step{n}(x):\n    return x * RATE{n}" for n in range(25))
    code = f"{functions}\n\n\n@memo\ndef run(x):\n    return {' + '.join(f'step{n}(len(x) if isinstance(x, list) else x)' for n in range(25))}\n"
    members = "    rate = 2\n\n    def __init__(self, x):\n        self.x = x\n\n    def run(self):\n        return self.x * self.rate\n"
    classes = "\n\n".join(f"class Model{n}:\n{members}" for n in range(5))
    classes += f"\n\n@memo\ndef run(x):\n    return {' + '.join(f'Model{n}(len(x) if isinstance(x, list) else x).run()' for n in range(5))}\n"
    files = "def read(n):\n    with open(f'data{n}.txt') as file:\n        return len(file.read())\n\n\n@memo\ndef run(x):\n    return sum(read(n) for n in range(10))\n"
    nothing = "@memo\ndef run(x):\n    return x\n"
    return {
        name: f"from hitsave import memo\n\n\n{text}" for name, text in {"code": code, "classes": classes, "files": files, "nothing": nothing}.items()
    }


def prepare(folder: Path) -> None:
    """Write what is measured; the files are old enough for their times to be trusted."""
    import os

    for name, text in sources().items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    (folder / "pyproject.toml").write_text('[project]\nname = "measured"\n', encoding="utf-8")
    for n in range(10):
        (folder / f"data{n}.txt").write_text("text\n" * 100, encoding="utf-8")
    for path in folder.iterdir():
        os.utime(path, (time.time() - 3600,) * 2)


def measure() -> list[Row]:
    """The rows of this process, whose calls all hit."""
    connection = sqlite3.connect("floor.sqlite")
    connection.execute("CREATE TABLE IF NOT EXISTS results (key BLOB PRIMARY KEY, value BLOB)")
    connection.execute("INSERT OR REPLACE INTO results VALUES (?, ?)", (b"key", pickle.dumps(1.5)))
    connection.commit()

    def floor() -> object:
        return pickle.loads(connection.execute("SELECT value FROM results WHERE key = ?", (b"key",)).fetchone()[0])

    importlib.import_module("nothing").run(0)  # what the first hit of a process pays once, whatever its Record holds, is no part of the others
    rows: list[Row] = []
    for name, holds in KINDS.items():
        run = importlib.import_module(name).run
        begin = time.perf_counter()
        run(1)
        first = time.perf_counter() - begin
        assert run.is_cached(1)
        assert run.is_cached([1])
        run([1]), run(1), run(1)
        guarded, least = best_pair(lambda run=run: run([1]), floor, rounds=30, calls=20)
        repeated, _ = best_pair(lambda run=run: run(1), floor, rounds=30, calls=200)
        rows.append(Row(f"first hit of a process: {holds}", first, FLOOR, least))
        rows.append(Row(f"later hit, any arguments: {holds}", guarded, FLOOR, least))
        rows.append(Row(f"repeated hit, scalar arguments: {holds}", repeated, FLOOR, least))
    return rows


if __name__ == "__main__":
    sys.path.insert(0, "")
    if sys.argv[1] == "compute":
        for kind in KINDS:
            module = importlib.import_module(kind)
            module.run(0), module.run(1), module.run([1])
        print("[]")
    else:
        print(json.dumps(sorted(measure(), key=lambda row: row.what)))
