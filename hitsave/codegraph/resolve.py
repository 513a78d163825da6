"""From a name as written to what it stands for, by text alone.

Where text allows several answers (conditional definitions, ``try``/``except ImportError``), all are given, likeliest first.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Final

from hitsave.codegraph.facts import ImportOrigin, Read
from hitsave.codegraph.index import Binding
from hitsave.codegraph.library import CompiledModule, ExternalModule, Library, MissingModule, NamespacePackage, SourceModule
from hitsave.codegraph.resolution import Resolution

EVERY_MODULES: Final = frozenset({"__file__", "__name__", "__doc__", "__spec__", "__package__", "__path__", "__loader__", "__builtins__"})
"""Names that every module has without a binding in its text."""
BUILTINS: Final = frozenset(dir(builtins)) | EVERY_MODULES
_LIMIT: Final = 40
"""How many re-exports are followed; a longer chain is a cycle."""


class Resolver:
    """Answers what names mean in the modules of a library."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def resolve(self, module: str, read: Read, depth: int = 0) -> tuple[Resolution, ...]:
        """What `read` may stand for, as written in `module`; never empty. `depth` counts the re-exports and aliases followed so far."""
        starts = self.name(module, read.path[0], depth) if read.origin is None else self.imported(module, read.origin, depth)
        return _distinct(found for start in starts for found in self._along(start, read.path[1:], 1, depth))

    def name(self, module: str, name: str, depth: int = 0) -> tuple[Resolution, ...]:
        """What a global name of `module` may stand for: a binding of the module, else a built-in, else nothing."""
        found = self.attribute(module, name, depth)
        if found:
            return found
        if name in BUILTINS:
            return (Resolution("builtin", name),)
        return (Resolution("nothing", f"{module}.{name}"),)

    def attribute(self, module: str, name: str, depth: int = 0) -> tuple[Resolution, ...]:
        """What attribute `name` of project module `module` may stand for; empty if there is no such thing."""
        located = self.library.locate(module)
        if not isinstance(located, SourceModule):
            return self._submodule(module, name) if isinstance(located, NamespacePackage) else ()
        if depth > _LIMIT:
            return ()
        by_binding: list[tuple[Binding, tuple[Resolution, ...]]] = []
        for binding in located.index.candidates(name):
            if binding.kind == "star":
                hits = self._through_star(located, binding, name, depth)
            else:
                hits = self._bound(located, binding, depth)
            by_binding.append((binding, hits))
            if hits and not binding.condition:
                break
        found = [hit for binding, hits in by_binding if not _is_needless(binding, by_binding) for hit in hits]
        if any(hit.kind != "nothing" for hit in found):
            return _distinct(_available_first(found))
        # A package that imports its own module, ``from . import util``, gives a name to what is found here anyway.
        if located.is_package:
            found = [*self._submodule(module, name)] or found
        if not found and located.index.by_name.get("__getattr__"):
            return self.attribute(module, "__getattr__", depth + 1)
        return tuple(found)

    def imported(self, module: str, origin: ImportOrigin, depth: int = 0) -> tuple[Resolution, ...]:
        """What an import written in `module` gives."""
        target = self.absolute(module, origin)
        if target is None:
            return (Resolution("nothing", "." * origin.level + origin.module),)
        if origin.name is None or origin.name == "*":
            return (self._module(target),)
        located = self.library.locate(target)
        match located:
            case ExternalModule():
                return (Resolution("external", f"{target}.{origin.name}", located.distribution),)
            case CompiledModule():
                return (Resolution("compiled", target),)
            case MissingModule():
                return (Resolution("nothing", target),)
            case SourceModule() | NamespacePackage():
                return self.attribute(target, origin.name, depth + 1) or (Resolution("nothing", f"{target}.{origin.name}"),)

    def absolute(self, module: str, origin: ImportOrigin) -> str | None:
        """The dotted name of the module that an import statement in `module` names; None if it goes above the top."""
        if origin.level == 0:
            return origin.module
        located = self.library.locate(module)
        parts = module.split(".")
        if not (isinstance(located, SourceModule) and located.is_package):
            parts = parts[:-1]
        up = origin.level - 1
        if up > len(parts) or (up == len(parts) and not origin.module):
            return None
        parts = parts[: len(parts) - up]
        return ".".join([*parts, *([origin.module] if origin.module else [])]) or None

    def exports(self, module: SourceModule) -> frozenset[str] | None:
        """The names that a star import of `module` brings in, or None if that can't be told without running it."""
        if module.index.exports_computed:
            return None
        if module.index.exports is not None:
            return frozenset(module.index.exports)
        return None if "*" in module.index.by_name else frozenset(n for n in module.index.by_name if not n.startswith("_"))

    def _along(self, start: Resolution, rest: tuple[str, ...], consumed: int, depth: int) -> Iterator[Resolution]:
        if start.kind != "module" or not rest:
            yield Resolution(start.kind, start.target, start.distribution, consumed)
            return
        found = self.attribute(start.target, rest[0], depth)
        if not found:
            yield Resolution("nothing", f"{start.target}.{rest[0]}", consumed=consumed + 1)
        for step in found:
            yield from self._along(step, rest[1:], consumed + 1, depth)

    def _bound(self, module: SourceModule, binding: Binding, depth: int) -> tuple[Resolution, ...]:
        match binding.kind:
            case "import":
                assert binding.origin is not None
                return self.imported(module.name, binding.origin, depth + 1)
            case "function" | "class":
                return (Resolution("symbol", f"{module.name}:{binding.name}{self.ordinal(module, binding)}"),)
            case _:
                if binding.alias and binding.alias[0] != binding.name:
                    target = self.resolve(module.name, Read(binding.alias, 0), depth + 1) if depth <= _LIMIT else ()
                    if len(target) == 1 and target[0].kind in {"symbol", "module"} and target[0].consumed == len(binding.alias):
                        return target
                return (Resolution("value", f"{module.name}:{binding.name}"),)

    def ordinal(self, module: SourceModule, binding: Binding) -> str:
        """What tells definitions of one name in a file apart: nothing for the last, ``#1`` … for those before it."""
        same = [b for b in module.index.by_name[binding.name] if b.kind in {"function", "class"}]
        position = same.index(binding)
        return "" if position == len(same) - 1 else f"#{position + 1}"

    def _through_star(self, module: SourceModule, binding: Binding, name: str, depth: int) -> tuple[Resolution, ...]:
        assert binding.origin is not None
        target = self.absolute(module.name, binding.origin)
        located = self.library.locate(target) if target is not None else None
        match located:
            case SourceModule():
                exported = self.exports(located)
                if exported is None:
                    explicit = located.index.exports
                    visible = (
                        (explicit is None and not name.startswith("_"))
                        or (explicit is not None and name in explicit)
                        or located.index.exports_computed
                    )
                else:
                    visible = name in exported
                return self.attribute(located.name, name, depth + 1) if visible else ()
            case ExternalModule():
                known = name in BUILTINS or name.startswith("_")
                return () if known else (Resolution("external", f"{target}.{name}", located.distribution),)
            case _:
                return ()

    def _submodule(self, package: str, name: str) -> tuple[Resolution, ...]:
        found = self._module(f"{package}.{name}")
        return () if found.kind == "nothing" else (found,)

    def _module(self, name: str) -> Resolution:
        located = self.library.locate(name)
        match located:
            case SourceModule() | NamespacePackage():
                return Resolution("module", name)
            case ExternalModule():
                return Resolution("external", name, located.distribution)
            case CompiledModule():
                return Resolution("compiled", name)
            case MissingModule():
                return Resolution("nothing", name)


def _is_needless(fallback: Binding, found: list[tuple[Binding, tuple[Resolution, ...]]]) -> bool:
    """Whether a binding stands in a handler of a ``try`` whose body imports the name from what there is. (Text doesn't foresee that the import itself raises; a run sees it.)"""
    return any(
        binding.origin is not None
        and binding.condition.endswith("t")
        and fallback.condition.startswith(binding.condition[:-1] + "x")
        and any(hit.kind != "nothing" for hit in hits)
        for binding, hits in found
    )


def _available_first(found: list[Resolution]) -> Iterator[Resolution]:
    """Of a try/except import, the alternatives that exist come before those that don't."""
    yield from (f for f in found if f.kind != "nothing")
    yield from (f for f in found if f.kind == "nothing")


def _distinct(found: Iterator[Resolution] | list[Resolution]) -> tuple[Resolution, ...]:
    return tuple(dict.fromkeys(found))
