"""What the main script defines is stored by the name that its module has when imported, so that other scripts can load it, and the script itself finds its own.

In a pickle it stands as a call of the standard library's ``pkgutil.resolve_name("app.train:Model")``, which any reader of pickles can make.
Read here, the module is looked for among those that are loaded, the main script included, before it is imported.
"""

from __future__ import annotations

import _pickle as pickle  # that of C, without the Python one, which takes 3 ms to load
import sys
from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from types import ModuleType
from typing import Any, Final

ModuleNamed = Callable[[str], ModuleType | None]
_MAIN: Final = frozenset({"__main__", "__mp_main__"})
"""How processes call their script: the second, those that multiprocessing spawned."""


def is_of_main_script(code: Any) -> bool:
    """Whether a class or function is found by its qualified name in the main script."""
    if getattr(code, "__module__", None) not in _MAIN:
        return False
    found: Any = sys.modules.get("__main__")
    for part in str(code.__qualname__).split("."):
        found = getattr(found, part, None)
    return found is code


def unpickle(pickled: memoryview, buffers: list[Any], module_named: ModuleNamed | None) -> Any:
    """What a pickle holds."""
    if module_named is None:
        return pickle.loads(pickled, buffers=buffers)
    return _Unpickler(BytesIO(pickled), buffers, module_named).load()


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: BytesIO, buffers: list[Any], module_named: ModuleNamed) -> None:
        super().__init__(file, buffers=buffers)
        self.module_named = module_named

    def find_class(self, module: str, name: str, /) -> Any:
        if module == "pkgutil" and name == "resolve_name":
            return self.resolve
        if module not in sys.modules and (loaded := self.module_named(module)) is not None:
            return _attribute(loaded, name)
        return super().find_class(module, name)

    def resolve(self, text: str) -> Any:
        """The class or function that ``module:qualified.name`` stands for."""
        module, _, name = text.partition(":")
        return _attribute(self.module_named(module) or import_module(module), name)


def _attribute(module: ModuleType, name: str) -> Any:
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part)
    return found
