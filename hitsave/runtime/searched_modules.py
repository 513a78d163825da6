"""Modules that project code looks for by names that no analysis can read, in case they are there: another run may find one, or find it no more.

The first of the interpreter's finders is asked for every module that is not loaded. It finds none, and notes where a module of that name would be and what is there.
What an `import` statement names counts by itself; this is about `importlib.import_module`, `importlib.util.find_spec` and `__import__`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Any, Final

from hitsave.runtime.frames import caller
from hitsave.runtime.read_log import whose

_COMPUTED: Final = frozenset({importlib.import_module.__code__, importlib.util.find_spec.__code__})
_MACHINERY: Final = "<frozen importlib"


class _Watcher:
    """A finder that finds nothing."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> None:  # noqa: ARG002 - the protocol of finders
        with suppress(Exception):  # nothing of ours may break the user's import
            if _is_asked_by_project(caller(1)):
                _note(name, sys.path if path is None else path)


def watch() -> None:
    """Begin to note. To be called once."""
    sys.meta_path.insert(0, _Watcher())


def _is_asked_by_project(frame: FrameType | None) -> bool:
    is_computed = False
    while frame is not None and (frame.f_code in _COMPUTED or frame.f_code.co_filename.startswith(_MACHINERY)):
        is_computed |= frame.f_code in _COMPUTED
        frame = frame.f_back
    return frame is not None and (is_computed or "__import__" in frame.f_code.co_names) and whose(frame.f_code.co_filename) == "project"


def _note(name: str, folders: Sequence[str]) -> None:
    from hitsave.runtime import recorder  # uses this module

    recorder.looked_for(name)
    last = name.rpartition(".")[2]
    for folder in folders:
        for candidate in (f"{last}.py", last):
            recorder.searched(os.path.join(folder or os.getcwd(), candidate))
