"""Files that libraries read in C or Rust, of which no audit event tells.

Most have functions in Python in front, named for what they do and given the path: `sys.monitoring` tells when they start.
Of what has no Python in front (`cv2.imread`, `pyarrow.csv.read_csv`), it tells what project code calls that names such a function.
A path that is given to one and leads to files is read, as far as anyone can tell. Nothing of this is seen on Python 3.11.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any, Final, cast

_STANDARD: Final = frozenset(name.lstrip("_") for name in (*sys.stdlib_module_names, *sys.builtin_module_names))
_READING: Final = ("read", "scan", "load", "open", "imread", "dataset")
BEGINNINGS: Final = (*_READING, "__init__")
"""How the names of the functions begin."""
_IN_C: Final = (*_READING, "parse", "connect", "fromfile", "from_file")
_C_FUNCTIONS: Final = frozenset({"builtin_function_or_method", "cython_function_or_method", "fused_cython_function"})
_CLASSES: Final = ("File.__init__", "Dataset.__init__", "Reader.__init__")
_ARGUMENTS: Final = 2
"""How many arguments may be the path: the first, or the first after `self`."""
_MOST: Final = 10_000
"""Files that are looked at in a folder or list."""
_LONGEST: Final = 4096
"""Characters of a path; a longer text is what a parser is given."""
_PATTERN: Final = "*?["


def is_reader(code: CodeType) -> bool:
    """Whether code whose name begins with one of BEGINNINGS is an installed library's, and reads what it is given."""
    if code.co_name == "__init__" and not code.co_qualname.endswith(_CLASSES):
        return False
    return "site-packages" in code.co_filename or "dist-packages" in code.co_filename


def may_call_reader(code: CodeType) -> bool:
    """Whether code names something that is called like a function that reads."""
    return any(name.startswith(_IN_C) for name in code.co_names)


def note_call(function: Any, argument: Any) -> bool:
    """Project code calls a function with this first argument: note the files that it leads to, if that is a library's in C that reads; whether it may."""
    if type(function).__name__ not in _C_FUNCTIONS or not isinstance(argument, (str, os.PathLike)):
        return False
    if isinstance(argument, str) and len(argument) > _LONGEST:
        return False
    with suppress(Exception):  # nothing of ours may break the library's function
        owner = function.__module__ or ""
        if function.__name__.startswith(_IN_C) and owner.partition(".")[0].lstrip("_") not in _STANDARD:
            _note(argument)
            return os.path.exists(cast("str | os.PathLike[str]", argument))  # what is no path at this place is never one
    return False


def note(frame: FrameType) -> None:
    """The function of a frame starts: note the files that it was given."""
    with suppress(Exception):  # nothing of ours may break the library's function
        given: dict[str, Any] = frame.f_locals
        mode = given.get("mode")
        if isinstance(mode, str) and any(each in mode for each in "wax+"):
            return
        code = frame.f_code
        for name in code.co_varnames[: min(_ARGUMENTS, code.co_argcount + code.co_kwonlyargcount)]:
            _note(given.get(name))


def _note(source: Any) -> None:
    if isinstance(source, (list, tuple)):
        for each in cast("list[Any]", source)[:_MOST]:
            if isinstance(each, (str, os.PathLike)):
                _note(each)
        return
    if not isinstance(source, (str, os.PathLike)):
        return
    from hitsave.runtime import recorder  # is loaded where anything is evaluated, and not where `memo` is only imported

    path = os.fspath(cast("str | os.PathLike[str]", source))
    if os.path.isfile(path):
        recorder.read(path)
    elif os.path.isdir(path):
        _note_all(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
    elif any(each in path for each in _PATTERN):
        from glob import iglob

        _note_all(each for each in iglob(path, recursive=True) if os.path.isfile(each))


def _note_all(paths: Any) -> None:
    """Note each. The folders in which they are looked for are listed, which the audit hook tells."""
    from itertools import islice

    from hitsave.runtime import recorder

    for path in islice(paths, _MOST):
        recorder.read(path)
