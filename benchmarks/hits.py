"""What a hit costs, by what its Record holds.

The repeated hit is with two scalars (the memory tier answers); the later one has a list for an argument (guards stand for the Record); the first of a process
checks the Record against text and live objects. The others can't see that a file changed, and joblib and diskcache not that a called function did.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path

import others
from tables import Row
from timing import in_process, in_turns, row, run

FLOOR = "lru_cache"
KINDS = {"code": "25 functions and 25 constants", "classes": "5 classes", "files": "10 recorded files", "nothing": "nothing else"}
TARGETS = {
    "code": (("seconds", 3e-6), ("ratio", 12.0)),
    "classes": (("seconds", 8e-6),),
    "files": (("seconds", 40e-6),),
    "nothing": (),
}
_SIZE = "(len(x) if isinstance(x, list) else x)"


def _sources() -> dict[str, str]:
    """What is memoised, by kind."""
    functions = "\n\n".join(f"RATE{n} = {n} + 0.5\n\n\ndef step{n}(x):\n    return x * RATE{n}" for n in range(25))
    members = "    rate = 2\n\n    def __init__(self, x):\n        self.x = x\n\n    def run(self):\n        return self.x * self.rate\n"
    classes = "\n\n".join(f"class Model{n}:\n{members}" for n in range(5))
    reading = "def read(n):\n    with open(f'data{n}.txt') as file:\n        return len(file.read())"
    return {
        "code": f"{functions}\n\n\n@memo\ndef run(x, y):\n    return y + {' + '.join(f'step{n}({_SIZE})' for n in range(25))}\n",
        "classes": f"{classes}\n\n@memo\ndef run(x, y):\n    return y + {' + '.join(f'Model{n}({_SIZE}).run()' for n in range(5))}\n",
        "files": f"{reading}\n\n\n@memo\ndef run(x, y):\n    return sum(read(n) for n in range(10))\n",
        "nothing": f"@memo\ndef run(x, y):\n    return {_SIZE} + y\n",
    }


def rows(folder: Path, *, tiny: bool) -> list[Row]:
    """The rows: of one process that computes, and of another that hits."""
    for library, decorator in others.DECORATORS.items():
        for kind, text in _sources().items():
            (folder / f"{kind}_{library}.py").write_text(f"{decorator}\n\n\n{text}", encoding="utf-8")
    (folder / "pyproject.toml").write_text('[project]\nname = "measured"\n', encoding="utf-8")
    for n in range(10):
        (folder / f"data{n}.txt").write_text("text\n" * 100, encoding="utf-8")
    for path in folder.iterdir():
        os.utime(path, (time.time() - 3600,) * 2)  # old enough for their times to be trusted
    run(folder, __file__, "compute")
    return in_process("hits.py", "tiny" if tiny else "full", folder=folder)


def _compute() -> None:
    for kind in KINDS:
        for library in ("hitsave", *others.available()):
            remembered = importlib.import_module(f"{kind}_{library}").run
            remembered(0, 0), remembered(1, 2), remembered([1], 2)


def _measure(*, tiny: bool) -> list[Row]:
    importlib.import_module("nothing_hitsave").run(
        0, 0
    )  # what the first hit of a process pays once, whatever its Record holds, is no part of the others
    repeated: list[Row] = []
    more: list[Row] = []
    rounds = 3 if tiny else 40
    for kind, holds in KINDS.items():
        ours = importlib.import_module(f"{kind}_hitsave").run
        plain = importlib.import_module(f"{kind}_lru_cache").run
        begin = time.perf_counter()
        ours(1, 2)
        first = time.perf_counter() - begin
        assert ours.is_cached(1, 2)
        ours(1, 2)
        theirs = {} if kind == "files" else {name: importlib.import_module(f"{kind}_{name}").run for name in others.available()}
        works = {"ours": lambda f=ours: f(1, 2), FLOOR: lambda f=plain: f(1, 2)}
        times = in_turns(works, rounds=rounds, calls=200)
        slow = in_turns({name: lambda f=f: f(1, 2) for name, f in theirs.items()}, rounds=min(rounds, 5), calls=20)
        repeated.append(
            row(holds, times["ours"], FLOOR, times[FLOOR], targets=TARGETS[kind], others=slow, work=lambda f=ours: [f(1, 2) for _ in range(200)])
        )
        ours([1], 2)
        works = {"ours": lambda f=ours: f([1], 2), FLOOR: lambda f=plain: f(1, 2)}
        times = in_turns(works, rounds=min(rounds, 20), calls=20)
        slow = in_turns({name: lambda f=f: f([1], 2) for name, f in theirs.items()}, rounds=min(rounds, 5), calls=20)
        more.append(row(f"later hit, a list for an argument: {holds}", times["ours"], FLOOR, times[FLOOR], others=slow))
        more.append(row(f"first hit of a process: {holds}", [first], FLOOR, [times[FLOOR][0]]))
    return [*repeated, *sorted(more, key=lambda r: r.what, reverse=True)]


if __name__ == "__main__":
    sys.path.insert(0, "")
    if sys.argv[1] == "compute":
        _compute()
    else:
        print(json.dumps(_measure(tiny=sys.argv[1] == "tiny")))
