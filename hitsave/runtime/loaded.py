"""The text that loaded modules were made from: what this process runs, whatever happened to their files since.

A module's text is read when it is first needed, and kept until the module is loaded again, or some of its functions are given other code, as autoreload does.
Where the file may have changed between the loading and that reading, the text is compiled and compared with the code that was loaded.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import cache
from importlib.machinery import SourceFileLoader
from types import CodeType, FunctionType, ModuleType
from typing import Final

from hitsave.codegraph.library import Located, MissingModule, SourceModule
from hitsave.errors import NoSourceError
from hitsave.runtime import executed, replaced
from hitsave.runtime.functions_of import functions_of
from hitsave.runtime.loading import loadings
from hitsave.structs import NamedTuple
from hitsave.workspace.library import WorkspaceLibrary
from hitsave.workspace.sources import Written

_TICK_NS: Final = 50_000_000
"""A file system's clock may be this much behind the system's."""


class LoadedTexts:
    """The texts of loaded project modules, by symbol name."""

    def __init__(self, files: WorkspaceLibrary) -> None:
        self.files = files
        self._kept: dict[str, _Kept] = {}
        self._unread: dict[str, _Unread] = {}
        self._stands_for: dict[int, tuple[CodeType, CodeType]] = {}

    def of(self, name: str, module: ModuleType) -> Located:
        """What loaded module `module`, whose symbol name is `name`, was made from. NoSourceError if that can't be told any more."""
        stamp = _stamp(module)
        kept = self._kept.get(name)
        unread = self._unread.pop(name, None)
        if unread is not None and unread.stamp is stamp:
            kept = self._kept[name] = _Kept(stamp, self.files.module_of(unread.written), unread.replaced, frozenset())
        if kept is not None and kept.stamp is stamp:
            return kept.source if kept.replaced == replaced.times else self._still(name, module, kept)
        located = self.files.locate(name)
        file = vars(module).get("__file__")
        if isinstance(located, MissingModule):
            raise NoSourceError(located.why if "can't be read" in located.why else f"{file} is gone", "Restore it, and run again")
        if isinstance(located, SourceModule):
            if located.index.error is not None:
                raise NoSourceError(f"{file} is not valid Python: {located.index.error}", "It changed since it was imported: mend it, and run again")
            if not _is_what_was_loaded(module, located.path, located.text):
                raise NoSourceError(f"{file} changed after it was imported", "Import it again (importlib.reload), or run the program again")
            self._kept[name] = _Kept(stamp, located, replaced.times, _code_of_other_loaders(module))
        return located

    def written(self, name: str, module: ModuleType) -> SourceModule | Written | None:
        """What loaded module `module` was made from, without an index unless there is one; None if more than the times of its file has to be looked at."""
        stamp = _stamp(module)
        known = self._kept.get(name) or self._unread.get(name)
        if known is not None:
            return (
                (known.source if isinstance(known, _Kept) else known.written) if known.stamp is stamp and known.replaced == replaced.times else None
            )
        written, spec = self.files.written(name), vars(module).get("__spec__")
        if (
            written is None
            or (spec is not None and type(spec.loader) is not SourceFileLoader)
            or not _is_what_was_loaded(module, written.source.path)
        ):
            return None
        self._unread[name] = _Unread(stamp, written, replaced.times)
        return written

    def _still(self, name: str, module: ModuleType, kept: _Kept) -> SourceModule:
        """What the module is made of after functions somewhere were given other code. NoSourceError where its functions have code of no text that is known."""
        now = replaced.times
        file = str(vars(module).get("__file__"))
        other = [function for function in _of_other_text(module, file, kept.source.text) if function.__code__ not in kept.made]
        source = kept.source
        if other:
            executed.tell_nothing_of(file)  # their lines are those of no text
            located = self.files.locate(name)
            if not isinstance(located, SourceModule) or located.index.error is not None:
                raise _given_other_code(other[0], file)
            of_text = {_meaning(code): code for code in _nested(compile(located.text, file, "exec", dont_inherit=True))}
            for function in other:
                if _meaning(function.__code__) not in of_text:
                    raise _given_other_code(function, file)
            for function in functions_of(module, file):
                if (written := of_text.get(_meaning(function.__code__))) is not None:
                    self._stands_for |= {id(live): (live, code) for live, code in zip(_nested(function.__code__), _nested(written), strict=True)}
            source = located
        self._kept[name] = kept._replace(source=source, replaced=now)
        return source

    def as_written(self, code: CodeType) -> CodeType:
        """The code that the text of a module gives for a function's, which is another where that was put in its place."""
        found = self._stands_for.get(id(code))
        return code if found is None else found[1]

    def keeps(self, name: str, module: ModuleType) -> bool:
        """Whether the text of loaded module `module` is known."""
        known = self._kept.get(name) or self._unread.get(name)
        return known is not None and known.stamp is _stamp(module)


class _Kept(NamedTuple):
    """What a module is made of: as it was loaded (`stamp`), and when so many times a function had been given other code (`replaced`).

    `made` is the code that a loader of its own made of the text, as pytest does.
    """

    stamp: object
    source: SourceModule
    replaced: int
    made: frozenset[CodeType]


class _Unread(NamedTuple):
    """The text of a module as it was loaded, which nobody has needed yet."""

    stamp: object
    written: Written
    replaced: int


def _stamp(module: ModuleType) -> object:
    """Another object each time that the module is loaded: loading it again gives it another spec."""
    return vars(module).get("__spec__") or module


def _is_what_was_loaded(module: ModuleType, path: str, text: str | None = None) -> bool:
    """Whether the file at `path`, which has this text, is what a module was made from; without a text, False where its times don't tell."""
    file = str(vars(module).get("__file__"))
    try:
        found = os.stat(path)
    except OSError:
        return False
    loading = loadings.get(file)
    since = (loading.at_ns if loading is not None else 0) or _process_start_ns()
    if max(found.st_ctime_ns, found.st_mtime_ns) < since - _TICK_NS:
        return True
    if text is None:
        return False
    spec = vars(module).get("__spec__")
    if spec is not None and type(spec.loader) is not SourceFileLoader:
        return loading is None  # another loader may have made other code of the same text
    try:
        compiled = compile(text, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    if loading is not None:
        return compiled == loading.code
    known = set(_nested(compiled))
    return all(function.__code__ in known for function in functions_of(module, file))


def _code_of_other_loaders(module: ModuleType) -> frozenset[CodeType]:
    spec = vars(module).get("__spec__")
    if spec is None or type(spec.loader) is SourceFileLoader:
        return frozenset()
    return frozenset(function.__code__ for function in functions_of(module, str(vars(module).get("__file__"))))


def _of_other_text(module: ModuleType, file: str, text: str) -> list[FunctionType]:
    """The functions of a module whose code is not what this text gives."""
    known = set(_nested(compile(text, file, "exec", dont_inherit=True)))
    return [function for function in functions_of(module, file) if function.__code__ not in known]


def _given_other_code(function: FunctionType, file: str) -> NoSourceError:
    return NoSourceError(f"{function.__qualname__}() of {file} was given other code", "Import the module again (importlib.reload)")


def _meaning(code: CodeType) -> tuple[object, ...]:
    """All of a function's code but where it stands."""
    constants: tuple[object, ...] = tuple(_meaning(c) if isinstance(c, CodeType) else (type(c).__name__, repr(c)) for c in code.co_consts)
    names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
    return code.co_name, code.co_code, constants, names, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags


def _nested(code: CodeType) -> Iterator[CodeType]:
    waiting = [code]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(c for c in part.co_consts if isinstance(c, CodeType))


@cache
def _process_start_ns() -> int:
    """When this process began, 0 where the system does not tell."""
    try:
        with open("/proc/self/stat", "rb") as status:
            ticks = int(status.read().rpartition(b")")[2].split()[19])
        boot = time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        return boot + ticks * 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, AttributeError, IndexError):
        return 0
