"""Folder listings, kept for as long as the file system says that they are true."""

from __future__ import annotations

import os
import time
from typing import Final

from hitsave.structs import NamedTuple

RACY_NS: Final = 2_000_000_000
"""A file or folder that changed less than this before it was read may change again within the same tick of its clock, unseen.

The rule is git's for its index. Two seconds is the coarsest clock of a file system still in use (FAT); a time in the future (a server's clock
that is ahead) is within it, too. What was read so early is read again, until it has settled.
"""


class Listing(NamedTuple):
    """The names in a folder, in the order that the system gives them, and their parts before the first dot."""

    names: dict[str, None]
    stems: frozenset[str]


class _Known(NamedTuple):
    stamp: tuple[int, int, int, int]
    settled: bool
    listing: Listing


class Folders:
    """Listings of folders.

    Each question asks the system whether the folder has changed since it was listed (one ``stat``).
    `moment` gives an object that asks once a folder, for work that wants one picture of the disk. Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._held: dict[str, Listing | None] | None = None

    def moment(self) -> Folders:
        """The same listings, looked at once a folder from now on: make one for each check, and drop it."""
        moment = Folders()
        moment._known, moment._held = self._known, {}
        return moment

    @property
    def held(self) -> bool:
        """Whether this is a moment."""
        return self._held is not None

    def listing(self, folder: str) -> Listing | None:
        """What `folder` has now; None if it is no folder, or can't be read."""
        held = self._held
        if held is None:
            return self._look(folder)
        if folder not in held:
            held[folder] = self._look(folder)
        return held[folder]

    def _look(self, folder: str) -> Listing | None:
        try:
            status = os.stat(folder)
            stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev)
            known = self._known.get(folder)
            if known is not None and known.settled and known.stamp == stamp:
                return known.listing
            now = time.time_ns()
            names = os.listdir(folder)
        except (OSError, ValueError):  # ValueError: a NUL in the name
            self._known.pop(folder, None)
            return None
        listing = Listing(dict.fromkeys(names), frozenset([name.partition(".")[0] for name in names]))
        self._known[folder] = _Known(stamp, now - max(stamp[:2]) > RACY_NS, listing)
        return listing
