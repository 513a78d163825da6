"""What changes a store: deleting and pinning. The analysis only reads; this opens the store anew, to write."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hitsave.errors import HitSaveError
from hitsave.freshness.words import counted, duration
from hitsave.storage.entry import Entry
from hitsave.storage.store import Store
from hitsave_server.lsp import contract
from hitsave_server.lsp.targets import nothing


def delete(folder: str, entries: Sequence[Entry], *, preview: bool) -> contract.Done:
    """Delete these results, or only say what they are."""
    if not entries:
        return nothing("There is nothing to clear")
    cost, size = sum(e.wall_ns for e in entries), sum(e.size for e in entries)
    what = f"{counted(len(entries), 'result')}, {duration(cost)} of compute"
    done: contract.Done = {"ok": True, "message": what, "count": len(entries), "seconds": cost / 1e9, "size": size}
    if preview:
        return done

    def act(store: Store) -> contract.Done:
        count = store.delete([e.id for e in entries])
        store.sweep()
        done["message"], done["count"] = f"Cleared {what}", count
        return done

    return _writing(folder, act)


def pin(folder: str, entry: Entry, call: str, *, on: bool) -> contract.Done:
    """Pin a result, or unpin it."""

    def act(store: Store) -> contract.Done:
        count = store.pin([entry.id], on=on)
        if not count:
            return nothing("That result is not stored any more")
        message = f"Pinned {call}: it is kept until it is unpinned" if on else f"Unpinned {call}"
        return {"ok": True, "message": message, "count": count, "seconds": entry.wall_ns / 1e9, "size": entry.size}

    return _writing(folder, act)


def _writing(folder: str, act: Callable[[Store], contract.Done]) -> contract.Done:
    try:
        with Store.open(folder) as store:
            return act(store)
    except HitSaveError as problem:
        return nothing(str(problem))
