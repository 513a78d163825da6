"""Damage: a file of the store is cut, a bit of it flipped, two blocks swapped, a block overwritten, or the file deleted; once in the database, its log, a value's file, or the facts of code.

Of each damaged store there are two copies. On one, `fsck` looks, and what it finds nothing in has to be as good as whole, but for what was only in the log; then `fsck --repair`, after which it finds nothing.
On the other the program runs as if nothing had happened: all values right, nothing raised, one warning at most; in its next run everything is a hit without a warning.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.faults.children import Child, run, wait_until
from tests.faults.figures import Figures, Plan
from tests.faults.program import begin, calls, check, copy_store, faults_of, hits, make

NUMBERS: Final = tuple(range(40))
_BLOCK: Final = 4096


def measure(plan: Plan) -> Figures:
    """Play the rounds."""
    figures = Figures()
    store = plan.folder / "whole"
    run(calls, store, NUMBERS[:30])
    _leave_a_log(store)

    def play(number: int) -> tuple[str, str, dict[str, int], list[str]]:
        return _one(plan.folder, store, number, random.Random(plan.seed * 10_000 + number))

    for row, where, counts, problems in plan.play(figures, range(plan.of(1000, 16)), play):
        figures.count(row, **counts)
        figures.wrong(row, where, problems)
    return figures


def _leave_a_log(store: Path) -> None:
    """Have the last results in the write-ahead log only, as a killed program leaves it."""
    child = Child(_and_stay, store)
    wait_until(lambda: all(child.done[n] for n in NUMBERS))
    child.signal(signal.SIGKILL)
    child.end()


def _and_stay(child: Child, store: Path) -> None:
    begin(store)
    make(child, NUMBERS)
    signal.pause()


def _one(folder: Path, whole: Path, number: int, chance: random.Random) -> tuple[str, str, dict[str, int], list[str]]:
    damaged = copy_store(whole, folder / f"damaged-{os.getpid()}")
    groups = {
        "the database": [damaged / "hitsave.sqlite"],
        "its log": [path for path in (damaged / "hitsave.sqlite-wal", damaged / "hitsave.sqlite-shm") if path.exists()],
        "values": [path for path in sorted((damaged / "blobs").glob("??/*")) if path.is_file()],
        "facts of code": sorted(damaged.glob("facts.sqlite*")),
    }
    # Half of all goes to the database, where most can go wrong.
    group = [*groups, "the database", "the database"][number % 6]
    path = chance.choice(groups[group])
    how = chance.choice(list(_HOW))
    mode = path.stat().st_mode
    path.chmod(0o600)
    _HOW[how](path, chance)
    if path.exists():
        path.chmod(mode)
    problems, counts = _try(
        damaged, copy_store(damaged, folder / f"second-{os.getpid()}"), is_log=group == "its log" or (how == "delete" and group == "the database")
    )
    shutil.rmtree(damaged, ignore_errors=True)
    return group, f"round {number}, {how} {path.name}", counts, problems


def _try(damaged: Path, second: Path, *, is_log: bool) -> tuple[list[str], dict[str, int]]:
    problems: list[str] = []
    looked = run(check, damaged)
    if looked.raised:
        problems.append(f"fsck raised: {looked.raised}")
    found = bool(looked.answer)
    mended = run(check, damaged, timeout=60) if looked.raised else run(_repair, damaged)
    if mended.raised or mended.answer:
        problems.append(f"fsck --repair leaves: {mended.raised or mended.answer}")
    first = run(calls, second, NUMBERS)
    problems += faults_of(first, NUMBERS, most_warnings=1)
    lost = len(NUMBERS) - hits(first, NUMBERS)
    if lost and not found and not is_log:
        problems.append(f"fsck found nothing, and {lost} results are lost")
    again = run(calls, second, NUMBERS)
    problems += [f"the next run: {problem}" for problem in faults_of(again, NUMBERS)]
    if hits(again, NUMBERS) < len(NUMBERS):
        problems.append(f"the next run computes {len(NUMBERS) - hits(again, NUMBERS)} again")
    after = run(calls, damaged, NUMBERS)
    problems += [f"after fsck --repair: {problem}" for problem in faults_of(after, NUMBERS)]
    said = first.answer.warnings if first.answer else ()
    return problems, {
        "damages": 1,
        "that cost results": int(lost > 0),
        "results lost": lost,
        "lost after fsck --repair": len(NUMBERS) - hits(after, NUMBERS),
        "found by fsck": int(found),
        "warned of": int(bool(said)),
    }


def _repair(child: Child, store: Path) -> list[str]:
    check(child, store, repair=True)
    return check(child, store)


def _cut(path: Path, chance: random.Random) -> None:
    os.truncate(path, chance.randrange(path.stat().st_size))


def _flip(path: Path, chance: random.Random) -> None:
    with path.open("r+b") as file:
        offset = chance.randrange(path.stat().st_size)
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1 << chance.randrange(8)]))


def _swap(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    blocks = max(len(content) // _BLOCK, 2)
    size = len(content) // blocks
    one, other = (block * size for block in chance.sample(range(blocks), 2))
    content[one : one + size], content[other : other + size] = content[other : other + size], content[one : one + size]
    path.write_bytes(content)


def _overwrite(path: Path, chance: random.Random) -> None:
    with path.open("r+b") as file:
        file.seek(chance.randrange(max(path.stat().st_size // 512, 1)) * 512)
        file.write(chance.choice([bytes(512), chance.randbytes(512)]))


def _delete(path: Path, _chance: random.Random) -> None:
    path.unlink()


_HOW: Final[dict[str, Callable[[Path, random.Random], None]]] = {
    "cut": _cut,
    "flip a bit of": _flip,
    "swap blocks of": _swap,
    "overwrite a block of": _overwrite,
    "delete": _delete,
}
