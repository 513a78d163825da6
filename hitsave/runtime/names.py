"""How the code in live values is named, and what digesting them met on the way."""

from __future__ import annotations

import sys
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

from hitsave.codegraph.definitions import Found
from hitsave.codegraph.symbols import Symbol
from hitsave.runtime.copies import refuse_copy
from hitsave.runtime.objects import MISSING, ExternalCode, LiveObjects
from hitsave.structs import field, mutable
from hitsave.values.code_names import MADE, FunctionName

_HEAP: Final = 1 << 9
"""The flag of types that were made while the process ran (Py_TPFLAGS_HEAPTYPE)."""
_MAKERS: Final = frozenset({"types", "dataclasses", "typing", "enum", "collections", "pydantic.main", "attr._make", "attrs", "abc", "functools"})
"""Modules that classes have for their own which somebody had made there."""


@mutable
class ReachedByValue:
    """What digesting values met: project code by symbol (MISSING where only its code was met), whole modules, distributions."""

    code: dict[Symbol, Any] = field(factory=dict)
    modules: set[str] = field(factory=set)
    externals: set[str] = field(factory=set)


class LiveNames:
    """Gives the code in values its identity (`hitsave.values.CodeNames`), and notes what was met."""

    def __init__(self, objects: LiveObjects) -> None:
        self.objects = objects
        self.reached = ReachedByValue()

    def apart(self) -> LiveNames:
        """The same for another value, which notes what is met there."""
        return LiveNames(self.objects)

    def function(self, function: FunctionType) -> FunctionName:
        """The identity of a function: its symbol; for one that has no name of its own, its code as well."""
        refuse_copy(function, self)
        return self._name(self.objects.function(function), function)

    def code(self, code: CodeType) -> FunctionName:
        """The identity of a function's code object."""
        return self._name(self.objects.code(code), MISSING)

    def _name(self, found: Found | ExternalCode, value: Any) -> FunctionName:
        if isinstance(found, ExternalCode):
            self.reached.externals.add(found.distribution)
            return FunctionName(f"external {found.name}", external=True)
        if self.reached.code.get(found.symbol, MISSING) is MISSING:
            self.reached.code[found.symbol] = value
        identity = str(found.symbol)
        if "<" in found.symbol.name:
            identity = f"{identity} {found.definition.shell.digest} {found.definition.body.digest}"
        return FunctionName(identity)

    def class_(self, cls: type) -> str:
        """The identity of a class: its symbol, and whether no statement made it."""
        refuse_copy(cls, self)
        found = self.objects.class_(cls)
        if isinstance(found, ExternalCode):
            if found.distribution != "hitsave":
                self.reached.externals.add(found.distribution)
            return f"external {found.name}" if _is_there(cls) else f"external {found.name}{MADE}"
        module = sys.modules.get(cls.__module__)
        name = self.objects.module_name(module) if isinstance(module, ModuleType) else None
        symbol = found.symbol if found is not None else Symbol(name if isinstance(name, str) else cls.__module__, cls.__qualname__)
        self.reached.code.setdefault(symbol, cls)
        return str(symbol) if found is not None else f"{symbol}{MADE}"

    def module(self, module: ModuleType) -> str:
        """The identity of a module: its name."""
        name = self.objects.module_name(module)
        if isinstance(name, str):
            self.reached.modules.add(name)
            return name
        if isinstance(name, ExternalCode):
            self.reached.externals.add(name.distribution)
        return f"external {module.__name__}"


def _is_there(cls: type) -> bool:
    """Whether a class of a library is to be found under its name, or is of a function there: else that library made it for somebody, as `types.new_class` does."""
    if "<locals>" in cls.__qualname__ or not cls.__flags__ & _HEAP:
        return True
    found: Any = sys.modules.get(cls.__module__)
    for part in cls.__qualname__.split("."):
        found = vars(found).get(part) if isinstance(found, (type, ModuleType)) else None
    return found is not None or cls.__module__ not in _MAKERS
