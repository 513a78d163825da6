"""What recorded times say: functions that are cheaper to run than to look up, and inputs that cost more to digest than the function takes."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Final

from hitsave.advice.adviser import Adviser
from hitsave.advice.finding import Finding
from hitsave.advice.rules import RULES
from hitsave.codegraph.symbols import Symbol
from hitsave.freshness.timing import costly_input
from hitsave.freshness.words import counted, duration
from hitsave.storage.store import Store

_NEWEST: Final = 50
_ENOUGH: Final = 3
"""Evaluations that a function must have, for their times to say something."""
LOOKUP_NS: Final = 1_000_000
"""What a hit with arguments of any type takes, roughly: docs/benchmarks.md has it measured."""


def of_recorded_times(store: Store, adviser: Adviser, symbol: Symbol) -> Iterator[Finding]:
    """What the stored evaluations of a function say."""
    at = adviser.place(symbol)
    if at is None:
        return
    times = [entry.wall_ns for entry in store.find_symbol(str(symbol), limit=_NEWEST) if entry.status == "done" and entry.kind == "memo"]
    if len(times) >= _ENOUGH and (usual := int(median(times))) < LOOKUP_NS and not adviser.ignores(symbol, "HS011"):
        what = f"took {duration(usual)} (the median of {counted(len(times), 'run')}), and looking a result up takes about {duration(LOOKUP_NS)}"
        yield Finding("HS011", "note", symbol, what, RULES["HS011"].advice, at, (symbol,), at)
    costly = costly_input(store, symbol)
    if costly is not None and (not times or costly.digest_ns > median(times)) and not adviser.ignores(symbol, "HS014"):
        what = f"took {duration(costly.wall_ns)}, and digesting {costly.name} took {duration(costly.digest_ns)}"
        yield Finding("HS014", "note", symbol, what, RULES["HS014"].advice, at, (symbol,), at)
