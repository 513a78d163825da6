"""Files that libraries read in C or Rust, of which no audit event tells.

Most have functions in Python in front, named for what they do and given the path: `sys.monitoring` tells when they start.
A path that is given to one and leads to files is read, as far as anyone can tell. What has no Python in front (`cv2.imread`, `pyarrow.csv`) is not seen, nor is anything on Python 3.11.
"""

from __future__ import annotations

import os
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any, Final, cast

BEGINNINGS: Final = ("read", "scan", "load", "open", "imread", "dataset", "__init__")
"""How the names of the functions begin."""
_CLASSES: Final = ("File.__init__", "Dataset.__init__", "Reader.__init__")
_ARGUMENTS: Final = 2
"""How many arguments may be the path: the first, or the first after `self`."""
_MOST: Final = 10_000
"""Files that are looked at in a folder or list."""
_PATTERN: Final = "*?["


def is_reader(code: CodeType) -> bool:
    """Whether code whose name begins with one of BEGINNINGS is an installed library's, and reads what it is given."""
    if code.co_name == "__init__" and not code.co_qualname.endswith(_CLASSES):
        return False
    return "site-packages" in code.co_filename or "dist-packages" in code.co_filename


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
