"""Which project code ran: functions in each evaluation, and functions and lines ever in this process.

On Python 3.12 and later `sys.monitoring` tells when code starts or resumes, in all threads, at no cost after the first event of a place.
On 3.11 `calls` tells it of evaluations that need it, and nothing is left out of Records.

What ran in an evaluation counts even where analysis did not foresee it.
What never ran in this process can't have shaped a result, so a body, or a statement of one, may be left out of the Record; that holds only for code that was loaded while
watching, and as long as no child process was made, in which it could have run.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any, Final

from hitsave.runtime import calls, computed_imports, documentation_reads, library_reads
from hitsave.runtime.asked import QUESTIONS, is_question, may_ask_system, note_call
from hitsave.runtime.asked import note as note_question
from hitsave.runtime.auditing import listen
from hitsave.runtime.forking import free_at_fork
from hitsave.runtime.frames import caller
from hitsave.runtime.suspension import Suspension

_NAME: Final = "hitsave"
_TOOLS: Final = (4, 3, 5, 2, 1, 0)
"""Tool numbers to try; 0 to 2 are meant for debuggers, coverage and profilers."""
_PROCESSES: Final = frozenset({"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"})

_RUN_ELSEWHERE: Final = ("numba", "torch._dynamo", "triton", "taichi", "cupyx.jit", "distributed", "ray", "pyspark")
"""Libraries that run the bodies of functions in another form or in processes of other machines, where nobody sees them run."""
_MOST_SKIPPED: Final = 100_000
"""Events that are looked at for nothing while an evaluation is suspended; after that, what others do counts as its own."""


class Ran:
    """The code that ran in one evaluation, by identity: equal code of two files is not the same. `calls` is what tells it on Python 3.11."""

    def __init__(self, suspension: Suspension, watched: calls.Watched | None = None) -> None:
        self._code: dict[int, CodeType] = {}
        self.suspension = suspension
        self.skipped = 0
        self.calls = watched

    def add(self, code: CodeType) -> None:
        """Note that some code ran."""
        self._code[id(code)] = code

    def __iter__(self) -> Iterator[CodeType]:
        return iter(list(self._code.values()))

    @property
    def lost(self) -> str:
        """Why this may not be all that ran, "" if it is all."""
        return self.calls.lost if self.calls is not None else ""


_monitoring: Any = getattr(sys, "monitoring", None)
costs: Final = _monitoring is None
"""Whether recording makes the program slower, so that it is done only where it is needed."""
_lock: Final = threading.Lock()
free_at_fork(_lock)
_live: Final[list[Ran]] = []
_ever: Final[dict[int, CodeType]] = {}
replayed: Final[set[str]] = set()
"""Symbols of the bodies that hits in this process stood for: as good as run."""
_lines: Final[dict[str, set[int]]] = {}
"""The lines of functions that ever ran, by file name."""
_FUNCTION: Final = 0x1
"""The flag of code that has local variables of its own: not of modules and classes."""
_tool: int | None = None
_generation = 0
_loaded_before: dict[str, int] = {}
_looked_before = False
_child_made = False
_untold: Final[set[str]] = set()
"""Files of whose functions some were given other code, whose lines say nothing."""
_FOREIGN: Final = (os.path.dirname(os.__file__) + os.sep, os.path.dirname(os.path.dirname(__file__)) + os.sep, "<frozen")
_foreign: tuple[str, ...] | None = None
"""Where code lies that is nobody's project; None before the watch and when the interpreter has taken this module apart."""


def watch() -> None:
    """Begin to watch, if this Python can and a tool number is free. To be called once, as early as possible."""
    global _tool, _foreign  # noqa: PLW0603 - one watch a process
    if _monitoring is None or _tool is not None:
        return
    _foreign = _FOREIGN
    with _lock:
        for tool in _TOOLS:
            try:
                _monitoring.use_tool_id(tool, _NAME)
            except ValueError:
                continue
            _tool = tool
            break
        else:
            return
        _note_loaded()
        events = _monitoring.events
        _monitoring.register_callback(_tool, events.PY_START, _started)
        _monitoring.register_callback(_tool, events.PY_RESUME, _started)
        _monitoring.register_callback(_tool, events.LINE, _line)
        _monitoring.register_callback(_tool, events.CALL, _called)
        _monitoring.set_events(_tool, events.PY_START | events.PY_RESUME)
        atexit.register(_monitoring.set_events, _tool, 0)  # code that runs while modules are being taken apart would meet empty ones here
        for event in _PROCESSES:
            listen(event, _note_child)


def _note_loaded() -> None:
    """Remember what had run before: of a module that is loading right now, the lines above the one that it is at; of others, everything."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            _loaded_before[os.path.abspath(file)] = sys.maxsize
    frame: FrameType | None = caller(0)
    while frame is not None:
        _ever[id(frame.f_code)] = frame.f_code
        if frame.f_code.co_name == "<module>":
            _loaded_before[os.path.abspath(frame.f_code.co_filename)] = frame.f_lineno
        frame = frame.f_back


def tell_nothing_of(file: str) -> None:
    """What ran in a file can't be told by lines any more."""
    _untold.add(os.path.abspath(file))


def _note_child(args: tuple[Any, ...]) -> None:  # noqa: ARG001 - what it was called with makes no difference
    global _child_made  # noqa: PLW0603
    _child_made = True


def _started(code: CodeType, offset: int) -> Any:  # noqa: ARG001 - the signature of a callback
    foreign = _foreign
    if foreign is None:
        return None
    generation = _generation
    file = code.co_filename
    if not (file.startswith(foreign) or "site-packages" in file):
        if id(code) not in _ever:
            _ever[id(code)] = code
            if code.co_flags & _FUNCTION:
                _lines.setdefault(file, set())
                events = _monitoring.events
                calls_matter = may_ask_system(code) or library_reads.may_call_reader(code) or documentation_reads.may_read(code)
                _monitoring.set_local_events(_tool, code, events.LINE | events.CALL if calls_matter else events.LINE)
        for ran in _live:
            if ran.skipped >= _MOST_SKIPPED or not ran.suspension.is_suspended_here():
                ran.add(code)
            else:
                ran.skipped += 1
                generation = -1  # its next step may run it yet
    elif code is computed_imports.IMPORT_MODULE:
        _note_import(caller(1))
        return None
    elif _live and code.co_name in QUESTIONS and is_question(code):
        frame = caller(1)
        if not _is_foreign(frame.f_back.f_code.co_filename if frame.f_back else ""):
            note_question(frame)
        return None
    elif _live and code.co_name.startswith(library_reads.BEGINNINGS) and library_reads.is_reader(code):
        library_reads.note(caller(1))
        return None
    return _monitoring.DISABLE if generation == _generation else None


def _note_import(frame: FrameType) -> None:
    if frame.f_back is None or _is_foreign(frame.f_back.f_code.co_filename):
        return
    if computed_imports.is_first():  # from here on, it is of interest what raises
        events = _monitoring.events
        _monitoring.register_callback(_tool, events.RAISE, computed_imports.note_raised)
        _monitoring.set_events(_tool, events.PY_START | events.PY_RESUME | events.RAISE)
    computed_imports.note(frame)


def _line(code: CodeType, line: int) -> Any:
    if _foreign is not None:
        _lines[code.co_filename].add(line)
        if documentation_reads.reads_on(code, line):
            documentation_reads.note_line(code, line, caller(1))
            return None
    return _monitoring.DISABLE


def _called(code: CodeType, offset: int, function: object, argument: object) -> Any:  # noqa: ARG001 - the signature of a callback
    if _foreign is None:
        return _monitoring.DISABLE
    if documentation_reads.note_call(code, function, argument):
        return None
    if _live and (note_call(function, argument) or library_reads.note_call(function, argument)):
        return None
    return _monitoring.DISABLE


def documentation_read_of(word: str) -> frozenset[documentation_reads.Place] | None:
    """Of what docstrings ("doc") or "annotations" were read in this process; None where that is not known of all."""
    global _looked_before  # noqa: PLW0603
    if not _looked_before:
        _looked_before = True
        documentation_reads.take_in_before([(f, line) for f, line in _loaded_before.items() if f.endswith(".py") and not _is_foreign(f)])
    documentation_reads.take_in_loading(_ever)
    return documentation_reads.read_of(word)


def is_watching() -> bool:
    """Whether it is seen which project code runs."""
    return _tool is not None


def stamp() -> tuple[object, ...]:
    """What equals an earlier one if nothing ran since that had not run before, and nothing of documentation was read."""
    lines = sum(map(len, list(_lines.values())))
    elsewhere = _child_made or any(name in sys.modules for name in _RUN_ELSEWHERE)
    return len(_ever), lines, elsewhere, len(_untold), len(replayed), documentation_reads.stamp()


def start(suspension: Suspension, *, needed: bool) -> Ran | None:
    """Begin to record what runs in an evaluation, from `enter` on; None where nothing can be recorded. On Python 3.11 it costs, so only if it is `needed`."""
    global _generation  # noqa: PLW0603
    if _monitoring is None:
        return Ran(suspension, calls.begin()) if needed else None
    if _tool is None:
        return None
    ran = Ran(suspension)
    with _lock:
        _live.append(ran)
        _generation += 1
        _monitoring.restart_events()
    return ran


def enter(ran: Ran | None) -> None:
    """This thread works for the evaluation from here on."""
    if ran is not None and ran.calls is not None:
        calls.go_on(ran.calls)


def leave(ran: Ran | None) -> None:
    """This thread works for others from here on."""
    if ran is not None and ran.calls is not None:
        calls.pause(ran.calls)


def stop(ran: Ran | None) -> None:
    """End a recording that `start` began."""
    if ran is None:
        return
    if ran.calls is not None:
        calls.end(ran.calls)
        for code in ran.calls.code:
            if not _is_foreign(code.co_filename):
                ran.add(code)
        return
    with _lock:
        _live[:] = [other for other in _live if other is not ran]


def _is_foreign(file: str) -> bool:
    return file.startswith(_FOREIGN) or "site-packages" in file


class _Places:
    """Where the code stands that ever ran, and by their last name the files that were loaded. Code is only ever added to that, so nothing is looked at twice: a program with thousands of functions may evaluate thousands of times."""

    def __init__(self) -> None:
        self.ran: set[tuple[str, int]] = set()
        self.loading: set[str] = set()
        self.loaded: dict[str, list[str]] = {}
        self._count = -1

    def catch_up(self) -> None:
        """Look at what ran since the last time."""
        if self._count < 0:
            self._count = 0
            for file in _loaded_before:
                self._add_loaded(file)
        ever = list(_ever.values())
        for code in ever[self._count :]:
            file = os.path.abspath(code.co_filename)
            self.ran.add((file, code.co_firstlineno))
            if code.co_name == "<module>" and file not in self.loading:
                self.loading.add(file)
                self._add_loaded(file)
        self._count = len(ever)

    def _add_loaded(self, file: str) -> None:
        self.loaded.setdefault(os.path.basename(file), []).append(file)


_places: Final = _Places()


class NeverRan:
    """What has surely not run in this process, as things stand now. Told only of files that were seen loading under the path that is asked for, not of cells or links; and of those that surely were not loaded."""

    def __init__(self) -> None:
        self.can_tell = _tool is not None and not _child_made and not any(name in sys.modules for name in _RUN_ELSEWHERE)
        self._places = _places
        if self.can_tell:
            _places.catch_up()
        self._lines: dict[str, frozenset[int]] = {}
        self._never_loaded: dict[str, bool] = {}

    def saw(self, path: str, first_line: int) -> bool:
        """Whether what ran in a file from this line on is known."""
        return self.can_tell and path in self._places.loading and path not in _untold and first_line > _loaded_before.get(path, 0)

    def lines(self, path: str, first_line: int) -> frozenset[int] | None:
        """The lines of a file that ever ran, None where that can't be told of the function whose first line is this one."""
        if not self.saw(path, first_line):
            return None
        if path not in self._lines:
            same = [lines for file, lines in list(_lines.items()) if os.path.abspath(file) == path]
            self._lines[path] = frozenset().union(*same)
        return self._lines[path]

    def __call__(self, path: str, first_line: int) -> bool:
        """Whether the function whose first line (of its first decorator, if it has any) is this one never ran. Where that can't be told, no."""
        if not self.can_tell:
            return False
        if path not in self._never_loaded:
            self._never_loaded[path] = self._was_never_loaded(path)
        if self._never_loaded[path]:
            return True
        return (
            path in self._places.loading
            and path not in _untold
            and first_line > _loaded_before.get(path, 0)
            and (path, first_line) not in self._places.ran
        )

    def _was_never_loaded(self, path: str) -> bool:
        """Whether a file was loaded by no name. Cells of notebooks and consoles are no files; a path that was loaded and leads nowhere may be that of any."""
        if not (path.endswith(".py") and os.path.isabs(path)):
            return False
        real = os.path.realpath(path)
        names = {os.path.basename(path), os.path.basename(real)}
        return not any(
            file in {path, real} or not os.path.exists(file) or os.path.realpath(file) == real
            for n in names
            for file in self._places.loaded.get(n, ())
        )
