"""Bare objects, ``_MISSING = object()``: they differ in nothing but identity, so what they are called in their module stands for them.

So does an attribute or a default value of a function or class of a module, ``with_attribute.ANY = object()``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any, Final

from hitsave.values.code_names import CodeNames
from hitsave.values.forms import Form, NoFormError, Rule, form

# By identity, each with the object itself, which keeps it alive.
_named: dict[int, tuple[object, str]] = {}
# The same, and its place among the modules: the first one names it, in whatever order they were loaded.
_inner: dict[int, tuple[object, tuple[bool, str], str]] = {}
# Of each module, which object it was and how many names it had.
_looked_through: dict[str, tuple[int, int]] = {}


def _sentinel(value: Any, _: CodeNames) -> Form:
    found = _named.get(id(value))
    if found is None:
        name = name_of(value)
        if name is None:
            raise NoFormError("An object() that no module variable names is like every other; give it a name at module level, or use an enum")
        found = _named[id(value)] = (value, name)
    return form("sentinel", found[1])


def name_of(value: object) -> str | None:
    """``module:name`` of a module variable that is this object, ``module:Class.attribute`` or ``module:function(0)`` of what it is in one; the main script's come last."""
    holders = [name for name, module in list(sys.modules.items()) if _holds(module, value)]
    for module_name in sorted(holders, key=_rank):
        for name, found in _names(sys.modules[module_name]).items():
            if found is value:
                return f"{module_name}:{name}"
    return _inner_name_of(value)


def _holds(module: object, value: object) -> bool:
    for found in list(getattr(module, "__dict__", {}).values()):  # noqa: SIM110 - a program has a hundred thousand of these, and a generator takes twice as long
        if found is value:
            return True
    return False


def _rank(module_name: str) -> tuple[bool, str]:
    return module_name == "__main__", module_name


def _names(module: object) -> dict[str, object]:
    return dict(vars(module)) if isinstance(module, ModuleType) else {}  # a program may put anything there


def _inner_name_of(value: object) -> str | None:
    """What it is called in a function or class. There are a hundred times as many of these as of module variables, so they are looked through when a module has got other names, and the main script's always."""
    for module_name, module in list(sys.modules.items()):
        names = id(module), len(getattr(module, "__dict__", ()))
        if module_name == "__main__" or _looked_through.get(module_name) != names:
            _looked_through[module_name] = names
            _look_through(module_name, module)
    found = _inner.get(id(value))
    return None if found is None else found[2]


def _look_through(module_name: str, module: ModuleType) -> None:
    rank = _rank(module_name)
    for name, owner in _names(module).items():
        if isinstance(owner, (FunctionType, type)) and owner.__module__ == module_name:
            for inner, part in _parts(owner):
                if type(part) is object and (id(part) not in _inner or rank < _inner[id(part)][1]):
                    _inner[id(part)] = part, rank, f"{module_name}:{name}.{inner}"


def _parts(owner: FunctionType | type) -> Iterator[tuple[str, object]]:
    yield from list(vars(owner).items())
    functions = [owner] if isinstance(owner, FunctionType) else [f for f in vars(owner).values() if isinstance(f, FunctionType)]
    for function in functions:
        yield from ((f"{function.__name__}({number})", default) for number, default in enumerate(function.__defaults__ or ()))
        yield from ((f"{function.__name__}({name})", default) for name, default in (function.__kwdefaults__ or {}).items())


RULES: Final = {"builtins:object": Rule(_sentinel)}
