"""Text for a live process: the project's files, loaded modules as they were loaded, and the cells of a notebook or console as one more module."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any, Final, cast

from hitsave.codegraph.definitions import Found
from hitsave.codegraph.library import ExternalModule, Located, MissingModule, SourceModule
from hitsave.codegraph.own_decorators import OWN_DISTRIBUTION
from hitsave.codegraph.symbols import Symbol
from hitsave.errors import NoSourceError
from hitsave.runtime.loaded import LoadedTexts
from hitsave.structs import NamedTuple
from hitsave.workspace.library import WorkspaceLibrary

if TYPE_CHECKING:
    from hitsave.codegraph.facts import ImportOrigin
    from hitsave.codegraph.resolution import Resolution
    from hitsave.runtime.answers import Answers
    from hitsave.runtime.objects import ExternalCode

NOTEBOOK_MODULE: Final = "__main__"


Shown = tuple[tuple[str, str], ...]
"""Constants by their type and representation."""


class Asked(NamedTuple):
    """What a stretch of work asked of text: the modules that it looked for, distributions with whether their code reads documentation, and whether it found all."""

    located: dict[str, Located]
    readers: dict[str, bool]
    is_unsure: bool


class Moment:
    """What was found out in a stretch of work during which no code of the user runs, so that nothing is loaded or rebound.

    `answers` are what an earlier process found out of the same text, of which this one has not looked at more.
    """

    __slots__ = ("answers", "classes", "code", "defaults", "defined", "is_unsure", "located", "modules", "readers", "resolved", "spaces")

    def __init__(self) -> None:
        self.answers: Answers | None = None
        self.is_unsure = False  # there was a module whose text could not be told
        self.located: dict[str, Located] = {}
        self.modules: dict[str, ModuleType | None] = {}
        self.resolved: dict[tuple[str, tuple[str, ...], ImportOrigin | None], tuple[Resolution, ...]] = {}  # names of modules
        self.spaces: dict[str, dict[str, Any]] = {}  # the variables of modules
        self.code: dict[
            tuple[int, str], tuple[CodeType, Found | ExternalCode]
        ] = {}  # by identity and module: equal code of two files is not the same
        self.classes: dict[tuple[str, str], Found] = {}  # by module and qualified name, where one statement makes such a class
        self.defaults: dict[Symbol, Shown | None] = {}  # those that text gives, None where it does not tell
        self.defined: dict[Symbol, bool] = {}
        self.readers: dict[str, bool] = {}  # distributions, with whether their code reads documentation

    def asked(self) -> Asked:
        """What was asked of text so far."""
        return Asked(self.located, self.readers, self.is_unsure)


class LiveLibrary:
    """The workspace's library, with the cells of a notebook or console as one more module, and loaded modules as they were loaded.

    `live_module` gives the loaded module of a symbol name; `LiveObjects` sets it.
    """

    def __init__(self, files: WorkspaceLibrary) -> None:
        self.files = files
        self.loaded = LoadedTexts(files)
        self.live_module: Callable[[str], ModuleType | None] = lambda name: None  # noqa: ARG005 - before there are LiveObjects
        self.now: Moment | None = None
        self._own: Located | None = None
        self._cells: tuple[tuple[tuple[str, ...], int], SourceModule, dict[str, int]] | None = None

    @contextmanager
    def one_moment(self, moment: Moment | None = None) -> Generator[Moment]:
        """Within it, each module is looked for once. For work during which no code of the user runs; thousands of checks ask for the same few modules. With a `moment`, it is that one."""
        outer, self.now = self.now, moment or self.now or Moment()
        try:
            yield self.now
        finally:
            self.now = outer

    def locate(self, module: str) -> Located:
        """The module called `module`; ``__main__`` is the notebook or console of this process. NoSourceError if it is loaded and its text can't be told any more."""
        now = self.now
        if now is None:
            return self._locate(module)
        found = now.located.get(module)
        if found is None:
            try:
                found = now.located[module] = self._locate(module)
            except NoSourceError:
                now.is_unsure = True
                raise
        return found

    def _locate(self, module: str) -> Located:
        if module == NOTEBOOK_MODULE:
            return self.notebook() or MissingModule(module)
        if module == OWN_DISTRIBUTION and self._own is not None:
            return self._own
        live = self.live_module(module)
        located = self.files.locate(module) if live is None else self.loaded.of(module, live)
        if module == OWN_DISTRIBUTION and isinstance(located, ExternalModule):
            self._own = located  # asked for with every decorator, and it stays what is running here
        return located

    def keeps(self, module: str) -> bool:
        """Whether a module is loaded and its text is known, so that a change of its file means nothing to this process."""
        live = self.live_module(module)
        return live is not None and self.loaded.keeps(module, live)

    def facts(self, text: str) -> Any:
        """The facts of a statement."""
        return self.files.facts(text)

    def reads_documentation(self, distribution: str) -> bool:
        """Whether code of an installed distribution may read documentation of what it is given."""
        reads = self.files.reads_documentation(distribution)
        if self.now is not None:
            self.now.readers[distribution] = reads
        return reads

    def notebook(self) -> SourceModule | None:
        """All cells run so far, in the order in which they ran last, as one module."""
        names, history = tuple(n for n in list(linecache.cache) if is_cell(n)), _history()
        if not names:
            self._cells = None
            return None
        stamp = names, len(history)
        if self._cells is None or self._cells[0] != stamp:
            from hitsave.codegraph.indexing import index_module  # loads Python's parser

            offsets: dict[str, int] = {}
            parts: list[str] = []
            count = 0
            for name in _as_they_ran(names, history):
                lines = linecache.getlines(name)
                text = "".join(lines)
                if index_module(text).error is not None:
                    text = "\n" * len(lines)
                text += "" if text.endswith("\n") else "\n"
                offsets[name] = count
                parts.append(text)
                count += text.count("\n")
            text = "".join(parts)
            self._cells = (stamp, SourceModule(NOTEBOOK_MODULE, "<notebook>", text, index_module(text)), offsets)
        return self._cells[1]

    def cell_offset(self, file_name: str) -> int | None:
        """How many lines stand before a cell in the notebook's module, or None if `file_name` is no cell."""
        self.notebook()
        return self._cells[2].get(file_name) if self._cells else None


def _history() -> list[Any]:
    """What was run in this IPython, a text for each time that a cell was; nothing elsewhere."""
    history: object = vars(sys.modules["__main__"]).get("In") if "IPython" in sys.modules else None
    return cast("list[Any]", history) if isinstance(history, list) else []


def _as_they_ran(names: tuple[str, ...], history: list[Any]) -> list[str]:
    """Cells in the order in which they ran last: one that is run again, an edit of it undone, say, has the name that it had, and stands in `linecache` where it stood."""
    last = {text.rstrip("\n"): number for number, text in enumerate(history) if isinstance(text, str)}
    return sorted(names, key=lambda name: last.get("".join(linecache.getlines(name)).rstrip("\n"), -1)) if last else list(names)


def is_cell(file_name: str) -> bool:
    """Whether this is what a cell of a notebook or console is called as a file."""
    if file_name.startswith("<"):
        return not file_name.startswith(("<frozen", "<string>", "<__array_function__", "<attrs", "<doctest"))
    return "ipykernel_" in file_name
