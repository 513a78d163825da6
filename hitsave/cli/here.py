"""What a command is about: the store, the project of the current folder, and the text of its code. Each is looked for when it is first asked for."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import hitsave
from hitsave.cli.project_files import ProjectFiles, project_files
from hitsave.codegraph.library import MissingModule, SourceModule
from hitsave.codegraph.memoised import MemoisedFunction, may_have_memoised, memoised_functions
from hitsave.codegraph.symbols import Symbol
from hitsave.errors import HitSaveError, NoSourceError, SettingError
from hitsave.storage.folder import default_folder
from hitsave.storage.packing import unpack
from hitsave.storage.store import Store
from hitsave.workspace.facts_table import FactsTable
from hitsave.workspace.library import WorkspaceLibrary
from hitsave.workspace.project import Project, find_project, find_root, is_git_root, is_project_folder
from hitsave.workspace.settings import Settings
from hitsave.workspace.workspace import default_import_roots

if TYPE_CHECKING:
    from hitsave.freshness.static import StaticWorld

IMPORT_ROOTS = "import-roots"
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


class Here:
    """The surroundings of one command, run in `folder`; used as a context, which keeps what was analysed for the next command and closes the store.

    HitSaveError for whatever of them is not usable, at the time when it is asked for.
    """

    def __init__(self, environ: Mapping[str, str] | None = None, folder: str | None = None) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self._given_folder = folder
        self._worlds: dict[str, StaticWorld] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for world in self._worlds.values():
            world.surroundings.library.keep()
        if "store" in vars(self):
            self.store.close()

    @cached_property
    def folder(self) -> str:
        """The current folder."""
        if self._given_folder is not None:
            return str(Path(self._given_folder).absolute())
        try:
            return str(Path.cwd())
        except OSError as problem:
            raise HitSaveError("The current folder does not exist any more", "Go to one that does") from problem

    @cached_property
    def settings(self) -> Settings:
        """The settings of the project of the current folder."""
        return find_project(self.folder, script_folder=None, environ=self.environ).settings

    @cached_property
    def store(self) -> Store:
        """The store, for reading."""
        return Store.open(self.settings.store or default_folder(self.environ), readonly=True)

    @cached_property
    def root(self) -> str:
        """The root of the current folder's project, as its runs wrote it.

        Where nothing marks a project, a run takes its script's folder for one; so the nearest folder upwards that has entries counts.
        """
        root = str(find_root(self.folder, script_folder=None))
        known = self.store.projects()
        if root in known:
            return root
        for project in known:
            if _same_folder(project, root):
                return project
        if not (is_project_folder(root) or is_git_root(root)):
            above = [p for p in known if root.startswith(p.rstrip(os.sep) + os.sep)]
            return max(above, key=len, default=root)
        return root

    def world(self, root: str | None = None) -> StaticWorld:
        """The text of the project at `root` (default: here) as it is now."""
        from hitsave.freshness.static import StaticWorld
        from hitsave.freshness.surroundings import Surroundings

        root = self.root if root is None else root
        if root not in self._worlds:
            library = self._make_library(root)
            self._worlds[root] = StaticWorld(library, Surroundings(library, root, self.environ))
        return self._worlds[root]

    def library(self, root: str | None = None) -> WorkspaceLibrary:
        """The code that the project at `root` can import."""
        return self.world(root).surroundings.library

    def _make_library(self, root: str) -> WorkspaceLibrary:
        try:
            settings = self.settings if root == self.root else find_project(root, script_folder=root, environ=self.environ).settings
        except SettingError:
            settings = Settings()  # another project's fault is no reason not to list its entries
        project = Project(Path(root), settings)
        roots = [*self._stored_import_roots(root), *default_import_roots(project, _interpreter_path())]
        own = str(Path(hitsave.__file__).parent.parent)  # or `from hitsave import memo` would lead nowhere in another environment
        kept = FactsTable(self.store.folder) if os.path.isdir(self.store.folder) else None  # noqa: PTH112
        return WorkspaceLibrary(project, list(dict.fromkeys([*roots, own])), facts=kept)

    def _stored_import_roots(self, root: str) -> list[str]:
        content = self.store.documents(root).get(IMPORT_ROOTS)
        if content is None:
            return []
        try:
            found = unpack(content)
        except ValueError:
            return []
        return [r for r in found if isinstance(r, str)] if isinstance(found, list) else []  # pyright: ignore[reportUnknownVariableType]

    # -- what the text says -------------------------------------------------------------------------------------------

    @cached_property
    def _files(self) -> ProjectFiles:
        return project_files(self.root)

    @cached_property
    def _texts(self) -> dict[str, str]:
        """The texts of the project's modules by name, read quickly: not to be analysed, but to be searched for words."""
        library = self.library()
        return {library.module_name(path): _content(path).decode("utf-8", "replace") for path in self._files.paths}

    def defined(self, name: str) -> list[str]:
        """The functions and classes of the project called `name` (or with a qualified name that is `name`)."""
        first = name.partition(".")[0]
        written = re.compile(rf"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(first)}\b", re.MULTILINE)
        symbols = [Symbol(module, name) for module, text in self._texts.items() if written.search(text)]
        return [str(symbol) for symbol in symbols if self.world().definition(symbol) is not None]

    @cached_property
    def memoised(self) -> MemoisedFunctions:
        """The memoised functions of the current folder's project, by file and line."""
        library, walker = self.library(), self.world().walker
        packages = frozenset(library.module_name(path) for path in self._files.paths if path.endswith(os.sep + "__init__.py"))
        functions: list[MemoisedFunction] = []
        broken: list[BrokenFile] = []
        for name in may_have_memoised(self._texts, packages):
            located = library.locate(name)
            fault = self.fault(name)
            if fault is not None:
                broken.append(fault)
            elif isinstance(located, SourceModule):
                functions.extend(memoised_functions(located, walker.resolver, walker.definitions))
        functions.sort(key=lambda f: (f.path, f.line))
        return MemoisedFunctions(tuple(functions), tuple(sorted(broken)), self._files.complete)

    def fault(self, module: str, root: str | None = None) -> BrokenFile | None:
        """Why the text of a module can't be analysed; None if it can, or if there is no such module."""
        located = self.library(root).locate(module)
        if isinstance(located, SourceModule) and located.index.error is not None:
            return BrokenFile(self.shown(located.path, root), _line_in(located.index.error), located.index.error)
        if isinstance(located, MissingModule) and located != MissingModule(located.name):
            path, _, why = located.why.rpartition(" can't be read: ")
            return BrokenFile(self.shown(path, root) or module, 0, why)
        return None

    def readable(self, symbol: Symbol, root: str | None = None) -> None:
        """NoSourceError if the text of the symbol's module can't be analysed."""
        fault = self.fault(symbol.module, root)
        if fault is not None:
            raise NoSourceError(str(fault), "Correct it and ask again")

    def shown(self, path: str, root: str | None = None) -> str:
        """A path as people read it: from the project's root where inside it."""
        prefix = (self.root if root is None else root).rstrip(os.sep) + os.sep
        return path[len(prefix) :].replace(os.sep, "/") if path.startswith(prefix) else path


def _same_folder(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False


def _interpreter_path() -> list[str]:
    """``sys.path`` as a script run by this interpreter would have it, without the folder of the script that runs now."""
    script = Path(sys.argv[0]).absolute().parent if sys.argv and sys.argv[0] else None
    first = sys.path[:1]
    if first and not sys.flags.safe_path and (first[0] == "" or (script is not None and _same_folder(first[0], str(script)))):
        return sys.path[1:]
    return list(sys.path)


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - thousands of them
            return file.read()
    except OSError:
        return b""


def _line_in(error: str) -> int:
    _, _, end = error.rpartition("(line ")
    return int(end[:-1]) if end[:-1].isdigit() and end.endswith(")") else 0
