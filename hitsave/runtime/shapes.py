"""What the objects that definitions make look like where nothing was done to them: small plain data, so that thousands are compared at once.

Two processes that run the same text make objects of equal shape. What a shape leaves out (the values of attributes) has a check of its own in a Record.
"""

from __future__ import annotations

import sys
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType, ModuleType
from typing import Any, Final, cast

from hitsave.runtime.live_library import Shown, is_cell
from hitsave.runtime.made import CLASS_PLUMBING, functions_in, shown
from hitsave.runtime.replaced import has_other_bases

ANY: Final = 1
"""The shape of what `is_of_no_matter`."""
_CARRIES: Final = True
"""How the shape of a function ends that has more than its text gives it, or may have. A method that has is a capture, which a Record knows by its name."""
_WITHOUT_FUNCTIONS: Final = frozenset(
    {int, float, str, bytes, bool, complex, type(None), tuple, list, dict, set, frozenset, GetSetDescriptorType, MemberDescriptorType}
)


def is_of_no_matter(value: Any, name: str) -> bool:
    """Whether an object can have nothing that its definition did not give it but what other checks see: all but classes, and functions of modules (methods are parts of the shape of their class)."""
    return not isinstance(value, type) and ("." in name or type(value) is not FunctionType)


class Shapes:
    """Gives shapes. `files` are the files that functions are known to be of, by their place; others are added as they are met if the shapes are to be kept."""

    def __init__(self, files: list[str], *, to_keep: bool) -> None:
        self.files = {file: place for place, file in enumerate(files)}
        self._to_keep = to_keep
        self._tags: dict[type, str] = {}

    def of(self, value: Any) -> Any:
        """The shape of a function or class; None where it has more than its text gives it, or may have."""
        if type(value) is FunctionType:
            shape = self._of_function(value)
            return None if shape is None or shape[-1] == _CARRIES else shape
        return self._of_class(value) if isinstance(value, type) else None

    def _of_function(self, function: FunctionType) -> list[Any] | None:
        code = function.__code__
        if code.co_filename.startswith("<"):
            return None if is_cell(code.co_filename) else [code.co_filename, code.co_name]
        if code.co_name.startswith("<"):
            return None
        place = self.files.get(code.co_filename)
        if place is None:
            if not self._to_keep:
                return None
            place = self.files[code.co_filename] = len(self.files)
        found = [place, code.co_firstlineno, code.co_name]
        if function.__dict__ or (function.__closure__ and code.co_freevars != ("__class__",)):
            return [*found, _CARRIES]
        positional, by_name = function.__defaults__, function.__kwdefaults__
        if positional or by_name:
            by_name = by_name or {}
            defaults: Shown | None = shown((*(positional or ()), *by_name, *by_name.values()))
            found += (_CARRIES,) if defaults is None else [part for default in defaults for part in default]
        return found

    def _of_class(self, cls: type) -> list[Any] | None:
        if "enum" in sys.modules and isinstance(cls, sys.modules["enum"].EnumMeta):
            return None  # its attributes all count by their values
        if has_other_bases(cls):
            return None
        found: list[Any] = [self._tag(type(cls)), str(cls.__module__), cls.__qualname__]
        for name, value in vars(cls).items():
            kind = type(cast("object", value))
            if kind is FunctionType:
                functions = [value]
            elif kind in _WITHOUT_FUNCTIONS or isinstance(value, ModuleType):
                functions = []
            else:
                functions = list(functions_in(value))
            if not functions and ((name.startswith("__") and name.endswith("__")) or name in CLASS_PLUMBING):
                continue
            shapes = [self._of_function(function) for function in functions]
            if None in shapes:
                return None
            found += (name, self._tag(kind), shapes)
        return found

    def _tag(self, kind: type) -> str:
        tag = self._tags.get(kind)
        if tag is None:
            tag = self._tags[kind] = f"{kind.__module__}.{kind.__qualname__}"
        return tag
