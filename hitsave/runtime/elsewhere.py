"""What child processes do for an evaluation: each writes it to a journal as it happens, and it joins the evaluation when that ends.

A forked process knows the evaluation that it was forked in. Processes that multiprocessing starts in another way, those of joblib and Dask among them, are told by the
configuration that it hands on to each. Those that were started before, by nobody's evaluation, are told nothing, and the entry says so.
"""

# ruff: noqa: SLF001 - multiprocessing hands things on to its processes by nothing that has a public name
from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from types import CodeType
from typing import Any, Final, cast

from hitsave.freshness.record import Record, decoded
from hitsave.runtime import executed, recorder
from hitsave.runtime.auditing import ignore, listen
from hitsave.runtime.engine import Evaluation, current_evaluation, live_evaluations
from hitsave.runtime.process import raw_environment
from hitsave.runtime.suspension import Suspension
from hitsave.storage.packing import pack, unpack

_KEY: Final = "hitsave_journal"
_LENGTH: Final = struct.Struct("<I")
_DICTS: Final = ("opened", "listed", "asked", "told", "environment")
_SETS: Final = ("written", "made")
_FLAGS: Final = ("whole_environment", "relative")
_LAST_OF_MULTIPROCESSING: Final = "multiprocessing.reduction"
"""What multiprocessing imports once its processes are there to be told of anything."""

_path = ""
_owner = 0
_experiments: Final[set[int]] = set()
"""Places in the journal of metrics that an experiment has taken: they are no concern of the one around it."""


# --- the process of the evaluation ------------------------------------------------------------------------------------


class Offer:
    """Stands in multiprocessing's configuration; a process that unpickles it writes to the journal from then on."""

    def __init__(self, path: str, entry_id: str | None) -> None:
        self.path = path
        self.entry_id = entry_id

    def __reduce__(self) -> tuple[Any, ...]:
        live = live_evaluations[-1].entry_id if live_evaluations else self.entry_id
        return accept_offer, (self.path, live)


def begin(evaluation: Evaluation) -> None:
    """Have processes that are started from now on tell what they do."""
    evaluation.journal_from = os.path.getsize(_path) if _path and os.path.exists(_path) else 0
    _tell_processes()
    listen("import", _on_import)


def end(evaluation: Evaluation) -> None:
    """Take in what other processes told while the evaluation ran; what those told that lived already counts as well, since each tells everything once."""
    if not live_evaluations:
        ignore("import", _on_import)
        _configuration().pop(_KEY, None)
    evaluation.untold = any(_KEY not in child._config for child in _children())
    if not _path or not os.path.exists(_path):
        return
    with open(_path, "rb") as journal:
        content = journal.read()
    for place, row in _rows(content):
        process, kind, told = row[0], row[1], row[2:]
        if place >= evaluation.journal_from or _is_alive(process):
            _take(evaluation, place, kind, told)


def _take(evaluation: Evaluation, place: int, kind: str, told: list[Any]) -> None:
    if kind == "environment" and raw_environment(told[0]) != told[1]:
        return  # who started the process gave it that
    if kind in _DICTS:
        name, content = told
        getattr(evaluation.recording, kind).setdefault(name, tuple(cast("list[Any]", content)) if isinstance(content, list) else content)
    elif kind in _SETS:
        getattr(evaluation.recording, kind).add(told[0])
    elif kind in _FLAGS:
        setattr(evaluation.recording, kind, True)
    elif kind == "ran":
        evaluation.ran_elsewhere.add(tuple(told))
    elif kind == "inherited":
        record = decoded(Record, told[0])
        if record is not None:
            evaluation.inherited.append(record)
    elif kind == "logged" and place not in _experiments:
        at, step, values = told
        if evaluation.kind == "experiment":
            _experiments.add(place)
            step = float(len(evaluation.logged)) if step is None else step
        evaluation.logged.append((at, step, values))


def _rows(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    """Each row of a journal and where it begins; a process may have been killed while it wrote the last."""
    place = 0
    while place + _LENGTH.size <= len(content):
        (length,) = _LENGTH.unpack_from(content, place)
        row = content[place + _LENGTH.size : place + _LENGTH.size + length]
        if len(row) < length:
            return
        yield place, unpack(row)
        place += _LENGTH.size + length


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def _on_import(args: tuple[Any, ...]) -> None:
    if args[0] == _LAST_OF_MULTIPROCESSING:
        with suppress(Exception):
            _tell_processes()


def _tell_processes() -> None:
    if "multiprocessing.process" in sys.modules:
        _configuration().setdefault(_KEY, Offer(_journal(), None))


def _configuration() -> dict[str, Any]:
    process: Any = sys.modules.get("multiprocessing.process")
    return {} if process is None else process.current_process()._config


def _children() -> list[Any]:
    process: Any = sys.modules.get("multiprocessing.process")
    children: list[Any] = [] if process is None else list(process._children)
    return [child for child in children if child._popen is not None and child._popen.returncode is None]


def _journal() -> str:
    """Where the children of this process write; nothing is there until one does."""
    global _path, _owner  # noqa: PLW0603 - one a process
    if _owner != os.getpid():
        import atexit

        _owner = os.getpid()
        _path = os.path.join(os.environ.get("TMPDIR") or "/tmp", f"hitsave-{_owner}-{os.urandom(8).hex()}")  # noqa: S108 - made by the children, for themselves alone
        atexit.register(_remove, _path, _owner)
    return _path


def _remove(path: str, owner: int) -> None:
    if owner == os.getpid():
        with suppress(OSError):
            os.unlink(path)


# --- child processes --------------------------------------------------------------------------------------------------


def accept_offer(path: str, entry_id: str | None) -> Offer:
    """In a process that was started: tell what it does from now on."""
    with suppress(Exception):
        executed.watch()
        _work_for(path, entry_id)
    return Offer(path, entry_id)


def _before_fork() -> None:
    if live_evaluations:
        with recorder.own_work(), suppress(Exception):
            _journal()


def _in_fork() -> None:
    """In a process that was forked within an evaluation: what it does is no longer seen by the one that it was forked from."""
    parents = list(live_evaluations)
    if not parents or any(evaluation.ran is not None and evaluation.ran.calls is not None for evaluation in parents):
        return
    with suppress(Exception):
        live_evaluations.clear()
        for evaluation in parents:
            recorder.stop(evaluation.recording)
            executed.stop(evaluation.ran)
        _work_for(_path, parents[-1].entry_id)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_in_fork)


def _work_for(path: str, entry_id: str | None) -> None:
    """An evaluation that never ends stands for the one that this process works for."""
    with recorder.own_work():
        teller = _Teller(path)
    suspension = Suspension()
    recording, ran = recorder.start(suspension), executed.start(suspension, needed=False)
    teller.recording = recording
    for kind in _DICTS:
        setattr(recording, kind, _ToldDict(teller, kind))
    for kind in _SETS:
        setattr(recording, kind, _ToldSet(teller, kind))
    if ran is not None:
        known: set[int] = set()

        def add(code: CodeType) -> None:
            if id(code) not in known:
                known.add(id(code))
                teller.tell("ran", os.path.abspath(code.co_filename), code.co_firstlineno, code.co_name)

        ran.add = add
    evaluation = Evaluation("", "memo", entry_id, None, recording, ran)
    evaluation.inherited = _ToldRecords(teller)
    evaluation.logged = _ToldMetrics(teller)
    live_evaluations.append(evaluation)
    current_evaluation.set(evaluation)


class _Teller:
    """Writes to the journal: each row in one piece, after those of others."""

    def __init__(self, path: str) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
        self._file = os.open(path, flags, 0o600)
        self._flags_told: set[str] = set()
        self.recording: Any = None

    def tell(self, kind: str, *content: Any) -> None:
        with suppress(OSError):
            self._write(kind, *content)
            for flag in _FLAGS:
                if getattr(self.recording, flag) and flag not in self._flags_told:
                    self._flags_told.add(flag)
                    self._write(flag)

    def _write(self, *content: Any) -> None:
        row = pack([os.getpid(), *content])
        os.write(self._file, _LENGTH.pack(len(row)) + row)


class _ToldDict(dict[str, Any]):
    def __init__(self, teller: _Teller, kind: str) -> None:
        self._teller, self._kind = teller, kind

    def __setitem__(self, name: str, content: Any) -> None:
        super().__setitem__(name, content)
        self._teller.tell(self._kind, name, content)

    def setdefault(self, name: str, content: Any = None) -> Any:
        if name not in self:
            self[name] = content
        return self[name]

    def __ior__(self, other: Any) -> Any:
        for name, content in other.items():
            self[name] = content
        return self


class _ToldSet(set[str]):
    def __init__(self, teller: _Teller, kind: str) -> None:
        self._teller, self._kind = teller, kind

    def add(self, name: str) -> None:
        if name not in self:
            super().add(name)
            self._teller.tell(self._kind, name)

    def __ior__(self, other: Any) -> Any:
        for name in other:
            self.add(name)
        return self


class _ToldRecords(list[Any]):
    def __init__(self, teller: _Teller) -> None:
        self._teller = teller

    def append(self, record: Record) -> None:
        self._teller.tell("inherited", record.encode())

    def extend(self, records: Any) -> None:
        for record in records:
            self.append(record)


class _ToldMetrics(list[Any]):
    def __init__(self, teller: _Teller) -> None:
        self._teller = teller

    def append(self, logged: Any) -> None:
        self._teller.tell("logged", *logged)
