"""Between live objects and symbols: which module's namespace is meant, where a function's code stands, which class statement made a class."""

from __future__ import annotations

import builtins
import operator
import os
import sys
from collections.abc import Callable
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from hitsave.codegraph.definitions import Definitions, Found
from hitsave.codegraph.library import ExternalModule, Located, MissingModule, SourceModule
from hitsave.codegraph.resolution import Resolution
from hitsave.codegraph.resolve import Resolver
from hitsave.codegraph.symbols import Symbol
from hitsave.errors import NoSourceError
from hitsave.runtime.live_library import NOTEBOOK_MODULE, LiveLibrary, Moment
from hitsave.runtime.namespaces import variables_of
from hitsave.structs import frozen

if TYPE_CHECKING:
    from hitsave.runtime.answers import Answers

K = TypeVar("K")
T = TypeVar("T")

MISSING: Final[Any] = object()


@frozen
class ExternalCode:
    """Code outside of the project: its dotted name, and the distribution that it comes from."""

    name: str
    distribution: str


class LiveObjects:
    """Maps live modules, functions and classes to symbols, and back."""

    def __init__(self, library: LiveLibrary) -> None:
        self.library = library
        library.live_module = self.live_module
        self.definitions = Definitions(library)
        self.resolver = Resolver(library)
        self._modules: dict[str, ModuleType] = {}
        self._missing: tuple[tuple[int, str], set[str]] = ((0, ""), set())
        self._files: dict[str, str] = {}
        self._loaded: tuple[list[Any], frozenset[str]] = ([], frozenset())
        self._names: dict[int, tuple[ModuleType, str | ExternalCode | None]] = {}

    # --- modules ---------------------------------------------------------------------------------------------------

    def module_name(self, module: ModuleType) -> str | ExternalCode | None:
        """The symbol name of a live project module, where an external one comes from, or None for a module without a file."""
        known = self._names.get(id(module))
        if known is not None and known[0] is module:
            return known[1]
        name = self._name_module(module)
        self._names[id(module)] = (module, name)
        return name

    def _module_of(self, file: str) -> str:
        """The symbol name of the module that a file is; of one that is loaded it stays what it was."""
        return self._files.get(file) or self.library.files.module_name(file)

    def loaded_modules(self) -> frozenset[str]:
        """Symbol names of the project modules that are loaded."""
        modules = list(sys.modules.values())
        if len(self._loaded[0]) != len(modules) or not all(map(operator.is_, self._loaded[0], modules)):
            named = (self.module_name(m) for m in modules if type(m) is ModuleType)
            self._loaded = modules, frozenset(name for name in named if type(name) is str)
        return self._loaded[1]

    def _name_module(self, module: ModuleType) -> str | ExternalCode | None:
        space = vars(module)
        file = space.get("__file__")
        own = space.get("__name__", "")
        if not isinstance(file, str):
            if own == NOTEBOOK_MODULE:
                return NOTEBOOK_MODULE
            located = self.library.files.locate(own) if own else None
            if isinstance(located, ExternalModule):
                return ExternalCode(own, located.distribution)
            if own in sys.builtin_module_names or own in sys.stdlib_module_names:
                return ExternalCode(own, "python")
            return own if located is not None and not isinstance(located, MissingModule) else None
        distribution = self.library.files.external_distribution(file)
        if distribution is not None:
            return ExternalCode(own, distribution)
        name = self._files[file] = self.library.files.module_name(file)
        return name

    def live_module(self, name: str) -> ModuleType | None:
        """The loaded module whose symbol name is `name`."""
        now = self.library.now
        if now is None:
            return self._find_live(name)
        if name not in now.modules:
            now.modules[name] = self._find_live(name)
        return now.modules[name]

    def _find_live(self, name: str) -> ModuleType | None:
        known = self._modules.get(name)
        if known is not None and (sys.modules.get(known.__name__) is known):
            return known
        direct = sys.modules.get(name)
        if isinstance(direct, ModuleType) and self.module_name(direct) == name:
            self._modules[name] = direct
            return direct
        main = sys.modules.get("__main__")
        if isinstance(main, ModuleType) and self.module_name(main) == name:
            self._modules[name] = main
            return main
        return self._imported_otherwise(name)

    def _imported_otherwise(self, name: str) -> ModuleType | None:
        """A script's folder is on the path, so what lies beside it is imported by a shorter name than the project's root gives it; it can be a longer one, too."""
        stamp = len(sys.modules), next(reversed(sys.modules))  # what is imported is added at the end
        if self._missing[0] != stamp:
            self._missing = stamp, set()
        if name not in self._missing[1]:
            last = name.rpartition(".")[2]
            last = "" if "%" in last else last  # a file that is not named as modules are may be that of any
            loaded: list[tuple[str, object]] = list(sys.modules.items())
            for imported, module in loaded:
                if imported.endswith(last) and isinstance(module, ModuleType) and self.module_name(module) == name:
                    self._modules[name] = module
                    return module
            self._missing[1].add(name)
        return None

    def main_name(self) -> str | None:
        """The symbol name of the main script, None where there is none that could be imported."""
        main = sys.modules.get("__main__")
        name = self.module_name(main) if isinstance(main, ModuleType) else None
        return name if isinstance(name, str) and name != NOTEBOOK_MODULE else None

    def namespace(self, name: str) -> dict[str, Any] | None:
        """The global names of a loaded project module."""
        now = self.library.now
        known = None if now is None else now.spaces.get(name)
        if known is None:
            module = self.live_module(name)
            if module is None:
                return None
            known = variables_of(module)
            if now is not None:
                now.spaces[name] = known
        return known

    # --- functions and classes -------------------------------------------------------------------------------------

    def function(self, function: FunctionType) -> Found | ExternalCode:
        """The definition in the text that made `function`; NoSourceError where no text can be found."""
        return self.code(function.__code__, str(function.__module__ or ""))

    def code(self, code: CodeType, module: str = "") -> Found | ExternalCode:
        """The definition whose code this is."""
        now = self.library.now
        if now is None:
            return self._find_code(code, module)
        asked = id(code), module  # a wrapper that many functions share has the module of the one that it wraps
        known = now.code.get(asked)
        if known is None:
            answered = None if now.answers is None else now.answers.code(self.library.loaded.as_written(code))
            known = now.code[asked] = (code, answered or self._find_code(code, module))
        return known[1]

    def _find_code(self, code: CodeType, module: str) -> Found | ExternalCode:
        file = code.co_filename
        offset = self.library.cell_offset(file)
        if offset is not None:
            source: Located | None = self.library.notebook()
        else:
            offset = 0
            if file.startswith("<"):
                located = self.library.files.locate(module) if module else None
                if file.startswith("<frozen") or isinstance(located, ExternalModule):
                    return ExternalCode(f"{module}.{code.co_qualname}", located.distribution if isinstance(located, ExternalModule) else "python")
                raise NoSourceError(
                    f"{code.co_qualname}() has no source text ({file})", "Define it in a file, so that HitSave can see what it depends on"
                )
            distribution = self.library.files.external_distribution(file)
            if distribution is not None:
                return ExternalCode(f"{module}.{code.co_qualname}", distribution)
            source = self.library.locate(self._module_of(file))
            code = self.library.loaded.as_written(code)
        if not isinstance(source, SourceModule):
            raise NoSourceError(f"{code.co_qualname}() has no source text ({file})", "Define it in a file of Python text")
        if source.index.error is not None:
            raise NoSourceError(f"{file} is not valid Python: {source.index.error}", "Mend it, and run again")
        found = self.definitions.at(source, code.co_firstlineno + offset, code.co_name)
        if len(found) > 1:
            found = tuple(f for f in found if _same_place(f, code, source, offset)) or found
        if not found:
            raise NoSourceError(
                f"{code.co_qualname}() is not at {file}:{code.co_firstlineno} any more", "The file changed since it was imported; run again"
            )
        return found[0]

    def written_at(self, file: str, line: int, name: str) -> Symbol | None:
        """The function of the project that begins on a line of a file, by the name that its code has; None where there is none."""
        if (name.startswith("<") and name != "<lambda>") or not os.path.isabs(file) or self.library.files.external_distribution(file) is not None:
            return None
        try:
            source = self.library.locate(self._module_of(file))
        except NoSourceError:
            return None
        found = self.definitions.at(source, line, name) if isinstance(source, SourceModule) else ()
        return found[0].symbol if found and found[0].definition.kind != "class" else None

    def answered(self, kept: Callable[[Moment | Answers], dict[K, T]], key: K, find: Callable[[], T]) -> T:
        """What text says about `key`, found once in a moment, or by an earlier process."""
        now = self.library.now
        if now is None:
            return find()
        known = kept(now)
        if key not in known:
            before = {} if now.answers is None else kept(now.answers)
            known[key] = before[key] if key in before else find()
        return known[key]

    def is_defined(self, symbol: Symbol) -> bool:
        """Whether text defines a symbol."""
        return self.answered(lambda now: now.defined, symbol, lambda: self.definitions.find(symbol) is not None)

    def decorated_at(self, file: str, line: int) -> Found | None:
        """The innermost function definition whose decorators or ``def`` line stand on `line` of `file`."""
        offset = self.library.cell_offset(file)
        source: Located | None = self.library.notebook() if offset is not None else self.library.locate(self._module_of(file))
        if not isinstance(source, SourceModule):
            return None
        found = self.definitions.covering(source, line + (offset or 0))
        return found[-1] if found else None

    def class_(self, cls: type) -> Found | ExternalCode | None:
        """The class statement that made `cls`, where an external class comes from, or None for a project class that no statement made."""
        if not isinstance(cast("object", cls.__module__), str):  # of C code that has an attribute of this name for its objects, as Cython's functions
            return ExternalCode(cls.__qualname__, "python")
        module = sys.modules.get(cls.__module__)
        name = self.module_name(module) if isinstance(module, ModuleType) else None
        if isinstance(name, ExternalCode):
            return ExternalCode(f"{cls.__module__}.{cls.__qualname__}", name.distribution)
        if name is None:
            located = self.library.files.locate(cls.__module__)
            if isinstance(located, ExternalModule):
                return ExternalCode(f"{cls.__module__}.{cls.__qualname__}", located.distribution)
            return None
        qualname, now = cls.__qualname__, self.library.now
        answered = None if now is None or now.answers is None else now.answers.class_(name, qualname)
        if answered is not None:
            return answered
        same = [f for f in (self.definitions.find(Symbol(name, q)) for q in (qualname, *(f"{qualname}#{n}" for n in range(1, 4)))) if f is not None]
        same = [f for f in same if f.definition.kind == "class"]
        if len(same) > 1:
            lines = [
                v.__code__.co_firstlineno for v in vars(cls).values() if isinstance(v, FunctionType) and not v.__code__.co_filename.startswith("<")
            ]
            first = vars(cls).get("__firstlineno__", min(lines, default=0))
            if first:
                same = [f for f in same if _line_range(f)[0] <= first <= _line_range(f)[1]] or same
            else:
                from hitsave.runtime.alike import those_that_make  # loads Python's parser

                same = those_that_make(cls, same, self.library) or same
        elif same and now is not None:
            now.classes[name, qualname] = same[0]
        return same[0] if same else None

    def object_at(self, symbol: Symbol) -> Any:
        """The live object that a symbol's qualified name leads to from its module, MISSING if there is none; runs no user code."""
        space = self.namespace(symbol.module)
        if space is None:
            return MISSING
        first, *rest = symbol.name.split(".")
        value = space.get(first.partition("#")[0] if "#" in first else first, MISSING)
        for part in rest:
            if not isinstance(value, type):
                return MISSING
            value = vars(value).get(part.partition("#")[0], MISSING)
        return value

    def live(self, resolution: Resolution) -> Any:
        """The live object that a resolution stands for, MISSING if there is none."""
        match resolution.kind:
            case "symbol" | "value":
                return self.object_at(resolution.symbol)
            case "module":
                return self.live_module(resolution.target) or MISSING
            case "external":
                return external_object(resolution.target)
            case "builtin":
                return vars(builtins).get(resolution.target, MISSING)
            case _:
                return MISSING


def external_object(dotted: str) -> Any:
    """The live object that a dotted external name stands for, without importing anything."""
    parts = dotted.split(".")
    for count in range(len(parts), 0, -1):
        value: Any = sys.modules.get(".".join(parts[:count]), MISSING)
        if value is MISSING:
            continue
        for part in parts[count:]:
            try:
                value = vars(value).get(part, MISSING) if isinstance(value, (ModuleType, type)) else MISSING
            except TypeError:
                return MISSING
            if value is MISSING:
                break
        if value is not MISSING:
            return value
    return MISSING


def _line_range(found: Found) -> tuple[int, int]:
    span = found.definition.span
    first = found.line - (span.name_line - span.line)
    return first, first + span.end_line - span.line


def _same_place(found: Found, code: CodeType, source: SourceModule, offset: int) -> bool:
    """Whether the code's first instruction stands within a definition; tells lambdas on one line apart."""
    span = found.definition.span
    first = source.index.statements[found.statement].first - 1
    begin, end = (span.line + first, span.column), (span.end_line + first, span.end_column)
    for line, _, column, _ in code.co_positions():
        if line is None or column is None or (line == code.co_firstlineno and column == 0):
            continue
        text = source.lines[line + offset - 1] if line + offset <= len(source.lines) else ""
        point = (line + offset, len(text.encode()[:column].decode(errors="replace")))
        return begin <= point < end
    return True
