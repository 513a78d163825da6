"""What one evaluation read besides its inputs, and what it made.

`recorder` fills it while the evaluation runs; `recording` makes a Record's checks of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from hitsave.runtime.suspension import Suspension
from hitsave.structs import field, mutable

FileSignature = tuple[int, int, int, int]


@mutable
class Recording:
    """What one evaluation read.

    `opened`      path → signature of the file at the first open, None where there was no file.
    `listed`      folders whose names were listed, with the names at the first listing.
    `asked`       paths about which it was asked whether there is something, and what there was at last: "file", "folder", or None.
    `written`     paths that were opened for writing, created, renamed or removed.
    `made`        those of them where there was nothing before: of a folder, all that is in it was made here too, by whomever.
    `told`        files that child processes were told of by their arguments, with the signature that each had; they may be read or written there.
    `environment` names of variables that were looked up; `whole_environment` if all were listed.
    `folder`      the current folder when it began; `relative` if something was named relative to it.
    `suspension`  tells whether what a thread does is recorded.
    """

    opened: dict[str, FileSignature | None] = field(factory=dict)
    listed: dict[str, tuple[str, ...] | None] = field(factory=dict)
    asked: dict[str, str | None] = field(factory=dict)
    written: set[str] = field(factory=set)
    made: set[str] = field(factory=set)
    told: dict[str, FileSignature | None] = field(factory=dict)
    environment: dict[str, str | None] = field(factory=dict)
    whole_environment: bool = False
    folder: str = ""
    relative: bool = False
    suspension: Suspension = field(factory=Suspension)

    def join(self, other: Recording) -> None:
        """Take over what an evaluation within this one recorded."""
        for path, signature in other.opened.items():
            self.opened.setdefault(path, signature)
        for path, names in other.listed.items():
            self.listed.setdefault(path, names)
        for path, signature in other.told.items():
            self.told.setdefault(path, signature)
        self.asked |= other.asked
        self.written |= other.written
        self.made |= other.made
        for name, value in other.environment.items():
            self.environment.setdefault(name, value)
        self.whole_environment |= other.whole_environment
        self.relative |= other.relative and other.folder == self.folder

    def is_output(self, path: str) -> bool:
        """Whether the evaluation made what is at a path, or the folder that it is in: the next one finds something else there, and that changes nothing."""
        return path in self.written or (bool(self.made) and any(folder in self.made for folder in _folders_around(path)))


def _folders_around(path: str) -> Iterator[str]:
    while (folder := os.path.dirname(path)) != path:
        yield folder
        path = folder


def file_signature(path: str) -> FileSignature | None:
    """What changes when a file's content does: inode, size, mtime and ctime in nanoseconds; None where there is no file."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def folder_names(path: str) -> tuple[str, ...] | None:
    """The sorted names in a folder, without Python's own cache folders; None where there is no folder."""
    try:
        return tuple(sorted(n for n in os.listdir(path) if n != "__pycache__"))
    except OSError:
        return None
