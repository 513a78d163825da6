"""The thread on which projects are analysed. Changes are handed over and merged while it is busy; what it finds is published as pictures."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from hitsave.workspace.sources import SourceText
from hitsave_server.lsp.advising import SupersededError
from hitsave_server.lsp.analysis import Analysis
from hitsave_server.lsp.collecting import Collecting
from hitsave_server.lsp.documents import real
from hitsave_server.lsp.picture import Picture, Trouble

log = logging.getLogger(__name__)

_T = TypeVar("_T")
Publish = Callable[[Mapping[str, Picture], int], None]
_MEMBERS: Final = 200_000
"""Characters of members of large classes whose trees are kept; about 5,000 lines, 50 MB at the worst."""
_PAUSE: Final = 0.3
"""Seconds without a change or a question after which what can wait is looked for: nobody reads advice while typing."""
_FAULT: Final = "HitSave could not analyse this project, which is a fault of its own"


@dataclass
class _Changes:
    """What happened since the last look. `roots` None: the projects are the same."""

    revision: int = 0
    buffers: dict[str, SourceText | None] = field(default_factory=dict[str, SourceText | None])
    roots: tuple[str, ...] | None = None
    afresh: bool = False
    disk: bool = False
    store: bool = False

    @property
    def any(self) -> bool:
        return bool(self.buffers or self.roots is not None or self.afresh or self.disk or self.store)


class Analyst:
    """Analyses the projects of one editor. `publish` is called on the analysis thread with all pictures and the revision of the buffers that they show; `report` with what goes on ("" when done)."""

    def __init__(self, environ: Mapping[str, str], publish: Publish, report: Callable[[str], None]) -> None:
        self._environ = environ
        self._publish = publish
        self._report = report
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="analysis")
        self._lock = threading.Lock()
        self._pending = _Changes()
        self._queued = False
        self._questions = 0
        self._collecting = Collecting()
        self._wanted = threading.Event()
        self._analyses: dict[str, Analysis] = {}
        self._buffers: dict[str, SourceText] = {}
        self._revision = 0
        self.warm = False
        """Whether the first look is over, and what edits need is loaded."""

    # --- from the event loop ---------------------------------------------------------------------------------------

    def folders(self, roots: Iterable[str]) -> None:
        """These are the projects now."""
        with self._lock:
            self._pending.roots = tuple(roots)
        self._wake()

    def buffers(self, changed: Mapping[str, SourceText | None], revision: int) -> None:
        """These files have another text in the editor now, or none (None)."""
        with self._lock:
            self._pending.buffers.update(changed)
            self._pending.revision = revision
        self._wake()

    def look(self, *, store: bool = False, disk: bool = False, afresh: bool = False) -> None:
        """The store, the disk, or all settings may have changed."""
        with self._lock:
            self._pending.store |= store
            self._pending.disk |= disk
            self._pending.afresh |= afresh
        self._wake()

    async def ask(self, root: str, question: Callable[[Analysis], _T]) -> _T | None:
        """What `question` gives for the analysis of the project at `root`, asked on its thread; None if there is no such project. A request that is cancelled before its turn is never asked."""

        def answer() -> _T | None:
            with self._lock:
                self._questions -= 1
            analysis = self._analyses.get(root)
            return None if analysis is None else question(analysis)

        with self._lock:
            self._questions += 1
        self._wanted.set()
        asked = self._executor.submit(answer)
        asked.add_done_callback(self._take_back)
        return await asyncio.wrap_future(asked)

    def close(self) -> None:
        """End the thread and close the stores."""
        self._executor.submit(self._close_all)
        self._wanted.set()
        self._executor.shutdown(wait=True)

    def _wake(self) -> None:
        with self._lock:
            if self._queued:
                return
            self._queued = True
        self._wanted.set()
        self._submit(self._work)

    def _take_back(self, asked: Future[Any]) -> None:
        if asked.cancelled():
            with self._lock:
                self._questions -= 1

    def _submit(self, work: Callable[[], None]) -> None:
        def done(future: Future[None]) -> None:
            if not future.cancelled() and (fault := future.exception()) is not None:
                log.error("analysis failed", exc_info=fault)

        try:
            self._executor.submit(work).add_done_callback(done)
        except RuntimeError:
            log.debug("no more analysis: the server is shutting down")

    # --- on the analysis thread ------------------------------------------------------------------------------------

    def _stop(self) -> None:
        if self._pending.buffers:
            raise SupersededError

    def _work(self) -> None:
        with self._lock:
            changes, self._pending = self._pending, _Changes(revision=self._pending.revision)
            self._queued = False
            self._wanted.clear()
        self._revision = max(self._revision, changes.revision)
        for path, source in changes.buffers.items():
            if source is None:
                self._buffers.pop(path, None)
            else:
                self._buffers[path] = source
        begun: set[str] = set()
        if changes.store:  # a store that could not be read may be another by now
            failed = [root for root, analysis in self._analyses.items() if analysis.store_trouble is not None]
            if failed and changes.roots is None:
                changes.roots = tuple(self._analyses)
            for root in failed:
                self._analyses.pop(root).close()
        if changes.roots is not None or changes.afresh:
            begun = self._renew(changes)
        for root, analysis in self._analyses.items():
            if root not in begun:
                self._guarded(analysis, lambda a: self._take_in(a, changes))
        self._show()
        if any(not a.searched for a in self._analyses.values()) and not self._pending.any:
            self._search()
        self._collecting.changed()
        if self._is_quiet():
            self._advise()
            self._collecting.quiet()
        else:
            self._wake()
        if not self.warm and not self._pending.any:
            from hitsave.codegraph import frontend
            from hitsave.codegraph.reading.members import keep_members

            keep_members(_MEMBERS)
            frontend.analyse_statement("def warm(): return 1")
            self._collecting.begin()
            self.warm = True

    def _take_in(self, analysis: Analysis, changes: _Changes) -> None:
        if changes.buffers:
            analysis.buffers_changed(changes.buffers)
        if changes.disk:
            analysis.disk_changed()
        elif changes.store:
            analysis.store_changed()
        if changes.disk:
            analysis.text.library.keep()
        else:
            analysis.text.library.forget()

    def _renew(self, changes: _Changes) -> set[str]:
        """Begin and end projects, as wanted; those that were begun, which know all buffers."""
        begun: set[str] = set()
        wanted = changes.roots if changes.roots is not None else tuple(self._analyses)
        for root in [*self._analyses]:
            if root not in wanted or changes.afresh:
                self._analyses.pop(root).close()
        for root in wanted:
            if root in self._analyses:
                continue
            self._report(f"Looking into {root}")
            try:
                analysis = self._analyses[root] = Analysis(root, self._environ, stop=self._stop)
            except Exception:
                log.exception("no analysis of %s", root)
                continue
            begun.add(root)
            self._guarded(analysis, self._first_look)
        return begun

    def _first_look(self, analysis: Analysis) -> None:
        analysis.buffers_changed(self._buffers)
        analysis.open_modules([path for path in self._buffers if path.startswith(real(analysis.root) + os.sep)])

    def _search(self) -> None:
        for analysis in self._analyses.values():
            if not analysis.searched:
                self._report(f"Looking for memoised functions in {analysis.root}")
                self._guarded(analysis, lambda a: a.search())
        self._show()
        for analysis in self._analyses.values():
            analysis.text.library.keep()
        self._report("")

    def _is_quiet(self) -> bool:
        """Whether nothing comes for a while, and nobody waits for an answer."""
        return not (self._pending.any or self._questions) and not self._wanted.wait(_PAUSE) and not self._questions

    def _advise(self) -> None:
        """What can wait: what speaks against memoising functions."""
        changed: list[bool] = []
        for analysis in self._analyses.values():
            self._guarded(analysis, lambda a: changed.append(a.advise()))
        if any(changed):
            self._show()

    def _guarded(self, analysis: Analysis, work: Callable[[Analysis], None]) -> None:
        """Do some work; a fault of ours is logged and shown, and the next change is taken in as ever."""
        try:
            work(analysis)
        except SupersededError:
            self._wake()
        except Exception as fault:
            log.exception("analysis of %s failed", analysis.root)
            analysis.trouble = Trouble(f"{_FAULT}: {type(fault).__name__}: {fault}", "Show the log, and report it")

    def _show(self) -> None:
        pictures: dict[str, Picture] = {}
        for root, analysis in self._analyses.items():
            try:
                pictures[root] = analysis.picture(self._revision)
            except SupersededError:
                self._wake()
                return
            except Exception as fault:
                log.exception("no picture of %s", root)
                pictures[root] = Picture(
                    root, self._revision, trouble=Trouble(f"{_FAULT}: {type(fault).__name__}: {fault}", "Show the log, and report it")
                )
        self._publish(pictures, self._revision)

    def _close_all(self) -> None:
        for analysis in self._analyses.values():
            analysis.close()
        self._analyses.clear()
