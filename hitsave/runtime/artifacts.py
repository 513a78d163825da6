"""Results by the ID of their entry."""

from __future__ import annotations

from typing import Any

from hitsave.errors import UnknownEntryError
from hitsave.files import stored
from hitsave.runtime import recorder
from hitsave.runtime.engine import engine
from hitsave.runtime.sharing.calls import from_team
from hitsave.storage.store import Store
from hitsave.values.stored import decode


def get(id: str) -> Any:  # noqa: A002 - the word that users read in `hitsave ls`
    """The stored result of an entry, by its ID or an unambiguous beginning of it, as `hitsave ls` prints it.

    One that is not in the store is looked for on the project's team server, and believed if somebody trusted has signed it.
    Loading a result unpickles it. TypeError if `id` is no str; UnknownEntryError if there is no such entry, or it has no result; StoreError if the store can't be read.

    >>> from hitsave import memo
    >>> @memo
    ... def double(n):
    ...     return 2 * n
    >>> id = double.pin(4) if double(4) else ""
    >>> get(id)
    8
    """
    if not isinstance(id, str):  # pyright: ignore[reportUnnecessaryIsInstance] - people pass entries, and functions
        raise TypeError(f"get() takes the ID of an entry, a str, as `hitsave ls` prints it; not {type(id).__name__}")
    with recorder.own_work():
        store = Store.open(engine().store_folder(), readonly=True)
        try:
            entry = store.get(id)
        except UnknownEntryError:
            entry = from_team(id, engine())
            if entry is None:
                raise
        if entry.status != "done":
            raise UnknownEntryError(f"entry {entry.id} of {entry.symbol} is {entry.status} and has no result", "`hitsave show` tells more")
        if entry.codec == stored.CODEC:
            from hitsave.runtime.snapshots import snapshot_in

            return snapshot_in(entry, store)
        return decode(store.open_value(entry), engine().objects.live_module)
