"""What all memoised functions of a process share: the store, the library of code, the captures that were filled."""

from __future__ import annotations

import os
import sys
import threading
import time
from _thread import get_ident
from collections.abc import Iterable
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from hitsave.codegraph.symbols import Symbol
from hitsave.errors import HitSaveError, SettingError
from hitsave.freshness.record import Record
from hitsave.freshness.surroundings import Surroundings
from hitsave.runtime.answers import KnownAnswers
from hitsave.runtime.captures import SeenCaptures
from hitsave.runtime.executed import Ran
from hitsave.runtime.forking import LONGEST_WAIT, free_at_fork
from hitsave.runtime.ignored_files import leave_out
from hitsave.runtime.live_library import LiveLibrary
from hitsave.runtime.mode import current_mode
from hitsave.runtime.notices import warn_once
from hitsave.runtime.objects import LiveObjects
from hitsave.runtime.process import command_line, unrecorded
from hitsave.runtime.reads import Recording
from hitsave.storage.folder import default_folder
from hitsave.storage.packing import pack
from hitsave.storage.platform import at_fork
from hitsave.storage.store import Store
from hitsave.storage.throwaway import store_for_tests
from hitsave.structs import NamedTuple, field, mutable
from hitsave.values.reducers import register_reducer
from hitsave.workspace.facts_table import FactsTable, MemoryFactsTable
from hitsave.workspace.library import WorkspaceLibrary
from hitsave.workspace.project import Project, find_project, find_root
from hitsave.workspace.settings import Settings, storing_settings

if TYPE_CHECKING:
    from hitsave.runtime.printed import Printed


@mutable
class Evaluation:
    """One call that is being evaluated: `entry_id` where it is listed already, what was recorded of it, the Records of the hits in it, what it logged, which variables calls within it bound, what it printed, and why it can't be repeated (`unrepeatable`).

    Of other processes that worked for it: from where on they wrote to the journal, which code ran there (file, line, name), and whether there were some that told nothing.
    """

    symbol: str
    kind: str
    entry_id: str | None
    parent: Evaluation | None
    recording: Recording
    ran: Ran | None = None
    inherited: list[Record] = field(factory=list)
    logged: list[tuple[float, float | None, dict[str, float]]] = field(factory=list)
    rebound: set[Symbol] = field(factory=set)
    unrepeatable: str = ""
    written: int = 0
    written_at: float = 0.0
    printed: Printed | None = None
    journal_from: int = 0
    ran_elsewhere: set[tuple[str, int, str]] = field(factory=set)
    untold: bool = False


live_evaluations: Final[list[Evaluation]] = []
"""The evaluations that are live in this process; what any thread does joins all of them, because a pool's threads work for somebody."""
current_evaluation: Final[ContextVar[Evaluation | None]] = ContextVar("hitsave_evaluation", default=None)


def note_rebound(symbols: Iterable[Symbol]) -> None:
    """A hit bound these variables, or an evaluation that is stored: whoever is evaluated around it has to know."""
    for evaluation in tuple(live_evaluations):
        evaluation.rebound.update(symbols)


class Storing(NamedTuple):
    """`budget` of all results in bytes, None if there is no bound; `views`: whether values are pictured."""

    budget: int | None
    views: bool


class Engine:
    """The shared parts, made when the first memoised function is called.

    Analysis of code is done by one thread at a time (`lock`); evaluations are not.
    """

    def __init__(self) -> None:
        from hitsave.runtime.memo import BoundMemoised, Memoised

        register_reducer(Memoised, lambda memoised: memoised.function)
        register_reducer(BoundMemoised, lambda bound: (bound.__self__, bound.__func__.function))
        self.lock = threading.RLock()
        project = _project()
        self.settings = project.settings
        self._store_folders: dict[str, str] = {}
        self.library = WorkspaceLibrary(project, sys.path, facts=self._facts_table())
        self.objects = LiveObjects(LiveLibrary(self.library))
        self.seen = SeenCaptures(self.objects)
        self.answers = KnownAnswers(self.objects)
        self.begun_ns = time.time_ns()
        self._kept_roots: tuple[str, ...] = ()
        self._surroundings: dict[str, Surroundings] = {}
        self._store: Store | None = None
        self._store_folder = ""
        self._process = os.getpid()

    def _facts_table(self) -> FactsTable | MemoryFactsTable:
        """Where facts are kept: beside the results; where these are only read and there are none, nothing is made."""
        folder = self.store_folder()
        return MemoryFactsTable() if current_mode() == "readonly" and not os.path.isdir(folder) else FactsTable(folder)

    def surroundings(self, root: str) -> Surroundings:
        """Python, distributions, files and environment, seen from the project at `root`."""
        if root not in self._surroundings:
            self._surroundings[root] = Surroundings(self.library, root, current_folder=os.getcwd, command_line=command_line)
        return self._surroundings[root]

    def store_folder(self) -> str:
        """Where the store is: ``HITSAVE_DIR``, else what the project's settings say, else the user's folder for data; during tests, a throw-away one.

        A relative one stays where it was first looked for.
        """
        given = unrecorded.get("HITSAVE_DIR", "")
        given = store_for_tests(given) or given
        if given not in self._store_folders:
            self._store_folders[given] = self.settings.store if not given and self.settings.store else default_folder(os.environ)
        return self._store_folders[given]

    def storing(self) -> Storing:
        """How results are stored: as the environment says now, else the project's settings. What can't be read is as if nothing was said, with one warning."""
        try:
            return Storing(*storing_settings(self.settings, unrecorded))
        except SettingError as problem:
            warn_once(("settings", str(problem)), f"{problem} It is left out of account.")
            return Storing(self.settings.budget, self.settings.views)

    def store(self) -> Store | None:
        """The store, or None (with one warning) where it can't be used."""
        folder = self.store_folder()
        if self._store is not None and self._store_folder == folder:
            for notice in self._store.notices:
                warn_once(("notice", notice), f"{notice}.")
            return self._store
        try:
            self._store = Store.open(folder)
            self._store_folder = folder
            leave_out(os.path.join(self._store.folder, "blobs"))
        except HitSaveError as problem:
            warn_once(("store", folder), f"{problem} Results are computed and not remembered.")
            return None
        return self._store

    def keep(self) -> None:
        """Keep what was analysed for other processes."""
        with suppress(OSError):
            os.makedirs(self.store_folder(), mode=0o700, exist_ok=True)
        self.library.keep()
        if self._kept_roots != self.library.import_roots:
            self._kept_roots = self.library.import_roots
            with suppress(HitSaveError):
                self._keep_import_roots()

    def _keep_import_roots(self) -> None:
        """Keep the import path of this run with the project, so that text is read as the run read it."""
        store, roots = self.store(), pack(list(self.library.import_roots))
        if store is not None and store.documents(self.library.root).get("import-roots") != roots:
            store.set_document(self.library.root, "import-roots", roots)

    def refresh(self) -> None:
        """Notice what changed on disk and in `sys.path` since the last call."""
        self.library.refresh(sys.path)


_engine: Engine | None = None
_engine_lock: Final = threading.Lock()
free_at_fork(_engine_lock)


def engine() -> Engine:
    """The engine of this process; a forked child keeps its parent's knowledge of code."""
    global _engine  # noqa: PLW0603 - one a process
    if _engine is None:
        with _engine_lock:
            if _engine is None:
                _engine = Engine()
    return _engine


_held_for_fork: Final[dict[int, threading.RLock]] = {}
"""By the thread that forks."""


def _before_fork() -> None:
    """Let another thread finish what it analyses, or the child would go on with half of it."""
    lock = None if _engine is None else _engine.lock
    if lock is not None and lock.acquire(timeout=LONGEST_WAIT):
        _held_for_fork[get_ident()] = lock


def _after_fork_in_parent() -> None:
    if (lock := _held_for_fork.pop(get_ident(), None)) is not None:
        lock.release()


def _after_fork_in_child() -> None:
    global _engine  # noqa: PLW0603 - as above
    is_whole = get_ident() in _held_for_fork
    _held_for_fork.clear()
    if _engine is not None:
        _engine.lock = threading.RLock()
        if not is_whole:
            _engine = None


# These come before what the storage does at a fork, which other threads may wait for while they have the lock: the last that are registered are the first that are called.
at_fork(before=_before_fork, parent=_after_fork_in_parent, child=_after_fork_in_child)


def reset_engine() -> None:
    """Forget the engine; for tests, and for a change of the store's folder."""
    global _engine  # noqa: PLW0603
    with _engine_lock:
        _engine = None


def _project() -> Project:
    """The project of the main script; settings that can't be read are as if there were none, with one warning."""
    folder = _script_folder()
    try:
        return find_project(folder, script_folder=folder)
    except SettingError as problem:
        warn_once(("settings", str(problem)), f"{problem} Default settings are used.")
        return Project(find_root(folder, script_folder=folder), Settings())


def _script_folder() -> str:
    """The folder of the main script, or of what a program that runs other code says that it is; in a notebook or console, the current one."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if not isinstance(file, str):
        file = sys.argv[0] if sys.argv and "ipykernel" not in sys.modules else ""  # whose first argument is its own launcher
    return os.path.dirname(os.path.abspath(file)) if file and file != "-c" else os.getcwd()
