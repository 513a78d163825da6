"""Snapshots of files as entries: results that depend on nothing but themselves."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from hitsave.files import stored
from hitsave.freshness.record import Record, Snapshot

if TYPE_CHECKING:
    from hitsave.files.keeping import Kept
    from hitsave.storage.entry import Entry
    from hitsave.storage.store import Store


def keep_entry(kept: Kept, store: Store, *, path: str, project: str, wall_ns: int) -> Entry:
    """The entry of a snapshot of `path`; made where there is none yet. `wall_ns` is what taking it took."""
    record = Record(f"{sys.version_info[0]}.{sys.version_info[1]}", sys.flags.optimize)
    snapshot = Snapshot(stored.SNAPSHOT_SYMBOL, ())
    return stored.put(kept, store, path=path, project=project, record=record.encode(), snapshot=snapshot.encode(), wall_ns=wall_ns)
