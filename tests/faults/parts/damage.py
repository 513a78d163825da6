"""Damage: a file of the store is cut, a bit of it flipped, two blocks swapped, a block overwritten, or the file deleted; once in the database, its log, a value's file, or the facts of code.

Of each damaged store there are two copies. On one, `fsck` looks, and what it finds nothing in has to be as good as whole, but for what was only in the log; then `fsck --repair`, after which it finds nothing.
On the other the program runs as if nothing had happened: all values right, nothing raised, one warning at most; in its next run everything is a hit without a warning.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from tests.faults.children import Child, run, wait_until
from tests.faults.figures import Figures, Plan
from tests.faults.program import begin, calls, check, copy_store, faults_of, hits, look, make

NUMBERS: Final = tuple(range(12))
_MORE: Final = tuple(n for n in range(12, 200) if n % 4 in {0, 3})
"""Calls whose results lie between those of the others, so that the database has more than its beginning."""
_BLOCK: Final = 4096
_GROUPS: Final = ("the database", "its log", "values", "facts of code", "a database with a log", "the database")
"""What is damaged in turn. Where a log lies beside the database, most of its pages are taken from there."""


def measure(plan: Plan) -> Figures:
    """Play the rounds."""
    figures = Figures()
    logged, whole = plan.folder / "logged", plan.folder / "whole"
    _fill(logged)
    _settle(copy_store(logged, whole))

    def play(number: int) -> tuple[str, str, dict[str, int], list[str]]:
        group = _GROUPS[number % len(_GROUPS)]
        return _one(plan.folder, logged if "log" in group else whole, group, number, random.Random(plan.seed * 10_000 + number))

    for row, where, counts, problems in plan.play(figures, range(plan.of(1000, 12)), play):
        figures.count(row, **counts)
        figures.wrong(row, where, problems)
    return figures


def _fill(store: Path) -> None:
    """Store all results; they are in the write-ahead log still, as a killed program leaves them."""
    child = Child(_and_stay, store)
    wait_until(lambda: all(child.done[n] for n in NUMBERS + _MORE))
    child.signal(signal.SIGKILL)
    child.end()


def _and_stay(child: Child, store: Path) -> None:
    begin(store)
    make(child, random.Random(0).sample(NUMBERS + _MORE, len(NUMBERS + _MORE)))
    signal.pause()


def _settle(store: Path) -> None:
    """Have all in the databases, and no logs."""
    for name in ("hitsave.sqlite", "facts.sqlite"):
        with closing(sqlite3.connect(store / name)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _one(folder: Path, base: Path, group: str, number: int, chance: random.Random) -> tuple[str, str, dict[str, int], list[str]]:
    damaged = copy_store(base, folder / f"damaged-{os.getpid()}")
    patterns = {"its log": "hitsave.sqlite-*", "values": "blobs/??/*", "facts of code": "facts.sqlite*"}
    path = chance.choice(sorted(damaged.glob(patterns.get(group, "hitsave.sqlite"))))
    how = chance.choice(list(_HOW))
    mode = path.stat().st_mode
    path.chmod(0o600)
    _HOW[how](path, chance)
    if path.exists():
        path.chmod(mode)
    problems, counts = _try(
        damaged, copy_store(damaged, folder / f"second-{os.getpid()}"), is_log=group == "its log" or (how == "delete" and "database" in group)
    )
    shutil.rmtree(damaged, ignore_errors=True)
    return group, f"round {number}, {how} {path.name}", counts, problems


def _try(damaged: Path, second: Path, *, is_log: bool) -> tuple[list[str], dict[str, int]]:
    problems: list[str] = []
    looked = run(look, damaged)
    if looked.raised:
        problems.append(f"fsck raised: {looked.raised}")
    found = bool(looked.answer)
    mended = run(_repair, damaged)
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
    look(child, store, repair=True)
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
