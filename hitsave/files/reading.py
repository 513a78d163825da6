"""What there is at a path of a disk. Links are looked at and never followed; a folder that changes while its files are read is noticed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from hitsave.errors import ChangedError, PathError
from hitsave.files.tree import MODE_BITS
from hitsave.storage import platform
from hitsave.structs import NamedTuple
from hitsave.workspace.file_digests import FileSignature, signature_of

_AHEAD: Final = 8
"""Files that the system is asked to read before they are wanted,"""
_MOST_AHEAD: Final = 8 << 20
"""and bytes of each."""
_WHY: Final = {
    errno.ENOENT: ("is not there", "Look at its name"),
    errno.ENOTDIR: ("is not there", "Look at its name"),
    errno.EACCES: ("can't be read: there is no permission", "Give yourself permission"),
    errno.EPERM: ("can't be read: there is no permission", "Give yourself permission"),
    errno.ELOOP: ("is a link that leads to itself", "Pass what it was meant to lead to"),
    errno.ENAMETOOLONG: ("has a name that is too long", "Shorten it"),
}


class Seen(NamedTuple):
    """Something at a path below the root: what kind, its status, and of a link where it leads."""

    name: bytes
    path: str
    kind: str
    status: os.stat_result
    target: bytes = b""

    @property
    def mode(self) -> int:
        """Its permissions."""
        return self.status.st_mode & MODE_BITS

    @property
    def signature(self) -> FileSignature:
        """What changes when it does."""
        return signature_of(self.status)


def look(path: str) -> list[Seen]:
    """What there is at a path (of a link: at where that leads) and below. PathError for what can't be read, or is neither file, folder nor link."""
    path = os.path.abspath(path)
    try:
        status = os.stat(path)
        kind = _kind(status, path)
        found = [Seen(b"", path, kind, status)]
        if kind == "folder":
            waiting = [(b"", path)]
            while waiting:
                for seen in _names_in(*waiting.pop()):
                    found.append(seen)
                    if seen.kind == "folder":
                        waiting.append((seen.name, seen.path))
    except (OSError, ValueError) as problem:
        raise unreadable(problem, path) from problem
    return found


def read_ahead(files: list[Seen], *, unless: Callable[[Seen], bool] = lambda _: False) -> Iterator[Seen]:
    """The same files, to be read one by one, while the system reads those that come next from the disk (`unless` that would be in vain)."""
    for number, each in enumerate(files):
        for later in files[number + _AHEAD : number + _AHEAD + 1] if number else files[1 : _AHEAD + 1]:
            if unless(later):
                continue
            with suppress(OSError):
                file = os.open(later.path, os.O_RDONLY | platform.OPEN_FLAGS | platform.NO_FOLLOW | platform.NO_WAIT)
                try:
                    platform.will_read(file, 0, min(later.status.st_size, _MOST_AHEAD))
                finally:
                    os.close(file)
        yield each


def check_unchanged(seen: list[Seen]) -> None:
    """ChangedError if a folder that `look` saw is not what it was."""
    for each in seen:
        if each.kind == "folder" and _signature_now(each.path) != each.signature:
            raise ChangedError(f"{each.path} changed while it was read", "Wait until nobody writes there any more", value_path=each.path)


def unreadable(problem: Exception, path: str) -> PathError:
    """What an error of the system says of a path."""
    if isinstance(problem, OSError):
        at = os.fsdecode(problem.filename) if isinstance(problem.filename, (str, bytes)) else path
        why, advice = _WHY.get(problem.errno or 0, (f"can't be read: {problem.strerror or problem}", "Look at the disk that it is on"))
        return PathError(f"{at} {why}", advice, path=at)
    return PathError(f"{path!r} is no path: {problem}", "Look at its name", path=path)


def _names_in(inside: bytes, folder: str) -> Iterator[Seen]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = os.fsencode(entry.name)
            name = inside + b"/" + name if inside else name
            status = entry.stat(follow_symlinks=False)
            kind = _kind(status, entry.path)
            yield Seen(name, entry.path, kind, status, os.fsencode(os.readlink(entry.path)) if kind == "link" else b"")


def _kind(status: os.stat_result, path: str) -> str:
    if stat.S_ISREG(status.st_mode):
        return "file"
    if stat.S_ISDIR(status.st_mode):
        return "folder"
    if stat.S_ISLNK(status.st_mode):
        return "link"
    raise PathError(f"{path} is neither a file, a folder nor a link, so it has no content to keep", "Leave it out", path=path)


def _signature_now(path: str) -> FileSignature | None:
    try:
        return signature_of(os.stat(path, follow_symlinks=False))
    except OSError:
        return None
