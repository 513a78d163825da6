"""A program of the size of SymPy: 500 modules of 1,000 lines, of which the memoised function reaches fifty, whole.

`cold`: nothing is known of the code; the floor is Python's parser for the files that are reached, and libcst for their statements, without any analysis.
`warm`: a new process whose only call hits; the floor is the imports. `edited`: so is the one after an edit of one function, which runs the function again.
A process that evaluates the function for one argument after the other follows the code for the first two.
"""

from __future__ import annotations

import ast
import json
import sys
import time
from pathlib import Path

import others
from tables import Row
from timing import HERE, row, run, took

REACHED = 0.1
_FUNCTION = '''
def step{n}(values, scale=1.0, *, limit=None):
    """Step {n} of this module."""
    total = 0.0
    found = []
    for place, value in enumerate(values):
        if limit is not None and place >= limit:
            break
        if isinstance(value, (list, tuple)):
            total += step{n}(value, scale=scale * RATES[{n} % 3], limit=limit)
        elif value is None:
            continue
        else:
            found.append((place, value * scale + OFFSET))
    best = max((v for _, v in found), key=lambda v: -abs(v - {n}), default=0)
    return total + sum(v for _, v in found if v != best){more}
'''
_CLASS = '''
class Model{n}:
    """Model {n}."""

    rate = {n}

    def __init__(self, size=10):
        self.size = size
        self.kept = {{}}

    def fit(self, values):
        for value in values:
            self.kept[value] = step{n}([value], scale=self.rate)
        return self

    def predict(self, value):
        try:
            return self.kept[value]
        except KeyError:
            return step{n}([value] * self.size)
'''


_MANY = """
import time
times = []
for x in range(100, 106):
    begin = time.process_time()
    result(x)
    times.append(time.process_time() - begin)
print(times)
"""


def rows(folder: Path, *, tiny: bool) -> list[Row]:
    """The rows."""
    modules, functions = (10, 3) if tiny else (500, 26)
    reached = int(modules * REACHED)
    for library, decorator in others.DECORATORS.items():
        script = f"{decorator}\nimport sys\nfrom lib import part0\n\n\n@memo\ndef result(x):\n    return part0.everything(x)\n\n\n"
        (folder / f"main_{library}.py").write_text(script + "print(result(int(sys.argv[1])))\n", encoding="utf-8")
        if library == "hitsave":
            (folder / "many.py").write_text(script + _MANY, encoding="utf-8")
    (folder / "pyproject.toml").write_text('[project]\nname = "measured"\n', encoding="utf-8")
    (folder / "lib").mkdir()
    (folder / "lib" / "__init__.py").write_text("", encoding="utf-8")
    for number in range(modules):
        (folder / "lib" / f"part{number}.py").write_text(_module(number, reached, functions), encoding="utf-8")
    rounds = 1 if tiny else 3
    plain = ["main_plain.py", "1"]
    run(folder, *plain)
    floor = json.loads(run(folder, str(HERE / "programs.py"), *(str(folder / "lib" / f"part{n}.py") for n in range(reached))))
    cold, imports = took(folder, "main_hitsave.py", "1")[0], took(folder, *plain)[0]
    found = [row("cold", [cold - imports], "ast.parse and libcst", [floor], targets=[("ratio", 1.3)])]
    times: dict[str, list[float]] = {"plain": [], "hitsave": [], "edited": []}
    for number in range(rounds):
        for name in ("plain", "hitsave"):
            times[name].append(took(folder, f"main_{name}.py", "1")[0])
        edited = folder / "lib" / f"part{number % reached}.py"
        edited.write_text(edited.read_text(encoding="utf-8").replace("total = 0.0", f"total = 0.{number + 1}", 1), encoding="utf-8")
        run(folder, *plain)  # so that its bytecode is there
        times["edited"].append(took(folder, "main_hitsave.py", "1")[0])
    theirs: dict[str, list[float]] = {}
    for name in others.available():
        run(folder, f"main_{name}.py", "1")
        theirs[name] = [took(folder, f"main_{name}.py", "1")[0]]
    hit = folder, ["main_hitsave.py", "1"]
    found.append(row("warm", times["hitsave"], "the imports", times["plain"], targets=[("more", 150e-3)], others=theirs, process=hit))
    new = folder, ["main_hitsave.py", "2"]  # evaluated as after an edit, but for the search for what was edited
    found.append(row("one function edited", times["edited"], "warm", times["hitsave"], targets=[("more", 30e-3)], process=new))
    first, _, *later = json.loads(run(folder, "many.py"))
    found.append(row("an evaluation after two others of its process", later, "the first of its process", [first] * len(later)))
    return found


def _module(number: int, reached: int, functions: int) -> str:
    uses = [n for n in (2 * number + 1, 2 * number + 2) if number < reached and n < reached]
    names = [f"step{n}" for n in range(functions)]
    text = (
        f'"""Part {number}."""\n'
        + (f"from lib import {', '.join(f'part{n}' for n in uses)}\n" if uses else "")
        + "\nRATES = (1, 2, 3)\nOFFSET = 0.5\n"
    )
    for n in range(functions):
        text += _FUNCTION.format(n=n, more="".join(f" + part{u}.step{n}([1])" for u in uses if n < 3))
        text += _CLASS.format(n=n)
    calls = (
        [f"{name}([x])" for name in names] + [f"Model{n}().fit([x]).predict(x)" for n in range(functions)] + [f"part{u}.everything(x)" for u in uses]
    )
    return f"{text}\n\ndef everything(x):\n    return {' + '.join(calls)}\n"


def _parsed(paths: list[str]) -> float:
    """Seconds that the parsers take, without their import."""
    import libcst

    libcst.parse_statement("f(x)")
    texts = [Path(path).read_text(encoding="utf-8") for path in paths]
    begin = time.process_time()
    for text in texts:
        lines = text.splitlines(keepends=True)
        for statement in ast.parse(text).body:
            libcst.parse_statement("".join(lines[statement.lineno - 1 : statement.end_lineno]))
    return time.process_time() - begin


if __name__ == "__main__":
    print(json.dumps(_parsed(sys.argv[1:])))
