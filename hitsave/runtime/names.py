"""How the code in live values is named, and what digesting them met on the way."""

from __future__ import annotations

import sys
from types import CodeType, FunctionType, ModuleType
from typing import Any

from hitsave.codegraph.definitions import Found
from hitsave.codegraph.symbols import Symbol
from hitsave.runtime.objects import MISSING, ExternalCode, LiveObjects
from hitsave.structs import field, mutable
from hitsave.values.code_names import FunctionName


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

    def function(self, function: FunctionType) -> FunctionName:
        """The identity of a function: its symbol; for one that has no name of its own, its code as well."""
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
