"""Notes which code modules are made of, as they load: only then is it to be had."""

from __future__ import annotations

import os
import time
from types import CodeType, FrameType
from typing import Any, Final

from hitsave.runtime.auditing import listen
from hitsave.runtime.frames import caller
from hitsave.structs import NamedTuple


class Loading(NamedTuple):
    """The code that a file was loaded as, and when that began to run; 0 for before we looked."""

    at_ns: int
    code: CodeType


loadings: Final[dict[str, Loading]] = {}
"""By the name of the file, as code objects have it; of project files only."""


def watch() -> None:
    """Begin to note. To be called once, as early as possible."""
    frame: FrameType | None = caller(0)
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            loadings[frame.f_code.co_filename] = Loading(0, frame.f_code)
        frame = frame.f_back
    foreign = (os.path.dirname(os.__file__) + os.sep, "<")

    # The names that it needs are its own: it is still called when this module's are gone.
    def loads(args: tuple[Any, ...], noted: Any = loadings, note: Any = Loading, now: Any = time.time_ns, code_type: Any = CodeType) -> None:
        if isinstance(code := args[0], code_type) and code.co_name == "<module>":
            name = code.co_filename
            if not name.startswith(foreign) and "site-packages" not in name:
                noted[name] = note(now(), code)

    listen("exec", loads)


def loaded_since(moment_ns: int) -> dict[str, CodeType]:
    """The code of the modules that began to load after a moment, in nanoseconds since 1970, by the name of the file."""
    return {name: loading.code for name, loading in loadings.items() if loading.at_ns > moment_ns}
