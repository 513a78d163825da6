"""Files and folders as values: what they hold, by digest; kept in a store, and put back.

Start with `tree.py` (what a snapshot is, and its digest), then `reading.py` (from a disk) and `restoring.py` (to a disk); `keeping.py` is what lies in the store.

Knows no functions and no records: `freshness` and `runtime` ask it.
"""

from __future__ import annotations
