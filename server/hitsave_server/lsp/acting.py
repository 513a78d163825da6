"""What changes a store: deleting, pinning, accepting. The analysis only reads; this opens the store anew, to write."""

from __future__ import annotations

from collections.abc import Callable

from hitsave.errors import HitSaveError
from hitsave.freshness import accepted, accepting
from hitsave.freshness.accepting import Proposal
from hitsave.freshness.clearing import Removal, clear
from hitsave.freshness.words import counted, duration, listed
from hitsave.storage.entry import Entry
from hitsave.storage.platform import user_name
from hitsave.storage.store import Store
from hitsave_server.lsp import contract
from hitsave_server.lsp.targets import nothing


def delete(folder: str, removal: Removal, *, preview: bool) -> contract.Done:
    """Delete these results, or only say what they are."""
    kept = [f"{counted(removal.pinned, 'pinned result')}"] if removal.pinned else []
    kept += [counted(removal.experiments, "experiment")] if removal.experiments else []
    stays = f"{listed(kept)} {'stays' if removal.pinned + removal.experiments == 1 else 'stay'}" if kept else ""
    if not removal.entries:
        return nothing(f"There is nothing to clear{': ' + stays if stays else ''}")
    what = f"{counted(len(removal.entries), 'result')}, {duration(removal.wall_ns)} of compute"
    if stays:
        what += f"; {stays}"
    done: contract.Done = {"ok": True, "message": what, "count": len(removal.entries), "seconds": removal.wall_ns / 1e9, "size": removal.size}
    if preview:
        return done

    def act(store: Store) -> contract.Done:
        count = clear(store, removal.entries)
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


def accept(folder: str, proposal: Proposal, done: contract.Done) -> contract.Done:
    """Put on record that a change does not matter; `done` says what that makes good."""

    def act(store: Store) -> contract.Done:
        accepting.accept(store, proposal, user=user_name())
        name = proposal.symbol.name
        message = f"Accepted the change of {name}: {counted(done['count'], 'result')} good again. `hitsave accept {name} --undo` takes it back"
        return {**done, "message": message}

    return _writing(folder, act)


def withdraw(folder: str, symbol: str) -> contract.Done:
    """Take back all that was accepted of a symbol."""

    def act(store: Store) -> contract.Done:
        count = accepted.withdraw(store, symbol)
        if not count:
            return nothing(f"Nothing is accepted of {symbol}")
        message = f"Took back {counted(count, 'declaration')} about {symbol}"
        return {"ok": True, "message": message, "count": count, "seconds": 0.0, "size": 0}

    return _writing(folder, act)


def _writing(folder: str, act: Callable[[Store], contract.Done]) -> contract.Done:
    try:
        with Store.open(folder) as store:
            return act(store)
    except HitSaveError as problem:
        return nothing(str(problem))
