"""Functions and classes that another process sent by value, as cloudpickle (joblib, Dask) does with those of a main program and of cells.

They are copies, with copies of the variables that they read, which hold what they held in the process that sent them. Where this process runs another program,
none of its modules has these variables: nothing says what they hold, nor which text they are from.
"""

from __future__ import annotations

import sys
import threading
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, Final

from hitsave.errors import HitSaveError, NoSourceError
from hitsave.runtime.functions_of import functions_in
from hitsave.runtime.namespaces import variables_of
from hitsave.runtime.objects import MISSING, ExternalCode
from hitsave.values.digester import Digester

if TYPE_CHECKING:
    from hitsave.runtime.names import LiveNames

_MAIN: Final = frozenset({"__main__", "__mp_main__"})


class _Compared(threading.local):
    """The variables that this thread is comparing: what they hold may lead back to them."""

    def __init__(self) -> None:
        self.spaces: set[int] = set()


_compared: Final = _Compared()


def refuse_copy(code: FunctionType | type, names: LiveNames) -> None:
    """NoSourceError for a function or class of a main program that was sent here, if the main program here is another one, or its variables have other values."""
    if _is_foreign_class(code, names) if isinstance(code, type) else _is_foreign_function(code, names):
        raise NoSourceError(f"{code.__qualname__} is a copy of what the main program of another process has; move it to a module that both import")


def _is_foreign_function(function: FunctionType, names: LiveNames) -> bool:
    space = function.__globals__
    if "__spec__" in space or space.get("__name__") not in _MAIN:  # a module's own variables, and nearly always
        return False
    main = sys.modules.get("__main__")
    if not isinstance(main, ModuleType) or space.get("__file__") != vars(main).get("__file__"):
        return True
    return _differ(space, variables_of(main), names)


def _is_foreign_class(cls: type, names: LiveNames) -> bool:
    if cls.__module__ not in _MAIN or "<locals>" in cls.__qualname__:
        return False
    main = sys.modules.get("__main__")
    found: Any = main
    for part in cls.__qualname__.split("."):
        found = vars(found).get(part) if isinstance(found, (type, ModuleType)) else None
    if found is cls:
        return False
    if isinstance(main, ModuleType) and isinstance(names.objects.module_name(main), ExternalCode):
        return True
    return any(_is_foreign_function(function, names) for value in vars(cls).values() for function in functions_in(value))


def _differ(copied: dict[str, Any], own: dict[str, Any], names: LiveNames) -> bool:
    """Whether a variable that was sent holds something else than the one here; code is compared where it is met."""
    if id(copied) in _compared.spaces:
        return False
    _compared.spaces.add(id(copied))
    try:
        return any(
            not (name.startswith("__") or isinstance(value, (FunctionType, ModuleType, type)))
            and not _are_equal(value, own.get(name, MISSING), names)
            for name, value in copied.items()
        )
    except HitSaveError:
        return True
    finally:
        _compared.spaces.discard(id(copied))


def _are_equal(value: Any, there: Any, names: LiveNames) -> bool:
    if value is there:
        return True
    return there is not MISSING and Digester(names.apart()).digest(value, "") == Digester(names.apart()).digest(there, "")
