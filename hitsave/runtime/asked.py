"""Questions about files that code asks without opening them: is there one, is it a folder, how large is it, where does a relative path lead.

No audit event tells of them. But the functions of the standard library that ask are Python code, so that `sys.monitoring` tells when they start;
and of project code that names those which ask the system itself (`os.stat`, `os.access`) it tells what is called. Nothing is seen on Python 3.11.
"""

from __future__ import annotations

import os
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any, Final

_ABOUT_PRESENCE: Final = frozenset({"exists", "lexists", "isfile", "isdir", "is_file", "is_dir"})
_ABOUT_CONTENT: Final = frozenset({"getsize", "getmtime", "stat"})
_ABOUT_PLACE: Final = frozenset({"abspath", "realpath", "relpath", "absolute", "resolve"})
"""They ask for the current folder, where a path is relative."""
QUESTIONS: Final = _ABOUT_PRESENCE | _ABOUT_CONTENT | _ABOUT_PLACE
"""Names of the functions that ask."""

_SYSTEM: Final[dict[int, bool]] = {
    id(os.stat): True,
    id(os.lstat): True,
    id(os.readlink): True,
    id(vars(os.DirEntry)["stat"]): True,
    id(os.access): False,
}
"""Functions that ask the system; whether about more than presence. By identity, since they are told apart from whatever is called."""
_SYSTEM_NAMES: Final = frozenset({"stat", "lstat", "readlink", "access"})


def may_ask_system(code: CodeType) -> bool:
    """Whether code names a function that asks the system."""
    return not _SYSTEM_NAMES.isdisjoint(code.co_names)


def note_call(function: object, argument: Any) -> bool:
    """Project code calls a function with this first argument: note it if it asks the system; whether it does."""
    about_content = _SYSTEM.get(id(function))
    if about_content is None:
        return False
    with suppress(Exception):  # nothing of ours may break the user's question
        from hitsave.runtime import recorder

        recorder.asked(argument, about_content=about_content)
    return True


def is_question(code: CodeType) -> bool:
    """Whether code with one of the names in QUESTIONS is the standard library's."""
    file = code.co_filename
    return "genericpath" in file or "pathlib" in file or "posixpath" in file


def note(frame: FrameType) -> None:
    """The function of a frame was asked: note it, with what is the case now."""
    code = frame.f_code
    with suppress(Exception):  # nothing of ours may break the user's question
        from hitsave.runtime import recorder  # is loaded where anything is evaluated, and not where `memo` is only imported

        path: Any = frame.f_locals[code.co_varnames[0]]
        if code.co_name not in _ABOUT_PLACE:
            recorder.asked(path, about_content=code.co_name in _ABOUT_CONTENT)
            return
        start = frame.f_locals.get("start", "/")  # what `relpath` counts from; None is the current folder
        for each in (path, "." if start is None else start):
            recorder.note_relative(os.fsdecode(each), recorder.live_here())
