"""Full disks: 20 sizes, on each of which a program makes 50 calls, and what it stores does not fit.

Every call gives its value, computed once, with one warning at most. Then there is room again, and a new process has no more to complain of; what was stored is a hit.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.faults.children import Child, run
from tests.faults.figures import Figures, Plan
from tests.faults.program import Said, calls, calls_and_check, faults_of, hits, litter

NUMBERS: Final = tuple(range(50))
_SIZES: Final = tuple(4096 * round(8 * 1.31**step) for step in range(20))  # from 32 KB to 5.5 MB; all fifty results take 2 MB
_ROOM: Final = 64 << 20


def measure(plan: Plan) -> Figures:
    """Fill a file system of each size; where none may be mounted, files may not grow beyond it."""
    figures = Figures()
    mounted = _can_mount(plan.folder)
    row = "tmpfs of 32 KB to 5 MB" if mounted else "no file may grow beyond 32 KB to 5 MB (RLIMIT_FSIZE)"
    if not mounted:
        figures.notes.append("No file system could be mounted, so what was full is each file.")
    for size in _SIZES[:: plan.of(1, 5)]:
        store = plan.folder / f"disk-{size}"
        store.mkdir(mode=0o700)
        with _disk(store, size) if mounted else _nothing():
            first = run(calls, store, NUMBERS) if mounted else run(_limited, store, NUMBERS, size)
            problems = faults_of(first, NUMBERS, most_warnings=1)
            stored = run(_listed, store).answer if mounted else 0
            if mounted:
                subprocess.run(["mount", "-o", f"remount,size={_ROOM}", store], check=True)
            second = run(calls, store, NUMBERS)
            problems += [f"with room again: {problem}" for problem in faults_of(second, NUMBERS)]
            if stored and hits(second, NUMBERS) < stored:
                problems.append(f"{stored} were stored, and {hits(second, NUMBERS)} are hits")
            third = run(calls_and_check, store, NUMBERS)
            problems += [f"at last: {problem}" for problem in faults_of(third, NUMBERS)] + litter(store)
            if hits(third, NUMBERS) < len(NUMBERS):
                problems.append(f"at last only {hits(third, NUMBERS)} are hits")
        warned = isinstance(first.answer, Said) and bool(first.answer.warnings)
        figures.count(row, sizes=1, calls=len(NUMBERS), stored=hits(second, NUMBERS), warned=int(warned))
        figures.wrong(row, f"{size} bytes", problems)
    return figures


def _listed(_child: Child, store: Path) -> int:
    from hitsave.storage.listing import Filter
    from hitsave.storage.store import Store

    with Store.open(store, readonly=True) as opened:
        return opened.count(Filter(status="done"))


def _limited(child: Child, store: Path, numbers: tuple[int, ...], size: int) -> Said:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    return calls(child, store, numbers)


def _can_mount(folder: Path) -> bool:
    place = folder / "try"
    place.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], capture_output=True, check=False).returncode != 0:
        return False
    subprocess.run(["umount", place], check=True)
    return True


@contextmanager
def _disk(place: Path, size: int) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", place], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", place], check=True)


@contextmanager
def _nothing() -> Iterator[None]:
    yield
