"""Questions about files that code asks without opening them: is there one, is it a folder, how large is it.

No audit event tells of them. But the functions of the standard library that ask are Python code, so that `sys.monitoring` tells when they start;
who calls the system itself (`os.stat`, `os.access`) is not seen, nor is anything on Python 3.11.
"""

from __future__ import annotations

from contextlib import suppress
from types import CodeType, FrameType
from typing import Any, Final

_ABOUT_PRESENCE: Final = frozenset({"exists", "lexists", "isfile", "isdir", "is_file", "is_dir"})
_ABOUT_CONTENT: Final = frozenset({"getsize", "getmtime", "stat"})
QUESTIONS: Final = _ABOUT_PRESENCE | _ABOUT_CONTENT
"""Names of the functions that ask."""


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
        recorder.asked(path, about_content=code.co_name in _ABOUT_CONTENT)
