"""What a command is about: the store, the project of the current folder, and the text of its code. Each is looked for when it is first asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from hitsave.errors import HitSaveError, SettingError
from hitsave.storage.folder import default_folder
from hitsave.storage.store import Store
from hitsave.workspace.project import find_project, find_root, is_git_root, is_project_folder, same_folder
from hitsave.workspace.settings import Settings

if TYPE_CHECKING:
    from hitsave.codegraph.symbols import Symbol
    from hitsave.freshness.project_text import BrokenFile, MemoisedFunctions, ProjectText
    from hitsave.freshness.static import StaticWorld
    from hitsave.workspace.library import WorkspaceLibrary


class Here:
    """The surroundings of one command, run in `folder`; used as a context, which keeps what was analysed for the next command and closes the store.

    HitSaveError for whatever of them is not usable, at the time when it is asked for.
    """

    def __init__(self, environ: Mapping[str, str] | None = None, folder: str | None = None) -> None:
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self._given_folder = folder
        self._texts: dict[str, ProjectText] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for text in self._texts.values():
            text.library.keep()
        for name in ("store", "writable"):
            if name in vars(self):
                vars(self)[name].close()

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
    def writable(self) -> Store:
        """The store, to be changed."""
        return Store.open(self.store.folder)

    @cached_property
    def root(self) -> str:
        """The root of the current folder's project, as its runs wrote it.

        Where nothing marks a project, a run takes its script's folder for one; so the nearest folder upwards that has entries counts.
        """
        root = find_root(self.folder, script_folder=None)
        known = self.store.projects()
        if root in known:
            return root
        for project in known:
            if same_folder(project, root):
                return project
        if not (is_project_folder(root) or is_git_root(root)):
            above = [p for p in known if root.startswith(p.rstrip(os.sep) + os.sep)]
            return max(above, key=len, default=root)
        return root

    def text(self, root: str | None = None) -> ProjectText:
        """The text of the project at `root` (default: here) as it is now."""
        from hitsave.freshness.project_text import ProjectText

        root = self.root if root is None else root
        if root not in self._texts:
            try:
                settings = self.settings if root == self.root else find_project(root, script_folder=root, environ=self.environ).settings
            except SettingError:
                settings = Settings()  # another project's fault is no reason not to list its entries
            self._texts[root] = ProjectText(root, settings, self.store, self.environ)
        return self._texts[root]

    def world(self, root: str | None = None) -> StaticWorld:
        """What Records of the project at `root` are checked against."""
        return self.text(root).world

    def library(self, root: str | None = None) -> WorkspaceLibrary:
        """The code that the project at `root` can import."""
        return self.text(root).library

    @property
    def memoised(self) -> MemoisedFunctions:
        """The memoised functions of the current folder's project, by file and line."""
        return self.text().memoised

    def defined(self, name: str) -> list[str]:
        """The functions and classes of the project called `name` (or with a qualified name that is `name`)."""
        return self.text().defined(name)

    def fault(self, module: str, root: str | None = None) -> BrokenFile | None:
        """Why the text of a module can't be analysed; None if it can, or if there is no such module."""
        return self.text(root).fault(module)

    def readable(self, symbol: Symbol, root: str | None = None) -> None:
        """NoSourceError if the text of the symbol's module can't be analysed."""
        self.text(root).readable(symbol)

    def shown(self, path: str, root: str | None = None) -> str:
        """A path as people read it: from the project's root where inside it."""
        return self.text(root).shown(path)
