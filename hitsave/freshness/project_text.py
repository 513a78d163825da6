"""The text of one project, and what can be asked of it without running anything."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

import hitsave
from hitsave.codegraph.library import MissingModule, SourceModule
from hitsave.codegraph.memoised import MemoisedFunction, may_have_memoised, memoised_functions
from hitsave.codegraph.symbols import Symbol
from hitsave.errors import NoSourceError
from hitsave.freshness.accepted import accepted_in
from hitsave.freshness.static import StaticWorld
from hitsave.freshness.surroundings import Surroundings
from hitsave.storage.packing import unpack
from hitsave.storage.store import Store
from hitsave.structs import NamedTuple
from hitsave.workspace.facts_table import FactsTable
from hitsave.workspace.library import WorkspaceLibrary
from hitsave.workspace.project import Project, same_folder
from hitsave.workspace.project_files import ProjectFiles, project_files
from hitsave.workspace.settings import Settings
from hitsave.workspace.sources import LARGEST_SOURCE, Sources
from hitsave.workspace.workspace import default_import_roots

IMPORT_ROOTS: Final = "import-roots"
"""The document of a project's scope in the store that holds the ``sys.path`` of its last run: a msgpack array of strings."""


class BrokenFile(NamedTuple):
    """A file whose text can't be analysed: `path` is relative to the project where inside it, `line` 0 where that is not known."""

    path: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.path} can't be read: {self.why}"


class MemoisedFunctions(NamedTuple):
    """The memoised functions of a project, found in its text; `broken` are the files that could not be looked into, `complete` says that there were not too many files."""

    functions: tuple[MemoisedFunction, ...]
    broken: tuple[BrokenFile, ...]
    complete: bool


class ProjectText:
    """The text of the project at `root`, with what `store` knows of its runs. `sources` are where texts come from, by default the disk."""

    def __init__(self, root: str, settings: Settings, store: Store, environ: Mapping[str, str], *, sources: Sources | None = None) -> None:
        self.root = root
        self.store = store
        self.project = Project(root, settings)
        kept = FactsTable(store.folder) if os.path.isdir(store.folder) else None
        self.library = WorkspaceLibrary(self.project, self.import_roots(), sources=sources, facts=kept)
        self.world = StaticWorld(self.library, Surroundings(self.library, root, environ))
        self.world.accepted = accepted_in(store)

    def import_roots(self) -> list[str]:
        """The import path that a run would have: that of the last run, then what the project itself tells."""
        own = str(Path(hitsave.__file__).parent.parent)  # or `from hitsave import memo` would lead nowhere in another environment
        return list(dict.fromkeys([*stored_import_roots(self.store, self.root), *default_import_roots(self.project, _interpreter_path()), own]))

    @cached_property
    def files(self) -> ProjectFiles:
        """The files that could define functions of the project."""
        return project_files(self.root)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The texts of the project's modules by name, read quickly: not to be analysed, but to be searched for words."""
        return {self.library.module_name(path): _content(path).decode("utf-8", "replace") for path in self.files.paths}

    def forget_files(self) -> None:
        """Have the disk looked at again for which files there are."""
        for name in ("files", "texts", "memoised"):
            vars(self).pop(name, None)

    @cached_property
    def memoised(self) -> MemoisedFunctions:
        """The memoised functions of the project, by file and line."""
        packages = frozenset(self.library.module_name(path) for path in self.files.paths if path.endswith(os.sep + "__init__.py"))
        return self.memoised_in(may_have_memoised(self.texts, packages))

    def memoised_in(self, modules: Iterable[str]) -> MemoisedFunctions:
        """The memoised functions of these modules, by file and line."""
        functions: list[MemoisedFunction] = []
        broken: list[BrokenFile] = []
        for name in modules:
            located = self.library.locate(name)
            fault = self.fault(name)
            if fault is not None:
                broken.append(fault)
            elif isinstance(located, SourceModule):
                functions.extend(memoised_functions(located, self.world.walker.resolver, self.world.walker.definitions))
        functions.sort(key=lambda f: (f.path, f.line))
        return MemoisedFunctions(tuple(functions), tuple(sorted(broken)), self.files.complete)

    def defined(self, name: str) -> list[str]:
        """The functions and classes of the project called `name` (or with a qualified name that is `name`)."""
        first = name.partition(".")[0]
        written = re.compile(rf"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(first)}\b", re.MULTILINE)
        symbols = [Symbol(module, name) for module, text in self.texts.items() if written.search(text)]
        return [str(symbol) for symbol in symbols if self.world.definition(symbol) is not None]

    def fault(self, module: str) -> BrokenFile | None:
        """Why the text of a module can't be analysed; None if it can, or if there is no such module."""
        located = self.library.locate(module)
        if isinstance(located, SourceModule) and located.index.error is not None:
            return BrokenFile(self.shown(located.path), _line_in(located.index.error), located.index.error)
        if isinstance(located, MissingModule) and located != MissingModule(located.name):
            path, _, why = located.why.rpartition(" can't be read: ")
            return BrokenFile(self.shown(path) or module, 0, why)
        return None

    def readable(self, symbol: Symbol) -> None:
        """NoSourceError if the text of the symbol's module can't be analysed."""
        fault = self.fault(symbol.module)
        if fault is not None:
            raise NoSourceError(str(fault), "Correct it and ask again")

    def shown(self, path: str) -> str:
        """A path as people read it: from the project's root where inside it."""
        prefix = self.root.rstrip(os.sep) + os.sep
        return path[len(prefix) :].replace(os.sep, "/") if path.startswith(prefix) else path


def stored_import_roots(store: Store, root: str) -> list[str]:
    """The import path of the last run of the project at `root`; empty where none is known."""
    content = store.documents(root).get(IMPORT_ROOTS)
    if content is None:
        return []
    try:
        found = unpack(content)
    except ValueError:
        return []
    return [r for r in found if isinstance(r, str)] if isinstance(found, list) else []  # pyright: ignore[reportUnknownVariableType]


def _interpreter_path() -> list[str]:
    """``sys.path`` as a script run by this interpreter would have it, without the folder of the script that runs now."""
    script = Path(sys.argv[0]).absolute().parent if sys.argv and sys.argv[0] else None
    first = sys.path[:1]
    if first and not sys.flags.safe_path and (first[0] == "" or (script is not None and same_folder(first[0], str(script)))):
        return sys.path[1:]
    return list(sys.path)


def _content(path: str) -> bytes:
    """The bytes of a file, none of what is no file of a source's size: a pipe would never end, and neither would some devices."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb", buffering=0) as file:
            status = os.fstat(descriptor)
            return file.read() if stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST_SOURCE else b""
    except (OSError, ValueError):
        return b""


def _line_in(error: str) -> int:
    _, _, end = error.rpartition("(line ")
    return int(end[:-1]) if end[:-1].isdigit() and end.endswith(")") else 0
