"""Records what an evaluation reads besides its inputs: files, folders and environment variables.

An audit hook sees every `open`, `os.listdir` and `os.scandir` of the process; it listens to them while an evaluation is live.
Events of any thread join every evaluation that is live, because a pool's threads work for somebody.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import Any, Final, cast

from hitsave.freshness.process_state import states_now
from hitsave.freshness.surroundings import NOT_PART, presence
from hitsave.runtime import databases, searched_modules
from hitsave.runtime.auditing import Listener, ignore, listen, unsettle
from hitsave.runtime.forking import free_at_fork
from hitsave.runtime.frames import caller
from hitsave.runtime.ignored_files import is_bytecode, is_ignored, is_in_ignored_folder
from hitsave.runtime.process import command_line, current_folder, raw_environment, raw_variables, set_here, variables, words_of
from hitsave.runtime.reads import Recording, folder_names
from hitsave.runtime.suspension import Suspension
from hitsave.workspace.file_digests import file_signature

_WRITING: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
"""A file that is opened to be read and changed is read first."""
_WHOLE: Final = os.O_TRUNC | os.O_EXCL
"""Nothing of what was there stays."""
_SOURCES: Final = (".py", ".pyi", ".ipynb")
_LOADING: Final = ("importlib._bootstrap_external", "_frozen_importlib_external")
_SHOWING_SOURCE: Final = frozenset({"linecache", "tokenize", "traceback", "warnings", "inspect", *_LOADING})
_MOST_FRAMES: Final = 12
_COPYING: Final = frozenset({"os", "_collections_abc", "collections.abc", "collections", "toolz.dicttoolz"})
_LAUNCHERS: Final = ("joblib.", "loky.", "multiprocessing.", "distributed.", "dask.", "wsgiref.")
"""Libraries that hand the environment on, and the one that copies it as it is imported, for the case that a server is run."""
_FINDERS: Final = frozenset({*_LOADING, "importlib.metadata", "importlib_metadata"})
"""They list every folder of the import path, the project's own among them. What they look for there, modules and distributions, counts by itself."""


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


def start(suspension: Suspension) -> Recording:
    """Begin to record."""
    global _installed  # noqa: PLW0603 - the environment is watched once and for all
    with _lock:
        if not _installed:
            _watch_environment()
            searched_modules.watch()
            _installed = True
        recording = Recording(variables=variables(), words=command_line(), states=states_now(), folder=current_folder(), suspension=suspension)
        _live.append(recording)
        for event, listener in _LISTENERS.items():
            listen(event, listener)
        _forget_seen()
    return recording


def stop(recording: Recording) -> None:
    """End a recording."""
    with _lock:
        _live[:] = [r for r in _live if r is not recording]
        _forget_seen()
        if not _live:
            for event, listener in _LISTENERS.items():
                ignore(event, listener)


def live_here() -> list[Recording]:
    """The recordings of those for whom this thread may be working."""
    return [r for r in _live if not r.suspension.is_suspended_here()]


def _on_open(args: tuple[Any, ...]) -> bool:
    try:
        seen = _seen
        if args in seen:
            return True
        if _own.depth:
            return False
        recordings = live_here()
        _opened(recordings, *args)
        is_seen = len(recordings) == len(_live)
        if is_seen and len(seen) < _MOST_SEEN:
            seen.add(args)
    except Exception:  # noqa: BLE001 - nothing of ours may break the user's open()
        return False
    return is_seen


def _forget_seen() -> None:
    global _seen  # noqa: PLW0603 - a thread that is noting an opening right now adds it to the set that was
    _seen = set()
    unsettle()


def _on_listing(args: tuple[Any, ...]) -> None:
    if not _own.depth and caller(2).f_globals.get("__name__") not in _FINDERS:
        with suppress(Exception):
            _listed(args[0])


def _on_change(args: tuple[Any, ...]) -> None:
    if not _own.depth:
        with suppress(Exception):
            for path in args[:2]:
                full = _full_path(path)
                if full is not None and not is_bytecode(full):
                    is_new = not os.path.lexists(full)
                    for recording in live_here():
                        recording.written.add(full)
                        if is_new:
                            recording.made.add(full)


def _on_mkdir(args: tuple[Any, ...]) -> None:
    with suppress(Exception):
        if not os.path.lexists(args[0]):  # who makes sure that there is a folder makes none where there is one
            _on_change(args[:1])


def _on_child(args: tuple[Any, ...]) -> None:
    if not _own.depth:
        with suppress(Exception):
            _note_handed_on(args[3])
        with suppress(Exception):
            folder = os.fsdecode(args[2] or "")
            for word in words_of(args[1]):
                path = os.path.join(folder, word)
                full = os.path.abspath(path)
                if os.path.isfile(full) and not is_in_ignored_folder(full):
                    recordings = _unless_input(live_here(), full)
                    note_relative(path, recordings)
                    for recording in recordings:
                        recording.told.setdefault(full, file_signature(full))


def _note_handed_on(given: Any) -> None:
    """A child process is given an environment, None for that of this process: of the variables that this process has set, but for those that an evaluation set itself, it may read any."""
    handed = None if given is None else {os.fsencode(name) for name in given}
    with own_work():
        changed = list(set_here())
    for raw, name in changed:
        if (handed is None or raw in handed) and not name.startswith("HITSAVE") and name not in NOT_PART:
            value = raw_environment(name)
            for recording in live_here():
                if recording.variables.get(raw) == raw_variables.get(raw):
                    recording.environment.setdefault(name, value)


def _on_library(args: tuple[Any, ...]) -> None:
    if not _own.depth:
        with suppress(Exception):
            name = os.fsdecode(args[0] or "")
            path = os.path.abspath(name)
            if os.sep in name and not is_in_ignored_folder(path):  # one that is found by its name alone is the system's
                for recording in _unless_input(live_here(), path):
                    recording.opened.setdefault(path, file_signature(path))


def _on_database(args: tuple[Any, ...]) -> None:
    if not (_own.depth or str(caller(2).f_globals.get("__name__")).startswith("hitsave.")):
        with suppress(Exception):
            for path in databases.files_of(args):
                read(path) if os.path.exists(path) else _on_change((path,))


def _on_exec(args: tuple[Any, ...]) -> None:
    if not _own.depth and caller(2).f_globals.get("__name__") == "runpy":  # it leaves no module behind that would count
        with suppress(Exception):
            read(args[0].co_filename)


def _on_chdir(args: tuple[Any, ...]) -> None:  # noqa: ARG001 - wherever it goes
    _forget_seen()


_LISTENERS: Final[dict[str, Listener]] = {
    "open": _on_open,
    "os.chdir": _on_chdir,
    "os.fchdir": _on_chdir,
    "os.mkdir": _on_mkdir,
    "subprocess.Popen": _on_child,
    "ctypes.dlopen": _on_library,
    databases.EVENT: _on_database,
    "exec": _on_exec,
    **dict.fromkeys(("os.listdir", "os.scandir"), _on_listing),
    **dict.fromkeys(("os.rename", "os.remove", "os.rmdir", "os.truncate", "os.link", "os.symlink"), _on_change),
}
_seen: set[tuple[Any, ...]] = set()
"""Openings that every live recording has noted: the same again says nothing new. Another current folder, or another recording, and it may."""
_MOST_SEEN: Final = 10_000


def note_relative(path: str, recordings: list[Recording]) -> None:
    """A function that goes to a folder of its own choice before it names a file there does not depend on where it began."""
    if not os.path.isabs(path) and not all(recording.relative for recording in recordings):
        here = current_folder()
        for recording in recordings:
            recording.relative |= recording.folder == here


def _full_path(path: Any) -> str | None:
    if not isinstance(path, (str, bytes, os.PathLike)):
        return None
    return os.path.abspath(os.fsdecode(cast("str | bytes", path)))


def _opened(recordings: list[Recording], path: Any, mode: Any, flags: Any) -> None:
    full = _full_path(path)
    if full is None or (is_ignored(full) and not _is_source_that_is_read(full, mode)):
        return
    writes = any(c in mode for c in "wax") if isinstance(mode, str) else bool(isinstance(flags, int) and flags & _WRITING)
    _note_partial(recordings, full, whole=writes and isinstance(flags, int) and bool(flags & _WHOLE))
    if writes:
        for recording in recordings:
            recording.written.add(full)
        return
    if isinstance(flags, int) and flags & getattr(os, "O_DIRECTORY", 0):
        return
    recordings = _unless_input(recordings, full)
    note_relative(os.fsdecode(path), recordings)
    new = [recording for recording in recordings if full not in recording.opened and not recording.is_output(full)]
    signature = file_signature(full) if new else None
    for recording in new:
        recording.opened[full] = signature


def _note_partial(recordings: list[Recording], path: str, *, whole: bool) -> None:
    """An output that was there before and is not written anew is an input as well."""
    for recording in recordings:
        if not whole and path in recording.outputs and path not in recording.written:
            recording.partial.add(path)


def _unless_input(recordings: list[Recording], path: str) -> list[Recording]:
    return [recording for recording in recordings if not recording.is_input(path)]


def _is_source_that_is_read(path: str, mode: Any) -> bool:
    """Whether it is source code of the project that somebody opens who wants to know what it says: not the import system, nor what shows lines of it in a message."""
    if mode != "r" or not path.endswith(_SOURCES) or is_in_ignored_folder(path):
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
    if full is None or is_ignored(full):
        return
    recordings = _unless_input(live_here(), full)
    note_relative(os.fsdecode(path), recordings)
    for recording in recordings:
        if about_content and (signature := file_signature(full)) is not None:
            recording.told.setdefault(full, signature)
        elif not recording.is_output(full):
            recording.asked[full] = presence(full)  # the last answer: who waits for a file asks until it is there


def searched(path: str) -> None:
    """A module was looked for at a path."""
    if not (_own.depth or is_in_ignored_folder(path)):
        for recording in live_here():
            recording.asked[path] = presence(path)


def looked_for(module: str) -> None:
    """A module was looked for, wherever it may be."""
    if not _own.depth:
        for recording in live_here():
            recording.modules.add(module)


def read(path: str) -> None:
    """Code reads a file of which no audit event tells."""
    if not _own.depth:
        _opened(live_here(), path, "r", 0)


def _listed(path: Any) -> None:
    full = _full_path("." if path is None else path)
    if full is None or is_ignored(full + "/"):
        return
    recordings = _unless_input(live_here(), full)
    note_relative("." if path is None else os.fsdecode(path), recordings)
    for recording in recordings:
        if full not in recording.listed:
            _own.depth += 1
            try:
                recording.listed[full] = folder_names(full)
            finally:
                _own.depth -= 1


def _watch_environment() -> None:
    kind: Any = type(os.environ)
    get, listing = kind.__getitem__, kind.__iter__

    def recorded_get(self: Any, name: Any) -> Any:
        if _live and not _own.depth and isinstance(name, str) and self is os.environ and not _is_handed_on():
            value = raw_environment(name)
            for recording in live_here():
                recording.environment.setdefault(name, value)
        return get(self, name)

    def recorded_listing(self: Any) -> Any:
        if _live and not _own.depth and self is os.environ and not _is_handed_on():
            for recording in live_here():
                recording.whole_environment = True
        return listing(self)

    kind.__getitem__, kind.__iter__ = recorded_get, recorded_listing


def _is_handed_on() -> bool:
    """Whether a library that starts processes asks for the environment, to give it to one."""
    frame = caller(2)
    while frame is not None and frame.f_globals.get("__name__") in _COPYING:
        frame = frame.f_back
    return frame is not None and str(frame.f_globals.get("__name__")).startswith(_LAUNCHERS)
