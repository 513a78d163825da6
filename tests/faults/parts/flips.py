"""Flipped bits, here and elsewhere: one bit of a stored value is flipped, and a new process asks for it; once with each library that remembers results on disk.

Each library stores the same eight values, of 80 KB and more (bytes, floats, text, arrays), in files; the same 500 places, as shares of all bytes in these, are flipped in each.
A value is right, or computed again, or the call raises something, or the value is wrong and nothing says so. Of HitSave's none may be wrong, and none may raise.
"""

from __future__ import annotations

import importlib
import os
import random
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from benchmarks.others import DECORATORS, available
from tests.faults.children import Child, run
from tests.faults.figures import Figures, Plan
from tests.faults.program import SUBJECT, begin

NUMBERS: Final = tuple(range(8))
_FILES: Final = {
    "hitsave": "store/blobs/??/*",
    "joblib": "joblib/**/*.pkl",
    "checkpointer": "checkpointer/**/*.pkl",
    "diskcache": "diskcache/**/*.val",
}
"""Where each keeps values, in the folder that it is used in."""


def measure(plan: Plan) -> Figures:
    """Play the rounds of each library in turn."""
    figures = Figures()
    sys.path += filter(None, [os.environ.get("FAULTS_LIBRARIES")])
    libraries = ["hitsave", *available()]
    if missing := _FILES.keys() - libraries:
        figures.notes.append(f"Not installed, so not compared with: {', '.join(sorted(missing))}.")
    for library in libraries:
        figures.count(library)
        importlib.import_module(library)
        folder = plan.folder / "libraries" / library
        _settle(folder, library)
        run(_ask, folder, NUMBERS)
        again = run(_ask, shutil.copytree(folder, plan.folder / "copies" / library), NUMBERS)
        if again.raised or any(again.ran[: len(NUMBERS)]) or len(_values(folder, library)) < len(NUMBERS):
            raise RuntimeError(f"{library} has not stored the values in files: {again.raised or again.answer}")

    def play(one: tuple[str, int]) -> tuple[str, str, list[str]]:
        library, number = one
        copy = plan.folder / f"flipped-{os.getpid()}"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(plan.folder / "libraries" / library, copy)
        share = random.Random(plan.seed * 1000 + number).random()
        _flip(_values(copy, library), share)
        ended = run(_ask, copy, NUMBERS)
        return library, *_judged(ended.raised, ended.status, ended.answer, sum(map(bool, ended.ran[: len(NUMBERS)])))

    rounds = [(library, number) for library in libraries for number in range(plan.of(500, 5))]
    for library, fate, problems in plan.play(figures, rounds, play):
        figures.count(library, **{"flips": 1, "right": 0, "computed again": 0, "raised": 0, "silently wrong": 0})
        figures.count(library, **{fate: 1})
        figures.wrong(library, fate, problems if library == "hitsave" else [])
    return figures


def _judged(raised: str, status: int | None, answer: Any, evaluations: int) -> tuple[str, list[str]]:
    if raised or status != 0:
        return "raised", [raised or f"ended with {status}"]
    wrong, said = answer
    if wrong:
        return "silently wrong", [f"WRONG values of the calls {wrong}"]
    problems = [f"{len(said)} warnings: {said}"] if len(said) > 1 else []
    return ("computed again" if evaluations else "right"), problems


def _settle(folder: Path, library: str) -> None:
    """A project in which `library` remembers."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nname = "p"\n', encoding="utf-8")
    text = (SUBJECT / "values.py").read_text(encoding="utf-8")
    first, future, rest = text.partition("from __future__ import annotations\n")
    (folder / "values.py").write_text(f"{first}{future}\n{DECORATORS[library]}\n{rest}", encoding="utf-8")


def _values(folder: Path, library: str) -> list[Path]:
    return [path for path in sorted(folder.glob(_FILES[library])) if path.is_file() and path.stat().st_size > 10_000]


def _flip(files: list[Path], share: float) -> None:
    """Flip one bit of these files, as if they were one."""
    at, bit = divmod(int(share * 8 * sum(path.stat().st_size for path in files)), 8)
    for path in files:
        size = path.stat().st_size
        if at < size:
            path.chmod(0o600)
            with path.open("r+b") as file:
                file.seek(at)
                byte = file.read(1)[0]
                file.seek(at)
                file.write(bytes([byte ^ 1 << bit]))
            return
        at -= size


def _ask(_child: Child, folder: Path, numbers: tuple[int, ...]) -> tuple[list[int], list[str]]:
    """Make the calls in the project; those whose value was wrong, and what HitSave warned of."""
    for descriptor in (1, 2):  # joblib prints what it could not load
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
    os.chdir(folder)
    said = begin(folder / "store")
    sys.path.insert(0, str(folder))
    sys.argv[0] = sys.modules["__main__"].__file__ = str(folder / "values.py")
    values = importlib.import_module("values")
    return [n for n in numbers if not _same(values.value(n), values.expected(n))], said


def _same(given: Any, expected: Any) -> bool:
    import numpy as np

    if type(given) is not type(expected):
        return False
    if isinstance(expected, np.ndarray):
        return given.dtype == expected.dtype and given.shape == expected.shape and given.tobytes() == expected.tobytes()
    return given == expected
