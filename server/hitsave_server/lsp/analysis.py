"""One project, kept analysed while its text and its store change. Used on one thread, which is not the one that answers the editor."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from hitsave.advice.finding import Finding
from hitsave.codegraph.library import SourceModule
from hitsave.codegraph.memoised import MemoisedFunction, may_have_memoised, memoised_functions
from hitsave.codegraph.symbols import Symbol
from hitsave.errors import HitSaveError, SettingError
from hitsave.freshness.accepted import SCOPE
from hitsave.freshness.dependencies import Dependencies
from hitsave.freshness.project_text import BrokenFile, ProjectText
from hitsave.storage.entry import Entry, Status
from hitsave.storage.folder import default_folder
from hitsave.storage.listing import Filter
from hitsave.storage.store import Store
from hitsave.workspace.project import find_project
from hitsave.workspace.settings import Settings
from hitsave.workspace.sources import DiskSources, OverlaySources, SourceText
from hitsave_server.lsp.advising import Advising
from hitsave_server.lsp.documents import real
from hitsave_server.lsp.judgement import picture_of, prices_of
from hitsave_server.lsp.picture import FunctionPicture, Picture, StorePicture, Trouble
from hitsave_server.lsp.results import Results

NO_STORE: Final = os.path.join(os.sep, "nonexistent", "hitsave")


class Analysis:
    """The project at `root`.

    Paths of buffers are without symbolic links. Every method takes in one kind of change, and `picture` says what is so then. `stop` is asked while the first answers are made; what it raises
    ends that work, and what was found so far is kept.
    """

    def __init__(self, root: str, environ: Mapping[str, str], *, stop: Callable[[], None] = lambda: None) -> None:
        self.root = root
        self.trouble: Trouble | None = None
        self.store_trouble: Trouble | None = None
        settings = Settings()
        try:
            settings = find_project(root, script_folder=root, environ=environ).settings
        except SettingError as problem:
            self.trouble = Trouble(problem.problem, problem.advice, "warning")
        self.folder = os.path.abspath(settings.store or default_folder(environ))
        self.store = self._open()
        self._disk = DiskSources()
        self.sources = OverlaySources(self._disk)
        self.text = ProjectText(root, settings, self.store, environ, sources=self.sources)
        self.results = Results(self.text, stop)
        self._real_root = real(root)
        self._buffers: dict[str, SourceText] = {}
        self._good: dict[str, SourceText] = {}
        self.broken: dict[str, BrokenFile] = {}
        self._modules: dict[str, tuple[tuple[MemoisedFunction, ...], frozenset[str]]] = {}
        self._faults: tuple[BrokenFile, ...] = ()
        self._pictures: dict[str, FunctionPicture] = {}
        self._dirty: set[str] | None = None  # None: all
        self.searched = False
        self._stored = StorePicture(self.folder)
        self._accepted: dict[str, bytes] = {}
        self._advising = Advising(self.text, stop)
        self._advice: dict[str, tuple[Finding, ...]] = {}

    def close(self) -> None:
        """Write what was analysed of the disk for the next process, and close the store."""
        self.text.library.keep()
        self.store.close()

    def _open(self) -> Store:
        try:
            return Store.open(self.folder, readonly=True)
        except HitSaveError as problem:
            self.store_trouble = Trouble(problem.problem, problem.advice)
        except (OSError, ValueError) as problem:  # a path that can't be one
            self.store_trouble = Trouble(
                f"The store can't be in {self.folder!r}: {problem}", "Set `store` in [tool.hitsave], or HITSAVE_DIR, to a folder"
            )
        return Store(NO_STORE, readonly=True)

    # --- changes ---------------------------------------------------------------------------------------------------

    def open_modules(self, paths: Iterable[str]) -> None:
        """Look for memoised functions in these files alone, so that they have their hints before the whole project is looked through."""
        self._look_into({self.text.library.module_name(self._spelled(path)) for path in paths})
        self.store_changed()

    def search(self) -> None:
        """Look for memoised functions in all files of the project."""
        packages = frozenset(self.text.library.module_name(path) for path in self.text.files.paths if path.endswith(os.sep + "__init__.py"))
        self._look_into(may_have_memoised(self.text.texts, packages) | self._modules.keys())
        self.searched = True
        self.store_changed()
        del self.text.texts  # megabytes, not needed again before the disk changes

    def buffers_changed(self, buffers: Mapping[str, SourceText | None]) -> None:
        """Files have another text in the editor now, or (None) none of their own any more. A text that is not Python leaves the last one that was in place."""
        for path, source in buffers.items():
            if source is None:
                self._buffers.pop(path, None)
                self._good.pop(path, None)
                self.broken.pop(path, None)
            else:
                self._buffers[path] = source
        changed = self._take(buffers)
        back = [path for path, source in buffers.items() if source is not None and self._is_broken(path, source)]
        if back:
            self._buffers.update((path, self._good[path]) for path in back)
            changed |= self._take(back)
        self.code_changed(changed)
        for path in buffers:
            if not path.startswith(self._real_root.rstrip(os.sep) + os.sep):
                continue  # of another project, which shows its functions
            module = self.text.library.locate(self.text.library.module_name(self._spelled(path)))
            if isinstance(module, SourceModule) and module.name not in self._modules and "@" in module.text:
                self._look_into({module.name})
                self.store_changed()

    def _take(self, paths: Iterable[str]) -> set[str]:
        """Have the library read these files again; the modules that are others."""
        spelled = {path: self._spelled(path) for path in self._buffers}
        overlay = {**self._buffers, **{spelled[path]: source._replace(path=spelled[path]) for path, source in self._buffers.items()}}
        self.sources = OverlaySources(self._disk, overlay)
        return self.text.library.reread(self.sources, {spelling for path in paths for spelling in (path, self._spelled(path))})

    def _spelled(self, path: str) -> str:
        """A path without symbolic links, as the project spells it."""
        return self.root + path[len(self._real_root) :] if path.startswith(self._real_root + os.sep) else path

    def _is_broken(self, path: str, source: SourceText) -> bool:
        """Whether the text of a buffer can't be parsed and there is an earlier one that could."""
        self.broken.pop(path, None)
        name = self.text.library.module_name(self._spelled(path))
        fault = self.text.fault(name)
        if fault is None:
            self._good[path] = source
        elif path in self._good:
            self.broken[path] = fault
            return True
        return False

    def disk_changed(self) -> None:
        """Files may be others, or elsewhere."""
        self.text.forget_files()
        library = self.text.library
        self.code_changed(library.renew(self.text.import_roots(), self.sources))
        self._note(self.results.surroundings_changed())
        self.search()

    def store_changed(self) -> None:
        """The store may have other results."""
        if self.store_trouble is not None or not self._still_open():
            return
        symbols = {str(f.symbol) for functions, _ in self._modules.values() for f in functions}
        self._advising.store_changed()
        try:
            changed = self.results.look(symbols)
            self._stored = self._look_at_store()
        except HitSaveError as problem:
            self.store_trouble = Trouble(problem.problem, problem.advice)
            return
        if self._dirty is not None:
            self._dirty |= changed
        self._look_at_accepted()

    def _look_at_accepted(self) -> None:
        """A person may have accepted a change, here or elsewhere, or taken that back."""
        now = dict(self.store.documents(SCOPE))
        symbols = {symbol for symbol in now.keys() | self._accepted.keys() if now.get(symbol) != self._accepted.get(symbol)}
        if symbols:
            self._accepted = now
            self.text.world.accepted.forget()
            self._note(self.results.accepted(symbols))

    def _still_open(self) -> bool:
        try:
            self.store.stats()
        except HitSaveError as problem:
            self.store_trouble = Trouble(problem.problem, problem.advice)
            return False
        return True

    def code_changed(self, modules: set[str]) -> None:
        """These modules are others."""
        if not modules:
            return
        self._note(self.results.code_changed(modules))
        self._advising.code_changed(modules)
        self._look_into({m for m, (_, asked) in self._modules.items() if not asked.isdisjoint(modules)})

    def _note(self, records: Iterable[object]) -> None:
        if self._dirty is not None:
            wanted = {*records}
            self._dirty |= {s for s, stored in self.results.stored.items() if any(e.record in wanted for e in stored.entries)}

    def _look_into(self, modules: Iterable[str]) -> None:
        """Find the memoised functions of these modules."""
        library, walker = self.text.library, self.text.world.walker
        for name in modules:
            with library.asked() as asked:
                located = library.locate(name)
                found = memoised_functions(located, walker.resolver, walker.definitions) if isinstance(located, SourceModule) else ()
            if found or name in self._modules or isinstance(located, SourceModule):
                self._modules[name] = found, frozenset(asked)

    def advise(self) -> bool:
        """Look for what speaks against memoising the functions that are; whether that is something else than before."""
        before = self._advice
        self._advice = self._advising.look(str(f.symbol) for functions, _ in self._modules.values() for f in functions)
        return before != self._advice

    # --- what is so ------------------------------------------------------------------------------------------------

    def picture(self, revision: int) -> Picture:
        """What is so, of the buffers of this revision."""
        present = sorted((f for functions, _ in self._modules.values() for f in functions), key=lambda f: (f.path, f.line))
        functions: dict[str, FunctionPicture] = {}
        for function in present:
            symbol = str(function.symbol)
            known = self._pictures.get(symbol)
            fresh = self._dirty is None or symbol in self._dirty or known is None
            if known is None or fresh or (known.path, known.line, known.kind) != (function.path, function.line, function.kind):
                functions[symbol] = picture_of(symbol, function, self.results, known if not fresh else None)
            else:
                functions[symbol] = known
        gone: dict[str, FunctionPicture] = {}
        for symbol in self.results.stored.keys() - functions.keys():
            known = self._pictures.get(symbol)
            if known is None or known.path or self._dirty is None or symbol in self._dirty:
                known = picture_of(symbol, None, self.results, None)
            gone[symbol] = known
        self._pictures = {**gone, **functions}
        self._dirty = set()
        shown = tuple(functions.values())
        faults = [*(self.text.fault(m) for m in self._modules), *self.results.faults()]
        return (
            Picture(
                root=self.root,
                revision=revision,
                functions=shown,
                advice=self._advice,
                gone=tuple(gone[s] for s in sorted(gone)) if self.searched else (),
                prices=prices_of(shown, self.root),
                texts={path: source.text for path, source in self._buffers.items()},
                broken=dict(self.broken),
                faults=tuple(sorted({f for f in faults if f is not None})),
                complete=self.searched and self.text.files.complete,
                store=self._stored
                if self.store_trouble is None
                else StorePicture(self.folder, exists=os.path.isdir(self.folder), trouble=self.store_trouble),
                trouble=self.trouble,
            )
            if self.store_trouble is None
            else Picture(
                root=self.root,
                revision=revision,
                functions=shown,
                advice=self._advice,
                texts={path: source.text for path, source in self._buffers.items()},
                broken=dict(self.broken),
                complete=self.searched,
                store=StorePicture(self.folder, exists=os.path.isdir(self.folder), trouble=self.store_trouble),
                trouble=self.trouble,
            )
        )

    def module_of(self, path: str) -> str:
        """The name of the module that a file is; the path is without symbolic links."""
        return self.text.library.module_name(self._spelled(path))

    # --- looked up when someone asks -------------------------------------------------------------------------------

    def dependencies(self, symbol: str) -> Dependencies:
        """What a function depends on by its text now. UnknownSymbolError or NoSourceError if there is no such text."""
        return Dependencies(self.text, Symbol.parse(symbol))

    def stored(self, symbol: str, *, status: Status | None = None, pinned: bool | None = None) -> list[Entry]:
        """All results of a function of this project, newest first; of any project's where this one has none, as it may have been moved."""
        chosen = Filter(symbol=symbol, project=self.root, status=status, pinned=pinned)
        return self.store.list(chosen, limit=None) or (
            [] if self.store.count(Filter(symbol=symbol, project=self.root)) else self.store.list(chosen._replace(project=None), limit=None)
        )

    def entries(self, entries: Iterable[Entry]) -> list[Entry]:
        """These results as they are in the store now, with how often they were used and whether they are pinned; without those that are gone."""
        found: list[Entry] = []
        for entry in entries:
            try:
                found.append(self.store.get(entry.id))
            except HitSaveError:
                continue
        return found

    def watched(self, *, files: bool) -> list[str]:
        """What to look at for changes that nobody tells of: folders of the import path, files that results depend on, and with `files` those of the project."""
        found = [*self.text.library.import_roots, os.path.join(self.root, "pyproject.toml"), *self.results.files()]
        return [*found, *self.text.library.located_paths(), *self.text.files.paths] if files and self.searched else found

    def _look_at_store(self) -> StorePicture:
        stats = self.store.stats()
        return StorePicture(
            self.folder,
            exists=os.path.isdir(self.folder),
            stats=stats,
            experiments=self.store.count(Filter(kind="experiment")),
            disk_bytes=stats.database_bytes + stats.value_bytes,
        )
