"""Which modules project code took with `importlib.import_module`, whose names no analysis can read, and whether a name was missed in one.

Kept for the whole process, since what was taken once may be kept in a variable. `executed` tells when `import_module` starts; nothing is seen on Python 3.11.
"""

from __future__ import annotations

import importlib
import os
from contextlib import suppress
from importlib.util import resolve_name
from types import CodeType, FrameType
from typing import Any, Final

IMPORT_MODULE: Final = importlib.import_module.__code__
_FUNCTION: Final = 0x1
_Place = tuple[str, int]
"""The file and first line of code."""

_taken: Final[dict[_Place, set[str]]] = {}
_at_import: Final[dict[str, set[str]]] = {}
_missed: Final[set[_Place]] = set()


def is_first() -> bool:
    """Whether nothing was noted so far."""
    return not _taken and not _at_import


def note(frame: FrameType) -> None:
    """`import_module` starts in this frame, called by project code."""
    with suppress(Exception):  # it raises the same by itself
        name, package = frame.f_locals["name"], frame.f_locals["package"]
        asking = frame.f_back
        assert asking is not None
        code = asking.f_code
        full = resolve_name(name, package) if name.startswith(".") else name
        names = (
            _taken.setdefault(_place(code), set()) if code.co_flags & _FUNCTION else _at_import.setdefault(os.path.abspath(code.co_filename), set())
        )
        names.add(full)


def note_raised(code: CodeType, offset: int, error: BaseException) -> Any:  # noqa: ARG001 - the signature of a callback
    """An exception is raised in code, or passes through it."""
    if isinstance(error, AttributeError) and (place := _place(code)) in _taken:
        _missed.add(place)


def taken_by(path: str, lines: range | None) -> frozenset[str]:
    """The names of the modules that functions which begin on these lines of a file took; without `lines`, those that were taken as it was loaded."""
    if lines is None:
        return frozenset(_at_import.get(path, ()))
    return frozenset(name for (file, line), names in list(_taken.items()) if line in lines and file == path for name in names)


def missed_by(path: str, lines: range) -> bool:
    """Whether one of these functions may have asked a module for a name that it does not have."""
    return any(line in lines and file == path for file, line in list(_missed))


def _place(code: CodeType) -> _Place:
    return os.path.abspath(code.co_filename), code.co_firstlineno
