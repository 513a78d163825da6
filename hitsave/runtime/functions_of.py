"""The functions that a live module or class is made of."""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any, cast


def functions_of(module: ModuleType, file: str) -> Iterator[FunctionType]:
    """The functions of a module and of its classes whose text stands in `file`."""
    spaces = [vars(module), *(vars(v) for v in vars(module).values() if isinstance(v, type) and v.__module__ == module.__name__)]
    for space in spaces:
        for value in list(space.values()):
            for function in functions_in(value):
                if function.__code__.co_filename == file:
                    yield function


def functions_in(value: Any) -> Iterator[FunctionType]:
    """The functions that a value of a module or class is made of: itself, those of a property, the one that it wraps."""
    kind = cast("type[object]", type(value))  # nobody is asked for a ``__class__`` of their own
    if issubclass(kind, property):
        parts: list[Any] = [value.fget, value.fset, value.fdel]
    elif issubclass(kind, (staticmethod, classmethod)):
        parts = [value.__func__]
    else:
        parts = [value, _attributes(value).get("__wrapped__")]
    yield from (part for part in parts if type(part) is FunctionType)


def _attributes(value: Any) -> dict[str, Any]:
    try:
        attributes = object.__getattribute__(value, "__dict__")
    except (AttributeError, TypeError):
        return {}
    return cast("dict[str, Any]", attributes) if isinstance(attributes, dict) else {}
