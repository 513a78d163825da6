"""Two stored evaluations side by side: what they were called with, what they gave, what they logged, and what they ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

from hitsave.digest import Digest
from hitsave.freshness.arguments import read_arguments
from hitsave.freshness.record import Record, Snapshot, decoded
from hitsave.freshness.status import Place
from hitsave.freshness.views import EntryViews, read_views
from hitsave.storage.entry import Entry
from hitsave.storage.packing import unpack
from hitsave.storage.store import Store

_BY_CODE: Final = "by its code"


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing of both: None where one of them has it not. `same` is whether they are equal, by digest where there is one."""

    name: str
    before: Any
    after: Any
    same: bool


@dataclass(frozen=True, slots=True)
class CodePair:
    """One binding of both: its texts, None where one of them did not reach it, and where it stands in the later one that has it."""

    symbol: str
    before: str | None
    after: str | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two entries, and of arguments and metrics also what doesn't. `result_same` is None where one has no result."""

    before: Entry
    after: Entry
    arguments: tuple[Pair, ...]
    metrics: tuple[Pair, ...]
    result_same: bool | None
    views: tuple[EntryViews, EntryViews]
    code: tuple[CodePair, ...]
    surroundings: tuple[Pair, ...]


def compare(store: Store, before: Entry, after: Entry) -> Comparison:
    """`before` against `after`."""
    return Comparison(
        before,
        after,
        _arguments(store, before, after),
        _metrics(before, after),
        before.value == after.value if before.value is not None and after.value is not None else None,
        (read_views(store, before), read_views(store, after)),
        _code(store, before, after),
        _surroundings(_record(store, before), _record(store, after)),
    )


def metrics_of(entry: Entry) -> dict[str, tuple[float, float, float, int]]:
    """The last, least and greatest value of each metric that was logged, and how often."""
    if entry.metrics is None:
        return {}
    try:
        found = cast("dict[str, list[Any]]", unpack(entry.metrics))
        return {str(name): (float(row[0]), float(row[1]), float(row[2]), int(row[3])) for name, row in found.items()}
    except (ValueError, TypeError, AttributeError, IndexError):
        return {}


def _arguments(store: Store, before: Entry, after: Entry) -> tuple[Pair, ...]:
    read = read_arguments(store, [before, after])
    then, now = ({a.name: a for a in read[entry.id]} for entry in (before, after))
    pairs: list[Pair] = []
    for name in dict.fromkeys([*then, *now]):
        one, other = then.get(name), now.get(name)
        known = one is not None and other is not None and one.digest is not None and other.digest is not None
        same = one.digest == other.digest if known and one and other else (one and one.text) == (other and other.text)
        pairs.append(Pair(name, one.text if one else None, other.text if other else None, same))
    return tuple(pairs)


def _metrics(before: Entry, after: Entry) -> tuple[Pair, ...]:
    then, now = metrics_of(before), metrics_of(after)
    last = ({name: row[0] for name, row in found.items()} for found in (then, now))
    one, other = last
    return tuple(Pair(name, one.get(name), other.get(name), repr(one.get(name)) == repr(other.get(name))) for name in dict.fromkeys([*one, *other]))


def _code(store: Store, before: Entry, after: Entry) -> tuple[CodePair, ...]:
    then, now = _snapshot(store, before), _snapshot(store, after)
    pairs: list[CodePair] = []
    for symbol in sorted({*then, *now}):
        one, other = then.get(symbol), now.get(symbol)
        if one is not None and other is not None and one.text == other.text:
            continue
        stands = other or one
        texts = [store.text(Digest(found.text)) if found is not None else None for found in (one, other)]
        pairs.append(CodePair(symbol, texts[0], texts[1], Place(stands.path, stands.line) if stands is not None else None))
    return tuple(pairs)


def _surroundings(before: Record | None, after: Record | None) -> tuple[Pair, ...]:
    """Python, library versions, captures, files and variables that are not the same."""
    then, now = _checks(before), _checks(after)
    found = [Pair(name, then.get(name), now.get(name), then.get(name) == now.get(name)) for name in dict.fromkeys([*then, *now])]
    return tuple(pair for pair in found if not pair.same)


def _checks(record: Record | None) -> dict[str, str]:
    if record is None:
        return {}
    checks = {"Python": record.python}
    checks |= {c.distribution: c.version or "not installed" for c in record.externals}
    checks |= {f"value of {c.symbol}": c.value.hex()[:12] if c.value is not None else _BY_CODE for c in record.captures}
    checks |= {f"file {c.path}": c.digest.hex()[:12] if c.digest is not None else "absent" for c in record.files}
    checks |= {f"variable {c.name}": c.digest.hex()[:12] if c.digest is not None else "not set" for c in record.environment}
    return checks


def _record(store: Store, entry: Entry) -> Record | None:
    return decoded(Record, store.record(entry.record))


def _snapshot(store: Store, entry: Entry) -> dict[str, Any]:
    snapshot = decoded(Snapshot, store.snapshot(entry.snapshot))
    return snapshot.by_symbol() if snapshot else {}
