"""The text that loaded modules were made from: what this process runs, whatever happened to their files since.

A module's text is read when it is first needed, and kept until the module is loaded again.
Where the file may have changed between the loading and that reading, the text is compiled and compared with the code that was loaded.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from types import CodeType, FunctionType, ModuleType
from typing import Final

from hitsave.codegraph.library import Located, MissingModule, SourceModule
from hitsave.errors import NoSourceError
from hitsave.runtime.loading import loadings
from hitsave.workspace.library import WorkspaceLibrary

_TICK_NS: Final = 50_000_000
"""A file system's clock may be this much behind the system's."""


class LoadedTexts:
    """The texts of loaded project modules, by symbol name."""

    def __init__(self, files: WorkspaceLibrary) -> None:
        self.files = files
        self._kept: dict[str, tuple[object, SourceModule]] = {}

    def of(self, name: str, module: ModuleType) -> Located:
        """What loaded module `module`, whose symbol name is `name`, was made from. NoSourceError if that can't be told any more."""
        stamp = _stamp(module)
        kept = self._kept.get(name)
        if kept is not None and kept[0] is stamp:
            return kept[1]
        located = self.files.locate(name)
        file = vars(module).get("__file__")
        if isinstance(located, MissingModule):
            raise NoSourceError(located.why if "can't be read" in located.why else f"{file} is gone", "Restore it, and run again")
        if isinstance(located, SourceModule):
            if located.index.error is not None:
                raise NoSourceError(f"{file} is not valid Python: {located.index.error}", "It changed since it was imported: mend it, and run again")
            if not _is_what_was_loaded(module, located):
                raise NoSourceError(f"{file} changed after it was imported", "Import it again (importlib.reload), or run the program again")
            self._kept[name] = (stamp, located)
        return located

    def keeps(self, name: str, module: ModuleType) -> bool:
        """Whether the text of loaded module `module` is known."""
        kept = self._kept.get(name)
        return kept is not None and kept[0] is _stamp(module)


def _stamp(module: ModuleType) -> object:
    """Another object each time that the module is loaded: loading it again gives it another spec."""
    return vars(module).get("__spec__") or module


def _is_what_was_loaded(module: ModuleType, source: SourceModule) -> bool:
    file = str(vars(module).get("__file__"))
    try:
        found = os.stat(source.path)
    except OSError:
        return False
    loading = loadings.get(file)
    since = (loading.at_ns if loading is not None else 0) or _process_start_ns()
    if max(found.st_ctime_ns, found.st_mtime_ns) < since - _TICK_NS:
        return True
    spec = vars(module).get("__spec__")
    if spec is not None and type(spec.loader) is not SourceFileLoader:
        return loading is None  # another loader may have made other code of the same text
    try:
        compiled = compile(source.text, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    if loading is not None:
        return compiled == loading.code
    known = set(_nested(compiled))
    return all(function.__code__ in known for function in _functions(module, file))


def _nested(code: CodeType) -> Iterator[CodeType]:
    waiting = [code]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(c for c in part.co_consts if isinstance(c, CodeType))


def _functions(module: ModuleType, file: str) -> Iterator[FunctionType]:
    spaces = [vars(module), *(vars(v) for v in vars(module).values() if isinstance(v, type) and v.__module__ == module.__name__)]
    for space in spaces:
        for value in space.values():
            if isinstance(value, FunctionType) and value.__code__.co_filename == file:
                yield value


def _process_start_ns() -> int:
    """When this process began, 0 where the system does not tell."""
    try:
        with open("/proc/self/stat", "rb") as status:
            ticks = int(status.read().rpartition(b")")[2].split()[19])
        boot = time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        return boot + ticks * 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, AttributeError, IndexError):
        return 0
