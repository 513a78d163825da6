"""Against a model. Hypothesis plays a store and a dictionary against each other: values are put and got, entries pinned, deleted, evicted and swept, the store is closed and opened, processes are killed as they store, bits are flipped and files are cut.

What is found is always what the dictionary has; what is pinned, or was stored and not damaged since, is always found. Every run ends with a mending, after which `fsck` finds nothing.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from hitsave.digest import Digest
from hitsave.errors import DamagedError
from hitsave.storage.contents import content_digest
from hitsave.storage.entry import NewEntry
from hitsave.storage.store import Store
from tests.faults.children import Child, run
from tests.faults.figures import Figures, Plan

_KEYS: Final = 6
KEYS: Final = st.integers(0, _KEYS - 1)
SIZES: Final = st.sampled_from([0, 10, 3_000, 16_384, 16_385, 60_000])
_counts: Counter[str] = Counter()


def measure(plan: Plan) -> Figures:
    """Play the runs, a share of them in a process."""
    figures = Figures()
    row = f"{plan.of(50, 20)} steps a run"
    share = plan.of(25, 4)
    run_state_machine_as_test(StoreAgainstModel, settings=_chosen(5, 20))  # Hypothesis reads all modules in its first runs; so that is done once
    _counts.clear()

    def play(_number: int) -> tuple[dict[str, int], str]:
        ended = run(_share, plan.folder, share, plan.of(50, 20), timeout=3600)
        return ended.answer or {}, ended.raised

    for counts, raised in plan.play(figures, range(plan.of(2000, 16) // share), play):
        figures.count(row, **counts)
        if raised:
            figures.wrong(row, "a run", [raised])
    return figures


def _share(_child: Child, folder: Path, runs: int, steps: int) -> dict[str, int]:
    tempfile.tempdir = str(folder)
    run_state_machine_as_test(StoreAgainstModel, settings=_chosen(runs, steps))
    return dict(_counts)


def _chosen(runs: int, steps: int) -> settings:
    return settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )


def key_of(number: int) -> Digest:
    """The EntryKey of a number."""
    return content_digest("view", number.to_bytes(8, "big"))


def new_of(number: int, kind: Any = "memo") -> NewEntry:
    """What is said of an entry under the key of a number."""
    return NewEntry(key_of(number), f"app:f{number % 3}", "/home/ada/app", Digest(bytes(32)), arguments=b"\x91\x01", codec="pickle5", kind=kind)


def put(store: Store, number: int, value: bytes, kind: Any = "memo") -> str:
    """Store a value; the ID of its entry."""
    text = f"def f{number % 3}(): ..."
    texts = {content_digest("text", text.encode()): text}
    return store.put(new_of(number, kind), record=b"Record %d" % (number % 4), snapshot=text.encode(), texts=texts, value=[value]).id


def value_of(number: int, size: int, turn: int) -> bytes:
    """A value that nobody else has."""
    return f"{number} {size} {turn} ".encode().ljust(size, b".")


class StoreAgainstModel(RuleBasedStateMachine):
    """`values` are, by key, what may be found; `sure` the keys under which something has to be."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.place = self.folder / "store"
        self.store = Store.open(self.place)
        self.values: dict[int, set[bytes]] = {}
        self.pinned: dict[int, set[str]] = {}
        self.sure: set[int] = set()
        self.turn = 0
        self.is_damaged = False
        _counts["runs"] += 1

    @invariant()
    def counts_steps(self) -> None:
        """For the table."""
        _counts["steps"] += 1

    def is_kept(self, number: int) -> bool:
        """Whether nothing may collect what is under the key."""
        return bool(self.pinned.get(number)) and number in self.sure

    @rule(number=KEYS, size=SIZES, kind=st.sampled_from(["memo", "memo", "memo", "experiment"]))
    def puts(self, number: int, size: int, kind: str) -> None:
        """A result is stored, and found from then on; what a damaged database had is said, and not in the way."""
        self.turn += 1
        value = value_of(number, size, self.turn)
        identity = put(self.store, number, value, kind)
        self.values.setdefault(number, set()).add(value)
        self.sure.add(number)
        if kind == "experiment":
            self.pinned.setdefault(number, set()).add(identity)

    @rule(number=KEYS)
    def gets(self, number: int) -> None:
        """What is found is right; what has to be there is."""
        found = self.found(number)
        allowed = self.values.get(number, set())
        assert found <= allowed, f"WRONG value under {number}"
        if number in self.sure and not self.is_damaged:
            assert found, f"nothing under {number}"
        _counts["values read"] += len(found)

    def found(self, number: int) -> set[bytes]:
        """What can be read under a key."""
        values: set[bytes] = set()
        try:
            entries = self.store.find(key_of(number))
        except DamagedError:
            self.store.mend()
            entries = self.store.find(key_of(number))
        for entry in entries:
            try:
                values.add(bytes(self.store.open_value(entry)))
            except DamagedError:
                assert self.is_damaged
        return values

    @rule(number=KEYS)
    def pins(self, number: int) -> None:
        """Pinned results are kept."""
        if self.is_damaged:
            return
        entries = self.store.find(key_of(number))
        assert self.store.pin([entry.id for entry in entries], on=True) == len(entries)
        self.pinned.setdefault(number, set()).update(entry.id for entry in entries)

    @rule(number=KEYS)
    def deletes(self, number: int) -> None:
        """What a person deletes is gone, pinned or not."""
        if self.is_damaged:
            return
        self.store.delete([entry.id for entry in self.store.find(key_of(number))])
        self.values.pop(number, None)
        self.pinned.pop(number, None)
        self.sure.discard(number)
        assert not self.store.find(key_of(number))

    @rule(budget=st.sampled_from([0, 20_000, 100_000]))
    def evicts(self, budget: int) -> None:
        """Some of what may go goes."""
        if self.is_damaged:
            return
        self.store.evict(self.store.plan_eviction(budget))
        self.sure = {number for number in self.sure if self.is_kept(number) or self.found(number)}

    @rule(grace=st.sampled_from([0.0, 3600.0]))
    def sweeps(self, grace: float) -> None:
        """Nothing goes that somebody needs."""
        if not self.is_damaged:
            self.store.sweep(grace_seconds=grace)

    @rule()
    def reopens(self) -> None:
        """The store is closed, and opened again."""
        self.store.close()
        self.store = Store.open(self.place)

    @rule(number=KEYS, size=SIZES, after=st.integers(0, 400))
    def crashes(self, number: int, size: int, after: int) -> None:
        """A process is killed in the middle of storing something: it is there whole, or it is not there."""
        self.turn += 1
        value = value_of(number, size, self.turn)
        ended = run(_put_and_die, self.place, number, value, after)
        assert not ended.raised, ended.raised
        self.values.setdefault(number, set()).add(value)
        if ended.status == 0:
            self.sure.add(number)
        _counts["killed"] += ended.status == -signal.SIGKILL

    @rule(seed=st.integers(0, 2**32))
    def damages(self, seed: int) -> None:
        """A file of the store is damaged; until it is mended, something may be missing."""
        self.store.close()
        files = [path for path in sorted(self.place.rglob("*")) if path.is_file() and path.stat().st_size and path.parent.name != "locks"]
        if not files:
            return
        chance = random.Random(seed)
        path = chance.choice(files)
        mode = path.stat().st_mode
        path.chmod(0o600)
        if chance.random() < 0.2:
            os.truncate(path, chance.randrange(path.stat().st_size))
        else:
            with path.open("r+b") as file:
                at = chance.randrange(path.stat().st_size)
                file.seek(at)
                byte = file.read(1)[0]
                file.seek(at)
                file.write(bytes([byte ^ 1 << chance.randrange(8)]))
        path.chmod(mode)
        self.is_damaged = True
        _counts["damaged"] += 1
        self.store = Store.open(self.place)

    @precondition(lambda self: self.is_damaged)
    @rule()
    def mends(self) -> None:
        """`fsck --repair`, and nothing is wrong afterwards; what is left has to stay."""
        self.store.check(repair=True)
        left = [str(finding) for finding in self.store.check().findings if ".damaged" not in finding.subject]
        assert left == [], left
        self.is_damaged = False
        self.pinned = {n: {entry.id for entry in self.store.find(key_of(n)) if entry.pinned or entry.kind == "experiment"} for n in range(_KEYS)}
        self.sure = {number for number in range(_KEYS) if self.found(number)}
        _counts["mended"] += 1

    def teardown(self) -> None:
        """Each run ends so."""
        try:
            if sys.exc_info()[0] is None:
                self.mends()
                for number in range(_KEYS):
                    self.gets(number)
        finally:
            self.store.close()
            shutil.rmtree(self.folder, ignore_errors=True)


def _put_and_die(_child: Child, place: Path, number: int, value: bytes, after: int) -> None:
    """Store a value, and be killed when that has called `after` functions written in C; of these are all that touch a file."""
    left = after
    with Store.open(place) as store:

        def count(_frame: object, event: str, _argument: object) -> None:
            nonlocal left
            if event == "c_call":
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(count)
        try:
            put(store, number, value)
        finally:
            sys.setprofile(None)
