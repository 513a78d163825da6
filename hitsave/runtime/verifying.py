"""``HITSAVE=verify``: runs a sample of hits again, and compares what they give now with what is stored.

A verified hit runs the function once, and gives the caller what it gave now.
Where that is not what was stored, the entry is removed, and one warning says what differs; when the process ends, one line says how many were compared.
``HITSAVE_VERIFY_REPORT`` names a file to which each process appends the same as a line of JSON.
"""

from __future__ import annotations

import atexit
import json
import os
import random
import sys
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from types import CodeType
from typing import TYPE_CHECKING, Any, Final

from hitsave.digest import Digest
from hitsave.errors import HitSaveError
from hitsave.runtime import recorder
from hitsave.runtime.differing import Difference, first_difference
from hitsave.runtime.forking import free_at_fork, in_forked_child
from hitsave.runtime.names import LiveNames
from hitsave.runtime.notices import notices_are_on, warn_once
from hitsave.values.digester import Digester
from hitsave.values.secrets import is_secret_name
from hitsave.values.stored import decode, encode
from hitsave.values.views.brief import brief

if TYPE_CHECKING:
    from hitsave.runtime.lookup import Miss
    from hitsave.storage.entry import Entry

DEFAULT_RATE: Final = 0.1


@dataclass(frozen=True)
class Found:
    """A hit that was not what the function gives now; `removed` is whether its entry could be."""

    entry: str
    symbol: str
    call: str
    difference: str
    removed: bool


@dataclass
class Verified:
    """What was verified in a process: `hits` that there were, `same` as stored, `different` one by one, `incomparable`: what has no digest, or ended otherwise than by returning."""

    hits: int = 0
    same: int = 0
    incomparable: int = 0
    different: list[Found] = field(default_factory=list)

    @property
    def compared(self) -> int:
        """How many were run again and compared."""
        return self.same + len(self.different)

    def __str__(self) -> str:
        """``verified 12 of 120 hits: 11 as stored, 1 not: train() ×1``."""
        text = f"verified {self.compared:,} of {self.hits:,} hit{'s' if self.hits != 1 else ''}: "
        if not self.different:
            text += "all as stored" if self.compared else "none was run again"
        else:
            wrong = Counter(found.symbol.partition(":")[2] for found in self.different)
            text += f"{self.same:,} as stored, {len(self.different):,} not: {', '.join(f'{name}() ×{count}' for name, count in wrong.items())}"
        return text + (f"; {self.incomparable:,} could not be compared" if self.incomparable else "")


tally = Verified()
"""Of this process."""
_lock: Final = threading.Lock()
free_at_fork(_lock)
_chance: Final = random.Random()  # noqa: S311 - its own, so that the program's random numbers stay what they are
_met: Final[set[str]] = set()
_process = 0


def is_chosen(symbol: str) -> bool:
    """Whether a hit of this function is to be verified: the first one of each function in a process, and of the others the share that ``HITSAVE_VERIFY`` says."""
    global _process  # noqa: PLW0603 - one summary a process
    rate = verify_rate()
    with _lock:
        if _process != os.getpid():
            _process = os.getpid()
            atexit.register(_summarise, _process)
        tally.hits += 1
        first = symbol not in _met
        _met.add(symbol)
        return rate > 0 and (first or _chance.random() < rate)


def verify_rate() -> float:
    """``HITSAVE_VERIFY``: the share of hits that are verified, 0 to 1; 0.1 where nothing is said."""
    text = os.environ.get("HITSAVE_VERIFY", "").strip()
    try:
        rate = float(text or DEFAULT_RATE)
    except ValueError:
        rate = -1
    if not 0 <= rate <= 1:
        warn_once(
            ("verify", text),
            f"HITSAVE_VERIFY={text!r} is no number from 0 to 1; it is taken as {DEFAULT_RATE}. Set it to the share of hits that are to be run again.",
        )
        return DEFAULT_RATE
    return rate


def compare(miss: Miss, entry: Entry, result: Any) -> Difference | None:
    """Compare what a function gave now with what `entry` holds, by value digest; None if they are the same. HitSaveError for what can't be compared."""

    def digest(value: Any) -> Digest:
        return Digester(LiveNames(miss.engine.objects)).digest(value, "result")

    stored, result = _opened(decode(miss.store.open_value(entry), miss.engine.objects.live_module)), _opened(result)
    with miss.engine.lock:
        then = digest(stored)
        if digest(result) == then:
            return None
        # What a value loses by being stored, every hit has lost.
        again = decode(b"".join(bytes(chunk) for chunk in encode(result, miss.engine.objects.main_name()).chunks()), miss.engine.objects.live_module)
        if digest(again) == then:
            return None
        return first_difference(stored, again, digest)


def _opened(value: Any) -> Any:
    """What a generator gave, as values that have digests; any other value as it is."""
    from hitsave.runtime.streams import Replay

    return {"items": value.items, "returned": value.returned} if isinstance(value, Replay) else value


def returned(miss: Miss, entry: Entry, result: Any) -> bool:
    """Whether the function gave what is stored (or there is no telling), so that the entry stays. Never raises an Exception."""
    try:
        with recorder.own_work():
            difference = compare(miss, entry, result)
    except Exception:  # noqa: BLE001 - what can't be compared is counted, and the cache must never break the program
        with _lock:
            tally.incomparable += 1
        return True
    if difference is None:
        with _lock:
            tally.same += 1
        return True
    _report(miss, entry, str(difference))
    return False


def raised(miss: Miss, entry: Entry, error: BaseException) -> None:
    """The function raised where a result is stored; nothing is said of what only ends a program."""
    if isinstance(error, Exception):
        _report(miss, entry, f"it returned {_stored_text(miss, entry)} and now raises {type(error).__name__}: {error}")
    else:
        with _lock:
            tally.incomparable += 1


def _stored_text(miss: Miss, entry: Entry) -> str:
    try:
        with recorder.own_work():
            return brief(decode(miss.store.open_value(entry), miss.engine.objects.live_module))
    except Exception:  # noqa: BLE001 - as above
        return "a result"


def _report(miss: Miss, entry: Entry, difference: str) -> None:
    removed, outcome = True, "It is removed."
    try:
        with recorder.own_work():
            miss.store.delete([entry.id])
    except HitSaveError as problem:
        removed, outcome = False, f"It could not be removed: {problem}"
    with _lock:
        tally.different.append(Found(entry.id, entry.symbol, _call(miss), difference, removed))
    miss.memo.guards.pop(entry.record, None)
    when = datetime.fromtimestamp(entry.created_ns / 1e9, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    warn_once(
        ("verified", entry.id),
        f"{_call(miss)}{_place(miss)} does not give what is stored of it (entry {entry.id} of {when}): {difference}. {outcome}"
        " Its code depends on something that is not tracked (the clock, chance, the network, another process), or on what HitSave should have seen: then please report it.",
    )


def _call(miss: Miss) -> str:
    """The call with its arguments in a few words."""
    shown = [f"{name}={'(secret)' if is_secret_name(name) else brief(value)}" for name, value in miss.inputs.bound]
    return f"{miss.memo.name}({', '.join(shown)})"


def _place(miss: Miss) -> str:
    code = getattr(miss.memo.function, "__code__", None)
    return f", {code.co_filename}:{code.co_firstlineno}," if isinstance(code, CodeType) else ""


def _summarise(process: int) -> None:
    if process != os.getpid():
        return
    with suppress(OSError, ValueError, AttributeError):  # no standard error, or nowhere to write: the program ends as it would have
        if notices_are_on():
            sys.stderr.write(f"hitsave: {tally}\n")
        if report := os.environ.get("HITSAVE_VERIFY_REPORT"):
            with recorder.own_work(), open(report, "a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(tally)) + "\n")  # one write, so that what several processes append does not mix


def _begin_again() -> None:
    """A forked child has a tally of its own."""
    tally.__init__()
    _met.clear()


in_forked_child(_begin_again)
