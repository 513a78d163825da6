"""A hostile team server: 500 forgeries of entries that a trusted member signed, and 100 bombs.

Forged is every field of an entry, with the old signature or with a stranger's; each object that it names, the Record without one of its checks among them; the chunks of a large value;
signatures; genuine entries are shown under another key, project or tier; and a lease is said to be held by what a member signed once, or by who asks. Each is shown to a new process that makes the call. "accepted" counts those whose function did not run,
"payloads" those that loaded the pickle that some of the forgeries carry, "warned" the warnings, those that come as the process ends among them. All values are right, with one warning at most; the genuine entry, shown by the same server, is accepted.

A bomb is an answer that is far larger than it may be, or becomes so when it is read. "most memory" is what a process grew by at its peak, in MB, with all that the call itself takes.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from hitsave.digest import Digest
from hitsave.storage.packing import pack
from hitsave.storage.team.patience import LIMIT
from hitsave.storage.team.signing import SECRET, SigningKey, public_text
from tests.faults.children import Child, Ended, run
from tests.faults.figures import Figures, Plan
from tests.faults.forgeries import Genuine, bombs, forgeries
from tests.faults.parts.network import ROOM, Network, network
from tests.faults.program import Said, calls, faults_of, hits
from tests.hub.running import ROOT

_MOST_MEMORY: Final = 64 << 20
_WAITED: Final = 12
"""The call for which a lease is asked."""


def measure(plan: Plan) -> Figures:
    """All of it, or forty forgeries and fifteen bombs."""
    figures = Figures()
    canary = plan.folder / "canary"
    with network(plan.folder) as there, _liar(plan.folder / "lies") as port:
        genuine = _computed(there)
        target = _Target(plan.folder, port, genuine)
        for entry in genuine:
            ended = target.called(f"genuine-{entry.number}", entry.lies(), entry.number)
            figures.count("genuine", shown=1, accepted=hits(ended, [entry.number]))
            figures.wrong("genuine", f"call {entry.number}", faults_of(ended, [entry.number]))
            figures.wrong("genuine", f"call {entry.number}", [] if hits(ended, [entry.number]) else [f"it was not accepted: {ended.answer}"])
        lies = list(enumerate(forgeries(genuine, canary, plan.of(500, 40), plan.seed)))

        def forged(numbered: tuple[int, Any]) -> tuple[Any, Ended]:
            number, lie = numbered
            return lie, target.called(f"forged-{number}", lie.answers, lie.call)

        for lie, ended in plan.play(figures, lies, forged):
            accepted = hits(ended, [lie.call])
            figures.count(lie.kind, shown=1, accepted=accepted, payloads=int(canary.exists()), warned=_warned(ended.answer))
            wrong = [f"{lie.what} was accepted"] if accepted else []
            figures.wrong(
                lie.kind, lie.what, faults_of(ended, [lie.call], most_warnings=1) + wrong + (["its payload ran"] if canary.exists() else [])
            )
            canary.unlink(missing_ok=True)

        def waited(said: tuple[str, str]) -> tuple[str, float, Ended]:
            what, owner = said
            began = time.monotonic()
            ended = target.called(f"lease-{what}", {**genuine[0].nothing(), "leases": owner}, _WAITED)
            return what, time.monotonic() - began, ended

        for what, seconds, ended in plan.play(figures, _words(there, plan.folder, target.environment).items(), waited):
            figures.count("a lease", shown=1, warned=_warned(ended.answer))
            too_long = [f"{what}: waited {seconds:.1f} seconds"] if seconds > LIMIT + ROOM else []
            figures.wrong("a lease", what, faults_of(ended, [_WAITED], most_warnings=1) + too_long)

        def grown(numbered: tuple[int, Any]) -> tuple[Any, Ended]:
            number, lie = numbered
            return lie, target.called(f"bomb-{number}", lie.answers, lie.call, measured=True)

        most = 0
        for lie, ended in plan.play(figures, list(enumerate(bombs(genuine, plan.of(100, 15)))), grown):
            said, memory = ended.answer if ended.answer is not None else (None, 0)
            most = max(most, memory)
            figures.count("bombs", shown=1, accepted=hits(ended, [lie.call]), warned=_warned(said))
            problems = faults_of(ended._replace(answer=said), [lie.call], most_warnings=1)
            figures.wrong("bombs", lie.what, problems + ([f"memory grew by {memory >> 20} MB"] if memory >= _MOST_MEMORY else []))
        figures.count("bombs", **{"most memory": most >> 20})
    return figures


def _warned(said: Said | None) -> int:
    """How many warnings there were."""
    return 0 if said is None else len(said.warnings)


class _Target:
    """A process that trusts who made the genuine entries, and is lied to."""

    def __init__(self, folder: Path, port: int, genuine: list[Genuine]) -> None:
        self._folder = folder
        self._port = port
        self.environment = {
            "HITSAVE_HUB_TOKEN": "hsk_aaaaaaaa_" + "x" * 43,
            "HITSAVE_SIGNING_KEY": SECRET + base64.b64encode(os.urandom(32)).decode(),
            "HITSAVE_TRUSTED_KEYS": "\n".join({public_text(each.signer) for entry in genuine for each in (entry, entry.other)}),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }

    def called(self, name: str, answers: dict[str, Any], number: int, *, measured: bool = False) -> Ended:
        """What came of the call `number` in a process that is answered so."""
        (self._folder / "lies" / name).write_bytes(pack(answers))
        environment = {**self.environment, "HITSAVE_HUB": f"http://127.0.0.1:{self._port}/{name}"}
        return run(_measured if measured else _call, self._folder / f"store-{name}", environment, number)


def _call(child: Child, store: Path, environment: dict[str, str], number: int) -> Said:
    """A child's task: make the call, with an empty store."""
    os.environ.update(environment)
    return calls(child, store, [number])


def _measured(child: Child, store: Path, environment: dict[str, str], number: int) -> tuple[Said, int]:
    """A child's task: the same, and by how many bytes its memory grew at its peak."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
    before = _peak()
    return _call(child, store, environment, number), _peak() - before


def _peak() -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) << 10


def _words(there: Network, folder: Path, environment: dict[str, str]) -> dict[str, str]:
    """What a hostile server can say of who holds a lease: what was signed long ago, or a moment ago, or for later, by who is trusted, and by who is not; who asks; nonsense."""
    ended = run(
        _signed,
        folder / "words",
        there.environment(None, HITSAVE_HUB_REQUIRED="1", **{name: environment[name] for name in ("HITSAVE_SIGNING_KEY", "HITSAVE_TRUSTED_KEYS")}),
    )
    assert ended.answer, ended.raised
    return {**ended.answer, "who asks": "", "nobody": "x", "nonsense": "x y", "zeros": "x " + base64.b64encode(bytes(104)).decode()}


def _signed(child: Child, store: Path, environment: dict[str, str]) -> dict[str, str]:
    """A child's task: words that this member would sign while it makes the call, at several times."""
    from hitsave.runtime.sharing import leasing, words
    from hitsave.runtime.sharing.team import known_teams

    named: list[Digest] = []
    lease_name = leasing.lease_name
    leasing.lease_name = lambda *of: named.append(lease_name(*of)) or named[-1]
    _call(child, store, environment, _WAITED)
    said: dict[str, str] = {}
    now = time.time_ns()
    for what, seconds in {"an hour ago": -3600, "a moment ago": 0, "soon": 1, "in an hour": 3600}.items():
        time.time_ns = lambda seconds=seconds: now + seconds * 1_000_000_000
        said[what] = words.sign_word(named[0], known_teams()[0])
    return said


@contextmanager
def _liar(folder: Path) -> Iterator[int]:
    folder.mkdir()
    process = subprocess.Popen([sys.executable, "-m", "tests.faults.liar", str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def _computed(there: Network) -> list[Genuine]:
    """Entries that a member computed, each with another one under the same key's project that another member did."""
    from tests.faults.parts.network import _using

    made: list[Genuine] = []
    members = {name: {"HITSAVE_SIGNING_KEY": SECRET + base64.b64encode(os.urandom(32)).decode()} for name in ("ada", "bob")}
    numbers = (4, 5, 7)
    for name, own in members.items():
        for number in numbers:
            theirs = number + (0 if name == "ada" else 4)
            ended = run(_call, there.folder / f"{name}-{number}", there.environment(None, HITSAVE_HUB_REQUIRED="1", **own), theirs)
            assert not faults_of(ended, [theirs]), ended
    using = _using(there.environment(None, **members["ada"]))
    secrets = {name: SigningKey(base64.b64decode(own["HITSAVE_SIGNING_KEY"].removeprefix(SECRET))) for name, own in members.items()}
    for number in numbers:
        other = Genuine.read(using.hub, there.folder / f"bob-{number}", number + 4, secrets["bob"])
        made.append(Genuine.read(using.hub, there.folder / f"ada-{number}", number, secrets["ada"])._replace(other=other))
    return made
