"""Files whose reading says nothing of an evaluation's inputs: code, which counts by itself, what is installed, what is of the machine, and what is HitSave's own."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import Final

from hitsave.runtime.machine_files import is_of_the_machine

_SUFFIXES: Final = (".py", ".pyc", ".pyi", ".so", ".pyd", ".dylib", ".ipynb")
_own_folders: Final[set[str]] = set()


def leave_out(folder: str) -> None:
    """What is in a folder of ours is named by what it holds, and so never another."""
    _own_folders.add(folder + os.sep)


def is_ignored(path: str) -> bool:
    """Whether a file is none of an evaluation's inputs, by its name or the folder that it is in."""
    return path.endswith(_SUFFIXES) or is_in_ignored_folder(path)


def is_bytecode(path: str) -> bool:
    """Whether a path is one of Python's own caches of code, or in one: what it writes there, nobody's evaluation made."""
    return "/__pycache__" in path


def is_in_ignored_folder(path: str) -> bool:
    """Whether what is in the folder of a file is never an input, whatever it is."""
    return "/site-packages/" in path or "/dist-packages/" in path or path.startswith((*_own_folders, *_python_folders())) or is_of_the_machine(path)


@cache
def _python_folders() -> tuple[str, ...]:
    return tuple({os.path.dirname(os.__file__) + os.sep, *(os.path.join(p, "lib", "python") for p in (sys.prefix, sys.base_prefix))})
