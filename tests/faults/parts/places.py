"""Clocks and places. The clock steps by ten years, back and forth, between and within programs, and files bear the times of the wrong clock; the store is moved and copied, while programs use it and while none does;
it lies on a read-only mount, or on what the mount table calls a network file system; it is of each past format, or of a future one.

Every value is right, what is stored is a hit wherever it can be read, and one warning at most says why it can't be written or read. Collections keep what is pinned and experiments, whatever the clock says.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from hitsave.storage import platform
from hitsave.storage.listing import Filter
from hitsave.storage.store import Store
from tests.faults.children import Child, run, wait_until
from tests.faults.figures import Figures, Plan
from tests.faults.program import Said, begin, calls, calls_and_check, check, copy_store, faults_of, hits, look, make, whole
from tests.faults.scenarios import COMPAT, private

TEN_YEARS: Final = 10 * 365 * 86_400
NUMBERS: Final = tuple(range(12))
MORE: Final = tuple(range(20))


def measure(plan: Plan) -> Figures:
    """All of it."""
    figures = Figures()
    for row, part in (
        ("the clock", _clock),
        ("moved and copied", _moved),
        ("a read-only mount", _read_only),
        ("a network file system", _network),
        ("formats", _formats),
    ):
        folder = plan.folder / part.__name__
        folder.mkdir()
        for where, problems in part(folder, plan):
            figures.count(row, tried=1)
            figures.wrong(row, where, problems)
    return figures


Tried = list[tuple[str, list[str]]]


def _all_hits(store: Path, numbers: tuple[int, ...] = NUMBERS, **more: int) -> list[str]:
    again = run(calls, store, numbers)
    lost = len(numbers) - hits(again, numbers)
    return faults_of(again, numbers, **more) + ([f"{lost} of {len(numbers)} are lost"] if lost else [])


# -- clocks -----------------------------------------------------------------------------------------------------------


def _clock(folder: Path, plan: Plan) -> Tried:
    tried: Tried = []
    steps = (-TEN_YEARS, 0, TEN_YEARS)
    for first in steps:
        for second in steps[:: plan.of(1, 2)]:
            store = folder / f"store{first}{second}"
            problems = faults_of(run(_at, store, first, NUMBERS, ()), NUMBERS)
            _set_times(store, first)
            then = run(_at, store, second, MORE, NUMBERS[:3])
            problems += faults_of(then, MORE)
            if hits(then, NUMBERS) < len(NUMBERS):
                problems.append(f"only {hits(then, NUMBERS)} hits")
            run(_pin_two, store)
            collected = run(_collect_at, store, -second)
            problems += [collected.raised] if collected.raised else []
            kept = tuple(n for n in MORE if n % 4 == 3)
            problems += _all_hits(store, kept) + ([] if run(_pinned, store).answer == 2 else ["what was pinned is gone"]) + whole(run(check, store))
            tried.append((f"{first // TEN_YEARS * 10:+} years, then {second // TEN_YEARS * 10:+}", problems))
    return tried


def _shift(seconds: int) -> None:
    """Have this process's clock be wrong: what it is asked through, as nobody may set the machine's."""
    real, real_ns = time.time, time.time_ns
    time.time = lambda: real() + seconds  # pyright: ignore[reportAttributeAccessIssue]
    time.time_ns = lambda: real_ns() + seconds * 10**9  # pyright: ignore[reportAttributeAccessIssue]


def _at(child: Child, store: Path, shift: int, numbers: tuple[int, ...], before: tuple[int, ...]) -> Said:
    """Make these calls under a wrong clock, which steps to the right one halfway."""
    _shift(shift)
    said = begin(store)
    wrong = make(child, before)
    _shift(-shift)
    wrong += make(child, numbers[: len(numbers) // 2])
    _shift(2 * shift)
    return Said(wrong + make(child, numbers[len(numbers) // 2 :]), said)


def _set_times(store: Path, shift: int) -> None:
    then = time.time() + shift
    for path in store.rglob("*"):
        os.utime(path, (then, then))


def _pin_two(_child: Child, store: Path) -> None:
    with Store.open(store) as opened:
        opened.pin([entry.id for entry in opened.list(Filter(kind="memo"))][:2], on=True)


def _pinned(_child: Child, store: Path) -> int:
    with Store.open(store) as opened:
        return len(opened.list(Filter(pinned=True), limit=None))


def _collect_at(_child: Child, store: Path, shift: int) -> None:
    _shift(shift)
    with Store.open(store) as opened:
        opened.evict(opened.plan_eviction(0))
        opened.sweep()


# -- places -----------------------------------------------------------------------------------------------------------


def _moved(folder: Path, plan: Plan) -> Tried:
    tried: Tried = []
    store = folder / "store"
    run(calls, store, NUMBERS)
    moved = folder / "moved"
    store.rename(moved)
    tried.append(("moved", _all_hits(moved)))
    tried.append(("copied", _all_hits(copy_store(moved, folder / "copied"))))
    moved.rename(store)
    tried.append(("moved back", _all_hits(store)))
    for number in range(plan.of(10, 2)):
        # A program goes on while its store is moved away, and, in half of the rounds, another comes to its place.
        place, away = folder / f"used{number}", folder / f"away{number}"
        copy_store(store, place)
        child = Child(calls, place, MORE, NUMBERS, held=True)
        wait_until(child.is_ready)
        place.rename(away)
        if number % 2:
            copy_store(store, place)
        ended = child.end()
        problems = faults_of(ended, MORE, most_warnings=1)
        problems += [f"the one that was moved: {problem}" for problem in _all_hits(away)]
        problems += [f"its place: {problem}" for problem in _later(place, MORE)]
        tried.append(("moved under a program", problems))
        # Copied while it is written to: the database may name values that were written after their folder was read. What is
        # asked for is right and is stored again; what nobody asks for is named by fsck, which mends it.
        busy, torn = folder / f"busy{number}", folder / f"torn{number}"
        writer = Child(calls, busy, range(400))
        wait_until(lambda w=writer: w.done[20] == 1)
        for _ in range(20):  # what is renamed or deleted meanwhile makes a copy fail as a whole
            try:
                copy_store(busy, torn)
                break
            except (shutil.Error, OSError):
                continue
        writer.signal(signal.SIGKILL)
        writer.end()
        first = run(calls, torn, MORE)
        problems = faults_of(first, MORE, most_warnings=1) + _all_hits(torn, MORE)
        problems += [problem for problem in whole(run(partial(look, repair=True), torn)) if not problem.endswith("its file is missing")]
        tried.append(("copied under a program", problems + whole(run(check, torn))))
    return tried


def _later(store: Path, numbers: tuple[int, ...]) -> list[str]:
    ended = run(calls_and_check, store, numbers)
    return faults_of(ended, numbers)


def _read_only(folder: Path, plan: Plan) -> Tried:
    store = folder / "store"
    run(calls, store, NUMBERS)
    if os.geteuid() != 0 or subprocess.run(["mount", "--bind", store, store], capture_output=True, check=False).returncode != 0:
        return []
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", store, store], check=True)
        hit = _all_hits(store)
        more = run(calls, store, MORE)
        problems = faults_of(more, MORE, most_warnings=1)
        if hits(more, NUMBERS) < len(NUMBERS):
            problems.append(f"only {hits(more, NUMBERS)} hits")
        if not (more.answer and more.answer.warnings):
            problems.append("no warning says that nothing can be stored")
    finally:
        subprocess.run(["umount", store], check=True)
    return [("what is there", hit), ("what is not", problems), ("written again", faults_of(run(calls, store, MORE), MORE) + _all_hits(store, MORE))]


def _network(folder: Path, plan: Plan) -> Tried:
    """The answer of the mount table is faked: what is tried is how HitSave goes about such a place, not the place."""
    store = folder / "store"
    tried: Tried = [("stored", faults_of(run(_on_network, store, NUMBERS), NUMBERS, most_warnings=1))]
    if (store / "hitsave.sqlite-wal").exists():
        tried.append(("stored", ["there is a write-ahead log"]))
    many = [Child(_on_network, store, MORE) for _ in range(plan.of(8, 3))]
    for child in many:
        tried.append(("several at once", faults_of(child.end(), MORE, most_warnings=1)))
    for _ in range(plan.of(30, 3)):
        child = Child(_on_network, store, range(20, 300))
        wait_until(lambda c=child: c.done[20] == 1)
        time.sleep(0.02)
        child.signal(signal.SIGKILL)
        ended = child.end()
        finished = tuple(n for n in range(20, 300) if ended.done[n])
        again = run(_on_network, store, MORE + finished)
        problems = faults_of(ended, finished, killed=True) + faults_of(again, MORE + finished, most_warnings=1)
        if hits(again, finished) < len(finished):
            problems.append(f"{len(finished) - hits(again, finished)} are lost")
        tried.append(("killed", problems))
    tried.append(("on a local file system again", _all_hits(store, MORE) + whole(run(check, store))))
    return tried


def _on_network(child: Child, store: Path, numbers: tuple[int, ...]) -> Said:
    platform._mounted_type = lambda _folder: "nfs4"
    return calls(child, store, numbers)


def _formats(folder: Path, plan: Plan) -> Tried:
    tried: Tried = []
    for committed in sorted(COMPAT.glob("store_v*")):
        store = private(committed, folder / committed.name)
        tried.append((committed.name, faults_of(run(calls, store, NUMBERS), NUMBERS) + _all_hits(store) + whole(run(check, store))))
    changes: dict[str, Callable[[sqlite3.Connection], object]] = {
        "a version ahead, not compatible": lambda c: (c.execute("INSERT INTO schema VALUES (90, 90, 0)"), c.execute("PRAGMA user_version = 90")),
        "a version ahead, compatible": lambda c: (c.execute("INSERT INTO schema VALUES (91, 1, 0)"), c.execute("PRAGMA user_version = 91")),
        "another program's": lambda c: (c.execute("DROP TABLE entries"), c.execute("PRAGMA application_id = 7")),
    }
    for name, change in changes.items():
        store = folder / name
        run(calls, store, NUMBERS)
        connection = sqlite3.connect(store / "hitsave.sqlite")
        with connection:
            change(connection)
        connection.close()
        if "ahead, compatible" in name:
            tried.append((name, _all_hits(store)))
            continue
        before = (store / "hitsave.sqlite").read_bytes()
        ended = run(calls, store, NUMBERS)
        problems = faults_of(ended, NUMBERS, most_warnings=1)
        if not (ended.answer and ended.answer.warnings):
            problems.append("no warning says that the store is not used")
        if (store / "hitsave.sqlite").read_bytes() != before:
            problems.append("it was written to")
        tried.append((name, problems))
    return tried
