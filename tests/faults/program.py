"""The user's program: calls of the functions in ``subject/work.py``, each compared with what it has to give."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from hitsave.errors import HitSaveWarning
from tests.faults.children import Child, Ended, run

SUBJECT = Path(__file__).with_name("subject")


class Said(NamedTuple):
    """What a program that ended has to say: calls whose value was wrong, and the warnings."""

    wrong: list[int]
    warnings: list[str]


def settle(folder: Path) -> None:
    """Make the project of the user's program in `folder`, and load it, so that children have it."""
    project, packages = folder / "project", folder / "site-packages"
    project.mkdir(parents=True)
    packages.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "p"\n', encoding="utf-8")
    shutil.copy(SUBJECT / "work.py", project)
    shutil.copy(SUBJECT / "tally.py", packages)
    sys.path[:0] = [str(project), str(packages)]
    sys.argv = [str(project / "work.py")]
    sys.modules["__main__"].__file__ = str(project / "work.py")
    os.chdir(project)
    for name in [name for name in os.environ if name.startswith("HITSAVE")]:
        del os.environ[name]
    import work  # noqa: F401 # pyright: ignore[reportMissingImports]


def load_all(folder: Path) -> None:
    """Load what a program loads in its first calls, so that every child's first call is quick, and has no faults but those of a store."""
    import libcst  # noqa: F401

    import hitsave.cli.main
    import hitsave.storage.mending  # noqa: F401

    for name in run(_loaded, folder / "warm").answer:
        importlib.import_module(name)


def _loaded(child: Child, store: Path) -> list[str]:
    before = set(sys.modules)
    for _ in range(2):
        calls_and_check(child, store, range(8))
    return [name for name in sys.modules if name not in before]


def begin(store: Path | str) -> list[str]:
    """In a child: use this store, and note what HitSave warns of; the list that the warnings come into."""
    os.environ["HITSAVE_DIR"] = str(store)
    said: list[str] = []
    warnings.resetwarnings()
    warnings.simplefilter("always")
    warnings.showwarning = lambda message, category, *_, **__: said.append(str(message)) if category is HitSaveWarning else None
    return said


def calls(child: Child, store: Path | str, numbers: Iterable[int], before: Iterable[int] = ()) -> Said:
    """A child's task: make these calls, one after the other, when those in `before` have been made."""
    said = begin(store)
    make(child, before)
    child.hold()
    return Said(make(child, numbers), said)


def make(child: Child, numbers: Iterable[int]) -> list[int]:
    """Make these calls; those whose value was wrong."""
    import work  # pyright: ignore[reportMissingImports]

    wrong: list[int] = []
    for n in numbers:
        if work.call(n) != work.expected(n):
            wrong.append(n)
        child.done[n] = 1
    return wrong


def faults_of(ended: Ended, numbers: Iterable[int], *, most_warnings: int = 0, killed: bool = False) -> list[str]:
    """What is not as it has to be with a program that made these calls: it ended well, every value is right, no function ran twice."""
    if killed and ended.status == -9:
        return []
    problems: list[str] = []
    if ended.raised:
        problems.append(f"raised: {ended.raised.strip().splitlines()[-1]}\n{ended.raised}")
    if ended.status != 0:
        problems.append(f"ended with {ended.status}")
    problems += [f"the call {n} was evaluated {ended.ran[n]} times" for n in set(numbers) if ended.ran[n] > 1]
    said, findings = ended.answer if type(ended.answer) is tuple and isinstance(ended.answer[0], Said) else (ended.answer, [])
    problems += [f"fsck: {finding}" for finding in findings]
    if isinstance(said, Said):
        if said.wrong:
            problems.append(f"WRONG values of the calls {said.wrong}")
        if len(said.warnings) > most_warnings:
            problems.append(f"{len(said.warnings)} warnings: {said.warnings}")
    return problems


def hits(ended: Ended, numbers: Iterable[int]) -> int:
    """How many of these calls were answered without running their function."""
    return sum(ended.done[n] == 1 and ended.ran[n] == 0 for n in numbers)


def calls_and_check(child: Child, store: Path | str, numbers: Iterable[int]) -> tuple[Said, list[str]]:
    """A child's task: make these calls; then sweep the store, and look for damage in it: what is still wrong."""
    said = calls(child, store, numbers)
    return said, check(child, store)


def check(child: Child, store: Path | str) -> list[str]:
    """A child's task: sweep the store, and look for damage in it; what is wrong."""
    from hitsave.storage.store import Store

    with Store.open(store) as opened:
        opened.sweep(grace_seconds=0)
    return look(child, store)


def look(_child: Child, store: Path | str, *, repair: bool = False) -> list[str]:
    """A child's task: what fsck finds, and with `repair` mends."""
    from hitsave.storage.store import Store

    with Store.open(store) as opened:
        return [str(finding) for finding in opened.check(repair=repair).findings if not _is_kept_on_purpose(finding.subject)]


def _is_kept_on_purpose(subject: str) -> bool:
    """The damaged database stays beside the mended one until somebody says that it may go."""
    return Path(subject).name.startswith("hitsave.sqlite.damaged")


def whole(ended: Ended) -> list[str]:
    """The problems in what `check` gave."""
    return [f"check failed: {ended.raised}"] if ended.answer is None else [f"fsck: {line}" for line in ended.answer]


def litter(store: Path) -> list[str]:
    """Unfinished files in a store."""
    new = store / "blobs" / "new"
    left = [*(new.iterdir() if new.is_dir() else []), *store.glob("hitsave.sqlite.mended*")]
    return [f"litter: {path.name}" for path in left]


def copy_store(source: Path, target: Path) -> Path:
    """A copy of a store that nobody uses."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    return target
