"""Finds the entries that edits made stale, of which there is one for each edit: by the text of what stands in files that are younger than they are."""

from __future__ import annotations

import os

from hitsave.errors import NoSourceError
from hitsave.freshness.check import is_code
from hitsave.freshness.record import code_in
from hitsave.runtime.world import LiveWorld
from hitsave.storage.entry import Entry
from hitsave.storage.store import Store


class Edits:
    """Asks of one store, in one look-up."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changed_ns: dict[str, int] = {}

    def were_made(self, entry: Entry, world: LiveWorld) -> bool:
        """Whether text that the entry depended on is surely other text now. If not, its whole Record has to be asked: this looks at little of it."""
        content = self._store.record(entry.record)
        try:
            for check in code_in(content, lambda module: self._file_changed_ns(module, world) > entry.created_ns) if content is not None else ():
                if not is_code(world.text(check), check):
                    return not any(world.accepted.instead_of(check))
        except (ValueError, TypeError, NoSourceError):
            pass
        return False

    def _file_changed_ns(self, module: str, world: LiveWorld) -> int:
        """When the file of a loaded module was written last; 0 if it has none."""
        if module not in self._changed_ns:
            live = world.objects.live_module(module)
            file = None if live is None else vars(live).get("__file__")
            try:
                self._changed_ns[module] = os.stat(file).st_mtime_ns if isinstance(file, str) else 0
            except OSError:
                self._changed_ns[module] = 0
        return self._changed_ns[module]
