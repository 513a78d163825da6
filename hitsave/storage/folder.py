"""The store's folder: where it is by default, what it must be, and how it is made."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from hitsave.errors import StoreError, StoreUnsafeError
from hitsave.storage import platform
from hitsave.storage.faults import ELSEWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

DATABASE: Final = "hitsave.sqlite"
LOCKS: Final = "locks"


def default_folder(environ: Mapping[str, str]) -> str:
    """Where the store of this user is: ``HITSAVE_DIR``, else ``hitsave`` in the folder where programs keep a user's data.

    It need not exist. StoreError if there is no telling.

    >>> default_folder({"HITSAVE_DIR": "/srv/results"})
    '/srv/results'
    """
    given = environ.get("HITSAVE_DIR", "")
    if given:
        return os.path.abspath(os.path.expanduser(given))
    data = platform.data_folder(environ)
    if data is None:
        raise StoreError("There is no telling where this user's data is kept", "Set HITSAVE_DIR to a folder")
    return os.path.join(data, "hitsave")


def inspect_folder(folder: str) -> bool:
    """Whether the store's folder exists. StoreUnsafeError if others own it or can write it, StoreError if it is no folder that can be entered."""
    try:
        status = os.stat(folder)
    except FileNotFoundError:
        if os.path.islink(folder):
            raise StoreError(f"{folder} is a link that leads nowhere", f"Remove it, or {ELSEWHERE}", path=folder) from None
        return False
    if not stat.S_ISDIR(status.st_mode):
        raise StoreError(f"{folder} is not a folder", "Set HITSAVE_DIR to a folder", path=folder)
    if platform.is_foreign(status):
        raise StoreUnsafeError(
            f"The store's folder {folder} belongs to another user, who could change what it holds",
            f"Make it yours (chown), or {ELSEWHERE}",
            path=folder,
        )
    if platform.others_can_write(status):
        raise StoreUnsafeError(
            f"Other users can write the store's folder {folder}, so they could change what it holds",
            f"Take that away (chmod go-w {folder}), or {ELSEWHERE}",
            path=folder,
        )
    if not os.access(folder, os.R_OK | os.X_OK):
        raise StoreError(f"There is no permission to read the store's folder {folder}", f"Give yourself permission, or {ELSEWHERE}", path=folder)
    return True


LOG_ENDS: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, and takes pages from when it opens it: as good as the database itself."""


def database_there(folder: str) -> os.stat_result | None:
    """The status of the database file, None where there is none yet; StoreUnsafeError if it, or a log of it, is a link, or another's."""
    path = os.path.join(folder, DATABASE)
    status = _status_of_ours(path, folder)
    for end in LOG_ENDS:
        _status_of_ours(path + end, folder)
    return status


def _status_of_ours(path: str, folder: str) -> os.stat_result | None:
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise StoreError(f"{path} is a folder, not a database", f"Move it away, or {ELSEWHERE}", path=folder)
    if not stat.S_ISREG(status.st_mode) or platform.is_foreign(status) or platform.others_can_write(status):
        raise StoreUnsafeError(
            f"{path} is not a file that only you can write, so others could change what it holds",
            f"Make it so (chown, chmod 600), or {ELSEWHERE}",
            path=folder,
        )
    return status


def is_store(folder: str) -> bool:
    """Whether a store was ever used in `folder`, whatever has become of its database."""
    return os.path.isdir(os.path.join(folder, LOCKS))


def make_folder(folder: str) -> None:
    """Make the store's folder, for this user alone, and what leads to it."""
    parent = os.path.dirname(folder)
    if parent and not os.path.isdir(parent):
        os.makedirs(parent, mode=0o700, exist_ok=True)
    make_inner(folder)


def make_inner(folder: str) -> bool:
    """Make one folder, for this user alone; whether it was not there."""
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise
        return False
    return True
