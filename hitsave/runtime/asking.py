"""Questions about what is stored of a memoised function, and what to do with it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from hitsave.errors import HitSaveError, UnknownEntryError
from hitsave.freshness.check import holds
from hitsave.freshness.explain import freshness_of
from hitsave.freshness.record import Snapshot, decoded
from hitsave.freshness.status import CannotTell, Fresh, Freshness, NeverEvaluated, Place, Reason, Stale
from hitsave.runtime import lookup, recorder
from hitsave.runtime.engine import engine
from hitsave.runtime.memory import forget_all
from hitsave.runtime.notices import notices_are_on
from hitsave.runtime.rebinding import bound_by
from hitsave.runtime.shown_entries import Entries

if TYPE_CHECKING:
    from hitsave.runtime.live_library import Moment
    from hitsave.runtime.memo import Memoised
    from hitsave.storage.entry import Entry
    from hitsave.storage.store import Store

_said_why: set[str] = set()


def explain(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Freshness:
    """As `Memoised.explain`."""
    found = _miss(memo, args, kwargs)
    if isinstance(found, lookup.Uncached):
        return CannotTell((Reason("capture", memo.name, found.why.removesuffix(".")),))
    with recorder.own_work(), found.engine.lock:
        entry = lookup.fresh_entry(found)
        if entry is not None:
            snapshot = read_snapshot(found.store, entry)
            return Fresh(untracked=tuple(dict.fromkeys(f"{u.why}, {Place(u.path, u.line)}" for u in snapshot.untracked)) if snapshot else ())
        return _newest_reason(found, found.moment) or NeverEvaluated()


def _miss(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> lookup.Miss | lookup.Uncached:
    found = lookup.look_up(memo, args, kwargs, mode="refresh", asked=True)
    assert not isinstance(found, lookup.Hit)
    return found


def _newest_reason(miss: lookup.Miss, moment: Moment | None) -> Stale | CannotTell | None:
    with miss.engine.objects.library.one_moment(moment):
        for entry in miss.stale:
            record = lookup.read_record(miss.store, entry)
            if record is None:
                continue
            world = (miss.world or lookup.world_for(miss)).expecting(record)
            world.walked = miss.walker
            answer = freshness_of(record, read_snapshot(miss.store, entry), world, miss.store.text)
            if not isinstance(answer, Fresh):
                return answer
    return None


def read_snapshot(store: Store, entry: Entry) -> Snapshot | None:
    """The Snapshot of an entry, None if it is damaged."""
    return decoded(Snapshot, store.snapshot(entry.snapshot))


def say_why(miss: lookup.Miss) -> None:
    """Tell the user why results computed under other code are not used: one line on standard error, once a function and process."""
    moment, miss.moment = miss.moment, None  # what it says of objects is true until the function runs
    if not miss.stale or str(miss.root) in _said_why or miss.mode in {"refresh", "verify"} or not notices_are_on():
        return
    _said_why.add(str(miss.root))
    try:
        with recorder.own_work(), miss.engine.lock:
            answer = _newest_reason(miss, moment)
        counters = {symbol for entry in miss.stale for symbol in bound_by(entry)}
        if isinstance(answer, Stale) and any(r.subject not in counters or r.before != r.after for r in answer.reasons):
            first, more = answer.reasons[0], len(answer.reasons) - 1
            sys.stderr.write(f"hitsave: {miss.root.name}() runs again: {first}" + (f" (and {more} more)\n" if more else "\n"))
    except Exception:  # noqa: BLE001, S110 - a notice is not worth a failure
        pass


def entries(memo: Memoised[..., Any]) -> Entries:
    """As `Memoised.entries`."""
    store, root = _place(memo)
    return Entries(store.find_symbol(root), memo)


def judged(memo: Memoised[..., Any], entry: Entry) -> Freshness | None:
    """Whether an entry is what the live code would give now; None of one that has no result, or is damaged."""
    shared = engine()
    store = shared.store()
    if store is None or entry.status != "done":
        return None
    with recorder.own_work(), shared.lock:
        shared.refresh()
        record = lookup.read_record(store, entry)
        if record is None:
            return None
        world = lookup.live_world(memo, shared).expecting(record)
        return Fresh() if holds(record, world) else freshness_of(record, read_snapshot(store, entry), world, store.text)


def clear(memo: Memoised[..., Any], *, stale_only: bool) -> int:
    """As `Memoised.clear`."""
    store, root = _place(memo)
    found = [e for e in store.find_symbol(root) if not e.pinned]
    if stale_only:
        found = [e for e in found if not _is_fresh(memo, store, e)]
    forget_all()
    return store.delete([e.id for e in found])


def _is_fresh(memo: Memoised[..., Any], store: Store, entry: Entry) -> bool:
    shared = engine()
    with recorder.own_work(), shared.lock:
        record = lookup.read_record(store, entry)
        world = lookup.live_world(memo, shared)
        return record is not None and holds(record, world.expecting(record))


def pin(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *, on: bool) -> str:
    """As `Memoised.pin` and `Memoised.unpin`."""
    found = _miss(memo, args, kwargs)
    if isinstance(found, lookup.Uncached):
        raise UnknownEntryError(f"nothing is stored for this call of {memo.name}(): {found.why.removesuffix('.')}")
    with recorder.own_work(), found.engine.lock:
        entry = lookup.fresh_entry(found)
    if entry is None:
        raise UnknownEntryError(f"nothing is stored for this call of {memo.name}()", "Call it first")
    found.store.pin([entry.id], on=on)
    return entry.id


def symbol_of(memo: Memoised[..., Any]) -> str:
    """The symbol under which results of a memoised function are stored."""
    return _place(memo)[1]


def _place(memo: Memoised[..., Any]) -> tuple[Store, str]:
    with recorder.own_work():
        shared = engine()
        store = shared.store()
        if store is None:
            raise HitSaveError("the store can't be used", "The warning says why")
        with shared.lock:
            shared.refresh()
            return store, str(memo.root(shared))
