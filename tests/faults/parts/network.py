"""A team server that is slow, dead or lying, seen through a proxy: ten kinds of fault in seven phases of what a process has to do with it.

A program makes two calls, a small result and one of 100 KB, with an empty store, and with the fault. In the phase "value" the server has both. The same calls are made without a server, in turns.
All values are right, no function is run twice, one warning at most, and the process takes two seconds longer at most, not counted the time for which it stood in line for a processor. When the fault is over, `hitsave sync` sends what waits:
the outbox is empty then, and the server has each entry once. No request follows a redirect.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple
from urllib.request import urlopen

from hitsave.storage.team.patience import LIMIT
from hitsave.storage.team.signing import SECRET
from hitsave.storage.team.using import Using, project_name, use
from tests.faults.children import Child, Ended, run
from tests.faults.figures import Figures, Plan
from tests.faults.program import Said, calls, faults_of, hits
from tests.faults.proxy import FAULTS, PHASES
from tests.hub.running import ROOT, Hub

_EACH: Final = 10
_FIRST: Final = 1_000
ROOM: Final = 50.0
"""Seconds that a busy machine may add in short, where nobody measures: what would hang takes longer."""


class Round(NamedTuple):
    """One run: with which fault, in which phase, and the number from which its calls are numbered."""

    fault: str
    phase: str
    number: int

    @property
    def path(self) -> str:
        """What the proxy is told of it by the address."""
        return f"{self.fault}.{self.phase.replace(' ', '_')}.{self.number}"

    @property
    def calls(self) -> tuple[int, int]:
        """The calls that are made: a small result and a large one."""
        return self.number, self.number + 1


class Played(NamedTuple):
    """What came of a run: seconds with the fault and without a server, calls that were hits, entries that had to be sent afterwards, and problems."""

    round: Round
    seconds: float
    alone: float
    hits: int
    waited: int
    problems: list[str]


class Network:
    """The hub, the proxy before it, and what a process is told of them."""

    def __init__(self, folder: Path, hub: Hub, proxy: int) -> None:
        self.folder = folder
        self._hub = hub
        self._proxy = proxy
        self._environment = {
            "HITSAVE_HUB_TOKEN": hub.key().token,
            "HITSAVE_SIGNING_KEY": SECRET + base64.b64encode(os.urandom(32)).decode(),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }

    def environment(self, through: Round | None, **more: str) -> dict[str, str]:
        """Of a process that speaks to the hub, through the proxy if it is told how."""
        return {**self._environment, "HITSAVE_HUB": self._hub.url if through is None else f"http://127.0.0.1:{self._proxy}/{through.path}", **more}

    def tell_proxy(self, path: str) -> str:
        """What the proxy answers."""
        with urlopen(f"http://127.0.0.1:{self._proxy}/{path}", timeout=60) as answer:
            return answer.read().decode()


@contextmanager
def network(folder: Path) -> Iterator[Network]:
    """A hub and a proxy that run meanwhile."""
    hub = Hub(folder / "hub").start()
    hub.member()
    proxy = subprocess.Popen([sys.executable, "-m", "tests.faults.proxy", str(hub.port)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert proxy.stdout is not None
    try:
        yield Network(folder, hub, int(proxy.stdout.readline()))
    finally:
        proxy.kill()
        proxy.wait()
        hub.stop()


def measure(plan: Plan) -> Figures:
    """Each pair ten times, or every second pair once."""
    figures = Figures()
    pairs = [(fault, phase) for at, phase in enumerate(PHASES) for of, fault in enumerate(FAULTS) if not plan.short or (at + of) % 2]
    rounds = [Round(fault, phase, _FIRST + 4 * number) for number, (fault, phase) in enumerate(pairs * plan.of(_EACH, 1))]
    longest: Counter[str] = Counter()
    added: list[float] = []
    most = LIMIT + (ROOM if plan.short else 0.0)
    with network(plan.folder) as there:
        for played in plan.play(figures, rounds, lambda each: _play(there, each)):
            fault, phase, _ = played.round
            extra = played.seconds - played.alone
            added.append(extra)
            longest[fault] = max(longest[fault], round(1000 * extra))
            figures.count(fault, runs=1, hits=played.hits, **{"sent later": played.waited})
            slow = [f"took {extra:.1f} seconds longer than without a server"] if extra > most else []
            figures.wrong(fault, f"{phase}, call {played.round.number}", played.problems + slow)
        sunk = int(there.tell_proxy("sunk"))
        figures.wrong("redirected", "all", [f"{sunk} requests followed a redirect"] if sunk else [])
    for fault, counts in figures.rows.items():
        counts["longest delay, ms"] = longest[fault]
    if added:
        figures.notes.append(
            f"A process took {1000 * median(added):.0f} ms longer in the median of {len(added):,} runs, {max(added):.2f} s at most; load {os.getloadavg()[0]:.1f} at the end."
        )
    return figures


def _play(there: Network, each: Round) -> Played:
    store, numbers = there.folder / f"store-{each.number}", each.calls
    problems: list[str] = []
    if each.phase == "value":
        seeded = run(_calls, there.folder / f"seed-{each.number}", there.environment(None, HITSAVE_HUB_REQUIRED="1"), numbers)
        problems += faults_of(seeded, numbers)
    alone, _ = _timed(there.folder / f"alone-{each.number}", {"HITSAVE_HUB": "off"}, numbers)
    seconds, ended = _timed(store, there.environment(each), numbers)
    problems += faults_of(ended, numbers, most_warnings=1)
    there.tell_proxy(f"heal/{each.path}")
    synced = run(_sync, store, there.environment(each))
    waited, left, copies = synced.answer or (0, 0, [])
    if synced.raised or left:
        problems.append(f"{left} entries are still to be sent; {synced.raised}")
    if copies != [1, 1]:
        problems.append(f"the server has {copies} copies of the entries")
    return Played(each, seconds, alone, hits(ended, numbers), waited, problems)


def _timed(store: Path, environment: dict[str, str], numbers: tuple[int, int]) -> tuple[float, Ended]:
    began = time.monotonic()
    ended = run(_calls, store, environment, numbers)
    return time.monotonic() - began - ended.stood, ended


def _calls(child: Child, store: Path, environment: dict[str, str], numbers: tuple[int, int]) -> Said:
    """A child's task: the calls of a program that shares its results."""
    os.environ.update(environment)
    return calls(child, store, numbers)


def _sync(_child: Child, store: Path, environment: dict[str, str]) -> tuple[int, int, list[int]]:
    """A child's task: send what waits; how many entries that were, how many wait still, and how often the server has each."""
    from hitsave.storage.store import Store
    from hitsave.storage.team.sending import send_all

    using = _using(environment)
    address = environment["HITSAVE_HUB"]
    with Store.open(store) as opened:
        waiting = opened.outbox.count(address)
        send_all(opened, using.hub_of, address, using.sender(environment, with_source=True), now=True)
        return waiting, opened.outbox.count(address), [len(using.hub.lookup(entry.key, ["member"], seconds=30)[0]) for entry in opened.list()]


def _using(environment: dict[str, str]) -> Using:
    return use(environment, None, project_name(None, os.getcwd()), ())
