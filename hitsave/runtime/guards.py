"""In a process that has checked a Record once, guards stand for it: cheap comparisons that hold as long as nothing was rebound or changed.

Code that is loaded stays what it is, whatever happens to its file; so guards look at live objects, not at text.
A guard that fails means nothing but that the Record is to be checked again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from types import CellType, FunctionType, ModuleType
from typing import Any, Final

from hitsave.codegraph.resolution import ALL_NAMES, parse_name_key
from hitsave.codegraph.symbols import Symbol
from hitsave.freshness.record import CaptureCheck, FileCheck, Record, is_of_a_call
from hitsave.freshness.surroundings import WHOLE_ENVIRONMENT
from hitsave.runtime import replaced
from hitsave.runtime.captures import capture_value, captured_cell
from hitsave.runtime.compiled_guards import compiled
from hitsave.runtime.made import functions_in
from hitsave.runtime.objects import MISSING
from hitsave.runtime.standing_for import ASKED
from hitsave.runtime.world import LiveWorld
from hitsave.workspace.file_digests import RACY_NS, FileSignature, file_signature

_ATOMS: Final = frozenset({int, float, str, bytes, bool, complex, type(None), type(...)})

_Slot = tuple[dict[Any, Any], Any, Any]


class Guards:
    """Stands for one Record that held in this process, for one memoised function; and for classes and functions that were `met` in values.

    `slots`      names of namespaces (and of `sys.modules`) with the object that each had.
    `replaced`   how often project functions had been given other code or defaults, which is not looked at function by function; `classes` classes with all their attributes;
    `listings`   namespaces that are listed, with their names.
    `own`        the attributes of functions that had none; of others, they are captures.
    `by_name`    the defaults of functions for parameters that are given by name, as they are kept and as they were: unlike the others, they can be changed in place.
    `attributes` attributes of classes that are captures, with the object of each; `cells` closure cells with the object in each.
    `captures`   captures that can change in place, to be digested again.
    """

    def __init__(self, record: Record, world: LiveWorld, now_ns: int, *, met: tuple[Any, ...] = ()) -> None:
        self.slots: list[_Slot] = []
        self.replaced = replaced.times
        self.classes: list[tuple[type, dict[str, Any]]] = []
        self.listings: list[tuple[dict[str, Any], frozenset[str]]] = []
        self.own: tuple[dict[str, Any], ...] = ()
        self.by_name: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.attributes: list[tuple[type, str, Any]] = []
        self.cells: list[tuple[CellType, Any]] = []
        self.captures: list[CaptureCheck] = []
        self.files: list[tuple[str, FileSignature | None]] = []
        self.environment = record.environment
        self._compiled: Callable[[], bool] | None = None
        self.usable = all(c.name != WHOLE_ENVIRONMENT for c in record.environment) and not record.compiled
        for check in record.names:
            self._guard_name(world, check.module, check.name)
        functions: list[FunctionType] = []
        for value in (*(world.objects.object_at(Symbol.parse(check.symbol)) for check in record.code), *met):
            if isinstance(value, type):
                self.classes.append((value, dict(vars(value))))
                functions += (function for attribute in vars(value).values() for function in functions_in(attribute))
            elif type(value) is FunctionType:
                functions.append(value)
        self.own = tuple([function.__dict__ for function in functions if not function.__dict__])
        if world.function is not None:
            functions.append(world.function)
        self.by_name = [(defaults, dict(defaults)) for function in functions if (defaults := function.__kwdefaults__)]
        for check in record.captures:
            self._guard_capture(world, check)
        for check in record.files:
            if is_of_a_call(check):
                continue
            self._guard_file(world, check, now_ns)

    def hold(self, world: LiveWorld) -> bool:
        """Whether nothing that was guarded is different."""
        for space, name, value in self.slots:
            if space.get(name, MISSING) is not value:
                return False
        if not self.hold_of_functions():
            return False
        if any(space.keys() != names for space, names in self.listings):
            return False
        if any(vars(cls).get(name, MISSING) is not value for cls, name, value in self.attributes):
            return False
        if not all(_are_same(vars(cls), attributes) for cls, attributes in self.classes):
            return False
        if any(_contents(cell) is not value for cell, value in self.cells):
            return False
        for check in self.environment:
            if world.environment(check) != check.digest:
                return False
        for path, signature in self.files:
            if file_signature(path) != signature:
                return False
        return all(world.capture(check) == "same" for check in self.captures)

    def hold_of_functions(self) -> bool:
        """Whether no function is different, as far as that is guarded."""
        return self.replaced == replaced.times and not any(self.own) and all(_are_same(now, then) for now, then in self.by_name)

    def compiled(self) -> Callable[[], bool] | None:
        """What `hold` tells, as a function that is many times faster; None where it would have to digest something."""
        if self._compiled is None:
            self._compiled = compiled(self)
        return self._compiled

    def _guard_name(self, world: LiveWorld, module: str, key: str) -> None:
        if " " in key:
            read = parse_name_key(key)
            target = world.objects.resolver.absolute(module, read.origin) if read.origin is not None else None
            loaded: Any = world.objects.live_module(target) if target is not None else None
            if loaded is None and target is not None:
                loaded = sys.modules.get(target)
            if not isinstance(loaded, ModuleType) or read.origin is None:
                return
            first = read.origin.name
            path = read.path[1:] if first is None or first == "*" else (first, *read.path[1:])
            space = vars(loaded)
            self.slots.append((sys.modules, loaded.__name__, loaded))
        else:
            found = world.objects.namespace(module)
            if found is None:
                self.usable = False
                return
            if key == ALL_NAMES:
                self.listings.append((found, frozenset(found)))
                return
            path, space = key.split("."), found
        for name in path:
            value: Any = space.get(name, MISSING)
            self.slots.append((space, name, value))
            if not isinstance(value, ModuleType):
                if value is MISSING:
                    self.slots.append((space, ASKED, space.get(ASKED, MISSING)))
                return
            space = vars(value)

    def _guard_capture(self, world: LiveWorld, check: CaptureCheck) -> None:
        if check.value is None:
            return
        symbol = Symbol.parse(check.symbol)
        value = capture_value(world.objects, symbol, world.function)
        space = world.objects.namespace(symbol.module)
        cell = captured_cell(symbol, world.function)
        if type(value) in _ATOMS and cell is not None:
            self.cells.append((cell, value))
        elif type(value) in _ATOMS and space is not None and symbol.name in space:
            self.slots.append((space, symbol.name, value))
        elif type(value) in _ATOMS and (cls := _class_with(world, symbol, value)) is not None:
            self.attributes.append((cls, symbol.name.rpartition(".")[2], value))
        else:
            self.captures.append(check)

    def _guard_file(self, world: LiveWorld, check: FileCheck, now_ns: int) -> None:
        path = world.surroundings.full_path(check.path)
        signature = file_signature(path)
        self.files.append((path, signature))
        if signature is not None and max(signature[2], signature[3]) > now_ns - RACY_NS:
            self.usable = False
        if check.kind == "listing" and not os.path.isdir(path):
            self.usable = False


def _are_same(now: Mapping[str, Any], then: dict[str, Any]) -> bool:
    return len(now) == len(then) and all(now.get(name, MISSING) is value for name, value in then.items())


def _contents(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING


def _class_with(world: LiveWorld, symbol: Symbol, value: Any) -> type | None:
    """The class of which `symbol` is an attribute with this very value; None if there is none."""
    owner, _, name = symbol.name.rpartition(".")
    cls = world.objects.object_at(Symbol(symbol.module, owner)) if owner else None
    return cls if isinstance(cls, type) and vars(cls).get(name, MISSING) is value else None
