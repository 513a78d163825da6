"""What is interrupted or made to fail at each of its system calls: results stored, a collection, a mending, a migration."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from hitsave.digest import Digest
from hitsave.storage.entry import NewEntry
from hitsave.storage.listing import Filter
from hitsave.storage.store import Store
from tests.faults.children import Child, Ended, run
from tests.faults.program import Said, begin, calls, calls_and_check, copy_store, faults_of, hits, litter, make

COMPAT: Final = Path(__file__).parents[1] / "compat"


class Scenario(NamedTuple):
    """`task` is done in a copy of the store `base`, or in an empty one; it makes the calls `numbers`.

    Of the calls `kept`, whose results are in `base`, each is a hit afterwards, whatever happened. `extra` looks at what is special to a scenario. What is no call of a user's function `may_raise` a StoreError. `warns`: how many warnings it gives by itself.
    """

    name: str
    base: Path | None
    task: Callable[..., Any]
    numbers: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    extra: Callable[[Path], list[str]] | None = None
    may_raise: bool = False
    warns: int = 0

    def store(self, folder: Path) -> Path:
        """Where the scenario is about to be played."""
        store = folder / f"store-{os.getpid()}"
        if self.base is None:
            shutil.rmtree(store, ignore_errors=True)
            return store
        return copy_store(self.base, store)

    def afterwards(self, store: Path) -> list[str]:
        """What is wrong with the store when it is used again."""
        numbers = sorted({*self.numbers, *self.kept})
        again = run(calls_and_check, store, numbers)
        problems = [f"afterwards: {problem}" for problem in faults_of(again, numbers, most_warnings=self.warns)]
        lost = len(self.kept) - hits(again, self.kept)
        if lost:
            problems.append(f"{lost} of {len(self.kept)} results that were stored before are lost")
        return problems + (self.extra(store) if self.extra is not None else []) + litter(store)


def scenarios(folder: Path) -> list[Scenario]:
    """All of them; their stores are made in `folder`."""
    full = _filled(folder / "full", range(24))
    run(_pin, full, (0, 1))
    damaged = copy_store(full, folder / "damaged")
    _damage(damaged / "hitsave.sqlite", "entries_by_key")
    pinned_or_experiments = tuple(n for n in range(24) if n % 4 == 3 or n < 2)
    return [
        Scenario("the first results of a new store", None, calls, (0, 1)),
        Scenario("a result more, a hit, an experiment", full, _more, (24, 25, 27, 4), tuple(range(24))),
        Scenario("a collection", full, _collect, (), pinned_or_experiments, may_raise=True),
        Scenario("a damaged database, mended", damaged, calls, (0, 24, 25), tuple(range(24)), warns=1),
        *(
            Scenario(
                f"a store of format {path.name.removeprefix('store_')}, brought up to date",
                private(path, folder / path.name),
                _migrate,
                extra=_migrated,
                may_raise=True,
            )
            for path in sorted(COMPAT.glob("store_v*"))
        ),
    ]


def _filled(store: Path, numbers: Iterable[int]) -> Path:
    numbers = tuple(numbers)
    problems = faults_of(run(calls, store, numbers), numbers)
    if problems:
        raise RuntimeError("\n".join(problems))
    return store


def private(source: Path, target: Path) -> Path:
    """A copy with the permissions that a checkout does not keep."""
    copy_store(source, target)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    return target


def _damage(database: Path, table: str) -> None:
    """Zeros where a table or an index begins: whoever needs it meets them."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))


def _pin(_child: Child, store: Path, numbers: tuple[int, ...]) -> None:

    with Store.open(store) as opened:
        every = opened.list(limit=None)
        every.sort(key=lambda entry: entry.id)  # as they were stored
        opened.pin([every[n].id for n in numbers], on=True)


def _more(child: Child, store: Path, numbers: tuple[int, ...]) -> Said:
    """The process has run for a while: all is loaded, the code analysed, the store open."""
    return calls(child, store, numbers, before=(0, 1, 2, 3, 5))


def _collect(child: Child, store: Path, _numbers: tuple[int, ...]) -> Said:
    """Evict what may go, sweep what nothing needs."""
    said = begin(store)
    with Store.open(store) as opened:
        child.hold()
        opened.evict(opened.plan_eviction(0))
        opened.sweep(grace_seconds=0)
    return Said(make(child, ()), said)


def _migrate(child: Child, store: Path, _numbers: tuple[int, ...]) -> Said:
    """Open a store that another HitSave made, and store something."""
    said = begin(store)
    child.hold()
    with Store.open(store) as opened:
        _put(opened)
    return Said([], said)


def _migrated(store: Path) -> list[str]:
    """What is missing in a store that began as a committed one."""
    ended: Ended = run(_look_at_migrated, store)
    return [f"afterwards: {ended.raised}"] if ended.raised else ended.answer


def _look_at_migrated(_child: Child, store: Path) -> list[str]:

    problems: list[str] = []
    with Store.open(store) as opened:
        old = [entry for entry in opened.list(Filter(status="done"), limit=None) if entry.symbol != "app:f"]
        sizes = sorted(len(opened.open_value(entry)) for entry in old)
        if len(sizes) != 3 or sizes[-1] != 256 * 400:
            problems.append(f"the old store has lost results: {sizes}")
        _put(opened)
    return problems


def _put(store: Store) -> None:
    """Store something."""
    new = NewEntry(Digest(b"k" * 32), "app:f", "/home/ada/app", Digest(bytes(32)), arguments=b"\x91\x01", codec="pickle5")
    store.put(new, record=b"the Record", snapshot=b"the Snapshot", texts={}, value=[b"new"])
