"""What names stand for in a live process: what text says, where the objects agree with it, else what they say."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any, Final

from hitsave.codegraph.definitions import Found
from hitsave.codegraph.facts import Read
from hitsave.codegraph.library import SourceModule
from hitsave.codegraph.resolution import ALL_NAMES, Resolution
from hitsave.codegraph.symbols import Symbol
from hitsave.errors import NoSourceError
from hitsave.freshness.record import NameCheck
from hitsave.runtime.made import is_made_by
from hitsave.runtime.objects import MISSING, ExternalCode, LiveObjects, external_object

VALUE_SUFFIX: Final = ".<value>"
CLOSURE_MARK: Final = ".<closure>."
ASKED: Final = "__getattr__"
"""The function of a module that is asked for names which it has not."""
SUBCLASSES_SUFFIX: Final = ".<subclasses>"
"""How captures are named that are no module variables: what a decorator made, closure cells, the subclasses of a class."""


def subclasses_of(cls: type) -> tuple[type, ...]:
    """The classes that inherit from a class directly, whose module is still loaded, in the order in which they were made."""
    return tuple(c for c in type.__subclasses__(cls) if c.__module__ in sys.modules)


def resolved(objects: LiveObjects, module: str, read: Read) -> tuple[Resolution, ...]:
    """What a name stands for in this process, by text and live objects; found once in a moment."""
    now = objects.library.now
    if now is None:
        return resolve_live(objects, objects.resolver.resolve(module, read), module, read)
    asked = module, read.path, read.origin
    found = now.resolved.get(asked)
    if found is None:
        found = now.resolved[asked] = resolve_live(objects, objects.resolver.resolve(module, read), module, read)
    return found


def unwritten_names(objects: LiveObjects, module: str) -> list[str]:
    """The variables of a loaded module that none of its statements binds, but for modules, sorted; none where it takes over all names of another."""
    space, located = objects.namespace(module), objects.library.locate(module)
    if space is None or not isinstance(located, SourceModule) or "*" in located.index.by_name:
        return []
    names = [name for name in space if name not in located.index.by_name and name.isidentifier()]
    return sorted(name for name in names if not (name.startswith("__") and name.endswith("__")) and not isinstance(space[name], ModuleType))


def resolve_live(objects: LiveObjects, static: tuple[Resolution, ...], module: str, read: Read) -> tuple[Resolution, ...]:
    """Of what text allows, what the live process says; and what it says where text is wrong."""
    space = objects.namespace(module)
    if space is None:
        return static
    if read.path == (ALL_NAMES,):
        more = unwritten_names(objects, module)
        return (Resolution("names", " ".join([static[0].target, *more])),) if more else static
    if read.origin is not None:
        for found in static:
            if objects.live(found) is not MISSING:
                return (_confirm(objects, found, objects.live(found)),)
        return static
    value: Any = space.get(read.path[0], MISSING)
    if value is MISSING:
        return (Resolution("builtin", read.path[0]),) if read.path[0] in vars(builtins) and any(f.kind != "builtin" for f in static) else static
    value, owner, name, consumed = _follow(objects, value, module, read.path)
    if value is MISSING:
        value, name = (objects.namespace(owner) or {}).get(ASKED, MISSING), ASKED
    if value is MISSING:
        return static
    for found in static:
        if objects.live(found) is value and is_made_by(objects, found, value):
            return (found,)
    return (_resolve_value(objects, value, owner, name, consumed),)


def _follow(objects: LiveObjects, value: Any, module: str, path: Sequence[str]) -> tuple[Any, str, str, int]:
    """What the names of `path` lead to through modules of the project, from the first one's `value` in `module`; the module and name where that is; and how many names were needed."""
    owner, name, consumed = module, path[0], 1
    while isinstance(value, ModuleType) and consumed < len(path):
        inner = objects.module_name(value)
        if not isinstance(inner, str):
            break
        owner, name = inner, path[consumed]
        value = vars(value).get(name, MISSING)
        consumed += 1
    return value, owner, name, consumed


def stands_alone(static: tuple[Resolution, ...], check: NameCheck) -> bool:
    """Whether text gives a name one meaning, that of its check, which following the name is enough to find: see `stands`."""
    return len(static) == 1 and " " not in check.name and not static[0].configured and str(static[0]) == check.resolution


def stands(objects: LiveObjects, made: Mapping[str, Any], check: NameCheck) -> bool:
    """Whether `resolve_live` would find what the check of a name that `stands_alone` says. `made` are the objects, by symbol, that are what definitions make."""
    kind, _, target = check.resolution.partition(" ")
    path = check.name.split(".")
    space = objects.namespace(check.module)
    if space is None:
        return False
    value = space.get(path[0], MISSING)
    if value is MISSING:
        return kind == "builtin"
    value = _follow(objects, value, check.module, path)[0]
    match kind:
        case "symbol":
            return value is not MISSING and made.get(target, MISSING) is value
        case "value":
            return value is not MISSING and objects.object_at(Symbol.parse(target)) is value
        case "module":
            return objects.live_module(target) is value
        case "external":
            return value is not MISSING and external_object(target) is value
        case _:
            return False


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
