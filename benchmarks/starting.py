"""What a process pays for HitSave before its first result is there: the import, and the first hit of a program of 200 modules, all of which the memoised function reaches.

Whole processes, from start to end, in turns. The floor of a first hit is the same program with a decorator that does nothing, run for an argument that costs nothing.
"""

from __future__ import annotations

from pathlib import Path

import others
from tables import Row
from timing import processes, row, run

MODULE = """
from app import {parts}

SCALE = {number}
NAMES = {{"first": {number}, "second": [1, 2, {number}]}}


class Model:
    rate = {number}

    def __init__(self, x):
        self.x = x

    def run(self):
        return self.x * self.rate + SCALE


def clean(x):
    return Model(x).run() + NAMES["first"]


def work(x):
    return clean(x) + {calls}
"""
LAST = "def work(x):\n    return x\n"


def write_program(folder: Path, modules: int) -> None:
    """`modules` modules, each of which uses two others, as in a tree, and a script for each library."""
    package = folder / "app"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    for number in range(modules):
        uses = [f"part{n}" for n in (2 * number + 1, 2 * number + 2) if n < modules]
        text = MODULE.format(number=number, parts=", ".join(uses), calls=" + ".join(f"{part}.work(x + 1)" for part in uses)) if uses else LAST
        (package / f"part{number}.py").write_text(text, encoding="utf-8")
    for library, decorator in others.DECORATORS.items():
        script = f"{decorator}\nfrom app import part0\n\n\n@memo\ndef result(x):\n    return part0.work(x)\n\n\nresult(1)\n"
        (folder / f"main_{library}.py").write_text(script, encoding="utf-8")
    (folder / "pyproject.toml").write_text('[project]\nname = "measured"\n', encoding="utf-8")


def rows(folder: Path, *, tiny: bool) -> list[Row]:
    """The rows."""
    rounds = 1 if tiny else 15
    commands = {"bare": ["-c", "pass"], "hitsave": ["-c", "import hitsave"], "memo": ["-c", "from hitsave import memo"]}
    imports = {name: ["-c", f"import {name}"] for name in others.available()}
    times = processes(folder, {**commands, **imports}, rounds=rounds)
    theirs = {name: times[name] for name in imports}
    found = [
        row("import hitsave", times["hitsave"], "bare Python", times["bare"], targets=[("more", 15e-3)], others=theirs),
        row("from hitsave import memo", times["memo"], "bare Python", times["bare"]),
    ]
    write_program(folder, 10 if tiny else 200)
    libraries = ["plain", "hitsave", *others.available()]
    for library in libraries:
        run(folder, f"main_{library}.py")
    times = processes(folder, {name: [f"main_{name}.py"] for name in libraries}, rounds=rounds)
    theirs = {name: times[name] for name in others.available()}
    name = "a process whose only call hits, 200 modules reached, facts warm"
    process = folder, ["main_hitsave.py"]
    found.append(row(name, times["hitsave"], "the imports", times["plain"], targets=[("more", 60e-3)], others=theirs, process=process))
    return found
