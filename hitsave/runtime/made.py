"""What live objects are made of: whether text made them, what is inside wrappers, which attributes of a class count by their value."""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any, Final, cast

from hitsave.codegraph.definitions import Found
from hitsave.codegraph.own_decorators import counted_decorators
from hitsave.codegraph.resolution import Resolution
from hitsave.codegraph.symbols import Symbol
from hitsave.errors import NoSourceError
from hitsave.runtime.live_library import Shown
from hitsave.runtime.objects import ExternalCode, LiveObjects
from hitsave.runtime.replaced import has_other_bases

_LRU_CACHE: Final = type(functools.lru_cache(lambda: None))
_CONSTANTS: Final = frozenset({int, float, str, bytes, bool, complex, type(None), type(...)})
BASES: Final = "<bases>"
"""The name among the attributes of a class under which its bases are, where it was given others while the process ran."""
CLASS_PLUMBING: Final = frozenset({"_abc_impl", "_fields", "_field_defaults", "_make", "_replace", "_asdict"})


def is_made_by(objects: LiveObjects, found: Resolution, value: Any) -> bool:
    """Whether a live object is what the definition that text names would make."""
    if found.kind != "symbol":
        return True
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
    definition = objects.definitions.find(found.symbol)
    return definition is not None and bool(counted_decorators(objects.resolver, found.symbol.module, definition.definition))


def unwrapped(value: Any) -> Any:
    """The function inside static methods, class methods, HitSave's own wrapper and ``functools`` wrappers."""
    for _ in range(50):
        if type(value) is FunctionType:  # nearly always
            break
        if isinstance(value, (staticmethod, classmethod, types.MethodType)):
            value = cast("Any", value).__func__
        elif isinstance(value, functools.cached_property):
            value = value.func
        elif type(value).__module__.startswith("hitsave.runtime") or isinstance(value, _LRU_CACHE):
            value = value.__wrapped__
        else:
            break
    return value


def has_attributes(value: Any) -> bool:
    """Whether a function was given attributes; what it wraps is none, as that is a matter of its body."""
    return type(value) is FunctionType and any(name != "__wrapped__" for name in value.__dict__)


def carries_values(objects: LiveObjects, function: FunctionType, found: Found) -> bool:
    """Whether a function has more than the text of its definition: attributes, closure cells (``super()`` makes one that doesn't count), defaults that are not the constants written there."""
    if function.__dict__ or set(function.__code__.co_freevars) - {"__class__"}:
        return True
    positional, by_name = function.__defaults__ or (), function.__kwdefaults__ or {}
    if not positional and not by_name:
        return False
    values = shown((*positional, *by_name, *by_name.values()))
    return values is None or values != objects.answered(lambda now: now.defaults, found.symbol, lambda: _written_defaults(found.text))


def _written_defaults(text: str) -> Shown | None:
    from hitsave.freshness.literals import default_literals  # loads Python's parser

    written = default_literals(text)
    return None if written is None else shown((*written[0], *written[1], *written[1].values()))


def shown(values: tuple[Any, ...]) -> Shown | None:
    """Values with their types and signs, if all are constants."""
    return tuple([(type(value).__name__, repr(value)) for value in values]) if _CONSTANTS.issuperset(map(type, values)) else None


def class_captures(objects: LiveObjects, symbol: Symbol, cls: type) -> Iterator[tuple[str, Any]]:
    """The attributes of a class that count by their value: data, and functions that are not what its text defines under that name."""
    if has_other_bases(cls):
        yield BASES, cls.__bases__
    is_enum = "enum" in sys.modules and isinstance(cls, sys.modules["enum"].EnumMeta)
    for name, value in sorted(vars(cls).items(), key=lambda item: item[0]):
        functions = list(functions_in(value))
        if functions:
            for function in functions:
                file = function.__code__.co_filename
                if (
                    file.startswith("<")
                    and objects.library.cell_offset(file) is None
                    and not objects.is_defined(Symbol(symbol.module, f"{symbol.name}.{name}"))
                ):
                    continue  # made from text by dataclass, attrs and the like; what they make it from counts
                try:
                    made = objects.function(function)
                except NoSourceError:
                    yield name, value
                    break
                if isinstance(made, ExternalCode):
                    continue
                expected = f"{symbol.name}.{name}"
                if made.symbol.module != symbol.module or made.symbol.name.partition("#")[0] != expected or carries_values(objects, function, made):
                    yield name, value
                    break
            continue
        if is_enum or (name.startswith("__") and name.endswith("__")) or name in CLASS_PLUMBING:
            continue
        if isinstance(value, (types.MemberDescriptorType, types.GetSetDescriptorType, types.WrapperDescriptorType, types.MethodDescriptorType)):
            continue
        if type(value).__module__ in {"_collections", "builtins"} and type(value).__name__ in {"_tuplegetter", "property"}:
            continue
        yield name, value


def functions_in(value: Any) -> Iterator[FunctionType]:
    """The function inside wrappers, and those of a property."""
    if isinstance(value, property):
        for part in (value.fget, value.fset, value.fdel):
            if part is not None:
                yield from functions_in(part)
        return
    inner = unwrapped(value)
    if isinstance(inner, FunctionType):
        yield inner


def codes_of(value: Any) -> Iterator[CodeType]:
    """The code of a function, with that of its nested functions, or of the functions of a class."""
    if isinstance(value, type):
        for attribute in vars(value).values():
            if not isinstance(attribute, type):
                yield from codes_of(attribute)
        return
    parts = (value.fget, value.fset, value.fdel) if isinstance(value, property) else (value,)
    for part in parts:
        inner = unwrapped(part)
        if isinstance(inner, FunctionType):
            waiting = [inner.__code__]
            while waiting:
                code = waiting.pop()
                yield code
                waiting.extend(c for c in code.co_consts if isinstance(c, CodeType))
