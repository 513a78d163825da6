"""Many at once. 32 processes make the same 500 calls, each in an order of its own; threads and tasks of one process make the same calls; processes fork while their threads store.

In the first of these every evaluation gives another value, so one value a key is one evaluation a key.
And four processes read, 50,000 times, while another collects all that may be collected, without end: values are right, and what is pinned and experiments are there at the end.
"""

from __future__ import annotations

import asyncio
import random
import signal
import threading
import warnings
from pathlib import Path
from typing import Any

from tests.faults.children import Child, run
from tests.faults.figures import Figures, Plan
from tests.faults.program import Said, begin, calls, calls_and_check, check, faults_of, hits, make, whole


def measure(plan: Plan) -> Figures:
    """All of it."""
    figures = Figures()
    _processes(figures, plan.folder / "processes", plan.of(32, 8), plan.of(500, 20), plan.seed)
    _together(figures, "threads", _threads, plan.folder / "threads", plan.of(32, 8), plan.of(100, 10))
    _together(figures, "tasks of one loop", _tasks, plan.folder / "tasks", plan.of(32, 8), plan.of(100, 10))
    _forks(figures, plan.folder / "forks", plan.of(100, 5))
    _collecting(figures, plan.folder / "collecting", plan.of(50_000, 400))
    return figures


def _processes(figures: Figures, store: Path, processes: int, keys: int, seed: int) -> None:
    row = f"{processes} processes × {keys} keys"
    children = [Child(_shuffled, store, keys, seed + number) for number in range(processes)]
    values: dict[int, set[str]] = {}
    for child in children:
        ended = child.end(timeout=1800)
        problems = faults_of(ended, range(keys))
        if ended.answer is not None:
            given, said = ended.answer
            problems += [f"warned: {line}" for line in said]
            for n, value in given.items():
                values.setdefault(n, set()).add(value)
        figures.count(row, calls=keys, evaluations=sum(map(bool, ended.ran[:keys])))
        figures.wrong(row, "a process", problems)
    figures.count(row, keys=len(values), values=sum(map(len, values.values())))
    figures.wrong(
        row, "at the end", [f"{len(found)} values of the key {n}" for n, found in values.items() if len(found) != 1] + whole(run(check, store))
    )


def _shuffled(_child: Child, store: Path, keys: int, seed: int) -> tuple[dict[int, str], list[str]]:
    import work

    said = begin(store)
    numbers = list(range(keys))
    random.Random(seed).shuffle(numbers)
    return {n: work.another(n) for n in numbers}, said


def _together(figures: Figures, name: str, task: Any, store: Path, many: int, keys: int) -> None:
    row = f"{many} {name} × {keys} keys"
    ended = run(task, store, many, keys, timeout=600)
    problems = faults_of(ended, range(keys))
    if ended.answer is not None:
        values, said = ended.answer
        problems += [f"warned: {line}" for line in said] + [f"{len(found)} values of the key {n}" for n, found in values.items() if len(found) != 1]
        figures.count(row, calls=many * keys, evaluations=sum(ended.ran[:keys]), keys=len(values), values=sum(map(len, values.values())))
    figures.wrong(row, "all", problems)


def _threads(_child: Child, store: Path, many: int, keys: int) -> tuple[dict[int, set[str]], list[str]]:
    import work

    said = begin(store)
    values: dict[int, set[str]] = {n: set() for n in range(keys)}

    def work_through(first: int) -> None:
        for n in range(keys):
            key = (n + first * 7) % keys
            values[key].add(work.another(key))

    threads = [threading.Thread(target=work_through, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return values, said


def _tasks(_child: Child, store: Path, many: int, keys: int) -> tuple[dict[int, set[str]], list[str]]:
    import work

    said = begin(store)
    values: dict[int, set[str]] = {n: set() for n in range(keys)}

    async def work_through(first: int) -> None:
        for n in range(keys):
            key = (n + first * 7) % keys
            values[key].add(await work.another_async(key))

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(many):
                group.create_task(work_through(number))

    asyncio.run(main())
    return values, said


def _forks(figures: Figures, store: Path, rounds: int) -> None:
    row = "forks while threads store"
    ended = run(_forking, store, rounds, timeout=600)
    problems = faults_of(ended, ())
    if ended.answer is not None:
        of_children, wrong, said, stored = ended.answer
        problems += [f"a forked child: {problem}" for problem in of_children]
        problems += [f"WRONG values of {wrong}"] if wrong else []
        problems += [f"warned: {line}" for line in said]
        figures.count(row, forks=rounds, calls=stored)
        again = run(calls_and_check, store, range(stored))
        problems += [f"afterwards: {problem}" for problem in faults_of(again, range(stored))]
        if hits(again, range(stored)) < stored:
            problems.append(f"{stored - hits(again, range(stored))} of {stored} results are lost")
    figures.wrong(row, "all", problems)


def _forking(child: Child, store: Path, rounds: int) -> tuple[list[str], list[int], list[str], int]:
    said = begin(store)
    warnings.filterwarnings("ignore", category=DeprecationWarning)  # forking with threads is what is tried
    stop, wrong, lock = threading.Event(), list[int](), threading.Lock()
    stored = 0

    def store_on() -> None:
        nonlocal stored
        while not stop.is_set():
            with lock:
                n, stored = stored, stored + 1
            wrong.extend(make(child, [n]))

    threads = [threading.Thread(target=store_on) for _ in range(3)]
    for thread in threads:
        thread.start()
    problems: list[str] = []
    try:
        for number in range(rounds):
            numbers = [10_000 + 3 * number, number]
            problems += faults_of(Child(calls, store, numbers).end(timeout=60), numbers)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return problems, wrong, said, stored


def _collecting(figures: Figures, store: Path, reads: int) -> None:
    row = f"{reads:,} reads against a collecting loop"
    numbers = tuple(range(120))
    figures.wrong(row, "before", faults_of(run(_boxed, store, numbers), numbers))
    run(_pin_first, store, 10)
    collector = Child(_collect, store)
    readers = [Child(_read, store, reads // 4, seed) for seed in range(4)]
    for reader in readers:
        ended = reader.end(timeout=1800)
        problems = faults_of(ended, ())
        if ended.answer is not None:
            done, computed, wrong, said = ended.answer
            figures.count(row, calls=done, evaluations=computed)
            # A value that goes in the moment before its row comes is not stored, which is said once.
            problems += [f"warned: {line}" for line in said if "was collected while it was being stored" not in line]
            problems += [f"WRONG values of {wrong}"] if wrong else []
        figures.wrong(row, "a reader", problems)
    collector.signal(signal.SIGTERM)
    collected = collector.end()
    if collected.answer is None:
        figures.wrong(row, "the collector", [collected.raised or f"ended with {collected.status}"])
    else:
        figures.count(row, collections=collected.answer[0], collected=collected.answer[1])
    kept = [n for n in numbers if n % 4 == 3 or n < 10]
    again = run(_boxed, store, kept)
    problems = faults_of(again, kept) + whole(run(check, store))
    if hits(again, kept) < len(kept):
        problems.append(f"{len(kept) - hits(again, kept)} pinned results or experiments were collected")
    figures.wrong(row, "afterwards", problems)


def _boxed(child: Child, store: Path, numbers: tuple[int, ...]) -> Said:
    import work

    said = begin(store)
    wrong = [n for n in numbers if work.call_boxed(n) != work.expected(n)]
    for n in numbers:
        child.done[n] = 1
    return Said(wrong, said)


def _pin_first(_child: Child, store: Path, many: int) -> None:
    from hitsave.storage.store import Store

    with Store.open(store) as opened:
        opened.pin(sorted(entry.id for entry in opened.list(limit=None))[:many], on=True)


def _collect(_child: Child, store: Path) -> tuple[int, int]:
    from hitsave.storage.store import Store

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    rounds = entries = 0
    with Store.open(store) as opened:
        while not stop.is_set() or rounds == 0:
            entries += opened.evict(opened.plan_eviction(0)).entries
            opened.sweep(grace_seconds=0)
            rounds += 1
    return rounds, entries


def _read(child: Child, store: Path, reads: int, seed: int) -> tuple[int, int, list[int], list[str]]:
    import work

    said = begin(store)
    chance = random.Random(seed)
    wrong: list[int] = []
    computed = 0
    for _ in range(reads):
        n = chance.randrange(120)
        child.ran[n] = 0
        wrong += [] if work.call_boxed(n) == work.expected(n) else [n]
        computed += child.ran[n]
    return reads, computed, wrong, said
