"""From a name as written to what it stands for, by text alone.

Where text allows several answers (conditional definitions, ``try``/``except ImportError``), all are given, likeliest first.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Final

from hitsave.codegraph.facts import Definition, ImportOrigin, Read, StatementFacts
from hitsave.codegraph.index import Binding
from hitsave.codegraph.library import CompiledModule, ExternalModule, Library, MissingModule, NamespacePackage, SourceModule
from hitsave.codegraph.resolution import ALL_NAMES, Resolution
from hitsave.digest import digest_parts
from hitsave.patterns import pattern
from hitsave.structs import changed

EVERY_MODULES: Final = frozenset({"__file__", "__name__", "__doc__", "__spec__", "__package__", "__path__", "__loader__", "__builtins__"})
"""Names that every module has without a binding in its text."""
BUILTINS: Final = frozenset(dir(builtins)) | EVERY_MODULES
NAMES_CONTEXT: Final = "hitsave 2026 v1 names of a module"
CONFIGURED_CONTEXT: Final = "hitsave 2026 v1 what a module does to a library"
_NOT_CONFIGURED: Final = frozenset({"atexit", "faulthandler", "gc", "logging", "os", "signal", "sys", "warnings"})
"""Libraries whose configuration makes no other result, or is recorded otherwise: variables of the environment, the way to modules."""
_SETTING: Final = pattern(
    r"(?i)_?(set|seed|manual_seed|use|enable|disable|config|register|install|patch|add|append|insert|update|switch|default|init|reset)"
)
"""How the names of functions begin that set something of a library for all that use it."""
_DEFINITION: Final = ("@", "def ", "async ", "class ")
_LIMIT: Final = 40
"""How many re-exports are followed; a longer chain is a cycle."""


class Resolver:
    """Answers what names mean in the modules of a library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._effects: dict[str, tuple[SourceModule, tuple[tuple[str, Definition], ...]]] = {}

    def resolve(self, module: str, read: Read, depth: int = 0) -> tuple[Resolution, ...]:
        """What `read` may stand for, as written in `module`; never empty. `depth` counts the re-exports and aliases followed so far."""
        if read.path == (ALL_NAMES,):
            return (self._all_names(module),)
        starts = self.name(module, read.path[0], depth) if read.origin is None else self.imported(module, read.origin, depth)
        found = _distinct(found for start in starts for found in self._along(start, read.path[1:], 1, depth))
        if depth == 0 and any(f.kind == "external" for f in found):
            return tuple(self._configured(module, f) if f.kind == "external" else f for f in found)
        return found

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

    def _all_names(self, module: str) -> Resolution:
        located = self.library.locate(module)
        names = sorted(located.index.by_name) if isinstance(located, SourceModule) else []
        return Resolution("names", digest_parts(NAMES_CONTEXT, *(n.encode("utf-8", "surrogatepass") for n in names)).hex()[:32])

    def _configured(self, module: str, found: Resolution) -> Resolution:
        """A library's resolution, knowing what `module` does to that library when it is loaded."""
        located, library = self.library.locate(module), found.target.partition(".")[0]
        if not isinstance(located, SourceModule) or library in _NOT_CONFIGURED:
            return found
        digests = [effect.shell.digest for name, effect in self._configuring(located) if self._is_of(library, module, name)]
        return changed(found, configured=digest_parts(CONFIGURED_CONTEXT, *digests).hex()[:32]) if digests else found

    def _is_of(self, library: str, module: str, name: str) -> bool:
        return any(found.kind == "external" and found.target.partition(".")[0] == library for found in self.name(module, name))

    def _configuring(self, module: SourceModule) -> tuple[tuple[str, Definition], ...]:
        """The module-level statements that set something of an object, each with the name that leads to that object."""
        cached = self._effects.get(module.name)
        if cached is None or cached[0] is not module:
            imported = {b.name for b in module.index.bindings if b.kind == "import"}
            texts = (module.statement(position) for position, words in module.effect_words if not words.isdisjoint(imported))
            facts = (self.library.facts(text) for text in texts if not text.startswith(_DEFINITION))
            found = [(t[0], d) for f in facts if not _defines(f) for d in f.definitions if d.kind == "effect" for t in d.targets if _sets(d, t)]
            self._effects[module.name] = cached = (module, tuple(found))
        return cached[1]

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


def _defines(facts: StatementFacts) -> bool:
    return any(d.kind in {"function", "class"} for d in facts.definitions)


def _sets(effect: Definition, target: tuple[str, ...]) -> bool:
    """Whether a statement stores to what `target` leads to, or calls something of it that has the name of a setting: saving and drawing set nothing."""
    called = (read.path[len(target)] for read in effect.shell.reads if len(read.path) > len(target) and read.path[: len(target)] == target)
    return any(chain[:1] == target[:1] for chain in effect.shell.mutates) or any(_SETTING.match(name) for name in called)


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
