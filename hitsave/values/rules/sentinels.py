"""Bare objects, ``_MISSING = object()``: they differ in nothing but identity, so what they are called in their module stands for them."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, Final

from hitsave.values.code_names import CodeNames
from hitsave.values.forms import Form, NoFormError, Rule, form

# By identity, each with the object itself, which keeps it alive.
_named: dict[int, tuple[object, str]] = {}


def _sentinel(value: Any, _: CodeNames) -> Form:
    found = _named.get(id(value))
    if found is None:
        name = _name_of(value)
        if name is None:
            raise NoFormError("An object() that no module variable names is like every other; give it a name at module level, or use an enum")
        found = _named[id(value)] = (value, name)
    return form("sentinel", found[1])


def _name_of(value: object) -> str | None:
    for module_name, module in sorted(sys.modules.items()):
        if isinstance(module, ModuleType):  # pyright: ignore[reportUnnecessaryIsInstance] - a program may put anything there
            for name, found in list(vars(module).items()):
                if found is value:
                    return f"{module_name}:{name}"
    return None


RULES: Final = {"builtins:object": Rule(_sentinel)}
