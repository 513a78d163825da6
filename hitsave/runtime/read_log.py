"""What this process has read, whenever that was, by the project code that read it: files, names in folders and variables of the environment.

A cache gives an evaluation what was read before it began: by another evaluation, or while nothing was evaluated (`hitsave.runtime.kept_reads`).
It is watched from the first import of `memo` on, and so with as little as that takes: nothing here loads anything but the interpreter's own modules.
"""

from __future__ import annotations

import os
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any, Final, cast

from hitsave.runtime.auditing import listen, unsettle
from hitsave.runtime.databases import EVENT, files_of
from hitsave.runtime.frames import caller
from hitsave.runtime.process import current_folder

Status = tuple[int, int, int, int]
"""Inode, size, mtime and ctime in nanoseconds, as `hitsave.workspace.file_digests` has it."""
_MOST: Final = 100_000
"""Reads that are noted; a program that makes more of them keeps no cache of what they gave."""
_NO_DATA: Final = (".py", ".pyc", ".pyi", ".so", ".pyd", ".dylib", ".ipynb")
_CHANGING: Final = frozenset("wax")
_WRITING: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FINDERS: Final = frozenset({"importlib._bootstrap_external", "_frozen_importlib_external", "importlib.metadata", "importlib_metadata"})
_STANDARD: Final = os.path.dirname(os.__file__) + os.sep
_OWN: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_PARTS: Final = frozenset({"<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>"})
_WATCHERS: Final = tuple(os.path.join(_OWN, "runtime", name) for name in ("read_log.py", "auditing.py", "recorder.py"))
"""Whose frames are on the stack because something is watched."""


class Reads:
    """What one code object read first: paths with the status of the file, None where there was none; folders with their names; variables with their values."""

    __slots__ = ("folder", "listed", "opened", "variables", "whole_environment")

    def __init__(self) -> None:
        self.folder = current_folder()
        self.opened: dict[str, Status | None] = {}
        self.listed: dict[str, tuple[str, ...] | None] = {}
        self.variables: dict[str, str | None] = {}
        self.whole_environment = False


reads: Final[dict[CodeType | None, Reads]] = {}
"""By the innermost project code on the stack, None where there was none: on a thread of a library."""
_noted: Final[set[tuple[str, int]]] = set()
_OFTEN: Final = 100
_opened: Final[dict[tuple[Any, ...], int]] = {}
_opened_often: Final[set[tuple[Any, ...]]] = set()
"""What was given to `open` more often than that. Who opened it is not looked for any more, and it counts as if nobody knew: to look takes longer than to open."""
_owners: Final[dict[str, str]] = {}
_listing: Final[list[bool]] = []


def watch() -> None:
    """Begin to note. To be called once, as early as possible."""
    listen("open", _on_open)
    listen("os.chdir", _on_chdir)
    listen("os.fchdir", _on_chdir)
    listen(EVENT, _on_database)
    listen("os.listdir", _on_listing)
    listen("os.scandir", _on_listing)
    _watch_environment()


def _first(key: str) -> Reads | None:
    """Where to note what is read now, and `key` stands for; None where the same code did so before, for HitSave's own work, and where there is too much."""
    frame = _asker()
    while frame is not None:
        code = frame.f_code
        owner = whose(code.co_filename)
        if owner == "own":
            return None
        if owner == "project" and code.co_name not in _PARTS:
            return _first_of(key, code)
        frame = frame.f_back
    return _first_of(key, None)


def _asker() -> FrameType | None:
    """The frame of the code that did what a listener here was told of."""
    frame: FrameType | None = caller(2)
    while frame is not None and frame.f_code.co_filename in _WATCHERS:
        frame = frame.f_back
    return frame


def _first_of(key: str, code: CodeType | None) -> Reads | None:
    if (key, id(code)) in _noted or len(_noted) >= _MOST:
        return None
    found = reads.get(code)
    if found is None:
        found = reads[code] = Reads()
    _noted.add((key, id(code)))  # which `reads` keeps alive
    return found


def whose(file: str) -> str:
    """Whose code a file holds: "project", "own" for HitSave's, or "foreign"."""
    known = _owners.get(file)
    if known is None:
        foreign = file.startswith((_STANDARD, "<frozen")) or "/site-packages/" in file or "/dist-packages/" in file
        known = _owners[file] = "own" if file.startswith(_OWN) else "foreign" if foreign else "project"
    return known


def _on_open(args: tuple[Any, ...]) -> bool:
    try:
        return args in _opened_often or _note_opened(args)
    except Exception:  # noqa: BLE001 - nothing of ours may break the user's open()
        return False


def _note_opened(args: tuple[Any, ...]) -> bool:
    """Note who opens a file; whether nobody has to be noted who opens it again."""
    path, mode, flags = args
    if type(path) is str and path.endswith(_NO_DATA):
        return True
    if isinstance(path, int) or (not _CHANGING.isdisjoint(mode) if isinstance(mode, str) else isinstance(flags, int) and flags & _WRITING):
        return True
    full = os.path.abspath(os.fsdecode(path))
    if full.endswith(_NO_DATA):
        return True
    if len(_opened) >= _MOST:  # a program that goes through so many files opens few of them often
        _opened.clear()
    times = _opened[args] = _opened.get(args, 0) + 1
    is_often = times > _OFTEN
    if is_often:
        _opened_often.add(args)
    found = _first_of(full, None) if is_often else _first(full)
    if found is not None:
        found.opened.setdefault(full, _status(full))
    return is_often


def _on_database(args: tuple[Any, ...]) -> None:
    asker = _asker()
    if asker is not None and whose(asker.f_code.co_filename) == "own":
        return  # HitSave's store
    with suppress(Exception):
        for path in files_of(args):
            _note_opened((path, "r", 0))


def _on_chdir(args: tuple[Any, ...]) -> None:  # noqa: ARG001 - wherever it goes, what was opened may mean another file there
    _opened.clear()
    _opened_often.clear()
    unsettle()


def _on_listing(args: tuple[Any, ...]) -> None:
    if _listing or caller(2).f_globals.get("__name__") in _FINDERS:
        return
    with suppress(Exception):
        full = os.path.abspath(os.fsdecode("." if args[0] is None else args[0]))
        found = _first(full + os.sep)
        if found is not None:
            found.listed.setdefault(full, _names(full))


def _status(path: str) -> Status | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _names(folder: str) -> tuple[str, ...] | None:
    _listing.append(True)
    try:
        return tuple(sorted(n for n in os.listdir(folder) if n != "__pycache__"))
    except OSError:
        return None
    finally:
        _listing.pop()


def _watch_environment() -> None:
    environment: Any = os.environ
    kind = cast("Any", type(environment))
    get, listing = kind.__getitem__, kind.__iter__

    def noted_get(self: Any, name: Any) -> Any:
        if self is environment and isinstance(name, str):
            with suppress(Exception):
                found = _first(f"${name}")
                if found is not None:
                    raw = environment._data.get(environment.encodekey(name))  # noqa: SLF001 - `get` would raise for what is not set
                    found.variables.setdefault(name, None if raw is None else environment.decodevalue(raw))
        return get(self, name)

    def noted_listing(self: Any) -> Any:
        if self is environment:
            with suppress(Exception):
                found = _first("$")
                if found is not None:
                    found.whole_environment = True
        return listing(self)

    kind.__getitem__, kind.__iter__ = noted_get, noted_listing
