"""The code graph of a live process: text first, live objects where text alone can't tell.

Where both speak, they must agree. A name that was bound to something else than its text says (monkeypatching, a notebook cell run again) is resolved from the live object.
"""

from __future__ import annotations

import enum
import functools
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any, Final

from hitsave.codegraph.closure import Walker, counted_decorators
from hitsave.codegraph.definitions import Found, Maker
from hitsave.codegraph.facts import Read
from hitsave.codegraph.library import SourceModule
from hitsave.codegraph.resolution import Resolution
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.errors import NoSourceError, UndigestibleError
from hitsave.runtime.objects import MISSING, ExternalCode, LiveObjects
from hitsave.runtime.volatile import is_volatile
from hitsave.values.code_names import FunctionName
from hitsave.values.digester import Digester

VALUE_SUFFIX: Final = ".<value>"
CLOSURE_MARK: Final = ".<closure>."
_LRU_CACHE: Final = type(functools.lru_cache(lambda: None))
_CONSTANTS: Final = frozenset({int, float, str, bytes, bool, complex, type(None), type(...)})
_CLASS_PLUMBING: Final = frozenset({"_abc_impl", "_fields", "_field_defaults", "_make", "_replace", "_asdict"})


@dataclass
class ReachedByValue:
    """What digesting values met: project code by symbol, whole modules, distributions."""

    code: dict[Symbol, Any] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    externals: set[str] = field(default_factory=set)


class LiveNames:
    """Gives the code in values its identity (`hitsave.values.CodeNames`), and notes what was met."""

    def __init__(self, objects: LiveObjects) -> None:
        self.objects = objects
        self.reached = ReachedByValue()

    def function(self, function: FunctionType) -> FunctionName:
        """The identity of a function: its symbol; for one that has no name of its own, its code as well."""
        found = self.objects.function(function)
        if isinstance(found, ExternalCode):
            self.reached.externals.add(found.distribution)
            return FunctionName(f"external {found.name}", external=True)
        self.reached.code.setdefault(found.symbol, function)
        identity = str(found.symbol)
        if "<" in found.symbol.name:
            identity = f"{identity} {found.definition.shell.digest} {found.definition.body.digest}"
        return FunctionName(identity)

    def class_(self, cls: type) -> str:
        """The identity of a class: its symbol."""
        found = self.objects.class_(cls)
        if isinstance(found, ExternalCode):
            if found.distribution != "hitsave":
                self.reached.externals.add(found.distribution)
            return f"external {found.name}"
        module = sys.modules.get(cls.__module__)
        name = self.objects.module_name(module) if isinstance(module, ModuleType) else None
        symbol = found.symbol if found is not None else Symbol(name if isinstance(name, str) else cls.__module__, cls.__qualname__)
        self.reached.code.setdefault(symbol, cls)
        return str(symbol)

    def module(self, module: ModuleType) -> str:
        """The identity of a module: its name."""
        name = self.objects.module_name(module)
        if isinstance(name, str):
            self.reached.modules.add(name)
            return name
        if isinstance(name, ExternalCode):
            self.reached.externals.add(name.distribution)
        return f"external {module.__name__}"


class LiveWalker(Walker):
    """Builds the code graph from text and live objects together, and digests captures on the way.

    `values`: the digest of each capture; None where it counts by its code.
    `loaded`: names of the modules that were loaded when the evaluation began; captures of others count by their code.
    """

    def __init__(self, objects: LiveObjects, *, root: Symbol | None, function: FunctionType | None) -> None:
        super().__init__(objects.library)
        self.definitions = objects.definitions
        self.objects = objects
        self.root = root
        self.function = function
        self.names = LiveNames(objects)
        self.values: dict[Symbol, Digest | None] = {}
        self.live: dict[Symbol, Any] = {}
        self.anything = False
        self.before: set[str] | None = None
        self._eager: dict[str, set[str]] = {}
        self._by_code_too: set[Symbol] = set()

    def drain(self) -> None:
        """Follow whatever is waiting; then give captures of modules that only a function imports their code as well, since a later process may ask before they are loaded."""
        super().drain()
        while late := [s for s in self._late_captures() if s not in self._by_code_too]:
            for symbol in late:
                self._by_code_too.add(symbol)
                self.visit_value_by_code(symbol)
            super().drain()

    def follow(self, module: str, read: Read, via: Symbol) -> None:
        """As text says; and remember which modules are imported by which when they load."""
        if read.origin is None:
            for found in self.resolve(module, read):
                if found.kind in {"symbol", "value"}:
                    self._eager.setdefault(via.module, set()).add(found.symbol.module)
                elif found.kind == "module":
                    self._eager.setdefault(via.module, set()).add(found.target)
        super().follow(module, read, via)

    def _late_captures(self) -> list[Symbol]:
        start = [self.root.module] if self.root is not None else []
        eager: set[str] = set()
        while start:
            module = start.pop()
            if module not in eager:
                eager.add(module)
                start.extend(self._eager.get(module, ()))
        return [s for s in self.graph.captures if s.module not in eager and "." not in s.name]

    # --- digesting -------------------------------------------------------------------------------------------------

    def capture(self, symbol: Symbol, value: Any, via: Symbol, path: str) -> None:
        """Digest the value of a capture, and reach the code in it."""
        digester = Digester(self.names)
        digest = digester.digest(value, path)
        self.values[symbol] = digest
        self.graph.captures.setdefault(symbol, None)
        self._edge(symbol, via)
        if digester.by_code:
            self.visit_value_by_code(symbol)
        self.take_reached(via)

    def take_reached(self, via: Symbol | None) -> None:
        """Queue the code that digesting met since the last call."""
        reached, self.names.reached = self.names.reached, ReachedByValue()
        for symbol, value in reached.code.items():
            self.live.setdefault(symbol, value)
            self.reach(symbol, via)
        for module in reached.modules:
            if via is not None:
                self.reach_module(module, via)
        self.graph.externals |= reached.externals

    # --- resolution ------------------------------------------------------------------------------------------------

    def resolve(self, module: str, read: Read) -> tuple[Resolution, ...]:
        """What the read stands for in this process; what text says where the module is not loaded."""
        return resolve_live(self.objects, self.resolver.resolve(module, read), module, read)

    # --- visiting --------------------------------------------------------------------------------------------------

    def visit_value(self, symbol: Symbol) -> None:
        """Digest a module-level variable; by its code where its module was not loaded, or its text calls a volatile source."""
        space = self.objects.namespace(symbol.module)
        maker = self.definitions.maker(symbol)
        self.graph.captures[symbol] = maker
        loaded = self.before is None or symbol.module in self.before
        if space is None or symbol.name not in space or not loaded or (maker is not None and self.is_volatile(maker)):
            self.values[symbol] = None
            self.visit_value_by_code(symbol)
            return
        self.capture(symbol, space[symbol.name], symbol, symbol.name)

    def is_volatile(self, maker: Maker) -> bool:
        """Whether the text of a variable calls a volatile source."""
        names: dict[str, str] = {}
        for part in maker.definitions:
            for read in part.definition.shell.reads:
                for found in self.resolver.resolve(maker.symbol.module, read):
                    if found.kind in {"external", "builtin"}:
                        rest = read.path[found.consumed :]
                        names[".".join(read.path)] = ".".join([found.target, *rest])
        return is_volatile(maker.text, names)

    def visit_code(self, symbol: Symbol) -> None:
        """Take a definition into the graph, with what is only in the live object: defaults, attributes, wrappers, class attributes."""
        if symbol in self.graph.code:
            return
        value = self.live.get(symbol, MISSING)
        if value is MISSING:
            value = self.objects.object_at(symbol)
        found = self.find(symbol)
        if found is None:
            if isinstance(value, type):
                self._visit_class_object(symbol, value)
            else:
                self.untracked("its definition was not found in the text", symbol, "", 0)
            return
        super().visit_code(symbol)
        if isinstance(value, type):
            self._visit_class_object(symbol, value)
        elif value is not MISSING and "." not in symbol.name:
            self._visit_defined(symbol, found, value)

    def visit_root_function(self) -> None:
        """Digest the closure cells of the memoised function; where a decorator below ours wrapped it, the wrapper's code counts as well."""
        function, root = self.function, self.root
        if function is None or root is None:
            return
        made = self.objects.function(function)
        if isinstance(made, ExternalCode) or made.symbol != root:
            self.names.function(function)
            self.take_reached(root)
        if function.__closure__ is None:
            return
        for name, cell in zip(function.__code__.co_freevars, function.__closure__, strict=True):
            if name == "__class__":
                continue
            try:
                value = cell.cell_contents
            except ValueError:
                continue
            self.capture(Symbol(root.module, f"{root.name}{CLOSURE_MARK}{name}"), value, root, name)

    def _visit_defined(self, symbol: Symbol, found: Found, value: Any) -> None:
        if symbol == self.root:
            return
        decorated = bool(self.counted_decorators(symbol.module, found.definition))
        target = Symbol(symbol.module, symbol.name + VALUE_SUFFIX)
        if decorated or (isinstance(value, FunctionType) and carries_values(value)):
            if self.before is not None and symbol.module not in self.before:
                return
            try:
                self.capture(target, value, symbol, symbol.name)
            except UndigestibleError as problem:
                if not decorated:
                    raise
                self.values.pop(target, None)
                self.graph.captures.pop(target, None)
                self.names.reached = ReachedByValue()
                self.untracked(f"what its decorator made counts by its code ({problem.problem})", symbol, found.path, found.line)

    def _visit_class_object(self, symbol: Symbol, cls: type) -> None:
        for base in (*cls.__mro__[1:], type(cls)):
            self.names.class_(base)
        self.take_reached(symbol)
        if self.before is not None and symbol.module not in self.before:
            return
        for name, value in class_captures(self.objects, symbol, cls):
            target = Symbol(symbol.module, f"{symbol.name}.{name}")
            try:
                self.capture(target, value, symbol, f"{cls.__name__}.{name}")
            except (UndigestibleError, NoSourceError) as problem:
                self.values.pop(target, None)
                self.graph.captures.pop(target, None)
                self.names.reached = ReachedByValue()
                self.untracked(f"{name} counts by its code ({problem.problem})", symbol, "", 0)

    def reach_anything(self, via: Symbol) -> None:  # noqa: ARG002 - as in the walker by text
        """Text can't tell what is reached: every project module that is loaded when the evaluation ends counts."""
        self.anything = True

    def reach_loaded_modules(self, via: Symbol) -> None:
        """Take in every loaded project module but the main script."""
        for module in list(sys.modules.values()):
            if not isinstance(module, ModuleType) or module is sys.modules.get("__main__"):
                continue
            name = self.objects.module_name(module)
            if isinstance(name, str) and isinstance(self.library.locate(name), SourceModule):
                self.reach_module(name, via)


def resolve_live(objects: LiveObjects, static: tuple[Resolution, ...], module: str, read: Read) -> tuple[Resolution, ...]:
    """Of what text allows, what the live process says; and what it says where text is wrong."""
    space = objects.namespace(module)
    if space is None:
        return static
    if read.origin is not None:
        for found in static:
            if objects.live(found) is not MISSING:
                return (_confirm(objects, found, objects.live(found)),)
        return static
    value: Any = space.get(read.path[0], MISSING)
    if value is MISSING:
        return static
    owner, name, consumed = module, read.path[0], 1
    while isinstance(value, ModuleType) and consumed < len(read.path):
        inner = objects.module_name(value)
        if not isinstance(inner, str):
            break
        owner, name = inner, read.path[consumed]
        value = vars(value).get(name, MISSING)
        consumed += 1
        if value is MISSING:
            return static
    for found in static:
        if objects.live(found) is value and is_made_by(objects, found, value):
            return (found,)
    return (_resolve_value(objects, value, owner, name, consumed),)


def _confirm(objects: LiveObjects, found: Resolution, value: Any) -> Resolution:
    if is_made_by(objects, found, value):
        return found
    symbol = found.symbol
    return _resolve_value(objects, value, symbol.module, symbol.name, found.consumed)


def _resolve_value(objects: LiveObjects, value: Any, owner: str, name: str, consumed: int) -> Resolution:
    """What a live object that text did not foresee stands for."""
    if isinstance(value, ModuleType):
        inner = objects.module_name(value)
        if isinstance(inner, str):
            return Resolution("module", inner, consumed=consumed)
        if isinstance(inner, ExternalCode):
            return Resolution("external", inner.name, inner.distribution, consumed)
    made: Found | ExternalCode | None = None
    if isinstance(value, FunctionType):
        try:
            made = objects.function(value)
        except NoSourceError:
            made = None
    elif isinstance(value, type):
        made = objects.class_(value)
    if made is not None and not isinstance(made, ExternalCode) and "<" not in made.symbol.name and objects.object_at(made.symbol) is value:
        return Resolution("symbol", str(made.symbol), consumed=consumed)
    return Resolution("value", f"{owner}:{name}", consumed=consumed)


def is_made_by(objects: LiveObjects, found: Resolution, value: Any) -> bool:
    """Whether a live object is what the definition that text names would make."""
    if found.kind != "symbol":
        return True
    definition = objects.definitions.find(found.symbol)
    if definition is None:
        return False
    inner = unwrapped(value)
    if isinstance(inner, FunctionType):
        try:
            made: Any = objects.function(inner)
        except NoSourceError:
            return False
        if not isinstance(made, ExternalCode) and made.symbol == found.symbol:
            return True
    elif isinstance(inner, type):
        made = objects.class_(inner)
        if made is not None and not isinstance(made, ExternalCode) and made.symbol == found.symbol:
            return True
    return bool(counted_decorators(objects.resolver, found.symbol.module, definition.definition))


def unwrapped(value: Any) -> Any:
    """The function inside static methods, class methods, HitSave's own wrapper and ``functools`` wrappers."""
    for _ in range(50):
        if isinstance(value, (staticmethod, classmethod, types.MethodType)):
            value = value.__func__
        elif isinstance(value, functools.cached_property):
            value = value.func
        elif type(value).__module__.startswith("hitsave.runtime") or isinstance(value, _LRU_CACHE):
            value = value.__wrapped__
        else:
            break
    return value


def carries_values(function: FunctionType) -> bool:
    """Whether a function has more than its text: attributes, closure cells (``super()`` makes one that doesn't count), defaults that are not constants."""
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    return bool(function.__dict__) or bool(set(function.__code__.co_freevars) - {"__class__"}) or any(type(d) not in _CONSTANTS for d in defaults)


def class_captures(objects: LiveObjects, symbol: Symbol, cls: type) -> Iterator[tuple[str, Any]]:
    """The attributes of a class that count by their value: data, and functions that are not what its text defines under that name."""
    is_enum = isinstance(cls, enum.EnumMeta)
    for name, value in sorted(vars(cls).items(), key=lambda item: item[0]):
        functions = list(_functions_in(value))
        if functions:
            for function in functions:
                file = function.__code__.co_filename
                if file.startswith("<") and objects.library.cell_offset(file) is None and objects.definitions.find(Symbol(symbol.module, f"{symbol.name}.{name}")) is None:
                    continue  # made from text by dataclass, attrs and the like; what they make it from counts
                try:
                    made = objects.function(function)
                except NoSourceError:
                    yield name, function
                    continue
                if isinstance(made, ExternalCode):
                    continue
                expected = f"{symbol.name}.{name}"
                if made.symbol.module != symbol.module or made.symbol.name.partition("#")[0] != expected or carries_values(function):
                    yield name, function
            continue
        if is_enum or (name.startswith("__") and name.endswith("__")) or name in _CLASS_PLUMBING:
            continue
        if isinstance(value, (types.MemberDescriptorType, types.GetSetDescriptorType, types.WrapperDescriptorType, types.MethodDescriptorType)):
            continue
        if type(value).__module__ in {"_collections", "builtins"} and type(value).__name__ in {"_tuplegetter", "property"}:
            continue
        yield name, value


def _functions_in(value: Any) -> Iterator[FunctionType]:
    if isinstance(value, property):
        for part in (value.fget, value.fset, value.fdel):
            if part is not None:
                yield from _functions_in(part)
        return
    inner = unwrapped(value)
    if isinstance(inner, FunctionType):
        yield inner
