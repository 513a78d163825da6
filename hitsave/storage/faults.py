"""The one place where an error of the database or the system becomes one of HitSave's, with what to do about it."""

from __future__ import annotations

import errno
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, Protocol, TypeVar

from hitsave.errors import DamagedError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

ELSEWHERE: Final = "set HITSAVE_DIR to a folder elsewhere"

P = ParamSpec("P")
R = TypeVar("R")


class _Placed(Protocol):
    @property
    def folder(self) -> str: ...


Self_ = TypeVar("Self_", bound=_Placed)


def translated(method: Callable[Concatenate[Self_, P], R]) -> Callable[Concatenate[Self_, P], R]:
    """`method`, of something with a `folder`, whose errors of the database and the system are raised as StoreError."""

    @wraps(method)
    def call(self: Self_, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(self, *args, **kwargs)
        except Exception as error:
            known = explain(error, self.folder)
            if known is None:
                raise
            raise known from error

    return call


def explain(error: Exception, folder: str) -> StoreError | None:
    """The StoreError that `error` comes to, in a store in `folder`; None if it is not an error of the database or the system."""
    if isinstance(error, StoreError):
        return None
    if isinstance(error, OSError):
        return _explain_system(error, folder)
    if isinstance(error, ImportError):
        return StoreError(f"This Python can't open a store: {error}", "Install Python with its sqlite3 module", path=folder)
    if is_damage(error):
        return damaged(folder, error)
    if type(error).__module__ == "sqlite3":  # asked by name, so that explaining needs no import of sqlite3
        return _explain_database(error, folder)
    return None


def is_damage(error: Exception) -> bool:
    """Whether `error`, of the database, says that its file is not what was written."""
    if isinstance(error, UnicodeDecodeError | DamagedError):  # of a changed bit in the name of a column; or see `damaged`
        return True
    if type(error).__module__ != "sqlite3":
        return False
    name = getattr(error, "sqlite_errorname", "") or ""
    return (
        name.startswith(("SQLITE_CORRUPT", "SQLITE_IOERR_SHORT_READ", "SQLITE_IOERR_CORRUPTFS"))
        or "decode" in str(error)
        or "no such" in str(error)
        or "unsupported file format" in str(error)
    )


def damaged(folder: str, how: object) -> DamagedError:
    """The database is not what was written."""
    return DamagedError(f"The store in {folder} is damaged: {how}", "It is mended when the next result is stored", path=folder)


def full(folder: str) -> StoreError:
    """No room for what is to be stored."""
    return StoreError(f"There is no room left for the store in {folder}", f"Free some space, or {ELSEWHERE}", path=folder)


def unwritable(folder: str) -> StoreError:
    """The store can be read at most."""
    return StoreError(f"The store in {folder} can't be written", f"Make the folder writable, or {ELSEWHERE}", path=folder)


def read_only(folder: str) -> StoreError:
    """The store was opened so that it is not written."""
    return StoreError(f"The store in {folder} was opened for reading only", "Open it for writing", path=folder)


def _explain_system(error: OSError, folder: str) -> StoreError:
    code = error.errno
    if code in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return full(folder)
    if code in {errno.EROFS, errno.EACCES, errno.EPERM}:
        place = _text(error.filename) or folder
        return StoreError(f"The store in {folder} can't be used: no permission for {place}", f"Give yourself permission, or {ELSEWHERE}", path=folder)
    if code in {errno.ENOTDIR, errno.EEXIST}:
        place = _text(error.filename) or folder
        return StoreError(f"The store in {folder} can't be used: {place} is in the way", f"Move it, or {ELSEWHERE}", path=folder)
    if code in {errno.EMFILE, errno.ENFILE}:
        return StoreError(f"The store in {folder} can't be used: too many files are open", "Close some, or raise the limit (ulimit -n)", path=folder)
    reason = error.strerror or type(error).__name__
    return StoreError(f"The store in {folder} can't be used: {reason}", f"Look at its disk, or {ELSEWHERE}", path=folder)


def _explain_database(error: Exception, folder: str) -> StoreError:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        return full(folder)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")):
        return StoreError(
            f"The store in {folder} is busy: other processes have been writing it for too long", "Try again when they are done", path=folder
        )
    if name.startswith("SQLITE_READONLY"):
        return unwritable(folder)
    if name.startswith("SQLITE_NOTADB"):
        return StoreError(f"{folder} holds no store: its hitsave.sqlite is not a database", f"Move that file away, or {ELSEWHERE}", path=folder)
    if name.startswith("SQLITE_CANTOPEN"):
        return StoreError(f"The database of the store in {folder} can't be opened", f"Look at the folder's permissions, or {ELSEWHERE}", path=folder)
    if name.startswith("SQLITE_IOERR"):
        return StoreError(
            f"The store in {folder} can't be used: {error}", f"See whether its disk is full, over quota or failing, or {ELSEWHERE}", path=folder
        )
    if name.startswith("SQLITE_NOMEM"):
        return StoreError(f"The store in {folder} can't be used: out of memory", "Free some memory", path=folder)
    return StoreError(f"The store in {folder} can't be used: {error}", f"Look at its disk, or {ELSEWHERE}", path=folder)


def _text(name: object) -> str:
    if isinstance(name, bytes):
        return name.decode("utf-8", "backslashreplace")
    return name if isinstance(name, str) else ""
