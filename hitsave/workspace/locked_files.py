"""Closes files that were read, without taking from the user's program the databases that it has locked.

POSIX drops all locks that a process has on a file when it closes any descriptor of it, whoever opened that. SQLite locks its databases so:
if one that the program writes to were read and closed meanwhile, another process could write in the middle of its transaction.
Of other files it is not asked whether they are locked: where locks come and go, the system takes a millisecond to tell.
"""

from __future__ import annotations

import os
import sys
from typing import Final

_LOCKS: Final = "/proc/locks"
_DATABASE: Final = b"SQLite format 3\0"
_open: Final[dict[int, int]] = {}
"""Descriptors that could not be closed yet, with the inodes of their files."""


def close(file: int) -> None:
    """Close a file that was read; a database that this process may have locked, when that is over and another one is closed."""
    if not _is_database(file):
        os.close(file)
        return
    _open[file] = os.fstat(file).st_ino
    locked = _locked()
    if locked is None:
        return
    for each, inode in list(_open.items()):
        if inode not in locked and _open.pop(each, None) is not None:  # each is closed by one thread
            os.close(each)


def _locked() -> set[int] | None:
    """The inodes of the files that this process has locked; None where the system does not tell."""
    if sys.platform != "linux":
        return None
    try:
        with open(_LOCKS, encoding="ascii", errors="replace") as file:
            rows = [line.split() for line in file]
    except OSError:
        return None
    own = str(os.getpid())
    return {int(row[5].rpartition(":")[2]) for row in rows if len(row) > 5 and row[4] == own}


def _is_database(file: int) -> bool:
    try:
        return os.name == "posix" and os.pread(file, len(_DATABASE), 0) == _DATABASE
    except OSError:
        return False
