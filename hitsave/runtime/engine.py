"""What all memoised functions of a process share: the store, the library of code, the captures that were filled."""

from __future__ import annotations

import os
import sys
import threading
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hitsave.errors import HitSaveError, SettingError
from hitsave.freshness.surroundings import Surroundings
from hitsave.runtime.captures import FilledCaptures
from hitsave.runtime.notices import warn_once
from hitsave.runtime.objects import LiveLibrary, LiveObjects
from hitsave.runtime.recorder import Recording
from hitsave.storage.store import Store, default_folder
from hitsave.workspace.library import WorkspaceLibrary

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Evaluation:
    """One call that is being evaluated: `entry_id` where it is listed already, what it logged, what was recorded."""

    symbol: str
    kind: str
    entry_id: str | None
    parent: Evaluation | None
    recording: Recording
    logged: list[tuple[float, dict[str, object]]] = field(default_factory=list)


current_evaluation: Final[ContextVar[Evaluation | None]] = ContextVar("hitsave_evaluation", default=None)


class Engine:
    """The shared parts, made when the first memoised function is called.

    Analysis of code is done by one thread at a time (`lock`); evaluations are not.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.library = WorkspaceLibrary.for_process(sys.path, _script_folder())
        self.objects = LiveObjects(LiveLibrary(self.library))
        self.filled = FilledCaptures()
        self._surroundings: dict[str, Surroundings] = {}
        self._store: Store | None = None
        self._store_folder: Path | None = None
        self._process = os.getpid()

    def surroundings(self, root: str) -> Surroundings:
        """Python, distributions, files and environment, seen from the project at `root`."""
        if root not in self._surroundings:
            self._surroundings[root] = Surroundings(self.library, root)
        return self._surroundings[root]

    def store(self) -> Store | None:
        """The store, or None (with one warning) where it can't be used."""
        folder = default_folder(os.environ)
        if self._store is not None and self._store_folder == folder:
            return self._store
        try:
            self._store = Store.open(folder)
            self._store_folder = folder
        except HitSaveError as problem:
            warn_once(("store", str(folder)), f"{problem} Results are computed and not remembered.")
            return None
        return self._store

    def refresh(self) -> None:
        """Notice what changed on disk and in `sys.path` since the last call."""
        try:
            self.library.refresh(sys.path)
        except SettingError as problem:
            warn_once(("settings", str(problem)), str(problem))


_engine: Engine | None = None
_engine_lock: Final = threading.Lock()


def engine() -> Engine:
    """The engine of this process; a forked child keeps its parent's knowledge of code."""
    global _engine  # noqa: PLW0603 - one a process
    if _engine is None:
        with _engine_lock:
            if _engine is None:
                _engine = Engine()
    return _engine


def reset_engine() -> None:
    """Forget the engine; for tests, and for a change of the store's folder."""
    global _engine  # noqa: PLW0603
    with _engine_lock:
        _engine = None


def _script_folder() -> str | None:
    main = sys.modules.get("__main__")
    file = getattr(main, "__file__", None)
    if isinstance(file, str):
        return os.path.dirname(os.path.abspath(file))
    script = sys.argv[0] if sys.argv else ""
    return os.path.dirname(os.path.abspath(script)) if script and script != "-c" else os.getcwd()
