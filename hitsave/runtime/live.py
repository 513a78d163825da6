"""The code graph of a live process: text first, live objects where text alone can't tell.

Where both speak, they must agree. A name that was bound to something else than its text says (monkeypatching, a notebook cell run again) is resolved from the live object.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable
from copy import copy
from types import FunctionType, ModuleType
from typing import Any, Self

from hitsave.codegraph.closure import Walker
from hitsave.codegraph.definitions import Found, Maker
from hitsave.codegraph.facts import Read
from hitsave.codegraph.graph import Unforeseen, apart
from hitsave.codegraph.library import SourceModule
from hitsave.codegraph.resolution import Resolution
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.errors import NoSourceError, UndigestibleError
from hitsave.runtime import executed
from hitsave.runtime.made import carries_values, class_captures
from hitsave.runtime.names import LiveNames, ReachedByValue
from hitsave.runtime.objects import MISSING, ExternalCode, LiveObjects
from hitsave.runtime.standing_for import CLOSURE_MARK, SUBCLASSES_SUFFIX, VALUE_SUFFIX, resolved, subclasses_of, unwritten_names
from hitsave.values.digester import Digester


class LiveWalker(Walker):
    """Builds the code graph from text and live objects together, and digests captures on the way.

    `values`: the digest of each capture; None where it counts by its code. `inside`: that of one without what functions of libraries keep, if they keep anything in it.
    `texts`: files that count as they are written. `loading`: what runs to load the result. `loaded`: names of the modules that were loaded when the evaluation began; captures of others count by their code.
    """

    def __init__(self, objects: LiveObjects, *, root: Symbol | None, function: FunctionType | None) -> None:
        super().__init__(objects.library)
        self.definitions = objects.definitions
        self.resolver = objects.resolver
        self.objects = objects
        self.root = root
        self.function = function
        self.names = LiveNames(objects)
        self.values: dict[Symbol, Digest | None] = {}
        self.inside: dict[Symbol, Digest] = {}
        self.live: dict[Symbol, Any] = {}
        self.unforeseen: list[Unforeseen] = []
        self.loading: set[Symbol] = set()
        self.texts: set[str] = set()
        self.before: frozenset[str] | None = None
        self._eager: dict[str, set[str]] = {}
        self._by_code_too: set[Symbol] = set()
        self._with_subclasses: set[Symbol] = set()
        self._asks = False
        self._looked_through = 0

    def copied(self) -> Self:
        """A walker that goes on from here, apart from this one."""
        other = copy(self)
        for name, value in vars(self).items():
            setattr(other, name, apart(value))
        other.graph = self.graph.copied()
        other.names = LiveNames(self.objects)
        return other

    def drain(self) -> None:
        """Follow whatever is waiting; then give captures of modules that only a function imports their code as well, since a later process may ask before they are loaded."""
        super().drain()
        while self._asks_for_subclasses() and (parents := [s for s in self.graph.code if s not in self._with_subclasses]):
            for symbol in parents:
                self._with_subclasses.add(symbol)
                cls = self.objects.object_at(symbol)
                if isinstance(cls, type):
                    self.capture(
                        Symbol(symbol.module, symbol.name + SUBCLASSES_SUFFIX), subclasses_of(cls), symbol, f"{symbol.name}.__subclasses__()"
                    )
            super().drain()
        while late := [s for s in self._late_captures() if s not in self._by_code_too]:
            for symbol in late:
                self._by_code_too.add(symbol)
                self.visit_value_by_code(symbol)
            super().drain()

    def _asks_for_subclasses(self) -> bool:
        """Whether reached code asks a class for those that inherit from it."""
        seen, self._looked_through = self._looked_through, len(self.graph.code)
        for symbol in list(self.graph.code)[seen:] if not self._asks else ():
            found = self.find(symbol)
            self._asks = self._asks or (found is not None and "__subclasses__" in found.definition.body.attributes)
        return self._asks

    def follow(self, module: str, read: Read, via: Symbol, *, listed: bool = True) -> None:
        """As text says; and remember which modules are imported by which when they load."""
        if read.origin is None:
            for found in self.resolve(module, read):
                if found.kind in {"symbol", "value"}:
                    self._eager.setdefault(via.module, set()).add(found.symbol.module)
                elif found.kind == "module":
                    self._eager.setdefault(via.module, set()).add(found.target)
        super().follow(module, read, via, listed=listed)

    def reach_module(self, module: str, via: Symbol, *, listed: bool = True) -> None:
        """As text says; and the variables that it was given from elsewhere."""
        is_new = module not in self._whole_modules
        super().reach_module(module, via, listed=listed)
        for name in unwritten_names(self.objects, module) if is_new else ():
            self.reach_value(Symbol(module, name), via)

    def _reach_unwritten(self, dotted: str) -> None:
        """A name that no statement of a module binds may be there all the same: ``globals()[name] = …``."""
        module, _, name = dotted.rpartition(".")
        space = self.objects.namespace(module) if module else None
        if space is not None and name in space:
            self.reach_value(Symbol(module, name), self.root)

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
        if digester.outside:
            self.inside[symbol] = Digester(LiveNames(self.objects), inside_only=True).digest(value, path)
        self.graph.captures.setdefault(symbol, None)
        self._edge(symbol, via)
        if digester.by_code:
            self.visit_value_by_code(symbol)
        self.take_reached(via)

    def take_reached(self, via: Symbol | None) -> None:
        """Queue the code that digesting met since the last call."""
        reached, self.names.reached = self.names.reached, ReachedByValue()
        for symbol, value in reached.code.items():
            if value is not MISSING:
                self.live.setdefault(symbol, value)
                if isinstance(value, FunctionType):
                    self.graph.escaping.add(symbol)
            self.reach(symbol, via)
        for module in reached.modules:
            if via is not None:
                self.reach_module(module, via)
        self.graph.externals |= reached.externals

    # --- resolution ------------------------------------------------------------------------------------------------

    def resolve(self, module: str, read: Read) -> tuple[Resolution, ...]:
        """What the read stands for in this process; what text says where the module is not loaded."""
        return resolved(self.objects, module, read)

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
            if maker is None and space is not None and symbol.name in space:
                self._count_text(symbol, space)
            return
        self.capture(symbol, space[symbol.name], symbol, symbol.name)

    def _count_text(self, symbol: Symbol, space: dict[str, Any]) -> None:
        """No statement is known to make a variable of a module that was not loaded before: all that the module is made of counts, as it is written."""
        file = space.get("__file__")
        if not isinstance(file, str):
            raise UndigestibleError(symbol.name, "variable of a module without text", "Import its module before the call")
        self.texts.add(os.path.abspath(file))
        self.reach_module(symbol.module, symbol, listed=False)

    def is_volatile(self, maker: Maker) -> bool:
        """Whether the text of a variable calls a volatile source."""
        names: dict[str, str] = {}
        for part in maker.definitions:
            for read in part.definition.shell.reads:
                for found in self.resolver.resolve(maker.symbol.module, read):
                    if found.kind in {"external", "builtin"}:
                        rest = read.path[found.consumed :]
                        names[".".join(read.path)] = ".".join([found.target, *rest])
        from hitsave.runtime.volatile import is_volatile  # loads Python's parser

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
        elif "." not in symbol.name:
            # A decorator may have been met first with the function that it wraps; the name stands for what it made.
            self._visit_defined(symbol, found, self.objects.object_at(symbol))

    def visit_late(self) -> None:
        """Take in what is now seen of definitions whose modules were not loaded when they were reached by text."""
        for symbol in list(self.graph.code):
            if self.before is not None and symbol.module not in self.before:
                value, found = self.objects.object_at(symbol), self.find(symbol)
                if isinstance(value, type):
                    self._visit_class_object(symbol, value)
                elif found is not None and "." not in symbol.name:
                    self._visit_defined(symbol, found, value)
        for found in list(self.graph.names.values()):
            if found.kind == "nothing":
                self._reach_unwritten(found.target)

    def is_late(self, symbol: Symbol) -> bool:
        """Whether a process may have to decide about a capture before its module is loaded."""
        return symbol in self._by_code_too

    def reach_docstrings_of_modules(self) -> None:
        """The docstring of every module that is used as a value may be read."""
        for module in sorted(self._whole_modules):
            if self.objects.namespace(module) is not None:
                self.reach_value(Symbol(module, "__doc__"), self.root)
        self.drain()

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
        if symbol == self.root or value is MISSING:
            return
        decorated = bool(self.counted_decorators(symbol.module, found.definition))
        target = Symbol(symbol.module, symbol.name + VALUE_SUFFIX)
        if decorated or (isinstance(value, FunctionType) and carries_values(self.objects, value, found)):
            if self.before is not None and symbol.module not in self.before:
                self._count_by_code(target)
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
        bound = self.objects.object_at(symbol)
        if isinstance(bound, type):
            cls = bound
        for base in (*cls.__mro__[1:], type(cls)):
            self.names.class_(base)
        self.take_reached(symbol)
        is_late = self.before is not None and symbol.module not in self.before
        for name, value in class_captures(self.objects, symbol, cls):
            target = Symbol(symbol.module, f"{symbol.name}.{name}")
            if bound is not cls or is_late:
                # Counts by its code: nobody could find it again by its name (a local class, or one that a decorator took in), or nobody saw it before the evaluation.
                self._count_by_code(target)
                continue
            try:
                self.capture(target, value, symbol, f"{cls.__name__}.{name}")
            except (UndigestibleError, NoSourceError) as problem:
                self._count_by_code(target)
                self.names.reached = ReachedByValue()
                self.untracked(f"{name} counts by its code ({problem.problem})", symbol, "", 0)

    def _count_by_code(self, target: Symbol) -> None:
        """Enter a capture without a value, so that it is known: one that is not in the Record is a change."""
        self.values[target] = None
        self.graph.captures.setdefault(target, None)

    def reach_anything(self, place: Unforeseen) -> None:
        """Text can't tell what is reached: when the evaluation ends, every project module that is loaded counts, if this may have run."""
        if not (place.is_import and executed.is_watching()):
            super().reach_anything(place)
        self.unforeseen.append(place)

    def reach_loaded_modules(self, via: Symbol, *, listing: Iterable[Symbol], among: Collection[str] | None = None) -> None:
        """Take in every loaded project module but the main script, or of them only what is `among` these packages and modules; which names they have is asked by those in `listing`."""
        for imported_as, module in list(sys.modules.items()):
            if type(module) is not ModuleType or module is sys.modules.get("__main__"):
                continue
            if among is not None and not any(imported_as == name or imported_as.startswith(f"{name}.") for name in among):
                continue
            name = self.objects.module_name(module)
            if isinstance(name, str) and isinstance(self.library.locate(name), SourceModule):
                self.reach_module(name, via, listed=False)
                for symbol in listing:
                    self.reach_module(name, symbol)
