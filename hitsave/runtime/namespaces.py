"""The variables of a live module, as its functions have them.

They are those of the module object, but for a main script in a process that multiprocessing started anew (spawn, forkserver): there the script ran in a module that was
thrown away, and ``__main__`` has a copy of what its variables were then. Its functions read and bind those of the one that is gone, which only they lead to.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from hitsave.runtime.functions_of import functions_of

SPAWNED_MAIN: Final = "__mp_main__"
_known: list[tuple[ModuleType, dict[str, Any]]] = []
"""The main script of this process, if it is such a one, with its variables."""


def variables_of(module: ModuleType) -> dict[str, Any]:
    """What the functions of `module` have as their global names."""
    if module.__name__ != SPAWNED_MAIN:
        return vars(module)
    if not _known or _known[0][0] is not module:
        _known[:] = [(module, _of_its_functions(module))]
    return _known[0][1]


def _of_its_functions(module: ModuleType) -> dict[str, Any]:
    space = vars(module)
    file = space.get("__file__")
    if not isinstance(file, str):
        return space
    return next((made.__globals__ for made in functions_of(module, file) if made.__globals__.get("__name__") == SPAWNED_MAIN), space)
