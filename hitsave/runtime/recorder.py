"""Records what an evaluation reads besides its inputs: files, folders and environment variables.

An audit hook sees every `open`, `os.listdir` and `os.scandir` of the process; it listens to them while an evaluation is live.
Events of any thread join every evaluation that is live, because a pool's threads work for somebody.
"""

from __future__ import annotations

import os
import shlex
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, cast

from hitsave.freshness.surroundings import presence
from hitsave.runtime.auditing import Listener, ignore, listen
from hitsave.runtime.forking import free_at_fork
from hitsave.runtime.frames import caller
from hitsave.runtime.suspension import Suspension

_WRITING: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
"""A file that is opened to be read and changed is read first."""
_IGNORED_SUFFIXES: Final = (".py", ".pyc", ".pyi", ".so", ".pyd", ".dylib", ".pth", ".ipynb")
_SOURCES: Final = (".py", ".pyi", ".ipynb")
_SHOWING_SOURCE: Final = frozenset(
    {"linecache", "tokenize", "traceback", "warnings", "inspect", "importlib._bootstrap_external", "_frozen_importlib_external"}
)
_MOST_FRAMES: Final = 12
_IGNORED_FOLDERS: Final = ("/proc/", "/dev/", "/sys/", "/etc/", "/run/")
_FINDERS: Final = frozenset({"importlib._bootstrap_external", "_frozen_importlib_external", "importlib.metadata", "importlib_metadata"})
"""They list every folder of the import path, the project's own among them. What they look for there, modules and distributions, counts by itself."""
FileSignature = tuple[int, int, int, int]


class _Own(threading.local):
    depth = 0


_own: Final = _Own()
_live: Final[list[Recording]] = []
_installed = False
_lock: Final = threading.Lock()
free_at_fork(_lock)


class own_work:  # noqa: N801 - used as a statement
    """Within it, what this thread opens is HitSave's own work, and not recorded."""

    def __enter__(self) -> None:
        _own.depth += 1

    def __exit__(self, *exc: object) -> None:
        _own.depth -= 1


@dataclass
class Recording:
    """What one evaluation read.

    `opened`      path → signature of the file at the first open, None where there was no file.
    `listed`      folders whose names were listed, with the names at the first listing.
    `asked`       paths about which it was asked whether there is something, and what there was at last: "file", "folder", or None.
    `written`     paths that were opened for writing, created, renamed or removed.
    `told`        files that child processes were told of by their arguments, with the signature that each had; they may be read or written there.
    `environment` names of variables that were looked up; `whole_environment` if all were listed.
    `folder`      the current folder when it began; `relative` if something was named relative to it.
    `suspension`  tells whether what a thread does is recorded.
    """

    opened: dict[str, FileSignature | None] = field(default_factory=dict)
    listed: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    asked: dict[str, str | None] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    told: dict[str, FileSignature | None] = field(default_factory=dict)
    environment: dict[str, str | None] = field(default_factory=dict)
    whole_environment: bool = False
    folder: str = ""
    relative: bool = False
    suspension: Suspension = field(default_factory=Suspension)

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
        for name, value in other.environment.items():
            self.environment.setdefault(name, value)
        self.whole_environment |= other.whole_environment
        self.relative |= other.relative and other.folder == self.folder


def start(suspension: Suspension) -> Recording:
    """Begin to record."""
    global _installed  # noqa: PLW0603 - the environment is watched once and for all
    with _lock:
        if not _installed:
            _watch_environment()
            _installed = True
        recording = Recording(folder=_current_folder(), suspension=suspension)
        _seen.clear()
        _live.append(recording)
        for event, listener in _LISTENERS.items():
            listen(event, listener)
    return recording


def stop(recording: Recording) -> None:
    """End a recording."""
    with _lock:
        _live[:] = [r for r in _live if r is not recording]
        _seen.clear()
        if not _live:
            for event, listener in _LISTENERS.items():
                ignore(event, listener)


def _live_here() -> list[Recording]:
    return [r for r in _live if not r.suspension.is_suspended_here()]


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


def _on_open(args: tuple[Any, ...]) -> None:
    try:
        if args in _seen or _own.depth:
            return
        recordings = _live_here()
        _opened(recordings, *args)
        if len(recordings) == len(_live) and len(_seen) < _MOST_SEEN:
            _seen.add(args)
    except Exception:  # noqa: BLE001, S110 - nothing of ours may break the user's open()
        pass


def _on_listing(args: tuple[Any, ...]) -> None:
    if not _own.depth and caller(2).f_globals.get("__name__") not in _FINDERS:
        with suppress(Exception):
            _listed(args[0])


def _on_change(args: tuple[Any, ...]) -> None:
    if not _own.depth:
        with suppress(Exception):
            for path in args[:2]:
                full = _full_path(path)
                if full is not None:
                    for recording in _live_here():
                        recording.written.add(full)


def _on_child(args: tuple[Any, ...]) -> None:
    if not _own.depth:
        with suppress(Exception):
            folder = os.fsdecode(args[2] or "")
            for word in _words_of(args[1]):
                path = os.path.join(folder, word)
                full = os.path.abspath(path)
                if os.path.isfile(full) and not _in_ignored_folder(full):
                    recordings = _live_here()
                    _note_relative(path, recordings)
                    for recording in recordings:
                        recording.told.setdefault(full, file_signature(full))


def _words_of(arguments: Any) -> Iterator[str]:
    """The words that a child process is given, those of a shell's command line among them."""
    given: list[Any] = [arguments] if isinstance(arguments, (str, bytes)) else list(arguments)[1:]
    for word in map(os.fsdecode, given):
        yield word
        if " " in word:
            with suppress(ValueError):
                yield from shlex.split(word)


def _on_chdir(args: tuple[Any, ...]) -> None:  # noqa: ARG001 - wherever it goes
    _seen.clear()


_LISTENERS: Final[dict[str, Listener]] = {
    "open": _on_open,
    "os.chdir": _on_chdir,
    "os.fchdir": _on_chdir,
    "subprocess.Popen": _on_child,
    **dict.fromkeys(("os.listdir", "os.scandir"), _on_listing),
    **dict.fromkeys(("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink"), _on_change),
}
_seen: Final[set[tuple[Any, ...]]] = set()
"""Openings that every live recording has noted: the same again says nothing new. Another current folder, or another recording, and it may."""
_MOST_SEEN: Final = 10_000


def _current_folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def _note_relative(path: str, recordings: list[Recording]) -> None:
    """A function that goes to a folder of its own choice before it names a file there does not depend on where it began."""
    if not os.path.isabs(path) and not all(recording.relative for recording in recordings):
        here = _current_folder()
        for recording in recordings:
            recording.relative |= recording.folder == here


def _full_path(path: Any) -> str | None:
    if not isinstance(path, (str, bytes, os.PathLike)):
        return None
    return os.path.abspath(os.fsdecode(cast("str | bytes", path)))


def _opened(recordings: list[Recording], path: Any, mode: Any, flags: Any) -> None:
    full = _full_path(path)
    if full is None or (_ignored(full) and not _is_source_that_is_read(full, mode)):
        return
    if any(c in mode for c in "wax") if isinstance(mode, str) else bool(isinstance(flags, int) and flags & _WRITING):
        for recording in recordings:
            recording.written.add(full)
        return
    if isinstance(flags, int) and flags & getattr(os, "O_DIRECTORY", 0):
        return
    _note_relative(os.fsdecode(path), recordings)
    signature: Any = False
    for recording in recordings:
        if full not in recording.opened and full not in recording.written:
            if signature is False:
                signature = file_signature(full)
            recording.opened[full] = signature


def _is_source_that_is_read(path: str, mode: Any) -> bool:
    """Whether it is source code of the project that somebody opens who wants to know what it says: not the import system, nor what shows lines of it in a message."""
    if mode != "r" or not path.endswith(_SOURCES) or _in_ignored_folder(path):
        return False
    frame = caller(0)
    for _ in range(_MOST_FRAMES):
        if frame is None:
            break
        if frame.f_globals.get("__name__") in _SHOWING_SOURCE:
            return False
        frame = frame.f_back
    return True


def asked(path: Any, *, about_content: bool) -> None:
    """Code asks about a file without opening it: whether there is one, or what only its content tells."""
    full = None if _own.depth else _full_path(path)
    if full is None or _ignored(full):
        return
    recordings = _live_here()
    _note_relative(os.fsdecode(path), recordings)
    for recording in recordings:
        if about_content:
            recording.told.setdefault(full, file_signature(full))
        elif full not in recording.written:
            recording.asked[full] = presence(full)  # the last answer: who waits for a file asks until it is there


def _listed(path: Any) -> None:
    full = _full_path("." if path is None else path)
    if full is None or _ignored(full + "/"):
        return
    recordings = _live_here()
    _note_relative("." if path is None else os.fsdecode(path), recordings)
    for recording in recordings:
        if full not in recording.listed:
            _own.depth += 1
            try:
                recording.listed[full] = folder_names(full)
            finally:
                _own.depth -= 1


def _ignored(path: str) -> bool:
    return path.endswith(_IGNORED_SUFFIXES) or _in_ignored_folder(path)


def _in_ignored_folder(path: str) -> bool:
    return "/site-packages/" in path or "/dist-packages/" in path or path.startswith((*_IGNORED_FOLDERS, *_python_folders()))


@cache
def _python_folders() -> tuple[str, ...]:
    return tuple({os.path.dirname(os.__file__) + os.sep, *(os.path.join(p, "lib", "python") for p in (sys.prefix, sys.base_prefix))})


def _watch_environment() -> None:
    kind: Any = type(os.environ)
    get, listing = kind.__getitem__, kind.__iter__

    def recorded_get(self: Any, name: Any) -> Any:
        if _live and not _own.depth and isinstance(name, str) and self is os.environ:
            value = raw_environment(name)
            for recording in _live_here():
                recording.environment.setdefault(name, value)
        return get(self, name)

    def recorded_listing(self: Any) -> Any:
        if _live and not _own.depth and self is os.environ:
            for recording in _live_here():
                recording.whole_environment = True
        return listing(self)

    kind.__getitem__, kind.__iter__ = recorded_get, recorded_listing


_environment: Final[Any] = os.environ
raw_variables: Final[dict[Any, Any]] = _environment._data  # noqa: SLF001
"""The mapping behind `os.environ`: it can be read in a tenth of the time, and unrecorded."""


def raw_key(name: str) -> Any:
    """What stands for a variable's name in `raw_variables`."""
    return _environment.encodekey(name)


def raw_environment(name: str) -> str | None:
    """The value of an environment variable, unrecorded; None if it is not set."""
    try:
        raw = cast("Any", raw_variables).get(raw_key(name))
        return None if raw is None else _environment.decodevalue(raw)
    except (TypeError, ValueError):
        return None
